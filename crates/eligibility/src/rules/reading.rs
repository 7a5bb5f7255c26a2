//! What an institution may read. Whoever wants to know who sees what reads this file.

use base::{Date, InstitutionCode, ReceptionNumber, Timestamp, end_of_day};

use super::item::{ConsentChoice, ConsentChoices, ConsentItem, ConsentItems};
use crate::PersonId;

/// 受付: one patient's registration with one institution, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceptionRecord {
    /// What it is called on every side.
    pub number: ReceptionNumber,
    /// For which institution. Nobody else may read by it.
    pub institution: InstitutionCode,
    /// Of whom.
    pub person: PersonId,
    /// For which care, and how long.
    pub term: ReceptionTerm,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// When the choices in force were made.
    pub chosen_at: Timestamp,
    /// What the patient agreed to.
    pub choices: ConsentChoices,
    /// How far the card's certificate carries.
    pub validity: RegistrationValidity,
    /// How the patient came.
    pub route: RegistrationRoute,
    /// When and by whom it was withdrawn, if it was.
    pub withdrawn: Option<(Timestamp, Withdrawer)>,
    /// Items that the institution gave back, of those that were agreed to.
    pub withdrawn_by_institution: ConsentItems,
    /// Items that the patient agreed to in this reception and then declined.
    pub withdrawn_by_patient: ConsentItems,
    /// The newer registration of the same person for the same institution and care (and day), if there is one.
    pub superseded_by: Option<ReceptionNumber>,
}

/// 診療区分: for which kind of care a reception is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CareKind {
    /// オンライン診療等
    Online,
    /// 訪問診療等
    HomeVisit,
}

/// How long a reception holds. Its kind of care decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceptionTerm {
    /// オンライン診療等: each time anew, to the end of the day of the visit in Japan.
    Visit(Date),
    /// 訪問診療等: once, until it is withdrawn.
    UntilWithdrawn,
}

/// By which of a person's receptions a reading may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceptionFilter {
    /// By that of オンライン診療等 for one day of visit; where none is said, as [`select_reception`] takes it.
    Online(Option<Date>),
    /// By that of 訪問診療等.
    HomeVisit,
}

/// How far the certificate with which the patient authenticated carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationValidity {
    /// The certificate is valid.
    Full,
    /// It ended less than three months ago: it still confirms insurance, and shows nothing of the person's health.
    Grace,
}

/// How the patient came to the reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationRoute {
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
    Item(ConsentItem),
}

/// Whether a reception stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceptionState {
    /// It holds.
    Registered {
        /// The first instant at which it no longer does; none where only a withdrawal ends it.
        valid_until: Option<Timestamp>,
    },
    /// It was withdrawn before it ended.
    Withdrawn {
        /// When.
        withdrawn_at: Timestamp,
        /// By whom.
        withdrawn_by: Withdrawer,
    },
    /// The visit day is over.
    Expired {
        /// Since when.
        expired_at: Timestamp,
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
    NotFound,
}

impl ReceptionTerm {
    /// For which kind of care.
    pub fn kind(self) -> CareKind {
        match self {
            Self::Visit(_) => CareKind::Online,
            Self::UntilWithdrawn => CareKind::HomeVisit,
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
    pub fn end(self) -> Option<Timestamp> {
        self.visit_date().map(end_of_day)
    }
}

impl ReceptionFilter {
    pub(crate) fn matches(self, term: ReceptionTerm) -> bool {
        match (self, term) {
            (Self::Online(wanted), ReceptionTerm::Visit(day)) => wanted.is_none_or(|wanted| wanted == day),
            (Self::HomeVisit, ReceptionTerm::UntilWithdrawn) => true,
            (Self::Online(_), ReceptionTerm::UntilWithdrawn) | (Self::HomeVisit, ReceptionTerm::Visit(_)) => false,
        }
    }
}

impl Subject {
    /// Everything that can be asked for.
    pub const ALL: [Self; 7] = [
        Self::Eligibility,
        Self::Item(ConsentItem::Operations),
        Self::Item(ConsentItem::Treatments),
        Self::Item(ConsentItem::Medicines),
        Self::Item(ConsentItem::CheckUps),
        Self::Item(ConsentItem::Limits),
        Self::Item(ConsentItem::SpecificDiseases),
    ];

    /// Its word in records. It never changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Item(item) => item.key(),
        }
    }
}

impl ReceptionRecord {
    /// Whether it stands at `now`. What was withdrawn before its end stays withdrawn.
    pub fn state_at(&self, now: Timestamp) -> ReceptionState {
        match (self.withdrawn, self.term.end()) {
            (Some((at, by)), _) => ReceptionState::Withdrawn { withdrawn_at: at, withdrawn_by: by },
            (None, Some(end)) if now >= end => ReceptionState::Expired { expired_at: end },
            (None, valid_until) => ReceptionState::Registered { valid_until },
        }
    }

