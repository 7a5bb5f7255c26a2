//! オンライン診療: the service with which a patient finds a clinic, books, proves insurance and is seen.
//!
//! The room promises that a person never wonders where she stands: every appointment has one sentence and one next step
//! for the patient, and one of each for the clinic's desk, out of two ledgers that are kept apart. What was told is
//! durable before it was told; a time is booked once; a code is redeemed once; what one may not see does not exist.
//!
//! It must never obtain what a patient consents to at the reception, nor who insures her: there is no type, column or
//! page for a consented item, a choice, a subject or an eligibility. What comes back from a reception is a reception
//! number and until when it holds, and nothing else.
//!
//! Start reading at [`proof`], the drawing of the two ledgers, then `rules/standing.rs` for what each state means, then
//! [`Consult`].

mod client;
mod clinic_api;
mod context;
mod limits;
mod mail;
mod notices;
mod operator;
mod pages;
mod picture;
mod refusal;
mod registration_watch;
mod rules;
mod seal;
mod store;
mod vault;

#[cfg(test)]
mod journey_tests;

use std::sync::Arc;

use axum::Router;
use base::{ChainAnchor, Key};
use database::{Database, Location, Migration, MigrationError};
use handover::RedirectUri;
use maud::Markup;
use shell::{Language, Route, Site, Text, session};

use context::Context;
use mail::{Letterhead, MailWorker};
use seal::Seal;
use store::Store;

pub use client::{HandOverSettings, KnownReception, ReceptionFailure};
pub use limits::Limits;
pub use mail::{Letter, MailTransport, Relay, RelayOutage, Security, WrongRelay};
pub use notices::{
    ClinicNotice, Contact, ContactMethod, Emergency, Notice, NoticeAddress, NoticeSource, NoticeText, Notices,
    RedFlags, WrongNotice, WrongNoticeAddress,
};
pub use picture::{ImageWorker, ImageWorkerUnavailable, run_image_worker};
pub use refusal::{CATALOGUE, Refusal};
pub use rules::{
    appointment::{Appointment, AppointmentId, BookedMenu},
    hours::WrongHours,
    institution::{Charge, Institution, Menu, ProofMethod, Specialty, SpokenLanguage},
    patient::{ClinicInMail, MailAddress, Patient, Profile},
    proof,
    slot::{OpeningHours, OpeningSchedule},
};
pub use store::{
    audit::{AuditFault, AuditReport},
    directory::NewInstitution,
    mail::OutboxLetter,
    staff::{AddStaffError, StaffId, StaffMember},
};
pub use vault::{MasterKeys, VaultLocation};

/// The tables of the room, in the order in which they came.
pub const MIGRATIONS: &[Migration] = &[
    store::schema::CORE,
    session::MIGRATION,
    store::mail::MIGRATION,
    store::staff::MIGRATION,
    store::picture::MIGRATION,
    store::registration::MIGRATION,
    store::audit::MIGRATION,
    store::clinic_notice::MIGRATION,
    session::USE_MIGRATION,
    store::personal_data::MIGRATION,
    store::mail::OUTCOME_MIGRATION,
    shell::attempts::MIGRATION,
    store::hold::MIGRATION,
    store::patient_action::MIGRATION,
    store::desk_action::MIGRATION,
    store::desk_news::MIGRATION,
    store::directory::LANGUAGES,
];

/// What the room needs to run.
pub struct Settings {
    /// Its site.
    pub site: Site,
    /// Where its data is.
    pub database: Location,
    /// Who runs the service, as patients are told.
    pub operator: String,
    /// Where questions go, as the signature of letters says it: a telephone number, an address, or both.
    pub contact: Option<String>,
    /// Under which what must be read again is sealed.
    pub sealing_key: Key,
    /// With which receptions are reached.
    pub http: reqwest::Client,
    /// How the service is known to receptions, and which it knows.
    pub hand_over: HandOverSettings,
    /// Where pictures lie.
    pub pictures: VaultLocation,
    /// Under which pictures are encrypted.
    pub picture_keys: MasterKeys,
    /// Who turns and re-encodes pictures.
    pub image_worker: ImageWorker,
    /// How letters leave.
    pub mail_transport: MailTransport,
    /// How many days after the visit pictures are kept.
    pub picture_retention_days: u16,
    /// How much may be asked of it.
    pub limits: Limits,
    /// What the public is told of it.
    pub notices: Notices,
}

