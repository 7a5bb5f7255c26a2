//! 確認の記録: the receptions that the desk confirmed on a day. Numbers and verdicts, no names.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::Date;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use text::dates;
use ui::{
    Document, Frame,
    components::{self, Column, Field, Input, Problem, Table, Width},
};
use web::Visitor;

use crate::{
    Role, TerminalState,
    eligibility::{rules::NextAction, wording::finding_label},
    pages::HandlerError,
    receptions::{store::ConfirmationRecord, texts},
    sign_in::{
        session::{require_role, session_frame},
        wording::role_label,
    },
};

#[derive(Deserialize)]
pub(crate) struct ConfirmationsQuery {
    day: Option<String>,
}

pub(crate) struct ConfirmationsPage {
    pub(crate) day: String,
    /// `None` if the text is no day.
    pub(crate) confirmations: Option<(Date, Vec<ConfirmationRecord>)>,
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<ConfirmationsQuery>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let day = query.day.unwrap_or_else(|| visitor.now().japan_date().to_string());
    let confirmations = match base::parse_date(&day) {
        Err(_) => None,
        Ok(day) => {
            let records = terminal.store.list_confirmations_on(session.account.institution, day).await;
            Some((day, records?))
        }
    };
    let status = if confirmations.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, render_page(&session_frame(&visitor, &session), &ConfirmationsPage { day, confirmations }))
        .into_response())
}

pub(crate) fn render_page(frame: &Frame, view: &ConfirmationsPage) -> Markup {
    let language = frame.language;
    let message = texts::ENTER_DAY_OF_CALENDAR.in_language(language);
    let problems = [Problem { field: "day", message }];
    let wrong = view.confirmations.is_none();
    let columns = [
        Column::single_line(texts::RECEPTION.in_language(language)),
        Column::single_line(texts::VISIT.in_language(language)),
        Column::text(texts::RESULT.in_language(language)),
        Column::text(texts::NEXT.in_language(language)),
        Column::text(texts::ACCOUNT.in_language(language)),
        Column::single_line(texts::CONFIRMED_AT.in_language(language)),
    ];
    let row = |record: &ConfirmationRecord| {
        let (label, tone, _) = finding_label(language, record.confirmation.finding);
        vec![
            html! { (record.confirmation.reception.to_grouped_string()) },
            html! { @if let Some(visit) = record.confirmation.visit { (dates::format_date(language, visit)) } @else { "—" } },
            html! { (components::badge(tone, label)) },
            html! {
                @match record.confirmation.finding.next_action() {
                    NextAction::Done => (texts::NEXT_NOTHING.in_language(language)),
                    NextAction::CheckAgain => (texts::NEXT_ASK_AGAIN.in_language(language)),
                    NextAction::RegisterAgain => (texts::NEXT_LET_PATIENT_REGISTER_AGAIN.in_language(language)),
                    NextAction::ChangeSettings => (texts::NEXT_ASK_ADMINISTRATOR_FOR_SETTINGS.in_language(language)),
                }
            },
            html! { (role_label(language, record.role)) },
            html! { (dates::format_date_time(language, record.confirmed_at)) },
        ]
    };
    let mut document = Document::new(frame, texts::CONFIRMED_TITLE.in_language(language))
        .lead(texts::WHAT_THIS_TERMINAL_KEEPS.in_language(language));
    if wrong {
        document = document.with_problems();
    }
    document.main(html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form("/confirmed", html! {
            (Field::new(language, Input::Date, "day", texts::DAY_CONFIRMED.in_language(language))
                .value(&view.day)
                .width(Width::Middle)
                .without_mark()
                .error(wrong.then_some(message)))
            (components::primary_button(texts::SHOW.in_language(language), None))
        }))
        @if let Some((day, records)) = &view.confirmations {
            @if records.is_empty() {
                (components::empty_state(texts::NOTHING_WAS_RECORDED_ON_THIS_DAY.in_language(language), html! {
                    p { a href="/receptions" { (texts::TO_THE_RECEPTIONS.in_language(language)) } }
                }))
            } @else {
                (Table::new(&dates::format_date(language, *day), &columns).rows(records.iter().map(row).collect()))
            }
        }
    })
}
