//! What surrounds a page for patients: menu, signed-in patient, footer, and what the response allows.

use axum::response::Response;
use text::Text;
use ui::{Footer, Frame, MenuEntry, SignedInUser, header_name};
use web::{FormTargets, Origin, Visitor};

use crate::people::rules::patient::Patient;

/// The frame of a page, with the menu of the signed-in patient or of an anonymous visitor.
pub(crate) fn page_frame(visitor: &Visitor, person: Option<&Patient>) -> Frame {
    frame_with_menu(visitor.frame(), person)
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

/// Allows the response's forms to be redirected to `origin` (CSP `form-action`).
pub(crate) fn allow_form_action(mut response: Response, origin: Option<&Origin>) -> Response {
    if let Some(origin) = origin {
        response.extensions_mut().insert(FormTargets(vec![origin.clone()]));
    }
    response
}
