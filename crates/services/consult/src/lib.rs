//! オンライン診療: the service with which a patient finds a clinic, books, proves insurance and is seen.
//!
//! Every appointment has one status sentence and one next step for the patient, and one of each for the clinic's desk.
//! Both follow from two separate ledgers. A result is durable before it is shown; a slot is booked once; a code is
//! redeemed once; what a caller may not see is reported as not found.
//!
//! The service must never obtain what a patient consents to at the reception, nor who insures the patient: there is no
//! type, column or page for a consented item, a choice, a subject or an eligibility. A reception returns a reception
//! number and its end of validity, and nothing else.
//!
//! Each folder is a feature, with the same plan inside: `rules` (plain functions and enums), `store` (its SQL; methods of
//! the shared `Store`), `pages` or `api`, `client`, `samples` (sample pages), `tests`. A feature may use those
//! above it in this list, and never one below; tests may look anywhere:
//!
//! * `mail`: letters as such: addresses, the outbox, relays.
//! * `practitioners`: doctors of institutions.
//! * `schedule`: when doctors receive patients, which times are slots, and who holds or booked them.
//! * `directory`: institutions, menus, hours, the search, what a clinic publishes.
//! * `notices`: what the operator publishes.
//! * `people`: patients, and accounts that act for them: signing in with a code, profile, sessions.
//! * `audit`: who accessed or changed what, in a keyed chain.
//! * `family`: the patients for whom an account acts besides its holder, and who else acts for them.
//! * `appointments`: the appointment itself: its rows, its status, what may still be done with it.
//! * `desk_news`: events of visits for a clinic's desk, gathered into letters.
//! * `proof`: the two ledgers of the proof of insurance, departure to a reception, return, registrations in force.
//! * `reminders`: letters before a visit, by what is missing.
//! * `pictures`: insurance pictures: upload, checks, storage, erasure.
//! * `booking`: holding, booking, rescheduling and cancelling, letters to patients, the pages of appointments.
//! * `clinic`: the clinic's desk: its pages and accounts, its actions, the interface for its terminal.
//! * `clinic_audit`: the audit of a clinic, as its managers read, export and verify it.
//! * `clinic_settings`: doctors, hours, closures and menus of a clinic, as its managers change them.
//! * `personal_data`: overview and export of what is held of a patient, and closing an account.
//!
//! What stands beside the folders is used by all: the settings and [`Refusal`], the database with its schema (`store`), frame,
//! dates and other shared parts of pages (`pages`), and the resources of handlers (`context`).
//!
//! Start reading at [`proof`], the drawing of the two ledgers, then `proof/rules/next_steps.rs` for what each state means,
//! then [`Consult`].

mod appointments;
mod audit;
mod booking;
mod clinic;
mod clinic_audit;
mod clinic_settings;
mod context;
mod desk_news;
mod directory;
mod family;
#[doc(hidden)]
pub mod fuzzing;
mod limits;
mod mail;
mod notices;
mod operator;
mod pages;
mod people;
mod personal_data;
mod pictures;
mod practitioners;
pub mod proof;
mod refusal;
mod reminders;
#[cfg(any(test, feature = "samples"))]
mod sample_data;
mod schedule;
mod seal;
mod store;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use ::audit::ChainAnchor;
use axum::Router;
use base::{InstitutionCode, Key};
use database::{Database, Location, MigrationError};
use handover::RedirectUri;
use text::Text;
use web::{Route, Site};

use context::Context;
use mail::{letter::Letterhead, worker::MailWorker};
use seal::Seal;
use store::Store;

