//! オンライン資格確認等システム: coverage of insured persons, consents that patients registered, and what institutions may
//! read.
//!
//! What this service guarantees:
//! * A registration is complete or does not exist. The reception calls [`register_reception`] and its related functions
//!   within its own transaction on the shared database.
//! * An institution reads by the receptions that were registered for it: eligibility, and each item only if it was agreed
//!   to, until the end of the visit day in Japan (オンライン診療等) or until it is withdrawn (訪問診療等). The rule is one
//!   function, [`may_read`]. By an insurance document alone it learns what is printed on such a document, and nothing of
//!   health.
//! * Every reading, every change by an institution, and every attempt at either has an audit row in the same transaction;
//!   the rows of an institution are a chain of keyed digests, and [`Eligibility::verify_audit`] names the first row that
//!   does not fit.
//!
//! What it must never do: respond to a certificate that is not of an admitted institution; disclose patients of one
//! institution to another; send anything to the service that the patient booked with.
//!
//! Start reading at [`may_read`], then [`ConsentChoices`], then `store::reception`.

mod api;
mod attempt_limit;
mod institution;
mod interface_fault;
mod load;
mod person;
mod refusal;
mod rules;
mod store;

pub use api::{RequestFileError, ResponseFile, ServeError, ServerIdentity};
pub use attempt_limit::MISSES_A_MINUTE;
pub use institution::{Fingerprint, FixedUrlToken, Institution, WrongFixedUrlToken};
pub use interface_fault::InterfaceFault;
pub use load::{LoadControl, LoadError, LoadPace, PersonSource};
pub use person::{
    CheckUp, Finding, LimitCertificate, Medicine, MedicineSupply, NewPerson, Person, PersonId, Procedure, Provider,
    Record, RecordContent, SpecificDiseaseCertificate, Stay,
};
pub use refusal::{CATALOGUE, Refusal};
pub use rules::{
    access::{Access, Subject, consent_access, may_read, may_read_by_document, select_reception},
    consent_registration::{DAYS_AHEAD, InsuranceCard, OnlineFunction, check_registrable, last_visit_date},
    coverage::{Coverage, CoverageQuery, ElderlyCertificate, Verdict, verdict},
    item::{ConsentChoice, ConsentChoices, ConsentItem, ConsentItems, MissingChoices},
    reception::{
        CareKind, ReceptionFilter, ReceptionRecord, ReceptionState, ReceptionTerm, RegistrationRoute,
        RegistrationValidity, Withdrawer,
    },
    simulated_fault::{SimulatedFault, UnknownSimulatedFault},
};
pub use store::{
    MIGRATIONS,
    consent_registration::{NewReception, RegistrationReceipt, draw_reception_number, register_reception},
    institution::{FixedUrlTarget, find_fixed_url, find_institution, find_online_function, resolve_fixed_url},
    load::LoadedSource,
    person::{find_full_name, find_person_by_certificate},
    read_permit::{Coverages, DiseaseCertificates, HealthRecords, LimitCertificates, ReadPermit, ReadableData},
    reception::{
        change_choices, find_reception, find_reception_state, list_receptions, withdraw_all_receptions,
        withdraw_reception,
    },
};

use std::sync::Arc;

use audit::{AuditReport, ChainAnchor};
use base::{Clock, Date, InstitutionCode, InsurerNumber, Key, Randomness, Span, Timestamp};
use database::Database;
use jpki::{KeyIdentifier, Serial};
use oqs::FileName;
use tokio::net::TcpListener;
use web::{Origin, server::ConnectionSettings};

use api::{HandledRequest, RequestContext, RequestFile};
use attempt_limit::{AttemptLimit, MissEffect};
use store::{earlier_records, person::DocumentMatch};

/// Settings of the eligibility system.
#[derive(Clone)]
pub struct Settings {
    /// The source of the time.
    pub clock: Clock,
    /// The source of randomness.
    pub randomness: Randomness,
    /// The key of the audit chains. It allows writing rows that verify.
    pub audit_key: Key,
    /// The origin of マイナ在宅受付Web, for the fixed URLs that institutions receive.
    pub reception: Origin,
}

/// The eligibility system. Clones share its state.
#[derive(Clone)]
pub struct Eligibility {
    database: Database,
    settings: Settings,
    interface_fault: interface_fault::SharedInterfaceFault,
    attempt_limit: AttemptLimit,
}

impl Eligibility {
    /// Uses the database that the reception opened, whose migrations begin with [`MIGRATIONS`]. Records that an earlier
    /// version stored in another form are packed first.
    pub async fn from_database(database: Database, settings: Settings) -> Result<Self, Refusal> {
        while database.read(|tx| earlier_records::has_earlier_records(tx).map_err(Refusal::from)).await? {
            database.write(|tx| earlier_records::pack_earlier_records(tx).map_err(Refusal::from)).await?;
        }
        Ok(Self {
            database,
            settings,
            interface_fault: interface_fault::SharedInterfaceFault::new(),
            attempt_limit: AttemptLimit::new(MISSES_A_MINUTE),
        })
    }

