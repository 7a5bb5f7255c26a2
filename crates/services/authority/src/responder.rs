//! OCSP responders: each generation has a delegated responder with a key of its own, whose certificate lasts a month.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use base::{Span, Timestamp};
use jpki::{
    Algorithm, Serial, SigningKey,
    ocsp::{CertificateStatus, ErrorStatus, Request, Responder},
};

use crate::{
    Authority, NumberedGeneration, Refusal,
    store::{self, StoredKey, StoredResponder},
};

/// A simulated fault of the OCSP responder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OcspFault {
    #[default]
    None,
    /// OCSP responds with 503. Revocation lists are available.
    Down,
    /// OCSP and revocation lists respond with 503.
    Silent,
    /// Correct responses after this time.
    Slow(Duration),
    /// The OCSP error `tryLater`.
    TryLater,
}

/// The responders in use, and their simulated fault.
#[derive(Default)]
pub(crate) struct Responders {
    active: Mutex<HashMap<i64, ActiveResponder>>,
    fault: Mutex<OcspFault>,
}

#[derive(Clone)]
struct ActiveResponder {
    responder: Responder,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// The certificate of a responder is valid from [`MARGIN`] before its issuing, and is replaced [`MARGIN`] before its end.
const RESPONDER_LIFETIME: Span = Span::from_hours(24 * 30);
const MARGIN: Span = Span::from_hours(24);

impl ActiveResponder {
    fn is_usable_at(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after.minus(MARGIN)
    }
}

impl Responders {
    pub(crate) fn set_fault(&self, fault: OcspFault) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    pub(crate) fn current_fault(&self) -> OcspFault {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find_active(&self, generation: i64, now: Timestamp) -> Option<Responder> {
        let active = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        active.get(&generation).filter(|entry| entry.is_usable_at(now)).map(|entry| entry.responder.clone())
    }

    fn insert(&self, generation: i64, responder: ActiveResponder) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).insert(generation, responder);
    }
}

impl Authority {
    /// The OCSP response to a request, DER. An internal error becomes `tryLater`.
    pub(crate) async fn ocsp_response(&self, request: &Request) -> Vec<u8> {
        match self.respond(request).await {
            Ok(response) => response,
            Err(refusal) => {
                tracing::error!(error = &refusal as &dyn std::error::Error, "an OCSP request failed");
                ErrorStatus::TryLater.encode()
            }
        }
    }

    async fn respond(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let certificates = request.certificates();
        let issuer = |numbered: &NumberedGeneration| {
            certificates.first().is_some_and(|first| numbered.generation.issuer_hashes().is_issuer_of(first))
        };
        let generation = self.find_generation_where(issuer).await?;
        let Some(numbered) = generation else { return Ok(ErrorStatus::Unauthorized.encode()) };
        let now = self.inner.clock.now();
        let responder = self.responder(&numbered, now).await?;
        let number = numbered.number;
        let serials: Vec<Serial> = certificates.iter().map(|certificate| certificate.serial().clone()).collect();
        let read = move |tx: &mut database::Transaction<'_>| -> Result<HashMap<Serial, CertificateStatus>, Refusal> {
            serials.iter().map(|serial| Ok((serial.clone(), store::find_status(tx, number, serial)?))).collect()
        };
        let statuses = self.inner.database.read(read).await?;
        let status = |serial: &Serial| statuses.get(serial).copied().unwrap_or(CertificateStatus::Unknown);
        // Without `nextUpdate`, a response must not be cached, so that a revocation is effective at the next request.
        Ok(responder.respond(request, now, None, status)?)
    }

    /// The responder of a generation: from memory, from the store, or a new one.
    async fn responder(&self, numbered: &NumberedGeneration, now: Timestamp) -> Result<Responder, Refusal> {
        if let Some(responder) = self.inner.responders.find_active(numbered.number, now) {
            return Ok(responder);
        }
        let number = numbered.number;
        let stored =
            self.inner.database.read(move |tx| store::find_responder(tx, number).map_err(Refusal::from)).await?;
        let active = match stored.map(|stored| self.restore_responder(numbered, stored)).transpose()? {
            Some(active) if active.is_usable_at(now) => active,
            _ => self.create_responder(numbered, now).await?,
        };
        self.inner.responders.insert(number, active.clone());
        Ok(active.responder)
    }

    fn restore_responder(
        &self,
        numbered: &NumberedGeneration,
        stored: StoredResponder,
    ) -> Result<ActiveResponder, Refusal> {
        let key =
            self.inner.key_sealer.open(&stored.stored_key.sealed_key, &responder_seal_context(numbered.number))?;
        let responder = numbered.generation.delegated_responder(key, stored.stored_key.certificate);
        Ok(ActiveResponder { responder, not_before: stored.not_before, not_after: stored.not_after })
    }

    async fn create_responder(
        &self,
        numbered: &NumberedGeneration,
        now: Timestamp,
    ) -> Result<ActiveResponder, Refusal> {
        // ECDSA P-256 signs some twenty times faster than the keys of the generations.
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256)?;
        let (not_before, not_after) = (now.minus(MARGIN), now.plus(RESPONDER_LIFETIME));
        let serial = Serial::random(&self.inner.randomness);
        let certificate = numbered.generation.issue_ocsp_responder(key.public_key(), serial, not_before, not_after)?;
        let sealed_key = self.inner.key_sealer.seal(&key, &responder_seal_context(numbered.number))?;
        let stored_key = StoredKey { number: numbered.number, certificate: certificate.clone(), sealed_key };
        let stored = StoredResponder { stored_key, not_before, not_after };
        self.inner.database.write(move |tx| store::upsert_responder(tx, &stored).map_err(Refusal::from)).await?;
        Ok(ActiveResponder {
            responder: numbered.generation.delegated_responder(key, certificate),
            not_before,
            not_after,
        })
    }
}

/// Binds the sealed key of a responder to its row.
fn responder_seal_context(generation: i64) -> String {
    format!("responder {generation}")
}