pub use appointments::rules::{Appointment, AppointmentId};
pub use audit::store::AuditReport;
pub use clinic::{
    rules::staff_role::StaffRole,
    store::staff::{AddStaffError, NewStaffMember, StaffId, StaffMember},
};
pub use directory::{
    rules::{
        clinic_notice::ClinicNotice,
        emergency::{Emergency, RedFlags},
        hours::WrongHours,
        institution::{
            CancellationTerms, Charge, Institution, Menu, MenuAudience, MenuRules, ProofMethod, VisitMedium,
            VisitMediumKind,
        },
    },
    store::institutions::{NewInstitution, NewMenu, NewPractitioner},
};
pub use limits::Limits;
pub use mail::{
    letter::{CalendarAttachment, Letter},
    rules::address::MailAddress,
    store::OutboxLetter,
    worker::{MailTransport, Relay, RelayOutage, Security, WrongRelay},
};
pub use notices::rules::{
    Contact, ContactMethod, Notice, NoticeAddress, NoticeSource, NoticeText, Notices, WrongNotice, WrongNoticeAddress,
};
pub use people::rules::{
    account::{Account, ActsFor, ClinicInMail, LetterChoices, Relationship, ReminderChoice},
    patient::{Patient, Profile},
};
pub use pictures::{
    image_worker::{ImageWorker, ImageWorkerUnavailable},
    vault::{VaultLocation, master::MasterKeys},
    worker_process::run_image_worker,
};
pub use practitioners::rules::{
    practitioner::{PractitionerDetails, WrongPractitioner},
    specialty::Specialty,
    spoken_language::SpokenLanguage,
};
pub use proof::client::{HandOverSettings, KnownReception, ReceptionFailure};
pub use proof::pages::reception_return::RETURN_PATH;
pub use refusal::{Refusal, catalogue::CATALOGUE};
pub use schedule::rules::{
    opening::{OpeningHours, OpeningSchedule},
    slot::{BookingWindow, HORIZON_DAYS},
};
pub use store::schema::MIGRATIONS;

/// What the service needs to run.
pub struct Settings {
    pub site: Site,
    pub database: Location,
    /// Who runs the service, as pages and letters say it.
    pub operator: String,
    /// Where questions go, as the signature of letters says it: a telephone number, an address, or both.
    pub contact: Option<String>,
    /// Seals what the service itself must read again.
    pub sealing_key: Key,
    /// The client that reaches receptions.
    pub http: reqwest::Client,
    /// The service's registration at receptions, and the receptions that it accepts.
    pub hand_over: HandOverSettings,
    pub pictures: VaultLocation,
    pub picture_keys: MasterKeys,
    /// The process that normalises pictures.
    pub image_worker: ImageWorker,
    pub mail_transport: MailTransport,
    /// For how many days after the visit pictures are kept.
    pub picture_retention_days: u16,
    pub limits: Limits,
    pub notices: Notices,
}

