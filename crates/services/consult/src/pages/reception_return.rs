//! The return from the reception (OAuth redirection endpoint, RFC 6749 §3.1.2).

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use handover::{
    AuthorizationCode, AuthorizationResponse, ReceptionRequest, ResponseRefusal, UnverifiedAuthorizationResponse,
};
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, Tone},
    drawing,
};
use web::{Access, Routes, Visitor};

use super::{
    allow_form_action,
    appointment::{self, AppointmentView},
    date_text, page_frame, parse_appointment_id, patient, sample_data,
};
use crate::{
    Refusal,
    client::ReceptionFailure,
    context::Context,
    rules::proof::PatientSide,
    store::departure::{DepartureId, DepartureStage, ReturnClaim, StoredDeparture},
};

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(crate::RETURN_PATH, Access::Session, get(receive_reception_return)).page(
        "/appointments/{id}/returned/{departure}",
        Access::SignedIn,
        get(show_reception_return),
    )
}

/// Processes the authorization response and redirects to a page that can be reloaded.
async fn receive_reception_return(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let departure = complete_return(&context, &visitor, &query.unwrap_or_default()).await?;
    Ok(Redirect::to(&format!("/appointments/{}/returned/{}", departure.appointment, departure.id)).into_response())
}

async fn complete_return(context: &Context, visitor: &Visitor, query: &str) -> Result<StoredDeparture, Refusal> {
    let response =
        UnverifiedAuthorizationResponse::parse(query).map_err(|error| Refusal::InvalidReturn(Some(error)))?;
    let stored_departure =
        context.store.find_departure_by_state(response.state().digest()).await?.ok_or(Refusal::InvalidReturn(None))?;
    // It must be the browser that departed, with the same patient signed in.
    let same_browser =
        base::constant_time_eq(stored_departure.browser.as_bytes(), visitor.browser().digest().as_bytes());
    let person = context.store.find_signed_in_patient(visitor.browser().digest(), visitor.now()).await?;
    if !same_browser || person.is_none_or(|person| person.id != stored_departure.patient) {
        return Err(Refusal::AnotherBrowser);
    }
    let request = ReceptionRequest {
        institution: stored_departure.institution,
        visit_date: stored_departure.visit_date,
        reference: stored_departure
            .appointment
            .to_string()
            .parse()
            .expect("an id is 36 characters that a reference may hold"),
    };
    let departure = context.receptions.resume_departure(stored_departure.secret.clone(), request);
    let outcome = response
        .check(&departure.state(), &stored_departure.issuer)
        .map_err(|error| Refusal::InvalidReturn(Some(error)))?;
    match outcome {
        AuthorizationResponse::Code(code) => {
            redeem_code(context, visitor, &stored_departure, &departure, &code).await?;
        }
        AuthorizationResponse::Denied => context.store.record_ended_return(&stored_departure).await?,
        AuthorizationResponse::Failed(error) => {
            tracing::warn!(code = error.code(), "the reception ended the hand-over with an error");
            context.store.record_ended_return(&stored_departure).await?;
        }
    }
    Ok(stored_departure)
}

/// Redeems the code once: of concurrent or repeated requests the first redeems it, and the others show its outcome.
async fn redeem_code(
    context: &Context,
    visitor: &Visitor,
    stored_departure: &StoredDeparture,
    departure: &handover::Departure,
    code: &AuthorizationCode,
) -> Result<(), Refusal> {
    match context.store.claim_return(stored_departure.id).await? {
        ReturnClaim::First => {}
        ReturnClaim::Later(_) => return Ok(()),
    }
    match context.receptions.redeem_code(&stored_departure.issuer, departure, code, visitor.now()).await {
        Ok(registration) => {
            let recorded = context
                .store
                .record_registered_return(
                    stored_departure,
                    registration.reception,
                    registration.access_token,
                    visitor.now(),
                )
                .await;
            recorded.map(|_| ())
        }
        Err(failure) if is_final(&failure) => {
            context.store.mark_return_unconfirmed(stored_departure.id).await?;
            Err(Refusal::RegistrationNotConfirmed(stored_departure.appointment, failure))
        }
        Err(failure) => {
            // The code may still be valid: a reload of the page tries again.
            context.store.release_return(stored_departure.id).await?;
            Err(Refusal::RegistrationNotConfirmed(stored_departure.appointment, failure))
        }
    }
}

