//! Who looked at or did what, one row each, chained by digests so that none can be changed or taken out unnoticed.

use base::{Digest, Timestamp, digest};
use database::{Error, Transaction};

use crate::rules::patient::PatientId;

/// What is written down.
pub(crate) struct Entry<'a> {
    /// Who: `patient:ID` or `staff:ID`.
    pub actor: &'a str,
    /// What, as a word with dots: `picture.look`.
    pub act: &'a str,
    /// Whose data it was.
    pub patient: Option<PatientId>,
    /// About which record.
    pub about: Option<&'a str>,
}

/// What a look at the whole chain finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Every entry follows from the one before it.
    Whole {
        /// How many there are.
        entries: u32,
    },
    /// This entry does not follow from the one before it.
    Broken {
        /// Its number.
        at: u32,
    },
}

/// Writes an entry, in the transaction that does what it tells of.
pub(crate) fn record(transaction: &mut Transaction<'_>, now: Timestamp, entry: &Entry<'_>) -> Result<(), Error> {
    let last: Option<(u32, Digest)> =
        transaction.optional("SELECT number, digest FROM audit_entry ORDER BY number DESC LIMIT 1", &[], |row| {
            Ok((row.at(0)?, row.at(1)?))
        })?;
    let (number, previous) = last.map_or((1, Digest::from_bytes([0; 32])), |(number, digest)| (number + 1, digest));
    let patient = entry.patient.map(|patient| patient.to_string());
    let own = entry_digest(number, now, entry.actor, entry.act, patient.as_deref(), entry.about, previous);
    transaction
        .execute(
            "INSERT INTO audit_entry (number, at, actor, act, patient, about, previous, digest)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            &[&number, &now, &entry.actor, &entry.act, &patient, &entry.about, &previous, &own],
        )
        .map(|_| ())
}

/// Looks at the whole chain.
pub(crate) fn verify(transaction: &mut Transaction<'_>) -> Result<Chain, Error> {
    let mut previous = Digest::from_bytes([0; 32]);
    let mut count = 0;
    let mut broken = None;
    transaction.all(
        "SELECT number, at, actor, act, patient, about, previous, digest FROM audit_entry ORDER BY number",
        &[],
        |row| {
            count += 1;
            let (number, at): (u32, Timestamp) = (row.at(0)?, row.at(1)?);
            let (actor, act): (String, String) = (row.at(2)?, row.at(3)?);
            let (patient, about): (Option<String>, Option<String>) = (row.at(4)?, row.at(5)?);
            let (before, own): (Digest, Digest) = (row.at(6)?, row.at(7)?);
            let expected = entry_digest(number, at, &actor, &act, patient.as_deref(), about.as_deref(), previous);
            if broken.is_none() && (number != count || before != previous || own != expected) {
                broken = Some(count);
            }
            previous = own;
            Ok(())
        },
    )?;
    Ok(broken.map_or(Chain::Whole { entries: count }, |at| Chain::Broken { at }))
}

fn entry_digest(
    number: u32,
    at: Timestamp,
    actor: &str,
    act: &str,
    patient: Option<&str>,
    about: Option<&str>,
    previous: Digest,
) -> Digest {
    // Each field after its length, so that no two entries read alike.
    let mut text = previous.as_bytes().to_vec();
    text.extend(number.to_be_bytes());
    text.extend(at.milliseconds().to_be_bytes());
    for field in [Some(actor), Some(act), patient, about] {
        let length = field.map_or(u32::MAX, |field| u32::try_from(field.len()).unwrap_or(u32::MAX - 1));
        text.extend(length.to_be_bytes());
        text.extend(field.unwrap_or_default().as_bytes());
    }
    digest(&[&text])
}
