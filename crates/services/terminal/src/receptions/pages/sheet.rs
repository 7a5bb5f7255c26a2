//! The sheet of one reception, to be printed: the insurance, its verdict, and what the desk does next.

mod appointment;
pub(crate) mod confirm;
pub(crate) mod content;
pub(crate) mod hand_over;
pub(crate) mod home_visit;
pub(crate) mod page;
mod receipt_computer;
pub(crate) mod statement;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::Timestamp;
use serde::Deserialize;
use web::Visitor;

use super::person::insured_person;
use crate::{
    Refusal, Role, TerminalState,
    appointments::{self, rules::AppointmentMatch},
    client::EligibilityError,
    eligibility::{
        client::EligibilityCheck,
        rules::{Finding, NextAction},
    },
    follow_ups::rules::FollowUpNote,
    pages::{HandlerError, SystemResponse},
    receptions::{
        rules::{LinkedAppointment, ListedReception, SamePersonStatement},
        sealed::{CONFIRMATION_SEAL_PURPOSE, SealedConfirmation, open_reception_link},
        store::{Confirmation, ConfirmationId},
    },
    seal::BrowserSeal,
    sign_in::session::{TerminalSession, require_role, session_frame},
};
use content::{ReceiptComputerState, ReceptionPage, ReceptionSheet, ServiceReport};
use page::render_page;

/// How many insurances of one person are requested.
const MAX_DOCUMENTS: usize = 6;

#[derive(Deserialize)]
pub(crate) struct ReceptionQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Query(query): Query<ReceptionQuery>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let checks = check_documents(&session, &listed, visitor.now()).await;
    if let Err(failure) = &checks {
        note_failed_check(&terminal, &visitor, &session, &listed, failure).await?;
    }
    let content = match SystemResponse::from_result(checks) {
        SystemResponse::Failed(refusal) => SystemResponse::Failed(refusal),
        SystemResponse::Received(checks) => {
            let handed_over = query.notice.as_deref() == Some("handed-over");
            let sheet = build_sheet(&terminal, &visitor, &session, &listed, checks).await.map(|mut sheet| {
                if handed_over && sheet.receipt_computer == ReceiptComputerState::Available {
                    sheet.receipt_computer = ReceiptComputerState::HandedOver;
                }
                sheet
            });
            SystemResponse::Received(sheet?)
        }
    };
    let status = content.status();
    let view = ReceptionPage {
        reception: listed,
        sealed,
        institution: session.station.name.clone(),
        now: visitor.now(),
        content,
    };
    Ok((status, render_page(&session_frame(&visitor, &session), &view)).into_response())
}

/// Opens a follow-up for a reception whose check failed.
async fn note_failed_check(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    listed: &ListedReception,
    failure: &EligibilityError,
) -> Result<(), Refusal> {
    if let Some(number) = listed.number {
        let note = FollowUpNote::for_failed_reception(number, listed.visit, listed.list, failure.into());
        let (institution, randomness) = (session.account.institution, visitor.site().randomness());
        terminal.store.upsert_follow_up(institution, note, randomness, visitor.now()).await?;
    }
    Ok(())
}

/// Checks each insurance of the list again.
async fn check_documents(
    session: &TerminalSession<'_>,
    listed: &ListedReception,
    now: Timestamp,
) -> Result<Vec<EligibilityCheck>, EligibilityError> {
    let mut checks = Vec::new();
    for document in listed.documents.iter().take(MAX_DOCUMENTS) {
        checks.push(session.station.client.check_eligibility(document, listed.visit, now).await?);
    }
    Ok(checks)
}

async fn build_sheet(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    listed: &ListedReception,
    checks: Vec<EligibilityCheck>,
) -> Result<ReceptionSheet, Refusal> {
    let institution = session.account.institution;
    let finding = current_finding(listed, &checks);
    let imported = appointments::find_imported_appointments(terminal, visitor, session).await?;
    let result_count: usize = checks.iter().map(|check| check.response.results.len()).sum();
    let appointment_match = AppointmentMatch::find(
        imported.as_ref(),
        listed.visit,
        listed.number,
        insured_person(checks.iter().flat_map(|check| &check.response.results)).as_ref(),
    );
    // Only proven insurance is reported.
    let is_reported = session.station.desk_client.is_some() && finding.next_action() == NextAction::Done;
    let linked_appointment = LinkedAppointment::from_match(&appointment_match).filter(|_| is_reported);
    let service_report = if linked_appointment.is_some() { ServiceReport::Sent } else { ServiceReport::NotSent };
    let receipt_computer = match (&session.station.exchange, &listed.documents[..]) {
        (None, _) | (_, []) => ReceiptComputerState::None,
        (Some(_), [_]) if result_count <= 1 => ReceiptComputerState::Available,
        (Some(_), _) => ReceiptComputerState::SeveralInsurances,
    };
    let (sealed_confirmation, last_confirmation) = match listed.number {
        None => (None, None),
        Some(reception) => {
            let last_confirmation = terminal.store.list_last_confirmations(institution, vec![reception]).await?.pop();
            let id = ConfirmationId::new(visitor.now(), visitor.site().randomness());
            let confirmation = Confirmation { id, reception, visit: listed.visit, finding };
            let content = SealedConfirmation {
                confirmation,
                linked_appointment,
                same_person: SamePersonStatement::from_match(&appointment_match, finding),
            };
            (
                Some(BrowserSeal::for_visitor(visitor, institution).seal(CONFIRMATION_SEAL_PURPOSE, &content)),
                last_confirmation,
            )
        }
    };
    Ok(ReceptionSheet {
        finding,
        checks,
        sealed_confirmation,
        last_confirmation,
        appointment_match,
        service_report,
        receipt_computer,
    })
}

/// The current finding: that of the only insurance, else that of the list.
fn current_finding(listed: &ListedReception, checks: &[EligibilityCheck]) -> Finding {
    match checks {
        [only] => Finding::from_processing(Some(&only.response.processing), only.response.validity),
        _ => listed.finding,
    }
}
