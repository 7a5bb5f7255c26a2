//! Who is signed in: the session that a handler requires, and the frame of its pages.

use std::sync::Arc;

use ui::{Frame, MenuEntry, SignedInUser};
use web::Visitor;

use super::{Role, store::Account, wording::role_label};
use crate::{ConnectedStation, Refusal, TerminalState, pages::HandlerError, sign_in::texts};

/// A signed-in account and its station.
pub(crate) struct TerminalSession<'r> {
    pub(crate) account: Account,
    pub(crate) station: &'r ConnectedStation,
}

/// The signed-in account of any role.
pub(crate) async fn find_signed_in_account(
    terminal: &TerminalState,
    visitor: &Visitor,
) -> Result<Option<Account>, Refusal> {
    let account = terminal.store.find_signed_in_account(visitor.browser().digest(), visitor.now()).await?;
    // The station may have been removed from the settings since.
    Ok(account.filter(|account| terminal.find_station(account.institution).is_some()))
}

/// The session, if its account has this role. Without a session the browser is sent to sign in; for another role the
/// page does not exist.
pub(crate) async fn require_role<'r>(
    terminal: &'r TerminalState,
    visitor: &Visitor,
    role: Role,
) -> Result<TerminalSession<'r>, HandlerError> {
    let account = find_signed_in_account(terminal, visitor).await?.ok_or(HandlerError::NotSignedIn)?;
    match terminal.find_station(account.institution) {
        Some(station) if account.role == role => Ok(TerminalSession { account, station }),
        _ => Err(Refusal::NotFound.into()),
    }
}

/// The frame of a page of a signed-in account.
pub(crate) fn session_frame(visitor: &Visitor, session: &TerminalSession<'_>) -> Frame {
    let frame = visitor.frame();
    add_menu(frame, session.account.role, &session.station.name)
}

/// The frame of an error page: with menu and name of the signed-in account, if the database can be read.
pub(crate) async fn error_frame(terminal: Arc<TerminalState>, visitor: Visitor) -> Frame {
    let account = find_signed_in_account(&terminal, &visitor).await.ok().flatten();
    let station = account.as_ref().and_then(|account| terminal.find_station(account.institution));
    match (account, station) {
        (Some(account), Some(station)) => add_menu(visitor.frame(), account.role, &station.name),
        _ => visitor.frame(),
    }
}

/// Adds the menu of a role and the account's name.
pub(crate) fn add_menu(mut frame: Frame, role: Role, station: &str) -> Frame {
    let language = frame.language;
    let path = frame.path_and_query.split('?').next().unwrap_or_default().to_owned();
    let entry = |href: &str, label: &str| MenuEntry {
        href: href.to_owned(),
        label: label.to_owned(),
        current: path == href || path.starts_with(&format!("{href}/")),
    };
    frame.menu = match role {
        Role::Staff => vec![
            entry("/receptions", texts::MENU_RECEPTIONS.in_language(language)),
            entry("/by-document", texts::MENU_BY_DOCUMENT.in_language(language)),
            entry("/appointments", texts::MENU_APPOINTMENTS.in_language(language)),
            entry("/follow-ups", texts::MENU_TO_BE_ASKED_AGAIN.in_language(language)),
            entry("/confirmed", texts::MENU_CONFIRMED.in_language(language)),
        ],
        Role::MedicalViewer => vec![entry("/patients", texts::MENU_PATIENTS_WHO_CONSENTED.in_language(language))],
        Role::Administrator => vec![
            entry("/settings", texts::MENU_SETTINGS.in_language(language)),
            entry("/addresses", texts::MENU_ADDRESS.in_language(language)),
        ],
    };
    let name = format!("{station}　{}", role_label(language, role));
    frame.signed_in = Some(SignedInUser { name, sign_out: "/sign-out" });
    frame
}
