//! 認証局: the simulated certificate authority of the cards, in the role of J-LIS.
//!
//! Invariants:
//! * Several generations of a key have one name, as at the real authority; each certificate is issued by the generation that
//!   was in force at its `notBefore`, under a serial number that is unique within the generation.
//! * A revocation is effective at the next request: by OCSP (`/ocsp`), signed by a delegated responder, and by the revocation
//!   lists (`/crl/…`). The status of a certificate that was never issued is *unknown*.
//! * Private keys of authorities never leave this service; at rest they are sealed under the master key.
//!
//! It must never issue under a real name or policy. Its names contain `JPKI-SIM`.
//!
//! The authority for machines (mutual TLS between institutions and the eligibility system) is part of this crate, with a key
//! and a name of its own. Start reading at [`Authority`].

mod api;
mod lists;
mod refusal;
mod responder;
mod seal;
mod store;

use std::{
    net::IpAddr,
    sync::{Arc, PoisonError, RwLock},
};

use axum::Router;
use base::{Clock, Date, InstitutionCode, Key, Randomness, Span, Timestamp};
use database::{Database, Location};
use jpki::{
    Algorithm, Anchors, Generation, KeyIdentifier, Policies, Practice, PublicKey, Purpose, Serial, Signatory,
    SigningKey, Subject,
    machine::{MachineAuthority, ValidityPeriod},
    ocsp::{CertificateStatus, RevocationReason},
};
use web::Origin;

pub use refusal::Refusal;
pub use responder::OcspFault;
pub use store::MIGRATIONS;

use responder::Responders;
use seal::KeySealer;
use store::StoredKey;

/// The path prefixes of all routes. All of them are public, so they may be served under any host name of the machine: a
/// program that follows the address in a certificate need not know the names that browsers use.
pub const PUBLIC_PATHS: &[&str] = &["/ocsp", "/crl", "/ca"];

/// What the authority needs to run.
#[derive(Clone)]
pub struct Settings {
    pub database: Location,
    /// Seals the private keys. Without it the authority is lost.
    pub master_key: Key,
    /// The address of the site, which every certificate contains.
    pub origin: Origin,
    pub clock: Clock,
    pub randomness: Randomness,
}

/// The certificate authority. Clones share its state.
#[derive(Clone)]
pub struct Authority {
    inner: Arc<Inner>,
}

struct Inner {
    database: Database,
    key_sealer: KeySealer,
    origin: Origin,
    clock: Clock,
    randomness: Randomness,
    machine_authority: MachineAuthority,
    generations: RwLock<Vec<NumberedGeneration>>,
    responders: Responders,
}

/// A generation with its number in the store.
#[derive(Clone)]
struct NumberedGeneration {
    number: i64,
    generation: Generation,
}

/// An issued certificate of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// The key of the generation that signed it.
    pub issuer: KeyIdentifier,
    /// 発行の番号
    pub serial: Serial,
    pub certificate: Vec<u8>,
}

/// The public key of a generation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityKey {
    /// The purpose of the certificates that it issues.
    pub purpose: Purpose,
    pub key: PublicKey,
    /// `notBefore` and `notAfter` of its own certificate.
    pub validity_period: (Timestamp, Timestamp),
    /// Its own certificate, DER.
    pub certificate: Vec<u8>,
}

/// A record of an issued certificate, with its status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRecord {
    pub certificate: IssuedCertificate,
    /// The time of issuing, which may differ from `notBefore`.
    pub issued_at: Timestamp,
    pub status: CertificateStatus,
}

/// A record of a machine's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineCertificateRecord {
    /// The number to revoke it by.
    pub serial: Serial,
    /// An institution's code, or a server's name.
    pub name: String,
    pub certificate: Vec<u8>,
    pub issued_at: Timestamp,
    /// None unless revoked.
    pub revoked_at: Option<Timestamp>,
}

/// An issued certificate of a machine with its key, which is not stored.
#[derive(Clone)]
pub struct IssuedMachineCertificate {
    /// The number to revoke it by.
    pub serial: Serial,
    pub certificate: Vec<u8>,
    pub key: SigningKey,
}

/// 365 days and a quarter, in hours.
const YEAR: i64 = 8766;