/// Settings that the service cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The database cannot be brought up to date.
    #[error("the database of the service cannot be opened")]
    Database(#[from] MigrationError),
    /// The service's own address cannot be a redirect URI.
    #[error("the service's origin cannot be returned to")]
    Origin(#[from] handover::WrongAddress),
    /// The storage for pictures cannot be used.
    #[error("the place for pictures cannot be used")]
    Pictures(#[from] pictures::vault::error::VaultError),
}

/// The online-consultation service.
#[derive(Clone)]
pub struct Consult {
    context: Arc<Context>,
    site: Site,
    mail: MailWorker,
}

impl Consult {
    /// Opens the service. Blocks until its database is up to date.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let footer = notices::pages::footer(&settings.notices);
        let site = settings.site.with_footer(footer);
        let randomness = site.randomness().clone();
        let sender = settings.mail_transport.sender_address();
        let store = Store {
            database: Database::open_sealed(&settings.database, "consult", MIGRATIONS, &settings.sealing_key)?,
            seal: Seal::new(settings.sealing_key),
            randomness: randomness.clone(),
            origin: site.origin().clone(),
            limits: settings.limits,
            letterhead: Letterhead {
                service: site.name().cloned().unwrap_or(mail::texts::UKETSUKE_ONLINE_CARE),
                operator: settings.operator.clone(),
                contact: match settings.contact {
                    Some(contact) => Text::from_strings(contact.clone(), contact),
                    None => settings.notices.contact.format_in_one_line(),
                },
                address: site.origin().to_string(),
                sender: sender.clone().unwrap_or_else(|| mail::letter::default_sender(site.origin())),
            },
        };
        let mail = MailWorker::new(store.clone(), settings.mail_transport, site.clock().clone());
        let redirect_uri: RedirectUri = site.origin().url(RETURN_PATH).parse()?;
        let image_worker = settings.image_worker.with_concurrency(store.limits.pictures_at_once);
        let upload_memory = web::UploadMemory::new(store.limits.upload_memory_mb);
        let context = Context {
            store,
            receptions: proof::client::ReceptionClient::new(
                settings.http,
                settings.hand_over,
                redirect_uri,
                randomness,
            ),
            operator: settings.operator,
            sender_address: sender,
            vault: pictures::vault::Vault::open(settings.pictures, settings.picture_keys)?,
            image_worker,
            upload_memory,
            upload_locks: pictures::upload_lock::UploadLocks::default(),
            picture_retention_days: settings.picture_retention_days,
            notices: settings.notices,
        };
        Ok(Self { context: Arc::new(context), site, mail })
    }

    /// The pages, and the interface for a clinic's own terminal, which takes no cookie.
    pub fn pages(&self) -> Router {
        let clinic_api = clinic::api::ClinicApi { context: self.context.clone(), site: self.site.clone() };
        let context = self.context.clone();
        let site = self.site.clone().with_frame_maker(move |visitor| pages::error_frame(context.clone(), visitor));
        web::site_router(pages::routes().into_router().with_state(self.context.clone()), &site)
            .merge(clinic::api::routes(clinic_api))
    }

    /// The routes of the pages, with who may use each.
    pub fn routes(&self) -> Vec<Route> {
        pages::routes().routes().to_vec()
    }

    /// The background work, without an end: sends letters and reminders, deletes pictures that are due, asks
    /// receptions whether registrations are still in force.
    pub async fn run_background_work(&self) {
        let clock = self.site.clock();
        tokio::join!(
            self.mail.run(),
            desk_news::gathering::run_desk_letter_gathering(self.context.store.clone(), clock.clone()),
            pictures::cleanup::run_cleanup(
                self.context.store.clone(),
                self.context.vault.clone(),
                clock.clone(),
                self.context.picture_retention_days
            ),
            family::guardianship::run_guardianship(self.context.store.clone(), clock.clone()),
            reminders::scheduling::run_reminders(self.context.store.clone(), clock.clone()),
            proof::registration_watch::watch_registrations(self.context.clone(), clock.clone()),
        );
    }

    /// Since when this node's mail relay has taken no letter, and where it failed last; None while it takes them. Pages
    /// work without a relay, but nobody can sign in anew.
    pub fn relay_outage(&self) -> Option<RelayOutage> {
        self.mail.relay_outage()
    }

    /// After [`Self::run_background_work`] was ended: releases the letters that this node had claimed, so that another
    /// node need not wait for the claims to expire.
    pub async fn release_letters(&self) -> Result<(), Refusal> {
        Ok(self.mail.release_letters().await?)
    }

    /// Adds the institution with this code, or updates it, unless its managers have edited it in the browser.
    pub async fn add_institution(&self, new: NewInstitution) -> Result<(), Refusal> {
        self.context.store.add_institution(new, self.site.clock().now()).await
    }

    /// Makes these the institutions that are offered, but for those that their managers have edited in the browser, which
    /// stay as they are. One that is not among them takes no more bookings; its appointments stay.
    pub async fn replace_institutions(&self, all: Vec<NewInstitution>) -> Result<(), Refusal> {
        let replaced = self.context.store.replace_institutions(all, self.site.clock().now()).await?;
        let join = |codes: &[InstitutionCode]| codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        if !replaced.withdrawn.is_empty() {
            tracing::warn!(
                institutions = replaced.withdrawn.len(),
                codes = join(&replaced.withdrawn),
                "institutions that are not in the list take no more bookings"
            );
        }
        if !replaced.edited.is_empty() {
            tracing::info!(
                institutions = replaced.edited.len(),
                codes = join(&replaced.edited),
                "institutions whose managers have edited them stay as they are, whatever the list says"
            );
        }
        Ok(())
    }

    /// Whether the service is ready: its database commits a write within two seconds, and pictures can be normalised.
    pub async fn check_ready(&self) -> Result<(), Refusal> {
        self.context.store.check_ready().await?;
        Ok(self.context.image_worker.check_ready().await?)
    }

    /// Checks every row of the audit's chains, against the anchors that were stored elsewhere.
    pub async fn verify_audit(&self, anchors: Vec<ChainAnchor>) -> Result<AuditReport, Refusal> {
        self.context.store.verify_audit(anchors).await
    }
}

/// Checks the audit's chains of a service that is not open here, by its database and its sealing key.
pub async fn verify_audit(
    database: &Database,
    sealing_key: Key,
    anchors: Vec<ChainAnchor>,
) -> Result<AuditReport, Refusal> {
    let key = Seal::new(sealing_key).audit_key();
    database.read(move |transaction| Ok(audit::store::verify_chains(transaction, &key, &anchors)?)).await
}

/// The notices of an invented operator, for tests.
#[cfg(any(test, feature = "samples"))]
pub fn sample_notices() -> Notices {
    sample_data::notices()
}

/// Every page in every state, for galleries and tests.
#[cfg(any(test, feature = "samples"))]
pub fn samples(language: text::Language) -> Vec<(String, maud::Markup)> {
    pages::samples::samples(language)
}
