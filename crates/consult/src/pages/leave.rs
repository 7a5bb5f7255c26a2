//! 「同意可否を選択する」: leaving for the reception, by hand-over or by the institution's fixed URL.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use fast_qr::QRBuilder;
use handover::{Issuer, ReceptionRequest};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor,
    parts::{self, Tone},
};

use super::{frame, patient, specimen, when};
use crate::{
    Refusal,
    room::Room,
    rules::{
        institution::{Institution, LeaveBy},
        patient::Person,
    },
    store::{
        appointment::Case,
        departure::{DepartureId, NewDeparture},
    },
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .action("/appointments/{id}/leave", Access::Known, post(leave))
        .page("/appointments/{id}/leave", Access::Known, get(show))
        .action("/appointments/{id}/done", Access::Known, post(done))
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn leave(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    let case = room.store.case(person.id, id).await?;
    if !case.appointment.openness(visitor.now()).may_be_proven() {
        return Err(Refusal::Closed(id).into_response());
    }
    match case.institution.leave_by.clone() {
        _ if case.proof.is_none() => Err(Refusal::WrongWay(id).into_response()),
        LeaveBy::PictureOnly => Err(Refusal::WrongWay(id).into_response()),
        LeaveBy::FixedUrl { .. } => {
            let left = room.store.leave_by_url(person.id, id, visitor.now()).await;
            left?;
            Ok(Redirect::to(&format!("/appointments/{id}/leave")).into_response())
        }
        LeaveBy::HandOver { issuer } => {
            hand_over(&room, &visitor, &person, &case, issuer).await.map_err(IntoResponse::into_response)
        }
    }
}

/// Pushes the request, writes down that she left, and only then lets her go.
async fn hand_over(
    room: &Room,
    visitor: &Visitor,
    person: &Person,
    case: &Case,
    issuer: Issuer,
) -> Result<Response, Refusal> {
    let appointment = &case.appointment;
    let departure_id = DepartureId::new(visitor.now(), visitor.site().randomness());
    let asked = ReceptionRequest {
        institution: appointment.institution,
        visit_date: appointment.visit_date(),
        reference: appointment.id.to_string().parse().expect("an id is 36 characters that a reference may hold"),
    };
    let departure = room.receptions.departure(asked);
    let location = room
        .receptions
        .push(&issuer, &departure, visitor.now())
        .await
        .map_err(|failure| Refusal::ReceptionAway(appointment.id, failure))?;
    let new = NewDeparture {
        id: departure_id,
        state: departure.state().digest(),
        appointment: appointment.id,
        patient: person.id,
        browser: visitor.browser().digest(),
        issuer,
        visit_date: appointment.visit_date(),
        secret: departure.secret().clone(),
    };
    room.store.depart(new, visitor.now()).await?;
    Ok(Redirect::to(location.reveal()).into_response())
}

struct View {
    institution: Institution,
    id: crate::rules::appointment::AppointmentId,
    visit_date: Date,
    url: String,
}

async fn show(State(room): State<Arc<Room>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    let case = room.store.case(person.id, id).await?;
    let open = case.appointment.openness(visitor.now()).may_be_proven() && case.proof.is_some();
    match case.institution.leave_by.clone() {
        LeaveBy::FixedUrl { url } if open => {
            let view = View { id, visit_date: case.appointment.visit_date(), url, institution: case.institution };
            Ok(page(&frame(&visitor, Some(&person)), &view).into_response())
        }
        // Where nobody leaves from this page, the appointment's own page says what is next.
        _ => Ok(Redirect::to(&format!("/appointments/{id}")).into_response()),
    }
}

fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let date = view.visit_date;
    let shown = when::day(language, date);
    let copied = format!("{:04}/{:02}/{:02}", date.year(), date.month(), date.day());
    Document::new(frame, language.t("マイナ在宅受付Webで手続きする", "Register at マイナ在宅受付Web"))
        .above(parts::back_link(&format!("/appointments/{}", view.id), language.t("予約詳細に戻る", "Back to the appointment")))
        .lead(language.t(
            "この医療機関では、手続きの結果がオンライン診療に届きません。終わったら、この画面に戻って「手続きを終えました」を押してください。",
            "We do not hear from this clinic's procedure. When you have finished, come back here and press \"I have finished\".",
        ))
        .main(html! {
            (parts::section(language.t("1. 診察日を控える", "1. Note the visit date"), html! {
                (parts::key_number(language, language.t("入力する診察日", "The visit date to enter"), &shown, &copied))
                p { (language.t("別の日付を入力すると、医療機関で確認できません。", "With another date the clinic finds nothing.")) }
            }))
            (parts::section(language.t("2. 手続きする", "2. Register"), html! {
                p { (view.institution.name_in(language)) }
                p { (language.t(
                    "同意の内容を選び、マイナポータルアプリで4桁の暗証番号を入力し、カードを読み取ります。",
                    "Choose what to share, enter the 4-digit PIN in the マイナポータル app, and hold the card to the phone.")) }
            }))
            // In sight from the top of the page.
            (parts::bottom_bar(parts::primary_link_in_new_tab(language, &view.url, language.t("マイナ在宅受付Webを開く", "Open マイナ在宅受付Web"),
                Some(language.t("終わったら、このタブに戻ってください。", "Come back to this tab when you have finished.")))))
            @if let Some(svg) = qr_svg(&view.url) {
                (parts::disclosure(language.t("別のスマートフォンで開く（二次元コード）", "Open on another phone (QR code)"),
                    parts::qr(&svg, language.t("この医療機関のマイナ在宅受付Webへの二次元コード", "QR code for this clinic's マイナ在宅受付Web"))))
            }
            (parts::section(language.t("3. 終わったことを知らせる", "3. Tell us that you finished"), html! {
                (parts::form(frame, &format!("/appointments/{}/done", view.id), html! {
                    (parts::secondary_button(language.t("手続きを終えました", "I have finished (手続きを終えました)"), Some(language.t("医療機関が登録を確認します。", "The clinic then checks the registration."))))
                }))
            }))
            (parts::notice(Tone::Info, language.t("うまくいかないとき", "If it does not work"), html! {
                p { (language.t("保険証画像のアップロードに切り替えられます。", "You can upload a picture of your insurance document instead.")) }
                (parts::quiet_link(&format!("/appointments/{}/picture", view.id), language.t("保険証画像をアップロードする", "Upload a picture of the insurance document")))
            }))
        })
}

/// The code as one path, dark squares on nothing; `None` where the address is too long for a code.
fn qr_svg(url: &str) -> Option<String> {
    let code = QRBuilder::new(url).build().ok()?;
    let mut path = String::new();
    for y in 0..code.size {
        for x in 0..code.size {
            if code[y][x].value() {
                // Writing into a text cannot fail.
                let _ = write!(path, "M{x} {y}h1v1h-1z");
            }
        }
    }
    // Four modules of quiet zone (ISO/IEC 18004 §9.1).
    let side = code.size + 8;
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {side} {side}" width="232" height="232" shape-rendering="crispEdges"><path fill="#fff" d="M-4 -4h{side}v{side}h-{side}z"/><path fill="#000" d="{path}"/></svg>"##
    ))
}

async fn done(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    room.store.say_done(person.id, id, visitor.now()).await?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let institution = specimen::institutions().remove(1);
    let LeaveBy::FixedUrl { url } = institution.leave_by.clone() else { return Vec::new() };
    let view = View { institution, id: specimen::appointment_id(), visit_date: specimen::start().japan_date(), url };
    let frame = specimen::frame(language, "/appointments", Some(&person));
    vec![("leave/fixed-url".to_owned(), page(&frame, &view))]
}
