//! Booking, rescheduling and cancelling.

use base::{Digest, Span, Timestamp};
use database::{Error, Transaction};

use super::{
    letter,
    patient_action::{self, NewPatientAction},
    slot_choice::{FreeSlot, WantedSlot, choose_slot, choose_slot_for_reschedule},
};
use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId, AppointmentStatus, Openness},
    },
    booking::rules::{
        Booker, BookingObstacle, NearbyVisits, PatientAction, PatientEvent, PlannedVisit, UpcomingVisit,
        check_upcoming_visits, check_visits_on_day,
    },
    desk_news::{self, rules::DeskEvent},
    directory::store::institutions::{self, InstitutionOffer},
    people::{
        self,
        rules::{account::AccountId, patient::PatientId},
    },
    practitioners::{
        self,
        rules::practitioner::{Practitioner, PractitionerId},
    },
    proof::{
        rules::ledgers::ReschedulingLoss,
        store::{departure, ledgers},
    },
    refusal::Refusal,
    schedule::{
        rules::slot::BookingRequest,
        store::slot::{book_slot, release_slots},
    },
    store::Store,
};

/// Cancels an appointment, frees its slot, and notifies the patient and the desk.
pub(crate) fn cancel_appointment(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: &Appointment,
    now: Timestamp,
) -> Result<(), Refusal> {
    appointments::store::update_appointment(
        transaction,
        appointment,
        AppointmentStatus::Cancelled,
        appointment.visit_start,
    )?;
    release_slots(transaction, appointment.id)?;
    notify_patient_and_desk(transaction, store, now, appointment.id, PatientEvent::Cancelled, DeskEvent::Cancelled)
}

/// The result of checking a booking before the patient confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BookingCheck {
    /// The patient has already booked it.
    Booked(AppointmentId),
    /// The slot can be booked, once the patient has accepted the nearby visits.
    Open {
        offer: Box<InstitutionOffer>,
        /// The doctor who would take the visit.
        practitioner: PractitionerId,
        nearby: NearbyVisits,
    },
}

/// The result of checking a rescheduling before the patient confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RescheduleCheck {
    /// The doctor who would take the visit.
    pub(crate) practitioner: Practitioner,
    pub(crate) nearby: NearbyVisits,
}

/// The outcome of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BookingOutcome {
    New(AppointmentId),
    /// The patient had already booked it: the form was sent twice.
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
    /// Books a slot. Of several simultaneous bookings of one slot one succeeds.
    pub(crate) async fn book_appointment(
        &self,
        booker: impl Into<Booker>,
        request: BookingRequest,
        now: Timestamp,
    ) -> Result<BookingOutcome, Refusal> {
        let (store, booker) = (self.clone(), booker.into());
        self.database.write(move |transaction| book_appointment(transaction, &store, booker, request, now)).await
    }

    /// Whether a slot can be booked by this booker.
    pub(crate) async fn check_booking(
        &self,
        booker: Booker,
        request: BookingRequest,
        now: Timestamp,
    ) -> Result<BookingCheck, Refusal> {
        self.database.read(move |transaction| check_booking(transaction, booker, request, now)).await
    }

    /// Whether an appointment can be rescheduled to a slot, and which visits of the patient would be nearby.
    pub(crate) async fn check_reschedule(
        &self,
        booker: Booker,
        id: AppointmentId,
        wanted: impl Into<WantedSlot>,
        now: Timestamp,
    ) -> Result<RescheduleCheck, Refusal> {
        let wanted = wanted.into();
        self.database
            .read(move |transaction| {
                let appointment =
                    appointments::store::find_for_account(transaction, booker.account, id)?.ok_or(Refusal::NotFound)?;
                let slot = choose_slot_for_reschedule(transaction, &appointment, wanted, booker.browser, now)?;
                let nearby =
                    find_nearby(transaction, appointment.patient, PlannedVisit::from_slot(&slot), Some(&appointment))?;
                let practitioner = practitioners::store::find_practitioner(transaction, slot.practitioner)?
                    .ok_or(Refusal::CorruptRecord("the doctor of a schedule"))?;
                Ok(RescheduleCheck { practitioner, nearby })
            })
            .await
    }

    /// The previous start and the time of the rescheduling, if that was the last action of the patient.
    pub(crate) async fn find_last_reschedule(
        &self,
        id: AppointmentId,
    ) -> Result<Option<(Timestamp, Timestamp)>, Refusal> {
        self.database.read(move |transaction| Ok(patient_action::find_last_reschedule(transaction, id)?)).await
    }

    /// Reschedules an appointment. On another day, consent for the old day is void.
    pub(crate) async fn reschedule_appointment(
        &self,
        booker: impl Into<Booker>,
        id: AppointmentId,
        wanted: impl Into<WantedSlot>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, booker, wanted) = (self.clone(), booker.into(), wanted.into());
        self.database
            .write(move |transaction| reschedule_appointment(transaction, &store, booker, id, wanted, now))
            .await
    }

    /// Cancels an appointment and frees its slot. Idempotent. `accepted_fee` is what the page said that it costs, in yen.
    pub(crate) async fn cancel_appointment(
        &self,
        account: AccountId,
        id: AppointmentId,
        accepted_fee: u32,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment =
                    appointments::store::find_for_account(transaction, account, id)?.ok_or(Refusal::NotFound)?;
                if appointment.status == AppointmentStatus::Cancelled {
                    return Ok(());
                }
                if appointment.openness(now) != Openness::Changeable {
                    return Err(Refusal::Closed(id));
                }
                let fee = appointment.cancellation_fee_at(now);
                if fee > accepted_fee {
                    return Err(BookingObstacle::CancellationFee { appointment: id, fee }.into());
                }
                cancel_appointment(transaction, &store, &appointment, now)?;
                appointments::store::record_cancellation_fee(transaction, id, fee)?;
                record_patient_action(transaction, &store, (account, &appointment), PatientAction::Cancelled, now)
            })
            .await
    }
}

