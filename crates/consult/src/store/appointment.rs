use base::{Date, Digest, InstitutionCode, Span, Timestamp};
use database::{Error, Row, Transaction};

use super::{Store, directory, hold, mail, patient_action, patient_action::NewPatientAction, picture, proof};
use crate::{
    Refusal,
    mail::{DeskEvent, Notification, PatientEvent},
    rules::{
        appointment::{
            Appointment, AppointmentId, AppointmentStatus, BookedMenu, Openness, PatientAction, visits_overlap,
        },
        institution::{Charge, Institution, Menu},
        patient::PatientId,
        picture::InsurancePicture,
        proof::InsuranceProof,
        slot,
    },
};

/// An appointment with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppointmentDetails {
    pub(crate) appointment: Appointment,
    pub(crate) institution: Institution,
    pub(crate) proof: Option<InsuranceProof>,
    /// What the patient chose or sent as proof, and what the desk wrote of it.
    pub(crate) pictures: Vec<InsurancePicture>,
}

/// What is to be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BookingRequest {
    pub(crate) institution: InstitutionCode,
    pub(crate) menu: u32,
    pub(crate) start: Timestamp,
}

/// Who books or moves a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Booker {
    pub(crate) patient: PatientId,
    /// The browser, which may hold the time.
    pub(crate) browser: Option<Digest>,
    pub(crate) accepted_overlap: AcceptedVisits,
}

/// The visits of their own that a patient knows to stand beside a new one, and wants besides.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AcceptedVisits {
    /// The one elsewhere at the same time.
    pub(crate) overlap: Option<AppointmentId>,
    /// The one at the same institution on the same day.
    pub(crate) same_day: Option<AppointmentId>,
}

impl AcceptedVisits {
    /// As a form sends them: ids, or nothing where there is no such visit.
    pub(crate) fn parse(overlap: &str, same_day: &str) -> Self {
        Self { overlap: overlap.parse().ok(), same_day: same_day.parse().ok() }
    }
}

impl Booker {
    pub(crate) fn with_browser(patient: PatientId, browser: Digest) -> Self {
        Self { patient, browser: Some(browser), accepted_overlap: AcceptedVisits::default() }
    }
}

impl From<PatientId> for Booker {
    fn from(patient: PatientId) -> Self {
        Self { patient, browser: None, accepted_overlap: AcceptedVisits::default() }
    }
}

/// How it stands with a wish before it is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BookingCheck {
    /// It can be booked.
    Free,
    /// It is booked already.
    Booked(AppointmentId),
    /// It can be booked, once the patient has said that these shall stand besides.
    Besides(NearbyVisits),
}

/// The patient's own visits that a new one is easily confused with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NearbyVisits {
    /// Elsewhere at the same time.
    pub(crate) overlap: Option<UpcomingVisit>,
    /// At the same institution on the same day, at another time.
    pub(crate) same_day: Option<UpcomingVisit>,
}

impl NearbyVisits {
    pub(crate) fn is_empty(&self) -> bool {
        self.overlap.is_none() && self.same_day.is_none()
    }
}

/// A visit of the patient's own that is to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpcomingVisit {
    pub(crate) id: AppointmentId,
    pub(crate) institution: InstitutionCode,
    pub(crate) name: String,
    pub(crate) name_english: String,
    pub(crate) start: Timestamp,
    pub(crate) minutes: u32,
}

impl UpcomingVisit {
    /// The name of its institution.
    pub(crate) fn institution_name(&self, language: shell::Language) -> &str {
        language.t(&self.name, &self.name_english)
    }
}

macro_rules! select_appointment {
    ($rest:literal) => {
        concat!(
            "SELECT id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee, fee_english, ",
            "system_fee, doctor, visit_start, status, made_at, version, completed_at FROM appointment ",
            $rest
        )
    };
}

