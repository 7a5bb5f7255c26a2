//! What is done, and how it is told.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use authority::{Issued, KnownKey, Recorded};
use base::{Date, InstitutionCode, Randomness, Timestamp};
use card::PrivateKey;
use der::Decode;
use eligibility::Fingerprint;
use jpki::{Algorithm, KeyIdentifier, Purpose, Serial, SigningKey, Subject, ocsp::Status, pem};
use portal::CardId;
use serde::Serialize;
use x509_cert::Certificate;
use zeroize::Zeroizing;

use super::{Certificates, Failure, Office, Reason, Whose};

/// A certificate as `list` tells of it.
#[derive(Serialize)]
struct Told {
    kind: &'static str,
    issuer: String,
    serial: String,
    subject: String,
    not_before: Timestamp,
    not_after: Timestamp,
    issued: Timestamp,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// A generation as `show` tells of it.
#[derive(Serialize)]
struct Generation {
    authority: &'static str,
    key: String,
    algorithm: String,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// What was done.
#[derive(Serialize)]
struct Done<'a> {
    #[serde(rename = "done")]
    what: &'static str,
    serial: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a Path>,
}

fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Authentication => "authentication",
        Purpose::Signature => "signature",
    }
}

fn tell(out: &mut impl Write, what: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, what).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes a new file for its owner alone. One that is there stays.
fn write_secret(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let failed = |source| Failure::File { path: path.to_owned(), source };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(failed)?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(failed)
}

/// Certificate and key in one text, as `curl --cert` and web servers read it.
fn pair(certificate: &[u8], key: &SigningKey) -> Result<Zeroizing<String>, Failure> {
    let secret = Zeroizing::new(pem::encode(pem::PRIVATE_KEY, &key.to_pkcs8()?));
    Ok(Zeroizing::new(pem::encode(pem::CERTIFICATE, certificate) + &secret))
}

impl Office {
    pub(super) fn show(&self, folder: Option<&Path>, out: &mut impl Write) -> Result<(), Failure> {
        let mut chain: Vec<(String, Vec<u8>)> = Vec::new();
        for KnownKey { purpose, key, term: (not_before, not_after), certificate } in self.authority.keys() {
            let algorithm = format!("{:?}", key.algorithm());
            let (authority, key) = (word(purpose), key.identifier().to_string());
            chain.push((format!("{authority}-{key}.cer"), certificate));
            tell(out, &Generation { authority, key, algorithm, not_before, not_after })?;
        }
        chain.push(("machines.cer".to_owned(), self.authority.machine_root().to_vec()));
        for (name, der) in chain {
            match folder {
                Some(folder) => {
                    let path = folder.join(name);
                    let written = fs::create_dir_all(folder).and_then(|()| fs::write(&path, der));
                    written.map_err(|source| Failure::File { path, source })?;
                }
                None => out.write_all(pem::encode(pem::CERTIFICATE, &der).as_bytes())?,
            }
        }
        Ok(())
    }

    pub(super) async fn list(&self, which: Certificates, out: &mut impl Write) -> Result<(), Failure> {
        if which != Certificates::Machines {
            let purposes: Vec<_> = self
                .authority
                .keys()
                .into_iter()
                .map(|known| (known.key.identifier().clone(), known.purpose))
                .collect();
            for Recorded { certificate: Issued { issuer, serial, certificate }, issued, status } in
                self.authority.recorded().await?
            {
                let purpose = purposes.iter().find(|(key, _)| *key == issuer).map_or("", |(_, purpose)| word(*purpose));
                tell(out, &told(purpose, issuer.to_string(), &serial, &certificate, issued, status)?)?;
            }
        }
        if which != Certificates::Cards {
            for machine in self.authority.machines().await? {
                let status = machine.revoked.map_or(Status::Good, |at| Status::Revoked { at, reason: None });
                let told =
                    told("machine", String::new(), &machine.serial, &machine.certificate, machine.issued, status)?;
                tell(out, &told)?;
            }
        }
        Ok(())
    }

