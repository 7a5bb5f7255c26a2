//! Booking: what will be booked, and 予約完了画面.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{InstitutionCode, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{Access, Document, Form, Frame, Language, Routes, Visitor, look::drawing, parts};

use super::{
    appointment::{self, View},
    frame, leading_to, patient, specimen, when, yen,
};
use crate::{
    Refusal,
    room::Room,
    rules::{
        institution::{Charge, Institution, Menu},
        patient::Profile,
        slot,
        standing::PatientNext,
    },
    store::appointment::Wish,
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new().page("/book", Access::Known, get(confirm)).action("/book", Access::Known, post(book)).page(
        "/appointments/{id}/booked",
        Access::Known,
        get(booked),
    )
}

/// What is to be booked, as it stands in the address and in the form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wished {
    institution: String,
    menu: String,
    start: String,
}

impl Wished {
    fn read(&self) -> Result<Wish, Refusal> {
        let institution: InstitutionCode = self.institution.parse().map_err(|_| Refusal::NotFound)?;
        let menu = self.menu.parse().map_err(|_| Refusal::NotFound)?;
        let start = self.start.parse::<i64>().map_err(|_| Refusal::NotFound)?;
        Ok(Wish { institution, menu, start: Timestamp::from_milliseconds(start) })
    }
}

struct ConfirmView {
    institution: Institution,
    menu: Menu,
    start: Timestamp,
    profile: Profile,
}

async fn confirm(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    wished: Result<Query<Wished>, QueryRejection>,
) -> Result<Response, Response> {
    let (person, profile) = patient::known(&room, &visitor).await?;
    let wish = wished.unwrap_or_default().read()?;
    let offer = room.store.offer(wish.institution).await?;
    let menu = offer.menu(wish.menu).cloned().ok_or(Refusal::NotFound)?;
    slot::bookable(&offer.opening, wish.start, menu.minutes, visitor.now()).map_err(Refusal::from)?;
    let view = ConfirmView { institution: offer.institution, menu, start: wish.start, profile };
    Ok(confirm_page(&frame(&visitor, Some(&person)), &view).into_response())
}

async fn book(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(wished): Form<Wished>,
) -> Result<Response, Response> {
    let person = patient::acting(&room, &visitor).await?;
    if person.profile.is_none() {
        return Err(Redirect::to("/profile").into_response());
    }
    let wish = wished.read()?;
    let booked = room.store.book(person.id, wish, visitor.now()).await?;
    Ok(Redirect::to(&format!("/appointments/{}/booked", booked.id())).into_response())
}

fn confirm_page(frame: &Frame, view: &ConfirmView) -> Markup {
    let language = frame.language;
    let ConfirmView { institution, menu, start, profile } = view;
    let back = format!("/institutions/{}/menus/{}", institution.code, menu.number);
    let mut rows = vec![
        (language.t("医療機関", "Clinic"), html! { (institution.name_in(language)) }),
        (language.t("日時", "Time"), html! { (when::visit(language, *start, menu.minutes)) }),
        (
            language.t("メニュー", "Menu"),
            html! { (menu.name_in(language)) (language.bracketed(menu.charge.name(language))) },
        ),
        (language.t("診療の費用", "Medical fee"), html! { (menu.fee_in(language)) }),
        (
            language.t("システム利用料", "System fee"),
            html! { (yen(language, menu.system_fee)) (language.t("（診療の費用とは別）", " (apart from the medical fee)")) },
        ),
    ];
    if let Some(doctor) = &menu.doctor {
        rows.push((language.t("医師", "Doctor"), html! { (doctor) }));
    }
    rows.push((
        language.t("受診する方", "Patient"),
        html! { (profile.name) br; small { (when::birth_date(language, profile.birth_date, start.japan_date())) } },
    ));
    let next = match (menu.charge, institution.leave_by.way().takes_the_card()) {
        (Charge::SelfPay, _) => language
            .t("予約が確定します。保険の手続きはありません。", "The visit is booked. There is no insurance to prove."),
        (Charge::Insured, true) => language.t(
            "予約が確定します。続いて、マイナ保険証の利用か保険証画像のアップロードに進めます。",
            "The visit is booked. Then you prove your insurance, by card or by picture.",
        ),
        (Charge::Insured, false) => language.t(
            "予約が確定します。続いて、保険証画像のアップロードに進めます。",
            "The visit is booked. Then you upload a picture of your insurance document.",
        ),
    };
    Document::new(frame, language.t("予約内容の確認", "Check and book"))
        .above(parts::back_link(&back, language.t("日時を選び直す", "Choose another time")))
        .main(html! {
            (parts::plain_panel(parts::description_list(&rows)))
            p { (language.t(
                "診察の開始時刻までは、予約詳細から変更・キャンセルができます。キャンセル料はかかりません。",
                "Until the visit begins you can move or cancel it on its page, free of charge.")) }
            (parts::form(frame, "/book", html! {
                (parts::hidden("institution", &institution.code.to_string()))
                (parts::hidden("menu", &menu.number.to_string()))
                (parts::hidden("start", &start.milliseconds().to_string()))
                (parts::primary_button(language.t("この内容で予約する", "Book this"), Some(next)))
            }))
        })
}

async fn booked(State(room): State<Arc<Room>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Response> {
    let person = patient::signed_in(&room, &visitor).await?;
    let view = appointment::load(&room, &visitor, &person, patient::appointment_id(&id)?).await?;
    let answer = booked_page(&frame(&visitor, Some(&person)), &view).into_response();
    Ok(leading_to(answer, view.leads_to.as_ref()))
}

/// 予約完了画面.
fn booked_page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    // Only where nothing is left to do is anything complete: who sees a tick closes the page.
    let complete = view.standing.patient_next == PatientNext::WaitForVisit;
    let title = if complete {
        language.t("予約が完了しました", "Your visit is booked")
    } else {
        language.t("予約できました", "Your visit is booked")
    };
    Document::new(frame, title).main(html! {
        @if complete { (drawing::done(language)) }
        p { (view.case.institution.name_in(language)) br; strong { (when::visit(language, view.case.appointment.visit_start, view.case.appointment.menu.minutes)) } }
        (appointment::next_step(frame, view))
        (appointment::timeline(language, view))
        (parts::quiet_link(&format!("/appointments/{}", view.case.appointment.id), language.t("予約詳細を見る", "See the appointment")))
    })
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let person = specimen::person();
    let profile = person.profile.clone().expect("the specimen has told who she is");
    let frame = specimen::frame(language, "/book", Some(&person));
    let mut samples: Vec<_> = specimen::offers()
        .into_iter()
        .zip(["insured", "self-pay", "picture-only"])
        .map(|(offer, name)| {
            let menu = offer.menus[usize::from(name == "self-pay")].clone();
            let view = ConfirmView {
                institution: offer.institution,
                menu,
                start: specimen::start(),
                profile: profile.clone(),
            };
            (format!("booking/confirm-{name}"), confirm_page(&frame, &view))
        })
        .collect();
    samples.extend(
        specimen::fresh_cases()
            .into_iter()
            .map(|(name, view)| (format!("booking/done-{name}"), booked_page(&frame, &view))),
    );
    samples
}
