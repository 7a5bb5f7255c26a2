//! What an institution may read: all access rules are in this file.

use base::{InstitutionCode, Timestamp};

use super::{
    item::{ConsentChoice, ConsentItem},
    reception::{ReceptionFilter, ReceptionRecord, ReceptionState, RegistrationValidity, Withdrawer},
};

/// The subject of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// 資格情報: the coverage. A registered reception shows it whatever was chosen.
    Eligibility,
    /// One of the six kinds of information.
    Item(ConsentItem),
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
