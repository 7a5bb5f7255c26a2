//! The revocation lists: made when something was revoked or when the last one has grown old, and kept for every node.

use base::{Span, Timestamp};
use database::Transaction;
use jpki::{Serial, crl};

use crate::{
    Authority, Numbered, Refusal,
    store::{self, KeptList, MACHINES},
};

/// When the next list will be there, at the latest.
const NEXT_LIST: Span = Span::from_hours(24);

/// After how long a new list is made though nothing was revoked: whoever fetches one has half its time left.
const RENEWED: Span = Span::from_hours(12);

impl KeptList {
    /// Its bytes, while it may be handed out. A list of the future was made before the clock was moved back.
    fn current(self, now: Timestamp) -> Option<Vec<u8>> {
        let fresh = self.made <= now && now < self.made.plus(RENEWED);
        self.content.filter(|_| fresh)
    }
}

impl Authority {
    /// What a generation revoked, signed.
    pub(crate) async fn list(&self, of: &Numbered) -> Result<Vec<u8>, Refusal> {
        let (number, generation) = (of.number, of.generation.clone());
        let make = move |tx: &mut Transaction<'_>, list: crl::List| {
            let revoked = store::revoked(tx, number)?.into_iter().map(|(serial, at, reason)| {
                let serial = u64::try_from(serial).ok().and_then(|serial| Serial::try_from(serial).ok());
                Ok(crl::Revoked { serial: serial.ok_or(Refusal::Stored("serial number"))?, at, reason })
            });
            let revoked = revoked.collect::<Result<_, Refusal>>()?;
            Ok(generation.sign_revocation_list(&crl::List { revoked, ..list })?)
        };
        self.kept_list(number, make).await
    }

    /// What was revoked of machines' certificates, signed.
    pub(crate) async fn machine_list(&self) -> Result<Vec<u8>, Refusal> {
        let machines = self.inner.machines.clone();
        let make = move |tx: &mut Transaction<'_>, list: crl::List| {
            let revoked = store::revoked_machines(tx)?.into_iter().map(|(serial, at)| {
                let serial = Serial::from_bytes(&serial).map_err(|_| Refusal::Stored("serial number"))?;
                Ok(crl::Revoked { serial, at, reason: None })
            });
            let revoked = revoked.collect::<Result<_, Refusal>>()?;
            Ok(machines.sign_revocation_list(&crl::List { revoked, ..list })?)
        };
        self.kept_list(MACHINES, make).await
    }

    /// The list that is kept, or else the one that `make` fills and signs. Making it is one transaction, so that nothing
    /// that was revoked before is missing in it, and no number is given twice (RFC 5280 §5.2.3).
    async fn kept_list(
        &self,
        issuer: i64,
        make: impl Fn(&mut Transaction<'_>, crl::List) -> Result<Vec<u8>, Refusal> + Send + 'static,
    ) -> Result<Vec<u8>, Refusal> {
        let now = self.inner.clock.now();
        let kept = self.inner.database.read(move |tx| store::list(tx, issuer).map_err(Refusal::from)).await?;
        if let Some(content) = kept.and_then(|kept| kept.current(now)) {
            return Ok(content);
        }
        let write = move |tx: &mut Transaction<'_>| {
            let kept = store::list(tx, issuer)?;
            let number = kept.as_ref().map_or(1, |kept| kept.number + 1);
            // Another node may have made it meanwhile.
            if let Some(content) = kept.and_then(|kept| kept.current(now)) {
                return Ok(content);
            }
            let named = u64::try_from(number).map_err(|_| Refusal::Stored("number of a list"))?;
            let empty =
                crl::List { number: named, this_update: now, next_update: now.plus(NEXT_LIST), revoked: Vec::new() };
            let content = make(tx, empty)?;
            store::keep_list(tx, issuer, &KeptList { number, made: now, content: Some(content.clone()) })?;
            Ok(content)
        };
        self.inner.database.write(write).await
    }
}
