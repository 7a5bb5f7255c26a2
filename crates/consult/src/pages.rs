//! What patients see. Every page is a handler that loads a view, and a plain function that shows it.

pub(crate) mod appointment;
mod booking;
mod change;
mod chosen;
mod come_back;
mod desk;
mod help;
mod home;
mod institution;
mod leave;
pub(crate) mod patient;
mod profile;
mod refused;
mod sign_in;
mod slots;
pub(crate) mod specimen;
mod upload;
pub(crate) mod when;

use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};
use shell::{Frame, Language, LeadsTo, MenuEntry, Origin, Routes, SignedIn, Visitor};

use crate::{room::Room, rules::patient::Person};

/// All routes of the room.
pub(crate) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .and(home::routes())
        .and(help::routes())
        .and(institution::routes())
        .and(sign_in::routes())
        .and(profile::routes())
        .and(booking::routes())
        .and(appointment::routes())
        .and(change::routes())
        .and(leave::routes())
        .and(come_back::routes())
        .and(upload::routes())
        .and(desk::routes())
}

/// Every page in every state.
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let mut all = Vec::new();
    all.extend(home::samples(language));
    all.extend(help::samples(language));
    all.extend(institution::samples(language));
    all.extend(slots::samples(language));
    all.extend(sign_in::samples(language));
    all.extend(profile::samples(language));
    all.extend(booking::samples(language));
    all.extend(appointment::samples(language));
    all.extend(change::samples(language));
    all.extend(leave::samples(language));
    all.extend(come_back::samples(language));
    all.extend(upload::samples(language));
    all.extend(desk::samples(language));
    all.extend(refused::samples(language));
    all
}

/// The frame of a page for whoever is signed in.
pub(crate) fn frame(visitor: &Visitor, person: Option<&Person>) -> Frame {
    dressed(visitor.frame(), person)
}

/// A frame with menu and name.
pub(crate) fn dressed(frame: Frame, person: Option<&Person>) -> Frame {
    let language = frame.language;
    let here = frame.here.split('?').next().unwrap_or_default().to_owned();
    let entry =
        |href: &str, label: &str| MenuEntry { href: href.to_owned(), label: label.to_owned(), current: here == href };
    let mut menu = vec![entry("/", language.t("医療機関をさがす", "Find a clinic"))];
    if person.is_some() {
        menu.push(entry("/appointments", language.t("予約一覧", "Appointments")));
        menu.push(entry("/profile", language.t("登録情報", "Your details")));
    } else {
        menu.push(entry("/sign-in", language.t("ログイン", "Sign in")));
    }
    let signed_in = person.map(|person| SignedIn {
        name: person.profile.as_ref().map_or_else(|| person.mail.to_string(), |profile| profile.name.clone()),
        sign_out: "/sign-out",
    });
    Frame { menu, signed_in, ..frame }
}

/// An answer whose page has a form that ends at a reception.
fn leading_to(mut response: Response, origin: Option<&Origin>) -> Response {
    if let Some(origin) = origin {
        response.extensions_mut().insert(LeadsTo(vec![origin.clone()]));
    }
    response
}

/// Where to go on after signing in: a page of this site, never another's.
fn onward(path: Option<&str>) -> String {
    let own = |path: &&str| {
        path.starts_with('/')
            && !path[1..].starts_with(['/', '\\'])
            && path.len() <= 1024
            && path.bytes().all(|byte| (0x21..0x7f).contains(&byte))
    };
    path.filter(own).unwrap_or("/appointments").to_owned()
}

/// A path with a query of these pairs.
fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    // Pairs of texts can always be written as a query.
    let query = serde_urlencoded::to_string(pairs).expect("texts make a query");
    format!("{path}?{query}")
}

/// The service's own fee with its name. Nothing where there is none.
fn system_fee_row(language: Language, amount: u32) -> Option<(&'static str, Markup)> {
    let apart = language.t("（診療の費用とは別）", " (charged separately)");
    (amount > 0).then(|| (language.t("システム利用料", "System fee"), html! { (yen(language, amount)) (apart) }))
}

/// Yen as they are written.
fn yen(language: Language, amount: u32) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match language {
        Language::Japanese => format!("{grouped}円"),
        Language::English => format!("¥{grouped}"),
    }
}

#[cfg(test)]
mod tests;
