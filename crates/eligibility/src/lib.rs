//! オンライン資格確認等システム: who is insured by whom, what patients registered, and what institutions may read.
//!
//! What this room promises:
//! * A registration is complete or not there. The reception room calls [`register`] and its kin within its own
//!   transaction on the shared database.
//! * An institution reads by the receptions that were registered for it and by nothing else: eligibility, and each item
//!   only as it was agreed to, to the end of the visit day in Japan. The rule is one function, [`may_read`].
//! * Every reading, and every attempt, stands in an audit row of the same transaction; the rows of an institution are a
//!   chain of digests, and [`Eligibility::verify_audit`] names the first row that does not fit.
//!
//! What it must never do: answer anybody whose certificate is not one of an admitted institution; tell one institution of
//! another's patients; hand anything to the service that the patient booked with.
//!
//! Start reading at [`may_read`], then [`Choices`], then `store::reception`.

mod api;
mod institution;
mod nation;
mod person;
mod refusal;
mod rules;
mod store;

pub use api::{AnswerRefusal, Answered, ServeError, ServerIdentity};
pub use institution::{Entrance, Fingerprint, Institution, WrongEntrance};
pub use nation::{Going, Known, Nation, NotLoaded, Pace};
pub use person::{
    CheckUp, Content, Finding, Given, LimitCertificate, Medicine, NewPerson, Person, PersonId, Place, Procedure,
    Record, SpecificDiseaseCertificate, Stay,
};
pub use refusal::{CATALOGUE, Refusal, words};
pub use rules::{
    coverage::{Asked, Coverage, ElderlyCertificate, Verdict, verdict},
    item::{Choice, Choices, Item, Unchosen},
    reading::{Access, Kind, Reception, Standing, Subject, Validity, Via, Withdrawer, may_read, of_person},
    registration::{DAYS_AHEAD, InsuranceCard, OnlineFunction, last_visit_date, registrable},
};
pub use store::{
    MIGRATIONS,
    audit::{AuditFault, AuditFaultKind, AuditReport},
    institution::{entrance, institution, institution_at},
    person::person_of,
    reception::{NewReception, Registered, change, reception, receptions_of, register, standing, withdraw_all},
};

use base::{Clock, InstitutionCode, Randomness};
use database::{Database, Location, MigrationError};
use jpki::{KeyIdentifier, Serial};
use oqs::FileName;
use tokio::net::TcpListener;

/// With what the room runs by itself.
#[derive(Clone)]
pub struct Settings {
    /// Where its data is.
    pub database: Location,
    /// Where it reads the time.
    pub clock: Clock,
    /// Where it draws randomness.
    pub randomness: Randomness,
}

/// The room. Clones share it.
#[derive(Clone)]
pub struct Eligibility {
    database: Database,
    clock: Clock,
    randomness: Randomness,
}

impl Eligibility {
    /// Opens a database of its own, with no reception room beside it.
    pub fn open(settings: Settings) -> Result<Self, MigrationError> {
        let database = Database::open(&settings.database, "eligibility", MIGRATIONS)?;
        Ok(Self::on(database, settings.clock, settings.randomness))
    }

    /// The room on the database that the reception room opened, whose migrations begin with [`MIGRATIONS`].
    pub fn on(database: Database, clock: Clock, randomness: Randomness) -> Self {
        Self { database, clock, randomness }
    }

    /// Connects an institution.
    pub async fn add_institution(&self, institution: Institution) -> Result<(), Refusal> {
        self.database.write(move |tx| store::institution::add(tx, &institution)).await
    }

    /// Turns an institution's function for online care on or off.
    pub async fn turn_online(&self, code: InstitutionCode, online: OnlineFunction) -> Result<(), Refusal> {
        self.database.write(move |tx| store::institution::turn(tx, code, online)).await
    }

    /// 医療機関別URL取得・変更: gives an institution a fixed URL, or another one. The old one leads nowhere from now on.
    pub async fn open_entrance(&self, code: InstitutionCode) -> Result<Entrance, Refusal> {
        let (entrance, now) = (Entrance::new(&self.randomness), self.clock.now());
        let opened = entrance.clone();
        self.database.write(move |tx| store::institution::open_entrance(tx, code, &opened, now)).await?;
        Ok(entrance)
    }

