//! Handing a result over to a receipt computer.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use oqs::{ProcessingResult, QualificationValidity};

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour, sample_units},
    },
};

#[tokio::test]
async fn the_result_is_handed_to_the_receipt_computer_as_a_card_reception_is() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    let response = desk.submit_form(&sheet, "/hand-over", &[]).await;
    let page = desk.get(response.redirect_target()).await;
    assert!(page.body.contains("レセコンに渡しました"));
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
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    assert!(sheet.body.contains("レセコンには渡しません") && !sheet.body.contains("hand-over"));
    let response = desk.post_with_token(&sheet, &format!("{href}/hand-over"), &[]).await;
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
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions").await.link("/receptions/");
    let sheet = desk.get(&href).await;
    *closed.lock().unwrap() = true;
    let page = desk.submit_form(&sheet, "/hand-over", &[]).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    // The page of the reception, with the link to ask again.
    assert!(page.body.contains("一覧に戻る") && page.body.contains(&format!("href=\"{href}\"")));
    let follow_ups = desk.get("/follow-ups").await;
    assert!(
        follow_ups.body.contains("システム停止中")
            && follow_ups.body.contains(&fixtures::reception_number().to_grouped_string())
    );
    assert_eq!(std::fs::read_dir(folder.path().join("exchange/face")).unwrap().count(), 0);
}
