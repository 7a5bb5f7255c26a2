//! 予約の読み込み: the desk imports the appointments of a day, which are matched with the receptions.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::Date;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, ButtonStyle, Column, Field, Input, Table, Tone, Width},
};
use web::{ButtonForm, Form, Visitor};

use super::{
    client::DeskClientError,
    rules::{Appointment, ColumnProblem, ImportedAppointments, WrongLine, parse_appointments},
};
use crate::{
    Refusal, Role, TerminalState,
    pages::{HandlerError, redirect},
    seal::BrowserSeal,
    sign_in::session::{TerminalSession, require_role, session_frame},
    wording::{format_day, format_time, render_birth_date},
};

/// The purpose of the seal on imported appointments.
const IMPORT_SEAL_PURPOSE: &str = "brought";

pub(crate) struct AppointmentImportPage {
    pub(crate) day: String,
    pub(crate) lines: String,
    pub(crate) service_access: ServiceAccess,
    pub(crate) imported: Option<ImportedAppointments>,
    pub(crate) notice: ImportNotice,
}

/// Whether the desk has an account at the service, from which the visits can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceAccess {
    Configured,
    NotConfigured,
}

/// The notice on the outcome of the action before.
#[derive(Debug)]
pub(crate) enum ImportNotice {
    None,
    WrongDay,
    WrongLine(WrongLine),
    Service(DeskClientError),
}

/// The appointments that this browser imported today, if they can be unsealed.
pub(crate) async fn find_imported_appointments(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
) -> Result<Option<ImportedAppointments>, Refusal> {
    let sealed = terminal.store.find_imported_appointments(visitor.browser().digest(), visitor.now()).await?;
    Ok(sealed.and_then(|sealed| {
        BrowserSeal::for_visitor(visitor, session.account.institution).open(IMPORT_SEAL_PURPOSE, &sealed)
    }))
}

async fn store_imported_appointments(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    day: Date,
    appointments: Vec<Appointment>,
) -> Result<(), Refusal> {
    let imported = ImportedAppointments { day, imported_at: visitor.now(), appointments };
    let sealed = BrowserSeal::for_visitor(visitor, session.account.institution).seal(IMPORT_SEAL_PURPOSE, &imported);
    Ok(terminal.store.replace_imported_appointments(visitor.browser().digest(), Some(sealed), visitor.now()).await?)
}

pub(crate) fn service_access(session: &TerminalSession<'_>) -> ServiceAccess {
    if session.station.desk_client.is_some() { ServiceAccess::Configured } else { ServiceAccess::NotConfigured }
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let imported = find_imported_appointments(&terminal, &visitor, &session).await?;
    let day = imported.as_ref().map_or_else(|| visitor.now().japan_date(), |imported| imported.day).to_string();
    let view = AppointmentImportPage {
        day,
        lines: String::new(),
        service_access: service_access(&session),
        imported,
        notice: ImportNotice::None,
    };
    Ok(render_page(&session_frame(&visitor, &session), &view).into_response())
}

#[derive(Deserialize)]
pub(crate) struct ImportForm {
    #[serde(default)]
    day: String,
    #[serde(default)]
    lines: String,
}

/// Imports lines that were typed, or pasted from a file.
pub(crate) async fn import_typed(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(form): Form<ImportForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let result = match base::parse_date(&form.day) {
        Err(_) => Err(ImportNotice::WrongDay),
        Ok(day) => {
            parse_appointments(&form.lines).map(|appointments| (day, appointments)).map_err(ImportNotice::WrongLine)
        }
    };
    respond_to_import(&terminal, &visitor, &session, form, result).await
}

/// Imports the visits of the service, fetched with the desk's own account there.
pub(crate) async fn import_from_service(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(form): Form<ImportForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let desk = session.station.desk_client.as_ref().ok_or(Refusal::NotFound)?;
    let result = match base::parse_date(&form.day) {
        Err(_) => Err(ImportNotice::WrongDay),
        Ok(day) => desk.fetch_visits(day).await.map(|appointments| (day, appointments)).map_err(ImportNotice::Service),
    };
    respond_to_import(&terminal, &visitor, &session, form, result).await
}

