//! 被保険者資格申立書: a form to print, prefilled with the known items, without a request to the system.

use oqs::{ProcessingResult, QualificationValidity};

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, ordinary_behaviour},
    },
};

#[tokio::test]
async fn a_statement_has_what_list_and_appointment_tell_and_asks_nothing() {
    let nobody = fixtures::unit(ProcessingResult::normal(), Some(QualificationValidity::NotFound), Vec::new());
    let system = FakeEligibilitySystem::start(ordinary_behaviour(vec![nobody])).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let blank = desk.get("/statement").await;
    for text in ["被保険者資格申立書", "見本クリニック", "保険者名", "事業所名", "署名", "（記入欄）", "2026年11月24日"]
    {
        assert!(blank.body.contains(text), "{text} in {}", blank.body);
    }
    let form = desk.get("/appointments").await;
    let line = format!("10:30,見本 花子,ミホン ハナコ,1984-05-02,{}", fixtures::reception_number());
    desk.submit_form(&form, "/appointments", &[("day", fixtures::VISIT_DATE), ("lines", &line)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    assert!(sheet.body.contains(&format!("href=\"{href}/statement\"")), "{}", sheet.body);
    let requests = system.requested_prefixes();
    let prefilled = desk.get(&format!("{href}/statement")).await;
    for text in ["見本 花子", "ミホン ハナコ", "昭和59年5月2日"] {
        assert!(prefilled.body.contains(text) && !blank.body.contains(text), "{text}");
    }
    assert_eq!(system.requested_prefixes(), requests);
}

#[tokio::test]
async fn whose_insurance_is_valid_writes_none() {
    let valid = fixtures::unit(
        ProcessingResult::normal(),
        Some(QualificationValidity::Valid),
        vec![fixtures::person_with_everything()],
    );
    let system = FakeEligibilitySystem::start(ordinary_behaviour(vec![valid])).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    assert!(!desk.get(&href).await.body.contains("/statement"));
}