/// The lifetime of a generation: ten years. A new one begins some years before the old one ends, so that several are valid
/// at once.
const GENERATION_LIFETIME: Span = Span::from_hours(10 * YEAR);

/// The ages of the generations of a new authority: three for today's cards (RSA), one for the next card (ECDSA).
const INITIAL_GENERATIONS: [(Algorithm, Span); 4] = [
    (Algorithm::RsaSha256, Span::from_hours(9 * YEAR)),
    (Algorithm::RsaSha256, Span::from_hours(5 * YEAR)),
    (Algorithm::EcdsaP384Sha384, Span::from_hours(2 * YEAR)),
    (Algorithm::RsaSha256, Span::from_hours(YEAR)),
];

/// The age of a new authority for machines.
const MACHINE_AUTHORITY_AGE: Span = Span::from_hours(YEAR);

/// The lifetime of certificates of machines.
const MACHINE_CERTIFICATE_LIFETIME: Span = Span::from_hours(2 * YEAR);

/// By how much `notBefore` of a machine's certificate precedes its issuing, so that clocks need not agree.
const LEEWAY: Span = Span::from_hours(24);

impl Authority {
    /// Opens the authority. Creates the initial generations and the authority for machines if there are none.
    pub async fn open(settings: Settings) -> Result<Self, Refusal> {
        let database = Database::open_sealed(&settings.database, "authority", MIGRATIONS, &settings.master_key)?;
        let key_sealer = KeySealer::new(settings.master_key, settings.randomness.clone());
        let now = settings.clock.now();
        let machine_authority = open_machine_authority(&database, &key_sealer, &settings.randomness, now).await?;
        let inner = Inner {
            database,
            key_sealer,
            origin: settings.origin,
            clock: settings.clock,
            randomness: settings.randomness,
            machine_authority,
            generations: RwLock::default(),
            responders: Responders::default(),
        };
        let authority = Self { inner: Arc::new(inner) };
        for purpose in [Purpose::Authentication, Purpose::Signature] {
            if authority.load_stored_keys(purpose).await?.is_empty() {
                for (algorithm, age) in INITIAL_GENERATIONS {
                    authority.create_generation_from(purpose, algorithm, now.minus(age)).await?;
                }
            }
        }
        authority.reload().await?;
        Ok(authority)
    }

    /// Creates a new generation, which issues certificates for keys of this algorithm from now on.
    pub async fn create_generation(&self, purpose: Purpose, algorithm: Algorithm) -> Result<KeyIdentifier, Refusal> {
        let key = self.create_generation_from(purpose, algorithm, self.inner.clock.now()).await?;
        self.reload().await?;
        Ok(key)
    }

    /// Issues a 利用者証明用電子証明書 that is valid from `not_before`, by the generation that was in force at that time.
    pub async fn issue_authentication(
        &self,
        subject: Subject,
        birth: Date,
        key: PublicKey,
        not_before: Timestamp,
    ) -> Result<IssuedCertificate, Refusal> {
        let kind = (Purpose::Authentication, key.algorithm());
        self.issue(kind, not_before, None, move |generation, serial| {
            generation.issue_authentication(&subject, birth, &key, serial, not_before)
        })
        .await
    }

    /// Issues a 署名用電子証明書 that is valid from `not_before`.
    pub async fn issue_signature(
        &self,
        signatory: Signatory,
        key: PublicKey,
        not_before: Timestamp,
    ) -> Result<IssuedCertificate, Refusal> {
        let kind = (Purpose::Signature, key.algorithm());
        self.issue(kind, not_before, None, move |generation, serial| {
            generation.issue_signature(&signatory, &key, serial, not_before)
        })
        .await
    }

    /// Issues a 利用者証明用電子証明書 that replaces `old`, which is revoked as superseded in the same transaction.
    pub async fn renew_authentication(
        &self,
        old: (&KeyIdentifier, &Serial),
        subject: Subject,
        birth: Date,
        key: PublicKey,
    ) -> Result<IssuedCertificate, Refusal> {
        let not_before = self.inner.clock.now();
        let old = (self.find_generation(old.0).await?.number, old.1.clone());
        let kind = (Purpose::Authentication, key.algorithm());
        self.issue(kind, not_before, Some(old), move |generation, serial| {
            generation.issue_authentication(&subject, birth, &key, serial, not_before)
        })
        .await
    }

