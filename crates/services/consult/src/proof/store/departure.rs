//! Departures of patients to a reception, and their returns.

use base::{Date, Digest, Id, InstitutionCode, Timestamp, Token};
use database::{Error, Row, Transaction};
use handover::{AccessToken, Issuer, RegisteredReception};

use super::ledgers;
use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId},
    },
    desk_news::{self, rules::DeskEvent},
    directory::{
        rules::institution::{Institution, ProofMethod},
        store::institutions,
    },
    people::rules::account::AccountId,
    proof::rules::ledgers::{InsuranceProof, PatientSide},
    refusal::Refusal,
    store::Store,
};

/// The id of a departure. The reception does not receive it: its reference is the appointment's id, constant over
/// departures, so that the reception can continue an unfinished procedure. It reveals nothing of the patient.
pub(crate) type DepartureId = Id<StoredDeparture>;

base::text_enum! {
    /// The stage of a departure.
    pub(crate) enum DepartureStage {
        /// The patient has not returned.
        Open = "open",
        /// The patient returned with a code, which is being redeemed.
        Redeeming = "redeeming",
        /// The patient returned after registering.
        Registered = "registered",
        /// The patient returned without registering.
        Ended = "ended",
        /// The patient returned, and the reception did not confirm the code.
        Unconfirmed = "unconfirmed",
        /// The appointment was rescheduled to another day in the meantime.
        Void = "void",
    }
}

database::text_column!(DepartureStage);

/// A departure, unsealed.
#[derive(Clone)]
pub(crate) struct StoredDeparture {
    pub(crate) id: DepartureId,
    pub(crate) appointment: AppointmentId,
    /// The account that departed.
    pub(crate) account: AccountId,
    pub(crate) institution: InstitutionCode,
    pub(crate) browser: Digest,
    pub(crate) issuer: Issuer,
    pub(crate) visit_date: Date,
    pub(crate) secret: Token,
}

/// A departure to insert.
#[derive(Clone)]
pub(crate) struct NewDeparture {
    pub(crate) id: DepartureId,
    pub(crate) state: Digest,
    pub(crate) appointment: AppointmentId,
    /// The account that departs.
    pub(crate) account: AccountId,
    pub(crate) browser: Digest,
    pub(crate) issuer: Issuer,
    pub(crate) visit_date: Date,
    pub(crate) secret: Token,
}

/// An appointment whose insurance is to be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitToProve {
    pub(crate) appointment: Appointment,
    pub(crate) institution: Institution,
    /// A self-pay visit has none.
    pub(crate) proof: Option<InsuranceProof>,
}

fn secret_purpose(id: DepartureId) -> String {
    format!("departure {id}")
}

pub(crate) fn token_purpose(id: DepartureId) -> String {
    format!("access token {id}")
}

struct DepartureRow {
    id: DepartureId,
    appointment: AppointmentId,
    account: AccountId,
    browser: Digest,
    issuer: String,
    visit_date: Date,
    sealed: Vec<u8>,
    institution: InstitutionCode,
}

fn read_row(row: &Row<'_>) -> Result<DepartureRow, Error> {
    Ok(DepartureRow {
        id: row.get(0)?,
        appointment: row.get(1)?,
        account: row.get(2)?,
        browser: row.get(3)?,
        issuer: row.get(4)?,
        visit_date: row.get(5)?,
        sealed: row.get(6)?,
        institution: row.get(7)?,
    })
}

impl Store {
    fn unseal_departure(&self, row: &DepartureRow) -> Result<StoredDeparture, Refusal> {
        let wrong = Refusal::CorruptRecord("a departure");
        let secret = self
            .seal
            .open(&secret_purpose(row.id), &row.sealed)
            .and_then(|clear| std::str::from_utf8(&clear).ok()?.parse::<Token>().ok());
        let (Some(secret), Ok(issuer)) = (secret, row.issuer.parse()) else {
            return Err(wrong);
        };
        Ok(StoredDeparture {
            id: row.id,
            appointment: row.appointment,
            account: row.account,
            institution: row.institution,
            browser: row.browser,
            issuer,
            visit_date: row.visit_date,
            secret,
        })
    }

