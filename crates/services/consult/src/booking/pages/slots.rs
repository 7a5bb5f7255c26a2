//! The choice of a slot: the earliest one, then a week with one day unfolded.

use axum::{
    extract::{Query, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use base::{Date, Digest, Timestamp, end_of_day, start_of_day};
use jiff::ToSpan;
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, Text, dates};
use ui::{
    Document, Frame, MenuEntry,
    components::{self, DayContent, Tone},
};
use web::{Refuse, Visitor};

use crate::{
    appointments::rules::AppointmentId,
    booking::{
        store::slot_choice::{RescheduleChoices, WantedSlot},
        texts,
    },
    context::Context,
    directory::{
        pages::{emergency, institution::slot_entries},
        rules::institution::{Institution, OfferedMenu},
        store::institutions::InstitutionOffer,
    },
    pages::{addresses::path_with_doctor, telephone::render_telephone_link},
    people::rules::patient::PatientId,
    practitioners::rules::practitioner::{Practitioner, PractitionerId},
    proof::rules::ledgers::ReschedulingLoss,
    refusal::Refusal,
    schedule::rules::{
        availability::Availability,
        opening::holiday_name,
        practitioner_schedule::{Period, PractitionerSchedule},
        slot::{self, NotASlot, SlotTerms, parse_practitioner_choice},
    },
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
    /// The doctor whose slots are shown; empty for those of all.
    pub(crate) doctor: String,
}

impl WeekQuery {
    /// The week of the query; the default if the query cannot be parsed.
    pub(crate) fn from_query(query: Result<Query<Self>, QueryRejection>) -> Self {
        query.map(|Query(week)| week).unwrap_or_default()
    }

    /// The week of this slot, with its day unfolded.
    pub(crate) fn from_slot(wanted: WantedSlot) -> Self {
        let doctor = wanted.practitioner.map_or_else(String::new, |doctor| doctor.to_string());
        Self { week: String::new(), day: wanted.start.japan_date().to_string(), doctor }
    }

    /// The doctor whose slots are shown. An address that names none of these doctors shows the slots of all.
    fn wanted_practitioner(&self, doctors: &[Practitioner]) -> Option<PractitionerId> {
        let wanted = parse_practitioner_choice(&self.doctor).ok().flatten();
        wanted.filter(|wanted| doctors.iter().any(|doctor| doctor.id == *wanted))
    }
}

/// What the slot is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotPurpose {
    /// A new appointment.
    Book { menu_number: u32 },
    /// Another slot for an existing appointment.
    Reschedule { appointment: AppointmentId, current_start: Timestamp, loss: ReschedulingLoss },
    /// The desk's choice of another slot for an appointment.
    DeskMove { appointment: AppointmentId, current_start: Timestamp },
    /// The desk's choice for a new appointment of a patient.
    DeskBook { patient: PatientId, menu_number: u32 },
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
            Refusal::SlotTaken | Refusal::NotASlot(NotASlot::DayFull) => LossReason::Taken,
            Refusal::NotASlot(NotASlot::Past | NotASlot::TooLate | NotASlot::Closed) => LossReason::Over,
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
    /// The last day that can be booked.
    pub(crate) last_day: Date,
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
    /// No doctor receives patients on this day.
    Closed(ClosedDay),
    /// The starts of the free slots.
    Open(Vec<Timestamp>),
}

/// Why a day is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ClosedDay {
    /// There are no hours on this day of the week, or the clinic does not say why.
    Regular,
    /// 国民の祝日
    Holiday(String),
    /// A closure, with the clinic's reason.
    Closure(Text),
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
    pub(crate) doctors: DoctorChoice,
    pub(crate) now: Timestamp,
    /// How long a slot that is chosen here is held.
    pub(crate) hold_minutes: u16,
    pub(crate) lost_slot: Option<LostSlot>,
}

/// The doctors who take the visit, and the one whose slots are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DoctorChoice {
    pub(crate) doctors: Vec<Practitioner>,
    /// None if the slots of all are shown.
    pub(crate) wanted: Option<PractitionerId>,
}

