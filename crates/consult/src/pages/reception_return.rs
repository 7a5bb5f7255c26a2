//! Coming back from the reception.

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
use shell::{
    Access, Document, Frame, Language, Routes, Visitor,
    components::{self, Tone},
    ui::drawing,
};

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

/// The browser comes back with the reception's answer. Whatever it brings, it is sent on to a page that can be reloaded.
async fn receive_reception_return(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let departed = complete_return(&room, &visitor, &query.unwrap_or_default()).await?;
    Ok(Redirect::to(&format!("/appointments/{}/returned/{}", departed.appointment, departed.id)).into_response())
}

async fn complete_return(room: &Context, visitor: &Visitor, query: &str) -> Result<StoredDeparture, Refusal> {
    let returned =
        UnverifiedAuthorizationResponse::parse(query).map_err(|error| Refusal::InvalidReturn(Some(error)))?;
    let departed =
        room.store.find_departure_by_state(returned.state().digest()).await?.ok_or(Refusal::InvalidReturn(None))?;
    // The browser that left is the browser that comes back, with the same patient signed in.
    let same_browser = base::constant_time_eq(departed.browser.as_bytes(), visitor.browser().digest().as_bytes());
    let person = room.store.find_signed_in_patient(visitor.browser().digest(), visitor.now()).await?;
    if !same_browser || person.is_none_or(|person| person.id != departed.patient) {
        return Err(Refusal::AnotherBrowser);
    }
    let asked = ReceptionRequest {
        institution: departed.institution,
        visit_date: departed.visit_date,
        reference: departed.appointment.to_string().parse().expect("an id is 36 characters that a reference may hold"),
    };
    let departure = room.receptions.resume_departure(departed.secret.clone(), asked);
    let outcome =
        returned.check(&departure.state(), &departed.issuer).map_err(|error| Refusal::InvalidReturn(Some(error)))?;
    match outcome {
        AuthorizationResponse::Code(code) => redeem_code(room, visitor, &departed, &departure, &code).await?,
        AuthorizationResponse::Denied => room.store.record_ended_return(&departed).await?,
        AuthorizationResponse::Failed(error) => {
            tracing::warn!(code = error.code(), "a reception could not go on");
            room.store.record_ended_return(&departed).await?;
        }
    }
    Ok(departed)
}

/// Redeems the code once: of a double submit, a reload and a hundred at once, the first does, and the others see what
/// came of it.
async fn redeem_code(
    room: &Context,
    visitor: &Visitor,
    departed: &StoredDeparture,
    departure: &handover::Departure,
    code: &AuthorizationCode,
) -> Result<(), Refusal> {
    match room.store.claim_return(departed.id).await? {
        ReturnClaim::First => {}
        ReturnClaim::Later(_) => return Ok(()),
    }
    match room.receptions.redeem_code(&departed.issuer, departure, code, visitor.now()).await {
        Ok(answer) => {
            let kept = room
                .store
                .record_registered_return(departed, answer.reception, answer.access_token, visitor.now())
                .await;
            kept.map(|_| ())
        }
        Err(failure) if is_final(&failure) => {
            room.store.mark_return_unconfirmed(departed.id).await?;
            Err(Refusal::RegistrationNotConfirmed(departed.appointment, failure))
        }
        Err(failure) => {
            // The code may still be good for a moment: reloading tries again.
            room.store.release_return(departed.id).await?;
            Err(Refusal::RegistrationNotConfirmed(departed.appointment, failure))
        }
    }
}

/// Whether trying again cannot help.
fn is_final(failure: &ReceptionFailure) -> bool {
    match failure {
        ReceptionFailure::Network(_) => false,
        ReceptionFailure::InvalidResponse(ResponseRefusal::Status(status)) => *status < 500,
        _ => true,
    }
}

/// How she came back.
struct ReceptionReturnPage {
    stage: DepartureStage,
    appointment: AppointmentView,
}

async fn show_reception_return(
    State(room): State<Arc<Context>>,
    visitor: Visitor,
    Path((id, departure)): Path<(String, String)>,
) -> Result<Response, Response> {
    let person = patient::require_patient_for_page(&room, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let departure: DepartureId = departure.parse().map_err(|_| Refusal::NotFound)?;
    let stage = room.store.find_departure_stage(person.id, id, departure).await?;
    let view = appointment::load_appointment_view(&room, &visitor, &person, id).await?;
    let leads_to = view.reception_origin.clone();
    let answer = render_reception_return(
        &page_frame(&visitor, Some(&person)),
        &ReceptionReturnPage { stage, appointment: view },
    )
    .into_response();
    Ok(allow_form_action(answer, leads_to.as_ref()))
}

fn render_reception_return(frame: &Frame, returned: &ReceptionReturnPage) -> Markup {
    let language = frame.language;
    let view = &returned.appointment;
    let registered = match view.case.proof.as_ref().map(|proof| proof.patient) {
        Some(PatientSide::Registered { reception_number, valid_until }) => Some((reception_number, valid_until)),
        _ => None,
    };
    let detail = format!("/appointments/{}", view.id());
    match (returned.stage, registered) {
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
        // Whatever else came of it, the ledger says where she stands.
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
    let returned = |stage, name: &str| {
        let view =
            cases.iter().find(|(found, _)| *found == name).map(|(_, view)| view.clone()).expect("the case is there");
        render_reception_return(&frame, &ReceptionReturnPage { stage, appointment: view })
    };
    vec![
        ("returned/registered".to_owned(), returned(DepartureStage::Registered, "registered")),
        ("returned/ended".to_owned(), returned(DepartureStage::Ended, "ended")),
        ("returned/unconfirmed".to_owned(), returned(DepartureStage::Unconfirmed, "left")),
        ("returned/redeeming".to_owned(), returned(DepartureStage::Redeeming, "left")),
        ("returned/void".to_owned(), returned(DepartureStage::Void, "moved")),
    ]
}
