//! 退会: closing an account.

use base::Timestamp;
use database::{Error, Transaction};

use super::{
    record_audit,
    tables::{ClosingEffect, TABLES, TableSubject},
};
use crate::{
    appointments::{self, rules::Appointment},
    audit::{
        rules::action::{AccountAction, PictureAction},
        store::record_account_action,
    },
    booking::store::{booking, details::AppointmentDetails},
    mail::rules::address::MailAddress,
    people::{
        self,
        rules::{account::AccountId, patient::PatientId},
    },
    personal_data::rules::{CloseOutcome, UpcomingVisitChoice, decide_closing},
    pictures::store::{PictureRef, erase_picture, record_picture_audit},
    refusal::Refusal,
    store::Store,
};

impl Store {
    /// The open visits that closing an account would cancel, the next first.
    pub(crate) async fn list_visits_ended_by_closing(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<AppointmentDetails>, Refusal> {
        let ended = self.database.read(move |transaction| {
            let patients = list_patients_of_nobody_else(transaction, account)?;
            Ok::<_, Refusal>(list_open(transaction, &patients, now)?.iter().map(|visit| visit.id).collect::<Vec<_>>())
        });
        let ended = ended.await?;
        let mut open = self.list_open_appointment_details(account, now).await?;
        open.retain(|details| ended.contains(&details.appointment.id));
        Ok(open)
    }

    /// Closes an account: cancels the agreed visits, then deletes everything that identifies its holder and the patients for
    /// whom no other account acts.
    pub(crate) async fn close_account(
        &self,
        account: AccountId,
        upcoming: UpcomingVisitChoice,
        now: Timestamp,
    ) -> Result<CloseOutcome, Refusal> {
        let store = self.clone();
        let outcome =
            self.database.write(move |transaction| close_account(transaction, &store, account, &upcoming, now)).await?;
        self.clear_log_after(&outcome).await;
        Ok(outcome)
    }

    /// Ends that an account acts for a patient other than its holder. If no other account acts for the patient, the agreed visits
    /// are cancelled and everything that identifies the patient is deleted.
    pub(crate) async fn remove_patient(
        &self,
        account: AccountId,
        patient: PatientId,
        upcoming: UpcomingVisitChoice,
        now: Timestamp,
    ) -> Result<CloseOutcome, Refusal> {
        let store = self.clone();
        let outcome = self
            .database
            .write(move |transaction| remove_patient(transaction, &store, (account, patient), &upcoming, now))
            .await?;
        self.clear_log_after(&outcome).await;
        Ok(outcome)
    }

    async fn clear_log_after(&self, outcome: &CloseOutcome) {
        if *outcome == CloseOutcome::Closed
            && let Err(error) = self.database.clear_log().await
        {
            tracing::warn!(cause = %base::Causes(&error), "the log of the database still contains erased data");
        }
    }
}

/// The patients for whom this account acts and no other does.
fn list_patients_of_nobody_else(
    transaction: &mut Transaction<'_>,
    account: AccountId,
) -> Result<Vec<PatientId>, Error> {
    transaction.fetch_all(
        "SELECT patient FROM account_patient a WHERE account = $1 AND ended_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM account_patient b
            WHERE b.patient = a.patient AND b.account <> a.account AND b.ended_at IS NULL)
         ORDER BY patient",
        &[&account],
        |row| row.get(0),
    )
}

fn list_open(
    transaction: &mut Transaction<'_>,
    patients: &[PatientId],
    now: Timestamp,
) -> Result<Vec<Appointment>, Error> {
    let mut open = Vec::new();
    for patient in patients {
        open.extend(appointments::store::list_open_of_patient(transaction, *patient, now)?);
    }
    Ok(open)
}

