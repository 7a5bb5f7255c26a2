//! The choice of a slot: the earliest one, then a week with one day unfolded.

use axum::{
    extract::{Query, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use base::{Date, Digest, InstitutionCode, Timestamp, end_of_day, start_of_day};
use jiff::ToSpan;
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, DayContent, Tone},
};
use web::Refuse;

use crate::{
    appointments::rules::AppointmentId,
    directory::{
        pages::{emergency, institution::slot_entries},
        rules::{
            institution::Institution,
            slot::{self, NotASlot, OpeningSchedule},
        },
    },
    pages::{addresses::path_with_query, date_text, telephone::render_telephone_link},
    proof::rules::ledgers::ReschedulingLoss,
    refusal::Refusal,
    store::Store,
};

/// A day with at most this many free slots shows their number.
const FEW_SLOTS: usize = 2;

/// The requested week, or the requested day, which is unfolded.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WeekQuery {
    pub(crate) week: String,
    pub(crate) day: String,
}

impl WeekQuery {
    /// The week of the query; the default if the query cannot be parsed.
    pub(crate) fn from_query(query: Result<Query<Self>, QueryRejection>) -> Self {
        query.map(|Query(week)| week).unwrap_or_default()
    }

    /// The week of this slot, with its day unfolded.
    pub(crate) fn from_start(start: Timestamp) -> Self {
        Self { week: String::new(), day: start.japan_date().to_string() }
    }
}

/// What the slot is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotPurpose {
    /// A new appointment.
    Book { menu_number: u32 },
    /// Another slot for an existing appointment.
    Reschedule { appointment: AppointmentId, current_start: Timestamp, loss: ReschedulingLoss },
}

/// A slot that was chosen and is no longer available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LostSlot {
    pub(crate) start: Timestamp,
    pub(crate) reason: LossReason,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LossReason {
    /// Another patient booked or holds it.
    Taken,
    /// It is in the past, or the institution is closed then.
    Over,
}

