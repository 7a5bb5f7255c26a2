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
    parts::{self, Column, Field, Input, Problem, Table, Width},
};

use super::{Stop, signed_in, words};
use crate::{Role, Room, rules::finding::Settled, store::confirmation::Confirmed};

#[derive(Deserialize)]
pub(super) struct Wanted {
    day: Option<String>,
}

pub(super) struct View {
    pub(super) day: String,
    /// None where the text is no day.
    pub(super) found: Option<(Date, Vec<Confirmed>)>,
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let day = wanted.day.unwrap_or_else(|| visitor.now().japan_date().to_string());
    let found = match base::parse_date(&day) {
        Err(_) => None,
        Ok(day) => {
            let found = room.store.confirmed_on(signed.account.institution, day).await;
            Some((day, found?))
        }
    };
    let status = if found.is_some() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, page(&super::frame(&visitor, &signed), &View { day, found })).into_response())
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let message = language.t("年月日を正しく入力してください", "Enter a day of the calendar");
    let problems = [Problem { field: "day", message }];
    let wrong = view.found.is_none();
    let columns = [
        Column::unbroken(language.t("受付番号", "Reception")),
        Column::unbroken(language.t("受診年月日", "Visit")),
        Column::text(language.t("結果", "Result")),
        Column::text(language.t("次にすること", "Next")),
        Column::text(language.t("アカウント", "Account")),
        Column::unbroken(language.t("確認日時", "At")),
    ];
    let row = |confirmed: &Confirmed| {
        let (label, tone, _) = words::finding(language, confirmed.what.finding);
        vec![
            html! { (confirmed.what.reception.grouped()) },
            html! { @if let Some(visit) = confirmed.what.visit { (words::day(language, visit)) } @else { "—" } },
            html! { (parts::badge(tone, label)) },
            html! {
                @match confirmed.what.finding.settles() {
                    Settled::Done => (language.t("なし", "Nothing")),
                    Settled::AskAgain => (language.t("もう一度照会する", "Ask again")),
                    Settled::RegisterAgain => (language.t("もう一度登録してもらう", "Let the patient register again")),
                    Settled::ChangeSettings => (language.t("管理者に環境設定を頼む", "Ask the administrator for the settings")),
                }
            },
            html! { (words::role(language, confirmed.role)) },
            html! { (words::time(language, confirmed.at)) },
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
        @if wrong { (parts::error_summary(language, &problems)) }
        (parts::search_form("/confirmed", html! {
            (Field::new(language, Input::Date, "day", language.t("確認した日", "Day"))
                .value(&view.day)
                .width(Width::Middle)
                .unmarked()
                .error(wrong.then_some(message)))
            (parts::primary_button(language.t("表示する", "Show"), None))
        }))
        @if let Some((day, found)) = &view.found {
            @if found.is_empty() {
                (parts::empty_state(language.t("この日の記録はありません", "Nothing was recorded on this day"), html! {
                    p { a href="/receptions" { (language.t("受付の一覧へ", "To the receptions")) } }
                }))
            } @else {
                (Table::new(&words::day(language, *day), &columns).rows(found.iter().map(row).collect()))
            }
        }
    })
}