/// The patient whom a booker means, if the account acts for that patient.
fn find_booked_patient(transaction: &mut Transaction<'_>, booker: Booker) -> Result<PatientId, Refusal> {
    let patient = match booker.patient {
        Some(id) => people::store::find_relationship(transaction, booker.account, id)?.map(|_| id),
        None => people::store::find_own_patient(transaction, booker.account)?,
    };
    patient.ok_or(Refusal::NotFound)
}

pub(crate) fn find_booked_appointment(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    request: BookingRequest,
) -> Result<Option<AppointmentId>, Error> {
    transaction.fetch_optional(
        "SELECT id FROM appointment WHERE patient = $1 AND institution = $2 AND menu = $3 AND visit_start = $4
            AND status = 'booked'",
        &[&patient, &request.institution, &request.menu, &request.start],
        |row| row.get(0),
    )
}

fn check_booking(
    transaction: &mut Transaction<'_>,
    booker: Booker,
    request: BookingRequest,
    now: Timestamp,
) -> Result<BookingCheck, Refusal> {
    let offer = institutions::load_offer(transaction, request.institution, now)?;
    let menu = offer.menu(request.menu).ok_or(Refusal::NotFound)?;
    let patient = find_booked_patient(transaction, booker)?;
    if let Some(id) = find_booked_appointment(transaction, patient, request)? {
        return Ok(BookingCheck::Booked(id));
    }
    let slot = choose_slot(transaction, (&offer, menu), request.into(), booker.browser, now);
    let (slot, nearby) = find_nearby_before_slot(transaction, patient, (request, menu.menu.minutes), slot)?;
    Ok(BookingCheck::Open { offer: Box::new(offer), practitioner: slot.practitioner, nearby })
}

/// The slot, and the patient's visits close to it. A patient whose own visit takes the slot is told of that visit.
fn find_nearby_before_slot(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    (request, minutes): (BookingRequest, u32),
    slot: Result<FreeSlot, Refusal>,
) -> Result<(FreeSlot, NearbyVisits), Refusal> {
    if let Err(refusal @ Refusal::NotASlot(_)) = slot {
        return Err(refusal);
    }
    let planned = PlannedVisit { institution: request.institution, start: request.start, minutes };
    let nearby = find_nearby(transaction, patient, planned, None)?;
    Ok((slot?, nearby))
}

