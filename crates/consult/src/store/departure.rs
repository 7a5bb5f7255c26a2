//! Who left for a reception, and what came back.

use base::{Date, Digest, Id, InstitutionCode, Timestamp, Token};
use database::{Error, Row, Transaction};
use handover::{AccessToken, Issuer, RegisteredReception};

use super::{Store, appointment, directory, mail, proof};
use crate::{
    Refusal,
    mail::{DeskEvent, Message},
    rules::{
        appointment::{Appointment, AppointmentId},
        institution::LeaveBy,
        patient::PatientId,
        proof::PatientSide,
    },
};

/// One departure's id. The reception is not told it: its reference is the appointment's id, the same each time she leaves, so
/// that it can lead her on to where she left. It says nothing of the patient.
pub(crate) type DepartureId = Id<Departed>;

/// How far a departure has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
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

impl Stage {
    const WORDS: [(Self, &'static str); 6] = [
        (Self::Open, "open"),
        (Self::Redeeming, "redeeming"),
        (Self::Registered, "registered"),
        (Self::Ended, "ended"),
        (Self::Unconfirmed, "unconfirmed"),
        (Self::Void, "void"),
    ];

    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(stage, _)| *stage == self).map_or("void", |(_, word)| word)
    }
}

/// A patient who left.
#[derive(Clone)]
pub(crate) struct Departed {
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
pub(crate) enum Claim {
    /// It is, and nobody else redeems.
    First,
    /// Another was, and this is how far it has come.
    Later(Stage),
}

fn secret_purpose(id: DepartureId) -> String {
    format!("departure {id}")
}

pub(super) fn token_purpose(id: DepartureId) -> String {
    format!("access token {id}")
}

struct Kept {
    id: DepartureId,
    appointment: AppointmentId,
    patient: PatientId,
    browser: Digest,
    issuer: String,
    visit_date: Date,
    sealed: Vec<u8>,
    institution: InstitutionCode,
}

fn kept(row: &Row<'_>) -> Result<Kept, Error> {
    Ok(Kept {
        id: row.at(0)?,
        appointment: row.at(1)?,
        patient: row.at(2)?,
        browser: row.at(3)?,
        issuer: row.at(4)?,
        visit_date: row.at(5)?,
        sealed: row.at(6)?,
        institution: row.at(7)?,
    })
}

impl Store {
    fn departed(&self, kept: &Kept) -> Result<Departed, Refusal> {
        let wrong = Refusal::Record("a departure");
        let secret = self
            .seal
            .open(&secret_purpose(kept.id), &kept.sealed)
            .and_then(|clear| std::str::from_utf8(&clear).ok()?.parse::<Token>().ok());
        let (Some(secret), Ok(issuer)) = (secret, kept.issuer.parse()) else {
            return Err(wrong);
        };
        Ok(Departed {
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
    pub(crate) async fn depart(&self, new: NewDeparture, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let seen = provable(transaction, new.patient, new.appointment, now)?;
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
                let (proof, version) = proof::load(transaction, new.appointment)?.ok_or(Refusal::NotFound)?;
                proof::save(transaction, new.appointment, &proof.leave(now), version)
            })
            .await
    }

    /// Writes down that she leaves for the institution's fixed URL.
    pub(crate) async fn leave_by_url(
        &self,
        patient: PatientId,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                by_url(transaction, patient, id, now)?;
                let (proof, version) = proof::load(transaction, id)?.ok_or(Refusal::WrongWay(id))?;
                proof::save(transaction, id, &proof.leave(now), version)
            })
            .await
    }