fn read_row(row: &Row<'_>) -> Result<Appointment, Error> {
    Ok(Appointment {
        id: row.get(0)?,
        patient: row.get(1)?,
        institution: row.get(2)?,
        menu: BookedMenu {
            number: row.get(3)?,
            charge: row.get(4)?,
            name: row.get(5)?,
            name_english: row.get(6)?,
            minutes: row.get(7)?,
            fee: row.get(8)?,
            fee_english: row.get(9)?,
            system_fee: row.get(10)?,
            doctor: row.get(11)?,
        },
        visit_start: row.get(12)?,
        status: row.get(13)?,
        made_at: row.get(14)?,
        version: row.get(15)?,
        completed_at: row.get(16)?,
    })
}

/// The patient's own appointment. Anybody else's does not exist for her.
pub(crate) fn find_for_patient(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
) -> Result<Option<Appointment>, Error> {
    transaction.fetch_optional(select_appointment!("WHERE id = $1 AND patient = $2"), &[&id, &patient], read_row)
}

/// The institution's own appointment. Another's does not exist for it.
pub(crate) fn find_for_institution(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    id: AppointmentId,
) -> Result<Option<Appointment>, Error> {
    transaction.fetch_optional(
        select_appointment!("WHERE id = $1 AND institution = $2"),
        &[&id, &institution],
        read_row,
    )
}

/// All appointments of an institution on a day, by time.
pub(crate) fn list_day_of_institution(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    date: Date,
) -> Result<Vec<Appointment>, Error> {
    transaction.fetch_all(
        select_appointment!("WHERE institution = $1 AND visit_date = $2 ORDER BY visit_start, id"),
        &[&institution, &date],
        read_row,
    )
}

/// The appointments of a patient that are not over, the earliest first.
pub(crate) fn list_open_of_patient(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    now: Timestamp,
) -> Result<Vec<Appointment>, Error> {
    let booked = transaction.fetch_all(
        select_appointment!("WHERE patient = $1 AND status = 'booked' ORDER BY visit_start, id"),
        &[&patient],
        read_row,
    )?;
    Ok(booked.into_iter().filter(|appointment| appointment.openness(now) != Openness::Closed).collect())
}

/// Cancels an appointment because its patient closes the account, and gives its time back.
pub(crate) fn cancel_for_account_closing(
    transaction: &mut Transaction<'_>,
    store: &Store,
    seen: &Appointment,
    now: Timestamp,
) -> Result<(), Refusal> {
    update_appointment(transaction, seen, AppointmentStatus::Cancelled, seen.visit_start)?;
    transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&seen.id])?;
    notify_patient_and_desk(transaction, store, now, seen.id, PatientEvent::Cancelled, DeskEvent::Cancelled)
}

/// The visit was held.
pub(super) fn complete_appointment(
    transaction: &mut Transaction<'_>,
    seen: &Appointment,
    now: Timestamp,
) -> Result<(), Refusal> {
    update_appointment(transaction, seen, AppointmentStatus::Completed, seen.visit_start)?;
    transaction.execute("UPDATE appointment SET completed_at = $2 WHERE id = $1", &[&seen.id, &now])?;
    Ok(())
}

