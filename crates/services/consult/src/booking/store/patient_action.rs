//! Bookings, reschedulings and cancellations by mailbox, for the daily limits.

use base::{Digest, InstitutionCode, Timestamp, digest, start_of_day};
use database::{Error, Transaction};

use crate::{
    appointments::rules::AppointmentId,
    booking::rules::PatientAction,
    limits::Limits,
    mail::rules::address::MailAddress,
    people::rules::{account::AccountId, patient::PatientId},
    refusal::Refusal,
};

/// An action to insert.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewPatientAction {
    pub(crate) action: PatientAction,
    pub(crate) appointment: AppointmentId,
    /// The version of the appointment after the action.
    pub(crate) version: i64,
    /// The previous start, for [`PatientAction::Rescheduled`].
    pub(crate) rescheduled_from: Option<Timestamp>,
}

/// The digest of an account's mailbox.
pub(crate) fn find_mailbox(transaction: &mut Transaction<'_>, account: AccountId) -> Result<Digest, Error> {
    let mail: MailAddress =
        transaction.fetch_one("SELECT mail FROM account WHERE id = $1", &[&account], |row| row.get(0))?;
    Ok(digest(&[b"mailbox ", mail.mailbox().as_bytes()]))
}

/// Inserts an action, unless the mailbox has reached the daily limit.
pub(crate) fn insert_action(
    transaction: &mut Transaction<'_>,
    limits: &Limits,
    mailbox: Digest,
    new: NewPatientAction,
    now: Timestamp,
) -> Result<(), Refusal> {
    let today: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM patient_act WHERE mailbox = $1 AND act = $2 AND at >= $3",
        &[&mailbox, &new.action, &start_of_day(now.japan_date())],
        |row| row.get(0),
    )?;
    new.action.check_daily_limit(today, limits)?;
    transaction.execute(
        "INSERT INTO patient_act (appointment, version, mailbox, act, at, moved_from) VALUES ($1, $2, $3, $4, $5, $6)",
        &[&new.appointment, &new.version, &mailbox, &new.action, &now, &new.rescheduled_from],
    )?;
    Ok(())
}

/// The number of future visits of a patient, including all that were booked from the same mailbox.
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

/// The number of visits at an institution on the day of `start` that were booked from a mailbox, without `except`.
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

/// The previous start and the time of the rescheduling, if that was the last action of the patient.
pub(crate) fn find_last_reschedule(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<(Timestamp, Timestamp)>, Error> {
    let last: Option<(Option<Timestamp>, Timestamp)> = transaction.fetch_optional(
        "SELECT moved_from, at FROM patient_act WHERE appointment = $1 ORDER BY version DESC LIMIT 1",
        &[&appointment],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(last.and_then(|(previous_start, rescheduled_at)| Some((previous_start?, rescheduled_at))))
}
