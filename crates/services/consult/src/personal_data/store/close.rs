//! 退会: closing an account.

use base::Timestamp;
use database::{Error, Transaction};

use super::{
    record_audit,
    tables::{ClosingEffect, TABLES, TableSubject},
};
use crate::{
    appointments,
    audit::rules::action::{AccountAction, PictureAction},
    booking::store::booking,
    mail::rules::address::MailAddress,
    people::{self, rules::patient::PatientId},
    personal_data::rules::{CloseOutcome, UpcomingVisitChoice, decide_closing},
    pictures::store::{PictureRef, erase_picture, record_picture_audit},
    refusal::Refusal,
    store::Store,
};

impl Store {
    /// Closes an account: cancels the agreed visits, then deletes everything that identifies the patient.
    pub(crate) async fn close_account(
        &self,
        patient: PatientId,
        upcoming: UpcomingVisitChoice,
        now: Timestamp,
    ) -> Result<CloseOutcome, Refusal> {
        let store = self.clone();
        let outcome =
            self.database.write(move |transaction| close_account(transaction, &store, patient, &upcoming, now)).await?;
        if outcome == CloseOutcome::Closed
            && let Err(error) = self.database.clear_log().await
        {
            tracing::warn!(cause = %base::Causes(&error), "the log of the database still contains erased data");
        }
        Ok(outcome)
    }
}

fn close_account(
    transaction: &mut Transaction<'_>,
    store: &Store,
    patient: PatientId,
    upcoming: &UpcomingVisitChoice,
    now: Timestamp,
) -> Result<CloseOutcome, Refusal> {
    let open = appointments::store::list_open_of_patient(transaction, patient, now)?;
    let decision = decide_closing(&open, upcoming, now);
    if decision != CloseOutcome::Closed {
        return Ok(decision);
    }
    let closed = transaction
        .execute("UPDATE patient SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL", &[&patient, &now])?;
    if closed == 0 {
        return Err(Refusal::NotFound);
    }
    for appointment in &open {
        booking::cancel_appointment(transaction, store, appointment, now)?;
    }
    erase_all_pictures(transaction, store, patient, now)?;
    anonymise_proofs(transaction, patient)?;
    for table in TABLES {
        if let TableSubject::Person(rows) = &table.subject
            && matches!(rows.on_closing, ClosingEffect::Deleted)
        {
            transaction.execute(rows.delete, &[&patient])?;
        }
    }
    // The address is replaced last, since other rows are deleted by it.
    transaction.execute(
        "UPDATE patient SET mail = $2 WHERE id = $1",
        &[&patient, &MailAddress::for_closed_account(patient)],
    )?;
    record_audit(transaction, store, patient, AccountAction::Close, now)?;
    Ok(CloseOutcome::Closed)
}

fn erase_all_pictures(
    transaction: &mut Transaction<'_>,
    store: &Store,
    patient: PatientId,
    now: Timestamp,
) -> Result<(), Error> {
    let pictures = transaction.fetch_all(
        "SELECT id, patient, institution FROM picture WHERE patient = $1 AND erased_at IS NULL ORDER BY id",
        &[&patient],
        PictureRef::from_row,
    )?;
    let actor = people::store::session_subject(patient);
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
