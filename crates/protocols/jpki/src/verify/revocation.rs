//! The revocation status of a trusted certificate, by an OCSP response or a revocation list. Both fail closed.

use std::{collections::HashMap, sync::Arc};

use base::Timestamp;

use super::{
    Anchors, CertificateCache, MAX_CACHE_DURATION, MAX_RESPONSE_AGE, SKEW, TrustedCertificate, Validity,
    anchors::Anchor,
    responder::{DelegatedResponder, matches_name},
    revocation_cache::CachePeriod,
};
use crate::{
    KeyIdentifier, PublicKey, Refusal, RevocationRefusal, Serial,
    crl::{Scope, UnverifiedList},
    ocsp::{CertificateStatus, ParsedResponse, Request, RevocationReason, SingleResponse, UnverifiedResponse},
};

/// A revocation list signed by a known authority. It is verified once and queried often.
#[derive(Debug)]
pub struct RevocationList {
    anchor: Arc<Anchor>,
    this_update: Timestamp,
    next_update: Timestamp,
    number: Option<Vec<u8>>,
    scope: Scope,
    revoked: HashMap<Serial, (Timestamp, Option<RevocationReason>)>,
}

/// When the status was known to be good, and for how long it may be cached, if at all.
pub(super) fn check_ocsp_response(
    trusted: &TrustedCertificate,
    response: &[u8],
    request: &Request,
    cache: &CertificateCache,
    now: Timestamp,
) -> Result<(Timestamp, Option<CachePeriod>), RevocationRefusal> {
    let [requested] = request.certificates() else { return Err(RevocationRefusal::OtherRequest) };
    if requested.hash().is_none_or(|hash| *requested != trusted.certificate_id(hash)) {
        return Err(RevocationRefusal::OtherRequest);
    }
    let nonce = request.nonce().ok_or(RevocationRefusal::RequestWithoutNonce)?;

    let response = match ParsedResponse::parse(response).map_err(RevocationRefusal::Unreadable)? {
        ParsedResponse::Error(status) => return Err(RevocationRefusal::ResponderError(status)),
        ParsedResponse::Signed(response) => response,
    };
    let responder_ends = check_responder(&response, &trusted.certificate.anchor, cache, now)?;

    // From here on the content is authenticated.
    let claims = response.claims();
    match &claims.nonce {
        None => return Err(RevocationRefusal::NoNonce),
        Some(repeated) if repeated != nonce => return Err(RevocationRefusal::WrongNonce),
        Some(_) => {}
    }
    let mut single_responses =
        claims.responses.iter().filter(|single_response| single_response.certificate == *requested);
    let single_response = single_responses.next().ok_or(RevocationRefusal::OtherCertificate)?;
    if single_responses.next().is_some() {
        return Err(RevocationRefusal::Ambiguous);
    }
    let next_update = check_times(single_response, claims.produced_at, now)?;
    match single_response.status {
        CertificateStatus::Good => {
            let end = next_update.map(|next| responder_ends.map_or(next, |end| next.min(end)));
            let cache_period = end.map(|end| CachePeriod { start: now, end: end.min(now.plus(MAX_CACHE_DURATION)) });
            Ok((single_response.this_update, cache_period))
        }
        CertificateStatus::Revoked { revoked_at, reason } => {
            Err(RevocationRefusal::Revoked { serial: trusted.serial().clone(), revoked_at, reason })
        }
        CertificateStatus::Unknown => Err(RevocationRefusal::Unknown(trusted.serial().clone())),
    }
}

/// RFC 6960 §3.2, 2 to 4: signed by the issuer, or by a delegate with a certificate of the issuer. Returns the end of that
/// certificate.
fn check_responder(
    response: &UnverifiedResponse<'_>,
    anchor: &Anchor,
    cache: &CertificateCache,
    now: Timestamp,
) -> Result<Option<Timestamp>, RevocationRefusal> {
    let name = &response.claims().responder;
    if matches_name(name, &anchor.name, &anchor.key) {
        return check_signature(response, &anchor.key).map(|()| None);
    }
    let delegate = find_delegate(response, anchor, cache)?;
    delegate.check_validity(now)?;
    check_signature(response, &delegate.key).map(|()| Some(delegate.not_after))
}

/// The included certificate of the responder; without a valid one, the reason why the first is refused.
fn find_delegate(
    response: &UnverifiedResponse<'_>,
    anchor: &Anchor,
    cache: &CertificateCache,
) -> Result<Arc<DelegatedResponder>, RevocationRefusal> {
    let mut refusal = RevocationRefusal::UnknownResponder;
    // Responders send one certificate or a short chain. The limit bounds the work.
    for certificate in response.certificates().take(4) {
        match cache.delegate(anchor, certificate) {
            Ok(delegate) if delegate.matches_name(&response.claims().responder) => return Ok(delegate),
            Err(reason) if refusal == RevocationRefusal::UnknownResponder => refusal = reason,
            Ok(_) | Err(_) => {}
        }
    }
    Err(refusal)
}

fn check_signature(response: &UnverifiedResponse<'_>, key: &PublicKey) -> Result<(), RevocationRefusal> {
    if !response.declares_algorithm(key.algorithm()) {
        return Err(RevocationRefusal::ResponseAlgorithm(key.algorithm()));
    }
    if response.is_signed_by(key) { Ok(()) } else { Err(RevocationRefusal::ResponseSignature) }
}

