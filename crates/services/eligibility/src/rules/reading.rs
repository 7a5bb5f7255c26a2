//! What an institution may read: all access rules are in this file.

use base::{Date, InstitutionCode, ReceptionNumber, Timestamp, end_of_day};

use super::item::{ConsentChoice, ConsentChoices, ConsentItem, ConsentItems};
use crate::PersonId;

/// 受付: one patient's registration with one institution, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceptionRecord {
    /// The number, the same on every side.
    pub number: ReceptionNumber,
    /// The only institution that may read by it.
    pub institution: InstitutionCode,
    pub person: PersonId,
    /// The kind of care and the duration.
    pub term: ReceptionTerm,
    pub registered_at: Timestamp,
    /// When the current choices were made.
    pub chosen_at: Timestamp,
    /// The patient's choices.
    pub choices: ConsentChoices,
    /// How far the card's certificate is accepted.
    pub validity: RegistrationValidity,
    /// How the patient came to the reception.
    pub route: RegistrationRoute,
    /// When and by whom it was withdrawn.
    pub withdrawn: Option<(Timestamp, Withdrawer)>,
    /// Agreed items that the institution withdrew.
    pub withdrawn_by_institution: ConsentItems,
    /// Items that the patient agreed to in this reception and later declined.
    pub withdrawn_by_patient: ConsentItems,
    /// The newer registration of the same person for the same institution and care (and day), if there is one.
    pub superseded_by: Option<ReceptionNumber>,
}

/// 診療区分: the kind of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CareKind {
    /// オンライン診療等
    Online,
    /// 訪問診療等
    HomeVisit,
}

/// How long a reception is valid, by its kind of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceptionTerm {
    /// オンライン診療等: for one visit, until the end of its day in Japan.
    Visit(Date),
    /// 訪問診療等: once, until it is withdrawn.
    UntilWithdrawn,
}

/// Which of a person's receptions a reading may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceptionFilter {
    /// One of オンライン診療等 for this visit day; without a day, as [`select_reception`] chooses.
    Online(Option<Date>),
    /// One of 訪問診療等.
    HomeVisit,
}

/// How far the certificate with which the patient authenticated is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegistrationValidity {
    Full,
    /// It ended less than three months ago: it still confirms coverage, but shows no health information.
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
    /// The institution, by 閲覧同意取り消し, which only exists for 訪問診療等.
    Institution,
}

/// The subject of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// 資格情報: the coverage. A registered reception shows it whatever was chosen.
    Eligibility,
    /// One of the six kinds of information.
    Item(ConsentItem),
}

/// The state of a reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceptionState {
    Registered {
        /// The first instant at which it is no longer valid; none if only a withdrawal ends it.
        valid_until: Option<Timestamp>,
    },
    /// It was withdrawn before its end.
    Withdrawn {
        withdrawn_at: Timestamp,
        withdrawn_by: Withdrawer,
    },
    Expired {
        expired_at: Timestamp,
    },
}

/// Whether an institution may read something, and the reason if not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Readable,
    /// The patient did not agree to this item.
    Declined,
    /// The reception was withdrawn.
    Withdrawn(Withdrawer),
    /// The visit day is over.
    Expired,
    /// The certificate had ended: coverage is shown, health information is not.
    GraceOnly,
    /// There is no such reception for this institution, or a newer one replaced it.
    NotFound,
}

impl ReceptionTerm {
    /// The kind of care.
    pub fn kind(self) -> CareKind {
        match self {
            Self::Visit(_) => CareKind::Online,
            Self::UntilWithdrawn => CareKind::HomeVisit,
        }
    }

    /// The visit day, if it has one.
    pub fn visit_date(self) -> Option<Date> {
        match self {
            Self::Visit(day) => Some(day),
            Self::UntilWithdrawn => None,
        }
    }

    /// The first instant at which it is no longer valid, unless only a withdrawal ends it.
    pub fn end(self) -> Option<Timestamp> {
        self.visit_date().map(end_of_day)
    }
}

impl ReceptionFilter {
    pub(crate) fn matches(self, term: ReceptionTerm) -> bool {
        match (self, term) {
            (Self::Online(requested), ReceptionTerm::Visit(day)) => requested.is_none_or(|requested| requested == day),
            (Self::HomeVisit, ReceptionTerm::UntilWithdrawn) => true,
            (Self::Online(_), ReceptionTerm::UntilWithdrawn) | (Self::HomeVisit, ReceptionTerm::Visit(_)) => false,
        }
    }
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 7] = [
        Self::Eligibility,
        Self::Item(ConsentItem::Operations),
        Self::Item(ConsentItem::Treatments),
        Self::Item(ConsentItem::Medicines),
        Self::Item(ConsentItem::CheckUps),
        Self::Item(ConsentItem::Limits),
        Self::Item(ConsentItem::SpecificDiseases),
    ];

    /// The key in records. It never changes.
    pub fn key(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Item(item) => item.as_str(),
        }
    }
}

