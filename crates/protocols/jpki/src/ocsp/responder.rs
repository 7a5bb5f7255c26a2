use base::Timestamp;

use super::{CertificateStatus, ErrorStatus, IssuerHashes, Request, ResponderName, Response, SingleResponse};
use crate::{Serial, SigningKey, Unissuable};

/// The responder of one generation of an authority: itself, or a delegate with a certificate from it.
#[derive(Clone)]
pub struct Responder {
    issuer: IssuerHashes,
    key: SigningKey,
    certificates: Vec<Vec<u8>>,
}

impl Responder {
    pub(crate) fn for_issuer(issuer: IssuerHashes, key: SigningKey) -> Self {
        Self { issuer, key, certificates: Vec::new() }
    }

    pub(crate) fn with_certificate(issuer: IssuerHashes, key: SigningKey, certificate: Vec<u8>) -> Self {
        Self { issuer, key, certificates: vec![certificate] }
    }

    /// Responds to a request with the `status` of each serial number, as of `now`. With `next_update` the response may be
    /// cached until then.
    ///
    /// A request for another issuer's certificate gets the error `unauthorized`.
    pub fn respond(
        &self,
        request: &Request,
        now: Timestamp,
        next_update: Option<Timestamp>,
        mut status: impl FnMut(&Serial) -> CertificateStatus,
    ) -> Result<Vec<u8>, Unissuable> {
        if !request.certificates().iter().all(|certificate| self.issuer.is_issuer_of(certificate)) {
            return Ok(ErrorStatus::Unauthorized.encode());
        }
        let single_response = |certificate: &super::CertificateId| SingleResponse {
            certificate: certificate.clone(),
            status: status(certificate.serial()),
            this_update: now,
            next_update,
        };
        let response = Response {
            responder: ResponderName::Key(self.key.public_key().identifier().clone()),
            produced_at: now,
            responses: request.certificates().iter().map(single_response).collect(),
            nonce: request.nonce().cloned(),
        };
        response.sign(&self.key, &self.certificates)
    }
}