/// RFC 6960 §3.2, 5 and 6. Returns the next update, if there is one.
fn check_times(
    response: &SingleResponse,
    produced_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Timestamp>, RevocationRefusal> {
    let latest = response.this_update.max(produced_at);
    if latest > now.plus(SKEW) {
        return Err(RevocationRefusal::FromTheFuture(latest));
    }
    match response.next_update {
        Some(next) if next < response.this_update => Err(RevocationRefusal::Times),
        Some(next) if now > next => Err(RevocationRefusal::Overdue(next)),
        None if now > response.this_update.plus(MAX_RESPONSE_AGE) => {
            Err(RevocationRefusal::TooOld(response.this_update))
        }
        next => Ok(next),
    }
}

impl Anchors {
    /// Verifies a list signed by one of these authorities. Whether it is current is checked on each use.
    pub fn verify_list(&self, bytes: &[u8]) -> Result<RevocationList, Refusal> {
        let list = UnverifiedList::parse(bytes).map_err(RevocationRefusal::ListUnreadable)?;
        let mut candidates = self
            .generations
            .iter()
            .filter(|anchor| list.issuer == anchor.name && list.issuer_key.as_ref() == Some(&anchor.key_identifier));
        let anchor = Arc::clone(candidates.next().ok_or(RevocationRefusal::ListIssuer)?);
        if !list.is_signed_by(&anchor.key) {
            return Err(RevocationRefusal::ListSignature.into());
        }
        if !anchor.signs_lists {
            return Err(RevocationRefusal::ListKeyUsage.into());
        }
        let next_update = list.next_update.ok_or(RevocationRefusal::ListWithoutNextUpdate)?;
        if next_update < list.this_update {
            return Err(RevocationRefusal::ListTimes.into());
        }
        let UnverifiedList { this_update, number, scope, revoked, .. } = list;
        Ok(RevocationList { anchor, this_update, next_update, number, scope, revoked })
    }
}

impl RevocationList {
    /// The key of the generation that issued the list.
    pub fn issuer(&self) -> &KeyIdentifier {
        &self.anchor.key_identifier
    }

    /// Accepts this list in place of one that was seen before, unless that one is newer: by number, which only increases (RFC
    /// 5280 §5.2.3), or by time where either has none.
    pub fn require_not_older_than(self, previous: &Self) -> Result<Self, Refusal> {
        // Numbers have no leading zeros, so the longer one is the larger.
        let size = |number: &Vec<u8>| (number.len(), number.clone());
        let is_older = match (&self.number, &previous.number) {
            (Some(number), Some(previous)) => size(number) < size(previous),
            _ => self.this_update < previous.this_update,
        };
        if is_older { Err(RevocationRefusal::ListOlder.into()) } else { Ok(self) }
    }

    fn covers(&self, trusted: &TrustedCertificate) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::DistributionPoints(points) => {
                points.iter().any(|point| trusted.certificate.distribution_points.contains(point))
            }
            Scope::Other => false,
        }
    }

    /// The refusal with the reason, if the certificate is on the list.
    fn find_revoked(&self, trusted: &TrustedCertificate) -> Option<RevocationRefusal> {
        let (revoked_at, reason) = *self.revoked.get(trusted.serial())?;
        Some(RevocationRefusal::Revoked { serial: trusted.serial().clone(), revoked_at, reason })
    }

    /// When it was issued.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// Its number, the most significant octet first, if it has one.
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// The number of revoked certificates.
    pub fn len(&self) -> usize {
        self.revoked.len()
    }

    /// Whether it revokes no certificate.
    pub fn is_empty(&self) -> bool {
        self.revoked.is_empty()
    }
}

pub(super) fn check_list(
    trusted: &TrustedCertificate,
    list: &RevocationList,
    now: Timestamp,
) -> Result<(), RevocationRefusal> {
    if list.anchor.key != trusted.certificate.anchor.key {
        return Err(RevocationRefusal::ListIssuer);
    }
    if !list.covers(trusted) {
        return Err(RevocationRefusal::ListScope);
    }
    if list.this_update > now.plus(SKEW) {
        return Err(RevocationRefusal::ListFromTheFuture(list.this_update));
    }
    if now > list.next_update {
        return Err(RevocationRefusal::ListOverdue(list.next_update));
    }
    if let Some(revoked) = list.find_revoked(trusted) {
        return Err(revoked);
    }
    match trusted.validity {
        Validity::Valid => Ok(()),
        Validity::Grace { expired_at: ended, .. } => Err(RevocationRefusal::ListOmitsExpired(ended)),
    }
}

/// Checks that a list does not revoke a certificate whose status was good at `confirmed_at`.
pub(super) fn check_not_listed(
    trusted: &TrustedCertificate,
    confirmed_at: Timestamp,
    list: &RevocationList,
) -> Result<(), RevocationRefusal> {
    if list.anchor.key != trusted.certificate.anchor.key {
        return Ok(());
    }
    match list.find_revoked(trusted) {
        Some(RevocationRefusal::Revoked { reason: Some(RevocationReason::CertificateHold), .. })
            if confirmed_at > list.this_update =>
        {
            Ok(())
        }
        Some(revoked) => Err(revoked),
        None => Ok(()),
    }
}
