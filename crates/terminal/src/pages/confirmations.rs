//! 確認の記録: which receptions the desk confirmed on a day. Numbers and verdicts, nobody's name.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::Date;
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Frame, Visitor,
    components::{self, Column, Field, Input, Problem, Table, Width},
};

use super::{HandlerError, require_role, texts};
use crate::{Role, TerminalState, rules::finding::NextAction, store::confirmation::ConfirmationRecord};

#[derive(Deserialize)]
pub(super) struct ConfirmationsQuery {
    day: Option<String>,
}

pub(super) struct ConfirmationsPage {
    pub(super) day: String,
    /// None where the text is no day.
    pub(super) confirmations: Option<(Date, Vec<ConfirmationRecord>)>,
}

pub(super) async fn show(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(wanted): Query<ConfirmationsQuery>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let day = wanted.day.unwrap_or_else(|| visitor.now().japan_date().to_string());
    let found = match base::parse_date(&day) {
        Err(_) => None,
        Ok(day) => {
            let found = room.store.list_confirmations_on(signed.account.institution, day).await;
            Some((day, found?))
        }
    };
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((
        status,
        render_page(&super::session_frame(&visitor, &signed), &ConfirmationsPage { day, confirmations: found }),
    )
        .into_response())
}

pub(super) fn render_page(frame: &Frame, view: &ConfirmationsPage) -> Markup {
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
    let row = |confirmed: &ConfirmationRecord| {
        let (label, tone, _) = texts::finding_label(language, confirmed.confirmation.finding);
        vec![
            html! { (confirmed.confirmation.reception.to_grouped_string()) },
            html! { @if let Some(visit) = confirmed.confirmation.visit { (texts::format_day(language, visit)) } @else { "—" } },
            html! { (components::badge(tone, label)) },
            html! {
                @match confirmed.confirmation.finding.next_action() {
                    NextAction::Done => (language.t("なし", "Nothing")),
                    NextAction::CheckAgain => (language.t("もう一度照会する", "Ask again")),
                    NextAction::RegisterAgain => (language.t("もう一度登録してもらう", "Let the patient register again")),
                    NextAction::ChangeSettings => (language.t("管理者に環境設定を頼む", "Ask the administrator for the settings")),
                }
            },
            html! { (texts::role_label(language, confirmed.role)) },
            html! { (texts::format_time(language, confirmed.confirmed_at)) },
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
        @if let Some((day, found)) = &view.confirmations {
            @if found.is_empty() {
                (components::empty_state(language.t("この日の記録はありません", "Nothing was recorded on this day"), html! {
                    p { a href="/receptions" { (language.t("受付の一覧へ", "To the receptions")) } }
                }))
            } @else {
                (Table::new(&texts::format_day(language, *day), &columns).rows(found.iter().map(row).collect()))
            }
        }
    })
}
