//! The choice of a time: the week at a glance, then day by day.

use axum::extract::{Query, rejection::QueryRejection};
use base::{Date, InstitutionCode, Timestamp, end_of_day, start_of_day};
use jiff::ToSpan;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Frame, Language, MenuEntry,
    parts::{self, Tone},
};

use super::{emergency, specimen, when, with_query};
use crate::{
    Refusal,
    rules::{
        appointment::AppointmentId,
        institution::Institution,
        proof::LostByMoving,
        slot::{self, Opening},
    },
    store::Store,
};

/// Which week is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Week {
    week: String,
}

/// What the time is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new appointment with the menu of this number.
    Book { number: u32 },
    /// Another time for an appointment.
    Move { appointment: AppointmentId, from: Timestamp, lost: LostByMoving },
}

/// A week of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    monday: Date,
    days: Vec<Day>,
    /// The first day from that Monday on with a free time, in this week or a later one.
    free: Option<Date>,
}

/// A day and when a visit can begin on it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Day {
    date: Date,
    state: DayState,
}

/// What a day offers.
#[derive(Debug, Clone, PartialEq, Eq)]
enum DayState {
    /// It is over.
    Past,
    /// It is too far ahead.
    TooFar,
    /// The institution receives nobody.
    Closed { holiday: Option<String> },
    /// It receives patients; these times are free.
    Open(Vec<Timestamp>),
}

pub(super) struct View {
    pub(super) institution: Institution,
    pub(super) menu_name: String,
    pub(super) times: Times,
    pub(super) purpose: Purpose,
    pub(super) now: Timestamp,
}

/// The week that is asked for, within what can be booked; unasked, the first one with a free time.
pub(super) async fn times(
    store: &Store,
    code: InstitutionCode,
    (opening, minutes): (&Opening, u32),
    week: Result<Query<Week>, QueryRejection>,
    now: Timestamp,
) -> Result<Times, Refusal> {
    let today = now.japan_date();
    let last = slot::last_day(today);
    let asked = week.ok().and_then(|Query(week)| base::parse_date(&week.week).ok());
    let from = slot::monday_of(asked.unwrap_or(today).clamp(today, last));
    let taken = store.taken(code, start_of_day(from), end_of_day(last)).await?;
    let free = slot::first_free(opening, from, minutes, &taken, now);
    let monday = if asked.is_some() { from } else { free.map_or(from, slot::monday_of) };
    let day = |date| {
        let starts = slot::of_day(opening, date, minutes);
        let over = date < today || (date == today && starts.last().is_some_and(|start| *start <= now));
        let state = if over {
            DayState::Past
        } else if date > last {
            DayState::TooFar
        } else if starts.is_empty() {
            DayState::Closed { holiday: slot::holiday(date).filter(|_| opening.closed_on_holidays) }
        } else {
            DayState::Open(slot::free_of_day(opening, date, minutes, &taken, now))
        };
        Day { date, state }
    };
    Ok(Times { monday, days: monday.series(1.day()).take(7).map(day).collect(), free })
}

impl View {
    fn here(&self, monday: Date) -> String {
        let path = match self.purpose {
            Purpose::Book { number } => format!("/institutions/{}/menus/{number}", self.institution.code),
            Purpose::Move { appointment, .. } => format!("/appointments/{appointment}/move"),
        };
        with_query(&path, &[("week", &monday.to_string())])
    }