/// What the slots of a week follow from.
pub(crate) struct SlotSource<'a> {
    pub(crate) institution: &'a Institution,
    pub(crate) schedules: Vec<&'a PractitionerSchedule>,
    pub(crate) doctors: Vec<Practitioner>,
    pub(crate) terms: SlotTerms,
}

impl<'a> SlotSource<'a> {
    pub(crate) fn from_choices(choices: &'a RescheduleChoices) -> Self {
        Self {
            institution: &choices.institution,
            schedules: choices.schedules.iter().collect(),
            doctors: choices.practitioners.clone(),
            terms: choices.terms,
        }
    }

    /// The doctors who take a menu.
    pub(crate) fn from_menu(offer: &'a InstitutionOffer, menu: &OfferedMenu, terms: SlotTerms) -> Self {
        Self {
            institution: &offer.institution,
            schedules: offer.schedules_of(menu).collect(),
            doctors: offer.practitioners_of(menu).cloned().collect(),
            terms,
        }
    }
}

/// The free slots of the requested week.
pub(crate) async fn load_slot_list_page(
    context: &Context,
    visitor: &Visitor,
    source: SlotSource<'_>,
    week: &WeekQuery,
    (menu_name, purpose): (String, SlotPurpose),
) -> Result<SlotListPage, Refusal> {
    let (institution, now) = (source.institution.clone(), visitor.now());
    let (week_slots, doctors) =
        load_week_slots(&context.store, source, week, (visitor.browser().digest(), now)).await?;
    let hold_minutes = context.store.limits.hold_minutes;
    Ok(SlotListPage { institution, menu_name, week_slots, purpose, doctors, now, hold_minutes, lost_slot: None })
}

/// The slots of the requested week, limited to the bookable days; by default the first week with a free slot. A slot that
/// this browser holds counts as free.
async fn load_week_slots(
    store: &Store,
    mut source: SlotSource<'_>,
    week: &WeekQuery,
    (browser, now): (Digest, Timestamp),
) -> Result<(WeekSlots, DoctorChoice), Refusal> {
    let wanted = week.wanted_practitioner(&source.doctors);
    source.schedules.retain(|schedule| wanted.is_none_or(|wanted| wanted == schedule.practitioner));
    let today = now.japan_date();
    let last_day = source.terms.window.last_day(today);
    let requested_day = base::parse_date(&week.day).ok();
    let requested_date = requested_day.or_else(|| base::parse_date(&week.week).ok());
    let requested_monday = slot::monday_of_week(requested_date.unwrap_or(today).clamp(today, last_day));
    let period = (start_of_day(requested_monday), end_of_day(last_day));
    let taken = store.find_taken_time(source.institution.code, period, browser, now).await?;
    let available = Availability { schedules: source.schedules, terms: source.terms, taken: &taken, now };
    let first_free_day = available.first_free_day(requested_monday);
    let monday = if requested_date.is_some() {
        requested_monday
    } else {
        first_free_day.map_or(requested_monday, slot::monday_of_week)
    };
    let day = |date| SlotDay { date, state: day_state(&available, date) };
    let days: Vec<_> = monday.series(1.day()).take(7).map(day).collect();
    let unfolded_day = choose_unfolded_day(&days, requested_day);
    let doctors = DoctorChoice { doctors: source.doctors, wanted };
    Ok((WeekSlots { monday, days, first_free_day, unfolded_day, last_day }, doctors))
}

fn day_state(available: &Availability<'_>, date: Date) -> SlotDayState {
    let today = available.now.japan_date();
    let starts = available.slots_of_day(date);
    let over = date < today || (date == today && starts.last().is_some_and(|start| *start <= available.now));
    if over {
        SlotDayState::Past
    } else if date > available.last_day() {
        SlotDayState::TooFar
    } else if starts.is_empty() {
        SlotDayState::Closed(closed_day(available, date))
    } else {
        SlotDayState::Open(available.free_slots_of_day(date).into_iter().collect())
    }
}

