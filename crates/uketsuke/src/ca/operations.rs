//! What is done, and how it is told.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use authority::{AuthorityKey, CertificateRecord, IssuedCertificate};
use base::{Date, InstitutionCode, Randomness, Timestamp};
use card::PrivateKey;
use der::Decode;
use eligibility::Fingerprint;
use jpki::{Algorithm, KeyIdentifier, Purpose, Serial, SigningKey, Subject, ocsp::CertificateStatus, pem};
use portal::CardId;
use serde::Serialize;
use x509_cert::Certificate;
use zeroize::Zeroizing;

use super::{CaError, CaServices, CertificateFilter, CertificateSelector, RevocationReason};

/// A certificate as `list` tells of it.
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

/// A generation as `show` tells of it.
#[derive(Serialize)]
struct GenerationEntry {
    authority: &'static str,
    key: String,
    algorithm: String,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// What was done.
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

fn write_json_line(out: &mut impl Write, what: &impl Serialize) -> Result<(), CaError> {
    serde_json::to_writer(&mut *out, what).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes a new file for its owner alone. One that is there stays.
fn write_secret(path: &Path, content: &[u8]) -> Result<(), CaError> {
    let failed = |source| CaError::File { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)
}

/// Certificate and key in one text, as `curl --cert` and web servers read it.
fn encode_certificate_and_key(certificate: &[u8], key: &SigningKey) -> Result<Zeroizing<String>, CaError> {
    let secret = Zeroizing::new(pem::encode(pem::PRIVATE_KEY, &key.to_pkcs8()?));
    Ok(Zeroizing::new(pem::encode(pem::CERTIFICATE, certificate) + &secret))
}

impl CaServices {
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
                    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, der));
                    written.map_err(|source| CaError::File { path, source })?;
                }
                None => out.write_all(pem::encode(pem::CERTIFICATE, &der).as_bytes())?,
            }
        }
        Ok(())
    }

    pub(super) async fn list_certificates(
        &self,
        which: CertificateFilter,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        if which != CertificateFilter::Machines {
            let purposes: Vec<_> = self
                .authority
                .keys()
                .into_iter()
                .map(|known| (known.key.identifier().clone(), known.purpose))
                .collect();
            for CertificateRecord {
                certificate: IssuedCertificate { issuer, serial, certificate },
                issued_at: issued,
                status,
            } in self.authority.list_certificates().await?
            {
                let purpose =
                    purposes.iter().find(|(key, _)| *key == issuer).map_or("", |(_, purpose)| purpose_name(*purpose));
                write_json_line(
                    out,
                    &certificate_entry(purpose, issuer.to_string(), &serial, &certificate, issued, status)?,
                )?;
            }
        }
        if which != CertificateFilter::Cards {
            for machine in self.authority.list_machine_certificates().await? {
                let status = machine.revoked_at.map_or(CertificateStatus::Good, |revoked_at| {
                    CertificateStatus::Revoked { revoked_at, reason: None }
                });
                let told = certificate_entry(
                    "machine",
                    String::new(),
                    &machine.serial,
                    &machine.certificate,
                    machine.issued_at,
                    status,
                )?;
                write_json_line(out, &told)?;
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
        // Written before it is admitted: a certificate without its key opens nothing.
        write_secret(file, encode_certificate_and_key(&issued.certificate, &issued.key)?.as_bytes())?;
        self.eligibility.admit_certificate(code, Fingerprint::from_certificate(&issued.certificate)).await?;
        write_json_line(
            out,
            &OperationResult { operation: "issued", serial: issued.serial.to_string(), file: Some(file) },
        )
    }

    pub(super) async fn revoke(
        &self,
        whose: &CertificateSelector,
        reason: RevocationReason,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        if let Some(code) = whose.institution {
            let name = code.to_string();
            let standing = self.authority.list_machine_certificates().await?.into_iter();
            let standing: Vec<_> =
                standing.filter(|machine| machine.name == name && machine.revoked_at.is_none()).collect();
            if standing.is_empty() {
                return Err(CaError::NothingToRevoke(code));
            }
            for machine in standing {
                self.revoke_machine(&machine.serial, &machine.certificate, out).await?;
            }
            return Ok(());
        }
        if let Some(serial) = &whose.serial
            && let Some(machine) =
                self.authority.list_machine_certificates().await?.into_iter().find(|machine| machine.serial == *serial)
        {
            return self.revoke_machine(serial, &machine.certificate, out).await;
        }
        let IssuedCertificate { issuer, serial, .. } = self.find_certificate(whose).await?.certificate;
        self.authority.revoke(&issuer, &serial, reason.into()).await?;
        write_json_line(out, &OperationResult { operation: "revoked", serial: serial.to_string(), file: None })
    }

    /// First where it would be let in, then in the books: whoever stops between the two has locked the door.
    async fn revoke_machine(&self, serial: &Serial, certificate: &[u8], out: &mut impl Write) -> Result<(), CaError> {
        self.eligibility.revoke_certificate(Fingerprint::from_certificate(certificate)).await?;
        self.authority.revoke_machine(serial).await?;
        write_json_line(out, &OperationResult { operation: "revoked", serial: serial.to_string(), file: None })
    }

    pub(super) async fn renew(
        &self,
        whose: &CertificateSelector,
        file: Option<&Path>,
        out: &mut impl Write,
    ) -> Result<(), CaError> {
        let CertificateRecord { certificate: old, status, .. } = self.find_certificate(whose).await?;
        let unreadable = || CaError::Unreadable(old.serial.clone());
        let before = Subject::from_certificate(&old.certificate).ok_or_else(unreadable)?;
        let birthday = last_valid_day(&old.certificate).ok_or_else(unreadable)?;
        // A renewal changes key, number and pseudonym.
        let subject = Subject::new(&generate_pseudonym(&Randomness::system()), before.municipality().clone(), 3);
        let subject = subject.map_err(|_| unreadable())?;
        let key = SigningKey::generate(Algorithm::RsaSha256)?;
        let public = key.public_key().clone();
        let replaced = (&old.issuer, &old.serial);
        let issued = match status {
            CertificateStatus::Good => self.authority.renew_authentication(replaced, subject, birthday, public).await?,
            // Revoked before, or by a renewal that was cut short.
            CertificateStatus::Revoked { .. } | CertificateStatus::Unknown => {
                let now = self.authority.now();
                self.authority.issue_authentication(subject, birthday, public, now).await?
            }
        };
        let new = (issued.issuer.clone(), issued.serial.clone());
        self.eligibility.link_renewal((old.issuer.clone(), old.serial.clone()), new).await?;
        if let Some(path) = file {
            write_secret(path, encode_certificate_and_key(&issued.certificate, &key)?.as_bytes())?;
        }
        if let Some(persona) = &whose.persona {
            let card = parse_card_id(persona)?;
            let on_card = PrivateKey::from_pkcs8(&key.to_pkcs8()?)?;
            self.portal.renew(&card, on_card, issued.certificate.clone()).await?;
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

    /// The certificate of a card that is meant.
    async fn find_certificate(&self, whose: &CertificateSelector) -> Result<CertificateRecord, CaError> {
        let recorded = self.authority.list_certificates().await?;
        if let Some(persona) = &whose.persona {
            let shown = self.portal.certificate(&parse_card_id(persona)?).await?;
            let found = recorded.into_iter().find(|known| known.certificate.certificate == shown);
            return found.ok_or_else(|| CaError::NoPersona(persona.clone()));
        }
        // The command line asks for one of the three, and an institution was looked for before.
        let serial = whose.serial.clone().ok_or_else(|| CaError::NoPersona(String::new()))?;
        let issuer = whose.issuer.as_deref().map(|beginning| self.find_issuer(beginning)).transpose()?;
        let mut found: Vec<_> = recorded
            .into_iter()
            .filter(|known| known.certificate.serial == serial)
            .filter(|known| issuer.as_ref().is_none_or(|issuer| known.certificate.issuer == *issuer))
            .collect();
        match (found.pop(), found.is_empty()) {
            (None, _) => Err(CaError::NoSuchSerial(serial)),
            (Some(one), true) => Ok(one),
            (Some(one), false) => {
                let issuers = found.into_iter().chain([one]).map(|known| known.certificate.issuer).collect();
                Err(CaError::Ambiguous { serial, issuers })
            }
        }
    }

    fn find_issuer(&self, beginning: &str) -> Result<KeyIdentifier, CaError> {
        let keys = self.authority.keys().into_iter().map(|known| known.key.identifier().clone());
        let mut found: Vec<_> = keys.filter(|key| key.to_string().starts_with(beginning)).collect();
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(CaError::NoSuchIssuer(beginning.to_owned())),
        }
    }
}

fn parse_card_id(persona: &str) -> Result<CardId, CaError> {
    persona.parse().map_err(|_| CaError::NoPersona(persona.to_owned()))
}

/// Fourteen capital letters and digits.
fn generate_pseudonym(randomness: &Randomness) -> String {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |_| usize::try_from(randomness.number_below(36)).map_or('0', |place| char::from(LETTERS[place]));
    (0..14).map(letter).collect()
}

/// A certificate ends on its holder's birthday, which is all that the next one needs to know of it.
fn last_valid_day(certificate: &[u8]) -> Option<Date> {
    Some(validity_term(certificate)?.1.japan_date())
}

fn validity_term(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let at = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).ok().map(Timestamp::from_seconds)
    };
    Some((at(validity.not_before)?, at(validity.not_after)?))
}

fn certificate_entry(
    kind: &'static str,
    of: String,
    serial: &Serial,
    certificate: &[u8],
    issued: Timestamp,
    status: CertificateStatus,
) -> Result<CertificateEntry, CaError> {
    let unreadable = || CaError::Unreadable(serial.clone());
    let (not_before, not_after) = validity_term(certificate).ok_or_else(unreadable)?;
    let subject = Certificate::from_der(certificate).map_err(|_| unreadable())?.tbs_certificate().subject().to_string();
    let (status, revoked, reason) = match status {
        CertificateStatus::Good => ("good", None, None),
        CertificateStatus::Revoked { revoked_at, reason } => {
            ("revoked", Some(revoked_at), reason.map(|reason| format!("{reason:?}")))
        }
        CertificateStatus::Unknown => ("unknown", None, None),
    };
    let serial = serial.to_string();
    Ok(CertificateEntry {
        kind,
        issuer: of,
        serial,
        subject,
        not_before,
        not_after,
        issued_at: issued,
        status,
        revoked_at: revoked,
        reason,
    })
}
