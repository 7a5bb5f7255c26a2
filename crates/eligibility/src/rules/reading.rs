//! What an institution may read. Whoever wants to know who sees what reads this file.

use base::{Date, InstitutionCode, ReceptionNumber, Timestamp, end_of_day};

use super::item::{Choice, Choices, Item, Items};
use crate::PersonId;

/// 受付: one patient's registration with one institution, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    /// What it is called on every side.
    pub number: ReceptionNumber,
    /// For which institution. Nobody else may read by it.
    pub institution: InstitutionCode,
    /// Of whom.
    pub person: PersonId,
    /// For which care, and how long.
    pub term: Term,
    /// When it was registered.
    pub registered: Timestamp,
    /// When the choices in force were made.
    pub chosen: Timestamp,
    /// What the patient agreed to.
    pub choices: Choices,
    /// How far the card's certificate carries.
    pub validity: Validity,
    /// How the patient came.
    pub via: Via,
    /// When and by whom it was withdrawn, if it was.
    pub withdrawn: Option<(Timestamp, Withdrawer)>,
    /// Items that the institution gave back, of those that were agreed to.
    pub given_back: Items,
    /// Items that the patient agreed to in this reception and then declined.
    pub taken_back: Items,
    /// The newer registration of the same person for the same institution and care (and day), if there is one.
    pub superseded_by: Option<ReceptionNumber>,
}

/// 診療区分: for which kind of care a reception is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// オンライン診療等
    Online,
    /// 訪問診療等
    HomeVisit,
}

/// How long a reception holds. Its kind of care decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// オンライン診療等: each time anew, to the end of the day of the visit in Japan.
    Visit(Date),
    /// 訪問診療等: once, until it is withdrawn.
    UntilWithdrawn,
}

/// By which of a person's receptions a reading may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// By that of オンライン診療等 for one day of visit; where none is said, as [`of_person`] takes it.
    Online(Option<Date>),
    /// By that of 訪問診療等.
    HomeVisit,
}

/// How far the certificate with which the patient authenticated carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Validity {
    /// The certificate is valid.
    Full,
    /// It ended less than three months ago: it still confirms insurance, and shows nothing of the person's health.
    Grace,
}

/// How the patient came to the reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// Handed over by an online-consultation service.
    HandOver,
    /// By the institution's fixed URL.
    FixedUrl,
}

/// Who withdrew a reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Withdrawer {
    /// The patient, by 「すべての同意を取消す」.
    Patient,
    /// The institution, by 閲覧同意取り消し, which only 訪問診療等 have.
    Institution,
}

/// What a reading asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// 資格情報: who insures the person. A registration shows it whatever was chosen.
    Eligibility,
    /// One of the six kinds of information.
    Item(Item),
}

/// Whether a reception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    Registered {
        /// The first instant at which it no longer does; none where only a withdrawal ends it.
        valid_until: Option<Timestamp>,
    },
    /// It was withdrawn before it ended.
    Withdrawn {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Withdrawer,
    },
    /// The visit day is over.
    Expired {
        /// Since when.
        since: Timestamp,
    },
}

/// Whether an institution may read something, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Readable,
    /// The patient did not agree to this item.
    Declined,
    /// The reception was withdrawn.
    Withdrawn(Withdrawer),
    /// The visit day is over.
    Expired,
    /// The certificate had ended: insurance yes, health no.
    GraceOnly,
    /// There is no such reception for this institution, or a newer one took its place.
    NotThere,
}

impl Term {
    /// For which kind of care.
    pub fn kind(self) -> Kind {
        match self {
            Self::Visit(_) => Kind::Online,
            Self::UntilWithdrawn => Kind::HomeVisit,
        }
    }

    /// The day of the visit, where there is one.
    pub fn visit_date(self) -> Option<Date> {
        match self {
            Self::Visit(day) => Some(day),
            Self::UntilWithdrawn => None,
        }
    }

    /// The first instant at which it no longer holds by itself.
    pub fn ends(self) -> Option<Timestamp> {
        self.visit_date().map(end_of_day)
    }
}

impl Wanted {
    pub(crate) fn fits(self, term: Term) -> bool {
        match (self, term) {
            (Self::Online(wanted), Term::Visit(day)) => wanted.is_none_or(|wanted| wanted == day),
            (Self::HomeVisit, Term::UntilWithdrawn) => true,
            (Self::Online(_), Term::UntilWithdrawn) | (Self::HomeVisit, Term::Visit(_)) => false,
        }
    }
}

impl Subject {
    /// Everything that can be asked for.
    pub const ALL: [Self; 7] = [
        Self::Eligibility,
        Self::Item(Item::Operations),
        Self::Item(Item::Treatments),
        Self::Item(Item::Medicines),
        Self::Item(Item::CheckUps),
        Self::Item(Item::Limits),
        Self::Item(Item::SpecificDiseases),
    ];

    /// Its word in records. It never changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Item(item) => item.key(),
        }
    }
}

impl Reception {
    /// Whether it stands at `now`. What was withdrawn before its end stays withdrawn.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match (self.withdrawn, self.term.ends()) {
            (Some((at, by)), _) => Standing::Withdrawn { at, by },
            (None, Some(end)) if now >= end => Standing::Expired { since: end },
            (None, valid_until) => Standing::Registered { valid_until },
        }
    }

    /// Whether it is the newest of its person, institution and care (and day).
    pub fn is_newest(&self) -> bool {
        self.superseded_by.is_none()
    }
}

