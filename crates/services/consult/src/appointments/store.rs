//! The rows of appointments.

pub(crate) mod letter;

use base::{Date, InstitutionCode, Span, Timestamp};
use database::{Error, Row, Transaction};

use super::rules::{Appointment, AppointmentId, AppointmentStatus, Openness};
use crate::{
    directory::{
        rules::institution::{CancellationTerms, Menu},
        store::menus::{medium_columns, read_medium},
    },
    people::{
        self,
        rules::{
            account::AccountId,
            patient::{PatientId, Profile},
        },
        store::patients_of_account,
    },
    practitioners::rules::practitioner::PractitionerId,
    refusal::Refusal,
    schedule::rules::{practitioner_schedule::Period, slot::BookingRequest},
};

database::text_column!(AppointmentStatus);

/// No visit is longer.
const LONGEST_VISIT: Span = Span::from_hours(24);

macro_rules! select_appointment {
    ($($rest:expr),+ $(,)?) => {
        concat!(
            "SELECT id, patient, account, institution, menu, charge, menu_name, menu_name_english, minutes, buffer_minutes, fee, ",
            "fee_english, system_fee, cancel_minutes, cancel_fee, medium, medium_words, medium_words_english, ",
            "practitioner, visit_start, status, made_at, version, completed_at, cancellation_fee_due, expected_at FROM appointment ",
            $($rest),+
        )
    };
}

fn read_row(row: &Row<'_>) -> Result<Appointment, Error> {
    Ok(Appointment {
        id: row.get(0)?,
        patient: row.get(1)?,
        account: row.get(2)?,
        institution: row.get(3)?,
        menu: Menu {
            number: row.get(4)?,
            charge: row.get(5)?,
            name: row.get(6)?,
            name_english: row.get(7)?,
            minutes: row.get(8)?,
            buffer_minutes: row.get(9)?,
            fee: row.get(10)?,
            fee_english: row.get(11)?,
            system_fee: row.get(12)?,
            cancellation: CancellationTerms { limit_minutes: row.get(13)?, fee: row.get(14)? },
            medium: read_medium(row, 15)?,
        },
        practitioner: row.get(18)?,
        visit_start: row.get(19)?,
        status: row.get(20)?,
        made_at: row.get(21)?,
        version: row.get(22)?,
        completed_at: row.get(23)?,
        cancellation_fee_due: row.get(24)?,
        expected_at: row.get(25)?,
    })
}

/// The appointment, if it is of a patient for whom the account acts.
pub(crate) fn find_for_account(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    id: AppointmentId,
) -> Result<Option<Appointment>, Error> {
    transaction.fetch_optional(
        select_appointment!("WHERE id = $1 AND patient IN ", patients_of_account!("$2")),
        &[&id, &account],
        read_row,
    )
}

