//! The outbox.

use base::{Id, Span, Timestamp};
use database::{Error, Migration, Transaction};
use shell::Language;

use super::{Store, desk_news};
use crate::{
    mail::{AppointmentFacts, Letter, Message, PatientEvent, sign_in_code, to_patient},
    rules::{
        appointment::AppointmentId,
        proof::{RequestReason, Wanted},
    },
};

/// The table of letters. Address, subject and text are sealed: a sign-in code must not lie in clear.
pub(crate) const MIGRATION: Migration = Migration {
    name: "outbox",
    sql: "CREATE TABLE outbox (
    id TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA,
    queued_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_attempt BIGINT NOT NULL,
    settled_at BIGINT,
    fate TEXT,
    last_error TEXT
);
CREATE INDEX outbox_due ON outbox (settled_at, next_attempt);",
};

/// How long a claimed letter is left alone by other nodes; longer than any attempt lasts.
const CLAIM: Span = Span::from_mins(5);
/// How long the trace of a letter that was sent is kept.
const KEPT: Span = Span::from_hours(30 * 24);
/// How many letters the outbox page shows.
const SHOWN: i64 = 200;

/// One letter's id.
pub(crate) type LetterId = Id<Letter>;

/// A letter that this node, and no other, may try to send now.
pub(crate) struct Claimed {
    pub(crate) id: LetterId,
    pub(crate) letter: Letter,
    /// This attempt's number, from 1.
    pub(crate) attempts: u32,
}

