//! Moving an appointment to another time, and cancelling it.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Visitor,
    parts::{self, Tone},
};

use super::{appointment::View, frame, patient, slots, specimen, when};
use crate::{
    Refusal,
    room::Room,
    rules::{
        appointment::Openness,
        proof::{How, LostByMoving, PatientSide, Proof},
        slot,
    },
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .page("/appointments/{id}/move", Access::Known, get(choose))
        .action("/appointments/{id}/move", Access::Known, post(move_to))
        .page("/appointments/{id}/move/confirm", Access::Known, get(confirm))
        .page("/appointments/{id}/cancel", Access::Known, get(ask_cancel))
        .action("/appointments/{id}/cancel", Access::Known, post(cancel))
}

/// The appointment, if it can still be changed; else the way to its page.
async fn changeable(
    room: &Room,
    visitor: &Visitor,
    id: &str,
) -> Result<(crate::rules::patient::Person, View), Response> {
    let person = patient::signed_in(room, visitor).await?;
    let id = patient::appointment_id(id)?;
    let case = room.store.case(person.id, id).await?;
    let view = View::of(case, visitor.now(), None);
    if view.openness != Openness::Changeable {
        // Mostly somebody who went back after cancelling. The appointment's own page says how it stands.
        return Err(Redirect::to(&format!("/appointments/{id}")).into_response());
    }
    Ok((person, view))
}

/// What another day takes away. A self-pay visit has nothing to lose.
fn lost(view: &View) -> LostByMoving {
    view.case.proof.as_ref().map_or(LostByMoving::Nothing, Proof::lost_by_moving)
}

