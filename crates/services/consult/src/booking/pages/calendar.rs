//! The calendar file of an appointment.

use std::sync::Arc;

use ::calendar::MEDIA_TYPE;
use axum::{extract::State, response::Response, routing::get};
use web::{Access, Routes};

use crate::{
    appointments::{pages::AppointmentPage, rules::AppointmentId},
    context::Context,
    pages::download::respond_with_file,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments/{id}/calendar.ics", Access::SignedIn, get(show_calendar_file))
}

/// Where the calendar file of an appointment is.
pub(crate) fn calendar_path(id: AppointmentId) -> String {
    format!("/appointments/{id}/calendar.ics")
}

async fn show_calendar_file(
    State(context): State<Arc<Context>>,
    AppointmentPage { visitor, account, id }: AppointmentPage,
) -> Result<Response, Refusal> {
    let details = context.store.find_appointment_details(account.id, id).await?;
    let language = visitor.language();
    let facts = context.store.appointment_facts(
        &details.appointment,
        account.letters.clinic,
        details.institution.name_in(language),
    );
    let file = facts
        .to_calendar(language, &context.store.letterhead, visitor.now())
        .map_err(|_| Refusal::CorruptRecord("the name of an institution"))?;
    let media_type = format!("{MEDIA_TYPE}; charset=utf-8; method={}", file.method);
    Ok(respond_with_file(file.content, &media_type, "appointment.ics"))
}