fn closed_day(available: &Availability<'_>, date: Date) -> ClosedDay {
    let mut closures = available.schedules.iter().flat_map(|schedule| &schedule.closures);
    let day = Period::new(start_of_day(date), end_of_day(date));
    let closure = closures.find(|closure| day.is_some_and(|day| closure.period.overlaps(day)));
    if let Some(reason) = closure.and_then(|closure| closure.reason.clone()) {
        return ClosedDay::Closure(reason);
    }
    let closes_on_holidays = available.schedules.iter().any(|schedule| schedule.opening.closed_on_holidays);
    let holiday = holiday_name(date).filter(|_| closes_on_holidays);
    holiday.map_or(ClosedDay::Regular, ClosedDay::Holiday)
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
            SlotPurpose::DeskMove { appointment, .. } => format!("/desk/visits/{appointment}/move"),
            SlotPurpose::DeskBook { patient, menu_number } => format!("/desk/book/{patient}/menus/{menu_number}"),
        }
    }

    pub(crate) fn week_path(&self, monday: Date) -> String {
        self.path_of(("week", &monday.to_string()), self.doctors.wanted)
    }

    /// The address of a week or day of these slots, of one doctor or of all.
    fn path_of(&self, time: (&str, &str), doctor: Option<PractitionerId>) -> String {
        path_with_doctor(&self.path(), &[time], doctor)
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
        |day| view.path_of(("day", &day.to_string()), view.doctors.wanted),
    );
    (refusal.status(), render_slot_list_page(&Frame { path_and_query: path, ..frame }, view)).into_response()
}

pub(crate) fn render_slot_list_page(frame: &Frame, view: &SlotListPage) -> Markup {
    let language = frame.language;
    let (title, above) = match view.purpose {
        SlotPurpose::Book { .. } => (
            texts::CHOOSE_A_TIME.in_language(language),
            components::back_link(
                &format!("/institutions/{}", view.institution.code),
                view.institution.name_in(language),
            ),
        ),
        SlotPurpose::Reschedule { appointment, .. } => (
            texts::CHOOSE_ANOTHER_TIME.in_language(language),
            components::back_link(
                &format!("/appointments/{appointment}"),
                texts::BACK_TO_THE_APPOINTMENT.in_language(language),
            ),
        ),
        SlotPurpose::DeskMove { appointment, .. } => (
            texts::CHOOSE_ANOTHER_TIME.in_language(language),
            components::back_link(
                &format!("/desk/visits/{appointment}"),
                texts::BACK_TO_THE_APPOINTMENT.in_language(language),
            ),
        ),
        SlotPurpose::DeskBook { patient, .. } => (
            texts::CHOOSE_A_TIME.in_language(language),
            components::back_link(&format!("/desk/book/{patient}"), texts::CHOOSE_ANOTHER_MENU.in_language(language)),
        ),
    };
    let current_start = match view.purpose {
        SlotPurpose::Book { .. } | SlotPurpose::DeskBook { .. } => None,
        SlotPurpose::Reschedule { current_start, .. } | SlotPurpose::DeskMove { current_start, .. } => {
            Some(current_start)
        }
    };
    let description = texts::free_times_of_menu(language, &view.menu_name, view.institution.name_in(language));
    Document::new(frame, title).description(&description).above_heading(above).main(html! {
        @if let Some(lost) = view.lost_slot { (render_lost_slot_notice(language, view.purpose, lost)) }
        p {
            @if current_start.is_some() { (view.institution.name_in(language)) (texts::SEPARATOR.in_language(language)) }
            (view.menu_name)
        }
        @if let Some(start) = current_start {
            p { (texts::NOW_LABEL.in_language(language)) (dates::format_date_time(language, start)) }
        }
        @if let SlotPurpose::Book { .. } = view.purpose { (emergency::render_emergency_line(language, view.institution.code)) }
        (render_no_free_slot_notice(language, view))
        // The earliest time stands first, so that its button is in sight on arrival on a phone.
        @if let Some(start) = view.earliest_slot() {
            (render_hold_form(frame, view, &render_earliest_button(language, view, start)))
        }
        (render_doctor_choice(language, view))
        (render_hold_form(frame, view, &render_week(language, view)))
        (render_week_links(language, view))
        @if let SlotPurpose::Reschedule { loss, .. } = view.purpose { (render_rescheduling_notice(language, loss)) }
    })
}

