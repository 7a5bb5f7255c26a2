use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};
use const_oid::db::rfc6960::ID_PKIX_OCSP_NONCE;
use der::{Decode, Encode, Sequence, asn1::Any};
use x509_cert::{
    Version,
    ext::{Extension, Extensions, pkix::name::GeneralName},
};

use super::{CertId, CertificateId, Nonce, UnreadableOcspMessage};
use crate::{
    Unissuable,
    extension::{Criticality, extension},
};

/// The maximum number of certificates in a request.
const MAX_CERTIFICATES: usize = 32;

/// A request to a responder (RFC 6960 §4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    certificates: Vec<CertificateId>,
    nonce: Option<Nonce>,
}

#[derive(Sequence)]
struct OcspRequest {
    body: RequestBody,
    // The signature of a request is optional and not checked, as all requests are responded to.
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    signature: Option<Any>,
}

/// `TBSRequest`
#[derive(Sequence)]
struct RequestBody {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", default = "Default::default")]
    version: Version,
    #[asn1(context_specific = "1", tag_mode = "EXPLICIT", optional = "true")]
    requestor: Option<Any>,
    list: Vec<SingleRequest>,
    #[asn1(context_specific = "2", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

#[derive(Clone, Sequence)]
struct SingleRequest {
    certificate: CertId,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Extensions>,
}

impl Request {
    /// A request for one certificate.
    pub fn new(certificate: CertificateId, nonce: Option<Nonce>) -> Self {
        Self { certificates: vec![certificate], nonce }
    }

    /// The requested certificates.
    pub fn certificates(&self) -> &[CertificateId] {
        &self.certificates
    }

    /// The nonce that the response must repeat.
    pub fn nonce(&self) -> Option<&Nonce> {
        self.nonce.as_ref()
    }

    /// Parses the body of a POST.
    pub fn parse(bytes: &[u8]) -> Result<Self, UnreadableOcspMessage> {
        let body = OcspRequest::from_der(bytes)?.body;
        if !(1..=MAX_CERTIFICATES).contains(&body.list.len()) {
            return Err(UnreadableOcspMessage::Length(body.list.len()));
        }
        if let Some(requestor) = &body.requestor {
            GeneralName::from_der(&requestor.to_der()?)?;
        }
        let nonce = find_nonce(body.extensions.as_deref().unwrap_or_default())?;
        let certificates: Result<_, _> = body
            .list
            .into_iter()
            .map(|single| {
                check_none_critical(single.extensions.as_deref().unwrap_or_default())?;
                CertificateId::read(single.certificate)
            })
            .collect();
        Ok(Self { certificates: certificates?, nonce })
    }

    /// The body of a POST.
    pub fn encode(&self) -> Result<Vec<u8>, Unissuable> {
        let list: der::Result<_> = self
            .certificates
            .iter()
            .map(|certificate| Ok(SingleRequest { certificate: certificate.write()?, extensions: None }))
            .collect();
        let body = RequestBody {
            version: Version::V1,
            requestor: None,
            list: list?,
            extensions: nonce_extensions(self.nonce.as_ref())?,
        };
        Ok(OcspRequest { body, signature: None }.to_der()?)
    }

    /// Parses the rest of a GET's path after the responder's address (RFC 6960 §A.1), as sent by clients and changed by
    /// proxies: percent-encoded never, once or twice; with the URL-safe alphabet (RFC 4648 §5); with a space for a plus sign;
    /// without padding; with extra slashes before it.
    pub fn parse_path(path: &str) -> Result<Self, UnreadableOcspMessage> {
        let text = unescape(path.as_bytes()).and_then(|text| unescape(&text)).ok_or(UnreadableOcspMessage::Base64)?;
        let text: Vec<u8> = text
            .iter()
            .skip_while(|byte| **byte == b'/')
            .map(|byte| match byte {
                b'-' | b' ' => b'+',
                b'_' => b'/',
                byte => *byte,
            })
            .collect();
        Self::parse(&LENIENT.decode(text).map_err(|_| UnreadableOcspMessage::Base64)?)
    }

    /// The rest of a GET's path after the responder's address.
    pub fn encode_path(&self) -> Result<String, Unissuable> {
        let text = STANDARD.encode(self.encode()?);
        Ok(text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))
    }
}

/// Base64 with or without its padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

fn unescape(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(rest.len());
    while let [byte, following @ ..] = rest {
        if *byte == b'%' {
            let (digits, following) = following.split_at_checked(2)?;
            text.extend(hex::decode(digits).ok()?);
            rest = following;
        } else {
            text.push(*byte);
            rest = following;
        }
    }
    Some(text)
}

