use base::{Randomness, Span};
use card::{CardData, Counters, PinReference};
use database::Error;
use text::Text;
use zeroize::Zeroizing;

use super::Store;
use crate::{CardId, NewCard, Refusal};

/// The term of a lease; then its holder is assumed dead.
pub(crate) const LEASE_TERM: Span = Span::from_secs(30);

/// The right to the exclusive use of a card.
#[derive(Clone)]
pub(crate) struct CardLease {
    card: CardId,
    holder: [u8; 16],
}

/// The data of a leased card.
pub(crate) struct LeasedCardData {
    pub(crate) data: CardData,
    pub(crate) lease: CardLease,
}

/// The public items of a virtual card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSummary {
    pub id: CardId,
    /// The holder's name.
    pub label: Text,
    /// A note on what is special about the card.
    pub note: Text,
    /// The remaining tries of the authentication PIN as stored; 0 is locked. For operators of the simulation: the app itself
    /// reads them from the card.
    pub tries_left: u8,
}

fn seal_context(id: &CardId) -> String {
    format!("card:{id}")
}

fn to_json(counters: &Counters) -> Result<String, Refusal> {
    serde_json::to_string(counters).map_err(Refusal::StoredContent)
}

impl Store {
    /// Adds a card. An existing one keeps its data and counters; only label and note are updated.
    pub(crate) async fn add_card(&self, card: NewCard) -> Result<(), Refusal> {
        let counters = to_json(&card.data.counters())?;
        let data = self.seal_data(&card.id, &card.data)?;
        let both_languages = |text: &Text| {
            use text::Language::{English, Japanese};
            (text.in_language(Japanese).to_owned(), text.in_language(English).to_owned())
        };
        let ((label_ja, label_en), (note_ja, note_en)) = (both_languages(&card.label), both_languages(&card.note));
        self.database
            .write(move |transaction| {
                let position: i64 = transaction.fetch_one("SELECT COUNT(*) FROM card", &[], |row| row.get(0))?;
                transaction.execute(
                    "INSERT INTO card (id, place, label_ja, label_en, note_ja, note_en, data, counters, version)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
                     ON CONFLICT (id) DO UPDATE SET label_ja = excluded.label_ja, label_en = excluded.label_en,
                        note_ja = excluded.note_ja, note_en = excluded.note_en",
                    &[&card.id, &position, &label_ja, &label_en, &note_ja, &note_en, &data, &counters],
                )?;
                Ok(())
            })
            .await
    }

    /// All cards, in the order in which they were added.
    pub(crate) async fn list_cards(&self) -> Result<Vec<CardSummary>, Refusal> {
        let rows = self
            .database
            .read(|transaction| {
                transaction.fetch_all(
                    "SELECT id, label_ja, label_en, note_ja, note_en, counters FROM card ORDER BY place, id",
                    &[],
                    |row| {
                        let texts = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
                        Ok((row.get::<CardId>(0)?, texts, row.get::<String>(5)?))
                    },
                )
            })
            .await
            .map_err(|error: Error| Refusal::Store(error))?;
        rows.into_iter()
            .map(|(id, [label_ja, label_en, note_ja, note_en], counters)| {
                let counters: Counters = serde_json::from_str(&counters).map_err(Refusal::StoredContent)?;
                Ok(CardSummary {
                    id,
                    label: Text::from_strings(label_ja, label_en),
                    note: Text::from_strings(note_ja, note_en),
                    tries_left: counters.tries_left(PinReference::AUTHENTICATION).unwrap_or(0),
                })
            })
            .collect()
    }