/// Whether a retry cannot succeed.
fn is_final(failure: &ReceptionFailure) -> bool {
    match failure {
        ReceptionFailure::Network(_) => false,
        ReceptionFailure::InvalidResponse(ResponseRefusal::Status(status)) => *status < 500,
        _ => true,
    }
}

struct ReceptionReturnPage {
    stage: DepartureStage,
    appointment: AppointmentView,
}

async fn show_reception_return(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, departure)): Path<(String, String)>,
) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let departure: DepartureId = departure.parse().map_err(|_| Refusal::NotFound)?;
    let stage = context.store.find_departure_stage(person.id, id, departure).await?;
    let view = appointment::load_appointment_view(&context, &visitor, &person, id).await?;
    let reception_origin = view.reception_origin.clone();
    let response = render_reception_return(
        &page_frame(&visitor, Some(&person)),
        &ReceptionReturnPage { stage, appointment: view },
    )
    .into_response();
    Ok(allow_form_action(response, reception_origin.as_ref()))
}

fn render_reception_return(frame: &Frame, page: &ReceptionReturnPage) -> Markup {
    let language = frame.language;
    let view = &page.appointment;
    let registered = match view.case.proof.as_ref().map(|proof| proof.patient) {
        Some(PatientSide::Registered { reception_number, valid_until }) => Some((reception_number, valid_until)),
        _ => None,
    };
    let detail = format!("/appointments/{}", view.id());
    match (page.stage, registered) {
        (DepartureStage::Registered, Some((reception_number, valid_until))) => {
            Document::new(frame, language.t("手続きが終わりました", "All done")).main(html! {
                (drawing::done(language))
                p { (language.t(
                    "以上で、マイナ保険証の利用のための手続きは完了です。",
                    "Your card is set up for this visit.")) }
                (components::bottom_bar(components::primary_link(&detail, language.t("予約詳細を見る", "See the appointment"), None)))
                (components::description_list(&[
                    (language.t("同意の有効期限", "Consent is valid"), html! { (date_text::format_deadline(language, valid_until)) }),
                    (language.t("受付番号", "Reception number"), html! { (reception_number.to_grouped_string()) }),
                    (language.t("診察", "Visit"), html! { (date_text::format_visit_time(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) }),
                ]))
                (components::section(language.t("このあと", "What happens next"), html! {
                    p { (language.t("医療機関が保険を確認します。お待ちいただくだけで大丈夫です。", "The clinic checks your insurance. There is nothing else to do.")) }
                    (appointment::render_visit_instructions(language, view))
                    p { (language.t(
                        "同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できる情報です。",
                        "We obtain nothing of what you consented to. Only the clinic can see it.")) }
                }))
            })
        }
        (DepartureStage::Ended, None) => Document::new(frame, language.t("同意は登録されていません", "No consent was registered")).main(html! {
            p { (language.t(
                "マイナ在宅受付Webで登録せずに戻りました。予約はそのまま残っています。",
                "You came back without registering. Your appointment is still there.")) }
            (appointment::render_next_step(frame, view))
            (components::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
        (DepartureStage::Void, _) => Document::new(frame, language.t("予約の日付が変わっています", "The visit was moved")).main(html! {
            (components::notice(Tone::Warning, language.t("この手続きは、前の日付のものです", "This was for the old day"), html! {
                p { (language.t("新しい日付で、もう一度手続きをしてください。", "Please do it again for the new day.")) }
            }))
            (appointment::render_next_step(frame, view))
            (components::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
        // In all other cases the ledgers decide the next step.
        _ => Document::new(frame, language.t("手続きの状況", "Where you stand")).main(html! {
            (appointment::render_next_step(frame, view))
            (components::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = sample_data::person();
    let frame = sample_data::frame(language, "/appointments", Some(&person));
    let cases = sample_data::appointment_views();
    let page = |stage, name: &str| {
        let view = cases
            .iter()
            .find(|(case_name, _)| *case_name == name)
            .map(|(_, view)| view.clone())
            .expect("the case is there");
        render_reception_return(&frame, &ReceptionReturnPage { stage, appointment: view })
    };
    vec![
        ("returned/registered".to_owned(), page(DepartureStage::Registered, "registered")),
        ("returned/ended".to_owned(), page(DepartureStage::Ended, "ended")),
        ("returned/unconfirmed".to_owned(), page(DepartureStage::Unconfirmed, "left")),
        ("returned/redeeming".to_owned(), page(DepartureStage::Redeeming, "left")),
        ("returned/void".to_owned(), page(DepartureStage::Void, "moved")),
    ]
}
