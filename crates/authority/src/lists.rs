//! The revocation lists: made when something was revoked or when the last one has grown old, and kept for every node.

use base::{Span, Timestamp};
use database::Transaction;
use jpki::{Serial, crl};

use crate::{
    Authority, NumberedGeneration, Refusal,
    store::{self, MACHINE_AUTHORITY_ISSUER, StoredList},
};

/// When the next list will be there, at the latest.
const LIST_VALIDITY: Span = Span::from_hours(24);

/// After how long a new list is made though nothing was revoked: whoever fetches one has half its time left.
const LIST_RENEWAL_AGE: Span = Span::from_hours(12);

impl StoredList {
    /// Its bytes, while it may be handed out. A list of the future was made before the clock was moved back.
    fn current_content(self, now: Timestamp) -> Option<Vec<u8>> {
        let fresh = self.made_at <= now && now < self.made_at.plus(LIST_RENEWAL_AGE);
        self.content.filter(|_| fresh)
    }
}

impl Authority {
    /// What a generation revoked, signed.
    pub(crate) async fn generation_list(&self, of: &NumberedGeneration) -> Result<Vec<u8>, Refusal> {
        let (number, generation) = (of.number, of.generation.clone());
        let make = move |tx: &mut Transaction<'_>, list: crl::RevocationListDraft| {
            let revoked = store::list_revoked(tx, number)?.into_iter().map(|(serial, at, reason)| {
                let serial = u64::try_from(serial).ok().and_then(|serial| Serial::try_from(serial).ok());
                Ok(crl::RevokedCertificate {
                    serial: serial.ok_or(Refusal::UnreadableStored("serial number"))?,
                    revoked_at: at,
                    reason,
                })
            });
            let revoked = revoked.collect::<Result<_, Refusal>>()?;
            Ok(generation.sign_revocation_list(&crl::RevocationListDraft { revoked, ..list })?)
        };
        self.stored_or_new_list(number, make).await
    }

    /// What was revoked of machines' certificates, signed.
    pub(crate) async fn machine_list(&self) -> Result<Vec<u8>, Refusal> {
        let machines = self.inner.machine_authority.clone();
        let make = move |tx: &mut Transaction<'_>, list: crl::RevocationListDraft| {
            let revoked = store::list_revoked_machine_certificates(tx)?.into_iter().map(|(serial, at)| {
                let serial = Serial::from_bytes(&serial).map_err(|_| Refusal::UnreadableStored("serial number"))?;
                Ok(crl::RevokedCertificate { serial, revoked_at: at, reason: None })
            });
            let revoked = revoked.collect::<Result<_, Refusal>>()?;
            Ok(machines.sign_revocation_list(&crl::RevocationListDraft { revoked, ..list })?)
        };
        self.stored_or_new_list(MACHINE_AUTHORITY_ISSUER, make).await
    }

    /// The list that is kept, or else the one that `make` fills and signs. Making it is one transaction, so that nothing
    /// that was revoked before is missing in it, and no number is given twice (RFC 5280 §5.2.3).
    async fn stored_or_new_list(
        &self,
        issuer: i64,
        make: impl Fn(&mut Transaction<'_>, crl::RevocationListDraft) -> Result<Vec<u8>, Refusal> + Send + 'static,
    ) -> Result<Vec<u8>, Refusal> {
        let now = self.inner.clock.now();
        let kept = self.inner.database.read(move |tx| store::find_list(tx, issuer).map_err(Refusal::from)).await?;
        if let Some(content) = kept.and_then(|kept| kept.current_content(now)) {
            return Ok(content);
        }
        let write = move |tx: &mut Transaction<'_>| {
            let kept = store::find_list(tx, issuer)?;
            let number = kept.as_ref().map_or(1, |kept| kept.number + 1);
            // Another node may have made it meanwhile.
            if let Some(content) = kept.and_then(|kept| kept.current_content(now)) {
                return Ok(content);
            }
            let named = u64::try_from(number).map_err(|_| Refusal::UnreadableStored("number of a list"))?;
            let empty = crl::RevocationListDraft {
                number: named,
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
