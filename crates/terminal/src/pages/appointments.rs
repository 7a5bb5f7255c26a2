//! 予約の読み込み: the desk brings the appointments of a day, so that each reception finds its own.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::Date;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, ButtonLook, Column, Field, Input, Table, Tone, Width},
};

use super::{Signed, Stop, see, signed_in, words};
use crate::{
    Refusal, Role, Room,
    rules::appointment::{self, Brought, WrongColumn, WrongLine},
    seal::Seal,
    service::ServiceFailure,
};

/// The purpose of the seal on what was brought.
const BROUGHT: &str = "brought";

pub(super) struct View {
    pub(super) day: String,
    pub(super) lines: String,
    /// Whether the desk has an account at the service.
    pub(super) service: Service,
    pub(super) brought: Option<Brought>,
    pub(super) said: Said,
}

/// Whether the visits can be asked of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Known,
    Unknown,
}

/// What became of the button before.
#[derive(Debug)]
pub(super) enum Said {
    Nothing,
    WrongDay,
    WrongLine(WrongLine),
    Service(ServiceFailure),
}

/// What this browser brought today, if it can be opened.
pub(super) async fn brought(room: &Room, visitor: &Visitor, signed: &Signed<'_>) -> Result<Option<Brought>, Refusal> {
    let sealed = room.store.brought(visitor.browser().digest(), visitor.now()).await?;
    Ok(sealed.and_then(|sealed| Seal::of(visitor, signed.account.institution).open(BROUGHT, &sealed)))
}

async fn bring(
    room: &Room,
    visitor: &Visitor,
    signed: &Signed<'_>,
    day: Date,
    appointments: Vec<appointment::Appointment>,
) -> Result<(), Refusal> {
    let brought = Brought { day, at: visitor.now(), appointments };
    let sealed = Seal::of(visitor, signed.account.institution).seal(BROUGHT, &brought);
    Ok(room.store.bring(visitor.browser().digest(), Some(sealed), visitor.now()).await?)
}

pub(super) fn service(signed: &Signed<'_>) -> Service {
    if signed.station.service.is_some() { Service::Known } else { Service::Unknown }
}

pub(super) async fn show(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let brought = brought(&room, &visitor, &signed).await?;
    let day = brought.as_ref().map_or_else(|| visitor.now().japan_date(), |brought| brought.day).to_string();
    let view = View { day, lines: String::new(), service: service(&signed), brought, said: Said::Nothing };
    Ok(page(&super::frame(&visitor, &signed), &view).into_response())
}

#[derive(Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    day: String,
    #[serde(default)]
    lines: String,
}

/// Typed in, or pasted from a file.
pub(super) async fn typed(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(filled): Form<Filled>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let read = match base::parse_date(&filled.day) {
        Err(_) => Err(Said::WrongDay),
        Ok(day) => appointment::read(&filled.lines).map(|all| (day, all)).map_err(Said::WrongLine),
    };
    take(&room, &visitor, &signed, filled, read).await
}

/// Asked of the service, by the desk's own account there.
pub(super) async fn fetched(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(filled): Form<Filled>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let desk = signed.station.service.as_ref().ok_or(Refusal::NotFound)?;
    let read = match base::parse_date(&filled.day) {
        Err(_) => Err(Said::WrongDay),
        Ok(day) => desk.visits(day).await.map(|all| (day, all)).map_err(Said::Service),
    };
    take(&room, &visitor, &signed, filled, read).await
}

