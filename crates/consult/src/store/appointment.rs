use base::{Date, InstitutionCode, Timestamp};
use database::{Error, Row, Transaction};

use super::{Store, directory, mail, picture, proof};
use crate::{
    Refusal,
    mail::{DeskEvent, Message, PatientEvent},
    rules::{
        appointment::{Appointment, AppointmentId, BookedMenu, Openness, Status},
        institution::{Charge, Institution, Menu},
        patient::PatientId,
        picture::Picture,
        proof::Proof,
        slot,
    },
};

/// How many appointments to come a patient may hold.
const MOST_TO_COME: u32 = 10;

/// An appointment with all that its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) appointment: Appointment,
    pub(crate) institution: Institution,
    pub(crate) proof: Option<Proof>,
    /// What the patient chose or sent as proof, and what the desk wrote of it.
    pub(crate) pictures: Vec<Picture>,
}

/// What is to be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) institution: InstitutionCode,
    pub(crate) menu: u32,
    pub(crate) start: Timestamp,
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT id, patient, institution, menu, charge, menu_name, menu_name_english, minutes, fee, fee_english, ",
            "system_fee, doctor, visit_start, status, made_at, version, completed_at FROM appointment ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<Appointment, Error> {
    Ok(Appointment {
        id: row.at(0)?,
        patient: row.at(1)?,
        institution: row.at(2)?,
        menu: BookedMenu {
            number: row.at(3)?,
            charge: row.at(4)?,
            name: row.at(5)?,
            name_english: row.at(6)?,
            minutes: row.at(7)?,
            fee: row.at(8)?,
            fee_english: row.at(9)?,
            system_fee: row.at(10)?,
            doctor: row.at(11)?,
        },
        visit_start: row.at(12)?,
        status: row.at(13)?,
        made_at: row.at(14)?,
        version: row.at(15)?,
        completed_at: row.at(16)?,
    })
}

/// The patient's own appointment. Anybody else's does not exist for her.
pub(crate) fn of_patient(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
) -> Result<Option<Appointment>, Error> {
    transaction.optional(columns!("WHERE id = $1 AND patient = $2"), &[&id, &patient], read)
}

/// The institution's own appointment. Another's does not exist for it.
pub(crate) fn of_institution(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    id: AppointmentId,
) -> Result<Option<Appointment>, Error> {
    transaction.optional(columns!("WHERE id = $1 AND institution = $2"), &[&id, &institution], read)
}

/// All appointments of an institution on a day, by time.
pub(crate) fn day_of_institution(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    date: Date,
) -> Result<Vec<Appointment>, Error> {
    transaction.all(
        columns!("WHERE institution = $1 AND visit_date = $2 ORDER BY visit_start, id"),
        &[&institution, &date],
        read,
    )
}

/// The appointments of a patient that are not over, the earliest first.
pub(crate) fn open_of_patient(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    now: Timestamp,
) -> Result<Vec<Appointment>, Error> {
    let booked = transaction.all(
        columns!("WHERE patient = $1 AND status = 'booked' ORDER BY visit_start, id"),
        &[&patient],
        read,
    )?;
    Ok(booked.into_iter().filter(|appointment| appointment.openness(now) != Openness::Closed).collect())
}

/// Cancels an appointment because its patient closes the account, and gives its time back.
pub(crate) fn cancel_for_closing(
    transaction: &mut Transaction<'_>,
    store: &Store,
    seen: &Appointment,
    now: Timestamp,
) -> Result<(), Refusal> {
    change(transaction, seen, Status::Cancelled, seen.visit_start)?;
    transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&seen.id])?;
    tell(transaction, store, now, seen.id, PatientEvent::Cancelled, DeskEvent::Cancelled)
}

/// The visit was held.
pub(super) fn complete(transaction: &mut Transaction<'_>, seen: &Appointment, now: Timestamp) -> Result<(), Refusal> {
    change(transaction, seen, Status::Completed, seen.visit_start)?;
    transaction.execute("UPDATE appointment SET completed_at = $2 WHERE id = $1", &[&seen.id, &now])?;
    Ok(())
}

