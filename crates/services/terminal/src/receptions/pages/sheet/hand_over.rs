//! Handing the result of a reception over to a receipt computer.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use oqs::{FileName, Identifier, Message, Outcome, ReferenceClassification, ResponseHeader};
use web::{ButtonForm, Form, Visitor};

use super::{content::ReceptionPage, note_failed_check, page::render_page};
use crate::{
    Refusal, Role, TerminalState,
    pages::{HandlerError, SystemResponse, redirect},
    receptions::{rules::as_received_at_reader, sealed::open_reception_link},
    sign_in::session::{require_role, session_frame},
};

/// Checks the eligibility again and writes the result into `face`, as for a card at the desk.
pub(crate) async fn hand_over_to_receipt_computer(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    // A file has one insurance, and the terminal does not choose among several.
    let (Some(exchange), [document]) = (&session.station.exchange, &listed.documents[..]) else {
        return Err(Refusal::NotFound.into());
    };
    let now = visitor.now();
    let check = match session.station.client.check_eligibility(document, listed.visit, now).await {
        Ok(check) => check,
        Err(failure) => {
            note_failed_check(&terminal, &visitor, &session, &listed, &failure).await?;
            let mut frame = session_frame(&visitor, &session);
            // The link "ask again" must lead to the sheet, not to the address of the POST.
            frame.path_and_query = format!("/receptions/{sealed}");
            let content = SystemResponse::from_result(Err(failure));
            let (status, institution) = (content.status(), session.station.name.clone());
            let view = ReceptionPage { reception: listed, sealed, institution, now, content };
            return Ok((status, render_page(&frame, &view)).into_response());
        }
    };
    if check.response.results.len() > 1 {
        return Err(Refusal::NotFound.into());
    }
    let randomness = visitor.site().randomness();
    let header = ResponseHeader {
        processed_at: check.processed_at.or(Some(now)),
        confirmation_date: check.confirmed_for,
        institution: session.account.institution.into(),
        identifier: Identifier::new(&BASE64_STANDARD.encode(randomness.bytes::<8>())),
        reference_classification: Some(ReferenceClassification::Card),
        bulk_number: None,
        result_count: None,
        normal_count: None,
        error_count: None,
    };
    let key = hex::encode(randomness.bytes::<16>());
    let outcome = Outcome::Normal(as_received_at_reader(check.response, &key, now));
    let message = Message::QualificationResponse(oqs::ResponseMessage { header, outcome });
    let name = FileName::card_reception_result(session.account.institution, randomness.bytes::<10>(), now);
    let result = exchange.write_to_face(name, message).await;
    result.map_err(Refusal::Folder)?;
    Ok(redirect(&format!("/receptions/{sealed}?said=handed-over")))
}
