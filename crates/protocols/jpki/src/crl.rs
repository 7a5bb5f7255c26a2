//! Revocation lists (RFC 5280 §5): the second source, where no responder is available.

use std::collections::HashMap;

use base::Timestamp;
use const_oid::{
    AssociatedOid, ObjectIdentifier,
    db::rfc5912::{
        ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_CRL_NUMBER, ID_CE_CRL_REASONS, ID_CE_ISSUING_DISTRIBUTION_POINT,
    },
};
use der::{Decode, Encode, asn1::Uint};
use x509_cert::{
    Version,
    crl::{CertificateList, RevokedCert, TbsCertList},
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, CrlNumber,
            crl::{CrlReason, dp::IssuingDistributionPoint},
            name::{DistributionPointName, GeneralName},
        },
    },
    name::Name,
};

use crate::{
    KeyIdentifier, PublicKey, Serial, SigningKey, Unissuable,
    extension::{self, Criticality},
    ocsp::RevocationReason,
    signed::{self, Signed},
    time,
};

/// An unsigned revocation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationListDraft {
    /// Increases with every list.
    pub number: u64,
    pub this_update: Timestamp,
    /// When the next list is due, at the latest.
    pub next_update: Timestamp,
    pub revoked: Vec<RevokedCertificate>,
}

/// An entry of a revocation list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedCertificate {
    pub serial: Serial,
    pub revoked_at: Timestamp,
    /// The reason, if the issuer states it.
    pub reason: Option<RevocationReason>,
}

/// A revocation list whose signature was not verified.
#[derive(Debug, Clone)]
pub struct UnverifiedList<'a> {
    signed: Signed<'a>,
    pub(crate) issuer: Name,
    pub(crate) issuer_key: Option<KeyIdentifier>,
    pub(crate) number: Option<Vec<u8>>,
    pub(crate) scope: Scope,
    pub(crate) this_update: Timestamp,
    pub(crate) next_update: Option<Timestamp>,
    pub(crate) revoked: HashMap<Serial, (Timestamp, Option<RevocationReason>)>,
}

/// The certificates that a list covers (RFC 5280 §5.2.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All certificates of its issuer.
    All,
    /// Those that have one of these directory names as their distribution point.
    DistributionPoints(Vec<Name>),
    /// None of a card, or only some reasons.
    Other,
}

/// Why bytes are no usable revocation list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableList {
    /// The DER is invalid.
    #[error("the revocation list is not in DER: {0}")]
    Der(#[from] der::Error),
    /// Version 1, which has no reasons or keys.
    #[error("the revocation list is not of version 2")]
    Version,
    /// An invalid serial number.
    #[error("the revocation list names an impossible serial number")]
    Serial,
    /// The signed algorithm is not the one of the signature.
    #[error("the revocation list names two algorithms")]
    Algorithm,
    /// An unknown critical extension: the scope of the list may differ.
    #[error("the revocation list has the unknown critical extension {0}")]
    CriticalExtension(ObjectIdentifier),
}

impl RevocationListDraft {
    /// The DER of the list, signed by `key` under the name `issuer`.
    pub fn sign(&self, issuer: &Name, key: &SigningKey) -> Result<Vec<u8>, Unissuable> {
        self.sign_with_scope(issuer, key, None)
    }

    /// The same for only those certificates that have `distribution_point` as their distribution point.
    pub fn sign_for_distribution_point(
        &self,
        distribution_point: &Name,
        issuer: &Name,
        key: &SigningKey,
    ) -> Result<Vec<u8>, Unissuable> {
        self.sign_with_scope(issuer, key, Some(extension::issuing_distribution_point(distribution_point.clone())?))
    }

    fn sign_with_scope(
        &self,
        issuer: &Name,
        key: &SigningKey,
        scope: Option<Extension>,
    ) -> Result<Vec<u8>, Unissuable> {
        let number = CrlNumber(Uint::new(&self.number.to_be_bytes())?);
        let mut extensions = vec![
            extension::authority_key_identifier(key.public_key().identifier())?,
            extension::extension(CrlNumber::OID, Criticality::NonCritical, &number)?,
        ];
        extensions.extend(scope);
        let entries: der::Result<Vec<_>> = self.revoked.iter().map(RevokedCertificate::write).collect();
        let body = TbsCertList {
            version: Version::V2,
            signature: Decode::from_der(key.algorithm().signature_identifier())?,
            issuer: issuer.clone(),
            this_update: time::write(self.this_update)?,
            next_update: Some(time::write(self.next_update)?),
            // RFC 5280 §5.1.2.6: the list of entries is absent if it is empty.
            revoked_certificates: Some(entries?).filter(|entries| !entries.is_empty()),
            crl_extensions: Some(extensions),
        };
        signed::sign_body(&body.to_der()?, key)
    }
}

