//! What the desk sees.

mod address;
mod appointments;
mod by_document;
mod confirmed;
mod follow_ups;
mod list;
mod medical;
mod samples;
mod settings;
mod sheet;
mod sign_in;
mod statement;
mod words;

use std::sync::Arc;

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use oqs::Doubt;
use shell::{
    Access, Frame, Language, MenuEntry, Refuse, Routes, SignedIn, Visitor,
    parts::{self, Tone},
};

#[cfg(test)]
pub(crate) use samples::made_up;
pub use samples::samples;
pub(crate) use words::around;

use crate::{
    Connected, Refusal, Role, Room, client::Failure, rules::listed::Listed, seal::Seal, store::account::Account,
};

pub(crate) fn routes() -> Routes<Arc<Room>> {
    use Access::{Anyone, Known};
    Routes::new()
        .page("/", Anyone, get(sign_in::home))
        .page("/sign-in", Anyone, get(sign_in::show))
        .action("/sign-in", Anyone, post(sign_in::done))
        .action("/sign-out", Anyone, post(sign_in::out))
        .page("/receptions", Known, get(list::receptions))
        .page("/receptions/{sealed}", Known, get(sheet::show))
        .action("/receptions/{sealed}/confirm", Known, post(sheet::confirm))
        .action("/receptions/{sealed}/hand-over", Known, post(sheet::hand_over))
        .page("/receptions/{sealed}/withdraw", Known, get(sheet::ask_to_withdraw))
        .action("/receptions/{sealed}/withdraw", Known, post(sheet::withdraw))
        .page("/receptions/{sealed}/statement", Known, get(statement::of_reception))
        .page("/by-document", Known, get(by_document::show))
        .action("/by-document", Known, post(by_document::ask))
        .page("/statement", Known, get(statement::blank))
        .page("/follow-ups", Known, get(follow_ups::show))
        .action("/follow-ups/{id}/done", Known, post(follow_ups::done))
        .action("/follow-ups/{id}/tell", Known, post(follow_ups::tell))
        .page("/appointments", Known, get(appointments::show))
        .action("/appointments", Known, post(appointments::typed))
        .action("/appointments/fetch", Known, post(appointments::fetched))
        .action("/appointments/forget", Known, post(appointments::forget))
        .page("/confirmed", Known, get(confirmed::show))
        .page("/patients", Known, get(list::patients))
        .page("/patients/{sealed}", Known, get(medical::overview))
        .page("/patients/{sealed}/{kind}", Known, get(medical::show))
        .page("/settings", Known, get(settings::show))
        .action("/settings", Known, post(settings::change))
        .page("/addresses", Known, get(address::first))
        .page("/addresses/{care}", Known, get(address::show))
        .page("/addresses/{care}/{file}", Known, get(address::file))
        .page("/addresses/{care}/change", Known, get(address::ask_to_change))
        .action("/addresses/{care}/change", Known, post(address::change))
}

/// Why a handler goes no further.
enum Stop {
    /// Nobody is signed in.
    SignIn,
    /// The terminal says no.
    No(Refusal),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::No(refusal)
    }
}

impl From<database::Error> for Stop {
    fn from(error: database::Error) -> Self {
        Self::No(error.into())
    }
}

impl IntoResponse for Stop {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn => see("/sign-in"),
            Self::No(refusal) => refusal.into_response(),
        }
    }
}

/// Who is signed in, at which station.
struct Signed<'r> {
    account: Account,
    station: &'r Connected,
}

/// Who is signed in, whatever the account.
async fn whoever(room: &Room, visitor: &Visitor) -> Result<Option<Account>, Refusal> {
    let account = room.store.signed_in(visitor.browser().digest(), visitor.now()).await?;
    // A station that is no longer in the settings signs nobody in.
    Ok(account.filter(|account| room.station(account.institution).is_some()))
}

/// Who is signed in with this account. Whoever is not signed in is asked to; another account finds nothing here.
async fn signed_in<'r>(room: &'r Room, visitor: &Visitor, role: Role) -> Result<Signed<'r>, Stop> {
    let account = whoever(room, visitor).await?.ok_or(Stop::SignIn)?;
    match room.station(account.institution) {
        Some(station) if account.role == role => Ok(Signed { account, station }),
        _ => Err(Refusal::NotFound.into()),
    }
}

/// The purpose of the seal on a link to a reception.
const LINK: &str = "link";

/// The reception that a link leads to.
fn opened(visitor: &Visitor, signed: &Signed<'_>, sealed: &str) -> Result<Listed, Refusal> {
    let seal = Seal::of(visitor, signed.account.institution);
    seal.open(LINK, sealed).ok_or(Refusal::StaleLink)
}

/// On to another page, by GET (RFC 9110 §15.4.4).
fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The frame of a page of whoever is signed in.
fn frame(visitor: &Visitor, signed: &Signed<'_>) -> Frame {
    let frame = visitor.frame();
    framed(frame, signed.account.role, &signed.station.name)
}

/// The frame of an error page: with menu and name of whoever is signed in, as far as that can be found out now.
pub(crate) async fn error_frame(room: Arc<Room>, visitor: Visitor) -> Frame {
    let account = whoever(&room, &visitor).await.ok().flatten();
    let station = account.as_ref().and_then(|account| room.station(account.institution));
    match (account, station) {
        (Some(account), Some(station)) => framed(visitor.frame(), account.role, &station.name),
        _ => visitor.frame(),
    }
}

/// The frame with what an account may open.
fn framed(mut frame: Frame, role: Role, station: &str) -> Frame {
    let language = frame.language;
    let path = frame.here.split('?').next().unwrap_or_default().to_owned();
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
    let name = format!("{station}　{}", words::role(language, role));
    frame.signed_in = Some(SignedIn { name, sign_out: "/sign-out" });
    frame
}

/// A page, or the page that says within the same frame why the system did not answer.
enum Answer<T> {
    Here(T),
    Trouble(Refusal),
}

impl<T> Answer<T> {
    /// What the system answered. A failure is logged here, where it is answered.
    fn of(answer: Result<T, Failure>) -> Self {
        match answer {
            Ok(answer) => Self::Here(answer),
            Err(failure) => {
                let refusal = Refusal::Interface(failure);
                let cause: &(dyn std::error::Error + 'static) = &refusal;
                tracing::warn!(code = refusal.code(), cause, "the eligibility system did not answer");
                Self::Trouble(refusal)
            }
        }
    }

    /// The status of the page.
    fn status(&self) -> http::StatusCode {
        match self {
            Self::Here(_) => http::StatusCode::OK,
            Self::Trouble(refusal) => refusal.status(),
        }
    }
}

/// Why the system did not answer, and what the desk does next.
fn trouble(frame: &Frame, refusal: &Refusal) -> Markup {
    let language = frame.language;
    let sorry = refusal.sorry();
    parts::notice(
        Tone::Error,
        sorry.happened.in_language(language),
        html! {
            p { (sorry.meaning.in_language(language)) }
            (parts::secondary_link(&frame.here, language.t("もう一度照会する", "Ask again"), None))
            p .fine { (language.t("お問い合わせ番号：", "Code: ")) code { (refusal.code()) } }
        },
    )
}

/// What could not be read in an answer: the desk sees it as it came.
fn doubts(language: Language, doubts: &[Doubt]) -> Markup {
    html! {
        @if !doubts.is_empty() {
            (parts::notice(Tone::Warning, language.t("読み取れなかった項目があります", "Some values could not be read"), html! {
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
