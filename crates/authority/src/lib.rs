//! 認証局: the simulated authority behind the cards, J-LIS's room.
//!
//! What this room promises:
//! * Several generations of a key go by one name, as in life; each certificate comes from the generation that was in
//!   force at its beginning, under a number that no other certificate of that generation has.
//! * What was revoked is known at the next question: by OCSP (`/ocsp`), which a delegated responder signs, and by the
//!   revocation lists (`/crl/…`). Of what it never issued it says *unknown*.
//! * Private keys of authorities leave this room never; at rest they are sealed under the master key.
//!
//! What it must never do: issue under a real name or policy. Its names say `JPKI-SIM`.
//!
//! The authority for machines (mutual TLS between institutions and the eligibility system) lives here too, with a key
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
use shell::Origin;

pub use refusal::Refusal;
pub use responder::OcspFault;
pub use store::MIGRATIONS;

use responder::Responders;
use seal::KeySealer;
use store::StoredKey;

/// Below which paths everything lies that this site answers. All of it is public, so it may be answered under any name of
/// the machine: a program that follows the address in a certificate need not know the names that browsers use.
pub const PUBLIC_PATHS: &[&str] = &["/ocsp", "/crl", "/ca"];

/// With what the room runs.
#[derive(Clone)]
pub struct Settings {
    /// Where its data is.
    pub database: Location,
    /// Under which its private keys are sealed. Losing it loses the authority.
    pub master_key: Key,
    /// Its address, which stands in every certificate.
    pub origin: Origin,
    /// Where it reads the time.
    pub clock: Clock,
    /// Where it draws randomness.
    pub randomness: Randomness,
}

/// The room. Clones share it.
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

/// A generation with the number that the store knows it by.
#[derive(Clone)]
struct NumberedGeneration {
    number: i64,
    generation: Generation,
}

/// A certificate of a card, just issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedCertificate {
    /// The key that signed it.
    pub issuer: KeyIdentifier,
    /// 発行の番号
    pub serial: Serial,
    /// Its DER.
    pub certificate: Vec<u8>,
}

/// A key of an authority, as everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityKey {
    /// What it issues.
    pub purpose: Purpose,
    /// The key.
    pub key: PublicKey,
    /// From when to when its own certificate is valid.
    pub validity_period: (Timestamp, Timestamp),
    /// The DER of its own certificate.
    pub certificate: Vec<u8>,
}

/// A certificate in the books, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateRecord {
    /// The certificate.
    pub certificate: IssuedCertificate,
    /// When it was issued, which its own beginning need not be.
    pub issued_at: Timestamp,
    /// Whether it stands.
    pub status: CertificateStatus,
}

/// A machine's certificate in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineCertificateRecord {
    /// By which it is revoked.
    pub serial: Serial,
    /// An institution's code, or a server's name.
    pub name: String,
    /// Its DER.
    pub certificate: Vec<u8>,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// A certificate of a machine with its key, just issued. The key is kept nowhere else.
#[derive(Clone)]
pub struct IssuedMachineCertificate {
    /// By which it is revoked.
    pub serial: Serial,
    /// Its DER.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: SigningKey,
}

/// 365 days and a quarter, in hours.
const YEAR: i64 = 8766;

/// How long a generation lasts: ten years, and a new one some years before the old one ends, so that several stand side
/// by side.
const GENERATION_LIFETIME: Span = Span::from_hours(10 * YEAR);

/// How long before the opening the generations of a new authority were founded, as if it had been there: three for the
/// cards of today, one for the next card.
const INITIAL_GENERATIONS: [(Algorithm, Span); 4] = [
    (Algorithm::RsaSha256, Span::from_hours(9 * YEAR)),
    (Algorithm::RsaSha256, Span::from_hours(5 * YEAR)),
    (Algorithm::EcdsaP384Sha384, Span::from_hours(2 * YEAR)),
    (Algorithm::RsaSha256, Span::from_hours(YEAR)),
];

