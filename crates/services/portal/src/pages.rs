//! The pages of the app.

mod home;
mod loopback_guard;
mod open;
mod outcome;
mod pin;
mod readers;
mod request_page;
#[cfg(any(test, feature = "samples"))]
mod samples;
mod session;
pub(crate) mod texts;

use std::sync::Arc;

use app_auth::{Device, OpenMethod, RETURN_PATH};
use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use http::{HeaderMap, header};
use maud::{Markup, html};
use text::Language;
use ui::{Frame, components};
use web::{Access, Routes, Visitor};

pub(crate) use loopback_guard::with_guard;
#[cfg(any(test, feature = "samples"))]
pub use samples::samples;

use crate::{
    CardId, CardSummary, Inner, Refusal,
    card_source::CardSource,
    rules::{
        loopback_guard::OPEN_PATH,
        phone::{App, Phone},
    },
    steps::RequestContext,
    store::AuthenticationSession,
};

/// The app on a phone.
pub(crate) fn routes() -> Routes<Arc<Inner>> {
    use Access::{Anyone, Session};
    Routes::new()
        .page("/", Anyone, get(home::show))
        .action("/phone", Anyone, post(home::set_device))
        .action("/phone/card", Anyone, post(home::set_card))
        .action("/phone/remove", Anyone, post(home::remove_app))
        .page("/store", Anyone, get(open::show_store))
        .action("/store", Anyone, post(open::install))
        .page("/open", Anyone, get(open::show_by_link))
        .page("/scan", Anyone, get(open::show_by_scan))
        .action("/open", Session, post(open::submit_open))
        .merge(session_routes())
}

/// The window on a computer with card readers.
pub(crate) fn computer_routes() -> Routes<Arc<Inner>> {
    use Access::{Anyone, Session};
    Routes::new()
        .page("/", Anyone, get(readers::show_home))
        .page("/progress", Anyone, get(readers::show_home_progress))
        .page(OPEN_PATH, Anyone, get(open::show_by_link))
        .action(OPEN_PATH, Session, post(open::submit_open))
        .merge(session_routes())
}

fn session_routes() -> Routes<Arc<Inner>> {
    use Access::Session;
    Routes::new()
        .page("/visits/{id}", Session, get(session::show))
        .page("/visits/{id}/progress", Session, get(session::show_progress))
        .action("/visits/{id}/card", Session, post(session::submit_card))
        .action("/visits/{id}/pin", Session, post(session::submit_pin))
        .action("/visits/{id}/another-card", Session, post(session::choose_another_card))
        .action("/visits/{id}/send", Session, post(session::send_again))
        .action("/visits/{id}/cancel", Session, post(session::cancel))
}

fn request_context(visitor: &Visitor) -> RequestContext {
    RequestContext { browser: visitor.browser().digest(), now: visitor.now() }
}

/// Redirects to another page, by GET (RFC 9110 §15.4.4).
fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The phone of this browser: by its settings, else by the user agent. With card readers it is always a computer.
async fn find_phone(portal: &Inner, visitor: &Visitor, headers: &HeaderMap) -> Result<Phone, Refusal> {
    if let CardSource::InReaders(_) = portal.card_source {
        return Ok(Phone { device: Device::Computer, app: App::Installed, card: None });
    }
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(portal.store.find_phone(visitor.browser().digest()).await?.unwrap_or_else(|| Phone::from_user_agent(agent)))
}

/// How the person returns to the page where the procedure was started.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ReturnRoute {
    /// By a link in the browser of the same device.
    Link(String),
    /// By switching apps, on an iPhone.
    ByHand,
    /// On the screen of another device.
    OtherDevice,
}

fn return_route(session: &AuthenticationSession) -> ReturnRoute {
    match (session.claim.open_method, session.claim.device) {
        (OpenMethod::Scan, _) => ReturnRoute::OtherDevice,
        (OpenMethod::Link, Device::Iphone) => ReturnRoute::ByHand,
        (OpenMethod::Link, Device::Android | Device::Computer) => ReturnRoute::Link(session.reception.url(RETURN_PATH)),
    }
}

/// The choice of a card, with one preselected.
fn card_choice(language: Language, cards: &[CardSummary], chosen: Option<&CardId>, error: Option<&str>) -> Markup {
    let options: Vec<_> = cards
        .iter()
        .map(|card| {
            components::Choice::new(card.id.as_str(), card.label.in_language(language))
                .support(card.note.in_language(language))
        })
        .collect();
    let mut group =
        components::ChoiceGroup::radio(language, "card", texts::WHICH_CARD_DO_YOU_USE.in_language(language), &options)
            .without_mark()
            .error(error);
    if let Some(chosen) = chosen {
        group = group.selected(chosen.as_str());
    }
    html! { (group) }
}

/// The notice if the simulation has no cards.
fn no_cards_notice(language: Language) -> Markup {
    components::empty_state(
        texts::THERE_ARE_NO_CARDS.in_language(language),
        html! { p { (texts::NO_VIRTUAL_CARD_YET.in_language(language)) } },
    )
}

fn frame(visitor: &Visitor) -> Frame {
    visitor.frame()
}
