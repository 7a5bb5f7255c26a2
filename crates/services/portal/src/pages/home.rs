//! The app's first page: what this simulation is, with the settings of phone and card.

use std::sync::Arc;

use app_auth::Device;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{Document, Frame, components};
use web::{ButtonForm, Form, Visitor};

use super::{card_choice, find_phone, frame, no_cards_notice, redirect};
use crate::{
    CardId, CardSummary, Inner, Refusal,
    rules::phone::{App, Phone},
};

pub(super) struct HomePage {
    pub(super) phone: Phone,
    pub(super) cards: Vec<CardSummary>,
    pub(super) reception: String,
    pub(super) problem: Option<PhoneProblem>,
}

/// What was not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PhoneProblem {
    Device,
    Card,
}

pub(super) async fn show(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Markup, Refusal> {
    Ok(page(&frame(&visitor), &load_page(&portal, &visitor, &headers, None).await?))
}

async fn load_page(
    portal: &Inner,
    visitor: &Visitor,
    headers: &HeaderMap,
    problem: Option<PhoneProblem>,
) -> Result<HomePage, Refusal> {
    let phone = find_phone(portal, visitor, headers).await?;
    let cards = portal.store.list_cards().await?;
    Ok(HomePage { phone, cards, reception: portal.receptions.first().origin.url("/"), problem })
}

#[derive(Deserialize)]
pub(super) struct DeviceForm {
    #[serde(default)]
    device: String,
}

pub(super) async fn set_device(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<DeviceForm>,
) -> Result<Response, Refusal> {
    let Ok(device) = form.device.parse::<Device>() else {
        return respond_with_problem(&portal, &visitor, &headers, PhoneProblem::Device).await;
    };
    let phone = Phone { device, ..find_phone(&portal, &visitor, &headers).await? };
    store_phone(&portal, &visitor, phone).await
}

#[derive(Deserialize)]
pub(super) struct PhoneCardForm {
    #[serde(default)]
    card: String,
}

pub(super) async fn set_card(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<PhoneCardForm>,
) -> Result<Response, Refusal> {
    let Ok(card) = form.card.parse::<CardId>() else {
        return respond_with_problem(&portal, &visitor, &headers, PhoneProblem::Card).await;
    };
    if !portal.store.list_cards().await?.iter().any(|summary| summary.id == card) {
        return Err(Refusal::NoSuchCard);
    }
    let phone = Phone { card: Some(card), ..find_phone(&portal, &visitor, &headers).await? };
    store_phone(&portal, &visitor, phone).await
}

pub(super) async fn remove_app(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let phone = Phone { app: App::Missing, ..find_phone(&portal, &visitor, &headers).await? };
    store_phone(&portal, &visitor, phone).await
}

async fn store_phone(portal: &Inner, visitor: &Visitor, phone: Phone) -> Result<Response, Refusal> {
    portal.store.store_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    Ok(redirect("/"))
}

async fn respond_with_problem(
    portal: &Inner,
    visitor: &Visitor,
    headers: &HeaderMap,
    problem: PhoneProblem,
) -> Result<Response, Refusal> {
    let view = load_page(portal, visitor, headers, Some(problem)).await?;
    // The addresses of the two forms have no GET.
    let frame = Frame { path_and_query: "/".to_owned(), ..frame(visitor) };
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &view)).into_response())
}

pub(super) fn page(frame: &Frame, view: &HomePage) -> Markup {
    let language = frame.language;
    let title = language.t("この画面は模擬のスマートフォンです", "This page plays a phone");
    let document = Document::new(frame, title).description(language.t(
        "マイナポータルアプリの動きを再現した、模擬のスマートフォンです。架空の人物のカードだけを使います。",
        "A simulated phone with マイナポータルアプリ. Only cards of invented persons are used.",
    ));
    let message = language.t("1つ選んでください。", "Please choose one.");
    let problem = view.problem.map(|problem| components::Problem {
        field: match problem {
            PhoneProblem::Device => "device",
            PhoneProblem::Card => "card",
        },
        message,
    });
    let document = if problem.is_some() { document.with_problems() } else { document };
    document.main(html! {
        (components::error_summary(language, problem.as_slice()))
        p { (language.t(
            "マイナポータルアプリの動きを再現した画面です。このブラウザごとに、スマートフォン1台とカード1枚を用意しています。",
            "It acts like マイナポータルアプリ. Each browser has one phone and one card to play with."
        )) }
        (components::notice(components::Tone::Warning, language.t("本物の暗証番号を入力しないでください", "Do not enter a real PIN"), html! {
            p { (language.t(
                "使うのは、架空の人物の模擬カードだけです。本物のマイナンバーカードの暗証番号は、絶対に入力しないでください。",
                "Only virtual cards of invented persons are used. Never enter the PIN of a real マイナンバーカード."
            )) }
        }))
        @match view.phone.app {
            App::Installed => (installed_section(frame, view)),
            App::Missing => (missing_section(frame)),
        }
        (device_section(frame, view, (view.problem == Some(PhoneProblem::Device)).then_some(message)))
    })
}