/// It was not held after all: what was recorded at `completed_at` is taken back.
pub(super) fn reopen_appointment(
    transaction: &mut Transaction<'_>,
    seen: &Appointment,
    completed_at: Timestamp,
) -> Result<(), Refusal> {
    let reopened = transaction.execute(
        "UPDATE appointment SET status = $4, completed_at = NULL, version = version + 1
         WHERE id = $1 AND version = $2 AND status = $5 AND completed_at = $3",
        &[&seen.id, &seen.version, &completed_at, &AppointmentStatus::Booked, &AppointmentStatus::Completed],
    )?;
    if reopened == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

fn update_appointment(
    transaction: &mut Transaction<'_>,
    seen: &Appointment,
    status: AppointmentStatus,
    start: Timestamp,
) -> Result<(), Refusal> {
    if seen.status != AppointmentStatus::Booked {
        return Err(Refusal::Closed(seen.id));
    }
    let changed = transaction.execute(
        "UPDATE appointment SET status = $3, visit_start = $4, visit_date = $5, version = version + 1
         WHERE id = $1 AND version = $2",
        &[&seen.id, &seen.version, &status, &start, &start.japan_date()],
    )?;
    if changed == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

fn load_details(transaction: &mut Transaction<'_>, appointment: Appointment) -> Result<AppointmentDetails, Refusal> {
    let institution = directory::find_institution(transaction, appointment.institution)?
        .ok_or(Refusal::CorruptRecord("the institution of an appointment"))?;
    let proof = proof::load_proof(transaction, appointment.id)?.map(|(proof, _)| proof);
    let pictures = picture::list_for_appointment(transaction, appointment.id)?;
    Ok(AppointmentDetails { appointment, institution, proof, pictures })
}

/// What came of booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BookingOutcome {
    /// It is booked.
    New(AppointmentId),
    /// She had booked it already: the form was sent twice.
    AlreadyBooked(AppointmentId),
}

impl BookingOutcome {
    pub(crate) fn id(self) -> AppointmentId {
        match self {
            Self::New(id) | Self::AlreadyBooked(id) => id,
        }
    }
}

impl Store {
    /// Books a time, once for all bookers.
    pub(crate) async fn book_appointment(
        &self,
        booker: impl Into<Booker>,
        wish: BookingRequest,
        now: Timestamp,
    ) -> Result<BookingOutcome, Refusal> {
        let (store, booker) = (self.clone(), booker.into());
        self.database.write(move |transaction| book_appointment(transaction, &store, booker, wish, now)).await
    }

    /// Whether a wish can still be booked by this booker.
    pub(crate) async fn check_booking(
        &self,
        booker: Booker,
        wish: BookingRequest,
        now: Timestamp,
    ) -> Result<BookingCheck, Refusal> {
        self.database.read(move |transaction| check_booking(transaction, booker, wish, now)).await
    }

    /// Whether an appointment can be moved to a time, and which visits of the patient it would stand beside.
    pub(crate) async fn check_reschedule(
        &self,
        booker: Booker,
        id: AppointmentId,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<NearbyVisits, Refusal> {
        self.database
            .read(move |transaction| {
                let seen = find_for_patient(transaction, booker.patient, id)?.ok_or(Refusal::NotFound)?;
                let opening = directory::load_opening(transaction, seen.institution)?;
                slot::check_bookable(&opening, start, seen.menu.minutes, now)?;
                let browser = booker.browser;
                hold::require_slot_free(transaction, seen.institution, (start, seen.menu.minutes), browser, now)?;
                let visit = PlannedVisit { institution: seen.institution, start, minutes: seen.menu.minutes };
                find_nearby(transaction, booker.patient, visit, Some(&seen))
            })
            .await
    }

    /// The time that an appointment was moved from and when, if moving it was the last thing its patient did with it.
    pub(crate) async fn find_last_reschedule(
        &self,
        id: AppointmentId,
    ) -> Result<Option<(Timestamp, Timestamp)>, Refusal> {
        self.database.read(move |transaction| Ok(patient_action::find_last_reschedule(transaction, id)?)).await
    }

    /// The patient's appointment with all that its page shows.
    pub(crate) async fn find_appointment_details(
        &self,
        patient: PatientId,
        id: AppointmentId,
    ) -> Result<AppointmentDetails, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment = find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                load_details(transaction, appointment)
            })
            .await
    }

    /// All appointments of a patient, the next visit first, then those that are over.
    pub(crate) async fn list_appointment_details(
        &self,
        patient: PatientId,
        now: Timestamp,
    ) -> Result<Vec<AppointmentDetails>, Refusal> {
        self.database
            .read(move |transaction| {
                let all = transaction.fetch_all(
                    select_appointment!("WHERE patient = $1 ORDER BY visit_start DESC, id DESC LIMIT 200"),
                    &[&patient],
                    read_row,
                )?;
                let (mut open, over): (Vec<_>, Vec<_>) =
                    all.into_iter().partition(|appointment| appointment.openness(now) != Openness::Closed);
                open.reverse();
                open.into_iter().chain(over).map(|appointment| load_details(transaction, appointment)).collect()
            })
            .await
    }

    /// Moves an appointment to another time. Another day voids what was tied to the old one.
    pub(crate) async fn reschedule_appointment(
        &self,
        booker: impl Into<Booker>,
        id: AppointmentId,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, booker) = (self.clone(), booker.into());
        self.database
            .write(move |transaction| reschedule_appointment(transaction, &store, booker, id, start, now))
            .await
    }

    /// Cancels an appointment and gives its time back. Cancelling twice is the same as once.
    pub(crate) async fn cancel_appointment(
        &self,
        patient: PatientId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let seen = find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                if seen.status == AppointmentStatus::Cancelled {
                    return Ok(());
                }
                if seen.openness(now) != Openness::Changeable {
                    return Err(Refusal::Closed(id));
                }
                update_appointment(transaction, &seen, AppointmentStatus::Cancelled, seen.visit_start)?;
                record_patient_action(transaction, &store, &seen, PatientAction::Cancelled, now)?;
                transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&id])?;
                notify_patient_and_desk(transaction, &store, now, id, PatientEvent::Cancelled, DeskEvent::Cancelled)
            })
            .await
    }
}

