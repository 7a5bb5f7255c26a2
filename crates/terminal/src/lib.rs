//! 資格確認端末: the clinic's own machine, which shows what patients registered for online care.
//!
//! What this room promises:
//! * It reads from オンライン資格確認等システム with the institution's own certificate, trusts the one root that its settings
//!   name, and shows the answer to whoever may see it: 一般 the receptions and the eligibility, 医療情報閲覧 what was
//!   consented to of the patient's health, 管理者 the settings.
//! * Each way in which the other end fails is said in words, with what the desk does next.
//! * A receipt computer's asks in the exchange folders are answered once each, whatever ends the process in between.
//! * It keeps nothing of what it read; an answer file lies in `res` until the receipt computer takes it. What leads from a list to one reception is sealed with the secret of the browser
//!   that was shown the list. At rest are the accounts, a small list of which reception was confirmed, when, with
//!   which verdict, and what is to be looked at again: numbers, days and reasons, and until the service has been told, by
//!   what it knows the appointment.
//!
//! What it must never do: decide whether somebody is insured, or what may be seen (the other end does both); keep or log
//! a name, a number of an insured person, or anything of a person's health; tell the service that the patient booked with
//! anything but that insurance is proven, and that only by the desk's own account there.
//!
//! It speaks the messages of [`oqs`] and knows no other room. Start reading at [`Settings`], then `rules::finding`, then
//! `client`.

mod client;
mod exchange;
mod identity;
mod pages;
mod qr_code;
mod refusal;
mod rules;
mod seal;
mod service;
mod store;

use std::sync::Arc;

use axum::Router;
use base::InstitutionCode;
use database::{Location, MigrationError};
use shell::{Origin, Route, Site};

pub use client::{EligibilityError, UnusableIdentity};
pub use exchange::{ErrFiles, ExchangeFolder, WrongFolder};
pub use identity::{Identity, UnreadableIdentity};
pub use pages::samples;
pub use refusal::{CATALOGUE, Refusal};
pub use rules::role::Role;
pub use service::{DeskClientError, ServiceAccount};
pub use store::{
    MIGRATIONS,
    account::{AccountError, Password, ShortPassword},
};

use client::EligibilityClient;
use exchange::Exchange;
use service::DeskClient;
use store::Store;

/// What the room is told at start.
pub struct Settings {
    /// Its site, of the face [`shell::Theme::Terminal`].
    pub site: Site,
    /// Where its data is.
    pub database: Location,
    /// The institutions whose terminals it is. In life there is one; a demo runs several in one program.
    pub stations: Vec<Station>,
    /// Where the system answers institutions: `https://HOST:PORT`, below which `/oqs/FILE-NAME` is posted to.
    pub interface: Origin,
    /// The DER of the certificate of the authority that the system's server certificate is from. No other is trusted.
    pub root: Vec<u8>,
}

/// The terminal of one institution.
pub struct Station {
    /// Which.
    pub institution: InstitutionCode,
    /// Its name.
    pub name: String,
    /// With what it proves itself to the system.
    pub identity: Identity,
    /// The folder that has the exchange folders of its receipt computer, if it has one.
    pub exchange: Option<ExchangeFolder>,
    /// The service that its patients book with, by its desk's account there, if it has one.
    pub service: Option<ServiceAccount>,
}