    fn choose(&self, start: Timestamp) -> String {
        let start = start.milliseconds().to_string();
        match self.purpose {
            Purpose::Book { number } => with_query(
                "/book",
                &[
                    ("institution", &self.institution.code.to_string()),
                    ("menu", &number.to_string()),
                    ("start", &start),
                ],
            ),
            Purpose::Move { appointment, .. } => {
                with_query(&format!("/appointments/{appointment}/move/confirm"), &[("start", &start)])
            }
        }
    }
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let (title, above) = match view.purpose {
        Purpose::Book { .. } => {
            let clinic = format!("/institutions/{}", view.institution.code);
            let before = [
                ("/", language.t("医療機関をさがす", "Find a clinic")),
                (clinic.as_str(), view.institution.name_in(language)),
            ];
            let title = language.t("日時を選ぶ", "Choose a time");
            (title, parts::breadcrumbs(language, &before, title))
        }
        Purpose::Move { appointment, .. } => {
            let detail = format!("/appointments/{appointment}");
            (
                language.t("新しい日時を選ぶ", "Choose another time"),
                parts::back_link(&detail, language.t("予約詳細に戻る", "Back to the appointment")),
            )
        }
    };
    Document::new(frame, title).above(above).main(html! {
        p { (view.institution.name_in(language)) (language.t(" ／ ", " · ")) (view.menu_name) }
        @match view.purpose {
            Purpose::Move { from, lost, .. } => (move_note(language, from, lost)),
            Purpose::Book { .. } => (emergency::line(language, view.institution.code)),
        }
        (nothing_free(language, view))
        (glance(language, view))
        (weeks(language, view))
        @for day in &view.times.days {
            @if let DayState::Open(starts) = &day.state { (day_section(language, view, day.date, starts)) }
        }
    })
}

fn move_note(language: Language, from: Timestamp, lost: LostByMoving) -> Markup {
    let now = html! { p { (language.t("今の予約：", "Now: ")) (when::moment(language, from)) } };
    let same_day =
        language.t("同じ日の時間だけを変える場合は、そのまま使えます。", "Moving within the same day changes nothing.");
    let (tone, heading, words) = match lost {
        LostByMoving::Nothing => return now,
        LostByMoving::Consent => (
            Tone::Warning,
            language
                .t("日付を変えると、保険の手続きは無効になります", "Another day voids what you did for your insurance"),
            language.t(
                "同意登録は診察日ごとに行うものです。日付を変えたら、新しい日付でもう一度お手続きください。",
                "Consent is registered for one day. After moving to another day, please do it again.",
            ),
        ),
        LostByMoving::LookAtPicture => (
            Tone::Info,
            language.t("送った画像は、日付を変えてもそのままです", "The picture that you sent stays"),
            language.t(
                "日付を変えると、新しい日付で有効な保険かどうかを、医療機関がもう一度確認します。",
                "After moving to another day, the clinic checks again whether the insurance is valid on it.",
            ),
        ),
        LostByMoving::Confirmation => (
            Tone::Info,
            language.t(
                "日付を変えると、医療機関がもう一度保険を確認します",
                "On another day the clinic checks your insurance again",
            ),
            language.t(
                "新しい日付で有効な保険かどうかを確認するためです。",
                "It checks whether the insurance is valid on the new day.",
            ),
        ),
    };
    parts::notice(tone, heading, html! { (now) p { (words) (language.t("", " ")) (same_day) } })
}

fn weeks(language: Language, view: &View) -> Markup {
    let today = view.now.japan_date();
    let monday = view.times.monday;
    let before = monday.saturating_sub(7.days());
    let after = monday.saturating_add(7.days());
    html! {
        nav aria-label=(language.t("週", "Week")) { (parts::buttons(html! {
            @if monday > slot::monday_of(today) {
                (parts::quiet_link(&view.here(before), language.t("前の週", "Week before")))
            }
            @if after <= slot::last_day(today) {
                (parts::quiet_link(&view.here(after), language.t("次の週", "Next week")))
            }
        })) }
    }
}

/// Where to go from a week in which nothing is free.
fn nothing_free(language: Language, view: &View) -> Markup {
    match view.times.free.map(|date| (date, slot::monday_of(date))) {
        Some((_, monday)) if monday == view.times.monday => Markup::default(),
        Some((date, monday)) => {
            let date = when::short_day(language, date);
            let label = match language {
                Language::Japanese => format!("{date}からの空きを見る"),
                Language::English => format!("See free times from {date}"),
            };
            parts::notice(
                Tone::Info,
                language.t("この週に空きはありません", "Nothing is free in this week"),
                parts::primary_link(&view.here(monday), &label, None),
            )
        }
        None => parts::notice(
            Tone::Warning,
            language.t("今予約できる日時がありません", "No time can be booked now"),
            html! {
                p { (language.t(
                    "空きが出ることがあります。後でもう一度見るか、医療機関に電話でご相談ください。",
                    "A time may become free. Look again later, or ask the clinic by telephone.",
                )) }
                p { (language.t("電話：", "Telephone: ")) (view.institution.phone) }
            },
        ),
    }
}