/// A form whose buttons choose a slot.
fn render_hold_form(frame: &Frame, view: &SlotListPage, body: &Markup) -> Markup {
    components::form(
        frame,
        &format!("{}/hold", view.path()),
        html! {
            @if let Some(doctor) = view.doctors.wanted { input type="hidden" name="doctor" value=(doctor); }
            (body)
        },
    )
}

/// Links to the slots of each doctor and of all, where there is a choice.
fn render_doctor_choice(language: Language, view: &SlotListPage) -> Markup {
    let DoctorChoice { doctors, wanted } = &view.doctors;
    if doctors.len() < 2 {
        return html! {
            @for doctor in doctors { p { (texts::DOCTOR_LABEL.in_language(language)) (doctor.details.format_with_registration(language)) } }
        };
    }
    let monday = view.week_slots.monday.to_string();
    let entry = |doctor: Option<PractitionerId>, label: &str| MenuEntry {
        href: view.path_of(("week", &monday), doctor),
        label: label.to_owned(),
        current: *wanted == doctor,
    };
    let mut entries = vec![entry(None, texts::ANY_DOCTOR.in_language(language))];
    entries.extend(doctors.iter().map(|doctor| entry(Some(doctor.id), doctor.details.name_in(language))));
    let chosen = doctors.iter().find(|doctor| Some(doctor.id) == *wanted);
    html! {
        (components::tabs(texts::CHOOSE_A_DOCTOR.in_language(language), &entries))
        @if let Some(doctor) = chosen { p { (doctor.details.format_with_registration(language)) } }
    }
}

fn render_lost_slot_notice(language: Language, purpose: SlotPurpose, lost: LostSlot) -> Markup {
    let heading = match lost.reason {
        LossReason::Taken => texts::SOMEBODY_ELSE_BOOKED_THIS_TIME_FIRST.in_language(language),
        LossReason::Over => texts::THIS_TIME_CAN_NO_LONGER_BE_BOOKED.in_language(language),
    };
    let time = dates::format_short_date_time(language, lost.start);
    let text = match purpose {
        SlotPurpose::Book { .. } | SlotPurpose::DeskBook { .. } => texts::nothing_was_booked_for(language, time),
        SlotPurpose::Reschedule { .. } | SlotPurpose::DeskMove { .. } => {
            texts::appointment_was_not_moved_to(language, time)
        }
    };
    components::notice(Tone::Warning, heading, html! { p { (text) } })
}

fn render_earliest_button(language: Language, view: &SlotListPage, start: Timestamp) -> Markup {
    let time = dates::format_short_date_time(language, start);
    let label = texts::earliest_time(language, time);
    let support = match view.purpose {
        SlotPurpose::Book { .. } => texts::held_and_not_booked_yet(language, view.hold_minutes),
        SlotPurpose::Reschedule { .. } => texts::held_and_not_moved_yet(language, view.hold_minutes),
        SlotPurpose::DeskMove { .. } => texts::NOT_MOVED_YET.in_language(language).to_owned(),
        SlotPurpose::DeskBook { .. } => texts::NOT_BOOKED_YET.in_language(language).to_owned(),
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
                name: dates::format_short_date(language, day.date),
                summary: day_state_text(language, &day.state),
                content,
            }
        })
        .collect();
    components::section(texts::OTHER_TIMES.in_language(language), components::day_list(&entries))
}

/// The slots of a day, divided into morning and afternoon.
fn render_day_slots(language: Language, day: &SlotDay) -> Markup {
    let (morning, afternoon): (Vec<_>, Vec<_>) =
        day.free_starts().iter().copied().partition(|start| start.in_japan().hour() < 12);
    html! {
        @for (name, starts) in [(texts::MORNING.in_language(language), morning), (texts::AFTERNOON.in_language(language), afternoon)] {
            @if !starts.is_empty() { (components::time_buttons(name, &slot_entries(&starts, dates::format_time))) }
        }
    }
}