    /// Writes down her word that she finished at the institution's fixed URL.
    pub(crate) async fn say_done(&self, patient: PatientId, id: AppointmentId, now: Timestamp) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                by_url(transaction, patient, id, now)?;
                let (proof, version) = proof::load(transaction, id)?.ok_or(Refusal::WrongWay(id))?;
                if matches!(proof.patient, PatientSide::SaidDone { .. })
                    && proof.clone().said_done(now).desk == proof.desk
                {
                    // The same word a second time is no news for the desk.
                    return Ok(());
                }
                proof::save(transaction, id, &proof.said_done(now), version)?;
                let message = Message::ToDesk { appointment: id, event: DeskEvent::SaidDone };
                mail::enqueue(transaction, &store, now, &message)?;
                Ok(())
            })
            .await
    }

    /// The departure that a state belongs to.
    pub(crate) async fn departure_by_state(&self, state: Digest) -> Result<Option<Departed>, Refusal> {
        let store = self.clone();
        self.database
            .read(move |transaction| {
                let found = transaction.optional(
                    "SELECT d.id, d.appointment, d.patient, d.browser, d.issuer, d.visit_date, d.sealed, a.institution
                     FROM departure d JOIN appointment a ON a.id = d.appointment WHERE d.state = $1",
                    &[&state],
                    kept,
                )?;
                found.as_ref().map(|found| store.departed(found)).transpose()
            })
            .await
    }

    /// How far the patient's own departure has come.
    pub(crate) async fn departure_stage(
        &self,
        patient: PatientId,
        appointment: AppointmentId,
        id: DepartureId,
    ) -> Result<Stage, Refusal> {
        self.database
            .read(move |transaction| {
                let found: Option<String> = transaction.optional(
                    "SELECT stage FROM departure WHERE id = $1 AND appointment = $2 AND patient = $3",
                    &[&id, &appointment, &patient],
                    |row| row.at(0),
                )?;
                let found = found.ok_or(Refusal::NotFound)?;
                stage(&found).ok_or(Refusal::Record("a departure"))
            })
            .await
    }

    /// Claims the one redeeming of a departure's code. Of a hundred returns one is first.
    pub(crate) async fn claim_return(&self, id: DepartureId) -> Result<Claim, Refusal> {
        self.database
            .write(move |transaction| {
                if set(transaction, id, Stage::Open, Stage::Redeeming)? {
                    return Ok(Claim::First);
                }
                let word: String =
                    transaction.one("SELECT stage FROM departure WHERE id = $1", &[&id], |row| row.at(0))?;
                Ok(Claim::Later(stage(&word).ok_or(Refusal::Record("a departure"))?))
            })
            .await
    }

    /// Gives the redeeming back, so that the same return may be tried again.
    pub(crate) async fn release_return(&self, id: DepartureId) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                set(transaction, id, Stage::Redeeming, Stage::Open).map(|_| ()).map_err(Refusal::from)
            })
            .await
    }

    /// The reception did not confirm the code.
    pub(crate) async fn return_unconfirmed(&self, id: DepartureId) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                set(transaction, id, Stage::Redeeming, Stage::Unconfirmed).map(|_| ()).map_err(Refusal::from)
            })
            .await
    }

    /// She came back without having registered.
    pub(crate) async fn return_ended(&self, departed: &Departed) -> Result<(), Refusal> {
        let (id, appointment) = (departed.id, departed.appointment);
        self.database
            .write(move |transaction| {
                if !set(transaction, id, Stage::Open, Stage::Ended)? {
                    return Ok(());
                }
                let (proof, version) = proof::load(transaction, appointment)?.ok_or(Refusal::NotFound)?;
                proof::save(transaction, appointment, &proof.ended_without_registering(), version)
            })
            .await
    }

    /// She came back registered. The newest registration is the one in force.
    pub(crate) async fn return_registered(
        &self,
        departed: &Departed,
        reception: RegisteredReception,
        token: AccessToken,
        now: Timestamp,
    ) -> Result<Stage, Refusal> {
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
                    return Ok(Stage::Void);
                }
                let (proof, version) = proof::load(transaction, appointment)?.ok_or(Refusal::NotFound)?;
                let proof = proof.registered(reception.reception_number, reception.valid_until);
                proof::save(transaction, appointment, &proof, version)?;
                let message = Message::ToDesk { appointment, event: DeskEvent::Registered };
                mail::enqueue(transaction, &store, now, &message)?;
                Ok(Stage::Registered)
            })
            .await
    }
}

fn stage(word: &str) -> Option<Stage> {
    Stage::WORDS.iter().find(|(_, kept)| *kept == word).map(|(stage, _)| *stage)
}

/// Compare and set.
fn set(transaction: &mut Transaction<'_>, id: DepartureId, from: Stage, to: Stage) -> Result<bool, Error> {
    let changed = transaction
        .execute("UPDATE departure SET stage = $3 WHERE id = $1 AND stage = $2", &[&id, &from.word(), &to.word()])?;
    Ok(changed == 1)
}

/// The patient's appointment, if insurance may still be proven for it.
pub(crate) fn provable(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Appointment, Refusal> {
    let seen = appointment::of_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
    if seen.openness(now).may_be_proven() { Ok(seen) } else { Err(Refusal::Closed(id)) }
}

fn by_url(
    transaction: &mut Transaction<'_>,
    patient: PatientId,
    id: AppointmentId,
    now: Timestamp,
) -> Result<(), Refusal> {
    let seen = provable(transaction, patient, id, now)?;
    match directory::institution(transaction, seen.institution)?.map(|institution| institution.leave_by) {
        Some(LeaveBy::FixedUrl { .. }) => Ok(()),
        _ => Err(Refusal::WrongWay(id)),
    }
}