/// It was not held after all: what was recorded at `completed_at` is taken back.
pub(super) fn reopen(
    transaction: &mut Transaction<'_>,
    seen: &Appointment,
    completed_at: Timestamp,
) -> Result<(), Refusal> {
    let reopened = transaction.execute(
        "UPDATE appointment SET status = $4, completed_at = NULL, version = version + 1
         WHERE id = $1 AND version = $2 AND status = $5 AND completed_at = $3",
        &[&seen.id, &seen.version, &completed_at, &Status::Booked, &Status::Completed],
    )?;
    if reopened == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

fn change(
    transaction: &mut Transaction<'_>,
    seen: &Appointment,
    status: Status,
    start: Timestamp,
) -> Result<(), Refusal> {
    if seen.status != Status::Booked {
        return Err(Refusal::Closed(seen.id));
    }
    let changed = transaction.execute(
        "UPDATE appointment SET status = $3, visit_start = $4, visit_date = $5, version = version + 1
         WHERE id = $1 AND version = $2",
        &[&seen.id, &seen.version, &status, &start, &start.japan_date()],
    )?;
    if changed == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

fn case(transaction: &mut Transaction<'_>, appointment: Appointment) -> Result<Case, Refusal> {
    let institution = directory::institution(transaction, appointment.institution)?
        .ok_or(Refusal::Record("the institution of an appointment"))?;
    let proof = proof::load(transaction, appointment.id)?.map(|(proof, _)| proof);
    let pictures = picture::of_appointment(transaction, appointment.id)?;
    Ok(Case { appointment, institution, proof, pictures })
}

/// What came of booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Booked {
    /// It is booked.
    New(AppointmentId),
    /// She had booked it already: the form was sent twice.
    Already(AppointmentId),
}

impl Booked {
    pub(crate) fn id(self) -> AppointmentId {
        match self {
            Self::New(id) | Self::Already(id) => id,
        }
    }
}

impl Store {
    /// Books a time, once for all bookers.
    pub(crate) async fn book(&self, patient: PatientId, wish: Wish, now: Timestamp) -> Result<Booked, Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| book(transaction, &store, patient, wish, now)).await
    }

    /// The patient's appointment with all that its page shows.
    pub(crate) async fn case(&self, patient: PatientId, id: AppointmentId) -> Result<Case, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment = of_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                case(transaction, appointment)
            })
            .await
    }

    /// All appointments of a patient, the next visit first, then those that are over.
    pub(crate) async fn cases(&self, patient: PatientId, now: Timestamp) -> Result<Vec<Case>, Refusal> {
        self.database
            .read(move |transaction| {
                let all = transaction.all(
                    columns!("WHERE patient = $1 ORDER BY visit_start DESC, id DESC LIMIT 200"),
                    &[&patient],
                    read,
                )?;
                let (mut open, over): (Vec<_>, Vec<_>) =
                    all.into_iter().partition(|appointment| appointment.openness(now) != Openness::Closed);
                open.reverse();
                open.into_iter().chain(over).map(|appointment| case(transaction, appointment)).collect()
            })
            .await
    }

    /// Moves an appointment to another time. Another day voids what was tied to the old one.
    pub(crate) async fn move_to(
        &self,
        patient: PatientId,
        id: AppointmentId,
        start: Timestamp,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| move_to(transaction, &store, patient, id, start, now)).await
    }

    /// Cancels an appointment and gives its time back. Cancelling twice is the same as once.
    pub(crate) async fn cancel(&self, patient: PatientId, id: AppointmentId, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let seen = of_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                if seen.status == Status::Cancelled {
                    return Ok(());
                }
                if seen.openness(now) != Openness::Changeable {
                    return Err(Refusal::Closed(id));
                }
                change(transaction, &seen, Status::Cancelled, seen.visit_start)?;
                transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&id])?;
                tell(transaction, &store, now, id, PatientEvent::Cancelled, DeskEvent::Cancelled)
            })
            .await
    }
}