/// Whether `reader` may read `subject` at `now` by what it found under the number it named.
pub fn may_read(reader: InstitutionCode, found: Option<&Reception>, subject: Subject, now: Timestamp) -> Access {
    let Some(reception) = found.filter(|found| found.institution == reader && found.is_newest()) else {
        return Access::NotThere;
    };
    match reception.standing(now) {
        Standing::Withdrawn { by, .. } => return Access::Withdrawn(by),
        Standing::Expired { .. } => return Access::Expired,
        Standing::Registered { .. } => {}
    }
    let Subject::Item(item) = subject else { return Access::Readable };
    chosen(reception, item)
}

/// What was chosen for an item says, whether the reception stands or not.
fn chosen(reception: &Reception, item: Item) -> Access {
    match (reception.choices.on(item), reception.validity) {
        (Choice::Decline, _) if reception.taken_back.contains(item) => Access::Withdrawn(Withdrawer::Patient),
        (Choice::Decline, _) => Access::Declined,
        (Choice::Agree, _) if reception.given_back.contains(item) => Access::Withdrawn(Withdrawer::Institution),
        (Choice::Agree, Validity::Grace) if item.is_medical() => Access::GraceOnly,
        (Choice::Agree, _) => Access::Readable,
    }
}

/// How the consent to an item stands, for the flags of files. When a reception has ended, a consent that ended with it is
/// another thing than one that was never given.
pub fn consent_to(reader: InstitutionCode, found: &Reception, item: Item, now: Timestamp) -> Access {
    match (may_read(reader, Some(found), Subject::Item(item), now), chosen(found, item)) {
        (Access::NotThere, _) => Access::NotThere,
        (now, Access::Readable) => now,
        (_, chosen) => chosen,
    }
}

/// Which of a person's newest receptions with `reader` a reading goes by, and whether it may.
///
/// The reception is taken before it is looked at what it opens: what was declined for one visit is never opened by the
/// consent for another. Where no day is said, it is that of today's visit; else that of the next visit that stands; else
/// the one registered last, which tells why there is nothing.
pub fn of_person(
    reader: InstitutionCode,
    receptions: &[Reception],
    wanted: Wanted,
    subject: Subject,
    now: Timestamp,
) -> (Access, Option<&Reception>) {
    let today = now.japan_date();
    let ours = |found: &&Reception| found.institution == reader && found.is_newest() && wanted.fits(found.term);
    let candidates = || receptions.iter().filter(ours);
    let stands = |found: &&Reception| matches!(found.standing(now), Standing::Registered { .. });
    let chosen = candidates()
        .find(|found| found.term.visit_date() == Some(today))
        .or_else(|| candidates().filter(stands).min_by_key(|found| found.term.visit_date()))
        .or_else(|| candidates().max_by_key(|found| (found.registered, found.number)));
    (may_read(reader, chosen, subject, now), chosen)
}

impl Access {
    /// Its word in records. It never changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Readable => "readable",
            Self::Declined => "declined",
            Self::Withdrawn(Withdrawer::Patient) => "withdrawn-by-patient",
            Self::Withdrawn(Withdrawer::Institution) => "withdrawn-by-institution",
            Self::Expired => "expired",
            Self::GraceOnly => "grace-only",
            Self::NotThere => "not-there",
        }
    }

    /// Why there is no result; none where there is one.
    pub fn result_code(self) -> Option<oqs::ResultCode> {
        match self {
            Self::Readable => None,
            Self::Declined => Some(oqs::ResultCode::Declined),
            Self::Withdrawn(Withdrawer::Patient) => Some(oqs::ResultCode::WithdrawnByPatient),
            Self::Withdrawn(Withdrawer::Institution) => Some(oqs::ResultCode::WithdrawnByInstitution),
            Self::Expired => Some(oqs::ResultCode::Expired),
            Self::GraceOnly => Some(oqs::ResultCode::Grace),
            Self::NotThere => Some(oqs::ResultCode::NotThere),
        }
    }

    /// As a file says it (OQSCD016).
    pub fn flag(self) -> oqs::ConsentFlag {
        match self {
            Self::Readable => oqs::ConsentFlag::Given,
            Self::Declined | Self::GraceOnly | Self::NotThere => oqs::ConsentFlag::NotGiven,
            Self::Withdrawn(_) | Self::Expired => oqs::ConsentFlag::Expired,
        }
    }

    /// Why a consent that was given no longer holds (OQSCD031).
    pub fn expiry_reason(self) -> Option<oqs::ExpiryReason> {
        match self {
            Self::Withdrawn(Withdrawer::Patient) => Some(oqs::ExpiryReason::WithdrawnByPatient),
            Self::Withdrawn(Withdrawer::Institution) => Some(oqs::ExpiryReason::WithdrawnByInstitution),
            Self::Expired => Some(oqs::ExpiryReason::FormOfCare),
            Self::Readable | Self::Declined | Self::GraceOnly | Self::NotThere => None,
        }
    }
}