/// The appointment of a patient for whom the account acts, if insurance may still be proven for it.
pub(crate) fn find_provable_appointment(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Appointment, Refusal> {
    let appointment = find_for_account(transaction, account, id)?.ok_or(Refusal::NotFound)?;
    if appointment.openness(now).can_be_proven() { Ok(appointment) } else { Err(Refusal::Closed(id)) }
}

/// The appointment, if it is at this institution.
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

/// All appointments of an institution on a day, by start.
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

/// The visits of an institution that were not cancelled or held and have an instant in common with a period: of one doctor, or
/// of all.
pub(crate) fn list_booked_in_period(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    practitioner: Option<PractitionerId>,
    period: Period,
) -> Result<Vec<Appointment>, Error> {
    let earliest = period.start().minus(LONGEST_VISIT);
    let booked = transaction.fetch_all(
        select_appointment!(
            "WHERE institution = $1 AND visit_date >= $2 AND visit_start >= $3 AND visit_start < $4 AND status = 'booked'
             ORDER BY visit_start, id"
        ),
        &[&institution, &earliest.japan_date(), &earliest, &period.end()],
        read_row,
    )?;
    let is_affected = |appointment: &Appointment| {
        practitioner.is_none_or(|practitioner| practitioner == appointment.practitioner)
            && Period::from_minutes(appointment.visit_start, appointment.menu.minutes).overlaps(period)
    };
    Ok(booked.into_iter().filter(is_affected).collect())
}

/// The visits of a doctor to come that were not cancelled.
pub(crate) fn list_booked_of_practitioner(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    practitioner: PractitionerId,
    now: Timestamp,
) -> Result<Vec<Appointment>, Error> {
    transaction.fetch_all(
        select_appointment!(
            "WHERE institution = $1 AND visit_date >= $2 AND visit_start > $3 AND practitioner = $4 AND status = 'booked'
             ORDER BY visit_start, id"
        ),
        &[&institution, &now.japan_date(), &now, &practitioner],
        read_row,
    )
}

/// The visits of an institution on days from the first to the last, with the profiles of their patients.
pub(crate) fn list_with_profiles(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    (first, last): (Date, Date),
) -> Result<Vec<(AppointmentId, Timestamp, Profile)>, Error> {
    transaction.fetch_all(
        "SELECT a.id, a.visit_start, p.name, p.kana, p.birth_date, p.phone
         FROM appointment a JOIN profile p ON p.patient = a.patient
         WHERE a.institution = $1 AND a.visit_date >= $2 AND a.visit_date <= $3",
        &[&institution, &first, &last],
        |row| Ok((row.get(0)?, row.get(1)?, people::store::read_profile(row, 2)?)),
    )
}

/// All appointments of the patients for whom an account acts, the latest visit first.
pub(crate) fn list_of_account(
    transaction: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<Appointment>, Error> {
    transaction.fetch_all(
        select_appointment!(
            "WHERE patient IN ",
            patients_of_account!("$1"),
            " ORDER BY visit_start DESC, id DESC LIMIT 200"
        ),
        &[&account],
        read_row,
    )
}

/// The appointments of a patient that are not closed, the earliest first.
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

/// Records that the visit was held, or that the patient was not there.
pub(crate) fn record_outcome(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    outcome: AppointmentStatus,
    now: Timestamp,
) -> Result<(), Refusal> {
    update_appointment(transaction, appointment, outcome, appointment.visit_start)?;
    transaction.execute("UPDATE appointment SET completed_at = $2 WHERE id = $1", &[&appointment.id, &now])?;
    Ok(())
}

/// Undoes [`record_outcome`], which was done at `completed_at`.
pub(crate) fn reopen_appointment(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    completed_at: Timestamp,
) -> Result<(), Refusal> {
    let reopened = transaction.execute(
        "UPDATE appointment SET status = $4, completed_at = NULL, version = version + 1
         WHERE id = $1 AND version = $2 AND status IN ($5, $6) AND completed_at = $3",
        &[
            &appointment.id,
            &appointment.version,
            &completed_at,
            &AppointmentStatus::Booked,
            &AppointmentStatus::Completed,
            &AppointmentStatus::NoShow,
        ],
    )?;
    if reopened == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

pub(crate) fn update_appointment(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    status: AppointmentStatus,
    start: Timestamp,
) -> Result<(), Refusal> {
    if appointment.status != AppointmentStatus::Booked {
        return Err(Refusal::Closed(appointment.id));
    }
    let changed = transaction.execute(
        "UPDATE appointment SET status = $3, visit_start = $4, visit_date = $5, version = version + 1,
            expected_at = CASE WHEN visit_start = $4 THEN expected_at ELSE NULL END
         WHERE id = $1 AND version = $2",
        &[&appointment.id, &appointment.version, &status, &start, &start.japan_date()],
    )?;
    if changed == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

/// Records when a patient who comes late is expected; None if not late after all.
pub(crate) fn record_expected_arrival(
    transaction: &mut Transaction<'_>,
    appointment: &Appointment,
    expected_at: Option<Timestamp>,
) -> Result<(), Refusal> {
    let changed = transaction.execute(
        "UPDATE appointment SET expected_at = $3, version = version + 1
         WHERE id = $1 AND version = $2 AND status = 'booked'",
        &[&appointment.id, &appointment.version, &expected_at],
    )?;
    if changed == 1 { Ok(()) } else { Err(Refusal::Changed) }
}

/// Records what a patient owes for having cancelled after the limit, in yen.
pub(crate) fn record_cancellation_fee(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    fee: u32,
) -> Result<(), Error> {
    transaction.execute("UPDATE appointment SET cancellation_fee_due = $2 WHERE id = $1", &[&id, &fee]).map(|_| ())
}

/// Gives an appointment to another doctor.
pub(crate) fn change_practitioner(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    practitioner: PractitionerId,
) -> Result<(), Error> {
    transaction.execute("UPDATE appointment SET practitioner = $2 WHERE id = $1", &[&id, &practitioner]).map(|_| ())
}

pub(crate) fn insert_appointment(
    transaction: &mut Transaction<'_>,
    id: AppointmentId,
    (account, patient): (Option<AccountId>, PatientId),
    request: BookingRequest,
    (menu, practitioner): (&Menu, PractitionerId),
    now: Timestamp,
) -> Result<(), Error> {
    let (medium, medium_words, medium_words_english) = medium_columns(&menu.medium);
    transaction
        .execute(
            "INSERT INTO appointment (id, patient, institution, menu, charge, menu_name, menu_name_english, minutes,
                buffer_minutes, fee, fee_english, system_fee, cancel_minutes, cancel_fee, medium, medium_words,
                medium_words_english, practitioner, visit_start, visit_date, status, made_at, account, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                $23, 1)",
            &[
                &id,
                &patient,
                &request.institution,
                &menu.number,
                &menu.charge,
                &menu.name,
                &menu.name_english,
                &menu.minutes,
                &menu.buffer_minutes,
                &menu.fee,
                &menu.fee_english,
                &menu.system_fee,
                &menu.cancellation.limit_minutes,
                &menu.cancellation.fee,
                &medium,
                &medium_words,
                &medium_words_english,
                &practitioner,
                &request.start,
                &request.start.japan_date(),
                &AppointmentStatus::Booked,
                &now,
                &account,
            ],
        )
        .map(|_| ())
}
