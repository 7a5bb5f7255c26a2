use http::StatusCode;
use oqs::QualificationValidity;
use web::Access;

use super::{
    browser::{PASSWORD, StationBrowser, open_browser, open_terminal},
    fake_system::{FakeEligibilitySystem, ordinary_behaviour, sample_units},
};
use crate::{Role, samples::fixtures};

#[tokio::test]
async fn nothing_of_a_patient_is_at_rest() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions").await;
    let href = list.link("/receptions/");
    let sheet = desk.get(&href).await;
    desk.submit_form(&sheet, "/confirm", &[]).await;
    let mut viewer = open_browser(&terminal);
    viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
    let patient = viewer.get("/patients").await.link("/patients/");
    let medicines = viewer.get(&format!("{patient}/medicines")).await;
    assert!(medicines.body.contains("見本プリン錠"));

    let lines = "10:30,見本 花子,ミホン ハナコ,1984-05-02,";
    let page = desk.get("/appointments").await;
    desk.submit_form(&page, "/appointments", &[("day", fixtures::VISIT_DATE), ("lines", lines)]).await;
    assert!(desk.get("/appointments").await.body.contains("ミホン ハナコ"));
    let stored: Vec<u8> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    let is_stored = |text: &str| stored.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(is_stored(&fixtures::reception_number().to_string()));
    let person = ["花子", "ハナコ", "1984", "33120015", "1234567", "見本１２", "見本共済", "プリン", PASSWORD];
    for text in person {
        assert!(!is_stored(text), "{text}");
        // Nor in an address, which histories and logs would keep.
        assert!(!href.contains(text) && !patient.contains(text), "{text}");
    }
}

/// The path of a route with values for its parameters.
fn fill_path(path: &str) -> String {
    let path = path.replace("{sealed}", "x").replace("{kind}", "medicines").replace("{care}", "online");
    path.replace("{file}", "qr.png").replace("{id}", "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b")
}

#[tokio::test]
async fn each_account_finds_its_own_pages_and_no_other() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let owner = |path: &str| match path.split('/').nth(1).unwrap() {
        "receptions" | "confirmed" | "follow-ups" | "appointments" | "by-document" | "statement" => Role::Staff,
        "patients" => Role::MedicalViewer,
        "settings" | "addresses" => Role::Administrator,
        page => panic!("{page} has no role"),
    };
    let routes: Vec<_> = terminal.routes().into_iter().filter(|route| route.access == Access::SignedIn).collect();
    assert_eq!(routes.len(), 28);
    for role in Role::ALL {
        let mut browser = open_browser(&terminal);
        let page = browser.get("/sign-in").await;
        for route in &routes {
            let path = fill_path(route.path);
            let response = if route.method == "GET" {
                browser.get(&path).await
            } else {
                browser.post_with_token(&page, &path, &[]).await
            };
            let redirection = (response.status, response.location());
            assert_eq!(redirection, (StatusCode::SEE_OTHER, Some("/sign-in")), "{path}");
        }
        browser.sign_in(fixtures::institution(), role).await;
        let page = browser.get(role.home_path()).await;
        for route in &routes {
            let path = fill_path(route.path);
            let response = if route.method == "GET" {
                browser.get(&path).await
            } else {
                browser.post_with_token(&page, &path, &[]).await
            };
            let stale = response.body.contains("terminal.link.stale");
            let missing = response.body.contains("terminal.page.none");
            if owner(route.path) == role {
                let has_link = route.path.contains("{sealed}");
                // This station has no service.
                let needs_service = path == "/appointments/fetch" || path.ends_with("/tell");
                assert_eq!((stale, missing), (has_link, needs_service), "{role} {path}");
            } else {
                assert_eq!((response.status, missing), (StatusCode::NOT_FOUND, true), "{role} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_form_without_this_browsers_token_changes_nothing() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions").await;
    let href = list.link("/receptions/");
    let sealed = desk.get(&href).await.field("seen");
    for route in terminal.routes().into_iter().filter(|route| route.method == "POST") {
        let path = fill_path(&route.path.replace("/receptions/{sealed}", &href));
        let response = desk.post(&path, &[("seen", sealed.as_str())]).await;
        assert_eq!(response.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!desk.get("/confirmed").await.body.contains(&fixtures::reception_number().to_grouped_string()));
    assert_eq!(desk.get("/").await.location(), Some("/receptions"));
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_start() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let without_tls = crate::Terminal::open(crate::Settings {
        site: system.site.clone(),
        database: database::Location::Sqlite("/nowhere".into()),
        stations: Vec::new(),
        interface: "http://eligibility.localhost:1".parse().unwrap(),
        root: Vec::new(),
    });
    assert!(matches!(without_tls, Err(crate::WrongSettings::Interface(_))));
    let folder = tempfile::tempdir().unwrap();
    let no_root = crate::Terminal::open(crate::Settings {
        site: system.site.clone(),
        database: database::Location::Sqlite(folder.path().join("terminal.db")),
        stations: vec![crate::Station {
            institution: fixtures::institution(),
            name: "見本クリニック".to_owned(),
            identity: super::fake_system::identity(&system.authority, fixtures::institution(), system.site.clock()),
            exchange: None,
            service: None,
        }],
        interface: system.address.clone(),
        root: Vec::new(),
    });
    assert!(matches!(no_root, Err(crate::WrongSettings::Identity(..))));
}