    /// Opens this very entrance, as for a demo whose addresses stay the same.
    pub async fn set_entrance(&self, code: InstitutionCode, entrance: Entrance) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.database.write(move |tx| store::institution::open_entrance(tx, code, &entrance, now)).await
    }

    /// The word of an institution's fixed URL, if it has one.
    pub async fn entrance(&self, code: InstitutionCode) -> Result<Option<Entrance>, Refusal> {
        self.database.read(move |tx| entrance(tx, code).map_err(Refusal::from)).await
    }

    /// Admits an institution's client certificate.
    pub async fn admit_certificate(&self, code: InstitutionCode, certificate: Fingerprint) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.database.write(move |tx| store::institution::admit(tx, code, certificate, now)).await
    }

    /// Revokes an institution's client certificate, from its next request on. Tells whether there was one to revoke.
    pub async fn revoke_certificate(&self, certificate: Fingerprint) -> Result<bool, Refusal> {
        let now = self.clock.now();
        self.database.write(move |tx| store::institution::revoke(tx, certificate, now).map_err(Refusal::from)).await
    }

    /// Adds an insured person.
    pub async fn add_person(&self, person: NewPerson) -> Result<PersonId, Refusal> {
        let added = self.add_people(vec![person]).await?;
        // One is added for each that is given.
        Ok(*added.first().expect("one person was added"))
    }

    /// Adds insured persons, all in one transaction, in their order.
    pub async fn add_people(&self, people: Vec<NewPerson>) -> Result<Vec<PersonId>, Refusal> {
        self.database.write(move |tx| store::person::add(tx, &people)).await
    }

    /// Puts these coverages in the place of those that were known of a person, as when he changes his insurer.
    pub async fn replace_coverages(&self, person: PersonId, coverages: Vec<Coverage>) -> Result<(), Refusal> {
        self.database.write(move |tx| store::person::replace_coverages(tx, person, &coverages)).await
    }

    /// Links an authentication certificate to a person; after a renewal a person has several.
    pub async fn link_certificate(
        &self,
        person: PersonId,
        issuer: KeyIdentifier,
        serial: Serial,
    ) -> Result<(), Refusal> {
        self.database.write(move |tx| store::person::link(tx, person, &issuer, &serial)).await
    }

    /// Sets whether a person's card is registered as insurance card.
    pub async fn set_insurance_card(&self, person: PersonId, card: InsuranceCard) -> Result<(), Refusal> {
        self.database.write(move |tx| store::person::set_insurance_card(tx, person, card)).await
    }

    /// Answers the request file `name` of whoever holds this certificate.
    pub async fn answer(
        &self,
        certificate: Fingerprint,
        name: FileName,
        request: Vec<u8>,
    ) -> Result<Answered, AnswerRefusal> {
        let now = self.clock.now();
        let day = now.japan_date().strftime("%Y%m%d");
        let number = format!("{day}{:012}", self.randomness.below(1_000_000_000_000));
        self.database.write(move |tx| api::answer(tx, certificate, &name, &request, &number, now)).await
    }

    /// Answers institutions over mutual TLS until `stop`, and then lets open requests end.
    ///
    /// `institutions` is the DER of the certificate of the authority that issues the institutions' certificates. An
    /// error is told before the future is made; the future itself does not fail.
    pub fn serve_institutions<Stop: Future<Output = ()> + Send>(
        self,
        listener: TcpListener,
        server: &ServerIdentity,
        institutions: &[u8],
        stop: Stop,
    ) -> Result<impl Future<Output = ()> + Send + use<Stop>, ServeError> {
        let tls = api::tls(&self.clock, server, institutions)?;
        Ok(api::serve(self, listener, tls, stop))
    }

    /// Checks every audit row of every institution, and names the first of each that does not fit.
    pub async fn verify_audit(&self) -> Result<AuditReport, Refusal> {
        self.database.read(|tx| store::audit::verify(tx).map_err(Refusal::from)).await
    }
}

#[cfg(test)]
mod tests;