/// Settings that the room cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The database cannot be brought up to date.
    #[error("the database of the service cannot be opened")]
    Database(#[from] MigrationError),
    /// The room's own address is none that a reception can send a browser back to.
    #[error("the service's origin cannot be returned to")]
    Origin(#[from] handover::WrongAddress),
    /// The pictures' place cannot be used.
    #[error("the place for pictures cannot be used")]
    Pictures(#[from] vault::VaultError),
}

/// The room.
#[derive(Clone)]
pub struct Consult {
    context: Arc<Context>,
    site: Site,
    mail: MailWorker,
}

/// The path that receptions send browsers back to.
pub const RETURN_PATH: &str = "/return";

impl Consult {
    /// Opens the room. Blocks until its database is up to date.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let footer = pages::footer(&settings.notices);
        let site = settings.site.with_footer(footer);
        let randomness = site.randomness().clone();
        let store = Store {
            database: Database::open_sealed(&settings.database, "consult", MIGRATIONS, &settings.sealing_key)?,
            seal: Seal::new(settings.sealing_key),
            randomness: randomness.clone(),
            origin: site.origin().clone(),
            limits: settings.limits.clone(),
            letterhead: Letterhead {
                service: site
                    .name()
                    .cloned()
                    .unwrap_or_else(|| Text::from_static("uketsuke オンライン診療", "uketsuke online care")),
                operator: settings.operator.clone(),
                contact: Some(match settings.contact {
                    Some(contact) => Text::from_strings(contact.clone(), contact),
                    None => settings.notices.contact.format_in_one_line(),
                }),
                address: site.origin().to_string(),
            },
        };
        let sender = settings.mail_transport.sender_address();
        let mail = MailWorker::new(store.clone(), settings.mail_transport, site.clock().clone());
        let redirect_uri: RedirectUri = site.origin().url(RETURN_PATH).parse()?;
        let room = Context {
            store,
            receptions: client::ReceptionClient::new(settings.http, settings.hand_over, redirect_uri, randomness),
            operator: settings.operator,
            sender_address: sender,
            vault: vault::Vault::open(settings.pictures, settings.picture_keys)?,
            image_worker: settings.image_worker.with_concurrency(settings.limits.pictures_at_once),
            upload_memory: shell::UploadMemory::new(settings.limits.upload_memory_mb),
            upload_locks: picture::UploadLocks::default(),
            picture_retention_days: settings.picture_retention_days,
            limits: settings.limits,
            notices: settings.notices,
        };
        Ok(Self { context: Arc::new(room), site, mail })
    }

    /// Its pages, and beside them the door for a clinic's own terminal, which no cookie opens.
    pub fn pages(&self) -> Router {
        let door = clinic_api::ClinicApi { context: self.context.clone(), site: self.site.clone() };
        let room = self.context.clone();
        let site = self.site.clone().with_frame_maker(move |visitor| pages::error_frame(room.clone(), visitor));
        shell::site_router(pages::routes().into_router().with_state(self.context.clone()), &site)
            .merge(clinic_api::routes(door))
    }

    /// Its routes, and who may use each.
    pub fn routes(&self) -> Vec<Route> {
        pages::routes().routes().to_vec()
    }

    /// Its work beside the pages, endless: letters are carried, pictures are tidied, receptions are asked whether
    /// registrations still stand.
    pub async fn run_background_work(&self) {
        let clock = self.site.clock();
        tokio::join!(
            self.mail.run(),
            mail::run_desk_letter_gathering(self.context.store.clone(), clock.clone()),
            store::picture::run_cleanup(
                self.context.store.clone(),
                self.context.vault.clone(),
                clock.clone(),
                self.context.picture_retention_days
            ),
            registration_watch::watch_registrations(self.context.clone(), clock.clone()),
        );
    }

    /// Since when this node's mail relay has taken no letter, and where it failed last; None while it takes them. The pages
    /// work without it, but nobody new can sign in.
    pub fn relay_outage(&self) -> Option<RelayOutage> {
        self.mail.relay_outage()
    }

    /// After [`Self::run_background_work`] was ended: frees the letters that this node had in hand, so that another need not
    /// wait for its claims to end.
    pub async fn release_letters(&self) -> Result<(), Refusal> {
        Ok(self.mail.release_letters().await?)
    }

    /// Adds an institution, or brings it up to date; its code is what it is known by.
    pub async fn add_institution(&self, new: NewInstitution) -> Result<(), Refusal> {
        self.context.store.add_institution(new).await
    }

    /// Makes these the institutions that are offered. One that is not among them offers nothing more; what was booked at it
    /// stands.
    pub async fn replace_institutions(&self, all: Vec<NewInstitution>) -> Result<(), Refusal> {
        let gone = self.context.store.replace_institutions(all).await?;
        if !gone.is_empty() {
            let codes = gone.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            tracing::warn!(
                institutions = gone.len(),
                codes,
                "institutions that are not in the list offer nothing more"
            );
        }
        Ok(())
    }

    /// Whether it can answer: its database takes and keeps writes, and says so within two seconds; and pictures can be developed.
    pub async fn check_ready(&self) -> Result<(), Refusal> {
        self.context.store.check_ready().await?;
        Ok(self.context.image_worker.check_ready().await?)
    }

    /// Checks every row of the audit, and what was kept elsewhere of it.
    pub async fn verify_audit(&self, kept: Option<ChainAnchor>) -> Result<AuditReport, Refusal> {
        self.context.store.verify_audit(kept).await
    }
}

/// Checks the audit of a service that does not run here: its database, and the key under which it seals.
pub async fn verify_audit(
    database: &Database,
    sealing_key: Key,
    kept: Option<ChainAnchor>,
) -> Result<AuditReport, Refusal> {
    let key = Seal::new(sealing_key).audit_key();
    database.read(move |transaction| Ok(store::audit::verify_chain(transaction, &key, kept.as_ref())?)).await
}

/// The notices of an invented operator, for tests.
pub fn sample_notices() -> Notices {
    pages::sample_data::notices()
}

/// Every page in every state, for galleries and tests.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    pages::samples(language)
}
