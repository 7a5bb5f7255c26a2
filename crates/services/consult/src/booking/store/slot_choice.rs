//! Which doctor takes a visit at the chosen time.

use base::{Digest, InstitutionCode, Timestamp, end_of_day, start_of_day};
use database::Transaction;

use crate::{
    appointments::rules::Appointment,
    booking::rules::PlannedVisit,
    directory::{
        rules::institution::{Institution, Menu, OfferedMenu},
        store::{
            institutions::{InstitutionOffer, load_offer},
            menus,
        },
    },
    practitioners::rules::practitioner::{Practitioner, PractitionerId},
    refusal::Refusal,
    schedule::{
        rules::{
            availability::Availability,
            practitioner_schedule::PractitionerSchedule,
            slot::{BookingRequest, BookingWindow, SlotTerms},
        },
        store::slot::{find_hold, load_taken_time},
    },
    store::Store,
};

/// A slot that is free, with the doctor who takes the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FreeSlot {
    pub(crate) institution: InstitutionCode,
    pub(crate) practitioner: PractitionerId,
    pub(crate) start: Timestamp,
    pub(crate) terms: SlotTerms,
}

/// The time that is wanted, and the doctor: None if any will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WantedSlot {
    pub(crate) start: Timestamp,
    pub(crate) practitioner: Option<PractitionerId>,
}

impl From<Timestamp> for WantedSlot {
    /// The time, with any doctor.
    fn from(start: Timestamp) -> Self {
        Self { start, practitioner: None }
    }
}

impl From<BookingRequest> for WantedSlot {
    fn from(request: BookingRequest) -> Self {
        Self { start: request.start, practitioner: request.practitioner }
    }
}

impl PlannedVisit {
    pub(crate) fn from_slot(slot: &FreeSlot) -> Self {
        Self { institution: slot.institution, start: slot.start, minutes: slot.terms.minutes }
    }
}

/// The doctors who can take an appointment at another time, and what it needs of a slot.
pub(crate) struct RescheduleChoices {
    pub(crate) institution: Institution,
    pub(crate) practitioners: Vec<Practitioner>,
    pub(crate) schedules: Vec<PractitionerSchedule>,
    pub(crate) terms: SlotTerms,
}

impl Store {
    /// The doctors who can take an appointment at another time.
    pub(crate) async fn find_reschedule_choices(
        &self,
        appointment: &Appointment,
        now: Timestamp,
    ) -> Result<RescheduleChoices, Refusal> {
        let appointment = appointment.clone();
        self.database.read(move |transaction| load_reschedule_choices(transaction, &appointment, now)).await
    }
}

/// The doctors who take the menu of an appointment, or its own doctor if the menu is no longer offered.
fn load_reschedule_choices(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    now: Timestamp,
) -> Result<RescheduleChoices, Refusal> {
    let InstitutionOffer { institution, mut practitioners, mut schedules, .. } =
        load_offer(transaction, appointment.institution, now)?;
    let menus = menus::load_menus(transaction, appointment.institution)?;
    let menu = menus.into_iter().find(|offered| offered.menu.number == appointment.menu.number);
    let can_take = |practitioner: PractitionerId| {
        menu.as_ref().map_or(appointment.practitioner == practitioner, |menu| menu.is_taken_by(practitioner))
    };
    practitioners.retain(|practitioner| can_take(practitioner.id));
    schedules.retain(|schedule| can_take(schedule.practitioner));
    let mut terms = appointment.slot_terms(BookingWindow::default());
    if let Some(menu) = &menu {
        let of_menu = menu.slot_terms(appointment.institution);
        terms = SlotTerms { window: of_menu.window, capacity: of_menu.capacity, ..terms };
    }
    Ok(RescheduleChoices { institution, practitioners, schedules, terms })
}