fn find_booked_appointment(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    wish: BookingRequest,
) -> Result<Option<AppointmentId>, Error> {
    transaction.fetch_optional(
        "SELECT id FROM appointment WHERE patient = $1 AND institution = $2 AND menu = $3 AND visit_start = $4
            AND status = 'booked'",
        &[&patient, &wish.institution, &wish.menu, &wish.start],
        |row| row.get(0),
    )
}

fn check_booking(
    transaction: &mut Transaction<'_>,
    booker: Booker,
    wish: BookingRequest,
    now: Timestamp,
) -> Result<BookingCheck, Refusal> {
    let offer = directory::load_offer(transaction, wish.institution)?;
    let menu = offer.menu(wish.menu).ok_or(Refusal::NotFound)?;
    if let Some(id) = find_booked_appointment(transaction, booker.patient, wish)? {
        return Ok(BookingCheck::Booked(id));
    }
    slot::check_bookable(&offer.opening, wish.start, menu.minutes, now)?;
    hold::require_slot_free(transaction, wish.institution, (wish.start, menu.minutes), booker.browser, now)?;
    let visit = PlannedVisit { institution: wish.institution, start: wish.start, minutes: menu.minutes };
    let nearby = find_nearby(transaction, booker.patient, visit, None)?;
    Ok(if nearby.is_empty() { BookingCheck::Free } else { BookingCheck::Besides(nearby) })
}

/// A visit that is to be booked or moved.
#[derive(Debug, Clone, Copy)]
struct PlannedVisit {
    institution: InstitutionCode,
    start: Timestamp,
    minutes: u32,
}

