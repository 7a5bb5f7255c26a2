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
    receptions::texts,
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
                (components::notice(Tone::Info, texts::THE_LIST_IS_BEING_MADE.in_language(language), html! {
                    p { (texts::SYSTEM_IS_WORKING_ON_IT.in_language(language)) }
                    @let searched_number = view.searched_number.map(|searched_number| format!("&reception={searched_number}")).unwrap_or_default();
                    (components::secondary_link(
                        &format!("{}&number={}{searched_number}", view.purpose.list_path(*query), number.as_str()),
                        texts::LOOK_AGAIN.in_language(language),
                        None,
                    ))
                }))
            }
            ReceptionListContent::Requested(query, SystemResponse::Received(ListResult::Rows(rows))) => (render_list(language, view, *query, rows)),
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
    components::tabs(texts::KIND_OF_CARE.in_language(language), &entries)
}

fn render_search_form(language: Language, view: &ReceptionListPage) -> Markup {
    let wrong = matches!(view.content, ReceptionListContent::WrongDay);
    let message = texts::ENTER_DAY_OF_CALENDAR.in_language(language);
    let problems = [Problem { field: "day", message }];
    let criteria = [
        Choice::new(DateCriterion::Visit.as_str(), texts::BY_DAY_OF_VISIT.in_language(language)),
        Choice::new(DateCriterion::Consent.as_str(), texts::BY_DAY_OF_CONSENT.in_language(language)),
    ];
    let path = view.purpose.path();
    let day = match view.criterion.care() {
        Care::Online => Field::new(language, Input::Date, "day", texts::DAY.in_language(language)),
        Care::HomeVisit => Field::new(language, Input::Date, "day", texts::CONSENTS_TO.in_language(language))
            .support(texts::SHOWS_CONSENTS_OF_THREE_MONTHS.in_language(language)),
    };
    html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form(path, html! {
            (components::field_row(html! {
                @match view.criterion.care() {
                    Care::Online => (ChoiceGroup::radio(language, "by", texts::BY.in_language(language), &criteria).selected(view.criterion.as_str()).without_mark()),
                    Care::HomeVisit => (components::hidden_field("by", view.criterion.as_str())),
                }
                (day
                    .value(&view.day)
                    .width(Width::Middle)
                    .without_mark()
                    .error(wrong.then_some(message)))
            }))
            (components::primary_button(texts::GET_THE_LIST.in_language(language), Some(texts::ASKS_SYSTEM_AND_LISTS_ANSWER.in_language(language))))
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
        Care::Online => (
            texts::DAY_BEFORE.in_language(language),
            texts::DAY_AFTER.in_language(language),
            texts::TODAY.in_language(language),
        ),
        Care::HomeVisit => (
            texts::THREE_MONTHS_BEFORE.in_language(language),
            texts::THREE_MONTHS_AFTER.in_language(language),
            texts::TO_TODAY.in_language(language),
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
    components::tabs(texts::OTHER_DAYS.in_language(language), &entries)
}