/// What a day says in the week's table.
fn state_text(language: Language, state: &DayState) -> String {
    match state {
        DayState::Past => language.t("終了", "Over").to_owned(),
        DayState::TooFar => language.t("まだ予約できません", "Not yet").to_owned(),
        DayState::Closed { holiday: Some(name) } => match language {
            Language::Japanese => format!("休診（{name}）"),
            Language::English => "Closed (holiday)".to_owned(),
        },
        DayState::Closed { holiday: None } => language.t("休診", "Closed").to_owned(),
        DayState::Open(starts) if starts.is_empty() => language.t("空きなし", "Full").to_owned(),
        DayState::Open(starts) => match language {
            Language::Japanese => format!("空き {}", starts.len()),
            Language::English => format!("{} free", starts.len()),
        },
    }
}

/// Every day of the week with how much of it is free.
fn glance(language: Language, view: &View) -> Markup {
    let said: Vec<_> = view
        .times
        .days
        .iter()
        .map(|day| {
            let free = matches!(&day.state, DayState::Open(starts) if !starts.is_empty());
            let href = free.then(|| format!("#day-{}", day.date));
            (when::short_day(language, day.date), state_text(language, &day.state), href)
        })
        .collect();
    let entries: Vec<_> =
        said.iter().map(|(name, says, href)| parts::DayEntry { name, says, href: href.as_deref() }).collect();
    parts::section(language.t("この週の空き状況", "This week at a glance"), parts::days(&entries))
}

fn day_section(language: Language, view: &View, date: Date, starts: &[Timestamp]) -> Markup {
    if starts.is_empty() {
        return Markup::default();
    }
    let name = when::short_day(language, date);
    let times: Vec<_> = starts
        .iter()
        .map(|start| MenuEntry { href: view.choose(*start), label: when::time(*start), current: false })
        .collect();
    html! { div id=(format!("day-{date}")) { (parts::section(&name, parts::times(&name, &times))) } }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let offer = specimen::offers().remove(0);
    let now = specimen::now();
    let monday = slot::monday_of(now.japan_date());
    let appointment = specimen::appointment_id();
    let day = |offset: i64, state| Day { date: monday.saturating_add(offset.days()), state };
    let starts = slot::of_day(&offer.opening, monday.saturating_add(2.days()), 15);
    let days = vec![
        day(0, DayState::Closed { holiday: Some("勤労感謝の日".to_owned()) }),
        day(1, DayState::Open(Vec::new())),
        day(2, DayState::Open(starts.clone())),
        day(3, DayState::Open(starts.into_iter().take(2).collect())),
        day(4, DayState::Closed { holiday: None }),
        day(5, DayState::Past),
        day(6, DayState::TooFar),
    ];
    let view = |purpose| View {
        institution: offer.institution.clone(),
        menu_name: offer.menus[0].name_in(language).to_owned(),
        times: Times { monday, days: days.clone(), free: Some(monday.saturating_add(2.days())) },
        purpose,
        now,
    };
    let book = Purpose::Book { number: 1 };
    let nothing_free = |free| {
        let full = |offset: i64| Day { date: monday.saturating_add(offset.days()), state: DayState::Open(Vec::new()) };
        View { times: Times { monday, days: (0..7).map(full).collect(), free }, ..view(book) }
    };
    let frame = specimen::frame(language, "/", None);
    let person = specimen::person();
    let signed_in = specimen::frame(language, "/", Some(&person));
    let moving = |lost| Purpose::Move { appointment, from: now, lost };
    vec![
        ("slots/book".to_owned(), page(&frame, &view(book))),
        ("slots/week-full".to_owned(), page(&frame, &nothing_free(Some(monday.saturating_add(8.days()))))),
        ("slots/all-full".to_owned(), page(&frame, &nothing_free(None))),
        ("slots/move".to_owned(), page(&signed_in, &view(moving(LostByMoving::Consent)))),
        ("slots/move-nothing-done".to_owned(), page(&signed_in, &view(moving(LostByMoving::Nothing)))),
        ("slots/move-picture".to_owned(), page(&signed_in, &view(moving(LostByMoving::LookAtPicture)))),
        ("slots/move-confirmed".to_owned(), page(&signed_in, &view(moving(LostByMoving::Confirmation)))),
    ]
}