fn installed_section(frame: &Frame, view: &HomePage) -> Markup {
    let language = frame.language;
    let error =
        (view.problem == Some(PhoneProblem::Card)).then(|| language.t("1つ選んでください。", "Please choose one."));
    html! {
        (components::panel(language.t("手元のカード", "Your card"), html! {
            @if view.cards.is_empty() { (no_cards_notice(language)) } @else {
                (components::form(frame, "/phone/card", html! {
                    (card_choice(language, &view.cards, view.phone.card.as_ref(), error))
                    (components::bottom_bar(components::primary_button(
                        language.t("このカードを手元に置く", "Use this card"),
                        Some(language.t("次の読み取りで、このカードがはじめに選ばれます。", "It is preselected at the next scan.")),
                    )))
                }))
            }
        }))
        (components::panel(language.t("手続きを始める", "To begin"), html! {
            p { (language.t(
                "カードの読み取りは、マイナ在宅受付Webの「マイナポータルアプリを開く」から始まります。このアプリだけでは始められません。",
                "Start with “Open マイナポータルアプリ” at マイナ在宅受付Web. You cannot start here."
            )) }
            (components::secondary_link(&view.reception, language.t("マイナ在宅受付Webへ", "To マイナ在宅受付Web"), None))
        }))
    }
}

fn missing_section(frame: &Frame) -> Markup {
    let language = frame.language;
    components::notice(
        components::Tone::Info,
        language.t("アプリがインストールされていません", "The app is not installed"),
        html! {
            p { (language.t(
                "このスマートフォンには、マイナポータルアプリがありません。アプリストアからインストールできます。",
                "This phone has no マイナポータルアプリ. It can be installed from the app store."
            )) }
            (components::primary_link("/store", language.t("アプリストアを開く", "Open the app store"), None))
        },
    )
}

fn device_section(frame: &Frame, view: &HomePage, error: Option<&str>) -> Markup {
    let language = frame.language;
    let devices = [
        (
            Device::Android,
            language.t("Android", "Android"),
            language.t("読み取りが終わると、ブラウザに自動で戻ります。", "Leads back to the browser automatically."),
        ),
        (
            Device::Iphone,
            language.t("iPhone", "iPhone"),
            language.t(
                "読み取りが終わったら、ボタンか番号でブラウザに戻ります。",
                "You go back to the browser with a button or a number.",
            ),
        ),
        (
            Device::Computer,
            language.t("パソコンとICカードリーダー", "Computer with card reader"),
            language.t("読み取りが終わると、ブラウザに自動で戻ります。", "Leads back to the browser automatically."),
        ),
    ];
    let options: Vec<_> = devices
        .iter()
        .map(|(device, label, support)| components::Choice::new(device.as_str(), label).support(support))
        .collect();
    components::panel(
        language.t("端末の設定", "The device"),
        html! {
            (components::form(frame, "/phone", html! {
                (components::ChoiceGroup::radio(language, "device", language.t("この画面が再現する端末", "What this page plays"), &options)
                    .selected(view.phone.device.as_str()).without_mark().error(error))
                (components::secondary_button(language.t("端末を変更する", "Change the device"), None))
            }))
            @if view.phone.app == App::Installed {
                (components::post_button(frame, "/phone/remove", components::ButtonStyle::Quiet, language.t("アプリを削除する", "Uninstall the app")))
            }
        },
    )
}