/// Settings that the room cannot start with.
#[derive(Debug, thiserror::Error)]
pub enum WrongSettings {
    /// The system is not reached over TLS.
    #[error("the interface's address must be 'https://HOST:PORT', not '{0}'")]
    Interface(Origin),
    /// Two stations are of one institution.
    #[error("the institution {0} has two stations")]
    DuplicateStation(InstitutionCode),
    /// A certificate or key cannot be used.
    #[error("the identity of the station of {0} cannot be used")]
    Identity(InstitutionCode, #[source] UnusableIdentity),
    /// The exchange folders of a station cannot be used.
    #[error("the exchange folders of the station of {0} cannot be used")]
    Exchange(InstitutionCode, #[source] WrongFolder),
    /// The way to the service cannot be made.
    #[error("the client of the service could not be made")]
    Service(InstitutionCode, #[source] reqwest::Error),
    /// The database cannot be used.
    #[error("the terminal's database cannot be opened")]
    Database(#[from] MigrationError),
}

/// The room. Clones share it.
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

/// A station with its way to the system.
pub(crate) struct ConnectedStation {
    institution: InstitutionCode,
    name: String,
    client: EligibilityClient,
    exchange: Option<Exchange>,
    desk_client: Option<DeskClient>,
}

impl Terminal {
    /// Opens the room. Blocks until its database is up to date; call it at start.
    pub fn open(settings: Settings) -> Result<Self, WrongSettings> {
        let Settings { site, database, stations, interface, root } = settings;
        if !interface.as_str().starts_with("https://") {
            return Err(WrongSettings::Interface(interface));
        }
        let store = Store::open(&database)?;
        let mut connected: Vec<ConnectedStation> = Vec::with_capacity(stations.len());
        for Station { institution, name, identity, exchange, service } in stations {
            if connected.iter().any(|other| other.institution == institution) {
                return Err(WrongSettings::DuplicateStation(institution));
            }
            let interface = EligibilityClient::new(institution, interface.clone(), &identity, &root, &site)
                .map_err(|wrong| WrongSettings::Identity(institution, wrong))?;
            let exchange = exchange.as_ref().map(|folder| Exchange::open(folder, &name)).transpose();
            let exchange = exchange.map_err(|wrong| WrongSettings::Exchange(institution, wrong))?;
            let service = service.map(DeskClient::new).transpose();
            let service = service.map_err(|wrong| WrongSettings::Service(institution, wrong))?;
            connected.push(ConnectedStation { institution, name, client: interface, exchange, desk_client: service });
        }
        Ok(Self { state: Arc::new(TerminalState { site, store, stations: connected, eligibility_address: interface }) })
    }

    /// Its pages, behind the guard of its site.
    pub fn pages(&self) -> Router {
        let room = self.state.clone();
        let site = self.state.site.clone().with_frame_maker(move |visitor| pages::error_frame(room.clone(), visitor));
        shell::site_router(pages::routes().into_router().with_state(self.state.clone()), &site)
    }

    /// The routes of its pages, and who may use them.
    pub fn routes(&self) -> Vec<Route> {
        pages::routes().routes().to_vec()
    }

    /// Its work beside the pages, endless: what receipt computers ask in files is answered.
    pub async fn run_background_work(&self) {
        let exchanging = self.state.stations.iter().filter_map(|station| {
            let exchange = station.exchange.as_ref()?;
            Some(exchange.run(&station.client, self.state.site.clock()))
        });
        futures_util::future::join_all(exchanging).await;
        // A terminal without a receipt computer waits like one with it.
        std::future::pending::<()>().await;
    }

    /// Whether the exchange folders of its stations can be used, where they have some.
    pub async fn check_exchange(&self) -> Result<(), WrongFolder> {
        for exchange in self.state.stations.iter().filter_map(|station| station.exchange.as_ref()) {
            exchange.check().await?;
        }
        Ok(())
    }

    /// The accounts of its stations that have no password yet, as at the first start.
    pub async fn missing_accounts(&self) -> Result<Vec<(InstitutionCode, Role)>, Refusal> {
        let there = self.state.store.list_accounts().await?;
        let all = self.state.stations.iter().flat_map(|station| Role::ALL.map(|role| (station.institution, role)));
        Ok(all.filter(|account| !there.contains(account)).collect())
    }

    /// Gives an account of a station its password. One that is there already keeps its own.
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

    /// Changes the password of an account, or makes it. Whoever is signed in with the account no longer is.
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