impl RevokedCertificate {
    fn write(&self) -> der::Result<RevokedCert> {
        let reason = |reason: RevocationReason| {
            extension::extension(ID_CE_CRL_REASONS, Criticality::NonCritical, &CrlReason::from(reason))
        };
        // RFC 5280 §5.3.1: an unspecified reason is left out.
        let stated = self.reason.filter(|reason| *reason != RevocationReason::Unspecified);
        Ok(RevokedCert {
            serial_number: self.serial.write(),
            revocation_date: time::write(self.revoked_at)?,
            crl_entry_extensions: stated.map(|stated| reason(stated).map(|extension| vec![extension])).transpose()?,
        })
    }
}

impl<'a> UnverifiedList<'a> {
    /// Parses a list.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, UnreadableList> {
        let signed = Signed::from_der(bytes)?;
        let body = CertificateList::from_der(bytes)?.tbs_cert_list;
        if body.version != Version::V2 {
            return Err(UnreadableList::Version);
        }
        if !signed.matches_inner_algorithm(&body.signature) {
            return Err(UnreadableList::Algorithm);
        }
        let extensions = body.crl_extensions.as_deref().unwrap_or_default();
        check_critical_extensions(
            extensions,
            &[ID_CE_AUTHORITY_KEY_IDENTIFIER, ID_CE_CRL_NUMBER, ID_CE_ISSUING_DISTRIBUTION_POINT],
        )?;
        let find = |oid| extensions.iter().find(|extension| extension.extn_id == oid);
        let issuer_key = find(ID_CE_AUTHORITY_KEY_IDENTIFIER)
            .map(|extension| AuthorityKeyIdentifier::from_der(extension.extn_value.as_bytes()))
            .transpose()?
            .and_then(|key| key.key_identifier)
            .map(|key| KeyIdentifier::from_bytes(key.as_bytes()));
        let number = find(ID_CE_CRL_NUMBER)
            .map(|extension| CrlNumber::from_der(extension.extn_value.as_bytes()))
            .transpose()?
            .map(|number| number.0.as_bytes().to_vec());
        let scope = find(ID_CE_ISSUING_DISTRIBUTION_POINT)
            .map(|extension| IssuingDistributionPoint::from_der(extension.extn_value.as_bytes()).map(parse_scope))
            .transpose()?;
        let revoked: Result<_, UnreadableList> =
            body.revoked_certificates.unwrap_or_default().iter().map(parse_entry).collect();
        Ok(Self {
            signed,
            issuer: body.issuer,
            issuer_key,
            number,
            scope: scope.unwrap_or(Scope::All),
            this_update: time::read(body.this_update),
            next_update: body.next_update.map(time::read),
            revoked: revoked?,
        })
    }

    /// Whether this key signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.signed.declares_algorithm(key.algorithm()) && self.signed.is_signed_by(key)
    }
}

fn parse_scope(point: IssuingDistributionPoint) -> Scope {
    let has_other_scope = point.only_contains_ca_certs
        || point.only_contains_attribute_certs
        || point.indirect_crl
        || point.only_some_reasons.is_some();
    match point.distribution_point {
        _ if has_other_scope => Scope::Other,
        None => Scope::All,
        Some(point) => Scope::DistributionPoints(directory_names(point)),
    }
}

/// The directory names of a distribution point. Addresses are ignored, as they are never fetched.
pub(crate) fn directory_names(point: DistributionPointName) -> Vec<Name> {
    let DistributionPointName::FullName(names) = point else { return Vec::new() };
    let directory = |name| match name {
        GeneralName::DirectoryName(name) => Some(name),
        _ => None,
    };
    names.into_iter().filter_map(directory).collect()
}

fn parse_entry(entry: &RevokedCert) -> Result<(Serial, (Timestamp, Option<RevocationReason>)), UnreadableList> {
    let extensions = entry.crl_entry_extensions.as_deref().unwrap_or_default();
    check_critical_extensions(extensions, &[ID_CE_CRL_REASONS])?;
    let reason = extensions
        .iter()
        .find(|extension| extension.extn_id == ID_CE_CRL_REASONS)
        .map(|extension| CrlReason::from_der(extension.extn_value.as_bytes()))
        .transpose()?;
    let serial = Serial::read(&entry.serial_number).map_err(|_| UnreadableList::Serial)?;
    Ok((serial, (time::read(entry.revocation_date), reason.map(Into::into))))
}

fn check_critical_extensions(
    extensions: &[Extension],
    known_extensions: &[ObjectIdentifier],
) -> Result<(), UnreadableList> {
    let unknown =
        extensions.iter().find(|extension| extension.critical && !known_extensions.contains(&extension.extn_id));
    unknown.map_or(Ok(()), |extension| Err(UnreadableList::CriticalExtension(extension.extn_id)))
}
