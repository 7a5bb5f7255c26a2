//! 訪問診療等: a list of its own, checks before each visit, and the withdrawal of consent.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use oqs::{FileName, MedicalTreatment, Message, Period, ProcessingResult, QualificationValidity};

use crate::{
    Role,
    samples::fixtures::{self, SampleConsents},
    tests::{
        browser::{StationBrowser, open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour},
    },
};

fn sample_units() -> Vec<oqs::BulkUnit> {
    let person = fixtures::as_home_visit(fixtures::person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
    vec![fixtures::home_visit_unit(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![person])]
}

/// A system that records its requests, and after a withdrawal responds accordingly.
async fn start_system() -> (FakeEligibilitySystem, Arc<Mutex<Vec<Message>>>) {
    let requests = Arc::<Mutex<Vec<Message>>>::default();
    let recorded = requests.clone();
    let system = FakeEligibilitySystem::start(move |name: &FileName, question| {
        let withdrawn = {
            let mut recorded = recorded.lock().unwrap();
            recorded.push(question.clone());
            recorded.iter().any(|message| matches!(message, Message::WithdrawalRequest(_)))
        };
        let mut reply = ordinary_behaviour(sample_units())(name, question);
        if let Reply::Message(Message::QualificationResponse(response)) = &mut reply
            && let oqs::Outcome::Normal(body) = &mut response.outcome
            && withdrawn
        {
            body.processing = oqs::ResultCode::WithdrawnByInstitution.processing_result();
            (body.validity, body.results) = (None, Vec::new());
        }
        reply
    })
    .await;
    (system, requests)
}

#[tokio::test]
async fn home_visits_are_listed_by_three_months_of_consent() {
    let (system, requests) = start_system().await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions?by=home-visit&day=2026-11-24").await;
    assert_eq!(list.status, StatusCode::OK);
    for text in
        ["見本　花子", "訪問診療等の同意年月日", "2026年8月25日", "前の3か月", "by=home-visit&amp;day=2026-08-24"]
    {
        assert!(list.body.contains(text), "{text} in {}", list.body);
    }
    assert!(!list.body.contains("受診年月日"));
    assert_eq!(system.requested_prefixes(), ["OQSmuhvq01req", "OQSmuhvq02req"]);
    let requests = requests.lock().unwrap();
    let Some(Message::BulkSearch(request)) = requests.first() else { panic!("{requests:?}") };
    let (from, to) = (fixtures::day("2026-08-25"), fixtures::day("2026-11-24"));
    assert_eq!(request.body.search.period, Period::Consent { from, to });
    assert_eq!(request.body.search.treatment, MedicalTreatment::HomeVisit);
}

#[tokio::test]
async fn a_consent_is_asked_about_again_and_given_back_only_after_it_was_said_what_that_means() {
    let (system, requests) = start_system().await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions?by=home-visit").await.link("/receptions/");
    for _ in 0..2 {
        let sheet = desk.get(&href).await;
        for text in ["資格：有効", "再照会する", "同意の取消しへ", "取り消されるまで"] {
            assert!(sheet.body.contains(text), "{text} in {}", sheet.body);
        }
    }
    assert_eq!(system.requested_prefixes()[2..], ["OQSsihvq01req", "OQSsihvq01req"]);
    let form = desk.get(&format!("{href}/withdraw")).await;
    assert!(form.body.contains("元に戻すことはできません"));
    assert_eq!(system.requested_prefixes().len(), 4, "nothing is asked before it is confirmed");
    let response = desk.submit_form(&form, "/withdraw", &[]).await;
    assert_eq!((response.status, response.location()), (StatusCode::SEE_OTHER, Some(href.as_str())));
    let sheet = desk.get(&href).await;
    assert!(sheet.body.contains("医療機関が同意を取り消しました") && !sheet.body.contains("同意の取消しへ"));
    assert_eq!(system.requested_prefixes()[4..], ["OQSsihvd01req", "OQSsihvq01req"]);
    let requests = requests.lock().unwrap();
    let Message::WithdrawalRequest(request) = &requests[4] else { panic!("{:?}", requests[4]) };
    let consent = &request.body.consent;
    assert_eq!((consent.insurer.to_string().as_str(), consent.number.as_str()), ("33120015", "1234567"));
    assert_eq!((consent.birthdate, &consent.kinds[..]), (fixtures::day("1984-05-02"), &[][..]));
}

#[tokio::test]
async fn what_the_system_does_not_give_back_is_said() {
    let system = FakeEligibilitySystem::start(|name: &FileName, question| {
        let mut reply = ordinary_behaviour(sample_units())(name, question);
        if let Reply::Message(Message::WithdrawalResponse(response)) = &mut reply {
            let processing = oqs::ResultCode::ReceptionNotFound.processing_result();
            response.outcome = oqs::Outcome::Normal(oqs::WithdrawalResponse { processing });
        }
        reply
    })
    .await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions?by=home-visit").await.link("/receptions/");
    let form = desk.get(&format!("{href}/withdraw")).await;
    let page = desk.submit_form(&form, "/withdraw", &[]).await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY);
    assert!(page.body.contains("該当する受付がありません。") && page.body.contains("同意を取り消す"));
}

#[tokio::test]
async fn a_consent_of_online_care_cannot_be_given_back() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions").await;
    let href = list.link("/receptions/");
    assert!(!desk.get(&href).await.body.contains("同意の取消しへ"));
    let page = desk.get(&format!("{href}/withdraw")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.post_with_token(&list, &format!("{href}/withdraw"), &[]).await.status, StatusCode::NOT_FOUND);
    assert!(!system.requested_prefixes().contains(&"OQSsihvd01req".to_owned()));
}

#[tokio::test]
async fn medical_information_is_asked_for_by_the_consent_for_home_visits() {
    let (system, requests) = start_system().await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut viewer = open_browser(&terminal);
    viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
    let list = viewer.get("/patients?by=home-visit").await;
    assert!(list.body.contains("取り消されるまで"));
    let patient = list.link("/patients/");
    assert!(viewer.get(&patient).await.body.contains("取り消されるまで"));
    assert!(viewer.get(&format!("{patient}/medicines")).await.body.contains("見本プリン錠"));
    assert_eq!(system.requested_prefixes(), ["OQSmuhvq01req", "OQSmuhvq02req", "OQSsihvq01req", "YZKsiquc01req"]);
    let requests = requests.lock().unwrap();
    let Some(Message::MedicalRequest(request)) = requests.last() else { panic!("{requests:?}") };
    assert_eq!(request.body.treatment, MedicalTreatment::HomeVisit);
}

#[tokio::test]
async fn a_list_of_home_visits_that_did_not_come_is_to_be_asked_for_again() {
    let system = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut desk = open_browser(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    desk.get("/receptions?by=home-visit&day=2026-11-24").await;
    let follow_ups = desk.get("/follow-ups").await;
    assert!(
        follow_ups.body.contains("訪問診療等の同意年月日")
            && follow_ups.body.contains("by=home-visit&amp;day=2026-11-24")
    );
}
