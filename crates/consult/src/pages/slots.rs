//! The choice of a time: the earliest one, then the week, one day of it unfolded.

use axum::{
    extract::{Query, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use base::{Date, Digest, InstitutionCode, Timestamp, end_of_day, start_of_day};
use jiff::ToSpan;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Frame, Language, Refuse,
    parts::{self, DayContent, Tone},
};

use super::{emergency, notices::telephone_link, specimen, when, with_query};
use crate::{
    Refusal,
    rules::{
        appointment::AppointmentId,
        institution::Institution,
        proof::LostByMoving,
        slot::{self, NotASlot, Opening},
    },
    store::Store,
};

/// At most so many free times are few.
const FEW: usize = 2;

/// Which week is asked for, and which day of it shall be unfolded.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Week {
    week: String,
    day: String,
}

impl Week {
    /// The week in an address; what cannot be read asks for none.
    pub(super) fn from_query(query: Result<Query<Self>, QueryRejection>) -> Self {
        query.map(|Query(week)| week).unwrap_or_default()
    }

    /// The week that a time lies in, with its day unfolded.
    pub(super) fn around(start: Timestamp) -> Self {
        Self { week: String::new(), day: start.japan_date().to_string() }
    }
}

/// What the time is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// A new appointment with the menu of this number.
    Book { number: u32 },
    /// Another time for an appointment.
    Move { appointment: AppointmentId, from: Timestamp, lost: LostByMoving },
}

/// A time that was chosen and can no longer be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LostTime {
    start: Timestamp,
    reason: LossReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LossReason {
    /// Another patient has it.
    Taken,
    /// It has passed, or the institution has closed it.
    Over,
}

impl LostTime {
    /// The time that was refused, where choosing another one is what to do.
    pub(super) fn from_refusal(refusal: &Refusal, start: Timestamp) -> Option<Self> {
        let reason = match refusal {
            Refusal::SlotTaken => LossReason::Taken,
            Refusal::NotASlot(NotASlot::Past | NotASlot::Closed) => LossReason::Over,
            _ => return None,
        };
        Some(Self { start, reason })
    }
}

/// A week of an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Times {
    monday: Date,
    days: Vec<Day>,
    /// The first day from that Monday on with a free time, in this week or a later one.
    free: Option<Date>,
    /// The day that is unfolded.
    unfolded: Option<Date>,
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

impl Day {
    fn free(&self) -> &[Timestamp] {
        if let DayState::Open(starts) = &self.state { starts } else { &[] }
    }
}

pub(super) struct View {
    pub(super) institution: Institution,
    pub(super) menu_name: String,
    pub(super) times: Times,
    pub(super) purpose: Purpose,
    pub(super) now: Timestamp,
    /// For how long a time is held that is chosen here.
    pub(super) hold_minutes: u16,
    pub(super) lost: Option<LostTime>,
}

/// The week that is asked for, within what can be booked; unasked, the first one with a free time. What the browser itself
/// holds is free for it.
pub(super) async fn load_times(
    store: &Store,
    code: InstitutionCode,
    (opening, minutes): (&Opening, u32),
    week: &Week,
    (browser, now): (Digest, Timestamp),
) -> Result<Times, Refusal> {
    let today = now.japan_date();
    let last = slot::last_day(today);
    let asked_day = base::parse_date(&week.day).ok();
    let asked = asked_day.or_else(|| base::parse_date(&week.week).ok());
    let from = slot::monday_of(asked.unwrap_or(today).clamp(today, last));
    let taken = store.find_taken_units(code, (start_of_day(from), end_of_day(last)), browser, now).await?;
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
    let days: Vec<_> = monday.series(1.day()).take(7).map(day).collect();
    Ok(Times { monday, unfolded: choose_unfolded(&days, asked_day), days, free })
}

/// The day that is asked for, if something is free on it, else the first on which something is.
fn choose_unfolded(days: &[Day], asked: Option<Date>) -> Option<Date> {
    let free = || days.iter().filter(|day| !day.free().is_empty());
    free().find(|day| Some(day.date) == asked).or_else(|| free().next()).map(|day| day.date)
}

impl View {
    fn path(&self) -> String {
        match self.purpose {
            Purpose::Book { number } => format!("/institutions/{}/menus/{number}", self.institution.code),
            Purpose::Move { appointment, .. } => format!("/appointments/{appointment}/move"),
        }
    }

    fn here(&self, monday: Date) -> String {
        with_query(&self.path(), &[("week", &monday.to_string())])
    }

    /// The earliest free time of the week.
    fn earliest(&self) -> Option<Timestamp> {
        self.times.days.iter().find_map(|day| day.free().first().copied())
    }
}

