//! Whether a trusted certificate stands: by a responder's answer, or by a revocation list. Both fail closed.

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

/// A revocation list that a known authority signed. It is read and verified once, and asked often.
#[derive(Debug)]
pub struct RevocationList {
    anchor: Arc<Anchor>,
    this_update: Timestamp,
    next_update: Timestamp,
    number: Option<Vec<u8>>,
    scope: Scope,
    revoked: HashMap<Serial, (Timestamp, Option<RevocationReason>)>,
}

/// When it was known that the certificate stands, and for how long the word may be kept, if it may be.
pub(super) fn check_ocsp_response(
    trusted: &TrustedCertificate,
    response: &[u8],
    request: &Request,
    remembered: &CertificateCache,
    now: Timestamp,
) -> Result<(Timestamp, Option<CachePeriod>), RevocationRefusal> {
    let [asked] = request.certificates() else { return Err(RevocationRefusal::OtherRequest) };
    if asked.hash().is_none_or(|hash| *asked != trusted.certificate_id(hash)) {
        return Err(RevocationRefusal::OtherRequest);
    }
    let nonce = request.nonce().ok_or(RevocationRefusal::RequestWithoutNonce)?;

    let response = match ParsedResponse::parse(response).map_err(RevocationRefusal::Unreadable)? {
        ParsedResponse::Error(status) => return Err(RevocationRefusal::ResponderError(status)),
        ParsedResponse::Signed(response) => response,
    };
    let responder_ends = check_responder(&response, &trusted.certificate.anchor, remembered, now)?;

    // From here on the answer is the responder's own.
    let claims = response.claims();
    match &claims.nonce {
        None => return Err(RevocationRefusal::NoNonce),
        Some(answered) if answered != nonce => return Err(RevocationRefusal::WrongNonce),
        Some(_) => {}
    }
    let mut answers = claims.responses.iter().filter(|answer| answer.certificate == *asked);
    let answer = answers.next().ok_or(RevocationRefusal::OtherCertificate)?;
    if answers.next().is_some() {
        return Err(RevocationRefusal::Ambiguous);
    }
    let next_update = check_times(answer, claims.produced_at, now)?;
    match answer.status {
        CertificateStatus::Good => {
            let ends = next_update.map(|next| responder_ends.map_or(next, |end| next.min(end)));
            let kept = ends.map(|end| CachePeriod { start: now, end: end.min(now.plus(MAX_CACHE_DURATION)) });
            Ok((answer.this_update, kept))
        }
        CertificateStatus::Revoked { revoked_at: at, reason } => {
            Err(RevocationRefusal::Revoked { serial: trusted.serial().clone(), revoked_at: at, reason })
        }
        CertificateStatus::Unknown => Err(RevocationRefusal::Unknown(trusted.serial().clone())),
    }
}

/// RFC 6960 §3.2, 2 to 4: signed by the issuer, or by somebody with the issuer's certificate for it. Answers with the
/// end of that certificate.
fn check_responder(
    response: &UnverifiedResponse<'_>,
    anchor: &Anchor,
    remembered: &CertificateCache,
    now: Timestamp,
) -> Result<Option<Timestamp>, RevocationRefusal> {
    let name = &response.claims().responder;
    if matches_name(name, &anchor.name, &anchor.key) {
        return check_signature(response, &anchor.key).map(|()| None);
    }
    let delegate = find_delegate(response, anchor, remembered)?;
    delegate.check_validity(now)?;
    check_signature(response, &delegate.key).map(|()| Some(delegate.not_after))
}

/// The certificate, among those that came along, of the one that the response is from. Where none is right, the
/// reason why the first is not.
fn find_delegate(
    response: &UnverifiedResponse<'_>,
    anchor: &Anchor,
    remembered: &CertificateCache,
) -> Result<Arc<DelegatedResponder>, RevocationRefusal> {
    let mut refusal = RevocationRefusal::UnknownResponder;
    // Responders send one certificate or a short chain. More would be work for us and none for them.
    for certificate in response.certificates().take(4) {
        match remembered.delegate(anchor, certificate) {
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

/// RFC 6960 §3.2, 5 and 6. Answers with the time until which the answer says it stands, if it says so.
fn check_times(
    answer: &SingleResponse,
    produced_at: Timestamp,
    now: Timestamp,
) -> Result<Option<Timestamp>, RevocationRefusal> {
    let latest = answer.this_update.max(produced_at);
    if latest > now.plus(SKEW) {
        return Err(RevocationRefusal::FromTheFuture(latest));
    }
    match answer.next_update {
        Some(next) if next < answer.this_update => Err(RevocationRefusal::Times),
        Some(next) if now > next => Err(RevocationRefusal::Overdue(next)),
        None if now > answer.this_update.plus(MAX_RESPONSE_AGE) => Err(RevocationRefusal::TooOld(answer.this_update)),
        next => Ok(next),
    }
}

impl Anchors {
    /// A list that one of these authorities signed. Whether it still stands at `now` is looked at whenever it is asked.
    pub fn verify_list(&self, bytes: &[u8]) -> Result<RevocationList, Refusal> {
        let list = UnverifiedList::parse(bytes).map_err(RevocationRefusal::ListUnreadable)?;
        let mut known = self
            .generations
            .iter()
            .filter(|anchor| list.issuer == anchor.name && list.issuer_key.as_ref() == Some(&anchor.key_identifier));
        let anchor = Arc::clone(known.next().ok_or(RevocationRefusal::ListIssuer)?);
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
    /// The key of the generation whose list it is.
    pub fn issuer(&self) -> &KeyIdentifier {
        &self.anchor.key_identifier
    }

    /// This list in the place of one that was seen before, unless that was newer: by number, which only counts up
    /// (RFC 5280 §5.2.3), or by time where either has none.
    pub fn require_not_older_than(self, seen: &Self) -> Result<Self, Refusal> {
        // Numbers have no leading zeros, so the longer is the larger.
        let size = |number: &Vec<u8>| (number.len(), number.clone());
        let older = match (&self.number, &seen.number) {
            (Some(ours), Some(theirs)) => size(ours) < size(theirs),
            _ => self.this_update < seen.this_update,
        };
        if older { Err(RevocationRefusal::ListOlder.into()) } else { Ok(self) }
    }

    fn covers(&self, trusted: &TrustedCertificate) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::DistributionPoints(places) => {
                places.iter().any(|place| trusted.certificate.distribution_points.contains(place))
            }
            Scope::Other => false,
        }
    }

    /// That it is on the list, with its reason.
    fn find_revoked(&self, trusted: &TrustedCertificate) -> Option<RevocationRefusal> {
        let (at, reason) = *self.revoked.get(trusted.serial())?;
        Some(RevocationRefusal::Revoked { serial: trusted.serial().clone(), revoked_at: at, reason })
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When the next one is due.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// Its number, the most significant octet first, where it has one.
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// How many certificates it revokes.
    pub fn len(&self) -> usize {
        self.revoked.len()
    }

    /// Whether it revokes none.
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

/// That a list does not revoke what was said to stand at `said`.
pub(super) fn check_not_listed(
    trusted: &TrustedCertificate,
    said: Timestamp,
    list: &RevocationList,
) -> Result<(), RevocationRefusal> {
    if list.anchor.key != trusted.certificate.anchor.key {
        return Ok(());
    }
    match list.find_revoked(trusted) {
        Some(RevocationRefusal::Revoked { reason: Some(RevocationReason::CertificateHold), .. })
            if said > list.this_update =>
        {
            Ok(())
        }
        Some(revoked) => Err(revoked),
        None => Ok(()),
    }
}