    /// Leases a card; `None` if it is leased by another.
    pub(crate) async fn lease_card(&self, id: CardId) -> Result<Option<LeasedCardData>, Refusal> {
        let lease = CardLease { holder: new_holder_id(&self.randomness), card: id };
        let (new_lease, now) = (lease.clone(), self.now());
        let row = self
            .database
            .write(move |transaction| {
                // A lease that ends later than a new one would was made before the clock was set back.
                let held_until = now.plus(LEASE_TERM);
                let row = transaction.fetch_optional(
                    "UPDATE card SET held_by = $1, held_until = $2, version = version + 1
                     WHERE id = $3 AND (held_by IS NULL OR held_until <= $4 OR held_until > $5)
                     RETURNING data, counters",
                    &[&new_lease.holder, &held_until, &new_lease.card, &now, &held_until],
                    |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?)),
                )?;
                if row.is_none() {
                    let existing =
                        transaction.fetch_optional("SELECT id FROM card WHERE id = $1", &[&new_lease.card], |row| {
                            row.get::<CardId>(0)
                        })?;
                    existing.ok_or(Refusal::NoSuchCard)?;
                }
                Ok::<_, Refusal>(row)
            })
            .await?;
        let Some((data, counters)) = row else { return Ok(None) };
        let data = self.unseal_data(&lease.card, &data)?;
        let counters: Counters = serde_json::from_str(&counters).map_err(Refusal::StoredContent)?;
        Ok(Some(LeasedCardData { data: data.with_counters(counters), lease }))
    }

    /// The data of a card, leased or not.
    pub(crate) async fn read_card(&self, id: CardId) -> Result<CardData, Refusal> {
        let card_id = id.clone();
        let row = self
            .database
            .read(move |transaction| {
                transaction.fetch_optional("SELECT data, counters FROM card WHERE id = $1", &[&card_id], |row| {
                    Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?))
                })
            })
            .await
            .map_err(|error: Error| Refusal::Store(error))?;
        let (data, counters) = row.ok_or(Refusal::NoSuchCard)?;
        let counters: Counters = serde_json::from_str(&counters).map_err(Refusal::StoredContent)?;
        Ok(self.unseal_data(&id, &data)?.with_counters(counters))
    }

    /// Renews a lease, unless the card was leased by another meanwhile.
    pub(crate) async fn renew_lease(&self, lease: CardLease) -> Result<(), Refusal> {
        let held_until = self.now().plus(LEASE_TERM);
        self.update_leased(lease, move |transaction, lease| {
            transaction.execute(
                "UPDATE card SET held_until = $1, version = version + 1 WHERE id = $2 AND held_by = $3",
                &[&held_until, &lease.card, &lease.holder],
            )
        })
        .await
    }

    /// Stores a card's counters durably, while it is leased.
    pub(crate) async fn update_counters(&self, lease: CardLease, counters: Counters) -> Result<(), Refusal> {
        let counters = to_json(&counters)?;
        let now = self.now();
        self.update_leased(lease, move |transaction, lease| {
            transaction.execute(
                "UPDATE card SET counters = $1, version = version + 1 WHERE id = $2 AND held_by = $3 AND held_until > $4",
                &[&counters, &lease.card, &lease.holder, &now],
            )
        })
        .await
    }

    /// Stores a card's data, while it is leased.
    pub(crate) async fn update_card(&self, lease: CardLease, data: &CardData) -> Result<(), Refusal> {
        let counters = to_json(&data.counters())?;
        let sealed = self.seal_data(&lease.card, data)?;
        let now = self.now();
        self.update_leased(lease, move |transaction, lease| {
            transaction.execute(
                "UPDATE card SET data = $1, counters = $2, version = version + 1
                 WHERE id = $3 AND held_by = $4 AND held_until > $5",
                &[&sealed, &counters, &lease.card, &lease.holder, &now],
            )
        })
        .await
    }

    /// Runs an update that matches a row only for the holder of the lease.
    async fn update_leased(
        &self,
        lease: CardLease,
        change: impl Fn(&mut database::Transaction<'_>, &CardLease) -> Result<u64, Error> + Send + 'static,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| match change(transaction, &lease)? {
                0 => Err(Refusal::CardInUse),
                _ => Ok(()),
            })
            .await
    }

    /// Ends a lease. If the card was leased by another meanwhile, that lease stays.
    pub(crate) async fn release_card(&self, lease: CardLease) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                transaction.execute(
                    "UPDATE card SET held_by = NULL, held_until = NULL, version = version + 1 WHERE id = $1 AND held_by = $2",
                    &[&lease.card, &lease.holder],
                )?;
                Ok(())
            })
            .await
    }

    fn seal_data(&self, id: &CardId, data: &CardData) -> Result<Vec<u8>, Refusal> {
        // Allocated in full, so that no reallocation leaves a copy of a key in memory.
        let mut plaintext = Zeroizing::new(Vec::with_capacity(64 * 1024));
        serde_json::to_writer(&mut *plaintext, data).map_err(Refusal::StoredContent)?;
        Ok(self.seal.seal(&seal_context(id), plaintext))
    }

    fn unseal_data(&self, id: &CardId, sealed: &[u8]) -> Result<CardData, Refusal> {
        let plaintext = self.seal.open(&seal_context(id), sealed).ok_or(Refusal::Unsealable)?;
        serde_json::from_slice(&plaintext).map_err(Refusal::StoredContent)
    }
}

fn new_holder_id(randomness: &Randomness) -> [u8; 16] {
    randomness.bytes()
}