/// What the patient loses by rescheduling to another day.
fn render_rescheduling_notice(language: Language, loss: ReschedulingLoss) -> Markup {
    let same_day = texts::MOVING_WITHIN_SAME_DAY_CHANGES_NOTHING.in_language(language);
    let (tone, heading, text) = match loss {
        ReschedulingLoss::Nothing => return Markup::default(),
        ReschedulingLoss::Consent => (
            Tone::Warning,
            texts::ANOTHER_DAY_VOIDS_YOUR_PROCEDURE.in_language(language),
            texts::REGISTER_CONSENT_AGAIN_ON_ANOTHER_DAY.in_language(language),
        ),
        ReschedulingLoss::PictureReview => (
            Tone::Info,
            texts::SENT_PICTURE_STAYS.in_language(language),
            texts::CLINIC_CHECKS_AGAIN_AFTER_MOVING.in_language(language),
        ),
        ReschedulingLoss::Confirmation => (
            Tone::Info,
            texts::CLINIC_CHECKS_AGAIN_ON_ANOTHER_DAY.in_language(language),
            texts::CHECKS_INSURANCE_FOR_THE_NEW_DAY.in_language(language),
        ),
    };
    components::notice(tone, heading, html! { p { (text) (texts::SPACE.in_language(language)) (same_day) } })
}

fn render_week_links(language: Language, view: &SlotListPage) -> Markup {
    let today = view.now.japan_date();
    let monday = view.week_slots.monday;
    let before = monday.saturating_sub(7.days());
    let after = monday.saturating_add(7.days());
    html! {
        nav aria-label=(texts::WEEK.in_language(language)) { (components::buttons(html! {
            @if monday > slot::monday_of_week(today) {
                (components::quiet_link(&view.week_path(before), texts::WEEK_BEFORE.in_language(language)))
            }
            @if after <= view.week_slots.last_day {
                (components::quiet_link(&view.week_path(after), texts::NEXT_WEEK.in_language(language)))
            }
        })) }
    }
}

/// For a week without a free slot: a link to the next week that has one.
fn render_no_free_slot_notice(language: Language, view: &SlotListPage) -> Markup {
    match view.week_slots.first_free_day.map(|date| (date, slot::monday_of_week(date))) {
        Some((_, monday)) if monday == view.week_slots.monday => Markup::default(),
        Some((date, monday)) => {
            let date = dates::format_short_date(language, date);
            let label = texts::see_free_times_from(language, date);
            components::notice(
                Tone::Info,
                texts::NOTHING_IS_FREE_IN_THIS_WEEK.in_language(language),
                components::primary_link(&view.week_path(monday), &label, None),
            )
        }
        None => components::notice(
            Tone::Warning,
            texts::NO_TIME_CAN_BE_BOOKED_NOW.in_language(language),
            html! {
                p { (texts::TIME_MAY_BECOME_FREE.in_language(language)) }
                p { (texts::TELEPHONE_LABEL.in_language(language)) (render_telephone_link(&view.institution.phone)) }
            },
        ),
    }
}

fn day_state_text(language: Language, state: &SlotDayState) -> String {
    match state {
        SlotDayState::Past => texts::OVER.in_language(language).to_owned(),
        SlotDayState::TooFar => texts::NOT_YET.in_language(language).to_owned(),
        SlotDayState::Closed(ClosedDay::Holiday(name)) => texts::closed_on_holiday(language, name),
        SlotDayState::Closed(ClosedDay::Closure(reason)) => {
            texts::closed_on_holiday(language, reason.in_language(language))
        }
        SlotDayState::Closed(ClosedDay::Regular) => texts::CLOSED.in_language(language).to_owned(),
        SlotDayState::Open(starts) => match starts.first() {
            None => texts::FULL.in_language(language).to_owned(),
            Some(start) if starts.len() <= FEW_SLOTS => {
                texts::from_time_few_left(language, dates::format_time(*start), starts.len())
            }
            Some(start) => texts::from_time(language, dates::format_time(*start)),
        },
    }
}