    /// Sets how many searches a minute by unknown insurance documents one certificate may make.
    #[must_use]
    pub fn with_misses_a_minute(mut self, max_misses: u32) -> Self {
        self.attempt_limit = AttemptLimit::new(max_misses);
        self
    }

    /// Connects an institution.
    pub async fn add_institution(&self, institution: Institution) -> Result<(), Refusal> {
        self.database.write(move |tx| store::institution::insert_institution(tx, &institution)).await
    }

    /// Turns an institution's online function on or off.
    pub async fn set_online_function(&self, code: InstitutionCode, online: OnlineFunction) -> Result<(), Refusal> {
        self.database.write(move |tx| store::institution::update_online_function(tx, code, online)).await
    }

    /// 医療機関別URL取得・変更: gives an institution a new fixed URL for a kind of care. The previous one stops working.
    pub async fn issue_fixed_url(&self, code: InstitutionCode, kind: CareKind) -> Result<FixedUrlToken, Refusal> {
        let token = FixedUrlToken::new(&self.settings.randomness);
        self.set_fixed_url(code, kind, token.clone()).await?;
        Ok(token)
    }

    /// Sets a given fixed URL, for a demo whose addresses stay the same.
    pub async fn set_fixed_url(
        &self,
        code: InstitutionCode,
        kind: CareKind,
        token: FixedUrlToken,
    ) -> Result<(), Refusal> {
        let now = self.settings.clock.now();
        let write = move |tx: &mut database::Transaction<'_>| {
            find_institution(tx, code)?.ok_or(Refusal::UnknownInstitution)?;
            store::institution::set_fixed_url(tx, code, kind, &token, now).map_err(Refusal::from)
        };
        self.database.write(write).await
    }

    /// The token of an institution's fixed URL for a kind of care, if it has one.
    pub async fn find_fixed_url(
        &self,
        code: InstitutionCode,
        kind: CareKind,
    ) -> Result<Option<FixedUrlToken>, Refusal> {
        self.database.read(move |tx| find_fixed_url(tx, code, kind).map_err(Refusal::from)).await
    }

    /// 医療機関環境設定情報: changes the settings that are present, and leaves the rest.
    pub async fn set_environment(
        &self,
        code: InstitutionCode,
        settings: oqs::EnvironmentSettings,
    ) -> Result<(), Refusal> {
        let write = move |tx: &mut database::Transaction<'_>| {
            find_institution(tx, code)?.ok_or(Refusal::UnknownInstitution)?;
            store::institution::update_settings(tx, code, &settings).map_err(Refusal::from)
        };
        self.database.write(write).await
    }

    /// Admits an institution's client certificate.
    pub async fn admit_certificate(&self, code: InstitutionCode, certificate: Fingerprint) -> Result<(), Refusal> {
        let now = self.settings.clock.now();
        self.database.write(move |tx| store::institution::insert_certificate(tx, code, certificate, now)).await
    }

    /// Revokes an institution's client certificate, from its next request on. Returns whether there was one to revoke.
    pub async fn revoke_certificate(&self, certificate: Fingerprint) -> Result<bool, Refusal> {
        let now = self.settings.clock.now();
        self.database
            .write(move |tx| store::institution::revoke_certificate(tx, certificate, now).map_err(Refusal::from))
            .await
    }

    /// Adds an insured person.
    pub async fn add_person(&self, person: NewPerson) -> Result<PersonId, Refusal> {
        let added = self.add_people(vec![person]).await?;
        // One id is returned for each person.
        Ok(*added.first().expect("one person was added"))
    }

    /// Adds insured persons, all in one transaction, in their order.
    pub async fn add_people(&self, people: Vec<NewPerson>) -> Result<Vec<PersonId>, Refusal> {
        self.database.write(move |tx| store::person::insert_people(tx, &people)).await
    }

    /// Replaces all coverages of a person, as after a change of insurer.
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
        self.database.write(move |tx| store::person::link_certificate(tx, person, &issuer, &serial)).await
    }

    /// 新旧シリアル番号の紐付け: links the certificate that replaced `old` to the same person. Returns whether `old` was linked.
    pub async fn link_renewal(
        &self,
        old: (KeyIdentifier, Serial),
        new: (KeyIdentifier, Serial),
    ) -> Result<bool, Refusal> {
        let link = move |tx: &mut database::Transaction<'_>| {
            let Some(person) = store::person::find_person_by_certificate(tx, &old.0, &old.1)? else { return Ok(false) };
            store::person::link_certificate(tx, person, &new.0, &new.1)?;
            Ok::<_, Refusal>(true)
        };
        self.database.write(link).await
    }

    /// Sets whether a person's card is registered as insurance card.
    pub async fn set_insurance_card(&self, person: PersonId, card: InsuranceCard) -> Result<(), Refusal> {
        self.database.write(move |tx| store::person::update_insurance_card(tx, person, card)).await
    }

    /// Simulates a fault in what insurers report of a person; none ends the simulation.
    pub async fn set_simulated_fault(&self, person: PersonId, fault: Option<SimulatedFault>) -> Result<(), Refusal> {
        self.database.write(move |tx| store::person::update_simulated_fault(tx, person, fault)).await
    }

    /// The persons with this insurance document and birth date; usually one.
    pub async fn find_people_by_document(
        &self,
        insurer: InsurerNumber,
        symbol: Option<oqs::CardSymbol>,
        number: oqs::CardNumber,
        birth: Date,
    ) -> Result<Vec<PersonId>, Refusal> {
        let read = move |tx: &mut database::Transaction<'_>| {
            let matches = store::person::find_by_document(tx, insurer, symbol.as_ref(), &number, None)?;
            let born_then = matches.iter().filter(|matched| matched.birth() == birth);
            Ok(born_then.map(DocumentMatch::person).collect())
        };
        self.database.read(read).await
    }

    /// Simulates a fault of the interface for institutions from now on.
    pub fn set_interface_fault(&self, fault: InterfaceFault) {
        self.interface_fault.set(fault);
    }

    /// Responds to the request file `name` of the holder of this certificate.
    pub async fn respond_to_file(
        &self,
        certificate: Fingerprint,
        name: FileName,
        request: Vec<u8>,
    ) -> Result<ResponseFile, RequestFileError> {
        let Settings { clock, randomness, audit_key, reception } = self.settings.clone();
        let now = clock.now();
        if let Some(retry_at) = self.attempt_limit.locked_until(certificate, now) {
            return Err(RequestFileError::TooManyMisses { retry_at });
        }
        let day = now.japan_date().strftime("%Y%m%d");
        let context = RequestContext {
            key: audit_key,
            reception,
            search_number: format!("{day}{:012}", randomness.number_below(1_000_000_000_000)),
            new_fixed_url: FixedUrlToken::new(&randomness),
            busy: match self.interface_fault.current() {
                InterfaceFault::Busy(span) => span,
                _ => Span::ZERO,
            },
            now,
        };
        let file = Arc::new(RequestFile::parse(name, &request));
        let request_file = file.clone();
        let write =
            move |tx: &mut database::Transaction<'_>| api::respond_to_file(tx, certificate, &request_file, &context);
        let HandledRequest { message, institution, misses } = self.database.write(write).await?;
        for _ in 0..misses {
            self.record_miss(institution, certificate, now);
        }
        // A list of a day has megabytes; neither the transaction nor the runtime's thread waits for its writing.
        let response = tokio::task::spawn_blocking(move || api::write_response(&file, &message)).await;
        Ok(response.expect("whatever was answered can be written"))
    }

    fn record_miss(&self, institution: InstitutionCode, certificate: Fingerprint, now: Timestamp) {
        metrics::counter!("uketsuke_document_misses_total").increment(1);
        if self.attempt_limit.record_miss(certificate, now) == MissEffect::LimitReached {
            tracing::warn!(
                %institution,
                %certificate,
                "too many searches by unknown insurance documents; the certificate is refused for a minute"
            );
        }
    }

    /// Serves institutions over mutual TLS until `stop`, and then lets open requests end.
    ///
    /// `institutions` is the DER of the certificate of the authority that issues the institutions' certificates;
    /// `connections` limits the number of connections and how long one may be idle. Errors are returned before the future is
    /// made; the future itself does not fail.
    pub fn serve_institutions<Stop: Future<Output = ()> + Send>(
        self,
        listener: TcpListener,
        server: &ServerIdentity,
        institutions: &[u8],
        connections: ConnectionSettings,
        stop: Stop,
    ) -> Result<impl Future<Output = ()> + Send + use<Stop>, ServeError> {
        let tls = api::tls_acceptor(&self.settings.clock, server, institutions)?;
        Ok(api::serve(self, listener, tls, connections, stop))
    }

    /// Verifies every audit row of every institution, and names the first of each chain that does not fit. `anchors` are the
    /// ends of the chains at an earlier verification, as far as they were stored elsewhere.
    pub async fn verify_audit(&self, anchors: Vec<ChainAnchor>) -> Result<AuditReport, Refusal> {
        verify_audit(&self.database, self.settings.audit_key.clone(), anchors).await
    }
}

/// As [`Eligibility::verify_audit`], of a system that is not open here, by its database and its audit key.
pub async fn verify_audit(
    database: &Database,
    audit_key: Key,
    anchors: Vec<ChainAnchor>,
) -> Result<AuditReport, Refusal> {
    database.read(move |tx| Ok(audit::verify::<store::audit::InstitutionAudit>(tx, &audit_key, &anchors)?)).await
}

#[cfg(test)]
mod tests;
