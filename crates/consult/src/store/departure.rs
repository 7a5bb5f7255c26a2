//! Who left for a reception, and what came back.

use base::{Date, Digest, Id, InstitutionCode, Timestamp, Token};
use database::{Error, Row, Transaction};
use handover::{AccessToken, Issuer, RegisteredReception};

use super::{Store, appointment, directory, mail, proof};
use crate::{
    Refusal,
    mail::{DeskEvent, Notification},
    rules::{
        appointment::{Appointment, AppointmentId},
        institution::ProofMethod,
        patient::PatientId,
        proof::PatientSide,
    },
};

/// One departure's id. The reception is not told it: its reference is the appointment's id, the same each time she leaves, so
/// that it can lead her on to where she left. It says nothing of the patient.
pub(crate) type DepartureId = Id<StoredDeparture>;

/// How far a departure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DepartureStage {
    /// She is away.
    Open,
    /// She came back with a code, which is being redeemed.
    Redeeming,
    /// She came back registered.
    Registered,
    /// She came back without having registered.
    Ended,
    /// She came back, and the reception did not confirm what she brought.
    Unconfirmed,
    /// The appointment was moved to another day meanwhile.
    Void,
}

impl DepartureStage {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Open, "open"),
        (Self::Redeeming, "redeeming"),
        (Self::Registered, "registered"),
        (Self::Ended, "ended"),
        (Self::Unconfirmed, "unconfirmed"),
        (Self::Void, "void"),
    ];

    fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(stage, _)| *stage == self).map_or("void", |(_, word)| word)
    }
}

/// A patient who left.
#[derive(Clone)]
pub(crate) struct StoredDeparture {
    pub(crate) id: DepartureId,
    pub(crate) appointment: AppointmentId,
    pub(crate) patient: PatientId,
    pub(crate) institution: InstitutionCode,
    pub(crate) browser: Digest,
    pub(crate) issuer: Issuer,
    pub(crate) visit_date: Date,
    pub(crate) secret: Token,
}

/// A departure that is about to be written.
#[derive(Clone)]
pub(crate) struct NewDeparture {
    pub(crate) id: DepartureId,
    pub(crate) state: Digest,
    pub(crate) appointment: AppointmentId,
    pub(crate) patient: PatientId,
    pub(crate) browser: Digest,
    pub(crate) issuer: Issuer,
    pub(crate) visit_date: Date,
    pub(crate) secret: Token,
}

/// Whether this return is the first with its departure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnClaim {
    /// It is, and nobody else redeems.
    First,
    /// Another was, and this is how far it has come.
    Later(DepartureStage),
}

fn secret_purpose(id: DepartureId) -> String {
    format!("departure {id}")
}

pub(super) fn token_purpose(id: DepartureId) -> String {
    format!("access token {id}")
}

struct DepartureRow {
    id: DepartureId,
    appointment: AppointmentId,
    patient: PatientId,
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
        patient: row.get(2)?,
        browser: row.get(3)?,
        issuer: row.get(4)?,
        visit_date: row.get(5)?,
        sealed: row.get(6)?,
        institution: row.get(7)?,
    })
}

impl Store {
    fn unseal_departure(&self, kept: &DepartureRow) -> Result<StoredDeparture, Refusal> {
        let wrong = Refusal::CorruptRecord("a departure");
        let secret = self
            .seal
            .open(&secret_purpose(kept.id), &kept.sealed)
            .and_then(|clear| std::str::from_utf8(&clear).ok()?.parse::<Token>().ok());
        let (Some(secret), Ok(issuer)) = (secret, kept.issuer.parse()) else {
            return Err(wrong);
        };
        Ok(StoredDeparture {
            id: kept.id,
            appointment: kept.appointment,
            patient: kept.patient,
            institution: kept.institution,
            browser: kept.browser,
            issuer,
            visit_date: kept.visit_date,
            secret,
        })
    }

