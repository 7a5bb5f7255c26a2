//! A terminal at a fake system, and browsers of its stations.

use accounts::password::Password;
use http::StatusCode;
use test_browser::Browser;

use super::fake_system::{FakeEligibilitySystem, ORIGIN, identity};
use crate::{ExchangeFolder, Role, ServiceAccount, Settings, Station, Terminal, samples::fixtures};

pub(crate) const PASSWORD: &str = "sample password";

/// A terminal with two stations at this system. The first has exchange folders.
pub(crate) async fn open_terminal(system: &FakeEligibilitySystem) -> (Terminal, tempfile::TempDir) {
    open_terminal_with(system, None).await
}

/// The same, and the first station has the desk's account at a service.
pub(crate) async fn open_terminal_with(
    system: &FakeEligibilitySystem,
    service: Option<ServiceAccount>,
) -> (Terminal, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let clock = system.site.clock();
    let station = |institution, name: &str| Station {
        institution,
        name: name.to_owned(),
        identity: identity(&system.authority, institution, clock),
        exchange: None,
        service: None,
    };
    let terminal = Terminal::open(Settings {
        site: system.site.clone(),
        database: database::Location::Sqlite(folder.path().join("terminal.db")),
        stations: vec![
            Station {
                exchange: Some(ExchangeFolder::with_defaults(folder.path().join("exchange"))),
                service,
                ..station(fixtures::institution(), "見本クリニック")
            },
            station(other_institution(), "隣クリニック"),
        ],
        interface: system.address.clone(),
        root: system.authority.certificate().to_vec(),
    })
    .unwrap();
    let password = Password::hash(PASSWORD, system.site.randomness()).await.unwrap();
    assert_eq!(terminal.missing_accounts().await.unwrap().len(), 6);
    for (institution, role) in terminal.missing_accounts().await.unwrap() {
        terminal.add_account(institution, role, &password).await.unwrap();
    }
    assert_eq!(terminal.missing_accounts().await.unwrap(), []);
    (terminal, folder)
}

pub(crate) fn other_institution() -> base::InstitutionCode {
    base::InstitutionCode::from_parts(fixtures::institution().prefecture(), base::ScoreTable::Medical, 654_321)
}

/// A browser that is signed in nowhere.
pub(crate) fn open_browser(terminal: &Terminal) -> Browser {
    Browser::new(terminal.pages(), ORIGIN)
}

/// A browser at a station.
pub(crate) trait StationBrowser {
    async fn sign_in(&mut self, institution: base::InstitutionCode, role: Role);
}

impl StationBrowser for Browser {
    async fn sign_in(&mut self, institution: base::InstitutionCode, role: Role) {
        let code = institution.to_string();
        let fields = [("institution", code.as_str()), ("role", role.as_str()), ("password", PASSWORD)];
        let response = self.open_and_submit("/sign-in", "/sign-in", &fields).await;
        assert_eq!((response.status, response.location()), (StatusCode::SEE_OTHER, Some(role.home_path())));
    }
}