fn close_account(
    transaction: &mut Transaction<'_>,
    store: &Store,
    account: AccountId,
    upcoming: &UpcomingVisitChoice,
    now: Timestamp,
) -> Result<CloseOutcome, Refusal> {
    let patients = list_patients_of_nobody_else(transaction, account)?;
    let open = list_open(transaction, &patients, now)?;
    let decision = decide_closing(&open, upcoming, now);
    if decision != CloseOutcome::Closed {
        return Ok(decision);
    }
    let closing = people::store::find_account(transaction, account)?.ok_or(Refusal::NotFound)?;
    let closed = transaction
        .execute("UPDATE account SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", &[&account, &now])?;
    if closed == 0 {
        return Err(Refusal::NotFound);
    }
    record_audit(transaction, store, &closing, AccountAction::Close, now)?;
    erase_patients(transaction, store, (account, &patients), &open, now)?;
    for table in TABLES {
        if let TableSubject::Account(rows) = &table.subject
            && matches!(rows.on_closing, ClosingEffect::Deleted)
        {
            transaction.execute(rows.delete, &[&account])?;
        }
    }
    // The address is replaced last, since other rows are deleted by it.
    transaction.execute(
        "UPDATE account SET mail = $2 WHERE id = $1",
        &[&account, &MailAddress::for_closed_account(account)],
    )?;
    Ok(CloseOutcome::Closed)
}

fn remove_patient(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (account, patient): (AccountId, PatientId),
    upcoming: &UpcomingVisitChoice,
    now: Timestamp,
) -> Result<CloseOutcome, Refusal> {
    let erased: Vec<_> =
        list_patients_of_nobody_else(transaction, account)?.into_iter().filter(|sole| *sole == patient).collect();
    let open = list_open(transaction, &erased, now)?;
    let decision = decide_closing(&open, upcoming, now);
    if decision != CloseOutcome::Closed {
        return Ok(decision);
    }
    let actor = people::store::session_subject(account);
    record_account_action(transaction, store, (&actor, Some(patient)), AccountAction::RemovePatient, now)?;
    // As long as the account acts for the patient, it is told of the visits that are cancelled.
    erase_patients(transaction, store, (account, &erased), &open, now)?;
    let ended = transaction.execute(
        "UPDATE account_patient SET ended_at = $3
         WHERE account = $1 AND patient = $2 AND ended_at IS NULL AND relationship <> 'self'",
        &[&account, &patient, &now],
    )?;
    if ended == 1 { Ok(CloseOutcome::Closed) } else { Err(Refusal::NotFound) }
}

/// Cancels the open visits of patients, and deletes everything that identifies them.
fn erase_patients(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (account, patients): (AccountId, &[PatientId]),
    open: &[Appointment],
    now: Timestamp,
) -> Result<(), Refusal> {
    for appointment in open {
        booking::cancel_appointment(transaction, store, appointment, now)?;
    }
    for patient in patients {
        erase_all_pictures(transaction, store, (account, *patient), now)?;
        anonymise_proofs(transaction, *patient)?;
        for table in TABLES {
            if let TableSubject::Patient(rows) = &table.subject
                && matches!(rows.on_closing, ClosingEffect::Deleted)
            {
                transaction.execute(rows.delete, &[patient])?;
            }
        }
        transaction.execute("UPDATE patient SET erased_at = $2 WHERE id = $1", &[patient, &now])?;
    }
    Ok(())
}

fn erase_all_pictures(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (account, patient): (AccountId, PatientId),
    now: Timestamp,
) -> Result<(), Error> {
    let pictures = transaction.fetch_all(
        "SELECT id, patient, institution FROM picture WHERE patient = $1 AND erased_at IS NULL ORDER BY id",
        &[&patient],
        PictureRef::from_row,
    )?;
    let actor = people::store::session_subject(account);
    for picture in pictures {
        erase_picture(transaction, picture.id, "account_closed", now)?;
        record_picture_audit(transaction, store, now, &actor, PictureAction::Erase, picture)?;
    }
    transaction
        .execute("UPDATE picture SET original = $2, note = NULL WHERE patient = $1", &[&patient, &Vec::<u8>::new()])
        .map(|_| ())
}

/// Deletes reception numbers, by which the national side identifies a reception. The desk's side of the ledgers is kept.
fn anonymise_proofs(transaction: &mut Transaction<'_>, patient: PatientId) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE proof SET patient_side = 'not_started', beginning = 'lapsed', patient_at = NULL, reception_number = NULL,
                valid_until = NULL, version = version + 1
             WHERE patient_side = 'registered' AND appointment IN (SELECT id FROM appointment WHERE patient = $1)",
            &[&patient],
        )
        .map(|_| ())
}