    /// Revokes the certificate with this issuer and serial number, from now on.
    pub async fn revoke(
        &self,
        issuer: &KeyIdentifier,
        serial: &Serial,
        reason: RevocationReason,
    ) -> Result<(), Refusal> {
        let (number, now) = (self.find_generation(issuer).await?.number, self.inner.clock.now());
        let serial = serial.clone();
        self.inner.database.write(move |tx| store::revoke(tx, number, &serial, reason, now)).await
    }

    /// The status of the certificate with this issuer and serial number.
    pub async fn status(&self, issuer: &KeyIdentifier, serial: &Serial) -> Result<CertificateStatus, Refusal> {
        let number = self.find_generation(issuer).await?.number;
        let serial = serial.clone();
        self.inner.database.read(move |tx| store::find_status(tx, number, &serial).map_err(Refusal::from)).await
    }

    /// All certificates of cards, by generation and serial number.
    pub async fn list_certificates(&self) -> Result<Vec<CertificateRecord>, Refusal> {
        let mut all = Vec::new();
        for NumberedGeneration { number, generation } in self.generations() {
            let issuer = generation.key_identifier().clone();
            all.extend(self.inner.database.read(move |tx| store::list_issued(tx, number, &issuer)).await?);
        }
        Ok(all)
    }

    /// All certificates of machines, the oldest first.
    pub async fn list_machine_certificates(&self) -> Result<Vec<MachineCertificateRecord>, Refusal> {
        self.inner.database.read(store::list_machine_certificates).await
    }

    /// The public keys of all generations.
    pub fn keys(&self) -> Vec<AuthorityKey> {
        let to_key = |NumberedGeneration { generation, .. }: NumberedGeneration| AuthorityKey {
            purpose: generation.purpose(),
            key: generation.key().public_key().clone(),
            validity_period: generation.validity_period(),
            certificate: generation.certificate().to_vec(),
        };
        self.generations().into_iter().map(to_key).collect()
    }

    /// The newest revocation list (DER) of the generation with this key.
    pub async fn revocation_list(&self, issuer: &KeyIdentifier) -> Result<Vec<u8>, Refusal> {
        let numbered = self.find_generation(issuer).await?;
        self.generation_list(&numbered).await
    }

    /// The newest revocation list (DER) of the authority for machines.
    pub async fn machine_revocation_list(&self) -> Result<Vec<u8>, Refusal> {
        self.machine_list().await
    }

    /// The trust anchors for verifiers of this simulation: all generations of both purposes, under the test policies.
    pub fn anchors(&self) -> Anchors {
        let generations = self.generations();
        let certificates = generations.iter().map(|numbered| numbered.generation.certificate());
        Anchors::new(certificates, Policies::simulated()).expect("certificates of generations are valid anchors")
    }

    /// The certificates of all generations of an authority (DER), the oldest first.
    pub fn certificates(&self, purpose: Purpose) -> Vec<Vec<u8>> {
        let has_purpose = |numbered: &NumberedGeneration| numbered.generation.purpose() == purpose;
        self.generations()
            .into_iter()
            .filter(has_purpose)
            .map(|numbered| numbered.generation.certificate().to_vec())
            .collect()
    }

    /// The certificate of the authority for machines (DER).
    pub fn machine_root(&self) -> &[u8] {
        self.inner.machine_authority.certificate()
    }

    /// Issues the client certificate of an institution, and its key.
    pub async fn issue_institution(&self, code: InstitutionCode) -> Result<IssuedMachineCertificate, Refusal> {
        self.issue_machine(code.to_string(), |authority, key, randomness, validity| {
            authority.issue_client(code, key, randomness, validity)
        })
        .await
    }

    /// Issues the certificate of a server with these names and addresses, and its key.
    pub async fn issue_server(
        &self,
        names: &[&str],
        addresses: &[IpAddr],
    ) -> Result<IssuedMachineCertificate, Refusal> {
        let name = names.first().map_or_else(String::new, |name| (*name).to_owned());
        self.issue_machine(name, |authority, key, randomness, validity| {
            authority.issue_server(key, names, addresses, randomness, validity)
        })
        .await
    }

