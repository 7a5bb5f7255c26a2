//! The operations of `uketsuke ca` and their output.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use authority::{Authority, AuthorityKey, CertificateRecord, IssuedCertificate};
use base::{Clock, Date, InstitutionCode, Randomness, Timestamp};
use card::PrivateKey;
use der::Decode;
use eligibility::{Eligibility, Fingerprint};
use jpki::{Algorithm, KeyIdentifier, Purpose, Serial, SigningKey, Subject, ocsp::CertificateStatus, pem};
use portal::{CardId, CardRepository};
use serde::Serialize;
use x509_cert::Certificate;
use zeroize::Zeroizing;

use super::error::CaError;
use crate::{
    arguments::ca::{CaArguments, CertificateFilter, CertificateSelector, RevocationReason},
    compose::Composer,
    key_store::KeyStore,
};

/// What a certificate concerns: the authority, the eligibility system, the app's cards.
pub(super) struct CaServices {
    authority: Authority,
    eligibility: Eligibility,
    cards: CardRepository,
}

/// A certificate in the output of `list`.
#[derive(Serialize)]
struct CertificateEntry {
    kind: &'static str,
    issuer: String,
    serial: String,
    subject: String,
    not_before: Timestamp,
    not_after: Timestamp,
    #[serde(rename = "issued")]
    issued_at: Timestamp,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "revoked")]
    revoked_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A generation in the output of `show`.
#[derive(Serialize)]
struct GenerationEntry {
    authority: &'static str,
    key: String,
    algorithm: String,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// The output of an operation.
#[derive(Serialize)]
struct OperationResult<'a> {
    #[serde(rename = "done")]
    operation: &'static str,
    serial: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
}

fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Authentication => "authentication",
        Purpose::Signature => "signature",
    }
}

fn write_json_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), CaError> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes a new file that only its owner can access. Never overwrites a file.
fn write_secret(path: &Path, content: &[u8]) -> Result<(), CaError> {
    let failed = |source| CaError::File { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)
}

/// Certificate and key in one PEM text, as `curl --cert` and web servers read it.
fn encode_certificate_and_key(certificate: &[u8], key: &SigningKey) -> Result<Zeroizing<String>, CaError> {
    let secret = Zeroizing::new(pem::encode(pem::PRIVATE_KEY, &key.to_pkcs8()?));
    Ok(Zeroizing::new(pem::encode(pem::CERTIFICATE, certificate) + &secret))
}

impl CaServices {
    pub(super) async fn open(arguments: &CaArguments) -> Result<Self, CaError> {
        let randomness = Randomness::system();
        let key_store = KeyStore::open_used(&arguments.data, &randomness)?;
        let clock = arguments.clock.map_or_else(Clock::system, Clock::starting_at);
        let composer = Composer::new(key_store, arguments.database.as_deref(), clock, randomness)?;
        let origin = &arguments.authority;
        let national = composer.open_national_database()?;
        Ok(Self {
            authority: composer.open_authority(origin.clone()).await?,
            // No fixed URL is made, so that any origin will do.
            eligibility: composer.open_eligibility(national, origin.clone()).await?,
            cards: composer.open_card_repository()?,
        })
    }

    pub(super) fn show_generations(&self, folder: Option<&Path>, out: &mut impl Write) -> Result<(), CaError> {
        let mut chain: Vec<(String, Vec<u8>)> = Vec::new();
        for AuthorityKey { purpose, key, validity_period: (not_before, not_after), certificate } in
            self.authority.keys()
        {
            let algorithm = format!("{:?}", key.algorithm());
            let (authority, key) = (purpose_name(purpose), key.identifier().to_string());
            chain.push((format!("{authority}-{key}.cer"), certificate));
            write_json_line(out, &GenerationEntry { authority, key, algorithm, not_before, not_after })?;
        }
        chain.push(("machines.cer".to_owned(), self.authority.machine_root().to_vec()));
        for (name, der) in chain {
            match folder {
                Some(folder) => {
                    let path = folder.join(name);
                    let outcome = fs::create_dir_all(folder).and_then(|()| fs::write(&path, der));
                    outcome.map_err(|source| CaError::File { path, source })?;
                }
                None => out.write_all(pem::encode(pem::CERTIFICATE, &der).as_bytes())?,
            }
        }
        Ok(())
    }