/// When the authority for machines was founded.
const MACHINE_AUTHORITY_AGE: Span = Span::from_hours(YEAR);

/// How long certificates of machines last.
const MACHINE_CERTIFICATE_LIFETIME: Span = Span::from_hours(2 * YEAR);

/// By how much the beginning of a certificate may lie before its making, so that clocks need not agree.
const LEEWAY: Span = Span::from_hours(24);

impl Authority {
    /// Opens the room; founds the generations of each authority and the authority for machines where there are none.
    pub async fn open(settings: Settings) -> Result<Self, Refusal> {
        let database = Database::open_sealed(&settings.database, "authority", MIGRATIONS, &settings.master_key)?;
        let seal = KeySealer::new(settings.master_key, settings.randomness.clone());
        let now = settings.clock.now();
        let machines = open_machine_authority(&database, &seal, &settings.randomness, now).await?;
        let inner = Inner {
            database,
            key_sealer: seal,
            origin: settings.origin,
            clock: settings.clock,
            randomness: settings.randomness,
            machine_authority: machines,
            generations: RwLock::default(),
            responders: Responders::default(),
        };
        let authority = Self { inner: Arc::new(inner) };
        for purpose in [Purpose::Authentication, Purpose::Signature] {
            if authority.load_stored_keys(purpose).await?.is_empty() {
                for (algorithm, before) in INITIAL_GENERATIONS {
                    authority.create_generation_from(purpose, algorithm, now.minus(before)).await?;
                }
            }
        }
        authority.reload().await?;
        Ok(authority)
    }

    /// Founds a new generation, which issues from now on to keys of this algorithm.
    pub async fn create_generation(&self, purpose: Purpose, algorithm: Algorithm) -> Result<KeyIdentifier, Refusal> {
        let founded = self.create_generation_from(purpose, algorithm, self.inner.clock.now()).await?;
        self.reload().await?;
        Ok(founded)
    }

    /// Issues a 利用者証明用電子証明書 that is valid from `not_before`, by the generation that was in force then.
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

    /// Issues another 利用者証明用電子証明書 in the place of `old`, which is revoked as superseded in the same transaction.
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

    /// Revokes what `issuer` issued under this number, from now on.
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

    /// What is known of the certificate that `issuer` issued under this number.
    pub async fn status(&self, issuer: &KeyIdentifier, serial: &Serial) -> Result<CertificateStatus, Refusal> {
        let number = self.find_generation(issuer).await?.number;
        let serial = serial.clone();
        self.inner.database.read(move |tx| store::find_status(tx, number, &serial).map_err(Refusal::from)).await
    }

    /// Everything that was issued to cards, by generation and number.
    pub async fn list_certificates(&self) -> Result<Vec<CertificateRecord>, Refusal> {
        let mut all = Vec::new();
        for NumberedGeneration { number, generation } in self.generations() {
            let issuer = generation.key_identifier().clone();
            all.extend(self.inner.database.read(move |tx| store::list_issued(tx, number, &issuer)).await?);
        }
        Ok(all)
    }

    /// Everything that was issued to machines, the oldest first.
    pub async fn list_machine_certificates(&self) -> Result<Vec<MachineCertificateRecord>, Refusal> {
        self.inner.database.read(store::list_machine_certificates).await
    }

