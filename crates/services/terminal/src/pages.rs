//! The pages of the terminal.

pub(crate) mod address;
pub(crate) mod appointments;
pub(crate) mod by_document;
pub(crate) mod confirmations;
pub(crate) mod follow_ups;
pub(crate) mod medical;
pub(crate) mod reception_list;
pub(crate) mod settings;
pub(crate) mod sheet;
pub(crate) mod sign_in;
pub(crate) mod statement;

use std::sync::Arc;

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use oqs::ReadWarning;
use text::Language;
use ui::{
    Frame, MenuEntry, SignedInUser,
    components::{self, Tone},
};
use web::{Access, Refuse, Routes, Visitor};

use crate::{
    ConnectedStation, Refusal, Role, TerminalState, client::EligibilityError, rules::reception_list::ListedReception,
    seal::BrowserSeal, store::account::Account, wording::role_label,
};

pub(crate) fn routes() -> Routes<Arc<TerminalState>> {
    use Access::{Anyone, SignedIn};
    Routes::new()
        .page("/", Anyone, get(sign_in::redirect_home))
        .page("/sign-in", Anyone, get(sign_in::show))
        .action("/sign-in", Anyone, post(sign_in::submit_sign_in))
        .action("/sign-out", Anyone, post(sign_in::sign_out))
        .page("/receptions", SignedIn, get(reception_list::show_receptions))
        .page("/receptions/{sealed}", SignedIn, get(sheet::show))
        .action("/receptions/{sealed}/confirm", SignedIn, post(sheet::confirm_reception))
        .action("/receptions/{sealed}/hand-over", SignedIn, post(sheet::hand_over_to_receipt_computer))
        .page("/receptions/{sealed}/withdraw", SignedIn, get(sheet::show_withdrawal_form))
        .action("/receptions/{sealed}/withdraw", SignedIn, post(sheet::withdraw_consent))
        .page("/receptions/{sealed}/statement", SignedIn, get(statement::show_for_reception))
        .page("/by-document", SignedIn, get(by_document::show))
        .action("/by-document", SignedIn, post(by_document::check_document))
        .page("/statement", SignedIn, get(statement::show_blank))
        .page("/follow-ups", SignedIn, get(follow_ups::show))
        .action("/follow-ups/{id}/done", SignedIn, post(follow_ups::complete_follow_up))
        .action("/follow-ups/{id}/tell", SignedIn, post(follow_ups::inform_service))
        .page("/appointments", SignedIn, get(appointments::show))
        .action("/appointments", SignedIn, post(appointments::import_typed))
        .action("/appointments/fetch", SignedIn, post(appointments::import_from_service))
        .action("/appointments/forget", SignedIn, post(appointments::delete_import))
        .page("/confirmed", SignedIn, get(confirmations::show))
        .page("/patients", SignedIn, get(reception_list::show_patients))
        .page("/patients/{sealed}", SignedIn, get(medical::show_overview))
        .page("/patients/{sealed}/{kind}", SignedIn, get(medical::show))
        .page("/settings", SignedIn, get(settings::show))
        .action("/settings", SignedIn, post(settings::change_settings))
        .page("/addresses", SignedIn, get(address::redirect_to_first))
        .page("/addresses/{care}", SignedIn, get(address::show))
        .page("/addresses/{care}/{file}", SignedIn, get(address::download_qr_code))
        .page("/addresses/{care}/change", SignedIn, get(address::show_change_form))
        .action("/addresses/{care}/change", SignedIn, post(address::change_address))
}

/// Why a handler does not show its page.
enum HandlerError {
    /// Redirects to the sign-in page.
    NotSignedIn,
    Refused(Refusal),
}

impl From<Refusal> for HandlerError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<database::Error> for HandlerError {
    fn from(error: database::Error) -> Self {
        Self::Refused(error.into())
    }
}

impl IntoResponse for HandlerError {
    fn into_response(self) -> Response {
        match self {
            Self::NotSignedIn => redirect("/sign-in"),
            Self::Refused(refusal) => refusal.into_response(),
        }
    }
}

/// A signed-in account and its station.
struct TerminalSession<'r> {
    account: Account,
    station: &'r ConnectedStation,
}

