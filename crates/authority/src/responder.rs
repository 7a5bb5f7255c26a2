//! Who answers for a generation: a responder with a key of its own, whose certificate lasts a month.

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

/// How the OCSP responder fails, on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OcspFault {
    /// Not at all.
    #[default]
    None,
    /// The site answers 503 to everything it is asked by OCSP. Its revocation lists are there.
    Down,
    /// The site answers 503 to everything that could tell what was revoked: OCSP and lists.
    Silent,
    /// It answers rightly, after this time.
    Slow(Duration),
    /// It answers `tryLater`.
    TryLater,
}

/// The responders in use, and how they fail.
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

/// A responder's certificate begins a day before it is made and is replaced a day before it ends.
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
        let ready = self.active.lock().unwrap_or_else(PoisonError::into_inner);
        ready.get(&generation).filter(|ready| ready.is_usable_at(now)).map(|ready| ready.responder.clone())
    }

    fn insert(&self, generation: i64, ready: ActiveResponder) {
        self.active.lock().unwrap_or_else(PoisonError::into_inner).insert(generation, ready);
    }
}

impl Authority {
    /// The whole OCSP response to a question; what goes wrong inside is `tryLater`.
    pub(crate) async fn ocsp_response(&self, request: &Request) -> Vec<u8> {
        match self.respond(request).await {
            Ok(response) => response,
            Err(refusal) => {
                tracing::error!(error = &refusal as &dyn std::error::Error, "a question by OCSP was not answered");
                ErrorStatus::TryLater.encode()
            }
        }
    }

    async fn respond(&self, request: &Request) -> Result<Vec<u8>, Refusal> {
        let asked = request.certificates();
        let issuer = |known: &NumberedGeneration| {
            asked.first().is_some_and(|first| known.generation.issuer_hashes().is_issuer_of(first))
        };
        let found = self.find_generation_where(issuer).await?;
        let Some(numbered) = found else { return Ok(ErrorStatus::Unauthorized.encode()) };
        let now = self.inner.clock.now();
        let responder = self.responder(&numbered, now).await?;
        let number = numbered.number;
        let serials: Vec<Serial> = asked.iter().map(|certificate| certificate.serial().clone()).collect();
        let read = move |tx: &mut database::Transaction<'_>| -> Result<HashMap<Serial, CertificateStatus>, Refusal> {
            serials.iter().map(|serial| Ok((serial.clone(), store::find_status(tx, number, serial)?))).collect()
        };
        let known = self.inner.database.read(read).await?;
        let status = |serial: &Serial| known.get(serial).copied().unwrap_or(CertificateStatus::Unknown);
        // No time until which the answer may be kept: what is revoked now is known at the next question.
        Ok(responder.respond(request, now, None, status)?)
    }

    /// The responder of a generation: at hand, or kept by this or another node, or made now.
    async fn responder(&self, of: &NumberedGeneration, now: Timestamp) -> Result<Responder, Refusal> {
        if let Some(responder) = self.inner.responders.find_active(of.number, now) {
            return Ok(responder);
        }
        let number = of.number;
        let kept = self.inner.database.read(move |tx| store::find_responder(tx, number).map_err(Refusal::from)).await?;
        let ready = match kept.map(|kept| self.restore_responder(of, kept)).transpose()? {
            Some(ready) if ready.is_usable_at(now) => ready,
            _ => self.create_responder(of, now).await?,
        };
        self.inner.responders.insert(number, ready.clone());
        Ok(ready.responder)
    }

    fn restore_responder(&self, of: &NumberedGeneration, kept: StoredResponder) -> Result<ActiveResponder, Refusal> {
        let key = self.inner.key_sealer.open(&kept.stored_key.sealed_key, &responder_seal_context(of.number))?;
        let responder = of.generation.delegated_responder(key, kept.stored_key.certificate);
        Ok(ActiveResponder { responder, not_before: kept.not_before, not_after: kept.not_after })
    }

    async fn create_responder(&self, of: &NumberedGeneration, now: Timestamp) -> Result<ActiveResponder, Refusal> {
        // A machine's key: it signs some twenty times faster than the authority's own kind.
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256)?;
        let (not_before, not_after) = (now.minus(MARGIN), now.plus(RESPONDER_LIFETIME));
        let serial = Serial::random(&self.inner.randomness);
        let certificate = of.generation.issue_ocsp_responder(key.public_key(), serial, not_before, not_after)?;
        let sealed_key = self.inner.key_sealer.seal(&key, &responder_seal_context(of.number))?;
        let kept = StoredKey { number: of.number, certificate: certificate.clone(), sealed_key };
        let kept = StoredResponder { stored_key: kept, not_before, not_after };
        self.inner.database.write(move |tx| store::upsert_responder(tx, &kept).map_err(Refusal::from)).await?;
        Ok(ActiveResponder { responder: of.generation.delegated_responder(key, certificate), not_before, not_after })
    }
}

/// For which row a responder's key is sealed.
fn responder_seal_context(generation: i64) -> String {
    format!("responder {generation}")
}
