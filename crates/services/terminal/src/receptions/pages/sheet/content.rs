//! What the sheet of a reception shows.

use base::Timestamp;

use crate::{
    appointments::rules::AppointmentMatch,
    eligibility::{client::EligibilityCheck, rules::Finding},
    pages::SystemResponse,
    receptions::{pages::list::content::ListPurpose, rules::ListedReception, store::ConfirmationRecord},
};

pub(crate) struct ReceptionPage {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    pub(crate) institution: String,
    pub(crate) now: Timestamp,
    pub(crate) content: SystemResponse<ReceptionSheet>,
}

pub(crate) struct ReceptionSheet {
    pub(crate) finding: Finding,
    pub(crate) checks: Vec<EligibilityCheck>,
    /// A `SealedConfirmation` for the form; `None` if the reception has no number.
    pub(crate) sealed_confirmation: Option<String>,
    pub(crate) last_confirmation: Option<ConfirmationRecord>,
    pub(crate) appointment_match: AppointmentMatch,
    pub(crate) service_report: ServiceReport,
    pub(crate) receipt_computer: ReceiptComputerState,
}

/// Whether a confirmation is reported to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceReport {
    Sent,
    NotSent,
}

/// Whether the result can be handed over to a receipt computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReceiptComputerState {
    Available,
    /// The person has several insurances: a file has one, and the terminal does not choose.
    SeveralInsurances,
    /// The result was written into `face` by the action before.
    HandedOver,
    None,
}

/// The address of the list that the reception is in.
pub(crate) fn list_path(listed: &ListedReception) -> String {
    ListPurpose::Eligibility.list_path(listed.list)
}
