//! Recording a reception as confirmed, and reporting it to the service.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use web::{Form, Visitor};

use super::content::list_path;
use crate::{
    Refusal, Role, TerminalState,
    appointments::client::ProofConfirmation,
    follow_ups::rules::{FollowUpNote, FollowUpReason, FollowUpSubject},
    pages::{HandlerError, redirect},
    receptions::{
        rules::{LinkEvidence, SamePersonStatement},
        sealed::{CONFIRMATION_SEAL_PURPOSE, SealedConfirmation, open_reception_link},
        store::Confirmation,
    },
    seal::BrowserSeal,
    sign_in::session::require_role,
};

#[derive(Deserialize)]
pub(crate) struct ConfirmationForm {
    #[serde(default)]
    #[serde(rename = "seen")]
    sealed_confirmation: String,
    /// 本人の予約です, if the desk has to confirm it.
    #[serde(rename = "same")]
    same_person: Option<String>,
}

pub(crate) async fn confirm_reception(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(form): Form<ConfirmationForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let institution = session.account.institution;
    let sealed: Option<SealedConfirmation> =
        BrowserSeal::for_visitor(&visitor, institution).open(CONFIRMATION_SEAL_PURPOSE, &form.sealed_confirmation);
    let sealed = sealed.filter(|sealed| Some(sealed.confirmation.reception) == listed.number);
    let SealedConfirmation { confirmation, linked_appointment, same_person } = sealed.ok_or(Refusal::StaleLink)?;
    let is_ticked = form.same_person.as_deref() == Some("yes");
    let Confirmation { reception, visit, .. } = confirmation;
    if same_person == SamePersonStatement::Required && !is_ticked {
        let note = FollowUpNote::for_reception(reception, visit, listed.list, FollowUpReason::OtherName);
        let result =
            terminal.store.upsert_follow_up(institution, note, visitor.site().randomness(), visitor.now()).await;
        result?;
        return Ok(redirect("/follow-ups"));
    }
    let linked_appointment = linked_appointment
        .filter(|linked_appointment| linked_appointment.evidence == LinkEvidence::ByNumber || is_ticked)
        .map(|linked_appointment| linked_appointment.appointment);
    let report = session.station.desk_client.as_ref().zip(linked_appointment);
    // Recorded before the service is informed, so that the report is not lost if the terminal stops in between.
    let service_link = report.as_ref().map(|(_, appointment)| appointment.clone());
    let role = session.account.role;
    let result = terminal
        .store
        .record_confirmation(institution, confirmation, listed.list, service_link, role, visitor.now())
        .await;
    result?;
    if let Some((client, appointment)) = report {
        if let Err(failure) = client.confirm_insurance(&appointment, ProofConfirmation::AT_TERMINAL).await {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "the proof of insurance could not be reported to the service"
            );
            return Ok(redirect("/follow-ups"));
        }
        let result = terminal
            .store
            .mark_service_informed(institution, FollowUpSubject::Reception(reception), visitor.now())
            .await;
        result?;
    }
    Ok(redirect(&list_path(&listed)))
}
