//! The outbox of letters.

use base::{Id, Span, Timestamp};
use database::{Error, Row, Transaction};

use super::{
    letter::{Letter, mail_domain},
    rules::{address::MailAddress, delivery::SHORT_LIFE},
};
use crate::store::Store;

database::text_column!(MailAddress);

/// For how long a claim excludes other nodes; longer than any attempt lasts (`mail::relay`).
const CLAIM_DURATION: Span = Span::from_mins(2);
/// The key tag of a letter that no key of this node opens and whose own key is unknown.
const UNKNOWN_KEY: &str = "unknown";
/// How long the row of a settled letter is kept.
const RETENTION: Span = Span::from_hours(30 * 24);
/// How many letters the outbox page shows.
const MAX_SHOWN: i64 = 200;

/// The id of a letter.
pub(crate) type LetterId = Id<Letter>;

/// A letter that only this node may try to send now.
pub(crate) struct ClaimedLetter {
    pub(crate) id: LetterId,
    pub(crate) letter: Letter,
    /// The number of this attempt, from 1.
    pub(crate) attempts: u32,
    pub(crate) queued_at: Timestamp,
    /// When its content ceases to be of use, if ever.
    pub(crate) expires_at: Option<Timestamp>,
}

/// The result of looking for a letter that is due.
pub(crate) struct LetterClaim {
    pub(crate) letter: Option<ClaimedLetter>,
    /// How many letters were dropped because their content had expired.
    pub(crate) expired: u64,
    /// Whether a letter was found that only another key opens.
    pub(crate) has_foreign_letter: bool,
}

/// The outcome of a claimed letter. Reasons are stages and codes, never a relay's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeliveryOutcome {
    /// Taken by the relay; its text is deleted.
    Sent,
    /// Not sent anywhere, to be read in the outbox.
    LeftInOutbox,
    Retry {
        retry_at: Timestamp,
        reason: String,
    },
    /// The recipient's server refused it; its text is deleted.
    Refused {
        reason: String,
    },
    /// Its content has expired and is deleted.
    Expired {
        reason: String,
    },
    /// Not retried any more; its text is deleted.
    GivenUp {
        reason: String,
    },
}

/// A letter on the outbox page.
#[derive(Clone)]
pub struct OutboxLetter {
    pub letter: Letter,
    pub queued_at: Timestamp,
}

/// Puts a letter into the outbox, not to be sent before `due`, in the transaction of the event that it reports. A letter to
/// a closed account is dropped.
pub(crate) fn enqueue_letter(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    due: Timestamp,
    letter: &Letter,
) -> Result<Option<LetterId>, Error> {
    if MailAddress::is_closed_account_address(&letter.to) {
        return Ok(None);
    }
    insert_letter(transaction, store, now, due, letter, None).map(Some)
}

/// [`enqueue_letter`] for a letter that is of no use after `expires_at`.
pub(crate) fn enqueue_expiring_letter(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    letter: &Letter,
    expires_at: Timestamp,
) -> Result<Option<LetterId>, Error> {
    if MailAddress::is_closed_account_address(&letter.to) {
        return Ok(None);
    }
    insert_letter(transaction, store, now, now, letter, Some(expires_at)).map(Some)
}

/// Makes sure that a letter is not attempted again: it is deleted, or expires at once where an attempt is under way. Nothing
/// happens to one that was sent.
pub(crate) fn expire_letter(transaction: &mut Transaction<'_>, id: LetterId, now: Timestamp) -> Result<(), Error> {
    if !withdraw_letter(transaction, id)? {
        transaction.execute("UPDATE outbox SET dies_at = $2 WHERE id = $1 AND settled_at IS NULL", &[&id, &now])?;
    }
    Ok(())
}

/// Deletes a letter that has not been attempted; `false` if it has been, so that it may have been sent. An attempt is
/// counted when the letter is claimed, before it is sent.
pub(crate) fn withdraw_letter(transaction: &mut Transaction<'_>, id: LetterId) -> Result<bool, Error> {
    let withdrawn =
        transaction.execute("DELETE FROM outbox WHERE id = $1 AND attempts = 0 AND settled_at IS NULL", &[&id])?;
    Ok(withdrawn == 1)
}

