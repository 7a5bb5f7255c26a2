//! The visits of a day.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Timestamp, parse_date};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame, MenuEntry,
    components::{self, ButtonStyle, Column, DateField, Table},
    icon,
};
use web::{Access, Form, Routes, Visitor};

use super::{
    day_export::day_export_path,
    day_sheet::day_sheet_path,
    frame::{desk_frame, require_staff},
    labels, patient_identity,
    patients::BOOKING_PATH,
    search::SEARCH_PATH,
    week::week_path,
};
use crate::{
    appointments::rules::AppointmentStatus,
    clinic::{
        rules::urgency::{UrgencyBand, VisitTime, minutes_until, needs_action, urgency_band},
        store::visits::{DayListAccess, DayVisit, DeskDay},
        texts,
    },
    context::Context,
    practitioners::rules::practitioner::{Practitioner, PractitionerId},
    proof::rules::next_steps::{DeskNextStep, determine_standing},
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk", Access::Anyone, get(|| async { Redirect::to("/desk/visits") }))
        .page("/desk/visits", Access::SignedIn, get(show_day_list))
        .action("/desk/news", Access::SignedIn, post(mark_news_seen))
}

#[derive(Deserialize)]
struct DeskDayQuery {
    date: Option<String>,
    date_year: Option<String>,
    date_month: Option<String>,
    date_day: Option<String>,
    show: Option<String>,
    /// The doctor whose visits are shown; those of all without one.
    doctor: Option<String>,
    /// Present if the script of the page refreshes the list.
    #[serde(rename = "renew")]
    refresh: Option<String>,
}

impl DeskDayQuery {
    /// The day from a link (`date`) or from the form (its three fields); today if neither is a date.
    fn date_or_today(&self, today: Date) -> Date {
        let entered_date = || {
            let number = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().parse::<i16>().ok();
            let (year, month, day) = (number(&self.date_year)?, number(&self.date_month)?, number(&self.date_day)?);
            Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
        };
        self.date.as_deref().and_then(|date| parse_date(date).ok()).or_else(entered_date).unwrap_or(today)
    }
}

async fn show_day_list(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskDayQuery>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let today = visitor.now().japan_date();
    let date = query.date_or_today(today);
    let filter = if query.show.as_deref() == Some("todo") { DayFilter::NeedsAction } else { DayFilter::All };
    let access = if query.refresh.is_some() { DayListAccess::Refreshed } else { DayListAccess::Opened };
    let day = context.store.load_desk_day(staff.clone(), date, access, visitor.now()).await?;
    let doctor = query.doctor.as_deref().and_then(|doctor| doctor.parse().ok());
    let doctor = doctor.filter(|wanted| day.practitioners.iter().any(|doctor| doctor.id == *wanted));
    let view = DeskDayPage { date, today, now: visitor.now(), filter, doctor, day };
    Ok(render_day_page(&desk_frame(visitor.frame(), Some(&staff)), &view).into_response())
}

#[derive(Deserialize)]
struct MarkNewsSeenForm {
    /// The newest event that the list showed, in milliseconds since 1970.
    seen_until: i64,
    date: String,
}

async fn mark_news_seen(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<MarkNewsSeenForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let seen = Timestamp::from_milliseconds(form.seen_until).min(visitor.now());
    context.store.mark_news_seen(staff, seen).await.map_err(Refusal::from)?;
    let list = match parse_date(&form.date) {
        Ok(date) => format!("/desk/visits?date={date}"),
        Err(_) => "/desk/visits".to_owned(),
    };
    Ok(Redirect::to(&list).into_response())
}

/// How often the script of the page refreshes the list.
const REFRESH_INTERVAL_MILLISECONDS: u32 = 15_000;

pub(crate) struct DeskDayPage {
    pub(crate) date: Date,
    pub(crate) today: Date,
    pub(crate) now: Timestamp,
    pub(crate) filter: DayFilter,
    /// The doctor whose visits are shown; None for those of all.
    pub(crate) doctor: Option<PractitionerId>,
    pub(crate) day: DeskDay,
}

