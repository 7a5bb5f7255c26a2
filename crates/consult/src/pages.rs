//! What patients see. Every page is a handler that loads a view, and a plain function that shows it.

pub(crate) mod appointment;
mod booking;
mod change;
mod come_back;
mod desk;
mod emergency;
mod help;
mod home;
mod institution;
mod leave;
mod notices;
pub(crate) mod patient;
mod personal_data;
mod profile;
mod refused;
mod sessions;
mod sign_in;
mod slots;
pub(crate) mod specimen;
mod upload;
pub(crate) mod when;

use std::sync::Arc;

use axum::response::Response;
use maud::Markup;
use shell::{
    Footer, FooterLink, Frame, Language, LeadsTo, LocalPath, MenuEntry, Origin, Routes, SignedIn, Text, Visitor, header_name,
};

use crate::{Notices, room::Room, rules::patient::Person};

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
        .and(notices::routes())
        .and(emergency::routes())
        .and(personal_data::routes())
        .and(sessions::routes())
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
    all.extend(notices::samples(language));
    all.extend(emergency::samples(language));
    all.extend(personal_data::samples(language));
    all.extend(sessions::samples(language));
    all.extend(refused::samples(language));
    all
}

/// The frame of a page for whoever is signed in.
pub(crate) fn frame(visitor: &Visitor, person: Option<&Person>) -> Frame {
    dressed(visitor.frame(), person)
}

/// The frame of an error page: with menu and name of whoever is signed in, as far as that can be found out now.
pub(crate) async fn error_frame(room: Arc<Room>, visitor: Visitor) -> Frame {
    let (browser, now) = (visitor.browser().digest(), visitor.now());
    if visitor.here().starts_with("/desk") {
        let staff = room.store.staff(browser, now).await.ok().flatten();
        return desk::frame(visitor.frame(), staff.as_ref());
    }
    let person = room.store.who(browser, now).await.ok().flatten();
    frame(&visitor, person.as_ref())
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
        name: person
            .profile
            .as_ref()
            .map_or_else(|| person.mail.to_string(), |profile| header_name(language, &profile.name)),
        sign_out: "/sign-out",
    });
    let footer = Footer { statement: promise(&here), ..frame.footer };
    Frame { menu, signed_in, footer, ..frame }
}

/// What the service promises of consented information, on the pages where somebody chooses a clinic or proves insurance.
fn promise(here: &str) -> Option<Text> {
    let about_proof = ["/institutions/", "/book", "/appointments/", "/return", "/help/"];
    let relevant = about_proof.iter().any(|begins| here.starts_with(begins));
    relevant.then(|| {
        Text::fixed(
            "マイナ在宅受付Webで同意した情報は、このサービスでは一切取得しません。医療機関のみで確認できる情報となります。",
            "This service never obtains what you consent to at マイナ在宅受付Web. Only the medical institution can see it.",
        )
    })
}

/// What stands at the foot of every page, and on error pages.
pub(crate) fn footer(notices: &Notices) -> Footer {
    let help = FooterLink { href: notices::CONTACT.to_owned(), label: notices.contact.in_one_line() };
    Footer { statement: None, links: notices::footer_links(), help: Some(help) }
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
    LocalPath::parse_or(path, "/appointments").into()
}

/// A path with a query of these pairs.
fn with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    // Pairs of texts can always be written as a query.
    let query = serde_urlencoded::to_string(pairs).expect("texts make a query");
    format!("{path}?{query}")
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
