//! 被保険者資格申立書 of a reception.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use maud::Markup;
use text::Language;
use web::Visitor;

use crate::{
    Role, TerminalState,
    appointments::{self, rules::AppointmentMatch},
    pages::HandlerError,
    receptions::sealed::open_reception_link,
    sign_in::session::{require_role, session_frame},
    statement::pages::{StatementPage, StatementPrefill, render_link, render_page},
};

/// Prefilled from the list and the appointment of a reception. The system is not asked: it may be closed.
pub(crate) async fn show_for_reception(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let imported = appointments::find_imported_appointments(&terminal, &visitor, &session).await?;
    let mut prefill = StatementPrefill {
        birth_date: listed.documents.first().map(|document| document.birthdate),
        visit: listed.visit.or_else(|| Some(visitor.now().japan_date())),
        ..StatementPrefill::default()
    };
    // Only the reception number identifies the appointment; a similar person is not enough.
    if let AppointmentMatch::ByNumber(appointment) =
        AppointmentMatch::find(imported.as_ref(), listed.visit, listed.number, None)
    {
        prefill.name = Some(appointment.name);
        prefill.kana = appointment.kana;
        prefill.birth_date = prefill.birth_date.or(appointment.birth_date);
    }
    let (institution, back_path) = (session.station.name.clone(), format!("/receptions/{sealed}"));
    let view = StatementPage { institution, now: visitor.now(), prefill, back_path };
    Ok(render_page(&session_frame(&visitor, &session), &view).into_response())
}

/// A link to the form of a reception.
pub(crate) fn render_reception_link(language: Language, sealed: &str) -> Markup {
    render_link(language, &format!("/receptions/{sealed}/statement"))
}