impl ReceptionRecord {
    /// The state at `now`. A reception that was withdrawn before its end stays withdrawn.
    pub fn state_at(&self, now: Timestamp) -> ReceptionState {
        match (self.withdrawn, self.term.end()) {
            (Some((withdrawn_at, withdrawn_by)), _) => ReceptionState::Withdrawn { withdrawn_at, withdrawn_by },
            (None, Some(end)) if now >= end => ReceptionState::Expired { expired_at: end },
            (None, valid_until) => ReceptionState::Registered { valid_until },
        }
    }

    /// Whether it is the newest of its person, institution and kind of care (and day).
    pub fn is_newest(&self) -> bool {
        self.superseded_by.is_none()
    }
}

/// Whether `reader` may read `subject` at `now` by the reception with the number that it named.
pub fn may_read(
    reader: InstitutionCode,
    reception: Option<&ReceptionRecord>,
    subject: Subject,
    now: Timestamp,
) -> Access {
    let Some(reception) = reception.filter(|reception| reception.institution == reader && reception.is_newest()) else {
        return Access::NotFound;
    };
    match reception.state_at(now) {
        ReceptionState::Withdrawn { withdrawn_by, .. } => return Access::Withdrawn(withdrawn_by),
        ReceptionState::Expired { .. } => return Access::Expired,
        ReceptionState::Registered { .. } => {}
    }
    let Subject::Item(item) = subject else { return Access::Readable };
    access_by_choice(reception, item)
}

/// Whether an institution may read `subject` by an insurance document alone: what is printed on such a document, and the
/// limit if the patient agrees to it at the desk (`limits`). Nothing of health.
pub fn may_read_by_document(subject: Subject, limits: ConsentChoice) -> Access {
    match (subject, limits) {
        (Subject::Eligibility, _) | (Subject::Item(ConsentItem::Limits), ConsentChoice::Agree) => Access::Readable,
        (Subject::Item(_), _) => Access::Declined,
    }
}

/// The access by the choice alone, whether the reception is still registered or not.
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

/// The state of the consent to an item, for the flags of files. After a reception has ended, a consent that ended with it
/// differs from one that was never given.
pub fn consent_access(
    reader: InstitutionCode,
    reception: &ReceptionRecord,
    item: ConsentItem,
    now: Timestamp,
) -> Access {
    match (may_read(reader, Some(reception), Subject::Item(item), now), access_by_choice(reception, item)) {
        (Access::NotFound, _) => Access::NotFound,
        (now, Access::Readable) => now,
        (_, by_choice) => by_choice,
    }
}

/// The newest reception of a person with `reader` that a reading uses, and whether it may read.
///
/// The reception is selected without regard to its choices: what was declined for one visit is never opened by the
/// consent for another. Without a day, it is that of today's visit; else that of the next registered visit; else the one
/// registered last, whose state gives the reason for the refusal.
pub fn select_reception(
    reader: InstitutionCode,
    receptions: &[ReceptionRecord],
    filter: ReceptionFilter,
    subject: Subject,
    now: Timestamp,
) -> (Access, Option<&ReceptionRecord>) {
    let today = now.japan_date();
    let is_candidate = |reception: &&ReceptionRecord| {
        reception.institution == reader && reception.is_newest() && filter.matches(reception.term)
    };
    let candidates = || receptions.iter().filter(is_candidate);
    let is_registered =
        |reception: &&ReceptionRecord| matches!(reception.state_at(now), ReceptionState::Registered { .. });
    let selected = candidates()
        .find(|reception| reception.term.visit_date() == Some(today))
        .or_else(|| candidates().filter(is_registered).min_by_key(|reception| reception.term.visit_date()))
        .or_else(|| candidates().max_by_key(|reception| (reception.registered_at, reception.number)));
    (may_read(reader, selected, subject, now), selected)
}

base::text_enum! {
    impl Access {
        Readable = "readable",
        Declined = "declined",
        Withdrawn(Withdrawer::Patient) = "withdrawn-by-patient",
        Withdrawn(Withdrawer::Institution) = "withdrawn-by-institution",
        Expired = "expired",
        GraceOnly = "grace-only",
        NotFound = "not-there",
    }
}

impl Access {
    /// The reason for an empty result; none if the result is readable.
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

    /// The flag in files (OQSCD016).
    pub fn consent_flag(self) -> oqs::ConsentFlag {
        match self {
            Self::Readable => oqs::ConsentFlag::Given,
            Self::Declined | Self::GraceOnly | Self::NotFound => oqs::ConsentFlag::NotGiven,
            Self::Withdrawn(_) | Self::Expired => oqs::ConsentFlag::Expired,
        }
    }

    /// Why a consent that was given is no longer valid (OQSCD031).
    pub fn expiry_reason(self) -> Option<oqs::ExpiryReason> {
        match self {
            Self::Withdrawn(Withdrawer::Patient) => Some(oqs::ExpiryReason::WithdrawnByPatient),
            Self::Withdrawn(Withdrawer::Institution) => Some(oqs::ExpiryReason::WithdrawnByInstitution),
            Self::Expired => Some(oqs::ExpiryReason::FormOfCare),
            Self::Readable | Self::Declined | Self::GraceOnly | Self::NotFound => None,
        }
    }
}