/// The patient's visits close to a planned one; `rescheduled` moves to it.
pub(crate) fn find_nearby(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    planned: PlannedVisit,
    rescheduled: Option<&Appointment>,
) -> Result<NearbyVisits, Refusal> {
    let day = Span::from_hours(24);
    let others = transaction.fetch_all(
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
    Ok(NearbyVisits::find(planned, others, rescheduled)?)
}

/// Records an action of the patient, within the daily limits.
fn record_patient_action(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (account, appointment): (AccountId, &Appointment),
    action: PatientAction,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mailbox = patient_action::find_mailbox(transaction, account)?;
    let rescheduled_from = (action == PatientAction::Rescheduled).then_some(appointment.visit_start);
    let new =
        NewPatientAction { action, appointment: appointment.id, version: appointment.version + 1, rescheduled_from };
    patient_action::insert_action(transaction, &store.limits, mailbox, new, now)
}

fn book_appointment(
    transaction: &mut Transaction<'_>,
    store: &Store,
    booker: Booker,
    request: BookingRequest,
    now: Timestamp,
) -> Result<BookingOutcome, Refusal> {
    let patient = find_booked_patient(transaction, booker)?;
    let offer = institutions::load_offer(transaction, request.institution, now)?;
    let offered = offer.menu(request.menu).ok_or(Refusal::NotFound)?;
    if let Some(id) = find_booked_appointment(transaction, patient, request)? {
        return Ok(BookingOutcome::AlreadyBooked(id));
    }
    let menu = &offered.menu;
    let slot = choose_slot(transaction, (&offer, offered), request.into(), booker.browser, now);
    let (slot, nearby) = find_nearby_before_slot(transaction, patient, (request, menu.minutes), slot)?;
    let planned = PlannedVisit::from_slot(&slot);
    let mailbox = patient_action::find_mailbox(transaction, booker.account)?;
    let limits = &store.limits;
    let upcoming = patient_action::count_upcoming_visits(transaction, mailbox, patient, now)?;
    check_upcoming_visits(upcoming, limits)?;
    check_capacity_on_day(transaction, store, mailbox, planned, None)?;
    // Checked last, so that the patient need not accept visits for a booking that is refused anyway.
    nearby.check_accepted(booker.accepted_visits)?;
    let id = AppointmentId::new(now, &store.randomness);
    let by = (Some(booker.account), patient);
    appointments::store::insert_appointment(transaction, id, by, request, (menu, slot.practitioner), now)?;
    let new = NewPatientAction { action: PatientAction::Booked, appointment: id, version: 1, rescheduled_from: None };
    patient_action::insert_action(transaction, limits, mailbox, new, now)?;
    book(transaction, &slot, id, booker.browser, now)?;
    if menu.charge.needs_proof() {
        ledgers::insert_proof(transaction, id)?;
    }
    notify_patient_and_desk(transaction, store, now, id, PatientEvent::Booked, DeskEvent::Booked)?;
    Ok(BookingOutcome::New(id))
}

/// Takes a slot for an appointment.
pub(crate) fn book(
    transaction: &mut Transaction<'_>,
    slot: &FreeSlot,
    id: AppointmentId,
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<(), Refusal> {
    book_slot(transaction, (slot.institution, slot.practitioner, id), (slot.start, slot.terms), browser, now)
}

/// Refuses a visit beyond the limit per mailbox, institution and day.
fn check_capacity_on_day(
    transaction: &mut Transaction<'_>,
    store: &Store,
    mailbox: Digest,
    planned: PlannedVisit,
    except: Option<AppointmentId>,
) -> Result<(), Refusal> {
    let booked = patient_action::count_visits_on_day(transaction, mailbox, planned.institution, planned.start, except)?;
    Ok(check_visits_on_day(booked, &store.limits)?)
}

fn reschedule_appointment(
    transaction: &mut Transaction<'_>,
    store: &Store,
    booker: Booker,
    id: AppointmentId,
    wanted: WantedSlot,
    now: Timestamp,
) -> Result<(), Refusal> {
    let start = wanted.start;
    let appointment =
        appointments::store::find_for_account(transaction, booker.account, id)?.ok_or(Refusal::NotFound)?;
    if appointment.openness(now) != Openness::Changeable {
        return Err(Refusal::Closed(id));
    }
    if !appointment.can_be_rescheduled(now) {
        return Err(BookingObstacle::AfterLimit(id).into());
    }
    if appointment.visit_start == start {
        return Ok(());
    }
    let slot = choose_slot_for_reschedule(transaction, &appointment, wanted, booker.browser, now)?;
    let planned = PlannedVisit::from_slot(&slot);
    let nearby = find_nearby(transaction, appointment.patient, planned, Some(&appointment))?;
    if appointment.visit_date() != start.japan_date() {
        let mailbox = patient_action::find_mailbox(transaction, booker.account)?;
        check_capacity_on_day(transaction, store, mailbox, planned, Some(id))?;
    }
    nearby.check_accepted(booker.accepted_visits)?;
    let loss = move_appointment(transaction, &appointment, &slot, booker.browser, now)?;
    record_patient_action(transaction, store, (booker.account, &appointment), PatientAction::Rescheduled, now)?;
    let event = match loss {
        ReschedulingLoss::Consent => PatientEvent::RescheduledWithLoss,
        _ => PatientEvent::Rescheduled,
    };
    notify_patient_and_desk(transaction, store, now, id, event, DeskEvent::Rescheduled)
}

/// Moves an appointment to a slot, whoever asks for it, and gives what the patient loses by it.
pub(crate) fn move_appointment(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    slot: &FreeSlot,
    browser: Option<Digest>,
    now: Timestamp,
) -> Result<ReschedulingLoss, Refusal> {
    let id = appointment.id;
    release_slots(transaction, id)?;
    book(transaction, slot, id, browser, now)?;
    appointments::store::update_appointment(transaction, appointment, AppointmentStatus::Booked, slot.start)?;
    appointments::store::change_practitioner(transaction, id, slot.practitioner)?;
    if appointment.visit_date() == slot.start.japan_date() {
        return Ok(ReschedulingLoss::Nothing);
    }
    let Some((proof, version)) = ledgers::load_proof(transaction, id)? else { return Ok(ReschedulingLoss::Nothing) };
    let loss = proof.rescheduling_loss();
    ledgers::save_proof(transaction, id, &proof.reschedule(appointment.visit_date()), version)?;
    departure::void_departures(transaction, id)?;
    Ok(loss)
}

fn notify_patient_and_desk(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    appointment: AppointmentId,
    patient_event: PatientEvent,
    desk_event: DeskEvent,
) -> Result<(), Refusal> {
    letter::notify_patient(transaction, store, appointment, patient_event, (now, now))?;
    desk_news::store::record_event(transaction, store, appointment, desk_event, now)?;
    Ok(())
}