impl LostSlot {
    /// The slot that was refused; `None` if another slot would not help.
    pub(crate) fn from_refusal(refusal: &Refusal, start: Timestamp) -> Option<Self> {
        let reason = match refusal {
            Refusal::SlotTaken => LossReason::Taken,
            Refusal::NotASlot(NotASlot::Past | NotASlot::Closed) => LossReason::Over,
            _ => return None,
        };
        Some(Self { start, reason })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WeekSlots {
    pub(crate) monday: Date,
    pub(crate) days: Vec<SlotDay>,
    /// The first day with a free slot, in this week or a later one.
    pub(crate) first_free_day: Option<Date>,
    /// The day whose slots are shown in full.
    pub(crate) unfolded_day: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlotDay {
    pub(crate) date: Date,
    pub(crate) state: SlotDayState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SlotDayState {
    Past,
    /// After the last bookable day.
    TooFar,
    /// The institution has no opening hours on this day.
    Closed {
        holiday: Option<String>,
    },
    /// The starts of the free slots.
    Open(Vec<Timestamp>),
}

impl SlotDay {
    pub(crate) fn free_starts(&self) -> &[Timestamp] {
        if let SlotDayState::Open(starts) = &self.state { starts } else { &[] }
    }
}

pub(crate) struct SlotListPage {
    pub(crate) institution: Institution,
    pub(crate) menu_name: String,
    pub(crate) week_slots: WeekSlots,
    pub(crate) purpose: SlotPurpose,
    pub(crate) now: Timestamp,
    /// How long a slot that is chosen here is held.
    pub(crate) hold_minutes: u16,
    pub(crate) lost_slot: Option<LostSlot>,
}

/// The slots of the requested week, limited to the bookable days; by default the first week with a free slot. A slot that
/// this browser holds counts as free.
pub(crate) async fn load_week_slots(
    store: &Store,
    code: InstitutionCode,
    (opening, minutes): (&OpeningSchedule, u32),
    week: &WeekQuery,
    (browser, now): (Digest, Timestamp),
) -> Result<WeekSlots, Refusal> {
    let today = now.japan_date();
    let last_day = slot::last_bookable_day(today);
    let requested_day = base::parse_date(&week.day).ok();
    let requested_date = requested_day.or_else(|| base::parse_date(&week.week).ok());
    let requested_monday = slot::monday_of_week(requested_date.unwrap_or(today).clamp(today, last_day));
    let taken_units =
        store.find_taken_units(code, (start_of_day(requested_monday), end_of_day(last_day)), browser, now).await?;
    let first_free_day = slot::first_free_day(opening, requested_monday, minutes, &taken_units, now);
    let monday = if requested_date.is_some() {
        requested_monday
    } else {
        first_free_day.map_or(requested_monday, slot::monday_of_week)
    };
    let day = |date| {
        let starts = slot::slots_of_day(opening, date, minutes);
        let over = date < today || (date == today && starts.last().is_some_and(|start| *start <= now));
        let state = if over {
            SlotDayState::Past
        } else if date > last_day {
            SlotDayState::TooFar
        } else if starts.is_empty() {
            SlotDayState::Closed { holiday: slot::holiday_name(date).filter(|_| opening.closed_on_holidays) }
        } else {
            SlotDayState::Open(slot::free_slots_of_day(opening, date, minutes, &taken_units, now))
        };
        SlotDay { date, state }
    };
    let days: Vec<_> = monday.series(1.day()).take(7).map(day).collect();
    Ok(WeekSlots { monday, unfolded_day: choose_unfolded_day(&days, requested_day), days, first_free_day })
}

/// The requested day if it has a free slot, else the first day that has one.
pub(crate) fn choose_unfolded_day(days: &[SlotDay], requested_day: Option<Date>) -> Option<Date> {
    let free = || days.iter().filter(|day| !day.free_starts().is_empty());
    free().find(|day| Some(day.date) == requested_day).or_else(|| free().next()).map(|day| day.date)
}

impl SlotListPage {
    pub(crate) fn path(&self) -> String {
        match self.purpose {
            SlotPurpose::Book { menu_number } => {
                format!("/institutions/{}/menus/{menu_number}", self.institution.code)
            }
            SlotPurpose::Reschedule { appointment, .. } => format!("/appointments/{appointment}/move"),
        }
    }

    pub(crate) fn week_path(&self, monday: Date) -> String {
        path_with_query(&self.path(), &[("week", &monday.to_string())])
    }

    pub(crate) fn earliest_slot(&self) -> Option<Timestamp> {
        self.week_slots.days.iter().find_map(|day| day.free_starts().first().copied())
    }
}

/// The response to a request whose slot was lost: the slots of the same menu, on the same day.
pub(crate) fn respond_with_lost_slot(frame: Frame, view: &SlotListPage, refusal: &Refusal) -> Response {
    metrics::counter!("uketsuke_chosen_times_lost_total").increment(1);
    // The request's path is that of a form's action, which has no page to link to.
    let path = view.week_slots.unfolded_day.map_or_else(
        || view.week_path(view.week_slots.monday),
        |day| path_with_query(&view.path(), &[("day", &day.to_string())]),
    );
    (refusal.status(), render_slot_list_page(&Frame { path_and_query: path, ..frame }, view)).into_response()
}

pub(crate) fn render_slot_list_page(frame: &Frame, view: &SlotListPage) -> Markup {
    let language = frame.language;
    let (title, above) = match view.purpose {
        SlotPurpose::Book { .. } => (
            language.t("日時を選ぶ", "Choose a time"),
            components::back_link(
                &format!("/institutions/{}", view.institution.code),
                view.institution.name_in(language),
            ),
        ),
        SlotPurpose::Reschedule { appointment, .. } => (
            language.t("新しい日時を選ぶ", "Choose another time"),
            components::back_link(
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
    Document::new(frame, title).description(&description).above_heading(above).main(html! {
        @if let Some(lost) = view.lost_slot { (render_lost_slot_notice(language, view.purpose, lost)) }
        p {
            @if let SlotPurpose::Reschedule { .. } = view.purpose { (view.institution.name_in(language)) (language.t(" ／ ", " · ")) }
            (view.menu_name)
        }
        @if let SlotPurpose::Reschedule { current_start: start, .. } = view.purpose {
            p { (language.t("今の予約：", "Now: ")) (date_text::format_date_time(language, start)) }
        }
        @if let SlotPurpose::Book { .. } = view.purpose { (emergency::render_emergency_line(language, view.institution.code)) }
        (render_no_free_slot_notice(language, view))
        (components::form(frame, &format!("{}/hold", view.path()), html! {
            @if let Some(start) = view.earliest_slot() { (render_earliest_button(language, view, start)) }
            (render_week(language, view))
        }))
        (render_week_links(language, view))
        @if let SlotPurpose::Reschedule { loss, .. } = view.purpose { (render_rescheduling_notice(language, loss)) }
    })
}

fn render_lost_slot_notice(language: Language, purpose: SlotPurpose, lost: LostSlot) -> Markup {
    let heading = match lost.reason {
        LossReason::Taken => language.t("先にほかの方の予約が入りました", "Somebody else booked this time first"),
        LossReason::Over => language.t("この時間は予約できなくなりました", "This time can no longer be booked"),
    };
    let time = date_text::format_short_date_time(language, lost.start);
    let text = match (purpose, language) {
        (SlotPurpose::Book { .. }, Language::Japanese) => {
            format!("{time}の予約はできていません。料金もかかりません。ほかの時間をお選びください。")
        }
        (SlotPurpose::Book { .. }, Language::English) => {
            format!("Nothing was booked for {time}, and nothing is charged. Please choose another time.")
        }
        (SlotPurpose::Reschedule { .. }, Language::Japanese) => {
            format!("{time}には変更していません。今の予約はそのままです。ほかの時間をお選びください。")
        }
        (SlotPurpose::Reschedule { .. }, Language::English) => {
            format!("Your appointment was not moved to {time} and stands as it was. Please choose another time.")
        }
    };
    components::notice(Tone::Warning, heading, html! { p { (text) } })
}

fn render_earliest_button(language: Language, view: &SlotListPage, start: Timestamp) -> Markup {
    let time = date_text::format_short_date_time(language, start);
    let label = match language {
        Language::Japanese => format!("いちばん早い：{time}"),
        Language::English => format!("Earliest: {time}"),
    };
    let minutes = view.hold_minutes;
    let support = match (view.purpose, language) {
        (SlotPurpose::Book { .. }, Language::Japanese) => {
            format!("選んだ時間は{minutes}分間確保します。予約はまだ確定しません。")
        }
        (SlotPurpose::Book { .. }, Language::English) => {
            format!("We hold the time you choose for {minutes} minutes. Nothing is booked yet.")
        }
        (SlotPurpose::Reschedule { .. }, Language::Japanese) => {
            format!("選んだ時間は{minutes}分間確保します。予約はまだ変わりません。")
        }
        (SlotPurpose::Reschedule { .. }, Language::English) => {
            format!("We hold the time you choose for {minutes} minutes. Nothing is moved yet.")
        }
    };
    let start = start.milliseconds().to_string();
    components::choice_button(components::ButtonStyle::Primary, "start", &start, &label, Some(&support))
}

/// Every day of the week with its first free slot; one day is unfolded.
fn render_week(language: Language, view: &SlotListPage) -> Markup {
    let entries: Vec<_> = view
        .week_slots
        .days
        .iter()
        .map(|day| {
            let content = match day.free_starts() {
                [] => DayContent::Nothing,
                _ if view.week_slots.unfolded_day == Some(day.date) => {
                    DayContent::Expanded(render_day_slots(language, day))
                }
                _ => DayContent::Collapsed(render_day_slots(language, day)),
            };
            components::DayEntry {
                id: format!("day-{}", day.date),
                name: date_text::format_short_date(language, day.date),
                summary: day_state_text(language, &day.state),
                content,
            }
        })
        .collect();
    components::section(language.t("ほかの日時", "Other times"), components::day_list(&entries))
}

/// The slots of a day, divided into morning and afternoon.
fn render_day_slots(language: Language, day: &SlotDay) -> Markup {
    let (morning, afternoon): (Vec<_>, Vec<_>) =
        day.free_starts().iter().copied().partition(|start| start.in_japan().hour() < 12);
    html! {
        @for (name, starts) in [(language.t("午前", "Morning"), morning), (language.t("午後", "Afternoon"), afternoon)] {
            @if !starts.is_empty() { (components::time_buttons(name, &slot_entries(&starts, date_text::format_time))) }
        }
    }
}

/// What the patient loses by rescheduling to another day.
fn render_rescheduling_notice(language: Language, loss: ReschedulingLoss) -> Markup {
    let same_day =
        language.t("同じ日の時間だけを変える場合は、そのまま使えます。", "Moving within the same day changes nothing.");
    let (tone, heading, text) = match loss {
        ReschedulingLoss::Nothing => return Markup::default(),
        ReschedulingLoss::Consent => (
            Tone::Warning,
            language
                .t("日付を変えると、保険の手続きは無効になります", "Another day voids what you did for your insurance"),
            language.t(
                "同意登録は診察日ごとに行うものです。日付を変えたら、新しい日付でもう一度手続きをしてください。",
                "Consent is registered for one day. After moving to another day, please do it again.",
            ),
        ),
        ReschedulingLoss::PictureReview => (
            Tone::Info,
            language.t("送った画像は、日付を変えてもそのままです", "The picture that you sent stays"),
            language.t(
                "日付を変えると、新しい日付で有効な保険かどうかを、医療機関がもう一度確認します。",
                "After moving to another day, the clinic checks again whether the insurance is valid on it.",
            ),
        ),
        ReschedulingLoss::Confirmation => (
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
    components::notice(tone, heading, html! { p { (text) (language.t("", " ")) (same_day) } })
}

fn render_week_links(language: Language, view: &SlotListPage) -> Markup {
    let today = view.now.japan_date();
    let monday = view.week_slots.monday;
    let before = monday.saturating_sub(7.days());
    let after = monday.saturating_add(7.days());
    html! {
        nav aria-label=(language.t("週", "Week")) { (components::buttons(html! {
            @if monday > slot::monday_of_week(today) {
                (components::quiet_link(&view.week_path(before), language.t("前の週", "Week before")))
            }
            @if after <= slot::last_bookable_day(today) {
                (components::quiet_link(&view.week_path(after), language.t("次の週", "Next week")))
            }
        })) }
    }
}

/// For a week without a free slot: a link to the next week that has one.
fn render_no_free_slot_notice(language: Language, view: &SlotListPage) -> Markup {
    match view.week_slots.first_free_day.map(|date| (date, slot::monday_of_week(date))) {
        Some((_, monday)) if monday == view.week_slots.monday => Markup::default(),
        Some((date, monday)) => {
            let date = date_text::format_short_date(language, date);
            let label = match language {
                Language::Japanese => format!("{date}からの空きを見る"),
                Language::English => format!("See free times from {date}"),
            };
            components::notice(
                Tone::Info,
                language.t("この週に空きはありません", "Nothing is free in this week"),
                components::primary_link(&view.week_path(monday), &label, None),
            )
        }
        None => components::notice(
            Tone::Warning,
            language.t("今予約できる日時がありません", "No time can be booked now"),
            html! {
                p { (language.t(
                    "空きが出ることがあります。後でもう一度見るか、医療機関に電話でご相談ください。",
                    "A time may become free. Look again later, or ask the clinic by telephone.",
                )) }
                p { (language.t("電話：", "Telephone: ")) (render_telephone_link(&view.institution.phone)) }
            },
        ),
    }
}

fn day_state_text(language: Language, state: &SlotDayState) -> String {
    match state {
        SlotDayState::Past => language.t("終了", "Over").to_owned(),
        SlotDayState::TooFar => language.t("まだ予約できません", "Not yet").to_owned(),
        SlotDayState::Closed { holiday: Some(name) } => match language {
            Language::Japanese => format!("休診（{name}）"),
            Language::English => "Closed (holiday)".to_owned(),
        },
        SlotDayState::Closed { holiday: None } => language.t("休診", "Closed").to_owned(),
        SlotDayState::Open(starts) => match (starts.first(), language) {
            (None, _) => language.t("空きなし", "Full").to_owned(),
            (Some(start), Language::Japanese) if starts.len() <= FEW_SLOTS => {
                format!("{}から（残り{}）", date_text::format_time(*start), starts.len())
            }
            (Some(start), Language::English) if starts.len() <= FEW_SLOTS => {
                format!("from {} ({} left)", date_text::format_time(*start), starts.len())
            }
            (Some(start), Language::Japanese) => format!("{}から", date_text::format_time(*start)),
            (Some(start), Language::English) => format!("from {}", date_text::format_time(*start)),
        },
    }
}
