//! The services of the demo, and how they are opened on one data folder.

use authority::Authority;
use base::Timestamp;
use consult::{Consult, MailTransport};
use eligibility::Eligibility;
use handover::{Client, ClientId, ClientKey, ClientKeys};
use portal::Portal;
use reception::Reception;
use terminal::Terminal;
use ui::Theme;
use web::Origin;
use world::{DemoInstitution, WorldServices};

use super::{
    addresses::DemoAddresses,
    error::DemoError,
    machines::{self, StoredIdentities},
    registration::read_registration_file,
    terminal_accounts::TerminalAccount,
};
use crate::{
    arguments::demo::DemoArguments,
    commands::demo::texts,
    compose::{self, Composer, ServiceParts, ServiceResources},
    key_store::KeyStore,
};

/// The client id of the demo's service at its reception.
const SERVICE_CLIENT_ID: &str = "uketsuke-consult";

/// The services of one program.
#[derive(Clone)]
pub struct Services {
    /// オンライン診療
    pub consult: Consult,
    /// マイナ在宅受付Web
    pub reception: Reception,
    /// オンライン資格確認等システム
    pub eligibility: Eligibility,
    /// マイナポータルアプリ
    pub portal: Portal,
    /// 資格確認端末
    pub terminal: Terminal,
    /// 認証局
    pub authority: Authority,
}

impl Services {
    /// Those to which the world is added.
    pub fn for_world(&self) -> WorldServices<'_> {
        let Self { consult, eligibility, portal, terminal, authority, .. } = self;
        WorldServices { authority, consult, eligibility, portal, terminal }
    }
}

/// Opens all services, and gives the identities of the machines.
pub(super) async fn open_services(
    arguments: &DemoArguments,
    resources: ServiceResources,
    (addresses, institutions, accounts): (&DemoAddresses, &[DemoInstitution], &[TerminalAccount]),
    composer: &Composer,
    now: Timestamp,
) -> Result<(Services, StoredIdentities), DemoError> {
    let http = http_client::build()?;
    let key_store = composer.key_store();
    let authority = composer.open_authority(addresses.authority.clone()).await?;
    let national = composer.open_national_database()?;
    let eligibility = composer.open_eligibility(national.clone(), addresses.reception.clone()).await?;
    let eligibility = eligibility.with_misses_a_minute(arguments.document_misses);
    let identities = machines::load_or_issue_identities(key_store, &authority, institutions, now).await?;
    let (client, client_key) = register_service(key_store, addresses)?;
    let mut services = vec![reception::Service { client, name: texts::SERVICE_NAME, home: addresses.consult.clone() }];
    for file in &arguments.services {
        services.push(read_registration_file(file)?);
    }
    let reception = Reception::open(reception::Settings {
        site: composer.site(Theme::Reception, &addresses.reception),
        database: national,
        services,
        portal: addresses.portal.clone(),
        computer_port: arguments.computer_port,
        anchors: authority.anchors(),
        responder: authority_url(&addresses.authority, "/ocsp"),
        revocation_lists: authority_url(&addresses.authority, "/crl"),
        http: http.clone(),
    })?;
    let known_reception = portal::KnownReception { name: texts::RECEPTION_NAME, origin: addresses.reception.clone() };
    let portal = Portal::open(portal::Settings {
        site: composer.site(Theme::Portal, &addresses.portal),
        database: composer.database("portal"),
        key: key_store.key("portal"),
        cards: portal::Cards::Virtual,
        receptions: vec![known_reception],
        http,
    })?;
    let terminal = Terminal::open(terminal::Settings {
        site: composer.site(Theme::Terminal, &addresses.terminal),
        database: composer.database("terminal"),
        stations: identities.to_stations(institutions, (&addresses.consult, accounts)),
        interface: addresses.interface.clone(),
        root: authority.machine_root().to_vec(),
    })
    .map_err(|error| DemoError::Terminal(Box::new(error)))?;
    let issuer = into_registration_error(addresses.reception.as_str().parse())?;
    let parts = ServiceParts {
        site: composer.site(Theme::Service, &addresses.consult),
        database: composer.database("consult"),
        operator: "uketsuke デモ運営".to_owned(),
        contact: None,
        client_id: into_registration_error(SERVICE_CLIENT_ID.parse())?,
        client_key,
        receptions: vec![consult::KnownReception { issuer, origin: addresses.reception.clone() }],
        resources,
        picture_key: "demo",
        picture_retention_days: 30,
        mail_transport: MailTransport::Outbox,
        // Test programs create hundreds of accounts.
        limits: consult::Limits { codes_per_minute: u32::MAX, ..consult::Limits::default() },
        notices: world::notices(),
    };
    let consult = compose::open_service(key_store, parts).map_err(|error| DemoError::Consult(Box::new(error)))?;
    Ok((Services { consult, reception, eligibility, portal, terminal, authority }, identities))
}

fn authority_url(authority: &Origin, path: &str) -> url::Url {
    // An origin and a path make a URL.
    url::Url::parse(&authority.url(path)).expect("the authority's origin is a URL")
}

/// The service's registration at the reception, with its stored key.
fn register_service(key_store: &KeyStore, addresses: &DemoAddresses) -> Result<(Client, ClientKey), DemoError> {
    let key = compose::load_hand_over_key(key_store)?;
    let keys = into_registration_error(ClientKeys::parse(key.public_jwks().as_bytes()))?;
    let redirect_uri = into_registration_error(addresses.consult.url(consult::RETURN_PATH).parse())?;
    let client_id: ClientId = into_registration_error(SERVICE_CLIENT_ID.parse())?;
    Ok((into_registration_error(Client::new(client_id, keys, vec![redirect_uri]))?, key))
}

fn into_registration_error<T, E: std::error::Error + Send + Sync + 'static>(
    outcome: Result<T, E>,
) -> Result<T, DemoError> {
    outcome.map_err(|error| DemoError::Registration(Box::new(error)))
}