/// The signed-in account of any role.
async fn find_signed_in_account(terminal: &TerminalState, visitor: &Visitor) -> Result<Option<Account>, Refusal> {
    let account = terminal.store.find_signed_in_account(visitor.browser().digest(), visitor.now()).await?;
    // The station may have been removed from the settings since.
    Ok(account.filter(|account| terminal.find_station(account.institution).is_some()))
}

/// The session, if its account has this role. Without a session the browser is sent to sign in; for another role the
/// page does not exist.
async fn require_role<'r>(
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

/// The purpose of the seal on a link to a reception.
const LINK_SEAL_PURPOSE: &str = "link";

/// The reception of a sealed link.
fn open_reception_link(
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    sealed: &str,
) -> Result<ListedReception, Refusal> {
    let seal = BrowserSeal::for_visitor(visitor, session.account.institution);
    seal.open(LINK_SEAL_PURPOSE, sealed).ok_or(Refusal::StaleLink)
}

/// Redirects to another page, by GET (RFC 9110 §15.4.4).
fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The frame of a page of a signed-in account.
fn session_frame(visitor: &Visitor, session: &TerminalSession<'_>) -> Frame {
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
            entry("/receptions", language.t("同意済資格情報取得", "Receptions")),
            entry("/by-document", language.t("資格確認（記号・番号）", "By document")),
            entry("/appointments", language.t("予約の読み込み", "Appointments")),
            entry("/follow-ups", language.t("再確認の一覧", "To be asked again")),
            entry("/confirmed", language.t("確認の記録", "Confirmed")),
        ],
        Role::MedicalViewer => vec![entry("/patients", language.t("同意取得済み患者一覧", "Patients who consented"))],
        Role::Administrator => vec![
            entry("/settings", language.t("環境設定情報更新", "Settings")),
            entry("/addresses", language.t("医療機関別URL取得・変更", "Address")),
        ],
    };
    let name = format!("{station}　{}", role_label(language, role));
    frame.signed_in = Some(SignedInUser { name, sign_out: "/sign-out" });
    frame
}

/// What the system responded, or the refusal to show within the page.
pub(crate) enum SystemResponse<T> {
    Received(T),
    Failed(Refusal),
}

impl<T> SystemResponse<T> {
    /// A failure is logged here.
    fn from_result(result: Result<T, EligibilityError>) -> Self {
        match result {
            Ok(received) => Self::Received(received),
            Err(failure) => {
                let refusal = Refusal::Interface(failure);
                let cause: &(dyn std::error::Error + 'static) = &refusal;
                tracing::warn!(code = refusal.code(), cause, "the eligibility system did not answer");
                Self::Failed(refusal)
            }
        }
    }

    fn status(&self) -> http::StatusCode {
        match self {
            Self::Received(_) => http::StatusCode::OK,
            Self::Failed(refusal) => refusal.status(),
        }
    }
}

/// A failure of the system, and what the desk does next.
fn render_failure(frame: &Frame, refusal: &Refusal) -> Markup {
    let language = frame.language;
    let error_page = refusal.error_page();
    components::notice(
        Tone::Error,
        error_page.title.in_language(language),
        html! {
            p { (error_page.explanation.in_language(language)) }
            (components::secondary_link(&frame.path_and_query, language.t("もう一度照会する", "Ask again"), None))
            p .fine { (language.t("お問い合わせ番号：", "Code: ")) code { (refusal.code()) } }
        },
    )
}

/// The values that could not be read, shown to the desk as received.
fn render_doubts(language: Language, doubts: &[ReadWarning]) -> Markup {
    html! {
        @if !doubts.is_empty() {
            (components::notice(Tone::Warning, language.t("読み取れなかった項目があります", "Some values could not be read"), html! {
                p { (language.t(
                    "次の値は正しい形式ではないため、表示に含まれていません。患者に確認し、誤りであれば保険者に連絡してください。",
                    "These values are not in their right form and are left out. Ask the patient, and tell the insurer if they are wrong."
                )) }
                ul {
                    @for doubt in doubts {
                        // The last part of the path is the element's name.
                        li { code { (doubt.element.rsplit('/').next().unwrap_or(&doubt.element)) } "：「" (doubt.text) "」" }
                    }
                }
            }))
        }
    }
}
