//! The desk's actions: appointments, reports to the service, the receipt computer, the settings.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use oqs::{ProcessingResult, QualificationValidity};
use serde_json::{Value, json};

use super::{
    browser::{Browser, find_form_action, open_terminal, open_terminal_with},
    fake_service::{CONFIRMATION_BODY, start_service, visit},
    fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour, sample_units},
};
use crate::{Role, samples::fixtures};

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
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let response = desk.post(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    assert_eq!(response.location.as_deref(), Some("/appointments"), "{}", response.html);
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let sealed = sheet.field("seen");
    let mut fields = vec![("seen", sealed.as_str())];
    fields.extend(same_person.map(|same_person| ("same", same_person)));
    let response = desk.post(&sheet, &format!("{href}/confirm"), &fields).await;
    assert_eq!(response.status, StatusCode::SEE_OTHER);
    if !expected.is_empty() {
        // A reported appointment is not on the follow-up list.
        assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
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
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    let line = format!("10:30,新姓 花子,シンセイ ハナコ,1984-05-02,{}", fixtures::reception_number());
    desk.post(&page, "/appointments", &[("day", fixtures::VISIT_DATE), ("lines", &line)]).await;
    let list = desk.get("/receptions").await;
    assert!(list.html.contains("氏名が違う"));
    let href = list.link("/receptions/");
    let sheet = desk.get(&href).await;
    for text in ["予約と氏名が違います", "新姓 花子", "シンセイ ハナコ", "見本　花子", "本人確認", "旧姓"]
    {
        assert!(sheet.html.contains(text), "{text}");
    }
    assert!(!sheet.html.contains("受付番号が一致"));
    let sealed = sheet.field("seen");
    let response = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &sealed)]).await;
    assert_eq!(response.location.as_deref(), Some("/follow-ups"));
    let follow_ups = desk.get("/follow-ups").await;
    assert!(follow_ups.html.contains("本人確認が必要") && !follow_ups.html.contains("花子"));
    assert!(desk.get("/receptions").await.html.contains("未確認"));
    assert!(!desk.get("/confirmed").await.html.contains(&fixtures::reception_number().to_grouped_string()));
    let response = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &sealed), ("same", "yes")]).await;
    assert_ne!(response.location.as_deref(), Some("/follow-ups"));
    assert!(desk.get("/receptions").await.html.contains("確認済み"));
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
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
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/appointments").await;
    desk.post(&page, "/appointments/fetch", &[("day", fixtures::VISIT_DATE)]).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let sealed = sheet.field("seen");
    let response = desk.post(&sheet, &format!("{href}/confirm"), &[("seen", &sealed)]).await;
    assert_eq!(response.location.as_deref(), Some("/follow-ups"));
    let follow_ups = desk.get("/follow-ups").await;
    assert!(follow_ups.html.contains("予約側に未通知") && follow_ups.html.contains("端末で確認しました"));
    desk.post(&follow_ups, &find_form_action(&follow_ups.html, "/done"), &[]).await;
    assert!(desk.get("/follow-ups").await.html.contains("再確認するものはありません"));
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
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let page = desk.get("/receptions").await;
    for text in ["130件", "照会番号 K000", "照会番号 K099", "次へ"] {
        assert!(page.html.contains(text), "{text}");
    }
    assert!(!page.html.contains("K100"));
    let next = page.html.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let page = desk.get(&next.replace("&amp;", "&")).await;
    for text in ["130件", "照会番号 K100", "照会番号 K129", "前へ"] {
        assert!(page.html.contains(text), "{text}");
    }
    assert!(!page.html.contains("K099") && !page.html.contains("次へ"));
    // Beyond the last page is the last page.
    assert!(desk.get("/receptions?page=9").await.html.contains("K129"));
    assert!(desk.get("/receptions?page=0").await.html.contains("K000"));
}

#[tokio::test]
async fn the_result_is_handed_to_the_receipt_computer_as_a_card_reception_is() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, folder) = open_terminal(&system).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let response = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    let page = desk.get(response.location.as_deref().unwrap()).await;
    assert!(page.html.contains("レセコンに渡しました"));
    let face: Vec<_> = std::fs::read_dir(folder.path().join("exchange/face")).unwrap().map(Result::unwrap).collect();
    let name: oqs::FileName = face[0].file_name().to_str().unwrap().parse().unwrap();
    // The clock goes on meanwhile.
    assert!(name.face_time().is_some_and(|time| time >= fixtures::now()));
    let reading = oqs::parse(name.interface(), &std::fs::read(face[0].path()).unwrap()).unwrap();
    let oqs::Message::QualificationResponse(response) = reading.message else { panic!("another message") };
    let oqs::Outcome::Normal(body) = response.outcome else { panic!("no outcome") };
    assert!(response.header.identifier.is_some() && body.search.is_none(), "as a card reader writes it");
    let [result] = body.results.as_slice() else { panic!("one person: {:?}", body.results) };
    assert!(result.key.as_ref().is_some_and(|key| key.len() == 32));
    let viewing = [result.check_ups, result.medicines, result.diagnoses, result.operations];
    for viewing_consent in viewing.into_iter().flatten() {
        let (start, end) = (viewing_consent.consent.changed_at.unwrap(), viewing_consent.available_until.unwrap());
        assert_eq!(end.duration_since(start), base::Span::from_hours(24));
    }
    let expected = fixtures::person_with_everything();
    let unchanged = oqs::QualificationResult {
        limit_consent: expected.limit_consent,
        diseases_consent: expected.diseases_consent,
        check_ups: expected.check_ups,
        medicines: expected.medicines,
        diagnoses: expected.diagnoses,
        operations: expected.operations,
        key: None,
        ..result.clone()
    };
    assert_eq!((face.len(), unchanged), (1, expected));
}

#[tokio::test]
async fn of_several_insurances_none_is_handed_to_the_receipt_computer() {
    let mut second = fixtures::former_member();
    second.number = oqs::CardNumber::new("7654321").unwrap();
    let several = vec![fixtures::person_with_everything(), second];
    let unit = fixtures::unit(ProcessingResult::normal(), Some(QualificationValidity::Several), several);
    let system = FakeEligibilitySystem::start(ordinary_behaviour(vec![unit])).await;
    let (terminal, folder) = open_terminal(&system).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    assert!(sheet.html.contains("レセコンには渡しません") && !sheet.html.contains("hand-over"));
    let response = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    assert_eq!(response.status, StatusCode::NOT_FOUND);
    assert_eq!(std::fs::read_dir(folder.path().join("exchange/face")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_hand_over_that_the_system_does_not_answer_is_kept_in_mind() {
    let closed = Arc::new(Mutex::new(false));
    let state = closed.clone();
    let respond = ordinary_behaviour(sample_units(QualificationValidity::Valid));
    let system =
        FakeEligibilitySystem::start(
            move |name: &oqs::FileName, question| {
                if *state.lock().unwrap() { Reply::Status(503) } else { respond(name, question) }
            },
        )
        .await;
    let (terminal, folder) = open_terminal(&system).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    *closed.lock().unwrap() = true;
    let page = desk.post(&sheet, &format!("{href}/hand-over"), &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    // The page of the reception, with the link to ask again.
    assert!(page.html.contains("一覧に戻る") && page.html.contains(&format!("href=\"{href}\"")));
    let follow_ups = desk.get("/follow-ups").await;
    assert!(
        follow_ups.html.contains("システム停止中")
            && follow_ups.html.contains(&fixtures::reception_number().to_grouped_string())
    );
    assert_eq!(std::fs::read_dir(folder.path().join("exchange/face")).unwrap().count(), 0);
}
