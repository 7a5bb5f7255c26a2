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
use ui::{
    Document, Frame,
    components::{self, Column, Field, Input, Problem, Table, Width},
};
use web::Visitor;

use crate::{
    Role, TerminalState,
    eligibility::{rules::NextAction, wording::finding_label},
    pages::HandlerError,
    receptions::store::ConfirmationRecord,
    sign_in::{
        session::{require_role, session_frame},
        wording::role_label,
    },
    wording::{format_day, format_time},
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
    let message = language.t("年月日を正しく入力してください", "Enter a day of the calendar");
    let problems = [Problem { field: "day", message }];
    let wrong = view.confirmations.is_none();
    let columns = [
        Column::single_line(language.t("受付番号", "Reception")),
        Column::single_line(language.t("受診年月日", "Visit")),
        Column::text(language.t("結果", "Result")),
        Column::text(language.t("次にすること", "Next")),
        Column::text(language.t("アカウント", "Account")),
        Column::single_line(language.t("確認日時", "At")),
    ];
    let row = |record: &ConfirmationRecord| {
        let (label, tone, _) = finding_label(language, record.confirmation.finding);
        vec![
            html! { (record.confirmation.reception.to_grouped_string()) },
            html! { @if let Some(visit) = record.confirmation.visit { (format_day(language, visit)) } @else { "—" } },
            html! { (components::badge(tone, label)) },
            html! {
                @match record.confirmation.finding.next_action() {
                    NextAction::Done => (language.t("なし", "Nothing")),
                    NextAction::CheckAgain => (language.t("もう一度照会する", "Ask again")),
                    NextAction::RegisterAgain => (language.t("もう一度登録してもらう", "Let the patient register again")),
                    NextAction::ChangeSettings => (language.t("管理者に環境設定を頼む", "Ask the administrator for the settings")),
                }
            },
            html! { (role_label(language, record.role)) },
            html! { (format_time(language, record.confirmed_at)) },
        ]
    };
    let mut document = Document::new(frame, language.t("確認の記録", "Confirmed")).lead(language.t(
        "この端末に残しているのは、受付番号・結果・日時だけです。氏名や保険の番号は残していません。",
        "This terminal keeps the number, result and time, and no name or insurance number.",
    ));
    if wrong {
        document = document.with_problems();
    }
    document.main(html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form("/confirmed", html! {
            (Field::new(language, Input::Date, "day", language.t("確認した日", "Day"))
                .value(&view.day)
                .width(Width::Middle)
                .without_mark()
                .error(wrong.then_some(message)))
            (components::primary_button(language.t("表示する", "Show"), None))
        }))
        @if let Some((day, records)) = &view.confirmations {
            @if records.is_empty() {
                (components::empty_state(language.t("この日の記録はありません", "Nothing was recorded on this day"), html! {
                    p { a href="/receptions" { (language.t("受付の一覧へ", "To the receptions")) } }
                }))
            } @else {
                (Table::new(&format_day(language, *day), &columns).rows(records.iter().map(row).collect()))
            }
        }
    })
}