impl DeskDayPage {
    fn find_practitioner(&self, id: PractitionerId) -> Option<&Practitioner> {
        self.day.practitioners.iter().find(|practitioner| practitioner.id == id)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayFilter {
    All,
    NeedsAction,
}

/// A visit with its urgency and next step at this time.
struct DeskDayRow<'v> {
    line: &'v DayVisit,
    band: UrgencyBand,
    next_step: DeskNextStep,
}

impl DeskDayRow<'_> {
    fn needs_action(&self) -> bool {
        needs_action(self.band, self.line.appointment.status, self.next_step)
    }

    fn visit_path(&self) -> String {
        format!("/desk/visits/{}", self.line.appointment.id)
    }
}

impl DeskDayPage {
    fn list_rows(&self) -> Vec<DeskDayRow<'_>> {
        let row = |line| DeskDayRow { line, band: self.band(line), next_step: self.next_step(line) };
        let is_shown = |line: &&DayVisit| self.doctor.is_none_or(|doctor| doctor == line.appointment.practitioner);
        self.day.visits.iter().filter(is_shown).map(row).collect()
    }

    fn next_step(&self, line: &DayVisit) -> DeskNextStep {
        determine_standing(&line.appointment, self.day.proof_method, line.proof.as_ref(), self.now).desk_step
    }

    fn band(&self, line: &DayVisit) -> UrgencyBand {
        urgency_band(VisitTime::from(&line.appointment), line.proof.as_ref(), self.now)
    }
}

/// The address of the list of a day: of all doctors or of one.
pub(super) fn day_path(date: Date, filter: DayFilter, doctor: Option<PractitionerId>) -> String {
    let mut path = format!("/desk/visits?date={date}");
    if filter == DayFilter::NeedsAction {
        path.push_str("&show=todo");
    }
    if let Some(doctor) = doctor {
        path.push_str("&doctor=");
        path.push_str(&doctor.to_string());
    }
    path
}

/// The visits of each doctor who has some on this day, where there are several.
fn render_doctor_tabs(language: Language, view: &DeskDayPage) -> Markup {
    let has_visit = |doctor: &&Practitioner| {
        view.doctor == Some(doctor.id) || view.day.visits.iter().any(|line| line.appointment.practitioner == doctor.id)
    };
    let doctors: Vec<_> = view.day.practitioners.iter().filter(has_visit).collect();
    if doctors.len() < 2 {
        return html! {};
    }
    let entry = |doctor: Option<PractitionerId>, label: &str| MenuEntry {
        href: day_path(view.date, view.filter, doctor),
        label: label.to_owned(),
        current: view.doctor == doctor,
    };
    let mut entries = vec![entry(None, texts::ALL_DOCTORS.in_language(language))];
    entries.extend(doctors.iter().map(|doctor| entry(Some(doctor.id), doctor.details.name_in(language))));
    components::tabs(texts::DOCTORS.in_language(language), &entries)
}

/// 予約一覧
pub(crate) fn render_day_page(frame: &Frame, view: &DeskDayPage) -> Markup {
    let language = frame.language;
    let day = dates::format_date(language, view.date);
    let title = if view.date == view.today {
        format!("{}{day}", texts::TODAY_LABEL.in_language(language))
    } else {
        format!("{}{day}", texts::VISITS_ON.in_language(language))
    };
    let main = html! {
        (render_auto_refreshed_part(frame, view))
        (render_other_day_form(language, view))
        (components::buttons(html! {
            (components::secondary_link(BOOKING_PATH, texts::BOOK_FOR_A_PATIENT.in_language(language), None))
            (components::quiet_link(SEARCH_PATH, texts::FIND_A_VISIT.in_language(language)))
            (components::quiet_link(&day_sheet_path(view.date, view.doctor), texts::PRINT_THE_DAY.in_language(language)))
            (components::quiet_link(&day_export_path(view.date), texts::DOWNLOAD_THE_DAY.in_language(language)))
        }))
    };
    Document::new(frame, &title).above_heading(render_day_tabs(language, view)).wide().main(main)
}