/// Puts a letter into the outbox, not to be sent before `due` nor after `expires_at`.
pub(crate) fn insert_letter(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    due: Timestamp,
    letter: &Letter,
    expires_at: Option<Timestamp>,
) -> Result<LetterId, Error> {
    let id = LetterId::new(now, &store.randomness);
    let clear = serde_json::to_vec(letter).expect("three texts can be written as JSON");
    let sealed = store.seal.seal(&seal_purpose(id), &clear, &store.randomness);
    transaction.execute(
        "INSERT INTO outbox (id, sealed, queued_at, attempts, next_attempt, dies_at, sealed_by)
         VALUES ($1, $2, $3, 0, $4, $5, $6)",
        &[&id, &sealed, &now, &due, &expires_at, &store.seal.key_tag()],
    )?;
    Ok(id)
}

/// A sealed letter is bound to its row.
fn seal_purpose(id: LetterId) -> String {
    format!("letter {id}")
}

impl Store {
    /// The domain of Message-ID headers.
    pub(crate) fn mail_domain(&self) -> &str {
        mail_domain(&self.origin)
    }

    /// Claims a letter that is due; letters that expire soon come first. Two nodes never claim the same attempt, since the number
    /// of attempts is compared and set. A letter that was sealed under another key is left for a node that has it.
    pub(crate) async fn claim_letter(&self, now: Timestamp) -> Result<LetterClaim, Error> {
        let store = self.clone();
        self.database.write(move |transaction| store.claim_due_letter(transaction, now)).await
    }

    fn claim_due_letter(&self, transaction: &mut Transaction<'_>, now: Timestamp) -> Result<LetterClaim, Error> {
        let expired = transaction.execute(
            "UPDATE outbox SET settled_at = $1, fate = 'expired', sealed = NULL
             WHERE settled_at IS NULL AND dies_at <= $1 AND next_attempt <= $1",
            &[&now],
        )?;
        let key_tag = self.seal.key_tag();
        let due = transaction.fetch_optional(
            "SELECT id, attempts, sealed, queued_at, dies_at FROM outbox
             WHERE settled_at IS NULL AND next_attempt <= $1 AND (sealed_by = $2 OR sealed_by IS NULL)
             ORDER BY CASE WHEN dies_at <= $3 THEN 0 ELSE 1 END, next_attempt, id LIMIT 1",
            &[&now, &key_tag, &now.plus(SHORT_LIFE)],
            |row| {
                let sealed: Option<Vec<u8>> = row.get(2)?;
                Ok((row.get::<LetterId>(0)?, row.get::<u32>(1)?, sealed, row.get(3)?, row.get(4)?))
            },
        )?;
        let Some((id, attempts, sealed, queued_at, expires_at)) = due else {
            return Ok(LetterClaim { letter: None, expired, has_foreign_letter: false });
        };
        let Some(letter) = sealed.and_then(|sealed| self.unseal_letter(id, &sealed)) else {
            transaction.execute("UPDATE outbox SET sealed_by = $2 WHERE id = $1", &[&id, &UNKNOWN_KEY])?;
            return Ok(LetterClaim { letter: None, expired, has_foreign_letter: true });
        };
        let claimed = transaction.execute(
            "UPDATE outbox SET attempts = $3, next_attempt = $4
             WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
            &[&id, &attempts, &(attempts + 1), &now.plus(CLAIM_DURATION)],
        )?;
        let letter =
            (claimed == 1).then_some(ClaimedLetter { id, letter, attempts: attempts + 1, queued_at, expires_at });
        Ok(LetterClaim { letter, expired, has_foreign_letter: false })
    }

    /// How many letters are due that only another key opens.
    pub(crate) async fn count_foreign_letters(&self, now: Timestamp) -> Result<u32, Error> {
        let key_tag = self.seal.key_tag();
        self.database
            .read(move |transaction| {
                transaction.fetch_one(
                    "SELECT COUNT(*) FROM outbox
                     WHERE settled_at IS NULL AND next_attempt <= $1 AND sealed_by IS NOT NULL AND sealed_by <> $2",
                    &[&now, &key_tag],
                    |row| row.get(0),
                )
            })
            .await
    }

