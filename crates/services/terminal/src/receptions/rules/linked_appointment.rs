//! The appointment that a confirmation is reported for.

use serde::{Deserialize, Serialize};

use crate::{
    appointments::rules::{AppointmentMatch, ServiceAppointment},
    eligibility::rules::{Finding, NextAction},
};

/// The appointment of a reception.
#[derive(Serialize, Deserialize)]
pub(crate) struct LinkedAppointment {
    pub(crate) appointment: ServiceAppointment,
    #[serde(rename = "sure")]
    pub(crate) evidence: LinkEvidence,
}

/// How the appointment was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LinkEvidence {
    /// By the reception number.
    ByNumber,
    /// By the desk, if the box is ticked.
    ByPerson,
}

impl LinkedAppointment {
    /// The service's appointment of a match; `None` if there is none, or several.
    pub(crate) fn from_match(appointment_match: &AppointmentMatch) -> Option<Self> {
        let (matched, evidence) = match appointment_match {
            AppointmentMatch::ByNumber(matched) => (matched, LinkEvidence::ByNumber),
            AppointmentMatch::NumberWithOtherPerson(matched, _)
            | AppointmentMatch::SameNameAndBirthday(matched)
            | AppointmentMatch::SameBirthday(matched) => (matched, LinkEvidence::ByPerson),
            AppointmentMatch::NotImported | AppointmentMatch::NoMatch | AppointmentMatch::Ambiguous(_) => return None,
        };
        matched.service_link.clone().map(|appointment| Self { appointment, evidence })
    }
}

/// Whether the desk has to confirm that it is the same person before the reception is recorded as confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum SamePersonStatement {
    #[serde(rename = "MustBeSaid")]
    Required,
    #[serde(rename = "NeedNot")]
    NotRequired,
}

impl SamePersonStatement {
    /// Required for proven insurance of a person with another name than in the appointment.
    pub(crate) fn from_match(appointment_match: &AppointmentMatch, finding: Finding) -> Self {
        match (appointment_match, finding.next_action()) {
            (AppointmentMatch::NumberWithOtherPerson(..), NextAction::Done) => Self::Required,
            _ => Self::NotRequired,
        }
    }
}
