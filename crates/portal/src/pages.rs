//! What the person with the phone sees.

mod asked;
mod home;
mod open;
mod outcome;
mod pin;
mod readers;
mod samples;
mod visit;
mod window;

use std::sync::Arc;

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Timestamp};
use errand::{Device, Opened, RETURN_PATH};
use http::{HeaderMap, header};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{Access, Frame, Language, Routes, Visitor, parts};

pub use samples::samples;
pub(crate) use window::guarded;

use crate::{
    CardFace, CardId, Inner, Refusal,
    deck::Deck,
    rules::{
        phone::{App, Phone},
        window::WAY_IN,
    },
    steps::Asking,
    store::Visit,
};

/// The app on a phone.
pub(crate) fn routes() -> Routes<Arc<Inner>> {
    use Access::{Anyone, Holder};
    Routes::new()
        .page("/", Anyone, get(home::show))
        .action("/phone", Anyone, post(home::set_device))
        .action("/phone/card", Anyone, post(home::set_card))
        .action("/phone/remove", Anyone, post(home::remove))
        .page("/store", Anyone, get(open::store))
        .action("/store", Anyone, post(open::install))
        .page("/open", Anyone, get(open::by_link))
        .page("/scan", Anyone, get(open::by_scan))
        .action("/open", Holder, post(open::take))
        .and(visits())
}

/// The window on a computer with card readers.
pub(crate) fn window_routes() -> Routes<Arc<Inner>> {
    use Access::{Anyone, Holder};
    Routes::new()
        .page("/", Anyone, get(readers::home))
        .page("/progress", Anyone, get(readers::home_progress))
        .page(WAY_IN, Anyone, get(open::by_link))
        .action(WAY_IN, Holder, post(open::take))
        .and(visits())
}

fn visits() -> Routes<Arc<Inner>> {
    use Access::Holder;
    Routes::new()
        .page("/visits/{id}", Holder, get(visit::show))
        .page("/visits/{id}/progress", Holder, get(visit::progress))
        .action("/visits/{id}/card", Holder, post(visit::look))
        .action("/visits/{id}/pin", Holder, post(visit::read))
        .action("/visits/{id}/another-card", Holder, post(visit::another_card))
        .action("/visits/{id}/send", Holder, post(visit::send_again))
        .action("/visits/{id}/cancel", Holder, post(visit::cancel))
}

fn asking(visitor: &Visitor) -> Asking {
    Asking { browser: visitor.browser().digest(), now: visitor.now() }
}

/// A form that is a button and nothing else.
#[derive(Deserialize)]
struct Pressed {}

/// On to another page, by GET (RFC 9110 §15.4.4).
fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The phone of this browser: as it was set up, or as the browser says it is. A computer is a computer.
async fn phone(room: &Inner, visitor: &Visitor, headers: &HeaderMap) -> Result<Phone, Refusal> {
    if let Deck::InReaders(_) = room.deck {
        return Ok(Phone { device: Device::Computer, app: App::Installed, card: None });
    }
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(room.store.phone(visitor.browser().digest()).await?.unwrap_or_else(|| Phone::by_user_agent(agent)))
}

/// How the person comes back to where she began.
#[derive(Debug, Clone, PartialEq, Eq)]
enum WayBack {
    /// The app leads the browser of its own device there.
    Link(String),
    /// She switches back by hand, on an iPhone.
    ByHand,
    /// She goes on at the screen of another device.
    OtherDevice,
}

fn way_back(visit: &Visit) -> WayBack {
    match (visit.claim.opened, visit.claim.device) {
        (Opened::Scan, _) => WayBack::OtherDevice,
        (Opened::Link, Device::Iphone) => WayBack::ByHand,
        (Opened::Link, Device::Android | Device::Computer) => WayBack::Link(visit.reception.at(RETURN_PATH)),
    }
}

/// The cards to choose from, the one at hand chosen already.
fn card_choice(language: Language, cards: &[CardFace], chosen: Option<&CardId>, error: Option<&str>) -> Markup {
    let options: Vec<_> = cards
        .iter()
        .map(|card| {
            parts::Choice::new(card.id.as_str(), card.label.in_language(language))
                .support(card.note.in_language(language))
        })
        .collect();
    let mut group = parts::ChoiceGroup::radio(
        language,
        "card",
        language.t("どのカードを使いますか", "Which card do you use?"),
        &options,
    )
    .unmarked()
    .error(error);
    if let Some(chosen) = chosen {
        group = group.chosen(chosen.as_str());
    }
    html! { (group) }
}

/// What stands where the simulation has no cards.
fn no_cards(language: Language) -> Markup {
    parts::empty_state(
        language.t("カードがありません", "There are no cards"),
        html! { p { (language.t("この模擬環境には、模擬カードがまだ登録されていません。", "No virtual card was laid into this simulation yet.")) } },
    )
}

/// The frame of this room's pages.
fn frame(visitor: &Visitor) -> Frame {
    visitor.frame()
}

/// A day with its weekday: 2026年11月24日（火）.
fn day(language: Language, date: Date) -> String {
    let weekday = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0);
    match language {
        Language::Japanese => {
            let names = ["月", "火", "水", "木", "金", "土", "日"];
            format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), names[weekday])
        }
        Language::English => date.strftime("%a, %-d %B %Y").to_string(),
    }
}

/// A time of day in Japan, with its day: 2026年11月24日（火）14:05.
fn moment(language: Language, time: Timestamp) -> String {
    let clock = time.in_japan().strftime("%H:%M").to_string();
    let date = day(language, time.japan_date());
    match language {
        Language::Japanese => format!("{date}{clock}"),
        Language::English => format!("{date}, {clock} (Japan time)"),
    }
}