fn book(
    transaction: &mut Transaction<'_>,
    store: &Store,
    patient: PatientId,
    wish: Wish,
    now: Timestamp,
) -> Result<Booked, Refusal> {
    let offer = directory::offer(transaction, wish.institution)?;
    let menu = offer.menu(wish.menu).ok_or(Refusal::NotFound)?;
    let again: Option<AppointmentId> = transaction.optional(
        "SELECT id FROM appointment WHERE patient = $1 AND institution = $2 AND menu = $3 AND visit_start = $4
            AND status = 'booked'",
        &[&patient, &wish.institution, &wish.menu, &wish.start],
        |row| row.at(0),
    )?;
    if let Some(id) = again {
        return Ok(Booked::Already(id));
    }
    slot::bookable(&offer.opening, wish.start, menu.minutes, now)?;
    let to_come: u32 = transaction.one(
        "SELECT COUNT(*) FROM appointment WHERE patient = $1 AND status = 'booked' AND visit_start > $2",
        &[&patient, &now],
        |row| row.at(0),
    )?;
    if to_come >= MOST_TO_COME {
        return Err(Refusal::TooMany);
    }
    let id = AppointmentId::new(now, &store.randomness);
    insert(transaction, id, patient, wish, menu, now)?;
    take(transaction, wish.institution, id, wish.start, menu.minutes)?;
    if menu.charge == Charge::Insured {
        proof::open(transaction, id)?;
    }
    tell(transaction, store, now, id, PatientEvent::Booked, DeskEvent::Booked)?;
    Ok(Booked::New(id))
}

fn insert(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    patient: PatientId,
    wish: Wish,
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
                &Status::Booked,
                &now,
            ],
        )
        .map(|_| ())
}

/// Takes every quarter hour of the visit, each of which only one appointment can have.
fn take(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    id: AppointmentId,
    start: Timestamp,
    minutes: u32,
) -> Result<(), Refusal> {
    for unit in slot::units_of(start, minutes) {
        let taken = transaction.execute(
            "INSERT INTO slot (institution, begins, appointment) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            &[&institution, &unit, &id],
        )?;
        if taken == 0 {
            return Err(Refusal::SlotTaken);
        }
    }
    Ok(())
}

fn move_to(
    transaction: &mut Transaction<'_>,
    store: &Store,
    patient: PatientId,
    id: AppointmentId,
    start: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let seen = of_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
    if seen.openness(now) != Openness::Changeable {
        return Err(Refusal::Closed(id));
    }
    if seen.visit_start == start {
        return Ok(());
    }
    let opening = directory::opening(transaction, seen.institution)?;
    slot::bookable(&opening, start, seen.menu.minutes, now)?;
    transaction.execute("DELETE FROM slot WHERE appointment = $1", &[&id])?;
    take(transaction, seen.institution, id, start, seen.menu.minutes)?;
    change(transaction, &seen, Status::Booked, start)?;
    if seen.visit_date() != start.japan_date()
        && let Some((proof, version)) = proof::load(transaction, id)?
    {
        proof::save(transaction, id, &proof.moved(seen.visit_date()), version)?;
        // Who is still at the reception for the old day comes back to nothing.
        transaction.execute(
            "UPDATE departure SET stage = 'void' WHERE appointment = $1 AND stage IN ('open', 'redeeming', 'registered')",
            &[&id],
        )?;
    }
    tell(transaction, store, now, id, PatientEvent::Moved, DeskEvent::Moved)
}

fn tell(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    appointment: AppointmentId,
    patient: PatientEvent,
    desk: DeskEvent,
) -> Result<(), Refusal> {
    mail::enqueue(transaction, store, now, &Message::ToPatient { appointment, event: patient })?;
    mail::enqueue(transaction, store, now, &Message::ToDesk { appointment, event: desk })?;
    Ok(())
}