/// The page as the answer to a request whose time was lost: the same menu's times, on the same day.
pub(super) fn answer_lost_time(frame: Frame, view: &View, refusal: &Refusal) -> Response {
    metrics::counter!("uketsuke_chosen_times_lost_total").increment(1);
    // The page stands at the address of a form, which shows nothing by itself.
    let here = view
        .times
        .unfolded
        .map_or_else(|| view.here(view.times.monday), |day| with_query(&view.path(), &[("day", &day.to_string())]));
    (refusal.status(), page(&Frame { here, ..frame }, view)).into_response()
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let (title, above) = match view.purpose {
        Purpose::Book { .. } => (
            language.t("日時を選ぶ", "Choose a time"),
            parts::back_link(&format!("/institutions/{}", view.institution.code), view.institution.name_in(language)),
        ),
        Purpose::Move { appointment, .. } => (
            language.t("新しい日時を選ぶ", "Choose another time"),
            parts::back_link(
                &format!("/appointments/{appointment}"),
                language.t("予約詳細に戻る", "Back to the appointment"),
            ),
        ),
    };
    let description = match language {
        Language::Japanese => {
            format!(
                "{}の「{}」の空いている日時を見て予約できます。",
                view.institution.name_in(language),
                view.menu_name
            )
        }
        Language::English => {
            format!("Free times of {} at {}. Choose one to book.", view.menu_name, view.institution.name_in(language))
        }
    };
    Document::new(frame, title).description(&description).above(above).main(html! {
        @if let Some(lost) = view.lost { (lost_note(language, view.purpose, lost)) }
        p {
            @if let Purpose::Move { .. } = view.purpose { (view.institution.name_in(language)) (language.t(" ／ ", " · ")) }
            (view.menu_name)
        }
        @if let Purpose::Move { from, .. } = view.purpose {
            p { (language.t("今の予約：", "Now: ")) (when::moment(language, from)) }
        }
        @if let Purpose::Book { .. } = view.purpose { (emergency::line(language, view.institution.code)) }
        (nothing_free(language, view))
        (parts::form(frame, &format!("{}/hold", view.path()), html! {
            @if let Some(start) = view.earliest() { (earliest_button(language, view, start)) }
            (week_list(language, view))
        }))
        (weeks(language, view))
        @if let Purpose::Move { lost, .. } = view.purpose { (move_note(language, lost)) }
    })
}

fn lost_note(language: Language, purpose: Purpose, lost: LostTime) -> Markup {
    let heading = match lost.reason {
        LossReason::Taken => language.t("先にほかの方の予約が入りました", "Somebody else booked this time first"),
        LossReason::Over => language.t("この時間は予約できなくなりました", "This time can no longer be booked"),
    };
    let time = when::short_moment(language, lost.start);
    let words = match (purpose, language) {
        (Purpose::Book { .. }, Language::Japanese) => {
            format!("{time}の予約はできていません。料金もかかりません。ほかの時間をお選びください。")
        }
        (Purpose::Book { .. }, Language::English) => {
            format!("Nothing was booked for {time}, and nothing is charged. Please choose another time.")
        }
        (Purpose::Move { .. }, Language::Japanese) => {
            format!("{time}には変更していません。今の予約はそのままです。ほかの時間をお選びください。")
        }
        (Purpose::Move { .. }, Language::English) => {
            format!("Your appointment was not moved to {time} and stands as it was. Please choose another time.")
        }
    };
    parts::notice(Tone::Warning, heading, html! { p { (words) } })
}

fn earliest_button(language: Language, view: &View, start: Timestamp) -> Markup {
    let time = when::short_moment(language, start);
    let label = match language {
        Language::Japanese => format!("いちばん早い：{time}"),
        Language::English => format!("Earliest: {time}"),
    };
    let minutes = view.hold_minutes;
    let next = match (view.purpose, language) {
        (Purpose::Book { .. }, Language::Japanese) => {
            format!("選んだ時間は{minutes}分間確保します。予約はまだ確定しません。")
        }
        (Purpose::Book { .. }, Language::English) => {
            format!("We hold the time you choose for {minutes} minutes. Nothing is booked yet.")
        }
        (Purpose::Move { .. }, Language::Japanese) => {
            format!("選んだ時間は{minutes}分間確保します。予約はまだ変わりません。")
        }
        (Purpose::Move { .. }, Language::English) => {
            format!("We hold the time you choose for {minutes} minutes. Nothing is moved yet.")
        }
    };
    let start = start.milliseconds().to_string();
    parts::choice_button(parts::ButtonLook::Primary, "start", &start, &label, Some(&next))
}

/// Every day of the week with its first free time; the times of one day are unfolded.
fn week_list(language: Language, view: &View) -> Markup {
    let entries: Vec<_> = view
        .times
        .days
        .iter()
        .map(|day| {
            let content = match day.free() {
                [] => DayContent::Nothing,
                _ if view.times.unfolded == Some(day.date) => DayContent::Unfolded(day_times(language, day)),
                _ => DayContent::Folded(day_times(language, day)),
            };
            parts::DayEntry {
                id: format!("day-{}", day.date),
                name: when::short_day(language, day.date),
                says: state_text(language, &day.state),
                content,
            }
        })
        .collect();
    parts::section(language.t("ほかの日時", "Other times"), parts::days(&entries))
}

