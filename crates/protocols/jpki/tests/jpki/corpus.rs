//! The corpus: certificates that are correct, or deviate in one thing. Each row has this crate's verdict and OpenSSL's, with
//! an explanation where the two differ.

use base::Timestamp;
use jpki::{Algorithm, CertificateDraft, Generation, Grace, SigningKey, ocsp::CertificateStatus, sign_body};
use x509_cert::ext::Extension;

use crate::world::{Attempt, World, draft, now, timestamp, world};

pub mod encoding;
pub mod path;
pub mod profile;
pub mod validity;

/// A certificate with the time of its use and the expected verdicts.
pub struct Row {
    /// The case.
    pub name: &'static str,
    pub certificate: Vec<u8>,
    pub time: Timestamp,
    pub grace: Grace,
    /// The issuer and the holder's key, where they are not the usual ones.
    pub issuer: &'static Generation,
    pub holder: &'static SigningKey,
    /// This crate's code, or `accepted`.
    pub expected_code: &'static str,
    /// A part of OpenSSL's verdict: `OK`, or its first error.
    pub expected_openssl: &'static str,
    /// Why one accepts what the other refuses.
    pub explanation: Option<&'static str>,
}

impl Row {
    /// A row with equivalent verdicts.
    pub fn new(
        name: &'static str,
        expected_code: &'static str,
        expected_openssl: &'static str,
        certificate: Vec<u8>,
    ) -> Self {
        let World { issuer, holder, .. } = world();
        let (time, grace) = (now(), Grace::Granted);
        Self { name, certificate, time, grace, issuer, holder, expected_code, expected_openssl, explanation: None }
    }

    /// A row of the usual certificate with one change before it is signed.
    pub fn with_changed_draft(
        name: &'static str,
        expected_code: &'static str,
        expected_openssl: &'static str,
        change: impl FnOnce(&mut CertificateDraft),
    ) -> Self {
        let mut draft = draft();
        change(&mut draft);
        Self::new(name, expected_code, expected_openssl, draft.sign(world().issuer.key()).unwrap())
    }

    /// A row of the usual certificate with one run of bytes replaced before it is signed.
    pub fn with_replaced_bytes(
        name: &'static str,
        expected_code: &'static str,
        expected_openssl: &'static str,
        old: &[u8],
        new: &[u8],
    ) -> Self {
        let body = draft().body(Algorithm::RsaSha256).unwrap();
        let changed = splice_der(&body, old, new);
        Self::new(name, expected_code, expected_openssl, sign_body(&changed, world().issuer.key()).unwrap())
    }

    pub fn with_explanation(mut self, explanation: &'static str) -> Self {
        self.explanation = Some(explanation);
        self
    }

    pub fn shown_at(mut self, time: Timestamp, grace: Grace) -> Self {
        (self.time, self.grace) = (time, grace);
        self
    }

    pub fn issued_by(mut self, issuer: &'static Generation, holder: &'static SigningKey) -> Self {
        (self.issuer, self.holder) = (issuer, holder);
        self
    }

    /// A complete authentication with this certificate, correct in everything else.
    pub fn attempt(&self) -> Attempt {
        let signature = self.holder.sign(&crate::world::challenge().to_be_signed()).unwrap();
        Attempt { signature, ..self.attempt_with_any_signature() }
    }

    /// The same, signed by the usual holder.
    pub fn attempt_with_any_signature(&self) -> Attempt {
        let (time, issuer) = (self.time, self.issuer);
        Attempt {
            certificate: self.certificate.clone(),
            grace: self.grace,
            now: time,
            respond: Box::new(move |request| {
                issuer.responder().respond(request, time, None, |_| CertificateStatus::Good).unwrap()
            }),
            ..Attempt::valid()
        }
    }
}

/// DER with one run of bytes replaced, and the surrounding lengths adjusted where they have two octets.
pub fn splice_der(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let position = bytes.windows(old.len()).position(|window| window == old).expect("the bytes are there");
    let mut changed = [&bytes[..position], new, &bytes[position + old.len()..]].concat();
    let grown = i32::try_from(new.len()).unwrap() - i32::try_from(old.len()).unwrap();
    if grown != 0 {
        // The outermost SEQUENCE of a body has a length of two octets.
        let length = i32::from(u16::from_be_bytes([changed[2], changed[3]])) + grown;
        changed[2..4].copy_from_slice(&u16::try_from(length).unwrap().to_be_bytes());
    }
    changed
}

pub fn find<'a>(draft: &'a mut CertificateDraft, oid: &str) -> &'a mut Extension {
    draft.extensions.iter_mut().find(|extension| extension.extn_id.to_string() == oid).unwrap()
}

pub fn replace(draft: &mut CertificateDraft, new: Extension) {
    let oid = new.extn_id.to_string();
    *find(draft, &oid) = new;
}

pub fn remove(draft: &mut CertificateDraft, oid: &str) {
    draft.extensions.retain(|extension| extension.extn_id.to_string() != oid);
}

pub fn octet_string(bytes: &[u8]) -> der::asn1::OctetString {
    der::asn1::OctetString::new(bytes).unwrap()
}

/// All rows.
pub fn rows() -> Vec<Row> {
    [encoding::rows(), path::rows(), profile::rows(), validity::rows()].into_iter().flatten().collect()
}

/// The last second of the usual certificate.
pub fn last_second() -> Timestamp {
    timestamp("2029-06-15T23:59:59+09:00")
}
