//! What surrounds a page for patients: menu, signed-in patient, footer, and what the response allows.

use axum::response::Response;
use text::Text;
use ui::{Footer, Frame, MenuEntry, SignedInUser, header_name};
use web::{FormTargets, Origin, Visitor};

use crate::{pages::texts, people::rules::account::Account};

/// The frame of a page, with the menu of the signed-in patient or of an anonymous visitor.
pub(crate) fn page_frame(visitor: &Visitor, account: Option<&Account>) -> Frame {
    frame_with_menu(visitor.frame(), account)
}

pub(crate) fn frame_with_menu(frame: Frame, account: Option<&Account>) -> Frame {
    let language = frame.language;
    let current_path = frame.path_and_query.split('?').next().unwrap_or_default().to_owned();
    let entry = |href: &str, label: &str| MenuEntry {
        href: href.to_owned(),
        label: label.to_owned(),
        current: current_path == href,
    };
    let mut menu = vec![entry("/", texts::FIND_A_CLINIC.in_language(language))];
    if account.is_some() {
        menu.push(entry("/appointments", texts::APPOINTMENTS.in_language(language)));
        menu.push(entry("/profile", texts::YOUR_DETAILS.in_language(language)));
    } else {
        menu.push(entry("/sign-in", texts::SIGN_IN.in_language(language)));
    }
    let signed_in = account.map(|account| SignedInUser {
        name: account
            .own_profile()
            .map_or_else(|| account.mail.to_string(), |profile| header_name(language, &profile.name)),
        sign_out: "/sign-out",
    });
    let footer = Footer { statement: consent_statement(&current_path), ..frame.footer };
    Frame { menu, signed_in, footer, ..frame }
}

/// The statement that consented information is never obtained, for pages about choosing a clinic or proving insurance.
fn consent_statement(path: &str) -> Option<Text> {
    let about_proof = ["/institutions/", "/book", "/appointments/", "/return", "/help/"];
    let relevant = about_proof.iter().any(|prefix| path.starts_with(prefix));
    relevant.then_some(texts::NEVER_OBTAINS_WHAT_YOU_CONSENT_TO)
}

/// Allows the response's forms to be redirected to `origin` (CSP `form-action`).
pub(crate) fn allow_form_action(mut response: Response, origin: Option<&Origin>) -> Response {
    if let Some(origin) = origin {
        response.extensions_mut().insert(FormTargets(vec![origin.clone()]));
    }
    response
}
