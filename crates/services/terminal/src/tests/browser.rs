//! A minimal browser for the pages: it keeps its cookie and sends forms with their token.

use accounts::password::Password;
use axum::{Router, body::Body};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::fake_system::{FakeEligibilitySystem, identity};
use crate::{ExchangeFolder, Role, ServiceAccount, Settings, Station, Terminal, samples::fixtures};

pub(crate) const PASSWORD: &str = "sample password";

pub(crate) struct Browser {
    pages: Router,
    cookie: Option<String>,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) html: String,
}

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

impl Browser {
    pub(crate) fn new(terminal: &Terminal) -> Self {
        Self { pages: terminal.pages(), cookie: None }
    }

    async fn send(&mut self, method: Method, path: &str, body: Option<String>) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(body.unwrap_or_default())).unwrap();
        let response = self.pages.clone().oneshot(request).await.unwrap();
        if let Some(cookie) = response.headers().get(header::SET_COOKIE) {
            self.cookie = cookie.to_str().unwrap().split(';').next().map(ToOwned::to_owned);
        }
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, location, html: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        self.send(Method::GET, path, None).await
    }

    /// Sends a form without the token of this browser.
    pub(crate) async fn post_without_token(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(Method::POST, path, Some(serde_urlencoded::to_string(fields).unwrap())).await
    }

    /// Sends a form of `page`, with its token.
    pub(crate) async fn post(&mut self, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
        let csrf = page.field("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_without_token(path, &all).await
    }

    pub(crate) async fn sign_in(&mut self, institution: base::InstitutionCode, role: Role) {
        let page = self.get("/sign-in").await;
        let code = institution.to_string();
        let fields = [("institution", code.as_str()), ("role", role.as_str()), ("password", PASSWORD)];
        let response = self.post(&page, "/sign-in", &fields).await;
        assert_eq!((response.status, response.location.as_deref()), (StatusCode::SEE_OTHER, Some(role.home_path())));
    }
}

impl Page {
    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\" value=\"");
        let (_, value) = self.html.split_once(&marker).unwrap_or_else(|| panic!("no field {name} in {}", self.html));
        value.split('"').next().unwrap().to_owned()
    }

    /// The first link that begins with `prefix`.
    pub(crate) fn link(&self, prefix: &str) -> String {
        let marker = format!("href=\"{prefix}");
        let (_, rest) = self.html.split_once(&marker).unwrap_or_else(|| panic!("no link {prefix} in {}", self.html));
        format!("{prefix}{}", rest.split('"').next().unwrap())
    }
}

/// The first form action on a page that ends with `suffix`.
pub(crate) fn find_form_action(html: &str, suffix: &str) -> String {
    let actions = html.split("action=\"").skip(1).filter_map(|part| part.split('"').next());
    actions
        .filter(|action| action.ends_with(suffix))
        .map(ToOwned::to_owned)
        .next()
        .unwrap_or_else(|| panic!("no {suffix}"))
}
