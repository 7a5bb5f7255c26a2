//! 受付: one patient's registration with one institution, its term and its state.

use base::{Date, InstitutionCode, ReceptionNumber, Timestamp, end_of_day};

use super::item::{ConsentChoices, ConsentItems};
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
    /// One of オンライン診療等 for this visit day; without a day, as [`select_reception`](super::access::select_reception) chooses.
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