    /// Writes down that she leaves for a reception, after the reception has taken the request.
    pub(crate) async fn insert_departure(&self, new: NewDeparture, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let seen = find_provable_appointment(transaction, new.patient, new.appointment, now)?;
                // The request says the old day if the appointment was moved meanwhile.
                if seen.visit_date() != new.visit_date {
                    return Err(Refusal::Changed);
                }
                let sealed =
                    store.seal.seal(&secret_purpose(new.id), new.secret.reveal().as_bytes(), &store.randomness);
                transaction.execute(
                    "INSERT INTO departure (id, state, appointment, patient, browser, issuer, visit_date, sealed, left_at, stage)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open')",
                    &[
                        &new.id,
                        &new.state,
                        &new.appointment,
                        &new.patient,
                        &new.browser,
                        &new.issuer.as_str(),
                        &new.visit_date,
                        &sealed,
                        &now,
                    ],
                )?;
                let (proof, version) = proof::load_proof(transaction, new.appointment)?.ok_or(Refusal::NotFound)?;
                proof::save_proof(transaction, new.appointment, &proof.depart(now), version)
            })
            .await
    }

    /// Writes down that she leaves for the institution's fixed URL.
    pub(crate) async fn record_fixed_url_departure(
        &self,
        patient: PatientId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                require_fixed_url(transaction, patient, id, now)?;
                let (proof, version) = proof::load_proof(transaction, id)?.ok_or(Refusal::WrongProofMethod(id))?;
                proof::save_proof(transaction, id, &proof.depart(now), version)
            })
            .await
    }

    /// Writes down her word that she finished at the institution's fixed URL.
    pub(crate) async fn report_procedure_done(
        &self,
        patient: PatientId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                require_fixed_url(transaction, patient, id, now)?;
                let (proof, version) = proof::load_proof(transaction, id)?.ok_or(Refusal::WrongProofMethod(id))?;
                if matches!(proof.patient, PatientSide::ReportedDone { .. })
                    && proof.clone().report_done(now).desk == proof.desk
                {
                    // The same word a second time is no news for the desk.
                    return Ok(());
                }
                proof::save_proof(transaction, id, &proof.report_done(now), version)?;
                let message = Notification::ToDesk { appointment: id, event: DeskEvent::ReportedDone };
                mail::enqueue(transaction, &store, now, &message)?;
                Ok(())
            })
            .await
    }

    /// The departure that a state belongs to.
    pub(crate) async fn find_departure_by_state(&self, state: Digest) -> Result<Option<StoredDeparture>, Refusal> {
        let store = self.clone();
        self.database
            .read(move |transaction| {
                let found = transaction.fetch_optional(
                    "SELECT d.id, d.appointment, d.patient, d.browser, d.issuer, d.visit_date, d.sealed, a.institution
                     FROM departure d JOIN appointment a ON a.id = d.appointment WHERE d.state = $1",
                    &[&state],
                    read_row,
                )?;
                found.as_ref().map(|found| store.unseal_departure(found)).transpose()
            })
            .await
    }

    /// How far the patient's own departure has come.
    pub(crate) async fn find_departure_stage(
        &self,
        patient: PatientId,
        appointment: AppointmentId,
        id: DepartureId,
    ) -> Result<DepartureStage, Refusal> {
        self.database
            .read(move |transaction| {
                let found: Option<String> = transaction.fetch_optional(
                    "SELECT stage FROM departure WHERE id = $1 AND appointment = $2 AND patient = $3",
                    &[&id, &appointment, &patient],
                    |row| row.get(0),
                )?;
                let found = found.ok_or(Refusal::NotFound)?;
                parse_stage(&found).ok_or(Refusal::CorruptRecord("a departure"))
            })
            .await
    }

    /// Claims the one redeeming of a departure's code. Of a hundred returns one is first.
    pub(crate) async fn claim_return(&self, id: DepartureId) -> Result<ReturnClaim, Refusal> {
        self.database
            .write(move |transaction| {
                if update_stage(transaction, id, DepartureStage::Open, DepartureStage::Redeeming)? {
                    return Ok(ReturnClaim::First);
                }
                let word: String =
                    transaction.fetch_one("SELECT stage FROM departure WHERE id = $1", &[&id], |row| row.get(0))?;
                Ok(ReturnClaim::Later(parse_stage(&word).ok_or(Refusal::CorruptRecord("a departure"))?))
            })
            .await
    }

    /// Gives the redeeming back, so that the same return may be tried again.
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

    /// She came back without having registered.
    pub(crate) async fn record_ended_return(&self, departed: &StoredDeparture) -> Result<(), Refusal> {
        let (id, appointment) = (departed.id, departed.appointment);
        self.database
            .write(move |transaction| {
                if !update_stage(transaction, id, DepartureStage::Open, DepartureStage::Ended)? {
                    return Ok(());
                }
                let (proof, version) = proof::load_proof(transaction, appointment)?.ok_or(Refusal::NotFound)?;
                proof::save_proof(transaction, appointment, &proof.end_without_registering(), version)
            })
            .await
    }

    /// She came back registered. The newest registration is the one in force.
    pub(crate) async fn record_registered_return(
        &self,
        departed: &StoredDeparture,
        reception: RegisteredReception,
        token: AccessToken,
        now: Timestamp,
    ) -> Result<DepartureStage, Refusal> {
        let store = self.clone();
        let (id, appointment) = (departed.id, departed.appointment);
        self.database
            .write(move |transaction| {
                let sealed = store.seal.seal(&token_purpose(id), token.reveal().as_bytes(), &store.randomness);
                let done = transaction.execute(
                    "UPDATE departure SET stage = 'registered', access_token = $2, asked_at = $3
                     WHERE id = $1 AND stage = 'redeeming'",
                    &[&id, &sealed, &now],
                )?;
                if done == 0 {
                    // Moved to another day while she came back: that registration is for a day that nobody waits for.
                    return Ok(DepartureStage::Void);
                }
                let (proof, version) = proof::load_proof(transaction, appointment)?.ok_or(Refusal::NotFound)?;
                let proof = proof.register_consent(reception.reception_number, reception.valid_until);
                proof::save_proof(transaction, appointment, &proof, version)?;
                let message = Notification::ToDesk { appointment, event: DeskEvent::ConsentRegistered };
                mail::enqueue(transaction, &store, now, &message)?;
                Ok(DepartureStage::Registered)
            })
            .await
    }
}

fn parse_stage(word: &str) -> Option<DepartureStage> {
    DepartureStage::NAMES.iter().find(|(_, kept)| *kept == word).map(|(stage, _)| *stage)
}

/// Compare and set.
fn update_stage(
    transaction: &mut Transaction<'_>,
    id: DepartureId,
    from: DepartureStage,
    to: DepartureStage,
) -> Result<bool, Error> {
    let changed = transaction.execute(
        "UPDATE departure SET stage = $3 WHERE id = $1 AND stage = $2",
        &[&id, &from.as_str(), &to.as_str()],
    )?;
    Ok(changed == 1)
}

/// The patient's appointment, if insurance may still be proven for it.
pub(crate) fn find_provable_appointment(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Appointment, Refusal> {
    let seen = appointment::find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
    if seen.openness(now).can_be_proven() { Ok(seen) } else { Err(Refusal::Closed(id)) }
}

fn require_fixed_url(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let seen = find_provable_appointment(transaction, patient, id, now)?;
    match directory::find_institution(transaction, seen.institution)?.map(|institution| institution.proof_method) {
        Some(ProofMethod::FixedUrl { .. }) => Ok(()),
        _ => Err(Refusal::WrongProofMethod(id)),
    }
}
