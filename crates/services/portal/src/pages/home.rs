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
    pages::texts,
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
    let title = texts::THIS_PAGE_PLAYS_A_PHONE.in_language(language);
    let document = Document::new(frame, title).description(texts::WHAT_SIMULATED_PHONE_IS.in_language(language));
    let message = texts::PLEASE_CHOOSE_ONE.in_language(language);
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
        p { (texts::IT_ACTS_LIKE_PORTAL_APP.in_language(language)) }
        (components::notice(components::Tone::Warning, texts::DO_NOT_ENTER_REAL_PIN.in_language(language), html! {
            p { (texts::ONLY_VIRTUAL_CARDS_ARE_USED.in_language(language)) }
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
    let error = (view.problem == Some(PhoneProblem::Card)).then(|| texts::PLEASE_CHOOSE_ONE.in_language(language));
    html! {
        (components::panel(texts::YOUR_CARD.in_language(language), html! {
            @if view.cards.is_empty() { (no_cards_notice(language)) } @else {
                (components::form(frame, "/phone/card", html! {
                    (card_choice(language, &view.cards, view.phone.card.as_ref(), error))
                    (components::bottom_bar(components::primary_button(
                        texts::USE_THIS_CARD.in_language(language),
                        Some(texts::CARD_IS_PRESELECTED_AT_NEXT_SCAN.in_language(language)),
                    )))
                }))
            }
        }))
        (components::panel(texts::TO_BEGIN.in_language(language), html! {
            p { (texts::START_WITH_OPEN_APP_BUTTON.in_language(language)) }
            (components::secondary_link(&view.reception, texts::TO_RECEPTION_WEB.in_language(language), None))
        }))
    }
}

fn missing_section(frame: &Frame) -> Markup {
    let language = frame.language;
    components::notice(
        components::Tone::Info,
        texts::THE_APP_IS_NOT_INSTALLED.in_language(language),
        html! {
            p { (texts::THIS_PHONE_HAS_NO_PORTAL_APP.in_language(language)) }
            (components::primary_link("/store", texts::OPEN_THE_APP_STORE.in_language(language), None))
        },
    )
}

fn device_section(frame: &Frame, view: &HomePage, error: Option<&str>) -> Markup {
    let language = frame.language;
    let devices = [
        (
            Device::Android,
            texts::ANDROID.in_language(language),
            texts::RETURNS_TO_BROWSER_AUTOMATICALLY.in_language(language),
        ),
        (Device::Iphone, texts::IPHONE.in_language(language), texts::RETURN_TO_BROWSER_BY_HAND.in_language(language)),
        (
            Device::Computer,
            texts::COMPUTER_WITH_CARD_READER.in_language(language),
            texts::RETURNS_TO_BROWSER_AUTOMATICALLY.in_language(language),
        ),
    ];
    let options: Vec<_> = devices
        .iter()
        .map(|(device, label, support)| components::Choice::new(device.as_str(), label).support(support))
        .collect();
    components::panel(
        texts::THE_DEVICE.in_language(language),
        html! {
            (components::form(frame, "/phone", html! {
                (components::ChoiceGroup::radio(language, "device", texts::WHAT_THIS_PAGE_PLAYS.in_language(language), &options)
                    .selected(view.phone.device.as_str()).without_mark().error(error))
                (components::secondary_button(texts::CHANGE_THE_DEVICE.in_language(language), None))
            }))
            @if view.phone.app == App::Installed {
                (components::post_button(frame, "/phone/remove", components::ButtonStyle::Quiet, texts::UNINSTALL_THE_APP.in_language(language)))
            }
        },
    )
}
