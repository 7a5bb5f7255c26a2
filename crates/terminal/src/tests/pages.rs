use http::StatusCode;
use oqs::{FileName, MedicalOutcome, MedicalRefusal, MedicalResponse, MedicalResponseHeader, Message};
use shell::Access;

use super::{
    browser::{Browser, PASSWORD, open_terminal, other_institution},
    fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour},
};
use crate::{Role, pages::fixtures};

fn sample_units() -> Vec<oqs::BulkUnit> {
    let valid = Some(oqs::QualificationValidity::Valid);
    vec![fixtures::unit(oqs::ProcessingResult::normal(), valid, vec![fixtures::person_with_everything()])]
}

#[tokio::test]
async fn the_desk_reads_a_reception_and_takes_note_of_it() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    assert_eq!(desk.get("/").await.location.as_deref(), Some("/sign-in"));
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    assert_eq!(desk.get("/").await.location.as_deref(), Some("/receptions"));

    let list = desk.get("/receptions").await;
    assert_eq!(list.status, StatusCode::OK);
    for shown in ["見本　花子", "ミホン　ハナコ", "1984/05/02", "昭和59年5月2日", "有効", "薬剤 同意", "未確認"]
    {
        assert!(list.html.contains(shown), "{shown}");
    }
    assert!(list.html.contains(&fixtures::reception_number().to_grouped_string()));

    let sheet = desk.get(&list.link("/receptions/")).await;
    for shown in ["資格：有効", "33120015", "見本１２", "1234567", "低所得Ⅱ", "人工透析", "2割", "印刷する"]
    {
        assert!(sheet.html.contains(shown), "{shown}");
    }
    let confirm = format!("{}/confirm", list.link("/receptions/"));
    let seen = sheet.field("seen");
    for _ in 0..2 {
        let answer = desk.post(&sheet, &confirm, &[("seen", &seen)]).await;
        let back = format!("/receptions?by=visit&day={}", fixtures::VISIT_DATE);
        assert_eq!((answer.status, answer.location), (StatusCode::SEE_OTHER, Some(back)));
    }
    let list = desk.get("/receptions").await;
    assert!(list.html.contains("確認済み") && !list.html.contains("未確認"));
    let noted = desk.get("/confirmed").await;
    assert_eq!(noted.html.matches(&fixtures::reception_number().to_grouped_string()).count(), 1);
    assert!(!noted.html.contains("花子"));
}

#[tokio::test]
async fn nothing_of_a_patient_is_at_rest() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions").await;
    let href = list.link("/receptions/");
    let sheet = desk.get(&href).await;
    let seen = sheet.field("seen");
    desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &seen)]).await;
    let mut viewer = Browser::new(&terminal);
    viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
    let patient = viewer.get("/patients").await.link("/patients/");
    let medicines = viewer.get(&format!("{patient}/medicines")).await;
    assert!(medicines.html.contains("見本プリン錠"));

    let brought = "10:30,見本 花子,ミホン ハナコ,1984-05-02,";
    let page = desk.get("/appointments").await;
    desk.post(&page, "/appointments", &[("day", fixtures::VISIT_DATE), ("lines", brought)]).await;
    assert!(desk.get("/appointments").await.html.contains("ミホン ハナコ"));
    let kept: Vec<u8> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.is_file())
        .flat_map(|path| std::fs::read(path).unwrap())
        .collect();
    let is_kept = |text: &str| kept.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(is_kept(&fixtures::reception_number().to_string()));
    let person = ["花子", "ハナコ", "1984", "33120015", "1234567", "見本１２", "見本共済", "プリン", PASSWORD];
    for text in person {
        assert!(!is_kept(text), "{text}");
        // Nor in an address, where histories and logs keep it.
        assert!(!href.contains(text) && !patient.contains(text), "{text}");
    }
}

