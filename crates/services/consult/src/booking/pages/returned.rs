//! The page after the return from a reception.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use text::dates;
use ui::{
    Document, Frame,
    components::{self, Tone},
    drawing,
};
use web::{Access, Routes};

use super::{
    next_step,
    view::{AppointmentView, load_appointment_view},
};
use crate::{
    appointments::pages::AppointmentPage,
    booking::texts,
    context::Context,
    pages::frame::allow_form_action,
    proof::{
        rules::ledgers::PatientSide,
        store::departure::{DepartureId, DepartureStage},
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/appointments/{id}/returned/{departure}", Access::SignedIn, get(show_reception_return))
}

pub(crate) struct ReceptionReturnPage {
    pub(crate) stage: DepartureStage,
    pub(crate) appointment: AppointmentView,
}

async fn show_reception_return(
    State(context): State<Arc<Context>>,
    page: AppointmentPage,
    Path((_, departure)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let departure: DepartureId = departure.parse().map_err(|_| Refusal::NotFound)?;
    let stage = context.store.find_departure_stage(page.account.id, page.id, departure).await?;
    let view = load_appointment_view(&context, &page).await?;
    let reception_origin = view.reception_origin.clone();
    let response =
        render_reception_return(&page.frame(), &ReceptionReturnPage { stage, appointment: view }).into_response();
    Ok(allow_form_action(response, reception_origin.as_ref()))
}

pub(crate) fn render_reception_return(frame: &Frame, page: &ReceptionReturnPage) -> Markup {
    let language = frame.language;
    let view = &page.appointment;
    let registered = match view.case.proof.as_ref().map(|proof| proof.patient) {
        Some(PatientSide::Registered { reception_number, valid_until }) => Some((reception_number, valid_until)),
        _ => None,
    };
    let detail = format!("/appointments/{}", view.id());
    match (page.stage, registered) {
        (DepartureStage::Registered, Some((reception_number, valid_until))) => {
            Document::new(frame, texts::ALL_DONE.in_language(language)).main(html! {
                (drawing::done(language))
                p { (texts::YOUR_CARD_IS_SET_UP.in_language(language)) }
                (components::bottom_bar(components::primary_link(&detail, texts::SEE_THE_APPOINTMENT.in_language(language), None)))
                (components::description_list(&[
                    (texts::CONSENT_IS_VALID.in_language(language), html! { (dates::format_deadline(language, valid_until)) }),
                    (texts::RECEPTION_NUMBER.in_language(language), html! { (reception_number.to_grouped_string()) }),
                    (texts::VISIT.in_language(language), html! { (dates::format_visit_time(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) }),
                ]))
                (components::section(texts::WHAT_HAPPENS_NEXT.in_language(language), html! {
                    p { (texts::CLINIC_CHECKS_YOUR_INSURANCE.in_language(language)) }
                    (next_step::render_visit_instructions(language, view))
                    p { (texts::WE_OBTAIN_NOTHING_YOU_CONSENTED_TO.in_language(language)) }
                }))
            })
        }
        (DepartureStage::Ended, None) => Document::new(frame, texts::NO_CONSENT_WAS_REGISTERED.in_language(language)).main(html! {
            p { (texts::YOU_CAME_BACK_WITHOUT_REGISTERING.in_language(language)) }
            (next_step::render_next_step(frame, view))
            (components::quiet_link(&detail, texts::SEE_THE_APPOINTMENT.in_language(language)))
        }),
        (DepartureStage::Void, _) => Document::new(frame, texts::THE_VISIT_WAS_MOVED.in_language(language)).main(html! {
            (components::notice(Tone::Warning, texts::THIS_WAS_FOR_OLD_DAY.in_language(language), html! {
                p { (texts::PLEASE_DO_IT_AGAIN_FOR_NEW_DAY.in_language(language)) }
            }))
            (next_step::render_next_step(frame, view))
            (components::quiet_link(&detail, texts::SEE_THE_APPOINTMENT.in_language(language)))
        }),
        // In all other cases the ledgers decide the next step.
        _ => Document::new(frame, texts::WHERE_YOU_STAND.in_language(language)).main(html! {
            (next_step::render_next_step(frame, view))
            (components::quiet_link(&detail, texts::SEE_THE_APPOINTMENT.in_language(language)))
        }),
    }
}