    pub(super) async fn issue_institution(
        &self,
        code: InstitutionCode,
        file: &Path,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let issued = self.authority.issue_institution(code).await?;
        // Written before it is admitted: a certificate without its key opens nothing.
        write_secret(file, pair(&issued.certificate, &issued.key)?.as_bytes())?;
        self.eligibility.admit_certificate(code, Fingerprint::of(&issued.certificate)).await?;
        tell(out, &Done { what: "issued", serial: issued.serial.to_string(), file: Some(file) })
    }

    pub(super) async fn revoke(&self, whose: &Whose, reason: Reason, out: &mut impl Write) -> Result<(), Failure> {
        if let Some(code) = whose.institution {
            let name = code.to_string();
            let standing = self.authority.machines().await?.into_iter();
            let standing: Vec<_> =
                standing.filter(|machine| machine.name == name && machine.revoked.is_none()).collect();
            if standing.is_empty() {
                return Err(Failure::NothingToRevoke(code));
            }
            for machine in standing {
                self.revoke_machine(&machine.serial, &machine.certificate, out).await?;
            }
            return Ok(());
        }
        if let Some(serial) = &whose.serial
            && let Some(machine) =
                self.authority.machines().await?.into_iter().find(|machine| machine.serial == *serial)
        {
            return self.revoke_machine(serial, &machine.certificate, out).await;
        }
        let Issued { issuer, serial, .. } = self.meant(whose).await?.certificate;
        self.authority.revoke(&issuer, &serial, reason.into()).await?;
        tell(out, &Done { what: "revoked", serial: serial.to_string(), file: None })
    }

    /// First where it would be let in, then in the books: whoever stops between the two has locked the door.
    async fn revoke_machine(&self, serial: &Serial, certificate: &[u8], out: &mut impl Write) -> Result<(), Failure> {
        self.eligibility.revoke_certificate(Fingerprint::of(certificate)).await?;
        self.authority.revoke_machine(serial).await?;
        tell(out, &Done { what: "revoked", serial: serial.to_string(), file: None })
    }

    pub(super) async fn renew(&self, whose: &Whose, file: Option<&Path>, out: &mut impl Write) -> Result<(), Failure> {
        let Recorded { certificate: old, status, .. } = self.meant(whose).await?;
        let unreadable = || Failure::Unreadable(old.serial.clone());
        let before = Subject::of_certificate(&old.certificate).ok_or_else(unreadable)?;
        let birthday = last_day(&old.certificate).ok_or_else(unreadable)?;
        // A renewal changes key, number and pseudonym.
        let subject = Subject::new(&pseudonym(&Randomness::system()), before.municipality().clone(), 3);
        let subject = subject.map_err(|_| unreadable())?;
        let key = SigningKey::generate(Algorithm::RsaSha256)?;
        let public = key.public_key().clone();
        let replaced = (&old.issuer, &old.serial);
        let issued = match status {
            Status::Good => self.authority.renew_authentication(replaced, subject, birthday, public).await?,
            // Revoked before, or by a renewal that was cut short.
            Status::Revoked { .. } | Status::Unknown => {
                let now = self.authority.now();
                self.authority.issue_authentication(subject, birthday, public, now).await?
            }
        };
        let new = (issued.issuer.clone(), issued.serial.clone());
        self.eligibility.link_renewal((old.issuer.clone(), old.serial.clone()), new).await?;
        if let Some(path) = file {
            write_secret(path, pair(&issued.certificate, &key)?.as_bytes())?;
        }
        if let Some(persona) = &whose.persona {
            let card = card_id(persona)?;
            let on_card = PrivateKey::from_pkcs8(&key.to_pkcs8()?)?;
            self.portal.renew(&card, on_card, issued.certificate.clone()).await?;
        }
        tell(out, &Done { what: "renewed", serial: issued.serial.to_string(), file })
    }

