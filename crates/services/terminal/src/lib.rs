//! 資格確認端末: the clinic's eligibility terminal, which shows what patients registered for online care.
//!
//! What this service promises:
//! * It reads from オンライン資格確認等システム with the institution's own certificate, trusts only the root in its
//!   settings, and shows the response by role: 一般 sees the receptions and the eligibility, 医療情報閲覧 the medical
//!   information that was consented to, 管理者 the settings.
//! * Each kind of failure of the eligibility system has a text of its own, with what the desk does next.
//! * Each request file of a receipt computer in the exchange folders is answered once, even if the process is killed
//!   meanwhile.
//! * It stores nothing of what it read; a response file lies in `res` until the receipt computer takes it. The links from
//!   a list to one reception are sealed with the secret of the browser that was shown the list. Stored are the accounts, a
//!   list of the confirmed receptions with time and verdict, and the follow-up list: numbers, days and reasons, and the
//!   service's appointment id until the service has been informed.
//!
//! What it must never do: decide whether somebody is insured, or what may be seen (the eligibility system does both);
//! store or log a name, the number of an insured person, or anything of a person's health; send anything to the service
//! that the patient booked with but that insurance is proven, and that only by the desk's own account there.
//!
//! It speaks the messages of [`oqs`] and depends on no other service. Each folder is a feature with its rules, store,
//! pages, client (its requests), wording, samples and tests. A feature uses only those above it:
//!
//! * `sign_in`: roles, accounts, sessions; who is signed in, for the handlers of the others.
//! * `appointments`: the appointments of a day, from the service or typed; how receptions are matched with them.
//! * `eligibility`: the check of one insurance, its verdict and consents, and how they are shown.
//! * `statement`: 被保険者資格申立書, a form to print.
//! * `documents`: the eligibility by what stands on an insurance document.
//! * `follow_ups`: what the desk must check again, until it is done.
//! * `addresses`: the address where patients register, its QR code and the sheet to print.
//! * `exchange`: the folders of a receipt computer.
//! * `settings`: those at the eligibility system, and the terminal's own.
//! * `receptions`: the list, the sheet of one reception, its confirmation, hand-over and withdrawal.
//! * `medical`: the medical information that a patient consented to.
//!
//! Below them stand `client` (the connection to the system), `store` (the schema), `refusal`, `identity`, `seal`, `pages` and
//! `wording` (what pages share); above them `routes` and `samples`. Start reading at [`Settings`], then
//! `eligibility::rules`, then `client`.

mod addresses;
mod appointments;
mod client;
mod documents;
mod eligibility;
mod exchange;
mod follow_ups;
mod identity;
mod medical;
mod pages;
mod receptions;
mod refusal;
mod routes;
#[cfg(any(test, feature = "samples"))]
mod samples;
mod seal;
mod settings;
mod sign_in;
mod statement;
mod store;
mod wording;

use std::sync::Arc;

use accounts::password::Password;
use axum::Router;
use base::InstitutionCode;
use database::{Location, MigrationError};
use web::{Origin, Route, Site};

pub use appointments::client::{DeskClientError, ServiceAccount};
pub use client::{EligibilityError, UnusableIdentity};
pub use exchange::{ErrFiles, ExchangeFolder, WrongFolder};
pub use identity::{Identity, UnreadableIdentity};
pub use refusal::{CATALOGUE, Refusal};
#[cfg(any(test, feature = "samples"))]
pub use samples::samples;
pub use sign_in::{Role, store::AccountError};
pub use store::MIGRATIONS;

use appointments::client::DeskClient;
use client::EligibilityClient;
use exchange::Exchange;
use store::Store;

/// The settings of the service.
pub struct Settings {
    /// Its site, with the theme [`ui::Theme::Terminal`].
    pub site: Site,
    pub database: Location,
    /// One per institution. A real terminal has one; the demo runs several in one program.
    pub stations: Vec<Station>,
    /// The eligibility system's interface for institutions: `https://HOST:PORT`; files are posted to `/oqs/FILE-NAME` there.
    pub interface: Origin,
    /// DER of the root certificate of the system's server certificate. No other root is trusted.
    pub root: Vec<u8>,
}

/// The terminal of one institution.
pub struct Station {
    pub institution: InstitutionCode,
    pub name: String,
    /// The client certificate and key for the system.
    pub identity: Identity,
    /// The parent of the exchange folders of its receipt computer, if it has one.
    pub exchange: Option<ExchangeFolder>,
    /// The desk's account at the service that its patients book with, if it has one.
    pub service: Option<ServiceAccount>,
}