/// The nonce in the extensions, of which no other may be critical.
pub(super) fn find_nonce(extensions: &[Extension]) -> Result<Option<Nonce>, UnreadableOcspMessage> {
    let (nonces, rest): (Vec<_>, Vec<_>) = extensions.iter().partition(|item| item.extn_id == ID_PKIX_OCSP_NONCE);
    rest.into_iter().try_for_each(|extension| check_none_critical(std::slice::from_ref(extension)))?;
    match nonces[..] {
        [] => Ok(None),
        [nonce] => Nonce::read(nonce.extn_value.as_bytes()).map(Some),
        _ => Err(UnreadableOcspMessage::Nonce),
    }
}

pub(super) fn check_none_critical(extensions: &[Extension]) -> Result<(), UnreadableOcspMessage> {
    let critical = extensions.iter().find(|extension| extension.critical);
    critical.map_or(Ok(()), |extension| Err(UnreadableOcspMessage::CriticalExtension(extension.extn_id)))
}

pub(super) fn nonce_extensions(nonce: Option<&Nonce>) -> der::Result<Option<Extensions>> {
    let write = |nonce: &Nonce| Ok(vec![extension(ID_PKIX_OCSP_NONCE, Criticality::NonCritical, &nonce.write()?)?]);
    nonce.map(write).transpose()
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;
    use crate::{
        Algorithm, Serial, SigningKey,
        name::{NameAttribute, build_name},
        ocsp::{HashAlgorithm, IssuerHashes},
    };

    fn sample(hash: HashAlgorithm, nonce: Option<Nonce>) -> Request {
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256).unwrap();
        let issuer = IssuerHashes::new(&build_name(&[NameAttribute::CommonName("issuer")]).unwrap(), key.public_key());
        Request::new(issuer.certificate_id(hash, Serial::try_from(0x00ab_cdef).unwrap()), nonce)
    }

    #[test]
    fn a_request_reads_what_it_writes_by_post_and_by_get() {
        let nonce = Some(Nonce::new(&Randomness::repeatable("nonce")));
        for request in [sample(HashAlgorithm::Sha1, None), sample(HashAlgorithm::Sha256, nonce)] {
            assert_eq!(Request::parse(&request.encode().unwrap()).as_ref(), Ok(&request));
            let path = request.encode_path().unwrap();
            assert_eq!(Request::parse_path(&path).as_ref(), Ok(&request));
            let open = path.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
            assert_eq!(Request::parse_path(&open).as_ref(), Ok(&request));
        }
    }

    #[test]
    fn a_request_by_get_is_read_as_clients_write_it_and_proxies_leave_it() {
        // Many lengths, so that every character of the alphabet and every kind of padding occurs.
        for octets in 1..=128 {
            let nonce = Nonce::from_bytes(&vec![0xfb; octets]).unwrap();
            let request = sample(HashAlgorithm::Sha1, Some(nonce));
            let path = request.encode_path().unwrap();
            let open = path.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
            for (case, sent) in [
                ("as written", path.clone()),
                ("lower-case escapes", path.replace("%2B", "%2b").replace("%2F", "%2f").replace("%3D", "%3d")),
                ("escaped twice", path.replace('%', "%25")),
                ("without padding", open.trim_end_matches('=').to_owned()),
                ("escaped without padding", path.trim_end_matches("%3D").to_owned()),
                ("the alphabet for addresses", open.replace('+', "-").replace('/', "_")),
                ("the same without padding", open.replace('+', "-").replace('/', "_").trim_end_matches('=').to_owned()),
                ("a plus sign read as a space", open.replace('+', " ")),
                ("slashes before it", format!("//{open}")),
            ] {
                assert_eq!(Request::parse_path(&sent).as_ref(), Ok(&request), "{case}: {sent}");
            }
        }
    }

    #[test]
    fn what_is_no_request_is_refused_for_its_own_reason() {
        let check = |path: &str, expected: fn(&UnreadableOcspMessage) -> bool| {
            assert!(expected(&Request::parse_path(path).unwrap_err()), "{path}");
        };
        check("%", |error| *error == UnreadableOcspMessage::Base64);
        check("%2", |error| *error == UnreadableOcspMessage::Base64);
        check("%zz", |error| *error == UnreadableOcspMessage::Base64);
        check("!", |error| *error == UnreadableOcspMessage::Base64);
        check("", |error| matches!(error, UnreadableOcspMessage::Der(_)));
        // SEQUENCE { SEQUENCE { SEQUENCE {} } }
        check("MAQwAjAA", |error| *error == UnreadableOcspMessage::Length(0));
    }

    #[test]
    fn a_nonce_has_one_to_a_hundred_and_twenty_eight_octets() {
        assert_eq!(Nonce::from_bytes(&[]), Err(super::super::WrongNonce));
        for octets in [1, 32, 33, 128] {
            let nonce = Nonce::from_bytes(&vec![7; octets]).unwrap();
            let request = sample(HashAlgorithm::Sha256, Some(nonce.clone()));
            assert_eq!(Request::parse(&request.encode().unwrap()).unwrap().nonce(), Some(&nonce), "{octets}");
        }
        assert_eq!(Nonce::from_bytes(&[0; 129]), Err(super::super::WrongNonce));
    }
}