    fn unseal_letter(&self, id: LetterId, sealed: &[u8]) -> Option<Letter> {
        serde_json::from_slice(&self.seal.open(&seal_purpose(id), sealed)?).ok()
    }

    /// Stores the outcome of an attempt. Does nothing if another node has claimed the letter in the meantime.
    pub(crate) async fn store_delivery_outcome(
        &self,
        id: LetterId,
        attempts: u32,
        outcome: DeliveryOutcome,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.database.write(move |transaction| update_outbox_row(transaction, id, attempts, &outcome, now)).await
    }

    /// Reads the columns `id`, `sealed` and `queued_at`; `None` if no key of this node opens the letter.
    fn read_letter(&self, row: &Row<'_>) -> Result<Option<OutboxLetter>, Error> {
        let (sealed, queued_at): (Vec<u8>, _) = (row.get(1)?, row.get(2)?);
        Ok(self.unseal_letter(row.get(0)?, &sealed).map(|letter| OutboxLetter { letter, queued_at }))
    }

    /// The letters whose text is stored, newest first. With a relay, these are the letters that wait.
    pub(crate) async fn list_outbox(&self) -> Result<Vec<OutboxLetter>, Error> {
        let store = self.clone();
        self.database
            .read(move |transaction| {
                let letters = transaction.fetch_all(
                    "SELECT id, sealed, queued_at FROM outbox WHERE sealed IS NOT NULL
                     ORDER BY queued_at DESC, id DESC LIMIT $1",
                    &[&MAX_SHOWN],
                    |row| store.read_letter(row),
                )?;
                Ok(letters.into_iter().flatten().collect())
            })
            .await
    }

    /// All letters to an address whose text is stored, newest first. The address is sealed too, so every letter is opened.
    pub(crate) async fn list_letters_to(&self, address: MailAddress) -> Result<Vec<OutboxLetter>, Error> {
        let store = self.clone();
        self.database
            .read(move |transaction| {
                let letters = transaction.fetch_all(
                    "SELECT id, sealed, queued_at FROM outbox WHERE sealed IS NOT NULL
                     ORDER BY queued_at DESC, id DESC",
                    &[],
                    |row| Ok(store.read_letter(row)?.filter(|letter| letter.letter.to == address.as_str())),
                )?;
                Ok(letters.into_iter().flatten().collect())
            })
            .await
    }
}

fn update_outbox_row(
    transaction: &mut Transaction<'_>,
    id: LetterId,
    attempts: u32,
    outcome: &DeliveryOutcome,
    now: Timestamp,
) -> Result<(), Error> {
    let (code, reason) = match outcome {
        DeliveryOutcome::Retry { retry_at, reason } => {
            transaction.execute(
                "UPDATE outbox SET next_attempt = $3, last_error = $4
                 WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
                &[&id, &attempts, retry_at, reason],
            )?;
            return Ok(());
        }
        DeliveryOutcome::LeftInOutbox => {
            transaction.execute(
                "UPDATE outbox SET settled_at = $3, fate = 'kept'
                 WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
                &[&id, &attempts, &now],
            )?;
            return Ok(());
        }
        DeliveryOutcome::Sent => ("sent", None),
        DeliveryOutcome::Refused { reason } => ("refused", Some(reason)),
        DeliveryOutcome::Expired { reason } => ("expired", Some(reason)),
        DeliveryOutcome::GivenUp { reason } => ("given_up", Some(reason)),
    };
    transaction.execute(
        "UPDATE outbox SET settled_at = $3, fate = $4, sealed = NULL, last_error = $5
         WHERE id = $1 AND attempts = $2 AND settled_at IS NULL",
        &[&id, &attempts, &now, &code, &reason],
    )?;
    // Also deletes letters that no key has opened for so long.
    let long_ago = now.minus(RETENTION);
    transaction.execute("DELETE FROM outbox WHERE settled_at < $1 OR queued_at < $1", &[&long_ago]).map(|_| ())
}
