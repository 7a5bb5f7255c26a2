//! How often bookings were made, moved and cancelled from one mailbox, for the limits of a day.

use base::{Digest, InstitutionCode, Timestamp, digest, start_of_day};
use database::{Error, Migration, Transaction};

use crate::{
    Limits, Refusal,
    rules::{
        appointment::{AppointmentId, PatientAction},
        patient::{MailAddress, PatientId},
    },
};

/// One row for each act. The mailbox is kept as a digest: it is only compared.
pub(crate) const MIGRATION: Migration = Migration {
    name: "patient_act",
    sql: "CREATE TABLE patient_act (
    appointment TEXT NOT NULL,
    version BIGINT NOT NULL,
    mailbox BYTEA NOT NULL,
    act TEXT NOT NULL,
    at BIGINT NOT NULL,
    moved_from BIGINT,
    PRIMARY KEY (appointment, version)
);
CREATE INDEX patient_act_mailbox ON patient_act (mailbox, act, at);",
};

/// An act that is about to be written down.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewPatientAction {
    pub(crate) action: PatientAction,
    pub(crate) appointment: AppointmentId,
    /// The version of the appointment after the act.
    pub(crate) version: i64,
    /// From when it was moved, if it was.
    pub(crate) rescheduled_from: Option<Timestamp>,
}

/// The mailbox that a patient's letters end in, as it is compared.
pub(crate) fn find_mailbox(transaction: &mut Transaction<'_>, patient: PatientId) -> Result<Digest, Error> {
    let mail: MailAddress =
        transaction.fetch_one("SELECT mail FROM patient WHERE id = $1", &[&patient], |row| row.get(0))?;
    Ok(digest(&[b"mailbox ", mail.mailbox().as_bytes()]))
}

/// Writes an act down, unless the mailbox has done as many today as it may.
pub(crate) fn insert_action(
    transaction: &mut Transaction<'_>,
    limits: &Limits,
    mailbox: Digest,
    new: NewPatientAction,
    now: Timestamp,
) -> Result<(), Refusal> {
    let most = new.action.daily_limit(limits);
    let today: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM patient_act WHERE mailbox = $1 AND act = $2 AND at >= $3",
        &[&mailbox, &new.action, &start_of_day(now.japan_date())],
        |row| row.get(0),
    )?;
    if today >= u32::from(most) {
        return Err(Refusal::TooManyActionsToday { action: new.action, max: most });
    }
    transaction.execute(
        "INSERT INTO patient_act (appointment, version, mailbox, act, at, moved_from) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&new.appointment, &new.version, &mailbox, &new.action, &now, &new.rescheduled_from],
    )?;
    Ok(())
}

/// How many visits to come a patient has, together with those that were booked from the same mailbox.
pub(crate) fn count_upcoming_visits(
    transaction: &mut Transaction<'_>,
    mailbox: Digest,
    patient: PatientId,
    now: Timestamp,
) -> Result<u32, Error> {
    transaction.fetch_one(
        "SELECT COUNT(*) FROM (
            SELECT id FROM appointment WHERE patient = $1 AND status = 'booked' AND visit_start > $2
            UNION
            SELECT appointment.id FROM patient_act JOIN appointment ON appointment.id = patient_act.appointment
            WHERE mailbox = $3 AND act = 'booked' AND status = 'booked' AND visit_start > $2
         ) AS to_come",
        &[&patient, &now, &mailbox],
        |row| row.get(0),
    )
}

/// How many visits at an institution on the day of `start` were booked from a mailbox, but for one appointment.
pub(crate) fn count_visits_on_day(
    transaction: &mut Transaction<'_>,
    mailbox: Digest,
    institution: InstitutionCode,
    start: Timestamp,
    except: Option<AppointmentId>,
) -> Result<u32, Error> {
    transaction.fetch_one(
        "SELECT COUNT(*) FROM patient_act JOIN appointment ON appointment.id = patient_act.appointment
         WHERE mailbox = $1 AND act = 'booked' AND status = 'booked' AND institution = $2 AND visit_date = $3
           AND appointment.id <> $4",
        &[&mailbox, &institution, &start.japan_date(), &except.map_or_else(String::new, |id| id.to_string())],
        |row| row.get(0),
    )
}

/// From when an appointment was moved, if moving it was the last thing that its patient did with it.
pub(crate) fn find_last_reschedule(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<(Timestamp, Timestamp)>, Error> {
    let last: Option<(Option<Timestamp>, Timestamp)> = transaction.fetch_optional(
        "SELECT moved_from, at FROM patient_act WHERE appointment = $1 ORDER BY version DESC LIMIT 1",
        &[&appointment],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(last.and_then(|(from, at)| Some((from?, at))))
}
