//! What patients see. Every page is a handler that loads a view, and a plain function that shows it.

pub(crate) mod appointment;
mod appointment_changes;
mod booking;
mod chosen_visit;
pub(crate) mod date_text;
mod departure;
mod desk;
mod emergency;
mod help;
mod home;
mod institution;
mod notices;
pub(crate) mod patient;
mod personal_data;
mod profile;
mod reception_return;
mod refusals;
pub(crate) mod sample_data;
mod sessions;
mod sign_in;
mod slots;
mod upload;

use std::sync::Arc;

use axum::response::Response;
use maud::{Markup, html};
use shell::{
    Footer, FooterLink, FormTargets, Frame, Language, LocalPath, MenuEntry, Origin, Routes, SignedInUser, Text,
    Visitor, header_name,
};

use crate::{
    Notices, Refusal,
    context::Context,
    rules::{appointment::AppointmentId, patient::Patient},
};

/// All routes of the room.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(home::routes())
        .merge(help::routes())
        .merge(institution::routes())
        .merge(sign_in::routes())
        .merge(profile::routes())
        .merge(booking::routes())
        .merge(appointment::routes())
        .merge(appointment_changes::routes())
        .merge(departure::routes())
        .merge(reception_return::routes())
        .merge(upload::routes())
        .merge(desk::routes())
        .merge(notices::routes())
        .merge(emergency::routes())
        .merge(personal_data::routes())
        .merge(sessions::routes())
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
    all.extend(appointment_changes::samples(language));
    all.extend(departure::samples(language));
    all.extend(reception_return::samples(language));
    all.extend(upload::samples(language));
    all.extend(desk::samples(language));
    all.extend(notices::samples(language));
    all.extend(emergency::samples(language));
    all.extend(personal_data::samples(language));
    all.extend(sessions::samples(language));
    all.extend(refusals::samples(language));
    all
}

/// The frame of a page for whoever is signed in.
pub(crate) fn page_frame(visitor: &Visitor, person: Option<&Patient>) -> Frame {
    frame_with_menu(visitor.frame(), person)
}

/// The frame of an error page: with menu and name of whoever is signed in, as far as that can be found out now.
pub(crate) async fn error_frame(room: Arc<Context>, visitor: Visitor) -> Frame {
    let (browser, now) = (visitor.browser().digest(), visitor.now());
    if visitor.path_and_query().starts_with("/desk") {
        let staff = room.store.find_signed_in_staff(browser, now).await.ok().flatten();
        return desk::desk_frame(visitor.frame(), staff.as_ref());
    }
    let person = room.store.find_signed_in_patient(browser, now).await.ok().flatten();
    page_frame(&visitor, person.as_ref())
}

/// A frame with menu and name.
pub(crate) fn frame_with_menu(frame: Frame, person: Option<&Patient>) -> Frame {
    let language = frame.language;
    let here = frame.path_and_query.split('?').next().unwrap_or_default().to_owned();
    let entry =
        |href: &str, label: &str| MenuEntry { href: href.to_owned(), label: label.to_owned(), current: here == href };
    let mut menu = vec![entry("/", language.t("医療機関をさがす", "Find a clinic"))];
    if person.is_some() {
        menu.push(entry("/appointments", language.t("予約一覧", "Appointments")));
        menu.push(entry("/profile", language.t("登録情報", "Your details")));
    } else {
        menu.push(entry("/sign-in", language.t("ログイン", "Sign in")));
    }
    let signed_in = person.map(|person| SignedInUser {
        name: person
            .profile
            .as_ref()
            .map_or_else(|| person.mail.to_string(), |profile| header_name(language, &profile.name)),
        sign_out: "/sign-out",
    });
    let footer = Footer { statement: consent_statement(&here), ..frame.footer };
    Frame { menu, signed_in, footer, ..frame }
}

/// What the service promises of consented information, on the pages where somebody chooses a clinic or proves insurance.
fn consent_statement(here: &str) -> Option<Text> {
    let about_proof = ["/institutions/", "/book", "/appointments/", "/return", "/help/"];
    let relevant = about_proof.iter().any(|begins| here.starts_with(begins));
    relevant.then(|| {
        Text::from_static(
            "マイナ在宅受付Webで同意した情報は、このサービスでは一切取得しません。医療機関のみで確認できる情報となります。",
            "This service never obtains what you consent to at マイナ在宅受付Web. Only the medical institution can see it.",
        )
    })
}

/// What stands at the foot of every page, and on error pages.
pub(crate) fn footer(notices: &Notices) -> Footer {
    let help = FooterLink { href: notices::CONTACT_PATH.to_owned(), label: notices.contact.format_in_one_line() };
    Footer { statement: None, links: notices::footer_links(), help: Some(help) }
}

/// An answer whose page has a form that ends at a reception.
fn allow_form_action(mut response: Response, origin: Option<&Origin>) -> Response {
    if let Some(origin) = origin {
        response.extensions_mut().insert(FormTargets(vec![origin.clone()]));
    }
    response
}

/// Where to go on after signing in: a page of this site, never another's.
fn parse_onward_path(path: Option<&str>) -> String {
    LocalPath::parse_or(path, "/appointments").into()
}

/// A path with a query of these pairs.
fn path_with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    // Pairs of texts can always be written as a query.
    let query = serde_urlencoded::to_string(pairs).expect("texts make a query");
    format!("{path}?{query}")
}

/// The service's own fee with its name. Nothing where there is none.
fn system_fee_row(language: Language, amount: u32) -> Option<(&'static str, Markup)> {
    let apart = language.t("（診療の費用とは別）", " (charged separately)");
    (amount > 0).then(|| (language.t("システム利用料", "System fee"), html! { (format_yen(language, amount)) (apart) }))
}

/// Yen as they are written.
fn format_yen(language: Language, amount: u32) -> String {
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

/// The id in a path. What is no id names nothing.
pub(crate) fn parse_appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

#[cfg(test)]
mod tests;