/// The patient's visits that a planned one overlaps elsewhere, or has beside it at its institution on its day. `moved` is
/// the visit that is planned anew: within its own day it comes beside nothing that it did not stand beside before.
///
/// # Errors
/// [`Refusal::SameTime`] where the overlapped visit is at the same institution.
fn find_nearby(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    planned: PlannedVisit,
    moved: Option<&Appointment>,
) -> Result<NearbyVisits, Refusal> {
    let day = Span::from_hours(24);
    let near = transaction.fetch_all(
        "SELECT a.id, a.institution, i.name, i.name_english, a.visit_start, a.minutes
         FROM appointment a JOIN institution i ON i.code = a.institution
         WHERE a.patient = $1 AND a.status = 'booked' AND a.visit_start > $2 AND a.visit_start < $3
         ORDER BY a.visit_start",
        &[&patient, &planned.start.minus(day), &planned.start.plus(day)],
        |row| {
            Ok(UpcomingVisit {
                id: row.get(0)?,
                institution: row.get(1)?,
                name: row.get(2)?,
                name_english: row.get(3)?,
                start: row.get(4)?,
                minutes: row.get(5)?,
            })
        },
    )?;
    let day = planned.start.japan_date();
    let changes_day = moved.is_none_or(|moved| moved.visit_date() != day);
    let mut nearby = NearbyVisits::default();
    for visit in near.into_iter().filter(|visit| moved.is_none_or(|moved| moved.id != visit.id)) {
        let overlaps = visits_overlap((visit.start, visit.minutes), (planned.start, planned.minutes));
        if visit.institution == planned.institution {
            if overlaps {
                return Err(Refusal::SameTime(visit.id));
            }
            if changes_day && visit.start.japan_date() == day {
                nearby.same_day.get_or_insert(visit);
            }
        } else if overlaps {
            nearby.overlap.get_or_insert(visit);
        }
    }
    Ok(nearby)
}

/// Refuses to plan a visit beside one that the patient has not accepted.
fn require_accepted(accepted: AcceptedVisits, nearby: &NearbyVisits) -> Result<(), Refusal> {
    if let Some(visit) = nearby.overlap.as_ref().filter(|visit| accepted.overlap != Some(visit.id)) {
        return Err(Refusal::Overlaps(visit.id));
    }
    if let Some(visit) = nearby.same_day.as_ref().filter(|visit| accepted.same_day != Some(visit.id)) {
        return Err(Refusal::SameDay(visit.id));
    }
    Ok(())
}

/// Writes down what a patient does with an appointment, counted against the limits of a day.
fn record_patient_action(
    transaction: &mut Transaction<'_>,
    store: &Store,
    seen: &Appointment,
    act: PatientAction,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mailbox = patient_action::find_mailbox(transaction, seen.patient)?;
    let moved_from = (act == PatientAction::Rescheduled).then_some(seen.visit_start);
    let new =
        NewPatientAction { action: act, appointment: seen.id, version: seen.version + 1, rescheduled_from: moved_from };
    patient_action::insert_action(transaction, &store.limits, mailbox, new, now)
}

fn book_appointment(
    transaction: &mut Transaction<'_>,
    store: &Store,
    booker: Booker,
    wish: BookingRequest,
    now: Timestamp,
) -> Result<BookingOutcome, Refusal> {
    let patient = booker.patient;
    let offer = directory::load_offer(transaction, wish.institution)?;
    let menu = offer.menu(wish.menu).ok_or(Refusal::NotFound)?;
    if let Some(id) = find_booked_appointment(transaction, patient, wish)? {
        return Ok(BookingOutcome::AlreadyBooked(id));
    }
    slot::check_bookable(&offer.opening, wish.start, menu.minutes, now)?;
    let planned = PlannedVisit { institution: wish.institution, start: wish.start, minutes: menu.minutes };
    let nearby = find_nearby(transaction, patient, planned, None)?;
    let mailbox = patient_action::find_mailbox(transaction, patient)?;
    let limits = &store.limits;
    if patient_action::count_upcoming_visits(transaction, mailbox, patient, now)? >= u32::from(limits.bookings_to_come)
    {
        return Err(Refusal::TooManyAppointments { max: limits.bookings_to_come });
    }
    require_capacity_on_day(transaction, store, mailbox, planned, None)?;
    // What cannot be booked anyway is not asked about.
    require_accepted(booker.accepted_overlap, &nearby)?;
    let id = AppointmentId::new(now, &store.randomness);
    insert_appointment(transaction, id, patient, wish, menu, now)?;
    let new = NewPatientAction { action: PatientAction::Booked, appointment: id, version: 1, rescheduled_from: None };
    patient_action::insert_action(transaction, limits, mailbox, new, now)?;
    hold::book_slot(transaction, (wish.institution, id), (wish.start, menu.minutes), booker.browser, now)?;
    if menu.charge == Charge::Insured {
        proof::insert_proof(transaction, id)?;
    }
    notify_patient_and_desk(transaction, store, now, id, PatientEvent::Booked, DeskEvent::Booked)?;
    Ok(BookingOutcome::New(id))
}

