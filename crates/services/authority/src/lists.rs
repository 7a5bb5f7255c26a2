//! Revocation lists (RFC 5280 §5): made after a revocation or when the last one is too old, and stored for all nodes.

use base::{Span, Timestamp};
use database::Transaction;
use jpki::{Serial, crl};

use crate::{
    Authority, NumberedGeneration, Refusal,
    store::{self, MACHINE_AUTHORITY_ISSUER, StoredList},
};

/// `nextUpdate` after `thisUpdate`.
const LIST_VALIDITY: Span = Span::from_hours(24);

/// After how long a list is renewed without a revocation, so that a fetched list is valid for at least half its time.
const LIST_RENEWAL_AGE: Span = Span::from_hours(12);

impl StoredList {
    /// The content, while it is fresh. A list of the future was made before the clock was set back.
    fn current_content(self, now: Timestamp) -> Option<Vec<u8>> {
        let fresh = self.made_at <= now && now < self.made_at.plus(LIST_RENEWAL_AGE);
        self.content.filter(|_| fresh)
    }
}

impl Authority {
    /// The signed list of the revoked certificates of a generation.
    pub(crate) async fn generation_list(&self, numbered: &NumberedGeneration) -> Result<Vec<u8>, Refusal> {
        let (number, generation) = (numbered.number, numbered.generation.clone());
        let make = move |tx: &mut Transaction<'_>, list: crl::RevocationListDraft| {
            let revoked = store::list_revoked(tx, number)?.into_iter().map(|(serial, revoked_at, reason)| {
                let serial = u64::try_from(serial).ok().and_then(|serial| Serial::try_from(serial).ok());
                Ok(crl::RevokedCertificate {
                    serial: serial.ok_or(Refusal::UnreadableStored("serial number"))?,
                    revoked_at,
                    reason,
                })
            });
            let revoked = revoked.collect::<Result<_, Refusal>>()?;
            Ok(generation.sign_revocation_list(&crl::RevocationListDraft { revoked, ..list })?)
        };
        self.stored_or_new_list(number, make).await
    }

    /// The signed list of the revoked certificates of machines.
    pub(crate) async fn machine_list(&self) -> Result<Vec<u8>, Refusal> {
        let authority = self.inner.machine_authority.clone();
        let make = move |tx: &mut Transaction<'_>, list: crl::RevocationListDraft| {
            let revoked = store::list_revoked_machine_certificates(tx)?.into_iter().map(|(serial, revoked_at)| {
                let serial = Serial::from_bytes(&serial).map_err(|_| Refusal::UnreadableStored("serial number"))?;
                Ok(crl::RevokedCertificate { serial, revoked_at, reason: None })
            });
            let revoked = revoked.collect::<Result<_, Refusal>>()?;
            Ok(authority.sign_revocation_list(&crl::RevocationListDraft { revoked, ..list })?)
        };
        self.stored_or_new_list(MACHINE_AUTHORITY_ISSUER, make).await
    }

    /// The stored list, or else the one that `make` fills and signs. It is made in one transaction, so that no earlier
    /// revocation is missing, and no CRL number is used twice (RFC 5280 §5.2.3).
    async fn stored_or_new_list(
        &self,
        issuer: i64,
        make: impl Fn(&mut Transaction<'_>, crl::RevocationListDraft) -> Result<Vec<u8>, Refusal> + Send + 'static,
    ) -> Result<Vec<u8>, Refusal> {
        let now = self.inner.clock.now();
        let stored = self.inner.database.read(move |tx| store::find_list(tx, issuer).map_err(Refusal::from)).await?;
        if let Some(content) = stored.and_then(|stored| stored.current_content(now)) {
            return Ok(content);
        }
        let write = move |tx: &mut Transaction<'_>| {
            let stored = store::find_list(tx, issuer)?;
            let number = stored.as_ref().map_or(1, |stored| stored.number + 1);
            // Another node may have made it in the meantime.
            if let Some(content) = stored.and_then(|stored| stored.current_content(now)) {
                return Ok(content);
            }
            let list_number = u64::try_from(number).map_err(|_| Refusal::UnreadableStored("number of a list"))?;
            let empty = crl::RevocationListDraft {
                number: list_number,
                this_update: now,
                next_update: now.plus(LIST_VALIDITY),
                revoked: Vec::new(),
            };
            let content = make(tx, empty)?;
            store::upsert_list(tx, issuer, &StoredList { number, made_at: now, content: Some(content.clone()) })?;
            Ok(content)
        };
        self.inner.database.write(write).await
    }
}
