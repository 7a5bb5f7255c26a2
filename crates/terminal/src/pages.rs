//! What the desk sees.

mod address;
mod appointments;
mod by_document;
mod confirmations;
mod follow_ups;
mod medical;
mod reception_list;
mod samples;
mod settings;
mod sheet;
mod sign_in;
mod statement;
mod texts;

use std::sync::Arc;

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use oqs::ReadWarning;
use shell::{
    Access, Frame, Language, MenuEntry, Refuse, Routes, SignedInUser, Visitor,
    components::{self, Tone},
};

#[cfg(test)]
pub(crate) use samples::fixtures;
pub use samples::samples;
pub(crate) use texts::format_approximate_time;

use crate::{
    ConnectedStation, Refusal, Role, TerminalState, client::EligibilityError, rules::reception_list::ListedReception,
    seal::BrowserSeal, store::account::Account,
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

/// Why a handler goes no further.
enum HandlerError {
    /// Nobody is signed in.
    NotSignedIn,
    /// The terminal says no.
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

/// Who is signed in, at which station.
struct TerminalSession<'r> {
    account: Account,
    station: &'r ConnectedStation,
}

/// Who is signed in, whatever the account.
async fn find_signed_in_account(room: &TerminalState, visitor: &Visitor) -> Result<Option<Account>, Refusal> {
    let account = room.store.find_signed_in_account(visitor.browser().digest(), visitor.now()).await?;
    // A station that is no longer in the settings signs nobody in.
    Ok(account.filter(|account| room.find_station(account.institution).is_some()))
}

/// Who is signed in with this account. Whoever is not signed in is asked to; another account finds nothing here.
async fn require_role<'r>(
    room: &'r TerminalState,
    visitor: &Visitor,
    role: Role,
) -> Result<TerminalSession<'r>, HandlerError> {
    let account = find_signed_in_account(room, visitor).await?.ok_or(HandlerError::NotSignedIn)?;
    match room.find_station(account.institution) {
        Some(station) if account.role == role => Ok(TerminalSession { account, station }),
        _ => Err(Refusal::NotFound.into()),
    }
}

/// The purpose of the seal on a link to a reception.
const LINK_SEAL_PURPOSE: &str = "link";

/// The reception that a link leads to.
fn open_reception_link(
    visitor: &Visitor,
    signed: &TerminalSession<'_>,
    sealed: &str,
) -> Result<ListedReception, Refusal> {
    let seal = BrowserSeal::for_visitor(visitor, signed.account.institution);
    seal.open(LINK_SEAL_PURPOSE, sealed).ok_or(Refusal::StaleLink)
}

/// On to another page, by GET (RFC 9110 §15.4.4).
fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The frame of a page of whoever is signed in.
fn session_frame(visitor: &Visitor, signed: &TerminalSession<'_>) -> Frame {
    let frame = visitor.frame();
    add_menu(frame, signed.account.role, &signed.station.name)
}

/// The frame of an error page: with menu and name of whoever is signed in, as far as that can be found out now.
pub(crate) async fn error_frame(room: Arc<TerminalState>, visitor: Visitor) -> Frame {
    let account = find_signed_in_account(&room, &visitor).await.ok().flatten();
    let station = account.as_ref().and_then(|account| room.find_station(account.institution));
    match (account, station) {
        (Some(account), Some(station)) => add_menu(visitor.frame(), account.role, &station.name),
        _ => visitor.frame(),
    }
}

/// The frame with what an account may open.
fn add_menu(mut frame: Frame, role: Role, station: &str) -> Frame {
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
    let name = format!("{station}　{}", texts::role_label(language, role));
    frame.signed_in = Some(SignedInUser { name, sign_out: "/sign-out" });
    frame
}

/// A page, or the page that says within the same frame why the system did not answer.
enum SystemResponse<T> {
    Received(T),
    Failed(Refusal),
}

impl<T> SystemResponse<T> {
    /// What the system answered. A failure is logged here, where it is answered.
    fn from_result(answer: Result<T, EligibilityError>) -> Self {
        match answer {
            Ok(answer) => Self::Received(answer),
            Err(failure) => {
                let refusal = Refusal::Interface(failure);
                let cause: &(dyn std::error::Error + 'static) = &refusal;
                tracing::warn!(code = refusal.code(), cause, "the eligibility system did not answer");
                Self::Failed(refusal)
            }
        }
    }

    /// The status of the page.
    fn status(&self) -> http::StatusCode {
        match self {
            Self::Received(_) => http::StatusCode::OK,
            Self::Failed(refusal) => refusal.status(),
        }
    }
}

/// Why the system did not answer, and what the desk does next.
fn render_failure(frame: &Frame, refusal: &Refusal) -> Markup {
    let language = frame.language;
    let sorry = refusal.error_page();
    components::notice(
        Tone::Error,
        sorry.title.in_language(language),
        html! {
            p { (sorry.explanation.in_language(language)) }
            (components::secondary_link(&frame.path_and_query, language.t("もう一度照会する", "Ask again"), None))
            p .fine { (language.t("お問い合わせ番号：", "Code: ")) code { (refusal.code()) } }
        },
    )
}

/// What could not be read in an answer: the desk sees it as it came.
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
                        // The last part of the path is the element itself.
                        li { code { (doubt.element.rsplit('/').next().unwrap_or(&doubt.element)) } "：「" (doubt.text) "」" }
                    }
                }
            }))
        }
    }
}
