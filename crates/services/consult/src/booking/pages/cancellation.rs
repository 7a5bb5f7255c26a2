//! Cancelling an appointment.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Tone},
};
use web::{Access, Routes};

use super::{
    slot_choice::count_refusal,
    view::{AppointmentView, load_changeable_appointment},
};
use crate::{
    appointments::pages::{AppointmentForm, AppointmentPage},
    booking::{rules::BookingObstacle, texts},
    context::Context,
    pages::fees::format_yen,
    proof::rules::ledgers::PatientSide,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments/{id}/cancel", Access::SignedIn, get(show_cancellation)).action(
        "/appointments/{id}/cancel",
        Access::SignedIn,
        post(submit_cancellation),
    )
}

async fn show_cancellation(State(context): State<Arc<Context>>, page: AppointmentPage) -> Result<Response, Response> {
    let view = load_changeable_appointment(&context, &page).await?;
    Ok(render_cancellation_page(&page.frame(), &view).into_response())
}

pub(crate) fn render_cancellation_page(frame: &Frame, view: &AppointmentView) -> Markup {
    let language = frame.language;
    let appointment = &view.case.appointment;
    let detail = format!("/appointments/{}", appointment.id);
    Document::new(frame, texts::CANCEL_THIS_APPOINTMENT.in_language(language)).main(html! {
        (components::plain_panel(components::description_list(&[
            (texts::CLINIC.in_language(language), html! { (view.case.institution.name_in(language)) }),
            (texts::TIME.in_language(language), html! { (dates::format_visit_time(language, appointment.visit_start, appointment.menu.minutes)) }),
        ])))
        (render_fee(language, view.cancellation_fee))
        @match view.case.proof.as_ref().map(|proof| proof.patient) {
            Some(PatientSide::Departed { .. } | PatientSide::Registered { .. } | PatientSide::ReportedDone { .. }) => p { (texts::CONSENT_CAN_BE_TAKEN_BACK.in_language(language)) },
            Some(PatientSide::PictureSent { .. }) => p { (texts::SENT_PICTURE_IS_ERASED_BY_ITSELF.in_language(language)) },
            _ => {}
        }
        (components::form(frame, &format!("{detail}/cancel"), html! {
            (components::hidden_field("fee", &view.cancellation_fee.to_string()))
            (components::danger_button(texts::CANCEL_THE_APPOINTMENT.in_language(language), Some(texts::SOMEBODY_ELSE_CAN_THEN_BOOK_IT.in_language(language))))
        }))
        (components::secondary_link(&detail, texts::KEEP_IT.in_language(language), None))
    })
}

fn render_fee(language: Language, fee: u32) -> Markup {
    if fee == 0 {
        return html! { p { (texts::THERE_IS_NO_FEE.in_language(language)) } };
    }
    let fee = format_yen(language, fee);
    components::notice(
        Tone::Warning,
        &texts::cancelling_costs(language, &fee),
        html! { p { (texts::CLINIC_ASKS_YOU_FOR_THE_FEE.in_language(language)) } },
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CancellationForm {
    /// What the page said that cancelling costs, in yen.
    fee: String,
}

async fn submit_cancellation(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, account, id, form }: AppointmentForm<CancellationForm>,
) -> Result<Response, Response> {
    let accepted_fee = form.fee.parse().unwrap_or(0);
    match context.store.cancel_appointment(account.id, id, accepted_fee, visitor.now()).await {
        Ok(()) => Ok(Redirect::to(&format!("/appointments/{id}")).into_response()),
        // The limit passed while the page was open: it is shown again, with the fee.
        Err(Refusal::Booking(BookingObstacle::CancellationFee { .. })) => {
            Ok(Redirect::to(&format!("/appointments/{id}/cancel")).into_response())
        }
        Err(refusal) => {
            count_refusal(&refusal);
            Err(refusal.into_response())
        }
    }
}
