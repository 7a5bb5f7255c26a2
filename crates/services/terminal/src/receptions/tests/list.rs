use http::StatusCode;
use oqs::{ProcessingResult, QualificationValidity};

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal, other_institution},
        fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour, sample_units},
    },
};

#[tokio::test]
async fn the_desk_reads_a_reception_and_takes_note_of_it() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    assert_eq!(desk.get("/").await.location(), Some("/sign-in"));
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    assert_eq!(desk.get("/").await.location(), Some("/receptions"));

    let list = desk.get("/receptions").await;
    assert_eq!(list.status, StatusCode::OK);
    for text in ["見本　花子", "ミホン　ハナコ", "1984/05/02", "昭和59年5月2日", "有効", "薬剤 同意", "未確認"]
    {
        assert!(list.body.contains(text), "{text}");
    }
    assert!(list.body.contains(&fixtures::reception_number().to_grouped_string()));

    let sheet = desk.get(&list.link("/receptions/")).await;
    for text in ["資格：有効", "33120015", "見本１２", "1234567", "低所得Ⅱ", "人工透析", "2割", "印刷する"]
    {
        assert!(sheet.body.contains(text), "{text}");
    }
    let confirm = format!("{}/confirm", list.link("/receptions/"));
    for _ in 0..2 {
        let response = desk.submit_form(&sheet, &confirm, &[]).await;
        let list_path = format!("/receptions?by=visit&day={}", fixtures::VISIT_DATE);
        assert_eq!((response.status, response.location()), (StatusCode::SEE_OTHER, Some(list_path.as_str())));
    }
    let list = desk.get("/receptions").await;
    assert!(list.body.contains("確認済み") && !list.body.contains("未確認"));
    let confirmations = desk.get("/confirmed").await;
    assert_eq!(confirmations.body.matches(&fixtures::reception_number().to_grouped_string()).count(), 1);
    assert!(!confirmations.body.contains("花子"));
}

#[tokio::test]
async fn more_receptions_than_one_page_shows_are_on_the_next() {
    let valid = Some(QualificationValidity::Valid);
    let units = (0..130).map(|index| {
        let mut result = fixtures::former_member();
        result.inquiry_number = oqs::InquiryNumber::new(&format!("K{index:03}"));
        // Units of one reception would be joined; these are different receptions.
        oqs::BulkUnit { search: None, ..fixtures::unit(ProcessingResult::normal(), valid, vec![result]) }
    });
    let system = FakeEligibilitySystem::start(ordinary_behaviour(units.collect())).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/receptions").await;
    for text in ["130件", "照会番号 K000", "照会番号 K099", "次へ"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("K100"));
    let next = page.body.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = desk.get(&next.replace("&amp;", "&")).await;
    for text in ["130件", "照会番号 K100", "照会番号 K129", "前へ"] {
        assert!(page.body.contains(text), "{text}");
    }
    assert!(!page.body.contains("K099") && !page.body.contains("次へ"));
    // Beyond the last page is the last page.
    assert!(desk.get("/receptions?page=9").await.body.contains("K129"));
    assert!(desk.get("/receptions?page=0").await.body.contains("K000"));
}

#[tokio::test]
async fn a_system_that_is_closed_is_said_in_words_and_the_form_stays() {
    let system = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/receptions?by=consent&day=2026-11-20").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    for text in ["停止中です", "被保険者資格申立書", "terminal.interface.closed", "value=\"2026-11-20\""]
    {
        assert!(page.body.contains(text), "{text}");
    }
    let page = desk.get("/receptions?day=2026-02-30").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_link_opens_only_for_the_browser_account_and_institution_it_was_made_for() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    for institution in [fixtures::institution(), other_institution()] {
        let mut other_browser = open_browser(&terminal);
        other_browser.sign_in(institution, Role::Staff).await;
        assert!(other_browser.get(&href).await.body.contains("terminal.link.stale"));
    }
    let page = desk.get("/receptions").await;
    assert_eq!(desk.submit_form(&page, "/sign-out", &[]).await.location(), Some("/sign-in"));
    assert_eq!(desk.get(&href).await.location(), Some("/sign-in"));
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let response = desk.get(&href).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
    assert!(response.body.contains("terminal.link.stale"));
}
