//! Coming back from the reception.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use handover::{AnswerRefusal, AuthorizationCode, ReceptionRequest, Return, UnverifiedReturn};
use maud::{Markup, html};
use shell::{
    Access, Document, Frame, Language, Routes, Visitor,
    look::drawing,
    parts::{self, Tone},
};

use super::{
    appointment::{self, View},
    frame, leading_to, patient, specimen, when,
};
use crate::{
    Refusal,
    client::ReceptionFailure,
    room::Room,
    rules::proof::PatientSide,
    store::departure::{Claim, Departed, DepartureId, Stage},
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page(crate::RETURN_PATH, Access::Holder, get(come_back)).page(
        "/appointments/{id}/returned/{departure}",
        Access::Known,
        get(show),
    )
}

/// The browser comes back with the reception's answer. Whatever it brings, it is sent on to a page that can be reloaded.
async fn come_back(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let departed = accept(&room, &visitor, &query.unwrap_or_default()).await?;
    Ok(Redirect::to(&format!("/appointments/{}/returned/{}", departed.appointment, departed.id)).into_response())
}

async fn accept(room: &Room, visitor: &Visitor, query: &str) -> Result<Departed, Refusal> {
    let returned = UnverifiedReturn::parse(query).map_err(|error| Refusal::UnbelievedReturn(Some(error)))?;
    let departed =
        room.store.departure_by_state(returned.state().digest()).await?.ok_or(Refusal::UnbelievedReturn(None))?;
    // The browser that left is the browser that comes back, with the same patient signed in.
    let same_browser = base::same(departed.browser.as_bytes(), visitor.browser().digest().as_bytes());
    let person = room.store.who(visitor.browser().digest(), visitor.now()).await?;
    if !same_browser || person.is_none_or(|person| person.id != departed.patient) {
        return Err(Refusal::AnotherBrowser);
    }
    let asked = ReceptionRequest {
        institution: departed.institution,
        visit_date: departed.visit_date,
        reference: departed.appointment.to_string().parse().expect("an id is 36 characters that a reference may hold"),
    };
    let departure = room.receptions.resumed(departed.secret.clone(), asked);
    let outcome =
        returned.check(&departure.state(), &departed.issuer).map_err(|error| Refusal::UnbelievedReturn(Some(error)))?;
    match outcome {
        Return::Code(code) => redeem(room, visitor, &departed, &departure, &code).await?,
        Return::Ended => room.store.return_ended(&departed).await?,
        Return::Failed(error) => {
            tracing::warn!(code = error.code(), "a reception could not go on");
            room.store.return_ended(&departed).await?;
        }
    }
    Ok(departed)
}

/// Redeems the code once: of a double submit, a reload and a hundred at once, the first does, and the others see what
/// came of it.
async fn redeem(
    room: &Room,
    visitor: &Visitor,
    departed: &Departed,
    departure: &handover::Departure,
    code: &AuthorizationCode,
) -> Result<(), Refusal> {
    match room.store.claim_return(departed.id).await? {
        Claim::First => {}
        Claim::Later(_) => return Ok(()),
    }
    match room.receptions.redeem(&departed.issuer, departure, code, visitor.now()).await {
        Ok(answer) => {
            let kept =
                room.store.return_registered(departed, answer.reception, answer.access_token, visitor.now()).await;
            kept.map(|_| ())
        }
        Err(failure) if is_final(&failure) => {
            room.store.return_unconfirmed(departed.id).await?;
            Err(Refusal::NotConfirmed(departed.appointment, failure))
        }
        Err(failure) => {
            // The code may still be good for a moment: reloading tries again.
            room.store.release_return(departed.id).await?;
            Err(Refusal::NotConfirmed(departed.appointment, failure))
        }
    }
}

/// Whether trying again cannot help.
fn is_final(failure: &ReceptionFailure) -> bool {
    match failure {
        ReceptionFailure::Network(_) => false,
        ReceptionFailure::Answer(AnswerRefusal::Status(status)) => *status < 500,
        _ => true,
    }
}