    /// Revokes a certificate of a machine, from now on.
    pub async fn revoke_machine(&self, serial: &Serial) -> Result<(), Refusal> {
        let (serial, now) = (serial.clone(), self.inner.clock.now());
        self.inner.database.write(move |tx| store::revoke_machine(tx, &serial, now)).await
    }

    /// The current time of the authority's clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Sets a simulated fault of the OCSP responder, or none.
    pub fn set_ocsp_fault(&self, fault: OcspFault) {
        self.inner.responders.set_fault(fault);
    }

    /// The routes of the site: OCSP, revocation lists and certificates.
    pub fn router(&self) -> Router {
        api::routes(self.clone())
    }

    fn generations(&self) -> Vec<NumberedGeneration> {
        self.inner.generations.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The generation that satisfies `predicate`. Another node may have created it, so the store is read before returning None.
    async fn find_generation_where(
        &self,
        predicate: impl Fn(&NumberedGeneration) -> bool,
    ) -> Result<Option<NumberedGeneration>, Refusal> {
        let find = || {
            let generations = self.inner.generations.read().unwrap_or_else(PoisonError::into_inner);
            generations.iter().find(|numbered| predicate(numbered)).cloned()
        };
        if let Some(numbered) = find() {
            return Ok(Some(numbered));
        }
        self.reload().await?;
        Ok(find())
    }

    /// The generation with this key.
    async fn find_generation(&self, key: &KeyIdentifier) -> Result<NumberedGeneration, Refusal> {
        let generation = self.find_generation_where(|numbered| numbered.generation.key_identifier() == key).await?;
        generation.ok_or_else(|| Refusal::UnknownIssuer(key.clone()))
    }

    async fn issue(
        &self,
        (purpose, algorithm): (Purpose, Algorithm),
        not_before: Timestamp,
        replaces: Option<(i64, Serial)>,
        sign: impl Fn(&Generation, Serial) -> Result<Vec<u8>, jpki::Unissuable> + Send + 'static,
    ) -> Result<IssuedCertificate, Refusal> {
        let in_force = |numbered: &NumberedGeneration| {
            let (first, last) = numbered.generation.validity_period();
            let kind = (numbered.generation.purpose(), numbered.generation.key().algorithm());
            kind == (purpose, algorithm) && first <= not_before && not_before <= last
        };
        let newest = self
            .generations()
            .into_iter()
            .filter(in_force)
            .max_by_key(|numbered| numbered.generation.validity_period().0);
        let NumberedGeneration { number, generation } = newest.ok_or(Refusal::NoGeneration(not_before))?;
        let now = self.inner.clock.now();
        let write = move |tx: &mut database::Transaction<'_>| {
            let serial_number = store::allocate_serial(tx, number)?;
            let serial =
                u64::try_from(serial_number).ok().and_then(|serial_number| Serial::try_from(serial_number).ok());
            let serial = serial.ok_or(Refusal::UnreadableStored("serial number"))?;
            let certificate = sign(&generation, serial.clone())?;
            store::insert_certificate(tx, number, serial_number, &certificate, now)?;
            if let Some((generation, old)) = &replaces {
                store::revoke(tx, *generation, old, RevocationReason::Superseded, now)?;
            }
            Ok(IssuedCertificate { issuer: generation.key_identifier().clone(), serial, certificate })
        };
        self.inner.database.write(write).await
    }