#[tokio::test]
async fn medical_information_is_asked_for_one_kind_at_a_time() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut viewer = Browser::new(&terminal);
    viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
    let patient = viewer.get("/patients").await.link("/patients/");
    let overview = viewer.get(&patient).await;
    assert!(overview.html.contains("患者情報詳細") && overview.html.contains("/operations"));
    assert_eq!(other.requested_prefixes(), ["OQSmuonq01req", "OQSmuonq02req", "OQSsionq01req"]);
    let page = viewer.get(&format!("{patient}/medicines?from=2026-01&to=2026-10")).await;
    assert!(page.html.contains("見本プリン錠") && page.html.contains("１日１回朝食後"));
    // What is printed says whose it is, of which months, who asked and when.
    let (_, sheet) = page.html.split_once("class=\"sheet\"").unwrap();
    for shown in
        ["見本　花子", "2026年1月〜2026年10月", "見本クリニック", "2026年11月24日 9:30", "見本プリン錠", "印刷する"]
    {
        assert!(sheet.contains(shown), "{shown} in {sheet}");
    }
    let page = viewer.get(&format!("{patient}/medicines?from=2026-10&to=2026-01")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(viewer.get(&format!("{patient}/diaries")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.requested_prefixes().last().unwrap(), "YZKsiquc01req");
    assert_eq!(other.requested_prefixes().len(), 4);
}

#[tokio::test]
async fn what_may_not_be_seen_is_said_in_words() {
    let cases = [
        ("U201", "同意されていません"),
        ("U202", "患者が同意を取り消しました"),
        ("U204", "同意の期限が切れました"),
        ("U205", "猶予期間中"),
    ];
    for (code, words) in cases {
        let other = FakeEligibilitySystem::start(move |name: &FileName, question| match question {
            Message::MedicalRequest(request) => Reply::Message(Message::MedicineRecords(MedicalResponse {
                header: MedicalResponseHeader {
                    processed_at: None,
                    institution: Some(request.header.institution),
                    identifier: request.header.identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(MedicalRefusal::new(code, None).unwrap()),
            })),
            question => ordinary_behaviour(sample_units())(name, question),
        })
        .await;
        let (terminal, _folder) = open_terminal(&other).await;
        let mut viewer = Browser::new(&terminal);
        viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
        let patient = viewer.get("/patients").await.link("/patients/");
        let page = viewer.get(&format!("{patient}/medicines")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.html.contains(words), "{code}");
    }
}

#[tokio::test]
async fn a_system_that_is_closed_is_said_in_words_and_the_form_stays() {
    let other = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/receptions?by=consent&day=2026-11-20").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    for shown in ["停止中です", "被保険者資格申立書", "terminal.interface.closed", "value=\"2026-11-20\""]
    {
        assert!(page.html.contains(shown), "{shown}");
    }
    let page = desk.get("/receptions?day=2026-02-30").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_administrator_sees_the_terminals_settings_though_the_system_tells_none() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut administrator = Browser::new(&terminal);
    administrator.sign_in(fixtures::institution(), Role::Administrator).await;
    let page = administrator.get("/settings").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains(&fixtures::institution().to_string()) && page.html.contains("未対応です。"));
}

/// The path of a route with something in the place of its parameters.
fn fill_path(path: &str) -> String {
    let path = path.replace("{sealed}", "x").replace("{kind}", "medicines").replace("{care}", "online");
    path.replace("{file}", "qr.png").replace("{id}", "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b")
}