    /// The keys of all generations, without what nobody may have: purpose, key, term and certificate (DER).
    pub fn keys(&self) -> Vec<AuthorityKey> {
        let known = |NumberedGeneration { generation, .. }: NumberedGeneration| AuthorityKey {
            purpose: generation.purpose(),
            key: generation.key().public_key().clone(),
            validity_period: generation.validity_period(),
            certificate: generation.certificate().to_vec(),
        };
        self.generations().into_iter().map(known).collect()
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

    /// Whom a verifier of this simulation believes: all generations of both authorities, under the test policies.
    pub fn anchors(&self) -> Anchors {
        let generations = self.generations();
        let certificates = generations.iter().map(|known| known.generation.certificate());
        // They are certificates that we signed ourselves.
        Anchors::new(certificates, Policies::simulated()).expect("our own certificates are anchors")
    }

    /// The certificates of all generations of an authority (DER), the oldest first.
    pub fn certificates(&self, purpose: Purpose) -> Vec<Vec<u8>> {
        let of = |known: &NumberedGeneration| known.generation.purpose() == purpose;
        self.generations().into_iter().filter(of).map(|known| known.generation.certificate().to_vec()).collect()
    }

    /// The certificate of the authority for machines (DER).
    pub fn machine_root(&self) -> &[u8] {
        self.inner.machine_authority.certificate()
    }

    /// Issues the certificate with which an institution calls, and its key.
    pub async fn issue_institution(&self, code: InstitutionCode) -> Result<IssuedMachineCertificate, Refusal> {
        self.issue_machine(code.to_string(), |machines, key, randomness, term| {
            machines.issue_client(code, key, randomness, term)
        })
        .await
    }

    /// Issues the certificate of a server with these names and addresses, and its key.
    pub async fn issue_server(
        &self,
        names: &[&str],
        addresses: &[IpAddr],
    ) -> Result<IssuedMachineCertificate, Refusal> {
        let called = names.first().map_or_else(String::new, |name| (*name).to_owned());
        self.issue_machine(called, |machines, key, randomness, term| {
            machines.issue_server(key, names, addresses, randomness, term)
        })
        .await
    }

    /// Revokes a certificate of a machine, from now on.
    pub async fn revoke_machine(&self, serial: &Serial) -> Result<(), Refusal> {
        let (serial, now) = (serial.clone(), self.inner.clock.now());
        self.inner.database.write(move |tx| store::revoke_machine(tx, &serial, now)).await
    }

    /// The time by which it issues and revokes.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Makes the OCSP responder fail, or work again.
    pub fn set_ocsp_fault(&self, fault: OcspFault) {
        self.inner.responders.set_fault(fault);
    }

    /// The site: OCSP, revocation lists and certificates, for machines.
    pub fn router(&self) -> Router {
        api::routes(self.clone())
    }

    fn generations(&self) -> Vec<NumberedGeneration> {
        self.inner.generations.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The generation of which this is true. Another node may have founded it, so the store is asked before there is none.
    async fn find_generation_where(
        &self,
        is_it: impl Fn(&NumberedGeneration) -> bool,
    ) -> Result<Option<NumberedGeneration>, Refusal> {
        let find = || {
            let known = self.inner.generations.read().unwrap_or_else(PoisonError::into_inner);
            known.iter().find(|known| is_it(known)).cloned()
        };
        if let Some(found) = find() {
            return Ok(Some(found));
        }
        self.reload().await?;
        Ok(find())
    }

    /// The generation with this key.
    async fn find_generation(&self, key: &KeyIdentifier) -> Result<NumberedGeneration, Refusal> {
        let found = self.find_generation_where(|known| known.generation.key_identifier() == key).await?;
        found.ok_or_else(|| Refusal::UnknownIssuer(key.clone()))
    }

    async fn issue(
        &self,
        (purpose, algorithm): (Purpose, Algorithm),
        not_before: Timestamp,
        replaces: Option<(i64, Serial)>,
        sign: impl Fn(&Generation, Serial) -> Result<Vec<u8>, jpki::Unissuable> + Send + 'static,
    ) -> Result<IssuedCertificate, Refusal> {
        let in_force = |known: &NumberedGeneration| {
            let (first, last) = known.generation.validity_period();
            let kind = (known.generation.purpose(), known.generation.key().algorithm());
            kind == (purpose, algorithm) && first <= not_before && not_before <= last
        };
        let newest =
            self.generations().into_iter().filter(in_force).max_by_key(|known| known.generation.validity_period().0);
        let NumberedGeneration { number, generation } = newest.ok_or(Refusal::NoGeneration(not_before))?;
        let now = self.inner.clock.now();
        let write = move |tx: &mut database::Transaction<'_>| {
            let drawn = store::allocate_serial(tx, number)?;
            let serial = u64::try_from(drawn).ok().and_then(|drawn| Serial::try_from(drawn).ok());
            let serial = serial.ok_or(Refusal::UnreadableStored("serial number"))?;
            let certificate = sign(&generation, serial.clone())?;
            store::insert_certificate(tx, number, drawn, &certificate, now)?;
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
        let term = ValidityPeriod { not_before: now.minus(LEEWAY), not_after: now.plus(MACHINE_CERTIFICATE_LIFETIME) };
        let issued = issue(&self.inner.machine_authority, key.public_key(), &self.inner.randomness, term)?;
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
        let (practice, seal) = (self.practice(purpose), self.inner.key_sealer.clone());
        let write = move |tx: &mut database::Transaction<'_>| {
            let (number, place) = store::next_generation(tx, purpose)?;
            let serial = u64::try_from(place).ok().and_then(|place| Serial::try_from(place).ok());
            let serial = serial.ok_or(Refusal::UnreadableStored("generation"))?;
            let not_after = not_before.plus(GENERATION_LIFETIME);
            let founded = Generation::create(purpose, practice.clone(), key.clone(), serial, not_before, not_after)?;
            let sealed_key = seal.seal(&key, &generation_seal_context(number))?;
            let kept = StoredKey { number, certificate: founded.certificate().to_vec(), sealed_key };
            store::insert_generation(tx, purpose, place, &kept).map_err(Refusal::from)
        };
        self.inner.database.write(write).await?;
        Ok(identifier)
    }

    async fn reload(&self) -> Result<(), Refusal> {
        let mut loaded = Vec::new();
        for purpose in [Purpose::Authentication, Purpose::Signature] {
            for kept in self.load_stored_keys(purpose).await? {
                let key = self.inner.key_sealer.open(&kept.sealed_key, &generation_seal_context(kept.number))?;
                let generation = Generation::restore(purpose, self.practice(purpose), key, kept.certificate)
                    .map_err(|_| Refusal::UnreadableStored("certificate of an authority"))?;
                loaded.push(NumberedGeneration { number: kept.number, generation });
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

/// For which row a generation's key is sealed.
fn generation_seal_context(number: i64) -> String {
    format!("generation {number}")
}

const MACHINE_AUTHORITY_SEAL_CONTEXT: &str = "machine authority";

async fn open_machine_authority(
    database: &Database,
    seal: &KeySealer,
    randomness: &Randomness,
    now: Timestamp,
) -> Result<MachineAuthority, Refusal> {
    let load = || database.read(|tx| store::find_machine_authority(tx).map_err(Refusal::from));
    let kept = if let Some(kept) = load().await? {
        kept
    } else {
        let key = SigningKey::generate(Algorithm::EcdsaP256Sha256)?;
        let term =
            ValidityPeriod { not_before: now.minus(MACHINE_AUTHORITY_AGE), not_after: now.plus(GENERATION_LIFETIME) };
        let founded = MachineAuthority::create(key.clone(), randomness, term)?;
        let sealed_key = seal.seal(&key, MACHINE_AUTHORITY_SEAL_CONTEXT)?;
        let new = StoredKey { number: 1, certificate: founded.certificate().to_vec(), sealed_key };
        database.write(move |tx| store::insert_machine_authority(tx, &new).map_err(Refusal::from)).await?;
        // Another node may have been first; then its authority is the one.
        load().await?.ok_or(Refusal::UnreadableStored("authority for machines"))?
    };
    let key = seal.open(&kept.sealed_key, MACHINE_AUTHORITY_SEAL_CONTEXT)?;
    MachineAuthority::restore(key, kept.certificate)
        .ok_or(Refusal::UnreadableStored("certificate of the authority for machines"))
}

#[cfg(test)]
mod interoperation;
#[cfg(test)]
mod tests;
