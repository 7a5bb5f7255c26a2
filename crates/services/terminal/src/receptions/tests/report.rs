//! What is reported to the service when a reception is confirmed.

use http::StatusCode;
use oqs::QualificationValidity;
use serde_json::{Value, json};

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal, open_terminal_with},
        fake_service::{CONFIRMATION_BODY, start_service, visit},
        fake_system::{FakeEligibilitySystem, ordinary_behaviour, sample_units},
    },
};

/// Checks what the service receives after the desk has fetched these visits and confirmed the only reception.
async fn check(
    visits: Value,
    validity: QualificationValidity,
    same_person: Option<&str>,
    expected: &[(&str, &str, &str)],
) {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(validity))).await;
    let (service, requests) = start_service(json!({ "visits": visits }), StatusCode::NO_CONTENT).await;
    let (terminal, _folder) = open_terminal_with(&system, Some(service)).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let response = desk.submit_form(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    assert_eq!(response.location(), Some("/appointments"), "{}", response.body);
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let fields: Vec<_> = same_person.map(|same_person| ("same", same_person)).into_iter().collect();
    let response = desk.submit_form(&sheet, "/confirm", &fields).await;
    assert_eq!(response.status, StatusCode::SEE_OTHER);
    if !expected.is_empty() {
        // A reported appointment is not on the follow-up list.
        assert!(desk.get("/follow-ups").await.body.contains("再確認するものはありません"));
    }
    let requests = requests.lock().unwrap();
    let received: Vec<_> = requests
        .iter()
        .map(|(id, entity_tag, body)| (id.as_str(), entity_tag.as_str(), std::str::from_utf8(body).unwrap()))
        .collect();
    assert_eq!(received, expected);
}

#[tokio::test]
async fn by_number_the_service_hears_one_word_and_nothing_else() {
    let visits = json!([
        visit("by-number", "みほん はなこ", Some(fixtures::reception_number())),
        visit("alike", "みほん はなこ", None)
    ]);
    check(visits, QualificationValidity::Valid, None, &[("by-number", "\"7\"", CONFIRMATION_BODY)]).await;
}

#[tokio::test]
async fn a_number_with_another_name_is_told_only_after_a_person_says_so() {
    let visits = || json!([visit("by-number", "しんせい はなこ", Some(fixtures::reception_number()))]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("no"), &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("by-number", "\"7\"", CONFIRMATION_BODY)]).await;
    // The same without a number: only the birthday is the same.
    let visits = || json!([visit("same-birthday", "しんせい はなこ", None)]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("same-birthday", "\"7\"", CONFIRMATION_BODY)]).await;
}

#[tokio::test]
async fn another_name_is_not_confirmed_until_a_person_says_that_it_is_the_same() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let line = format!("10:30,新姓 花子,シンセイ ハナコ,1984-05-02,{}", fixtures::reception_number());
    desk.submit_form(&page, "/appointments", &[("day", fixtures::VISIT_DATE), ("lines", &line)]).await;
    let list = desk.get("/receptions").await;
    assert!(list.body.contains("氏名が違う"));
    let href = list.link("/receptions/");
    let sheet = desk.get(&href).await;
    for text in ["予約と氏名が違います", "新姓 花子", "シンセイ ハナコ", "見本　花子", "本人確認", "旧姓"]
    {
        assert!(sheet.body.contains(text), "{text}");
    }
    assert!(!sheet.body.contains("受付番号が一致"));
    let response = desk.submit_form(&sheet, "/confirm", &[]).await;
    assert_eq!(response.location(), Some("/follow-ups"));
    let follow_ups = desk.get("/follow-ups").await;
    assert!(follow_ups.body.contains("本人確認が必要") && !follow_ups.body.contains("花子"));
    assert!(desk.get("/receptions").await.body.contains("未確認"));
    assert!(!desk.get("/confirmed").await.body.contains(&fixtures::reception_number().to_grouped_string()));
    let response = desk.submit_form(&sheet, "/confirm", &[("same", "yes")]).await;
    assert_ne!(response.location(), Some("/follow-ups"));
    assert!(desk.get("/receptions").await.body.contains("確認済み"));
    assert!(desk.get("/follow-ups").await.body.contains("再確認するものはありません"));
}

#[tokio::test]
async fn by_kana_and_birthday_a_person_says_so_first() {
    let visits = || json!([visit("alike", "みほん はなこ", None)]);
    check(visits(), QualificationValidity::Valid, None, &[]).await;
    check(visits(), QualificationValidity::Valid, Some("no"), &[]).await;
    check(visits(), QualificationValidity::Valid, Some("yes"), &[("alike", "\"7\"", CONFIRMATION_BODY)]).await;
}

#[tokio::test]
async fn two_candidates_or_no_proof_tell_nothing() {
    let two = json!([visit("one", "みほん はなこ", None), visit("two", "ミホン　ハナコ", None)]);
    check(two, QualificationValidity::Valid, Some("yes"), &[]).await;
    let by_number = json!([visit("by-number", "ミホン ハナコ", Some(fixtures::reception_number()))]);
    check(by_number, QualificationValidity::Invalid, Some("yes"), &[]).await;
    check(json!([visit("../../session", "みほん はなこ", None)]), QualificationValidity::Valid, Some("yes"), &[]).await;
}

#[tokio::test]
async fn what_the_service_did_not_hear_is_to_be_done_by_hand() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let visits = json!({ "visits": [visit("by-number", "", Some(fixtures::reception_number()))] });
    let (service, _requests) = start_service(visits, StatusCode::PRECONDITION_FAILED).await;
    let (terminal, _folder) = open_terminal_with(&system, Some(service)).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    desk.submit_form(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let response = desk.submit_form(&sheet, "/confirm", &[]).await;
    assert_eq!(response.location(), Some("/follow-ups"));
    let follow_ups = desk.get("/follow-ups").await;
    assert!(follow_ups.body.contains("予約側に未通知") && follow_ups.body.contains("端末で確認しました"));
    desk.submit_form(&follow_ups, "/done", &[]).await;
    assert!(desk.get("/follow-ups").await.body.contains("再確認するものはありません"));
}