/// How she came back.
struct Returned {
    stage: Stage,
    view: View,
}

async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path((id, departure)): Path<(String, String)>,
) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    let departure: DepartureId = departure.parse().map_err(|_| Refusal::NotFound)?;
    let stage = room.store.departure_stage(person.id, id, departure).await?;
    let view = appointment::load(&room, &visitor, &person, id).await?;
    let leads_to = view.leads_to.clone();
    let answer = page(&frame(&visitor, Some(&person)), &Returned { stage, view }).into_response();
    Ok(leading_to(answer, leads_to.as_ref()))
}

fn page(frame: &Frame, returned: &Returned) -> Markup {
    let language = frame.language;
    let view = &returned.view;
    let registered = match view.case.proof.as_ref().map(|proof| proof.patient) {
        Some(PatientSide::Registered { reception_number, valid_until }) => Some((reception_number, valid_until)),
        _ => None,
    };
    let detail = format!("/appointments/{}", view.id());
    match (returned.stage, registered) {
        (Stage::Registered, Some((reception_number, valid_until))) => {
            Document::new(frame, language.t("手続きが終わりました", "All done")).main(html! {
                (drawing::done(language))
                p { (language.t(
                    "以上で、マイナ保険証の利用のための手続きは完了です。",
                    "Your card is set up for this visit.")) }
                (parts::bottom_bar(parts::primary_link(&detail, language.t("予約詳細を見る", "See the appointment"), None)))
                (parts::description_list(&[
                    (language.t("同意の有効期限", "Consent is valid"), html! { (when::until(language, valid_until)) }),
                    (language.t("受付番号", "Reception number"), html! { (reception_number.grouped()) }),
                    (language.t("診察", "Visit"), html! { (when::visit(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) }),
                ]))
                (parts::section(language.t("このあと", "What happens next"), html! {
                    p { (language.t("医療機関が保険を確認します。お待ちいただくだけで大丈夫です。", "The clinic checks your insurance. There is nothing else to do.")) }
                    (appointment::about_the_visit(language, view))
                    p { (language.t(
                        "同意した情報は、オンライン診療では一切取得しません。医療機関のみで確認できる情報です。",
                        "We obtain nothing of what you consented to. Only the clinic can see it.")) }
                }))
            })
        }
        (Stage::Ended, None) => Document::new(frame, language.t("同意は登録されていません", "No consent was registered")).main(html! {
            p { (language.t(
                "マイナ在宅受付Webで登録せずに戻りました。予約はそのまま残っています。",
                "You came back without registering. Your appointment is still there.")) }
            (appointment::next_step(frame, view))
            (parts::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
        (Stage::Void, _) => Document::new(frame, language.t("予約の日付が変わっています", "The visit was moved")).main(html! {
            (parts::notice(Tone::Warning, language.t("この手続きは、前の日付のものです", "This was for the old day"), html! {
                p { (language.t("新しい日付で、もう一度手続きをしてください。", "Please do it again for the new day.")) }
            }))
            (appointment::next_step(frame, view))
            (parts::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
        // Whatever else came of it, the ledger says where she stands.
        _ => Document::new(frame, language.t("手続きの状況", "Where you stand")).main(html! {
            (appointment::next_step(frame, view))
            (parts::quiet_link(&detail, language.t("予約詳細を見る", "See the appointment")))
        }),
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/appointments", Some(&person));
    let cases = specimen::cases();
    let returned = |stage, name: &str| {
        let view =
            cases.iter().find(|(found, _)| *found == name).map(|(_, view)| view.clone()).expect("the case is there");
        page(&frame, &Returned { stage, view })
    };
    vec![
        ("returned/registered".to_owned(), returned(Stage::Registered, "registered")),
        ("returned/ended".to_owned(), returned(Stage::Ended, "ended")),
        ("returned/unconfirmed".to_owned(), returned(Stage::Unconfirmed, "left")),
        ("returned/redeeming".to_owned(), returned(Stage::Redeeming, "left")),
        ("returned/void".to_owned(), returned(Stage::Void, "moved")),
    ]
}