/// Settings that the service cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The system's address is not `https`.
    #[error("the interface's address must be 'https://HOST:PORT', not '{0}'")]
    Interface(Origin),
    /// Two stations have the same institution.
    #[error("the institution {0} has two stations")]
    DuplicateStation(InstitutionCode),
    /// A certificate or key cannot be used.
    #[error("the identity of the station of {0} cannot be used")]
    Identity(InstitutionCode, #[source] UnusableIdentity),
    /// The exchange folders of a station cannot be used.
    #[error("the exchange folders of the station of {0} cannot be used")]
    Exchange(InstitutionCode, #[source] WrongFolder),
    /// The client of the service cannot be built.
    #[error("the client of the service could not be made")]
    Service(InstitutionCode, #[source] reqwest::Error),
    /// The database cannot be used.
    #[error("the terminal's database cannot be opened")]
    Database(#[from] MigrationError),
}

/// The terminal service. Clones share its state.
#[derive(Clone)]
pub struct Terminal {
    state: Arc<TerminalState>,
}

pub(crate) struct TerminalState {
    site: Site,
    store: Store,
    stations: Vec<ConnectedStation>,
    eligibility_address: Origin,
}

/// A station with its client of the system.
pub(crate) struct ConnectedStation {
    institution: InstitutionCode,
    name: String,
    client: EligibilityClient,
    exchange: Option<Exchange>,
    desk_client: Option<DeskClient>,
}

impl Terminal {
    /// Opens the service. Blocks until its database is migrated; call it at start.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let Settings { site, database, stations, interface, root } = settings;
        if !interface.is_https() {
            return Err(WrongSettings::Interface(interface));
        }
        let store = Store::open(&database)?;
        let mut connected: Vec<ConnectedStation> = Vec::with_capacity(stations.len());
        for Station { institution, name, identity, exchange, service } in stations {
            if connected.iter().any(|station| station.institution == institution) {
                return Err(WrongSettings::DuplicateStation(institution));
            }
            let client = EligibilityClient::new(institution, interface.clone(), &identity, &root, &site)
                .map_err(|error| WrongSettings::Identity(institution, error))?;
            let exchange = exchange.as_ref().map(|folder| Exchange::open(folder, &name)).transpose();
            let exchange = exchange.map_err(|error| WrongSettings::Exchange(institution, error))?;
            let desk_client = service.map(DeskClient::new).transpose();
            let desk_client = desk_client.map_err(|error| WrongSettings::Service(institution, error))?;
            connected.push(ConnectedStation { institution, name, client, exchange, desk_client });
        }
        Ok(Self { state: Arc::new(TerminalState { site, store, stations: connected, eligibility_address: interface }) })
    }

    /// The pages, behind the guard of the site.
    pub fn pages(&self) -> Router {
        let state = self.state.clone();
        let site = self
            .state
            .site
            .clone()
            .with_frame_maker(move |visitor| sign_in::session::error_frame(state.clone(), visitor));
        web::site_router(routes::routes().into_router().with_state(self.state.clone()), &site)
    }

    /// The routes of the pages, and who may use them.
    pub fn routes(&self) -> Vec<Route> {
        routes::routes().routes().to_vec()
    }

    /// Answers the request files of receipt computers. Never returns.
    pub async fn run_background_work(&self) {
        let exchanging = self.state.stations.iter().filter_map(|station| {
            let exchange = station.exchange.as_ref()?;
            Some(exchange.run(&station.client, self.state.site.clock()))
        });
        futures_util::future::join_all(exchanging).await;
        // Without a receipt computer the future must not end either.
        std::future::pending::<()>().await;
    }

    /// Checks that the exchange folders of the stations can be used.
    pub async fn check_exchange(&self) -> Result<(), WrongFolder> {
        for exchange in self.state.stations.iter().filter_map(|station| station.exchange.as_ref()) {
            exchange.check().await?;
        }
        Ok(())
    }

    /// The accounts of the stations that have no password yet, as at the first start.
    pub async fn missing_accounts(&self) -> Result<Vec<(InstitutionCode, Role)>, Refusal> {
        let existing = self.state.store.list_accounts().await?;
        let all = self.state.stations.iter().flat_map(|station| Role::ALL.map(|role| (station.institution, role)));
        Ok(all.filter(|account| !existing.contains(account)).collect())
    }

    /// Adds an account of a station with its password. An existing account keeps its own.
    pub async fn add_account(
        &self,
        institution: InstitutionCode,
        role: Role,
        password: &Password,
    ) -> Result<(), AccountError> {
        self.require_station(institution)?;
        self.state.store.add_account(institution, role, password, self.state.site.clock().now()).await?;
        Ok(())
    }

    /// Sets the password of an account, which is added if missing. The account's sessions end.
    pub async fn set_password(
        &self,
        institution: InstitutionCode,
        role: Role,
        password: &Password,
    ) -> Result<(), AccountError> {
        self.require_station(institution)?;
        self.state.store.set_password(institution, role, password, self.state.site.clock().now()).await?;
        Ok(())
    }

    fn require_station(&self, institution: InstitutionCode) -> Result<(), AccountError> {
        self.state.find_station(institution).map(|_| ()).ok_or(AccountError::NoStation(institution))
    }
}

impl TerminalState {
    fn find_station(&self, institution: InstitutionCode) -> Option<&ConnectedStation> {
        self.stations.iter().find(|station| station.institution == institution)
    }
}

#[cfg(test)]
mod tests;