async fn take(
    room: &Room,
    visitor: &Visitor,
    signed: &Signed<'_>,
    filled: Filled,
    read: Result<(Date, Vec<appointment::Appointment>), Said>,
) -> Result<Response, Stop> {
    match read {
        Ok((day, all)) => {
            bring(room, visitor, signed, day, all).await?;
            Ok(see("/appointments"))
        }
        Err(said) => {
            let status = match &said {
                Said::Service(failure) => {
                    tracing::warn!(error = failure as &dyn std::error::Error, "the service's desk did not answer");
                    StatusCode::BAD_GATEWAY
                }
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let brought = brought(room, visitor, signed).await?;
            let view = View { day: filled.day, lines: filled.lines, service: service(signed), brought, said };
            Ok((status, page(&super::frame(visitor, signed), &view)).into_response())
        }
    }
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
pub(super) struct Pressed {}

pub(super) async fn forget(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Stop> {
    signed_in(&room, &visitor, Role::Staff).await?;
    let forgotten = room.store.bring(visitor.browser().digest(), None, visitor.now()).await;
    forgotten?;
    Ok(see("/appointments"))
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let mut document = Document::new(frame, language.t("予約の読み込み", "Appointments")).lead(language.t(
        "受付と予約を並べるために使います。ログアウトするか日が変わると、この端末から消えます。",
        "Shown beside the receptions. They are gone from this terminal when you sign out or the day ends.",
    ));
    if matches!(view.said, Said::WrongDay | Said::WrongLine(_)) {
        document = document.with_problems();
    }
    let by_hand = language.t("ファイルの内容を貼り付ける・入力する", "Paste a file, or type");
    document.main(html! {
        (said(language, &view.said))
        @if view.service == Service::Known {
            (parts::section(language.t("オンライン診療の予約を取得", "From the online service"), parts::form(frame, "/appointments/fetch", html! {
                (day_field(language, view))
                (parts::primary_button(language.t("予約を取得する", "Get the appointments"), Some(language.t(
                    "受付デスクのアカウントで、この日の予約だけを取得します。",
                    "Asks for the visits of that day with the desk's account."
                ))))
            })))
        }
        // What is wrong with the lines must be in sight.
        @if view.service == Service::Known && !matches!(view.said, Said::WrongLine(_)) {
            (parts::disclosure(by_hand, typing(frame, view)))
        } @else {
            (parts::section(by_hand, typing(frame, view)))
        }
        (listing(frame, view))
    })
}

fn typing(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let button = language.t("読み込む", "Read them");
    let next = language.t("前に読み込んだ予約と入れ替えます。", "They take the place of those read before.");
    html! {
        (parts::form(frame, "/appointments", html! {
            (day_field(language, view).id("day-typed"))
            (Field::new(language, Input::Lines, "lines", language.t("予約（1行に1件）", "Appointments, one a line"))
                .support(language.t(
                    "時刻,氏名,カナ,生年月日,受付番号（受付番号はなくてもかまいません） 例：10:30,見本 花子,ミホン ハナコ,昭和59年5月2日, 表からそのまま貼り付けることもできます。",
                    "time,name,kana,birthday,reception number (which may be missing). For example: 10:30,見本 花子,ミホン ハナコ,1984-05-02, You can also paste rows from a spreadsheet."
                ))
                .longest(100_000)
                .value(&view.lines)
                .unmarked())
            @match view.service {
                Service::Known => (parts::secondary_button(button, Some(next))),
                Service::Unknown => (parts::primary_button(button, Some(next))),
            }
        }))
    }
}

fn day_field(language: Language, view: &View) -> Field<'_> {
    let wrong = matches!(view.said, Said::WrongDay)
        .then(|| language.t("年月日を正しく入力してください", "Enter a day of the calendar"));
    Field::new(language, Input::Date, "day", language.t("予約の年月日", "Day"))
        .value(&view.day)
        .width(Width::Middle)
        .unmarked()
        .error(wrong)
}

fn said(language: Language, said: &Said) -> Markup {
    match said {
        Said::Nothing | Said::WrongDay => html! {},
        Said::WrongLine(WrongLine { line, what }) => {
            let what = match what {
                WrongColumn::Shape => language.t(
                    "時刻・氏名・カナ・生年月日の4つを「,」かタブで区切ってください。",
                    "Write time, name, kana and birthday, with commas or tabs between them.",
                ),
                WrongColumn::Born => language.t(
                    "生年月日を、昭和60年4月3日 や 1985-04-03 の形で書いてください。",
                    "Write the birthday like 1985-04-03 or 昭和60年4月3日.",
                ),
                WrongColumn::Reception => {
                    language.t("受付番号が正しくありません。", "The reception number is not one.")
                }
            };
            let heading = match language {
                Language::Japanese => format!("{line}行目を読み取れません"),
                Language::English => format!("Line {line} cannot be read"),
            };
            parts::notice(Tone::Error, &heading, html! { p { (what) } })
        }
        Said::Service(failure) => {
            let (heading, what) = match failure {
                ServiceFailure::Account => (
                    language.t("受付デスクのアカウントでログインできません", "The desk's account is not taken"),
                    language.t(
                        "管理者に、この端末の設定にあるメールアドレスとパスワードの確認を頼んでください。",
                        "Ask the administrator to check the address and password in this terminal's settings.",
                    ),
                ),
                _ => (
                    language.t("オンライン診療の予約を取得できません", "The service did not give the appointments"),
                    language.t(
                        "少し待ってからもう一度お試しください。お急ぎの場合は、下に予約を入力できます。",
                        "Wait a little and try again. If it is urgent, type the appointments below.",
                    ),
                ),
            };
            parts::notice(Tone::Error, heading, html! { p { (what) } })
        }
    }
}

fn listing(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let columns = [
        Column::text(language.t("時刻", "Time")),
        Column::text(language.t("氏名", "Name")),
        Column::text(language.t("カナ", "Kana")),
        Column::text(language.t("生年月日", "Born")),
        Column::text(language.t("受付番号", "Reception")),
    ];
    html! {
        @if let Some(Brought { day, at, appointments }) = &view.brought {
            @let caption = match language {
                Language::Japanese => format!("{}：{}件（{} 取得）", words::day(language, *day), appointments.len(), words::time(language, *at)),
                Language::English => format!("{}: {} (brought {})", words::day(language, *day), appointments.len(), words::time(language, *at)),
            };
            (Table::new(&caption, &columns).rows(appointments.iter().map(|one| vec![
                html! { (one.time) },
                html! { span lang="ja" { (one.name) } },
                html! { @if let Some(kana) = &one.kana { span lang="ja" { (kana) } } @else { "—" } },
                html! { @if let Some(born) = one.born { (words::birth(language, born)) } @else { "—" } },
                html! { @if let Some(number) = one.reception { (number.grouped()) } @else { "—" } },
            ]).collect()))
            (parts::post_button(frame, "/appointments/forget", ButtonLook::Secondary, language.t("この端末から消す", "Take them away")))
        }
    }
}