async fn respond_to_import(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    form: ImportForm,
    result: Result<(Date, Vec<Appointment>), ImportNotice>,
) -> Result<Response, HandlerError> {
    match result {
        Ok((day, appointments)) => {
            store_imported_appointments(terminal, visitor, session, day, appointments).await?;
            Ok(redirect("/appointments"))
        }
        Err(notice) => {
            let status = match &notice {
                ImportNotice::Service(failure) => {
                    tracing::warn!(
                        error = failure as &dyn std::error::Error,
                        "the visits could not be fetched from the service"
                    );
                    StatusCode::BAD_GATEWAY
                }
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let imported = find_imported_appointments(terminal, visitor, session).await?;
            let view = AppointmentImportPage {
                day: form.day,
                lines: form.lines,
                service_access: service_access(session),
                imported,
                notice,
            };
            Ok((status, render_page(&session_frame(visitor, session), &view)).into_response())
        }
    }
}

pub(crate) async fn delete_import(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    require_role(&terminal, &visitor, Role::Staff).await?;
    let result = terminal.store.replace_imported_appointments(visitor.browser().digest(), None, visitor.now()).await;
    result?;
    Ok(redirect("/appointments"))
}

pub(crate) fn render_page(frame: &Frame, view: &AppointmentImportPage) -> Markup {
    let language = frame.language;
    let mut document = Document::new(frame, language.t("予約の読み込み", "Appointments")).lead(language.t(
        "受付と予約を並べるために使います。ログアウトするか日が変わると、この端末から消えます。",
        "Shown beside the receptions. They are gone from this terminal when you sign out or the day ends.",
    ));
    if matches!(view.notice, ImportNotice::WrongDay | ImportNotice::WrongLine(_)) {
        document = document.with_problems();
    }
    let typing_label = language.t("ファイルの内容を貼り付ける・入力する", "Paste a file, or type");
    document.main(html! {
        (render_notice(language, &view.notice))
        @if view.service_access == ServiceAccess::Configured {
            (components::section(language.t("オンライン診療の予約を取得", "From the online service"), components::form(frame, "/appointments/fetch", html! {
                (day_field(language, view))
                (components::primary_button(language.t("予約を取得する", "Get the appointments"), Some(language.t(
                    "受付デスクのアカウントで、この日の予約だけを取得します。",
                    "Asks for the visits of that day with the desk's account."
                ))))
            })))
        }
        // The form with wrong lines must not be folded away.
        @if view.service_access == ServiceAccess::Configured && !matches!(view.notice, ImportNotice::WrongLine(_)) {
            (components::disclosure(typing_label, render_typing_form(frame, view)))
        } @else {
            (components::section(typing_label, render_typing_form(frame, view)))
        }
        (render_appointments(frame, view))
    })
}

fn render_typing_form(frame: &Frame, view: &AppointmentImportPage) -> Markup {
    let language = frame.language;
    let button = language.t("読み込む", "Read them");
    let next = language.t("前に読み込んだ予約と入れ替えます。", "They take the place of those read before.");
    html! {
        (components::form(frame, "/appointments", html! {
            (day_field(language, view).id("day-typed"))
            (Field::new(language, Input::Lines, "lines", language.t("予約（1行に1件）", "Appointments, one a line"))
                .support(language.t(
                    "時刻,氏名,カナ,生年月日,受付番号（受付番号はなくてもかまいません） 例：10:30,見本 花子,ミホン ハナコ,昭和59年5月2日, 表からそのまま貼り付けることもできます。",
                    "time,name,kana,birthday,reception number (which may be missing). For example: 10:30,見本 花子,ミホン ハナコ,1984-05-02, You can also paste rows from a spreadsheet."
                ))
                .max_length(100_000)
                .value(&view.lines)
                .without_mark())
            @match view.service_access {
                ServiceAccess::Configured => (components::secondary_button(button, Some(next))),
                ServiceAccess::NotConfigured => (components::primary_button(button, Some(next))),
            }
        }))
    }
}

fn day_field(language: Language, view: &AppointmentImportPage) -> Field<'_> {
    let wrong = matches!(view.notice, ImportNotice::WrongDay)
        .then(|| language.t("年月日を正しく入力してください", "Enter a day of the calendar"));
    Field::new(language, Input::Date, "day", language.t("予約の年月日", "Day"))
        .value(&view.day)
        .width(Width::Middle)
        .without_mark()
        .error(wrong)
}

fn render_notice(language: Language, notice: &ImportNotice) -> Markup {
    match notice {
        ImportNotice::None | ImportNotice::WrongDay => html! {},
        ImportNotice::WrongLine(WrongLine { line, problem }) => {
            let text = match problem {
                ColumnProblem::Shape => language.t(
                    "時刻・氏名・カナ・生年月日の4つを「,」かタブで区切ってください。",
                    "Write time, name, kana and birthday, with commas or tabs between them.",
                ),
                ColumnProblem::BirthDate => language.t(
                    "生年月日を、昭和60年4月3日 や 1985-04-03 の形で書いてください。",
                    "Write the birthday like 1985-04-03 or 昭和60年4月3日.",
                ),
                ColumnProblem::Reception => {
                    language.t("受付番号が正しくありません。", "The reception number is not one.")
                }
            };
            let heading = match language {
                Language::Japanese => format!("{line}行目を読み取れません"),
                Language::English => format!("Line {line} cannot be read"),
            };
            components::notice(Tone::Error, &heading, html! { p { (text) } })
        }
        ImportNotice::Service(failure) => {
            let (heading, text) = match failure {
                DeskClientError::Account => (
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
            components::notice(Tone::Error, heading, html! { p { (text) } })
        }
    }
}

fn render_appointments(frame: &Frame, view: &AppointmentImportPage) -> Markup {
    let language = frame.language;
    let columns = [
        Column::text(language.t("時刻", "Time")),
        Column::text(language.t("氏名", "Name")),
        Column::text(language.t("カナ", "Kana")),
        Column::text(language.t("生年月日", "Born")),
        Column::text(language.t("受付番号", "Reception")),
    ];
    html! {
        @if let Some(ImportedAppointments { day, imported_at, appointments }) = &view.imported {
            @let caption = match language {
                Language::Japanese => format!("{}：{}件（{} 取得）", format_day(language, *day), appointments.len(), format_time(language, *imported_at)),
                Language::English => format!("{}: {} (brought {})", format_day(language, *day), appointments.len(), format_time(language, *imported_at)),
            };
            (Table::new(&caption, &columns).rows(appointments.iter().map(|appointment| vec![
                html! { (appointment.time) },
                html! { span lang="ja" { (appointment.name) } },
                html! { @if let Some(kana) = &appointment.kana { span lang="ja" { (kana) } } @else { "—" } },
                html! { @if let Some(birth_date) = appointment.birth_date { (render_birth_date(language, birth_date)) } @else { "—" } },
                html! { @if let Some(number) = appointment.reception_number { (number.to_grouped_string()) } @else { "—" } },
            ]).collect()))
            (components::post_button(frame, "/appointments/forget", ButtonStyle::Secondary, language.t("この端末から消す", "Take them away")))
        }
    }
}
