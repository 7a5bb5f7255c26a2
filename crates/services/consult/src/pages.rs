//! The HTML pages. Each page is a handler that loads a view, and a plain function that renders it.

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
use text::{Language, Text};
use ui::{Footer, FooterLink, Frame, MenuEntry, SignedInUser, header_name};
use web::{FormTargets, LocalPath, Origin, Routes, Visitor};

use crate::{
    Notices, Refusal,
    context::Context,
    rules::{appointment::AppointmentId, patient::Patient},
};

/// The routes of all pages.
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

/// Every page in each of its states, as (name, page).
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

/// The frame of a page, with the menu of the signed-in patient or of an anonymous visitor.
pub(crate) fn page_frame(visitor: &Visitor, person: Option<&Patient>) -> Frame {
    frame_with_menu(visitor.frame(), person)
}

/// The frame of an error page. Shows the signed-in user, unless the store cannot be read.
pub(crate) async fn error_frame(context: Arc<Context>, visitor: Visitor) -> Frame {
    let (browser, now) = (visitor.browser().digest(), visitor.now());
    if visitor.path_and_query().starts_with("/desk") {
        let staff = context.store.find_signed_in_staff(browser, now).await.ok().flatten();
        return desk::desk_frame(visitor.frame(), staff.as_ref());
    }
    let person = context.store.find_signed_in_patient(browser, now).await.ok().flatten();
    page_frame(&visitor, person.as_ref())
}

pub(crate) fn frame_with_menu(frame: Frame, person: Option<&Patient>) -> Frame {
    let language = frame.language;
    let current_path = frame.path_and_query.split('?').next().unwrap_or_default().to_owned();
    let entry = |href: &str, label: &str| MenuEntry {
        href: href.to_owned(),
        label: label.to_owned(),
        current: current_path == href,
    };
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
    let footer = Footer { statement: consent_statement(&current_path), ..frame.footer };
    Frame { menu, signed_in, footer, ..frame }
}

/// The statement that consented information is never obtained, for pages about choosing a clinic or proving insurance.
fn consent_statement(path: &str) -> Option<Text> {
    let about_proof = ["/institutions/", "/book", "/appointments/", "/return", "/help/"];
    let relevant = about_proof.iter().any(|prefix| path.starts_with(prefix));
    relevant.then(|| {
        Text::from_static(
            "マイナ在宅受付Webで同意した情報は、このサービスでは一切取得しません。医療機関のみで確認できる情報となります。",
            "This service never obtains what you consent to at マイナ在宅受付Web. Only the medical institution can see it.",
        )
    })
}

/// The footer of every page, error pages included.
pub(crate) fn footer(notices: &Notices) -> Footer {
    let help = FooterLink { href: notices::CONTACT_PATH.to_owned(), label: notices.contact.format_in_one_line() };
    Footer { statement: None, links: notices::footer_links(), help: Some(help) }
}

/// Allows the response's forms to be redirected to `origin` (CSP `form-action`).
fn allow_form_action(mut response: Response, origin: Option<&Origin>) -> Response {
    if let Some(origin) = origin {
        response.extensions_mut().insert(FormTargets(vec![origin.clone()]));
    }
    response
}

/// The page to continue with after signing in: a path of this site, else the list of appointments.
fn parse_onward_path(path: Option<&str>) -> String {
    LocalPath::parse_or(path, "/appointments").into()
}

fn path_with_query(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = serde_urlencoded::to_string(pairs).expect("pairs of strings serialise to a query");
    format!("{path}?{query}")
}

/// Name and amount of the service's own fee; `None` if it is zero.
fn system_fee_row(language: Language, amount: u32) -> Option<(&'static str, Markup)> {
    let apart = language.t("（診療の費用とは別）", " (charged separately)");
    (amount > 0).then(|| (language.t("システム利用料", "System fee"), html! { (format_yen(language, amount)) (apart) }))
}

fn format_yen(language: Language, amount: u32) -> String {
    let digits = amount.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
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