/// Morning and afternoon of a day.
fn day_times(language: Language, day: &Day) -> Markup {
    let (morning, afternoon): (Vec<_>, Vec<_>) =
        day.free().iter().copied().partition(|start| start.in_japan().hour() < 12);
    html! {
        @for (name, starts) in [(language.t("午前", "Morning"), morning), (language.t("午後", "Afternoon"), afternoon)] {
            @if !starts.is_empty() { (parts::times(name, &time_entries(&starts, when::time))) }
        }
    }
}

/// The buttons of times: what each sends and what it says.
pub(super) fn time_entries(starts: &[Timestamp], label: impl Fn(Timestamp) -> String) -> Vec<parts::TimeEntry> {
    let entry = |start: &Timestamp| parts::TimeEntry { value: start.milliseconds().to_string(), label: label(*start) };
    starts.iter().map(entry).collect()
}

/// What another day takes away from an appointment that is to be moved.
fn move_note(language: Language, lost: LostByMoving) -> Markup {
    let same_day =
        language.t("同じ日の時間だけを変える場合は、そのまま使えます。", "Moving within the same day changes nothing.");
    let (tone, heading, words) = match lost {
        LostByMoving::Nothing => return Markup::default(),
        LostByMoving::Consent => (
            Tone::Warning,
            language
                .t("日付を変えると、保険の手続きは無効になります", "Another day voids what you did for your insurance"),
            language.t(
                "同意登録は診察日ごとに行うものです。日付を変えたら、新しい日付でもう一度手続きをしてください。",
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
    parts::notice(tone, heading, html! { p { (words) (language.t("", " ")) (same_day) } })
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
                p { (language.t("電話：", "Telephone: ")) (telephone_link(&view.institution.phone)) }
            },
        ),
    }
}

/// What a day says in the week's list.
fn state_text(language: Language, state: &DayState) -> String {
    match state {
        DayState::Past => language.t("終了", "Over").to_owned(),
        DayState::TooFar => language.t("まだ予約できません", "Not yet").to_owned(),
        DayState::Closed { holiday: Some(name) } => match language {
            Language::Japanese => format!("休診（{name}）"),
            Language::English => "Closed (holiday)".to_owned(),
        },
        DayState::Closed { holiday: None } => language.t("休診", "Closed").to_owned(),
        DayState::Open(starts) => match (starts.first(), language) {
            (None, _) => language.t("空きなし", "Full").to_owned(),
            (Some(first), Language::Japanese) if starts.len() <= FEW => {
                format!("{}から（残り{}）", when::time(*first), starts.len())
            }
            (Some(first), Language::English) if starts.len() <= FEW => {
                format!("from {} ({} left)", when::time(*first), starts.len())
            }
            (Some(first), Language::Japanese) => format!("{}から", when::time(*first)),
            (Some(first), Language::English) => format!("from {}", when::time(*first)),
        },
    }
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let offer = specimen::offers().remove(0);
    let now = specimen::now();
    let monday = slot::monday_of(now.japan_date());
    let appointment = specimen::appointment_id();
    let day = |offset: i64, state| Day { date: monday.saturating_add(offset.days()), state };
    let starts = slot::of_day(&offer.opening, monday.saturating_add(2.days()), 15);
    let lost = starts[1];
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
        times: Times {
            monday,
            unfolded: choose_unfolded(&days, None),
            days: days.clone(),
            free: Some(monday.saturating_add(2.days())),
        },
        purpose,
        now,
        hold_minutes: 10,
        lost: None,
    };
    let book = Purpose::Book { number: 1 };
    let nothing_free = |free| {
        let full = |offset: i64| Day { date: monday.saturating_add(offset.days()), state: DayState::Open(Vec::new()) };
        let times = Times { monday, days: (0..7).map(full).collect(), free, unfolded: None };
        View { times, ..view(book) }
    };
    let lost = |purpose, reason| View { lost: Some(LostTime { start: lost, reason }), ..view(purpose) };
    let frame = specimen::frame(language, "/", None);
    let person = specimen::person();
    let signed_in = specimen::frame(language, "/", Some(&person));
    let moving = |lost| Purpose::Move { appointment, from: now, lost };
    let lost_moving = lost(moving(LostByMoving::Consent), LossReason::Taken);
    vec![
        ("slots/book".to_owned(), page(&frame, &view(book))),
        ("slots/lost".to_owned(), page(&signed_in, &lost(book, LossReason::Taken))),
        ("slots/lost-over".to_owned(), page(&signed_in, &lost(book, LossReason::Over))),
        ("slots/lost-moving".to_owned(), page(&signed_in, &lost_moving)),
        ("slots/week-full".to_owned(), page(&frame, &nothing_free(Some(monday.saturating_add(8.days()))))),
        ("slots/all-full".to_owned(), page(&frame, &nothing_free(None))),
        ("slots/move".to_owned(), page(&signed_in, &view(moving(LostByMoving::Consent)))),
        ("slots/move-nothing-done".to_owned(), page(&signed_in, &view(moving(LostByMoving::Nothing)))),
        ("slots/move-picture".to_owned(), page(&signed_in, &view(moving(LostByMoving::LookAtPicture)))),
        ("slots/move-confirmed".to_owned(), page(&signed_in, &view(moving(LostByMoving::Confirmation)))),
    ]
}
