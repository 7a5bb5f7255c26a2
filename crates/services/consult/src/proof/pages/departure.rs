//! 「同意可否を選択する」: departure to the reception, by hand-over or by the institution's fixed URL.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use handover::{Issuer, ReceptionRequest};
use maud::{Markup, html};
use text::dates;
use ui::{
    Document, Frame, QrCode,
    components::{self, Tone},
};
use web::{Access, ButtonForm, Routes, Visitor};

use crate::{
    appointments::{
        pages::{AppointmentForm, AppointmentPage},
        rules::AppointmentId,
    },
    context::Context,
    directory::rules::institution::{Institution, ProofMethod},
    people::rules::account::Account,
    proof::{
        store::departure::{DepartureId, NewDeparture, VisitToProve},
        texts,
    },
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .action("/appointments/{id}/leave", Access::SignedIn, post(submit_departure))
        .page("/appointments/{id}/leave", Access::SignedIn, get(show_fixed_url))
        .action("/appointments/{id}/done", Access::SignedIn, post(report_procedure_done))
}

async fn submit_departure(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, account, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Refusal> {
    let visit = context.store.find_visit_to_prove(account.id, id).await?;
    if !visit.appointment.openness(visitor.now()).can_be_proven() {
        return Err(Refusal::Closed(id));
    }
    match visit.institution.proof_method.clone() {
        _ if visit.proof.is_none() => Err(Refusal::WrongProofMethod(id)),
        ProofMethod::PictureOnly => Err(Refusal::WrongProofMethod(id)),
        ProofMethod::FixedUrl { .. } => {
            context.store.record_fixed_url_departure(account.id, id, visitor.now()).await?;
            Ok(Redirect::to(&format!("/appointments/{id}/leave")).into_response())
        }
        ProofMethod::HandOver { issuer } => start_hand_over(&context, &visitor, &account, &visit, issuer).await,
    }
}

/// Pushes the authorization request (RFC 9126) and records the departure before the browser is redirected.
async fn start_hand_over(
    context: &Context,
    visitor: &Visitor,
    account: &Account,
    visit: &VisitToProve,
    issuer: Issuer,
) -> Result<Response, Refusal> {
    let appointment = &visit.appointment;
    let departure_id = DepartureId::new(visitor.now(), visitor.site().randomness());
    let request = ReceptionRequest {
        institution: appointment.institution,
        visit_date: appointment.visit_date(),
        reference: appointment.id.to_string().parse().expect("an id is 36 characters that a reference may hold"),
    };
    let departure = context.receptions.new_departure(request);
    let location = context
        .receptions
        .push_request(&issuer, &departure, visitor.now())
        .await
        .map_err(|failure| Refusal::ReceptionUnreachable(appointment.id, failure))?;
    let new = NewDeparture {
        id: departure_id,
        state: departure.state().digest(),
        appointment: appointment.id,
        account: account.id,
        browser: visitor.browser().digest(),
        issuer,
        visit_date: appointment.visit_date(),
        secret: departure.secret().clone(),
    };
    context.store.insert_departure(new, visitor.now()).await?;
    Ok(Redirect::to(location.reveal()).into_response())
}

pub(crate) struct FixedUrlPage {
    pub(crate) institution: Institution,
    pub(crate) appointment_id: AppointmentId,
    pub(crate) visit_date: Date,
    pub(crate) url: String,
}

async fn show_fixed_url(State(context): State<Arc<Context>>, page: AppointmentPage) -> Result<Response, Refusal> {
    let id = page.id;
    let visit = context.store.find_visit_to_prove(page.account.id, id).await?;
    let open = visit.appointment.openness(page.visitor.now()).can_be_proven() && visit.proof.is_some();
    match visit.institution.proof_method.clone() {
        ProofMethod::FixedUrl { url } if open => {
            let view = FixedUrlPage {
                appointment_id: id,
                visit_date: visit.appointment.visit_date(),
                url,
                institution: visit.institution,
            };
            Ok(render_fixed_url_page(&page.frame(), &view).into_response())
        }
        // No departure from this page is possible: the appointment's own page says what is next.
        _ => Ok(Redirect::to(&format!("/appointments/{id}")).into_response()),
    }
}

pub(crate) fn render_fixed_url_page(frame: &Frame, view: &FixedUrlPage) -> Markup {
    let language = frame.language;
    let date = view.visit_date;
    let displayed_date = dates::format_date(language, date);
    let copied_date = format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day());
    Document::new(frame, texts::REGISTER_AT_RECEPTION_WEB.in_language(language))
        .above_heading(components::back_link(&format!("/appointments/{}", view.appointment_id), texts::BACK_TO_THE_APPOINTMENT.in_language(language)))
        .lead(texts::WE_DO_NOT_HEAR_THE_OUTCOME.in_language(language))
        .main(html! {
            (components::section(texts::STEP_1_NOTE_THE_VISIT_DATE.in_language(language), html! {
                (components::key_number(language, texts::THE_VISIT_DATE_TO_ENTER.in_language(language), &displayed_date, &copied_date))
                p { (texts::WITH_ANOTHER_DATE_CLINIC_FINDS_NOTHING.in_language(language)) }
            }))
            (components::section(texts::STEP_2_REGISTER.in_language(language), html! {
                p { (view.institution.name_in(language)) }
                p { (texts::CHOOSE_WHAT_TO_SHARE.in_language(language)) }
            }))
            // The bar is visible from the top of the page.
            (components::bottom_bar(components::primary_link_in_new_tab(language, &view.url, texts::OPEN_RECEPTION_WEB.in_language(language),
                Some(texts::COME_BACK_TO_THIS_TAB.in_language(language)))))
            @if let Some(code) = QrCode::encode(&view.url) {
                (components::disclosure(texts::OPEN_ON_ANOTHER_PHONE.in_language(language),
                    components::qr(&code, texts::QR_CODE_FOR_RECEPTION_WEB.in_language(language))))
            }
            (components::section(texts::STEP_3_TELL_US_THAT_YOU_FINISHED.in_language(language), html! {
                (components::form(frame, &format!("/appointments/{}/done", view.appointment_id), html! {
                    (components::secondary_button(texts::I_HAVE_FINISHED.in_language(language), Some(texts::CLINIC_THEN_CHECKS_REGISTRATION.in_language(language))))
                }))
            }))
            (components::notice(Tone::Info, texts::IF_IT_DOES_NOT_WORK.in_language(language), html! {
                p { (texts::YOU_CAN_UPLOAD_A_PICTURE.in_language(language)) }
                (components::quiet_link(&format!("/appointments/{}/picture", view.appointment_id), texts::UPLOAD_PICTURE_OF_INSURANCE_DOCUMENT.in_language(language)))
            }))
        })
}

async fn report_procedure_done(
    State(context): State<Arc<Context>>,
    AppointmentForm { visitor, account, id, form: ButtonForm {} }: AppointmentForm<ButtonForm>,
) -> Result<Response, Refusal> {
    context.store.report_procedure_done(account.id, id, visitor.now()).await?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}