    /// The patient's appointment, with what decides how its insurance can be proven.
    pub(crate) async fn find_visit_to_prove(
        &self,
        account: AccountId,
        id: AppointmentId,
    ) -> Result<VisitToProve, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment =
                    appointments::store::find_for_account(transaction, account, id)?.ok_or(Refusal::NotFound)?;
                let institution = institutions::find_institution(transaction, appointment.institution)?
                    .ok_or(Refusal::CorruptRecord("the institution of an appointment"))?;
                let proof = ledgers::load_proof(transaction, id)?.map(|(proof, _)| proof);
                Ok(VisitToProve { appointment, institution, proof })
            })
            .await
    }

    /// Records a departure to a reception, after the reception has accepted the pushed request.
    pub(crate) async fn insert_departure(&self, new: NewDeparture, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = appointments::store::find_provable_appointment(transaction, new.account, new.appointment, now)?;
                // If the appointment was rescheduled in the meantime, the request is for the old day.
                if appointment.visit_date() != new.visit_date {
                    return Err(Refusal::Changed);
                }
                let sealed =
                    store.seal.seal(&secret_purpose(new.id), new.secret.reveal().as_bytes(), &store.randomness);
                transaction.execute(
                    "INSERT INTO departure (id, state, appointment, patient, browser, issuer, visit_date, sealed, left_at, stage,
                        account)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10)",
                    &[
                        &new.id,
                        &new.state,
                        &new.appointment,
                        &appointment.patient,
                        &new.browser,
                        &new.issuer.as_str(),
                        &new.visit_date,
                        &sealed,
                        &now,
                        &new.account,
                    ],
                )?;
                let (proof, version) = ledgers::load_proof(transaction, new.appointment)?.ok_or(Refusal::NotFound)?;
                ledgers::save_proof(transaction, new.appointment, &proof.depart(now), version)
            })
            .await
    }

    /// Records a departure to the institution's fixed URL.
    pub(crate) async fn record_fixed_url_departure(
        &self,
        account: AccountId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                require_fixed_url(transaction, account, id, now)?;
                let (proof, version) = ledgers::load_proof(transaction, id)?.ok_or(Refusal::WrongProofMethod(id))?;
                ledgers::save_proof(transaction, id, &proof.depart(now), version)
            })
            .await
    }

    /// Records the patient's report of having finished at the institution's fixed URL.
    pub(crate) async fn report_procedure_done(
        &self,
        account: AccountId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                require_fixed_url(transaction, account, id, now)?;
                let (proof, version) = ledgers::load_proof(transaction, id)?.ok_or(Refusal::WrongProofMethod(id))?;
                if matches!(proof.patient, PatientSide::ReportedDone { .. })
                    && proof.clone().report_done(now).desk == proof.desk
                {
                    // A second report is no news for the desk.
                    return Ok(());
                }
                ledgers::save_proof(transaction, id, &proof.report_done(now), version)?;
                desk_news::store::record_event(transaction, &store, id, DeskEvent::ReportedDone, now)?;
                Ok(())
            })
            .await
    }

    /// The departure with this `state`.
    pub(crate) async fn find_departure_by_state(&self, state: Digest) -> Result<Option<StoredDeparture>, Refusal> {
        let store = self.clone();
        self.database
            .read(move |transaction| {
                let row = transaction.fetch_optional(
                    "SELECT d.id, d.appointment, d.account, d.browser, d.issuer, d.visit_date, d.sealed, a.institution
                     FROM departure d JOIN appointment a ON a.id = d.appointment WHERE d.state = $1",
                    &[&state],
                    read_row,
                )?;
                row.as_ref().map(|row| store.unseal_departure(row)).transpose()
            })
            .await
    }

    /// The stage of an account's departure.
    pub(crate) async fn find_departure_stage(
        &self,
        account: AccountId,
        appointment: AppointmentId,
        id: DepartureId,
    ) -> Result<DepartureStage, Refusal> {
        self.database
            .read(move |transaction| {
                let stage = transaction.fetch_optional(
                    "SELECT stage FROM departure WHERE id = $1 AND appointment = $2 AND account = $3",
                    &[&id, &appointment, &account],
                    |row| row.get(0),
                )?;
                stage.ok_or(Refusal::NotFound)
            })
            .await
    }

    /// Claims redeeming the code of a departure; `false` if there was a return before, or the departure is void.
    pub(crate) async fn claim_return(&self, id: DepartureId) -> Result<bool, Refusal> {
        self.database
            .write(move |transaction| {
                update_stage(transaction, id, DepartureStage::Open, DepartureStage::Redeeming).map_err(Refusal::from)
            })
            .await
    }

    /// Releases the claim, so that the same return can be tried again.
    pub(crate) async fn release_return(&self, id: DepartureId) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                update_stage(transaction, id, DepartureStage::Redeeming, DepartureStage::Open)
                    .map(|_| ())
                    .map_err(Refusal::from)
            })
            .await
    }

    /// The reception did not confirm the code.
    pub(crate) async fn mark_return_unconfirmed(&self, id: DepartureId) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                update_stage(transaction, id, DepartureStage::Redeeming, DepartureStage::Unconfirmed)
                    .map(|_| ())
                    .map_err(Refusal::from)
            })
            .await
    }

    /// Records a return without registering.
    pub(crate) async fn record_ended_return(&self, departed: &StoredDeparture) -> Result<(), Refusal> {
        let (id, appointment) = (departed.id, departed.appointment);
        self.database
            .write(move |transaction| {
                if !update_stage(transaction, id, DepartureStage::Open, DepartureStage::Ended)? {
                    return Ok(());
                }
                let (proof, version) = ledgers::load_proof(transaction, appointment)?.ok_or(Refusal::NotFound)?;
                ledgers::save_proof(transaction, appointment, &proof.end_without_registering(), version)
            })
            .await
    }

    /// Records a return after registering. The newest registration is in force.
    pub(crate) async fn record_registered_return(
        &self,
        departed: &StoredDeparture,
        reception: RegisteredReception,
        token: AccessToken,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        let (id, appointment) = (departed.id, departed.appointment);
        self.database
            .write(move |transaction| {
                let sealed = store.seal.seal(&token_purpose(id), token.reveal().as_bytes(), &store.randomness);
                let updated = transaction.execute(
                    "UPDATE departure SET stage = 'registered', access_token = $2, asked_at = $3
                     WHERE id = $1 AND stage = 'redeeming'",
                    &[&id, &sealed, &now],
                )?;
                if updated == 0 {
                    // Rescheduled to another day during the return: the registration is for the old day.
                    return Ok(());
                }
                let (proof, version) = ledgers::load_proof(transaction, appointment)?.ok_or(Refusal::NotFound)?;
                let proof = proof.register_consent(reception.reception_number, reception.valid_until);
                ledgers::save_proof(transaction, appointment, &proof, version)?;
                desk_news::store::record_event(transaction, &store, appointment, DeskEvent::ConsentRegistered, now)?;
                Ok(())
            })
            .await
    }
}

/// Changes the stage if it is `expected`; returns whether it was.
fn update_stage(
    transaction: &mut Transaction<'_>,
    id: DepartureId,
    expected: DepartureStage,
    next: DepartureStage,
) -> Result<bool, Error> {
    let changed = transaction
        .execute("UPDATE departure SET stage = $3 WHERE id = $1 AND stage = $2", &[&id, &expected, &next])?;
    Ok(changed == 1)
}

/// Voids the departures for an appointment that moves to another day: a procedure that is still under way at the reception is
/// for the old day.
pub(crate) fn void_departures(transaction: &mut Transaction<'_>, appointment: AppointmentId) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE departure SET stage = 'void' WHERE appointment = $1 AND stage IN ('open', 'redeeming', 'registered')",
            &[&appointment],
        )
        .map(|_| ())
}

fn require_fixed_url(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let appointment = appointments::store::find_provable_appointment(transaction, account, id, now)?;
    match institutions::find_institution(transaction, appointment.institution)?
        .map(|institution| institution.proof_method)
    {
        Some(ProofMethod::FixedUrl { .. }) => Ok(()),
        _ => Err(Refusal::WrongProofMethod(id)),
    }
}