/// Refuses one visit more at an institution on a day than a mailbox may have.
fn require_capacity_on_day(
    transaction: &mut Transaction<'_>,
    store: &Store,
    mailbox: Digest,
    planned: PlannedVisit,
    except: Option<AppointmentId>,
) -> Result<(), Refusal> {
    let most = store.limits.bookings_per_clinic_and_day;
    let booked = patient_action::count_visits_on_day(transaction, mailbox, planned.institution, planned.start, except)?;
    if booked >= u32::from(most) { Err(Refusal::ClinicDayFull { max: most }) } else { Ok(()) }
}

fn insert_appointment(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    patient: PatientId,
    wish: BookingRequest,
    menu: &Menu,
    now: Timestamp,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO appointment (id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee,
                fee_english, system_fee, doctor, visit_start, visit_date, status, made_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 1)",
            &[
                &id,
                &patient,
                &wish.institution,
                &menu.number,
                &menu.charge,
                &menu.name,
                &menu.name_english,
                &menu.minutes,
                &menu.fee,
                &menu.fee_english,
                &menu.system_fee,
                &menu.doctor,
                &wish.start,
                &wish.start.japan_date(),
                &AppointmentStatus::Booked,
                &now,
            ],
        )
        .map(|_| ())
}

fn reschedule_appointment(
    transaction: &mut Transaction<'_>,
    store: &Store,
    booker: Booker,
    id: AppointmentId,
    start: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let seen = find_for_patient(transaction, booker.patient, id)?.ok_or(Refusal::NotFound)?;
    if seen.openness(now) != Openness::Changeable {
        return Err(Refusal::Closed(id));
    }
    if seen.visit_start == start {
        return Ok(());
    }
    let opening = directory::load_opening(transaction, seen.institution)?;
    slot::check_bookable(&opening, start, seen.menu.minutes, now)?;
    let planned = PlannedVisit { institution: seen.institution, start, minutes: seen.menu.minutes };
    let nearby = find_nearby(transaction, booker.patient, planned, Some(&seen))?;
    if seen.visit_date() != start.japan_date() {
        let mailbox = patient_action::find_mailbox(transaction, booker.patient)?;
        require_capacity_on_day(transaction, store, mailbox, planned, Some(id))?;
    }
    require_accepted(booker.accepted_overlap, &nearby)?;
    transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&id])?;
    hold::book_slot(transaction, (seen.institution, id), (start, seen.menu.minutes), booker.browser, now)?;
    update_appointment(transaction, &seen, AppointmentStatus::Booked, start)?;
    record_patient_action(transaction, store, &seen, PatientAction::Rescheduled, now)?;
    if seen.visit_date() != start.japan_date()
        && let Some((proof, version)) = proof::load_proof(transaction, id)?
    {
        proof::save_proof(transaction, id, &proof.reschedule(seen.visit_date()), version)?;
        // Who is still at the reception for the old day comes back to nothing.
        transaction.execute(
            "UPDATE departure SET stage = 'void' WHERE appointment = $1 AND stage IN ('open', 'redeeming', 'registered')",
            &[&id],
        )?;
    }
    notify_patient_and_desk(transaction, store, now, id, PatientEvent::Rescheduled, DeskEvent::Rescheduled)
}

fn notify_patient_and_desk(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    appointment: AppointmentId,
    patient: PatientEvent,
    desk: DeskEvent,
) -> Result<(), Refusal> {
    mail::enqueue(transaction, store, now, &Notification::ToPatient { appointment, event: patient })?;
    mail::enqueue(transaction, store, now, &Notification::ToDesk { appointment, event: desk })?;
    Ok(())
}