    /// Whether it is the newest of its person, institution and care (and day).
    pub fn is_newest(&self) -> bool {
        self.superseded_by.is_none()
    }
}

/// Whether `reader` may read `subject` at `now` by what it found under the number it named.
pub fn may_read(reader: InstitutionCode, found: Option<&ReceptionRecord>, subject: Subject, now: Timestamp) -> Access {
    let Some(reception) = found.filter(|found| found.institution == reader && found.is_newest()) else {
        return Access::NotFound;
    };
    match reception.state_at(now) {
        ReceptionState::Withdrawn { withdrawn_by: by, .. } => return Access::Withdrawn(by),
        ReceptionState::Expired { .. } => return Access::Expired,
        ReceptionState::Registered { .. } => {}
    }
    let Subject::Item(item) = subject else { return Access::Readable };
    access_by_choice(reception, item)
}

/// What was chosen for an item says, whether the reception stands or not.
fn access_by_choice(reception: &ReceptionRecord, item: ConsentItem) -> Access {
    match (reception.choices.choice_for(item), reception.validity) {
        (ConsentChoice::Decline, _) if reception.withdrawn_by_patient.contains(item) => {
            Access::Withdrawn(Withdrawer::Patient)
        }
        (ConsentChoice::Decline, _) => Access::Declined,
        (ConsentChoice::Agree, _) if reception.withdrawn_by_institution.contains(item) => {
            Access::Withdrawn(Withdrawer::Institution)
        }
        (ConsentChoice::Agree, RegistrationValidity::Grace) if item.is_medical() => Access::GraceOnly,
        (ConsentChoice::Agree, _) => Access::Readable,
    }
}

/// How the consent to an item stands, for the flags of files. When a reception has ended, a consent that ended with it is
/// another thing than one that was never given.
pub fn consent_access(reader: InstitutionCode, found: &ReceptionRecord, item: ConsentItem, now: Timestamp) -> Access {
    match (may_read(reader, Some(found), Subject::Item(item), now), access_by_choice(found, item)) {
        (Access::NotFound, _) => Access::NotFound,
        (now, Access::Readable) => now,
        (_, chosen) => chosen,
    }
}

/// Which of a person's newest receptions with `reader` a reading goes by, and whether it may.
///
/// The reception is taken before it is looked at what it opens: what was declined for one visit is never opened by the
/// consent for another. Where no day is said, it is that of today's visit; else that of the next visit that stands; else
/// the one registered last, which tells why there is nothing.
pub fn select_reception(
    reader: InstitutionCode,
    receptions: &[ReceptionRecord],
    wanted: ReceptionFilter,
    subject: Subject,
    now: Timestamp,
) -> (Access, Option<&ReceptionRecord>) {
    let today = now.japan_date();
    let ours =
        |found: &&ReceptionRecord| found.institution == reader && found.is_newest() && wanted.matches(found.term);
    let candidates = || receptions.iter().filter(ours);
    let stands = |found: &&ReceptionRecord| matches!(found.state_at(now), ReceptionState::Registered { .. });
    let chosen = candidates()
        .find(|found| found.term.visit_date() == Some(today))
        .or_else(|| candidates().filter(stands).min_by_key(|found| found.term.visit_date()))
        .or_else(|| candidates().max_by_key(|found| (found.registered_at, found.number)));
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
            Self::NotFound => "not-there",
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
            Self::NotFound => Some(oqs::ResultCode::ReceptionNotFound),
        }
    }

    /// As a file says it (OQSCD016).
    pub fn consent_flag(self) -> oqs::ConsentFlag {
        match self {
            Self::Readable => oqs::ConsentFlag::Given,
            Self::Declined | Self::GraceOnly | Self::NotFound => oqs::ConsentFlag::NotGiven,
            Self::Withdrawn(_) | Self::Expired => oqs::ConsentFlag::Expired,
        }
    }

    /// Why a consent that was given no longer holds (OQSCD031).
    pub fn expiry_reason(self) -> Option<oqs::ExpiryReason> {
        match self {
            Self::Withdrawn(Withdrawer::Patient) => Some(oqs::ExpiryReason::WithdrawnByPatient),
            Self::Withdrawn(Withdrawer::Institution) => Some(oqs::ExpiryReason::WithdrawnByInstitution),
            Self::Expired => Some(oqs::ExpiryReason::FormOfCare),
            Self::Readable | Self::Declined | Self::GraceOnly | Self::NotFound => None,
        }
    }
}
