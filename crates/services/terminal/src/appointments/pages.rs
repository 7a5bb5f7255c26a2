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
use text::{Language, dates};
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
    appointments::texts,
    pages::{HandlerError, redirect},
    seal::BrowserSeal,
    sign_in::session::{TerminalSession, require_role, session_frame},
    wording::render_birth_date,
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
    let mut document = Document::new(frame, texts::APPOINTMENTS.in_language(language))
        .lead(texts::SHOWN_BESIDE_RECEPTIONS.in_language(language));
    if matches!(view.notice, ImportNotice::WrongDay | ImportNotice::WrongLine(_)) {
        document = document.with_problems();
    }
    let typing_label = texts::PASTE_A_FILE_OR_TYPE.in_language(language);
    document.main(html! {
        (render_notice(language, &view.notice))
        @if view.service_access == ServiceAccess::Configured {
            (components::section(texts::FROM_THE_ONLINE_SERVICE.in_language(language), components::form(frame, "/appointments/fetch", html! {
                (day_field(language, view))
                (components::primary_button(texts::GET_THE_APPOINTMENTS.in_language(language), Some(texts::ASKS_WITH_DESKS_ACCOUNT.in_language(language))))
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
    let button = texts::READ_APPOINTMENTS.in_language(language);
    let next = texts::THEY_REPLACE_THOSE_READ_BEFORE.in_language(language);
    html! {
        (components::form(frame, "/appointments", html! {
            (day_field(language, view).id("day-typed"))
            (Field::new(language, Input::Lines, "lines", texts::APPOINTMENTS_ONE_A_LINE.in_language(language))
                .support(texts::HOW_TO_WRITE_APPOINTMENTS.in_language(language))
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
    let wrong =
        matches!(view.notice, ImportNotice::WrongDay).then(|| texts::ENTER_DAY_OF_CALENDAR.in_language(language));
    Field::new(language, Input::Date, "day", texts::DAY.in_language(language))
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
                ColumnProblem::Shape => texts::SEPARATE_THE_FOUR_VALUES.in_language(language),
                ColumnProblem::BirthDate => texts::HOW_TO_WRITE_BIRTHDAY.in_language(language),
                ColumnProblem::Reception => texts::RECEPTION_NUMBER_IS_WRONG.in_language(language),
            };
            let heading = texts::line_cannot_be_read(language, line);
            components::notice(Tone::Error, &heading, html! { p { (text) } })
        }
        ImportNotice::Service(failure) => {
            let (heading, text) = match failure {
                DeskClientError::Account => (
                    texts::DESKS_ACCOUNT_IS_NOT_ACCEPTED.in_language(language),
                    texts::ASK_ADMINISTRATOR_TO_CHECK_ACCOUNT.in_language(language),
                ),
                _ => (
                    texts::SERVICE_DID_NOT_GIVE_APPOINTMENTS.in_language(language),
                    texts::WAIT_LITTLE_AND_TRY_AGAIN.in_language(language),
                ),
            };
            components::notice(Tone::Error, heading, html! { p { (text) } })
        }
    }
}

fn render_appointments(frame: &Frame, view: &AppointmentImportPage) -> Markup {
    let language = frame.language;
    let columns = [
        Column::text(texts::TIME.in_language(language)),
        Column::text(texts::NAME.in_language(language)),
        Column::text(texts::KANA.in_language(language)),
        Column::text(texts::BORN.in_language(language)),
        Column::text(texts::RECEPTION.in_language(language)),
    ];
    html! {
        @if let Some(ImportedAppointments { day, imported_at, appointments }) = &view.imported {
            @let caption = texts::appointments_of_day(language, dates::format_date(language, *day), appointments.len(), dates::format_date_time(language, *imported_at));
            (Table::new(&caption, &columns).rows(appointments.iter().map(|appointment| vec![
                html! { (appointment.time) },
                html! { span lang="ja" { (appointment.name) } },
                html! { @if let Some(kana) = &appointment.kana { span lang="ja" { (kana) } } @else { "—" } },
                html! { @if let Some(birth_date) = appointment.birth_date { (render_birth_date(language, birth_date)) } @else { "—" } },
                html! { @if let Some(number) = appointment.reception_number { (number.to_grouped_string()) } @else { "—" } },
            ]).collect()))
            (components::post_button(frame, "/appointments/forget", ButtonStyle::Secondary, texts::TAKE_APPOINTMENTS_AWAY.in_language(language)))
        }
    }
}
