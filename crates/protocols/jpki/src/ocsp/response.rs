#![expect(clippy::unnested_or_patterns, reason = "der's derive writes them for a choice of tags")]

use base::Timestamp;
use const_oid::{ObjectIdentifier, db::rfc6960::ID_PKIX_OCSP_BASIC};
use der::{
    Choice, Decode, Encode, Enumerated, Sequence,
    asn1::{BitStringRef, GeneralizedTime, Null, OctetString},
};
use x509_cert::{
    Version,
    ext::{Extensions, pkix::crl::CrlReason},
    name::Name,
};

use super::{CertId, CertificateId, CertificateStatus, Nonce, UnreadableOcspMessage, request};
use crate::{Algorithm, KeyIdentifier, PublicKey, SigningKey, Unissuable, raw::Raw, signed::Signed, time};

/// The content of a response (RFC 6960 §4.2.1, `ResponseData`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The signer.
    pub responder: ResponderName,
    pub produced_at: Timestamp,
    pub responses: Vec<SingleResponse>,
    /// The nonce of the request.
    pub nonce: Option<Nonce>,
}

/// The identification of a responder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResponderName {
    /// The subject of its certificate.
    Name(Name),
    /// The SHA-1 of its key.
    Key(KeyIdentifier),
}

/// The status of one certificate (`SingleResponse`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleResponse {
    pub certificate: CertificateId,
    pub status: CertificateStatus,
    /// When the status was known to be correct.
    pub this_update: Timestamp,
    /// When newer information will be available, at the latest.
    pub next_update: Option<Timestamp>,
}

/// Why a responder did not respond (RFC 6960 §4.2.1, `OCSPResponseStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Enumerated)]
#[repr(u8)]
pub enum ErrorStatus {
    /// The request could not be parsed.
    MalformedRequest = 1,
    /// An internal error of the responder.
    InternalError = 2,
    /// Temporarily unavailable.
    TryLater = 3,
    /// Only signed requests are accepted.
    SignatureRequired = 5,
    /// The client is not authorised, or the responder is not responsible for that issuer.
    Unauthorized = 6,
}

/// A parsed response.
#[derive(Debug, Clone)]
pub enum ParsedResponse<'a> {
    /// An error, which is never signed.
    Error(ErrorStatus),
    /// A signed response.
    Signed(UnverifiedResponse<'a>),
}

/// A response whose signature was not verified.
#[derive(Debug, Clone)]
pub struct UnverifiedResponse<'a> {
    signed: Signed<'a>,
    certificates: Vec<Raw<'a>>,
    claims: Response,
}

#[derive(Clone, Copy, PartialEq, Eq, Enumerated)]
#[repr(u8)]
enum ResponseStatus {
    Successful = 0,
    MalformedRequest = 1,
    InternalError = 2,
    TryLater = 3,
    SignatureRequired = 5,
    Unauthorized = 6,
}

#[derive(Sequence)]
struct OcspResponse {
    status: ResponseStatus,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    bytes: Option<ResponseBytes>,
}

#[derive(Sequence)]
struct ResponseBytes {
    kind: ObjectIdentifier,
    response: OctetString,
}

/// `BasicOCSPResponse`
#[derive(Sequence)]
struct BasicOcspResponse<'a> {
    body: Raw<'a>,
    algorithm: Raw<'a>,
    signature: BitStringRef<'a>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    certificates: Option<Vec<Raw<'a>>>,
}

#[derive(Sequence)]
struct ResponseData {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: Version,
    responder: ResponderId,
    produced_at: GeneralizedTime,
    responses: Vec<SingleResponseDer>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Choice)]
enum ResponderId {
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", constructed = "true")]
    ByName(Name),
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", constructed = "true")]
    ByKey(OctetString),
}

#[derive(Clone, Sequence)]
struct SingleResponseDer {
    certificate: CertId,
    status: CertStatus,
    this_update: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    next_update: Option<GeneralizedTime>,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Clone, Copy, Choice)]
enum CertStatus {
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT")]
    Good(Null),
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true")]
    Revoked(RevokedInfo),
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT")]
    Unknown(Null),
}

#[derive(Clone, Copy, Sequence)]
struct RevokedInfo {
    revoked_at: GeneralizedTime,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    reason: Option<CrlReason>,
}

impl ErrorStatus {
    /// The complete response.
    pub fn encode(self) -> Vec<u8> {
        // SEQUENCE { ENUMERATED }
        vec![0x30, 0x03, 0x0a, 0x01, self as u8]
    }
}

impl Response {
    /// The complete response, signed by `key`, with the certificates of the responder.
    pub fn sign(&self, key: &SigningKey, certificates: &[Vec<u8>]) -> Result<Vec<u8>, Unissuable> {
        let body = self.body()?;
        let signature = key.sign(&body)?;
        let certificates: Vec<_> = certificates.iter().map(|certificate| Raw::new(certificate)).collect();
        let basic = BasicOcspResponse {
            body: Raw::new(&body),
            algorithm: Raw::new(key.algorithm().signature_identifier()),
            signature: BitStringRef::from_bytes(&signature)?,
            certificates: Some(certificates).filter(|certificates| !certificates.is_empty()),
        };
        let bytes = ResponseBytes { kind: ID_PKIX_OCSP_BASIC, response: OctetString::new(basic.to_der()?)? };
        Ok(OcspResponse { status: ResponseStatus::Successful, bytes: Some(bytes) }.to_der()?)
    }