async fn choose(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    week: Result<Query<slots::Week>, QueryRejection>,
) -> Result<Response, Response> {
    let (person, view) = changeable(&room, &visitor, &id).await?;
    let lost = lost(&view);
    let appointment = view.case.appointment;
    let offer = room.store.offer(appointment.institution).await?;
    let grid = (&offer.opening, appointment.menu.minutes);
    let times = slots::times(&room.store, appointment.institution, grid, week, visitor.now()).await?;
    let view = slots::View {
        institution: offer.institution,
        menu_name: appointment.menu.name_in(visitor.language()).to_owned(),
        times,
        purpose: slots::Purpose::Move { appointment: appointment.id, from: appointment.visit_start, lost },
        now: visitor.now(),
    };
    Ok(slots::page(&frame(&visitor, Some(&person)), &view).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Chosen {
    start: String,
}

impl Chosen {
    fn start(&self) -> Result<Timestamp, Refusal> {
        let start = self.start.parse().map_err(|_| Refusal::NotFound)?;
        Ok(Timestamp::from_milliseconds(start))
    }
}

async fn confirm(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    chosen: Result<Query<Chosen>, QueryRejection>,
) -> Result<Response, Response> {
    let (person, view) = changeable(&room, &visitor, &id).await?;
    let start = chosen.unwrap_or_default().start()?;
    let appointment = &view.case.appointment;
    let offer = room.store.offer(appointment.institution).await?;
    slot::bookable(&offer.opening, start, appointment.menu.minutes, visitor.now()).map_err(Refusal::from)?;
    Ok(move_page(&frame(&visitor, Some(&person)), &view, start).into_response())
}

fn move_page(frame: &Frame, view: &View, start: Timestamp) -> Markup {
    let language = frame.language;
    let appointment = &view.case.appointment;
    let id = appointment.id;
    let minutes = appointment.menu.minutes;
    let another_day = start.japan_date() != appointment.visit_date();
    let lost = lost(view);
    let again = view.case.proof.is_some() && matches!(lost, LostByMoving::Nothing | LostByMoving::Consent);
    let next = if another_day && again {
        language.t(
            "予約が変わります。新しい日付で、保険の手続きに進めます。",
            "The visit is moved. Then you prove your insurance for the new day.",
        )
    } else {
        language.t("予約が変わります。", "The visit is moved.")
    };
    Document::new(frame, language.t("日時の変更を確認", "Check and move"))
        .above(parts::back_link(
            &format!("/appointments/{id}/move"),
            language.t("日時を選び直す", "Choose another time"),
        ))
        .main(html! {
            (parts::plain_panel(parts::description_list(&[
                (language.t("医療機関", "Clinic"), html! { (view.case.institution.name_in(language)) }),
                (language.t("今の日時", "Now"), html! { (when::visit(language, appointment.visit_start, minutes)) }),
                (language.t("新しい日時", "New"), html! { strong { (when::visit(language, start, minutes)) } }),
            ])))
            @if another_day { (what_is_lost(language, lost)) }
            (parts::form(frame, &format!("/appointments/{id}/move"), html! {
                (parts::hidden("start", &start.milliseconds().to_string()))
                (parts::primary_button(language.t("この日時に変更する", "Move to this time"), Some(next)))
            }))
        })
}

fn what_is_lost(language: Language, lost: LostByMoving) -> Markup {
    let (tone, heading, words) = match lost {
        LostByMoving::Nothing => return Markup::default(),
        LostByMoving::Consent => (
            Tone::Warning,
            language.t("今の保険の手続きは無効になります", "What you did for your insurance becomes void"),
            language.t(
                "同意登録は診察日ごとに行うものです。変更したら、新しい日付でもう一度お手続きください。",
                "Consent is registered for one day. After moving, please do it again.",
            ),
        ),
        LostByMoving::LookAtPicture => (
            Tone::Info,
            language.t("送った画像は、もう一度送る必要はありません", "The picture that you sent stays"),
            language.t(
                "新しい日付で有効な保険かどうかを、医療機関がもう一度確認します。",
                "The clinic checks again whether the insurance is valid on the new day.",
            ),
        ),
        LostByMoving::Confirmation => (
            Tone::Info,
            language.t("医療機関がもう一度保険を確認します", "The clinic checks your insurance again"),
            language.t(
                "新しい日付で有効な保険かどうかを確認するためです。",
                "It checks whether the insurance is valid on the new day.",
            ),
        ),
    };
    parts::notice(tone, heading, html! { p { (words) } })
}

async fn move_to(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    let start = chosen.start()?;
    room.store.move_to(person.id, id, start, visitor.now()).await?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}

async fn ask_cancel(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let (person, view) = changeable(&room, &visitor, &id).await?;
    Ok(cancel_page(&frame(&visitor, Some(&person)), &view).into_response())
}

fn cancel_page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let appointment = &view.case.appointment;
    let detail = format!("/appointments/{}", appointment.id);
    Document::new(frame, language.t("予約をキャンセルしますか", "Cancel this appointment?")).main(html! {
        (parts::plain_panel(parts::description_list(&[
            (language.t("医療機関", "Clinic"), html! { (view.case.institution.name_in(language)) }),
            (language.t("日時", "Time"), html! { (when::visit(language, appointment.visit_start, appointment.menu.minutes)) }),
        ])))
        p { (language.t("キャンセル料はかかりません。", "There is no fee.")) }
        @match view.case.proof.as_ref().map(|proof| proof.patient) {
            Some(PatientSide::Left { .. } | PatientSide::Registered { .. } | PatientSide::SaidDone { .. }) => p { (language.t(
                "登録した同意は、マイナ在宅受付Webの「すべての同意を取消す」から取り消せます。",
                "Consent that you registered can be taken back at マイナ在宅受付Web with 「すべての同意を取消す」.")) },
            Some(PatientSide::PictureSent { .. }) => p { (language.t(
                "送った画像は、自動で消えます。",
                "The picture that you sent is erased by itself.")) },
            _ => {}
        }
        (parts::form(frame, &format!("{detail}/cancel"), html! {
            (parts::danger_button(language.t("予約をキャンセルする", "Cancel the appointment"), Some(language.t("この時間は、ほかの方が予約できるようになります。", "Somebody else can then book this time."))))
        }))
        (parts::secondary_link(&detail, language.t("キャンセルしない", "Keep it"), None))
    })
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn cancel(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    let id = patient::appointment_id(&id)?;
    room.store.cancel(person.id, id, visitor.now()).await?;
    Ok(Redirect::to(&format!("/appointments/{id}")).into_response())
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let frame = specimen::frame(language, "/appointments", Some(&person));
    let cases = specimen::cases();
    let find =
        |name: &str| cases.iter().find(|(found, _)| *found == name).map(|(_, view)| view).expect("the case is there");
    let (registered, self_pay) = (find("registered"), find("self-pay"));
    let (fresh, picture) = (find("not-started"), find("confirmed-picture"));
    let seen = View {
        case: crate::store::appointment::Case { proof: Some(shown_on_screen()), ..fresh.case.clone() },
        ..fresh.clone()
    };
    let hour = base::Span::from_hours(1);
    let start = registered.case.appointment.visit_start;
    vec![
        ("move/another-day".to_owned(), move_page(&frame, registered, start.plus(hour * 24))),
        ("move/same-day".to_owned(), move_page(&frame, registered, start.plus(hour))),
        ("move/self-pay".to_owned(), move_page(&frame, self_pay, start.plus(hour * 24))),
        ("move/nothing-done".to_owned(), move_page(&frame, fresh, start.plus(hour * 24))),
        ("move/picture".to_owned(), move_page(&frame, picture, start.plus(hour * 24))),
        ("move/confirmed".to_owned(), move_page(&frame, &seen, start.plus(hour * 24))),
        ("cancel/ask".to_owned(), cancel_page(&frame, registered)),
        ("cancel/ask-picture".to_owned(), cancel_page(&frame, picture)),
        ("cancel/ask-nothing-done".to_owned(), cancel_page(&frame, fresh)),
    ]
}

fn shown_on_screen() -> Proof {
    Proof::new().confirm(How::ShownOnScreen, "受付 見本".to_owned(), specimen::now())
}
