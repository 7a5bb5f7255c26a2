use base::{Randomness, Span};
use card::{CardData, Counters, PinReference};
use database::Error;
use shell::Text;
use zeroize::Zeroizing;

use super::Store;
use crate::{CardId, NewCard, Refusal};

/// How long a card is held at most; then whoever held it is taken to be gone.
pub(crate) const LEASE_TERM: Span = Span::from_secs(30);

/// The right to use a card, alone.
#[derive(Clone)]
pub(crate) struct Lease {
    card: CardId,
    holder: [u8; 16],
}

/// A card in somebody's hand.
pub(crate) struct LeasedCardData {
    pub(crate) data: CardData,
    pub(crate) lease: Lease,
}

/// A card as it lies there: what is printed on its sleeve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSummary {
    /// Its name in the room.
    pub id: CardId,
    /// Whose it is.
    pub label: Text,
    /// What is special about it.
    pub note: Text,
    /// The tries left at the authentication PIN, as the card keeps them; 0 is locked. For who runs the simulation: the app
    /// asks the card.
    pub tries_left: u8,
}

fn seal_context(id: &CardId) -> String {
    format!("card:{id}")
}

fn to_json(counters: &Counters) -> Result<String, Refusal> {
    serde_json::to_string(counters).map_err(Refusal::StoredContent)
}

impl Store {
    /// Lays a card in. One that is there keeps its data and counters and takes the words.
    pub(crate) async fn add_card(&self, card: NewCard) -> Result<(), Refusal> {
        let counters = to_json(&card.data.counters())?;
        let data = self.seal_data(&card.id, &card.data)?;
        let words = |text: &Text| {
            use shell::Language::{English, Japanese};
            (text.in_language(Japanese).to_owned(), text.in_language(English).to_owned())
        };
        let ((label_ja, label_en), (note_ja, note_en)) = (words(&card.label), words(&card.note));
        self.database
            .write(move |transaction| {
                let place: i64 = transaction.fetch_one("SELECT COUNT(*) FROM card", &[], |row| row.get(0))?;
                transaction.execute(
                    "INSERT INTO card (id, place, label_ja, label_en, note_ja, note_en, data, counters, version)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
                     ON CONFLICT (id) DO UPDATE SET label_ja = excluded.label_ja, label_en = excluded.label_en,
                        note_ja = excluded.note_ja, note_en = excluded.note_en",
                    &[&card.id, &place, &label_ja, &label_en, &note_ja, &note_en, &data, &counters],
                )?;
                Ok(())
            })
            .await
    }

    /// All cards, in the order in which they were laid in.
    pub(crate) async fn list_cards(&self) -> Result<Vec<CardSummary>, Refusal> {
        let rows = self
            .database
            .read(|transaction| {
                transaction.fetch_all(
                    "SELECT id, label_ja, label_en, note_ja, note_en, counters FROM card ORDER BY place, id",
                    &[],
                    |row| {
                        let words = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
                        Ok((row.get::<CardId>(0)?, words, row.get::<String>(5)?))
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

    /// Takes a card in hand, alone: none if somebody else has it.
    pub(crate) async fn lease_card(&self, id: CardId) -> Result<Option<LeasedCardData>, Refusal> {
        let lease = Lease { holder: new_holder_id(&self.randomness), card: id };
        let (asked, now) = (lease.clone(), self.now());
        let found = self
            .database
            .write(move |transaction| {
                // A lease that ends later than one of now was taken before the clock was moved back.
                let until = now.plus(LEASE_TERM);
                let found = transaction.fetch_optional(
                    "UPDATE card SET held_by = $1, held_until = $2, version = version + 1
                     WHERE id = $3 AND (held_by IS NULL OR held_until <= $4 OR held_until > $5)
                     RETURNING data, counters",
                    &[&asked.holder, &until, &asked.card, &now, &until],
                    |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?)),
                )?;
                if found.is_none() {
                    let there =
                        transaction.fetch_optional("SELECT id FROM card WHERE id = $1", &[&asked.card], |row| {
                            row.get::<CardId>(0)
                        })?;
                    there.ok_or(Refusal::NoSuchCard)?;
                }
                Ok::<_, Refusal>(found)
            })
            .await?;
        let Some((data, counters)) = found else { return Ok(None) };
        let data = self.unseal_data(&lease.card, &data)?;
        let counters: Counters = serde_json::from_str(&counters).map_err(Refusal::StoredContent)?;
        Ok(Some(LeasedCardData { data: data.with_counters(counters), lease }))
    }

    /// A card as it lies there, in whoever's hand.
    pub(crate) async fn read_card(&self, id: CardId) -> Result<CardData, Refusal> {
        let asked = id.clone();
        let found = self
            .database
            .read(move |transaction| {
                transaction.fetch_optional("SELECT data, counters FROM card WHERE id = $1", &[&asked], |row| {
                    Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?))
                })
            })
            .await
            .map_err(|error: Error| Refusal::Store(error))?;
        let (data, counters) = found.ok_or(Refusal::NoSuchCard)?;
        let counters: Counters = serde_json::from_str(&counters).map_err(Refusal::StoredContent)?;
        Ok(self.unseal_data(&id, &data)?.with_counters(counters))
    }

    /// Holds a card for another while, which nobody has taken meanwhile.
    pub(crate) async fn renew_lease(&self, lease: Lease) -> Result<(), Refusal> {
        let until = self.now().plus(LEASE_TERM);
        self.update_leased(lease, move |transaction, lease| {
            transaction.execute(
                "UPDATE card SET held_until = $1, version = version + 1 WHERE id = $2 AND held_by = $3",
                &[&until, &lease.card, &lease.holder],
            )
        })
        .await
    }

    /// Keeps a card's counters, durably, while it is in hand.
    pub(crate) async fn update_counters(&self, lease: Lease, counters: Counters) -> Result<(), Refusal> {
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

    /// Keeps what the office changed on a card, while it is in hand.
    pub(crate) async fn update_card(&self, lease: Lease, data: &CardData) -> Result<(), Refusal> {
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

    /// A change that only the holder of the lease may make.
    async fn update_leased(
        &self,
        lease: Lease,
        change: impl Fn(&mut database::Transaction<'_>, &Lease) -> Result<u64, Error> + Send + 'static,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| match change(transaction, &lease)? {
                0 => Err(Refusal::CardInUse),
                _ => Ok(()),
            })
            .await
    }

    /// Puts a card down. One that somebody else has taken meanwhile stays his.
    pub(crate) async fn release_card(&self, lease: Lease) -> Result<(), Refusal> {
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
        // Sized beforehand, so that no reallocation leaves a part of a key behind.
        let mut clear = Zeroizing::new(Vec::with_capacity(64 * 1024));
        serde_json::to_writer(&mut *clear, data).map_err(Refusal::StoredContent)?;
        Ok(self.seal.seal(&seal_context(id), clear))
    }

    fn unseal_data(&self, id: &CardId, sealed: &[u8]) -> Result<CardData, Refusal> {
        let clear = self.seal.open(&seal_context(id), sealed).ok_or(Refusal::Unsealable)?;
        serde_json::from_slice(&clear).map_err(Refusal::StoredContent)
    }
}

fn new_holder_id(randomness: &Randomness) -> [u8; 16] {
    randomness.bytes()
}
