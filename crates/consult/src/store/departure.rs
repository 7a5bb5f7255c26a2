//! Who left for a reception, and what came back.

use base::{Date, Digest, Id, InstitutionCode, ReceptionNumber, Span, Timestamp, Token};
use database::{Error, Migration, Row, Transaction};
use handover::{AccessToken, Issuer, RegisteredReception, Standing};

use super::{Store, appointment, directory, mail, proof};
use crate::{
    Refusal,
    mail::{DeskEvent, Message},
    rules::{
        appointment::{Appointment, AppointmentId},
        institution::LeaveBy,
        patient::PatientId,
        proof::{PatientSide, Proof},
    },
};

/// So that what is in force is found among all that ever was.
pub(crate) const IN_FORCE: Migration = Migration {
    name: "registrations in force",
    sql: "CREATE INDEX proof_in_force ON proof (valid_until) WHERE patient_side = 'registered';",
};

/// One departure's id. The reception is not told it: its reference is the appointment's id, the same each time she leaves, so
/// that it can lead her on to where she left. It says nothing of the patient.
pub(crate) type DepartureId = Id<Departed>;

/// How often a reception is asked whether a registration still stands.
const ASKED_AT_MOST_EVERY: Span = Span::from_secs(60);

/// How often it is asked while nobody looks.
const ASKED_UNSEEN_EVERY: Span = Span::from_mins(10);
/// How long before a visit it is asked while nobody looks. Until then nobody prepares for the visit.
const NEAR: Span = Span::from_hours(72);

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

/// A registration to ask the reception about.
pub(crate) struct Question {
    pub(crate) issuer: Issuer,
    pub(crate) token: AccessToken,
    pub(crate) reception_number: ReceptionNumber,
}

fn secret_purpose(id: DepartureId) -> String {
    format!("departure {id}")
}

fn token_purpose(id: DepartureId) -> String {
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

    /// The registration in force of an appointment, if it is time to ask the reception about it again. Whoever asks
    /// first within a minute asks for all.
    pub(crate) async fn question(&self, id: AppointmentId, now: Timestamp) -> Result<Option<Question>, Refusal> {
        let store = self.clone();
        let due = move |transaction: &mut Transaction<'_>| due(transaction, id, now);
        // Mostly there is nothing to ask, and then nothing is to be written.
        if self.database.read(due).await?.is_none() {
            return Ok(None);
        }
        self.database
            .write(move |transaction| {
                let Some(asked) = due(transaction)? else { return Ok(None) };
                store.ask(transaction, &asked, now).map(Some)
            })
            .await
    }

    /// Some of the registrations in force whose visit is near and about which nobody asked for a while. Whoever takes
    /// them up asks for all: until the next turn nobody else is given them.
    pub(crate) async fn questions(&self, now: Timestamp, most: u32) -> Result<Vec<(AppointmentId, Question)>, Refusal> {
        let store = self.clone();
        if self.database.read(move |transaction| all_due(transaction, now, 1)).await?.is_empty() {
            return Ok(Vec::new());
        }
        self.database
            .write(move |transaction| {
                let mut questions = Vec::new();
                for asked in all_due(transaction, now, most)? {
                    match store.ask(transaction, &asked, now) {
                        Ok(question) => questions.push((asked.appointment, question)),
                        // Sealed under a key that is gone: it must not stand before those that can be asked about.
                        Err(Refusal::Record(what)) => tracing::error!(what, "a registration cannot be asked about"),
                        Err(other) => return Err(other),
                    }
                }
                Ok(questions)
            })
            .await
    }

    /// Notes that it is asked now, and tells with what.
    fn ask(&self, transaction: &mut Transaction<'_>, asked: &Due, now: Timestamp) -> Result<Question, Refusal> {
        transaction.execute("UPDATE departure SET asked_at = $2 WHERE id = $1", &[&asked.departure, &now])?;
        let token = self.seal.open(&token_purpose(asked.departure), &asked.sealed);
        let token = token.and_then(|clear| std::str::from_utf8(&clear).ok()?.parse().ok());
        let (Some(token), Ok(issuer)) = (token, asked.issuer.parse()) else {
            return Err(Refusal::Record("an access token"));
        };
        Ok(Question { issuer, token, reception_number: asked.reception_number })
    }

    /// What the reception answered about the registration in force.
    pub(crate) async fn answered(
        &self,
        id: AppointmentId,
        asked: ReceptionNumber,
        standing: Standing,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let Some((proof, version)) = proof::load(transaction, id)? else { return Ok(()) };
                // Only about the registration that was asked about; a newer one may have come meanwhile.
                let PatientSide::Registered { reception_number, .. } = proof.patient else { return Ok(()) };
                if reception_number != asked {
                    return Ok(());
                }
                let changed: Proof = match standing {
                    Standing::Registered => return Ok(()),
                    Standing::Withdrawn => proof.withdrawn(),
                    Standing::Expired => proof.lapsed(),
                };
                proof::save(transaction, id, &changed, version)?;
                let message = Message::ToDesk { appointment: id, event: DeskEvent::Withdrawn };
                mail::enqueue(transaction, &store, now, &message)?;
                Ok(())
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

struct Due {
    departure: DepartureId,
    appointment: AppointmentId,
    issuer: String,
    sealed: Vec<u8>,
    reception_number: ReceptionNumber,
}

fn read_due(row: &Row<'_>) -> Result<Due, Error> {
    Ok(Due {
        departure: row.at(0)?,
        appointment: row.at(1)?,
        issuer: row.at(2)?,
        sealed: row.at(3)?,
        reception_number: row.at(4)?,
    })
}

macro_rules! in_force {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.appointment, d.issuer, d.access_token, p.reception_number
             FROM departure d JOIN proof p ON p.appointment = d.appointment
                JOIN appointment a ON a.id = d.appointment
             WHERE p.patient_side = 'registered' AND p.valid_until > $1 AND a.status = 'booked'
                AND d.stage = 'registered' AND d.asked_at <= $2
                AND d.id = (SELECT MAX(id) FROM departure WHERE appointment = a.id AND stage = 'registered') ",
            $rest
        )
    };
}

/// The registration in force of an appointment, if nobody asked about it within the minute.
fn due(transaction: &mut Transaction<'_>, id: AppointmentId, now: Timestamp) -> Result<Option<Due>, Refusal> {
    let before = now.minus(ASKED_AT_MOST_EVERY);
    Ok(transaction.optional(in_force!("AND d.appointment = $3"), &[&now, &before, &id], read_due)?)
}

/// Those of near visits about which nobody asked for a while, the longest unasked first.
fn all_due(transaction: &mut Transaction<'_>, now: Timestamp, most: u32) -> Result<Vec<Due>, Refusal> {
    let before = now.minus(ASKED_UNSEEN_EVERY);
    Ok(transaction.all(
        in_force!("AND a.visit_start < $3 ORDER BY d.asked_at, d.id LIMIT $4"),
        &[&now, &before, &now.plus(NEAR), &most],
        read_due,
    )?)
}