    pub(super) async fn revocation_list(
        &self,
        issuer: Option<&str>,
        der: bool,
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let list = match issuer {
            Some(beginning) => self.authority.revocation_list(&self.issuer(beginning)?).await?,
            None => self.authority.machine_revocation_list().await?,
        };
        if der {
            return Ok(out.write_all(&list)?);
        }
        Ok(out.write_all(pem::encode(pem::REVOCATION_LIST, &list).as_bytes())?)
    }

    /// The certificate of a card that is meant.
    async fn meant(&self, whose: &Whose) -> Result<Recorded, Failure> {
        let recorded = self.authority.recorded().await?;
        if let Some(persona) = &whose.persona {
            let shown = self.portal.certificate(&card_id(persona)?).await?;
            let found = recorded.into_iter().find(|known| known.certificate.certificate == shown);
            return found.ok_or_else(|| Failure::NoPersona(persona.clone()));
        }
        // The command line asks for one of the three, and an institution was looked for before.
        let serial = whose.serial.clone().ok_or_else(|| Failure::NoPersona(String::new()))?;
        let issuer = whose.issuer.as_deref().map(|beginning| self.issuer(beginning)).transpose()?;
        let mut found: Vec<_> = recorded
            .into_iter()
            .filter(|known| known.certificate.serial == serial)
            .filter(|known| issuer.as_ref().is_none_or(|issuer| known.certificate.issuer == *issuer))
            .collect();
        match (found.pop(), found.is_empty()) {
            (None, _) => Err(Failure::NoSuchSerial(serial)),
            (Some(one), true) => Ok(one),
            (Some(one), false) => {
                let issuers = found.into_iter().chain([one]).map(|known| known.certificate.issuer).collect();
                Err(Failure::Ambiguous { serial, issuers })
            }
        }
    }

    fn issuer(&self, beginning: &str) -> Result<KeyIdentifier, Failure> {
        let keys = self.authority.keys().into_iter().map(|known| known.key.identifier().clone());
        let mut found: Vec<_> = keys.filter(|key| key.to_string().starts_with(beginning)).collect();
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            _ => Err(Failure::NoSuchIssuer(beginning.to_owned())),
        }
    }
}

fn card_id(persona: &str) -> Result<CardId, Failure> {
    persona.parse().map_err(|_| Failure::NoPersona(persona.to_owned()))
}

/// Fourteen capital letters and digits.
fn pseudonym(randomness: &Randomness) -> String {
    const LETTERS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = |_| usize::try_from(randomness.below(36)).map_or('0', |place| char::from(LETTERS[place]));
    (0..14).map(letter).collect()
}

/// A certificate ends on its holder's birthday, which is all that the next one needs to know of it.
fn last_day(certificate: &[u8]) -> Option<Date> {
    Some(term(certificate)?.1.japan_date())
}

fn term(certificate: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let at = |time: x509_cert::time::Time| {
        i64::try_from(time.to_unix_duration().as_secs()).ok().map(Timestamp::from_seconds)
    };
    Some((at(validity.not_before)?, at(validity.not_after)?))
}

fn told(
    kind: &'static str,
    of: String,
    serial: &Serial,
    certificate: &[u8],
    issued: Timestamp,
    status: Status,
) -> Result<Told, Failure> {
    let unreadable = || Failure::Unreadable(serial.clone());
    let (not_before, not_after) = term(certificate).ok_or_else(unreadable)?;
    let subject = Certificate::from_der(certificate).map_err(|_| unreadable())?.tbs_certificate().subject().to_string();
    let (status, revoked, reason) = match status {
        Status::Good => ("good", None, None),
        Status::Revoked { at, reason } => ("revoked", Some(at), reason.map(|reason| format!("{reason:?}"))),
        Status::Unknown => ("unknown", None, None),
    };
    let serial = serial.to_string();
    Ok(Told { kind, issuer: of, serial, subject, not_before, not_after, issued, status, revoked, reason })
}