    pub(super) async fn list_certificates(
        &self,
        filter: CertificateFilter,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        if filter != CertificateFilter::Machines {
            let purposes: Vec<_> =
                self.authority.keys().into_iter().map(|key| (key.key.identifier().clone(), key.purpose)).collect();
            for CertificateRecord {
                certificate: IssuedCertificate { issuer, serial, certificate },
                issued_at,
                status,
            } in self.authority.list_certificates().await?
            {
                let purpose =
                    purposes.iter().find(|(key, _)| *key == issuer).map_or("", |(_, purpose)| purpose_name(*purpose));
                write_json_line(
                    out,
                    &certificate_entry(purpose, issuer.to_string(), &serial, &certificate, issued_at, status)?,
                )?;
            }
        }
        if filter != CertificateFilter::Cards {
            for machine in self.authority.list_machine_certificates().await? {
                let status = machine.revoked_at.map_or(CertificateStatus::Good, |revoked_at| {
                    CertificateStatus::Revoked { revoked_at, reason: None }
                });
                let entry = certificate_entry(
                    "machine",
                    String::new(),
                    &machine.serial,
                    &machine.certificate,
                    machine.issued_at,
                    status,
                )?;
                write_json_line(out, &entry)?;
            }
        }
        Ok(())
    }

    pub(super) async fn issue_institution(
        &self,
        code: InstitutionCode,
        file: &Path,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        let issued = self.authority.issue_institution(code).await?;
        // Written before it is admitted: a certificate without its key is useless.
        write_secret(file, encode_certificate_and_key(&issued.certificate, &issued.key)?.as_bytes())?;
        self.eligibility.admit_certificate(code, Fingerprint::from_certificate(&issued.certificate)).await?;
        write_json_line(
            out,
            &OperationResult { operation: "issued", serial: issued.serial.to_string(), file: Some(file) },
        )
    }

    pub(super) async fn revoke(
        &self,
        selector: &CertificateSelector,
        reason: RevocationReason,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        if let Some(code) = selector.institution {
            let name = code.to_string();
            let in_force = self.authority.list_machine_certificates().await?.into_iter();
            let in_force: Vec<_> =
                in_force.filter(|machine| machine.name == name && machine.revoked_at.is_none()).collect();
            if in_force.is_empty() {
                return Err(CaError::NothingToRevoke(code));
            }
            for machine in in_force {
                self.revoke_machine(&machine.serial, &machine.certificate, out).await?;
            }
            return Ok(());
        }
        if let Some(serial) = &selector.serial
            && let Some(machine) =
                self.authority.list_machine_certificates().await?.into_iter().find(|machine| machine.serial == *serial)
        {
            return self.revoke_machine(serial, &machine.certificate, out).await;
        }
        let IssuedCertificate { issuer, serial, .. } = self.find_certificate(selector).await?.certificate;
        self.authority.revoke(&issuer, &serial, reason.into()).await?;
        write_json_line(out, &OperationResult { operation: "revoked", serial: serial.to_string(), file: None })
    }

    /// First at the interface, then at the authority: if it is interrupted in between, the certificate is refused already.
    async fn revoke_machine(&self, serial: &Serial, certificate: &[u8], out: &mut impl Write) -> Result<(), CaError> {
        self.eligibility.revoke_certificate(Fingerprint::from_certificate(certificate)).await?;
        self.authority.revoke_machine(serial).await?;
        write_json_line(out, &OperationResult { operation: "revoked", serial: serial.to_string(), file: None })
    }

    pub(super) async fn renew(
        &self,
        selector: &CertificateSelector,
        file: Option<&Path>,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        let CertificateRecord { certificate: old, status, .. } = self.find_certificate(selector).await?;
        let unreadable = || CaError::Unreadable(old.serial.clone());
        let old_subject = Subject::from_certificate(&old.certificate).ok_or_else(unreadable)?;
        let valid_until = last_valid_day(&old.certificate).ok_or_else(unreadable)?;
        // A renewal changes key, number and pseudonym.
        let subject = Subject::new(&generate_pseudonym(&Randomness::system()), old_subject.municipality().clone(), 3);
        let subject = subject.map_err(|_| unreadable())?;
        let key = SigningKey::generate(Algorithm::RsaSha256)?;
        let public_key = key.public_key().clone();
        let old_id = (&old.issuer, &old.serial);
        let issued = match status {
            CertificateStatus::Good => {
                self.authority.renew_authentication(old_id, subject, valid_until, public_key).await?
            }
            // Revoked earlier, or by a renewal that was interrupted.
            CertificateStatus::Revoked { .. } | CertificateStatus::Unknown => {
                let now = self.authority.now();
                self.authority.issue_authentication(subject, valid_until, public_key, now).await?
            }
        };
        let new_id = (issued.issuer.clone(), issued.serial.clone());
        self.eligibility.link_renewal((old.issuer.clone(), old.serial.clone()), new_id).await?;
        if let Some(path) = file {
            write_secret(path, encode_certificate_and_key(&issued.certificate, &key)?.as_bytes())?;
        }
        if let Some(persona) = &selector.persona {
            let card = parse_card_id(persona)?;
            let card_key = PrivateKey::from_pkcs8(&key.to_pkcs8()?)?;
            self.cards.renew(&card, card_key, issued.certificate.clone()).await?;
        }
        write_json_line(out, &OperationResult { operation: "renewed", serial: issued.serial.to_string(), file })
    }