/// The slot of a new visit of a menu.
///
/// # Errors
/// [`Refusal::NotASlot`], or [`Refusal::SlotTaken`] if no doctor is free.
pub(crate) fn choose_slot(
    transaction: &mut Transaction<'_>,
    (offer, menu): (&InstitutionOffer, &OfferedMenu),
    wanted: WantedSlot,
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<FreeSlot, Refusal> {
    let terms = menu.slot_terms(offer.institution.code);
    Candidates::from_menu(offer, menu, terms).choose(transaction, wanted, browser, now)
}

/// The slot that an appointment is rescheduled to: of the doctors who take its menu, or of its own doctor if the menu is no
/// longer offered. Its own doctor is preferred.
///
/// # Errors
/// [`Refusal::NotASlot`], or [`Refusal::SlotTaken`] if no doctor is free.
pub(crate) fn choose_slot_for_reschedule(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    wanted: WantedSlot,
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<FreeSlot, Refusal> {
    let RescheduleChoices { schedules, mut terms, .. } = load_reschedule_choices(transaction, appointment, now)?;
    if wanted.start.japan_date() == appointment.visit_date() {
        // A visit that stays on its day is counted there already.
        terms.capacity = None;
    }
    let candidates = Candidates {
        institution: appointment.institution,
        schedules: schedules.iter().collect(),
        terms,
        preferred: Some(appointment.practitioner),
    };
    candidates.choose(transaction, wanted, browser, now)
}

/// When a desk can book and move visits: at once, and half a year ahead.
const DESK_WINDOW: BookingWindow = BookingWindow { notice_minutes: 0, horizon_days: 180 };

/// The doctors to whom a desk can give an appointment, and what it needs of a slot: what holds for patients does not hold for
/// the desk.
pub(crate) fn load_desk_choices(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    now: Timestamp,
) -> Result<RescheduleChoices, Refusal> {
    let InstitutionOffer { institution, practitioners, schedules, .. } =
        load_offer(transaction, appointment.institution, now)?;
    Ok(RescheduleChoices { institution, practitioners, schedules, terms: appointment.slot_terms(DESK_WINDOW) })
}

/// What a desk can book from `now` on: what is offered to patients, and the menus for the desk alone.
pub(crate) fn load_desk_offer(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    now: Timestamp,
) -> Result<InstitutionOffer, Refusal> {
    let offer = load_offer(transaction, institution, now)?;
    Ok(InstitutionOffer { menus: menus::load_menus(transaction, institution)?, ..offer })
}

/// What a visit of a menu needs of a slot when the desk books it: neither notice nor the capacity of the menu limit the desk.
pub(crate) fn desk_slot_terms(menu: &Menu) -> SlotTerms {
    SlotTerms { minutes: menu.minutes, buffer_minutes: menu.buffer_minutes, window: DESK_WINDOW, capacity: None }
}

/// The slot of a visit that a desk books.
///
/// # Errors
/// [`Refusal::NotASlot`], or [`Refusal::SlotTaken`] if no doctor is free.
pub(crate) fn choose_slot_for_desk_booking(
    transaction: &mut Transaction<'_>,
    (offer, menu): (&InstitutionOffer, &OfferedMenu),
    wanted: WantedSlot,
    now: Timestamp,
) -> Result<FreeSlot, Refusal> {
    Candidates::from_menu(offer, menu, desk_slot_terms(&menu.menu)).choose(transaction, wanted, None, now)
}

/// The slot to which a desk moves an appointment: of any doctor of the institution.
///
/// # Errors
/// [`Refusal::NotASlot`], or [`Refusal::SlotTaken`] if no doctor is free.
pub(crate) fn choose_slot_for_desk(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    wanted: WantedSlot,
    now: Timestamp,
) -> Result<FreeSlot, Refusal> {
    let RescheduleChoices { schedules, terms, .. } = load_desk_choices(transaction, appointment, now)?;
    let candidates = Candidates {
        institution: appointment.institution,
        schedules: schedules.iter().collect(),
        terms,
        preferred: Some(appointment.practitioner),
    };
    candidates.choose(transaction, wanted, None, now)
}

/// The doctors who can take a visit.
struct Candidates<'a> {
    institution: InstitutionCode,
    schedules: Vec<&'a PractitionerSchedule>,
    terms: SlotTerms,
    preferred: Option<PractitionerId>,
}

impl<'a> Candidates<'a> {
    /// The doctors who take a menu.
    fn from_menu(offer: &'a InstitutionOffer, menu: &OfferedMenu, terms: SlotTerms) -> Self {
        let (institution, schedules) = (offer.institution.code, offer.schedules_of(menu).collect());
        Self { institution, schedules, terms, preferred: None }
    }

    fn choose(
        mut self,
        transaction: &mut Transaction<'_>,
        wanted: WantedSlot,
        browser: Option<Digest>,
        now: Timestamp,
    ) -> Result<FreeSlot, Refusal> {
        let WantedSlot { start, practitioner } = wanted;
        self.schedules.retain(|schedule| practitioner.is_none_or(|wanted| wanted == schedule.practitioner));
        let date = start.japan_date();
        let day = (start_of_day(date), end_of_day(date));
        let taken = load_taken_time(transaction, self.institution, day, browser, now)?;
        let available = Availability { schedules: self.schedules, terms: self.terms, taken: &taken, now };
        let doctors = available.find_slot(start)?;
        let held = match browser {
            Some(browser) => find_hold(transaction, browser, now)?,
            None => None,
        };
        let held = held.filter(|hold| (hold.institution, hold.start) == (self.institution, start));
        let preferred = held.map(|hold| hold.practitioner).or(self.preferred);
        let practitioner = available.choose_practitioner(start, &doctors, preferred).ok_or(Refusal::SlotTaken)?;
        Ok(FreeSlot { institution: self.institution, practitioner, start, terms: self.terms })
    }
}