    async fn issue_machine(
        &self,
        name: String,
        issue: impl FnOnce(
            &MachineAuthority,
            &PublicKey,
            &Randomness,
            ValidityPeriod,
        ) -> Result<jpki::machine::IssuedCertificate, jpki::Unissuable>,
    ) -> Result<IssuedMachineCertificate, Refusal> {
        let now = self.inner.clock.now();
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256)?;
        let validity =
            ValidityPeriod { not_before: now.minus(LEEWAY), not_after: now.plus(MACHINE_CERTIFICATE_LIFETIME) };
        let issued = issue(&self.inner.machine_authority, key.public_key(), &self.inner.randomness, validity)?;
        let (serial, certificate) = (issued.serial.clone(), issued.certificate.clone());
        let record = move |tx: &mut database::Transaction<'_>| {
            store::insert_machine_certificate(tx, &serial, &name, &certificate, now).map_err(Refusal::from)
        };
        self.inner.database.write(record).await?;
        Ok(IssuedMachineCertificate { serial: issued.serial, certificate: issued.certificate, key })
    }

    async fn load_stored_keys(&self, purpose: Purpose) -> Result<Vec<StoredKey>, Refusal> {
        self.inner.database.read(move |tx| store::list_generations(tx, purpose).map_err(Refusal::from)).await
    }

    async fn create_generation_from(
        &self,
        purpose: Purpose,
        algorithm: Algorithm,
        not_before: Timestamp,
    ) -> Result<KeyIdentifier, Refusal> {
        let key = SigningKey::generate(algorithm)?;
        let identifier = key.public_key().identifier().clone();
        let (practice, key_sealer) = (self.practice(purpose), self.inner.key_sealer.clone());
        let write = move |tx: &mut database::Transaction<'_>| {
            let (number, position) = store::next_generation(tx, purpose)?;
            let serial = u64::try_from(position).ok().and_then(|position| Serial::try_from(position).ok());
            let serial = serial.ok_or(Refusal::UnreadableStored("generation"))?;
            let not_after = not_before.plus(GENERATION_LIFETIME);
            let generation = Generation::create(purpose, practice.clone(), key.clone(), serial, not_before, not_after)?;
            let sealed_key = key_sealer.seal(&key, &generation_seal_context(number))?;
            let stored = StoredKey { number, certificate: generation.certificate().to_vec(), sealed_key };
            store::insert_generation(tx, purpose, position, &stored).map_err(Refusal::from)
        };
        self.inner.database.write(write).await?;
        Ok(identifier)
    }

    async fn reload(&self) -> Result<(), Refusal> {
        let mut loaded = Vec::new();
        for purpose in [Purpose::Authentication, Purpose::Signature] {
            for stored in self.load_stored_keys(purpose).await? {
                let key = self.inner.key_sealer.open(&stored.sealed_key, &generation_seal_context(stored.number))?;
                let generation = Generation::restore(purpose, self.practice(purpose), key, stored.certificate)
                    .map_err(|_| Refusal::UnreadableStored("certificate of an authority"))?;
                loaded.push(NumberedGeneration { number: stored.number, generation });
            }
        }
        *self.inner.generations.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    fn practice(&self, purpose: Purpose) -> Practice {
        let origin = &self.inner.origin;
        Practice::simulated(purpose, origin.url("/ocsp"), origin.url("/ca"))
    }
}

/// Binds the sealed key of a generation to its row.
fn generation_seal_context(number: i64) -> String {
    format!("generation {number}")
}

const MACHINE_AUTHORITY_SEAL_CONTEXT: &str = "machine authority";

async fn open_machine_authority(
    database: &Database,
    key_sealer: &KeySealer,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<MachineAuthority, Refusal> {
    let load = || database.read(|tx| store::find_machine_authority(tx).map_err(Refusal::from));
    let stored = if let Some(stored) = load().await? {
        stored
    } else {
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256)?;
        let validity =
            ValidityPeriod { not_before: now.minus(MACHINE_AUTHORITY_AGE), not_after: now.plus(GENERATION_LIFETIME) };
        let authority = MachineAuthority::create(key.clone(), randomness, validity)?;
        let sealed_key = key_sealer.seal(&key, MACHINE_AUTHORITY_SEAL_CONTEXT)?;
        let new = StoredKey { number: 1, certificate: authority.certificate().to_vec(), sealed_key };
        database.write(move |tx| store::insert_machine_authority(tx, &new).map_err(Refusal::from)).await?;
        // If another node was first, its authority is used.
        load().await?.ok_or(Refusal::UnreadableStored("authority for machines"))?
    };
    let key = key_sealer.open(&stored.sealed_key, MACHINE_AUTHORITY_SEAL_CONTEXT)?;
    MachineAuthority::restore(key, stored.certificate)
        .ok_or(Refusal::UnreadableStored("certificate of the authority for machines"))
}

#[cfg(test)]
mod interoperation;
#[cfg(test)]
mod tests;