/// The part of the page that the script refreshes. The live region that announces changes is outside of it, so that each
/// change is announced once.
fn render_auto_refreshed_part(frame: &Frame, view: &DeskDayPage) -> Markup {
    let language = frame.language;
    let rows = view.list_rows();
    let shown_rows: Vec<&DeskDayRow<'_>> =
        rows.iter().filter(|row| view.filter == DayFilter::All || row.needs_action()).collect();
    html! {
        div.renewed data-renew={ (day_path(view.date, view.filter, view.doctor)) "&renew=1" } data-every=(REFRESH_INTERVAL_MILLISECONDS)
            data-new=(texts::NEW_VISITS_N.in_language(language))
            data-changed=(texts::CHANGED_VISITS_N.in_language(language))
            data-trouble=(texts::NOT_UP_TO_DATE.in_language(language)) {
            (render_counts(language, view, &rows))
            (render_phone_list(language, view, &shown_rows))
            (render_news(frame, view))
            (render_doctor_tabs(language, view))
            (render_filter_tabs(language, view, &rows))
            @if shown_rows.is_empty() { (render_empty_day(language, view)) } @else { (render_urgency_bands(language, view, &shown_rows)) }
        }
        p.renewed-said role="status" {}
    }
}

#[expect(clippy::redundant_closure_for_method_calls, reason = "the method is of one lifetime, the kind of all")]
fn render_counts(language: Language, view: &DeskDayPage, rows: &[DeskDayRow<'_>]) -> Markup {
    let count = |kind: fn(&DeskDayRow<'_>) -> bool| rows.iter().filter(|row| kind(row)).count();
    let parts = [
        (texts::TO_PHONE.in_language(language), count(|row| row.band == UrgencyBand::Telephone)),
        (texts::NEEDS_ACTION.in_language(language), count(|row| row.needs_action())),
        (
            texts::READY.in_language(language),
            count(|row| row.next_step == DeskNextStep::SeePatient && row.band != UrgencyBand::Over),
        ),
        (texts::OVER.in_language(language), count(|row| row.band == UrgencyBand::Over)),
    ];
    html! {
        p.counts {
            span { (texts::UPDATED.in_language(language)) b { (dates::format_time(view.now)) } }
            @for (label, number) in parts { span { (label) " " b { (number) } } }
            a href=(day_path(view.date, view.filter, view.doctor)) { (texts::UPDATE_NOW.in_language(language)) }
        }
    }
}

/// The patients to telephone now; the first part of the page.
fn render_phone_list(language: Language, view: &DeskDayPage, rows: &[&DeskDayRow<'_>]) -> Markup {
    let calls: Vec<_> = rows.iter().filter(|row| row.band == UrgencyBand::Telephone).collect();
    html! {
        @if !calls.is_empty() {
            section.calls {
                h2 { (icon::warning()) (counted_heading(language, texts::PHONE_NOW.in_language(language), calls.len())) }
                ul { @for (index, row) in calls.into_iter().enumerate() {
                    (render_phone_entry(language, view, row, if index == 0 { ButtonStyle::Primary } else { ButtonStyle::Secondary }))
                } }
            }
        }
    }
}

fn render_phone_entry(language: Language, view: &DeskDayPage, row: &DeskDayRow<'_>, style: ButtonStyle) -> Markup {
    let appointment = &row.line.appointment;
    let patient = &row.line.patient;
    let phone = patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    html! {
        li data-row {
            (render_row_marker(row))
            p.call-who {
                b { (dates::format_time(appointment.visit_start)) } " " (render_time_left(language, view, row)) " "
                (patient_identity::render_patient_cell(language, patient, appointment.visit_date()))
            }
            p { (labels::render_patient_side(language, row.line.proof.as_ref(), view.now)) }
            div.buttons {
                @match phone {
                    Some(number) => (patient_identity::render_phone_button(language, number, style)),
                    None => p { (texts::THERE_IS_NO_TELEPHONE_NUMBER.in_language(language)) },
                }
                (components::quiet_link(&row.visit_path(), texts::OPEN_THE_VISIT.in_language(language)))
            }
        }
    }
}

/// The id and version of a row, by which the script detects new and changed rows.
fn render_row_marker(row: &DeskDayRow<'_>) -> Markup {
    html! { span hidden data-visit=(row.line.appointment.id) data-state=(row.line.seen_version()) {} }
}

fn render_time_left(language: Language, view: &DeskDayPage, row: &DeskDayRow<'_>) -> Markup {
    let start = row.line.appointment.visit_start;
    html! {
        @match (row.band, minutes_until(start, view.now)) {
            (UrgencyBand::Over | UrgencyBand::Later, _) => {},
            (_, Some(minutes_left)) => small { (texts::minutes_left(language, minutes_left)) },
            (_, None) => small { (texts::BEGUN.in_language(language)) },
        }
    }
}

/// The events since the staff member last marked all as seen.
fn render_news(frame: &Frame, view: &DeskDayPage) -> Markup {
    let language = frame.language;
    let news = &view.day.news;
    let Some(newest) = news.events.first() else { return html! {} };
    let start = if news.since.japan_date() == view.today {
        dates::format_time(news.since)
    } else {
        dates::format_short_date_time(language, news.since)
    };
    let summary = texts::new_since(language, start, news.events.len());
    html! {
        details.disclosure id="news" {
            summary { (icon::bell()) (summary) }
            div {
                ul {
                    @for item in &news.events {
                        li {
                            (dates::format_short_date_time(language, item.occurred_at)) " "
                            a href={ "/desk/visits/" (item.appointment) } {
                                (item.event.text().in_language(language))
                                (language.in_brackets(&dates::format_short_date_time(language, item.visit_start)))
                            }
                        }
                    }
                }
                (components::form(frame, "/desk/news", html! {
                    (components::hidden_field("seen_until", &newest.occurred_at.milliseconds().to_string()))
                    (components::hidden_field("date", &view.date.to_string()))
                    (components::secondary_button(texts::I_HAVE_SEEN_THEM_ALL.in_language(language), None))
                }))
            }
        }
    }
}

fn render_day_tabs(language: Language, view: &DeskDayPage) -> Markup {
    let entry = |date: Date, label: &str| MenuEntry {
        href: day_path(date, view.filter, view.doctor),
        label: label.to_owned(),
        current: date == view.date,
    };
    let mut entries = Vec::new();
    if let Ok(before) = view.date.yesterday() {
        entries.push(entry(before, texts::PREVIOUS_DAY.in_language(language)));
    }
    entries.push(entry(view.today, texts::TODAY.in_language(language)));
    if let Ok(after) = view.date.tomorrow() {
        entries.push(entry(after, texts::NEXT_DAY.in_language(language)));
    }
    let week = texts::WEEK.in_language(language).to_owned();
    entries.push(MenuEntry { href: week_path(view.date), label: week, current: false });
    components::tabs(texts::DAY.in_language(language), &entries)
}

fn render_filter_tabs(language: Language, view: &DeskDayPage, rows: &[DeskDayRow<'_>]) -> Markup {
    let to_do = rows.iter().filter(|row| row.needs_action()).count();
    let entry = |filter: DayFilter, label: &str, visits: usize| MenuEntry {
        href: day_path(view.date, filter, view.doctor),
        label: label.to_owned() + &language.in_brackets(&visits.to_string()),
        current: view.filter == filter,
    };
    components::tabs(
        texts::WHICH_VISITS.in_language(language),
        &[
            entry(DayFilter::All, texts::ALL.in_language(language), rows.len()),
            entry(DayFilter::NeedsAction, texts::NEEDS_ACTION.in_language(language), to_do),
        ],
    )
}

fn render_urgency_bands(language: Language, view: &DeskDayPage, rows: &[&DeskDayRow<'_>]) -> Markup {
    let of_band =
        |band: UrgencyBand| -> Vec<&DeskDayRow<'_>> { rows.iter().copied().filter(|row| row.band == band).collect() };
    let all_over = rows.iter().all(|row| row.band == UrgencyBand::Over);
    html! {
        @for (band, name) in [
            (UrgencyBand::Now, texts::NOW.in_language(language)),
            (UrgencyBand::Soon, texts::IN_THE_NEXT_30_MINUTES.in_language(language)),
            (UrgencyBand::Later, texts::LATER.in_language(language)),
        ] {
            @let band_rows = of_band(band);
            @if !band_rows.is_empty() { (components::section(&counted_heading(language, name, band_rows.len()), render_visit_table(language, view, name, &band_rows))) }
        }
        @let over = of_band(UrgencyBand::Over);
        @if !over.is_empty() {
            @let name = texts::OVER.in_language(language);
            details.disclosure.wide-fold id="over" open[all_over] {
                summary { (over_summary(language, &over)) }
                div { (render_visit_table(language, view, name, &over)) }
            }
        }
    }
}

fn counted_heading(language: Language, name: &str, number: usize) -> String {
    format!("{name}{}", language.in_brackets(&number.to_string()))
}

fn over_summary(language: Language, over: &[&DeskDayRow<'_>]) -> String {
    let open = over.iter().filter(|row| row.needs_action()).count();
    let name = counted_heading(language, texts::OVER.in_language(language), over.len());
    if open == 0 { name } else { texts::not_yet_marked_as_held(language, name, open) }
}

fn render_visit_table(language: Language, view: &DeskDayPage, name: &str, rows: &[&DeskDayRow<'_>]) -> Markup {
    let columns = [
        Column::single_line(texts::TIME.in_language(language)),
        Column::single_line(texts::PATIENT.in_language(language)),
        Column::text(texts::MENU_DOCTOR.in_language(language)),
        Column::text(texts::PATIENTS_SIDE.in_language(language)),
        Column::text(texts::DESKS_SIDE.in_language(language)),
        Column::single_line(texts::NEXT.in_language(language)),
    ];
    let caption = format!("{}{}", texts::VISITS_LABEL.in_language(language), name);
    let table = Table::new(&caption, &columns)
        .hide_caption()
        .rows(rows.iter().map(|row| render_visit_row(language, view, row)).collect());
    html! { (table) }
}

fn render_visit_row(language: Language, view: &DeskDayPage, row: &DeskDayRow<'_>) -> Vec<Markup> {
    let line = row.line;
    let appointment = &line.appointment;
    let phone = line.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
    vec![
        html! {
            (render_row_marker(row))
            a href=(row.visit_path()) { (dates::format_time(appointment.visit_start)) } " "
            (render_time_left(language, view, row))
            @if let Some(expected_at) = appointment.expected_at { br; small { (texts::expected_at(language, dates::format_time(expected_at))) } }
        },
        html! { div {
            (patient_identity::render_patient_cell(language, &line.patient, appointment.visit_date()))
            @if let Some(number) = phone { br; (patient_identity::render_phone_link(number)) }
        } },
        html! { div {
            (appointment.menu.name_in(language)) (language.in_brackets(appointment.menu.charge.name(language)))
            @if let Some(doctor) = view.find_practitioner(appointment.practitioner) { br; small { (doctor.details.name_in(language)) } }
        } },
        html! { div { (labels::render_patient_side(language, line.proof.as_ref(), view.now)) } },
        html! { div {
            (labels::render_status_badge(language, appointment.status))
            @if appointment.status == AppointmentStatus::Booked { (labels::render_desk_side(language, line.proof.as_ref())) }
        } },
        if row.needs_action() {
            components::secondary_link(&row.visit_path(), row_next_step_label(language, row), None)
        } else {
            components::quiet_link(&row.visit_path(), row_next_step_label(language, row))
        },
    ]
}

fn row_next_step_label(language: Language, row: &DeskDayRow<'_>) -> &'static str {
    if row.band == UrgencyBand::Over && row.needs_action() {
        texts::MARK_AS_HELD.in_language(language)
    } else {
        labels::next_step_label(language, row.next_step)
    }
}

fn render_empty_day(language: Language, view: &DeskDayPage) -> Markup {
    let (heading, body) = match view.filter {
        DayFilter::All => {
            (texts::NO_VISITS_ON_THIS_DAY.in_language(language), texts::VISITS_APPEAR_HERE.in_language(language))
        }
        DayFilter::NeedsAction => (
            texts::NOTHING_NEEDS_ACTION.in_language(language),
            texts::WHAT_PATIENTS_SEND_APPEARS_HERE.in_language(language),
        ),
    };
    components::empty_state(heading, html! { p { (body) } })
}

fn render_other_day_form(language: Language, view: &DeskDayPage) -> Markup {
    let (year, month, day) = (view.date.year().to_string(), view.date.month().to_string(), view.date.day().to_string());
    components::disclosure(
        texts::OPEN_ANOTHER_DAY.in_language(language),
        components::search_form(
            "/desk/visits",
            html! {
                (DateField::new(language, "date", texts::DAY.in_language(language)).value(&year, &month, &day))
                (components::secondary_button(texts::OPEN_THIS_DAY.in_language(language), None))
            },
        ),
    )
}