    fn body(&self) -> der::Result<Vec<u8>> {
        let responses: der::Result<_> = self.responses.iter().map(SingleResponse::write).collect();
        let responder = match &self.responder {
            ResponderName::Name(name) => ResponderId::ByName(name.clone()),
            ResponderName::Key(key) => ResponderId::ByKey(OctetString::new(key.as_bytes())?),
        };
        let data = ResponseData {
            version: Version::V1,
            responder,
            produced_at: time::write_general(self.produced_at)?,
            responses: responses?,
            extensions: request::nonce_extensions(self.nonce.as_ref())?,
        };
        data.to_der()
    }

    fn read(bytes: &[u8]) -> Result<Self, UnreadableOcspMessage> {
        let data = ResponseData::from_der(bytes)?;
        let responses: Result<_, _> = data.responses.into_iter().map(SingleResponse::read).collect();
        Ok(Self {
            responder: match data.responder {
                ResponderId::ByName(name) => ResponderName::Name(name),
                ResponderId::ByKey(key) => ResponderName::Key(KeyIdentifier::from_bytes(key.as_bytes())),
            },
            produced_at: time::read_general(data.produced_at),
            responses: responses?,
            nonce: request::find_nonce(data.extensions.as_deref().unwrap_or_default())?,
        })
    }
}

impl SingleResponse {
    fn write(&self) -> der::Result<SingleResponseDer> {
        let status = match self.status {
            CertificateStatus::Good => CertStatus::Good(Null),
            CertificateStatus::Revoked { revoked_at, reason } => CertStatus::Revoked(RevokedInfo {
                revoked_at: time::write_general(revoked_at)?,
                reason: reason.map(Into::into),
            }),
            CertificateStatus::Unknown => CertStatus::Unknown(Null),
        };
        Ok(SingleResponseDer {
            certificate: self.certificate.write()?,
            status,
            this_update: time::write_general(self.this_update)?,
            next_update: self.next_update.map(time::write_general).transpose()?,
            extensions: None,
        })
    }

    fn read(single: SingleResponseDer) -> Result<Self, UnreadableOcspMessage> {
        request::check_none_critical(single.extensions.as_deref().unwrap_or_default())?;
        Ok(Self {
            certificate: CertificateId::read(single.certificate)?,
            status: match single.status {
                CertStatus::Good(Null) => CertificateStatus::Good,
                CertStatus::Revoked(RevokedInfo { revoked_at, reason }) => CertificateStatus::Revoked {
                    revoked_at: time::read_general(revoked_at),
                    reason: reason.map(Into::into),
                },
                CertStatus::Unknown(Null) => CertificateStatus::Unknown,
            },
            this_update: time::read_general(single.this_update),
            next_update: single.next_update.map(time::read_general),
        })
    }
}

impl<'a> UnverifiedResponse<'a> {
    /// The unverified content.
    pub fn claims(&self) -> &Response {
        &self.claims
    }

    /// The DER of the included certificates.
    pub fn certificates(&self) -> impl Iterator<Item = &'a [u8]> {
        self.certificates.iter().map(|certificate| certificate.bytes())
    }

    pub(crate) fn declares_algorithm(&self, algorithm: Algorithm) -> bool {
        self.signed.declares_algorithm(algorithm)
    }

    /// Whether this key signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.signed.declares_algorithm(key.algorithm()) && self.signed.is_signed_by(key)
    }
}

impl<'a> ParsedResponse<'a> {
    /// Parses a response.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, UnreadableOcspMessage> {
        // The inner bytes are borrowed from `bytes`, so the outer structure is decoded by hand.
        use der::{Reader, SliceReader, asn1::OctetStringRef};
        let mut reader = SliceReader::new(bytes)?;
        let (status, inner) = reader.sequence(|reader| {
            let status: ResponseStatus = reader.decode()?;
            let inner = if reader.is_finished() { None } else { Some(Raw::decode(reader)?) };
            Ok::<_, der::Error>((status, inner))
        })?;
        reader.finish()?;
        let error = match status {
            ResponseStatus::Successful => None,
            ResponseStatus::MalformedRequest => Some(ErrorStatus::MalformedRequest),
            ResponseStatus::InternalError => Some(ErrorStatus::InternalError),
            ResponseStatus::TryLater => Some(ErrorStatus::TryLater),
            ResponseStatus::SignatureRequired => Some(ErrorStatus::SignatureRequired),
            ResponseStatus::Unauthorized => Some(ErrorStatus::Unauthorized),
        };
        if let Some(error) = error {
            return Ok(Self::Error(error));
        }
        let inner = der::asn1::AnyRef::from_der(inner.ok_or(UnreadableOcspMessage::Empty)?.bytes())?;
        if inner.header().tag() != (der::Tag::ContextSpecific { constructed: true, number: der::TagNumber(0) }) {
            return Err(UnreadableOcspMessage::Empty);
        }
        let mut reader = SliceReader::new(inner.value())?;
        let (kind, response) = reader.sequence(|reader| {
            Ok::<_, der::Error>((ObjectIdentifier::decode(reader)?, <&OctetStringRef>::decode(reader)?))
        })?;
        reader.finish()?;
        if kind != ID_PKIX_OCSP_BASIC {
            return Err(UnreadableOcspMessage::Kind(kind));
        }
        let basic = BasicOcspResponse::from_der(response.as_bytes())?;
        Ok(Self::Signed(UnverifiedResponse {
            signed: Signed::from_parts(basic.body, basic.algorithm, basic.signature),
            certificates: basic.certificates.unwrap_or_default(),
            claims: Response::read(basic.body.bytes())?,
        }))
    }
}
