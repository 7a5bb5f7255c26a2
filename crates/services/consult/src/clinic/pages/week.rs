//! The visits of a week: a column for each day, a row for each doctor.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::{Date, Timestamp, end_of_day, parse_date};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame, MenuEntry,
    components::{self, BadgeTone, Column, Table},
};
use web::{Access, Routes, Visitor};

use super::{
    day::{DayFilter, day_path},
    frame::{desk_frame, require_staff},
};
use crate::{
    clinic::{
        rules::week::{ClosedPart, VisitCounts, Week, closed_part, count_visits},
        store::week::DeskWeek,
        texts,
    },
    context::Context,
    practitioners::rules::practitioner::{Employment, Practitioner, PractitionerId},
    schedule::rules::{opening::holiday_name, practitioner_schedule::Closure},
};

const WEEK_PATH: &str = "/desk/week";

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(WEEK_PATH, Access::SignedIn, get(show_week))
}

/// The address of the week of a day.
pub(super) fn week_path(day: Date) -> String {
    format!("{WEEK_PATH}?date={day}")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DeskWeekQuery {
    date: String,
}

async fn show_week(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<DeskWeekQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let date = query.ok().and_then(|Query(query)| parse_date(&query.date).ok());
    let week = Week::from_day(date.unwrap_or(visitor.now().japan_date()));
    let page = DeskWeekPage { week, now: visitor.now(), content: context.store.load_desk_week(&staff, week).await? };
    Ok(render_week_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

pub(crate) struct DeskWeekPage {
    pub(crate) week: Week,
    pub(crate) now: Timestamp,
    pub(crate) content: DeskWeek,
}

impl DeskWeekPage {
    /// The doctors with a row: those who receive patients, and those who have left with visits in this week.
    fn list_doctors(&self) -> impl Iterator<Item = &Practitioner> {
        let has_visit = |doctor: &Practitioner| self.content.visits.iter().any(|visit| visit.practitioner == doctor.id);
        self.content
            .practitioners
            .iter()
            .filter(move |doctor| doctor.employment == Employment::Active || has_visit(doctor))
    }

    /// The visits of a day: of one doctor, or of all.
    fn count(&self, day: Date, doctor: Option<PractitionerId>) -> VisitCounts {
        let of_cell = self.content.visits.iter().filter(|visit| {
            visit.time.start.japan_date() == day && doctor.is_none_or(|doctor| doctor == visit.practitioner)
        });
        count_visits(of_cell, self.content.proof_method, self.now)
    }

    /// The closures of a day: of one doctor, or of the whole institution.
    fn list_closures(&self, day: Date, doctor: Option<PractitionerId>) -> impl Iterator<Item = (&Closure, ClosedPart)> {
        let closures = self.content.closures.iter().filter(move |closure| closure.practitioner == doctor);
        closures.filter_map(move |closure| Some((closure, closed_part(closure.period, day)?)))
    }
}

pub(crate) fn render_week_page(frame: &Frame, page: &DeskWeekPage) -> Markup {
    let language = frame.language;
    let days = texts::week_from_to(
        language,
        dates::format_date(language, page.week.first_day()),
        dates::format_date(language, page.week.last_day()),
    );
    let title = format!("{}{days}", texts::VISITS_OF_THE_WEEK.in_language(language));
    Document::new(frame, &title)
        .above_heading(render_week_tabs(language, page))
        .wide()
        .main(render_week_table(language, page, &title))
}

fn render_week_tabs(language: Language, page: &DeskWeekPage) -> Markup {
    let this_week = Week::from_day(page.now.japan_date());
    let entry = |week: Week, label: &str| MenuEntry {
        href: week_path(week.first_day()),
        label: label.to_owned(),
        current: week == page.week,
    };
    let day = MenuEntry {
        href: day_path(page.week.first_day(), DayFilter::All, None),
        label: texts::VISITS.in_language(language).to_owned(),
        current: false,
    };
    components::tabs(
        texts::WEEK.in_language(language),
        &[
            entry(page.week.previous(), texts::PREVIOUS_WEEK.in_language(language)),
            entry(this_week, texts::THIS_WEEK.in_language(language)),
            entry(page.week.next(), texts::NEXT_WEEK.in_language(language)),
            day,
        ],
    )
}

fn render_week_table(language: Language, page: &DeskWeekPage, caption: &str) -> Markup {
    let days = page.week.days();
    let labels = days.map(|day| dates::format_short_date(language, day));
    let columns: Vec<_> = std::iter::once(texts::DOCTOR.in_language(language))
        .chain(labels.iter().map(String::as_str))
        .map(Column::text)
        .collect();
    let row = |doctor: Option<&Practitioner>| {
        let name = match doctor {
            Some(doctor) => doctor.details.name_in(language),
            None => texts::ALL_DOCTORS.in_language(language),
        };
        let cells = days.iter().map(|day| render_cell(language, page, *day, doctor.map(|doctor| doctor.id)));
        std::iter::once(html! { (name) }).chain(cells).collect()
    };
    let rows = std::iter::once(row(None)).chain(page.list_doctors().map(|doctor| row(Some(doctor)))).collect();
    let table = Table::new(caption, &columns).hide_caption().rows(rows);
    html! { div.week { (table) } }
}

fn render_cell(language: Language, page: &DeskWeekPage, day: Date, doctor: Option<PractitionerId>) -> Markup {
    let counts = page.count(day, doctor);
    let numbers = [
        (BadgeTone::Attention, counts.missing_proof, texts::proof_missing_counted(language, counts.missing_proof)),
        (BadgeTone::Accent, counts.needs_action, texts::needs_action_counted(language, counts.needs_action)),
        (BadgeTone::Good, counts.held, texts::held_counted(language, counts.held)),
    ];
    html! {
        div {
            @if doctor.is_none() { (render_holiday(language, page, day)) }
            @for (closure, part) in page.list_closures(day, doctor) {
                p { (format_closure(language, closure, part, day)) }
            }
            a href=(day_path(day, DayFilter::All, doctor)) { (texts::visits_counted(language, counts.visits)) }
            @for (tone, number, label) in &numbers {
                @if *number > 0 { (components::badge(*tone, label)) }
            }
        }
    }
}

/// The holiday of a day, and whether the clinic is closed for it.
fn render_holiday(language: Language, page: &DeskWeekPage, day: Date) -> Markup {
    let Some(holiday) = holiday_name(day) else { return html! {} };
    html! {
        p {
            @if page.content.closed_on_holidays {
                (texts::CLOSED.in_language(language)) (language.in_brackets(&holiday))
            } @else {
                (holiday)
            }
        }
    }
}

/// 休診 9:00〜12:00（学会）
fn format_closure(language: Language, closure: &Closure, part: ClosedPart, day: Date) -> String {
    let mut text = match part {
        ClosedPart::WholeDay => texts::CLOSED.in_language(language).to_owned(),
        ClosedPart::Hours(period) => {
            let end =
                if period.end() == end_of_day(day) { "24:00".to_owned() } else { dates::format_time(period.end()) };
            texts::closed_from_to(language, dates::format_time(period.start()), end)
        }
    };
    if let Some(reason) = &closure.reason {
        text.push_str(&language.in_brackets(reason.in_language(language)));
    }
    text
}
