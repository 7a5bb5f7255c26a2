//! The page of a list: the form for another one, and the result.

use base::Date;
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame, MenuEntry,
    components::{self, Choice, ChoiceGroup, Field, Input, Problem, Tone, Width},
};

use super::{
    content::{ListPurpose, ListResult, ReceptionListContent, ReceptionListPage},
    table::render_list,
};
use crate::{
    eligibility::{
        rules::{Care, DateCriterion, ListQuery},
        wording::{care_label, format_list_days},
    },
    pages::{SystemResponse, render_failure},
    statement,
};

pub(crate) fn render_page(frame: &Frame, view: &ReceptionListPage) -> Markup {
    let language = frame.language;
    let mut document = Document::new(frame, view.purpose.title(language));
    if matches!(view.content, ReceptionListContent::WrongDay) {
        document = document.with_problems();
    }
    document.main(html! {
        (render_care_tabs(language, view))
        (render_search_form(language, view))
        @match &view.content {
            ReceptionListContent::WrongDay => {}
            ReceptionListContent::Requested(_, SystemResponse::Failed(refusal)) => {
                (render_failure(frame, refusal))
                @if view.purpose == ListPurpose::Eligibility { (statement::render_blank_link(language)) }
            }
            ReceptionListContent::Requested(query, SystemResponse::Received(ListResult::InProgress(number))) => {
                (components::notice(Tone::Info, language.t("一覧を作成しています", "The list is being made"), html! {
                    p { (language.t(
                        "システムで処理中です。少し待ってから、続きを確認してください。",
                        "The system is working on it. Wait a little, then look again."
                    )) }
                    @let searched_number = view.searched_number.map(|searched_number| format!("&reception={searched_number}")).unwrap_or_default();
                    (components::secondary_link(
                        &format!("{}&number={}{searched_number}", view.purpose.list_path(*query), number.as_str()),
                        language.t("続きを確認する", "Look again"),
                        None,
                    ))
                }))
            }
            ReceptionListContent::Requested(query, SystemResponse::Received(ListResult::Rows(rows))) => (render_list(language, view.purpose, *query, rows)),
        }
    })
}

/// The kinds of care, each with a list of its own.
fn render_care_tabs(language: Language, view: &ReceptionListPage) -> Markup {
    let current = view.criterion.care();
    let entries = Care::ALL.map(|care| {
        let criterion = match care {
            Care::Online if current == Care::Online => view.criterion,
            Care::Online => DateCriterion::Visit,
            Care::HomeVisit => DateCriterion::HomeVisit,
        };
        // The tab of the other care opens the list of today.
        let day = base::parse_date(&view.day).ok().filter(|_| care == current).unwrap_or(view.today);
        MenuEntry {
            href: view.purpose.list_path(ListQuery { criterion, day }),
            label: care_label(language, care).to_owned(),
            current: care == current,
        }
    });
    components::tabs(language.t("診療の種類", "Kind of care"), &entries)
}

fn render_search_form(language: Language, view: &ReceptionListPage) -> Markup {
    let wrong = matches!(view.content, ReceptionListContent::WrongDay);
    let message = language.t("年月日を正しく入力してください", "Enter a day of the calendar");
    let problems = [Problem { field: "day", message }];
    let criteria = [
        Choice::new(DateCriterion::Visit.as_str(), language.t("受診年月日", "Day of the visit (受診年月日)")),
        Choice::new(DateCriterion::Consent.as_str(), language.t("同意年月日", "Day of consent (同意年月日)")),
    ];
    let path = view.purpose.path();
    let day = match view.criterion.care() {
        Care::Online => Field::new(language, Input::Date, "day", language.t("年月日", "Day")),
        Care::HomeVisit => Field::new(language, Input::Date, "day", language.t("同意年月日（至）", "Consents to (同意年月日)"))
            .support(language.t(
                "この日までの3か月間に同意した患者を表示します。訪問診療等の同意は、取り消されるまで続きます。",
                "Shows who consented in the three months to this day. Consents for home visits hold until they are withdrawn.",
            )),
    };
    html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form(path, html! {
            (components::field_row(html! {
                @match view.criterion.care() {
                    Care::Online => (ChoiceGroup::radio(language, "by", language.t("取得する条件", "By"), &criteria).selected(view.criterion.as_str()).without_mark()),
                    Care::HomeVisit => (components::hidden_field("by", view.criterion.as_str())),
                }
                (day
                    .value(&view.day)
                    .width(Width::Middle)
                    .without_mark()
                    .error(wrong.then_some(message)))
            }))
            (components::primary_button(language.t("取得する", "Get the list"), Some(language.t(
                "システムに照会し、下に一覧を表示します。照会は記録されます。",
                "Asks the system and lists what it answers below. Each question is recorded there."
            ))))
        }))
        @if let Ok(day) = base::parse_date(&view.day) {
            (render_day_tabs(language, view, day))
        }
    }
}

/// Links to the day before, today and the day after; for 訪問診療等 to three months each.
fn render_day_tabs(language: Language, view: &ReceptionListPage, day: Date) -> Markup {
    let current = ListQuery { criterion: view.criterion, day };
    let entry = |list: ListQuery, label: &str| MenuEntry {
        href: view.purpose.list_path(list),
        label: label.to_owned(),
        current: list == current,
    };
    let (previous_label, next_label, today_label) = match view.criterion.care() {
        Care::Online => {
            (language.t("前の日", "Day before"), language.t("次の日", "Day after"), language.t("今日", "Today"))
        }
        Care::HomeVisit => (
            language.t("前の3か月", "Three months before"),
            language.t("次の3か月", "Three months after"),
            language.t("今日まで", "To today"),
        ),
    };
    let mut entries = Vec::new();
    if let Some(earlier) = current.previous_list() {
        entries.push(entry(earlier, previous_label));
    }
    entries.push(entry(current, &format_list_days(language, current)));
    if let Some(later) = current.next_list() {
        entries.push(entry(later, next_label));
    }
    if view.today != day {
        entries.push(entry(ListQuery { day: view.today, ..current }, today_label));
    }
    components::tabs(language.t("日を変える", "Other days"), &entries)
}