#[tokio::test]
async fn each_account_finds_its_own_pages_and_no_other() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let owner = |path: &str| match path.split('/').nth(1).unwrap() {
        "receptions" | "confirmed" | "follow-ups" | "appointments" | "by-document" | "statement" => Role::Staff,
        "patients" => Role::MedicalViewer,
        "settings" | "addresses" => Role::Administrator,
        other => panic!("{other} is nobody's"),
    };
    let known: Vec<_> = terminal.routes().into_iter().filter(|route| route.access == Access::SignedIn).collect();
    assert_eq!(known.len(), 28);
    for role in Role::ALL {
        let mut browser = Browser::new(&terminal);
        let page = browser.get("/sign-in").await;
        for route in &known {
            let path = fill_path(route.path);
            let answer =
                if route.method == "GET" { browser.get(&path).await } else { browser.post(&page, &path, &[]).await };
            let asked_to = (answer.status, answer.location.as_deref());
            assert_eq!(asked_to, (StatusCode::SEE_OTHER, Some("/sign-in")), "{path}");
        }
        browser.sign_in(fixtures::institution(), role).await;
        let page = browser.get(role.home_path()).await;
        for route in &known {
            let path = fill_path(route.path);
            let answer =
                if route.method == "GET" { browser.get(&path).await } else { browser.post(&page, &path, &[]).await };
            let stale = answer.html.contains("terminal.link.stale");
            let none = answer.html.contains("terminal.page.none");
            if owner(route.path) == role {
                let opens = route.path.contains("{sealed}");
                // This station has no service to fetch from, or to tell.
                let service = path == "/appointments/fetch" || path.ends_with("/tell");
                assert_eq!((stale, none), (opens, service), "{role} {path}");
            } else {
                assert_eq!((answer.status, none), (StatusCode::NOT_FOUND, true), "{role} {path}");
            }
        }
    }
}

#[tokio::test]
async fn a_form_without_this_browsers_token_changes_nothing() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions").await;
    let href = list.link("/receptions/");
    let seen = desk.get(&href).await.field("seen");
    for route in terminal.routes().into_iter().filter(|route| route.method == "POST") {
        let path = fill_path(&route.path.replace("/receptions/{sealed}", &href));
        let answer = desk.post_without_token(&path, &[("seen", seen.as_str())]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(!desk.get("/confirmed").await.html.contains(&fixtures::reception_number().to_grouped_string()));
    assert_eq!(desk.get("/").await.location.as_deref(), Some("/receptions"));
}

#[tokio::test]
async fn a_link_opens_only_for_the_browser_account_and_institution_it_was_made_for() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    for institution in [fixtures::institution(), other_institution()] {
        let mut another = Browser::new(&terminal);
        another.sign_in(institution, Role::Staff).await;
        assert!(another.get(&href).await.html.contains("terminal.link.stale"));
    }
    let page = desk.get("/receptions").await;
    assert_eq!(desk.post(&page, "/sign-out", &[]).await.location.as_deref(), Some("/sign-in"));
    assert_eq!(desk.get(&href).await.location.as_deref(), Some("/sign-in"));
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let answer = desk.get(&href).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.html.contains("terminal.link.stale"));
}

#[tokio::test]
async fn a_wrong_password_says_so_and_too_many_say_until_when() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut browser = Browser::new(&terminal);
    let page = browser.get("/sign-in").await;
    let code = fixtures::institution().to_string();
    let fields = [("institution", code.as_str()), ("role", "staff"), ("password", "not the password")];
    for _ in 0..8 {
        let answer = browser.post(&page, "/sign-in", &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.html.contains("アカウントまたはパスワードが違います"));
        assert!(!answer.html.contains("not the password"));
    }
    let answer = browser.post(&page, "/sign-in", &fields).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.html.contains("2026年11月24日 9:45までログインできません"));
    let answer = browser.post(&page, "/sign-in", &[("institution", "0000000000")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = browser.post(&page, "/sign-in", &[("institution", code.as_str()), ("role", "root")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_at_start() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let clear = crate::Terminal::open(crate::Settings {
        site: other.site.clone(),
        database: database::Location::Sqlite("/nowhere".into()),
        stations: Vec::new(),
        interface: "http://eligibility.localhost:1".parse().unwrap(),
        root: Vec::new(),
    });
    assert!(matches!(clear, Err(crate::WrongSettings::Interface(_))));
    let folder = tempfile::tempdir().unwrap();
    let no_root = crate::Terminal::open(crate::Settings {
        site: other.site.clone(),
        database: database::Location::Sqlite(folder.path().join("terminal.db")),
        stations: vec![crate::Station {
            institution: fixtures::institution(),
            name: "見本クリニック".to_owned(),
            identity: super::fake_system::identity(&other.authority, fixtures::institution(), other.site.clock()),
            exchange: None,
            service: None,
        }],
        interface: other.address.clone(),
        root: Vec::new(),
    });
    assert!(matches!(no_root, Err(crate::WrongSettings::Identity(..))));
}