/// What became of a claimed letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Handed over; its text is forgotten.
    Sent,
    /// Not sent anywhere, to be read in the outbox.
    Kept,
    /// To be tried again.
    Again { at: Timestamp, why: &'static str },
    /// Not to be tried again; its text is forgotten.
    GivenUp { why: &'static str },
}

/// A letter as the outbox page shows it.
#[derive(Clone)]
pub struct OutboxLetter {
    /// Address, subject and text.
    pub letter: Letter,
    /// When it was written.
    pub queued_at: Timestamp,
}

/// Puts the letter that tells of `message` into the outbox, within the transaction of what it tells of.
///
/// Nobody to tell (a desk without staff, a patient who is gone) is no error. What a desk is told of is gathered.
pub(crate) fn enqueue(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    message: &Message,
) -> Result<(), Error> {
    enqueue_for(transaction, store, now, now, message).map(|_| ())
}

/// The same, not to be sent before `due`; answers which letters these are.
pub(super) fn enqueue_for(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    due: Timestamp,
    message: &Message,
) -> Result<Vec<LetterId>, Error> {
    if let Message::ToDesk { appointment, event } = message {
        desk_news::record_event(transaction, store, *appointment, *event, now)?;
        return Ok(Vec::new());
    }
    let letters = write(transaction, store, message)?;
    letters.iter().map(|letter| insert_letter(transaction, store, now, due, letter)).collect()
}

/// Puts a letter into the outbox, not to be sent before `due`.
pub(super) fn insert_letter(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    due: Timestamp,
    letter: &Letter,
) -> Result<LetterId, Error> {
    let id = LetterId::new(now, &store.randomness);
    let clear = serde_json::to_vec(letter).expect("three texts can be written as JSON");
    let sealed = store.seal.seal(&purpose(id), &clear, &store.randomness);
    transaction.execute(
        "INSERT INTO outbox (id, sealed, queued_at, attempts, next_attempt) VALUES ($1, $2, $3, 0, $4)",
        &[&id, &sealed, &now, &due],
    )?;
    Ok(id)
}

/// Takes a letter out of the outbox that no attempt was made to send; `false` where one was, so that it may have left.
pub(super) fn withdraw_letter(transaction: &mut Transaction<'_>, id: LetterId) -> Result<bool, Error> {
    let withdrawn =
        transaction.execute("DELETE FROM outbox WHERE id = $1 AND attempts = 0 AND settled_at IS NULL", &[&id])?;
    Ok(withdrawn == 1)
}

/// A sealed letter is bound to its row.
fn purpose(id: LetterId) -> String {
    format!("letter {id}")
}

fn write(transaction: &mut Transaction<'_>, store: &Store, message: &Message) -> Result<Vec<Letter>, Error> {
    match message {
        Message::SignInCode { to, code, language } => Ok(vec![sign_in_code(to, *language, code)]),
        Message::ToPatient { appointment, event } => {
            let Some(about) = about(transaction, *appointment)? else { return Ok(Vec::new()) };
            let request = if *event == PatientEvent::Requested { about.request } else { None };
            let page = store.origin.at(&format!("/appointments/{appointment}"));
            let facts = AppointmentFacts { start: about.start, page, request };
            Ok(vec![to_patient(&about.patient, about.language, *event, &facts)])
        }
        // Gathered, and written by `desk_news`.
        Message::ToDesk { .. } => Ok(Vec::new()),
    }
}

struct About {
    start: Timestamp,
    patient: String,
    language: Language,
    request: Option<(Wanted, RequestReason)>,
}

fn about(transaction: &mut Transaction<'_>, appointment: AppointmentId) -> Result<Option<About>, Error> {
    transaction.optional(
        "SELECT a.visit_start, p.mail, p.language, r.desk_word, r.desk_reason
         FROM appointment a JOIN patient p ON p.id = a.patient
         LEFT JOIN proof r ON r.appointment = a.id AND r.desk_side = 'requested'
         WHERE a.id = $1",
        &[&appointment],
        |row| {
            let word = |column| -> Result<Option<String>, Error> { row.at(column) };
            let what = word(3)?.and_then(|what| what.parse().ok());
            let reason = word(4)?.and_then(|reason| reason.parse().ok());
            Ok(About {
                start: row.at(0)?,
                patient: row.at(1)?,
                language: Language::from_tag(&row.at::<String>(2)?).unwrap_or_default(),
                request: what.zip(reason),
            })
        },
    )
}

impl Store {
    /// The host in the ids of letters.
    pub(crate) fn mail_domain(&self) -> &str {
        let authority = self.origin.authority();
        authority.rsplit_once(':').map_or(authority, |(host, _)| host)
    }

    /// Claims a letter that is due. Two nodes never claim the same attempt: the number of attempts is compared and set.
    pub(crate) async fn claim_letter(&self, now: Timestamp) -> Result<Option<Claimed>, Error> {
        let store = self.clone();
        self.database.write(move |transaction| store.claim(transaction, now)).await
    }

    fn claim(&self, transaction: &mut Transaction<'_>, now: Timestamp) -> Result<Option<Claimed>, Error> {
        let due: Option<(LetterId, u32, Option<Vec<u8>>)> = transaction.optional(
            "SELECT id, attempts, sealed FROM outbox WHERE settled_at IS NULL AND next_attempt <= $1
             ORDER BY next_attempt, id LIMIT 1",
            &[&now],
            |row| Ok((row.at(0)?, row.at(1)?, row.at(2)?)),
        )?;
        let Some((id, attempts, sealed)) = due else { return Ok(None) };
        let claimed = transaction.execute(
            "UPDATE outbox SET attempts = $3, next_attempt = $4
             WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
            &[&id, &attempts, &(attempts + 1), &now.plus(CLAIM)],
        )?;
        let letter = sealed.and_then(|sealed| self.unseal(id, &sealed));
        match letter {
            Some(letter) if claimed == 1 => Ok(Some(Claimed { id, letter, attempts: attempts + 1 })),
            Some(_) => Ok(None),
            None => {
                // Sealed under a key that is gone. It can never be sent, and must not stand before those that can.
                tracing::error!("a letter cannot be unsealed and was given up");
                settle(transaction, id, attempts + 1, Fate::GivenUp { why: "it cannot be unsealed" }, now)?;
                Ok(None)
            }
        }
    }

    fn unseal(&self, id: LetterId, sealed: &[u8]) -> Option<Letter> {
        serde_json::from_slice(&self.seal.open(&purpose(id), sealed)?).ok()
    }

    /// Writes down what became of an attempt. Nothing changes if the letter was taken up by another in the meantime.
    pub(crate) async fn settle_letter(
        &self,
        id: LetterId,
        attempts: u32,
        fate: Fate,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database.write(move |transaction| settle(transaction, id, attempts, fate, now)).await
    }

    /// The letters that can still be read, newest first. With a carrier that sends, these are those that wait.
    pub(crate) async fn outbox(&self) -> Result<Vec<OutboxLetter>, Error> {
        let store = self.clone();
        self.database
            .read(move |transaction| {
                let rows = transaction.all(
                    "SELECT id, sealed, queued_at FROM outbox WHERE sealed IS NOT NULL
                     ORDER BY queued_at DESC, id DESC LIMIT $1",
                    &[&SHOWN],
                    |row| Ok((row.at::<LetterId>(0)?, row.at::<Vec<u8>>(1)?, row.at::<Timestamp>(2)?)),
                )?;
                Ok(rows
                    .into_iter()
                    .filter_map(|(id, sealed, queued_at)| {
                        Some(OutboxLetter { letter: store.unseal(id, &sealed)?, queued_at })
                    })
                    .collect())
            })
            .await
    }
}

fn settle(
    transaction: &mut Transaction<'_>,
    id: LetterId,
    attempts: u32,
    fate: Fate,
    now: Timestamp,
) -> Result<(), Error> {
    match fate {
        Fate::Again { at, why } => transaction.execute(
            "UPDATE outbox SET next_attempt = $3, last_error = $4 WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
            &[&id, &attempts, &at, &why],
        )?,
        Fate::Kept => transaction.execute(
            "UPDATE outbox SET settled_at = $3, fate = 'kept' WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
            &[&id, &attempts, &now],
        )?,
        Fate::Sent => transaction.execute(
            "UPDATE outbox SET settled_at = $3, fate = 'sent', sealed = NULL
             WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
            &[&id, &attempts, &now],
        )?,
        Fate::GivenUp { why } => transaction.execute(
            "UPDATE outbox SET settled_at = $3, fate = 'given_up', sealed = NULL, last_error = $4
             WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
            &[&id, &attempts, &now, &why],
        )?,
    };
    // What was settled long ago is of no use to anybody.
    transaction.execute("DELETE FROM outbox WHERE settled_at < $1", &[&now.minus(KEPT)]).map(|_| ())
}