    pub(super) async fn write_revocation_list(
        &self,
        issuer: Option<&str>,
        der: bool,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        let list = match issuer {
            Some(beginning) => self.authority.revocation_list(&self.find_issuer(beginning)?).await?,
            None => self.authority.machine_revocation_list().await?,
        };
        if der {
            return Ok(out.write_all(&list)?);
        }
        Ok(out.write_all(pem::encode(pem::REVOCATION_LIST, &list).as_bytes())?)
    }

    /// The selected certificate of a card.
    async fn find_certificate(&self, selector: &CertificateSelector) -> Result<CertificateRecord, CaError> {
        let records = self.authority.list_certificates().await?;
        if let Some(persona) = &selector.persona {
            let certificate = self.cards.certificate(&parse_card_id(persona)?).await?;
            let record = records.into_iter().find(|record| record.certificate.certificate == certificate);
            return record.ok_or_else(|| CaError::NoPersona(persona.clone()));
        }
        // The command line requires one of the three, and an institution is handled by the caller.
        let serial = selector.serial.clone().ok_or_else(|| CaError::NoPersona(String::new()))?;
        let issuer = selector.issuer.as_deref().map(|beginning| self.find_issuer(beginning)).transpose()?;
        let mut matching: Vec<_> = records
            .into_iter()
            .filter(|record| record.certificate.serial == serial)
            .filter(|record| issuer.as_ref().is_none_or(|issuer| record.certificate.issuer == *issuer))
            .collect();
        match (matching.pop(), matching.is_empty()) {
            (None, _) => Err(CaError::NoSuchSerial(serial)),
            (Some(record), true) => Ok(record),
            (Some(record), false) => {
                let issuers = matching.into_iter().chain([record]).map(|record| record.certificate.issuer).collect();
                Err(CaError::Ambiguous { serial, issuers })
            }
        }
    }

    fn find_issuer(&self, beginning: &str) -> Result<KeyIdentifier, CaError> {
        let keys = self.authority.keys().into_iter().map(|authority_key| authority_key.key.identifier().clone());
        let mut matching: Vec<_> = keys.filter(|key| key.to_string().starts_with(beginning)).collect();
        match (matching.pop(), matching.is_empty()) {
            (Some(key), true) => Ok(key),
            _ => Err(CaError::NoSuchIssuer(beginning.to_owned())),
        }
    }
}

fn parse_card_id(persona: &str) -> Result<CardId, CaError> {
    persona.parse().map_err(|_| CaError::NoPersona(persona.to_owned()))
}

/// Fourteen capital letters and digits.
fn generate_pseudonym(randomness: &Randomness) -> String {
    randomness.text(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", 14)
}

/// The last day of a certificate is its holder's birthday, from which the next certificate's last day is computed.
fn last_valid_day(certificate: &[u8]) -> Option<Date> {
    Some(validity_term(certificate)?.1.japan_date())
}

fn validity_term(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let timestamp = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).ok().map(Timestamp::from_seconds)
    };
    Some((timestamp(validity.not_before)?, timestamp(validity.not_after)?))
}

fn certificate_entry(
    kind: &'static str,
    issuer: String,
    serial: &Serial,
    certificate: &[u8],
    issued_at: Timestamp,
    status: CertificateStatus,
) -> Result<CertificateEntry, CaError> {
    let unreadable = || CaError::Unreadable(serial.clone());
    let (not_before, not_after) = validity_term(certificate).ok_or_else(unreadable)?;
    let subject = Certificate::from_der(certificate).map_err(|_| unreadable())?.tbs_certificate().subject().to_string();
    let (status, revoked_at, reason) = match status {
        CertificateStatus::Good => ("good", None, None),
        CertificateStatus::Revoked { revoked_at, reason } => {
            ("revoked", Some(revoked_at), reason.map(|reason| format!("{reason:?}")))
        }
        CertificateStatus::Unknown => ("unknown", None, None),
    };
    let serial = serial.to_string();
    Ok(CertificateEntry { kind, issuer, serial, subject, not_before, not_after, issued_at, status, revoked_at, reason })
}
