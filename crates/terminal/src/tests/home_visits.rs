//! 訪問診療等: listed apart, asked about again as often as there is a visit, and given back.

use std::sync::{Arc, Mutex};

use http::StatusCode;
use oqs::{FileName, MedicalTreatment, Message, Period, ProcessingResult, QualificationValidity};

use super::{
    browser::{Browser, open_terminal},
    fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour},
};
use crate::{
    Role,
    pages::fixtures::{self, SampleConsents},
};

fn sample_units() -> Vec<oqs::BulkUnit> {
    let person = fixtures::as_home_visit(fixtures::person("見本　花子", "ミホン　ハナコ", SampleConsents::All));
    vec![fixtures::home_visit_unit(ProcessingResult::normal(), Some(QualificationValidity::Valid), vec![person])]
}

/// A system that keeps what it was asked, and after a withdrawal says so.
async fn start_system() -> (FakeEligibilitySystem, Arc<Mutex<Vec<Message>>>) {
    let heard = Arc::<Mutex<Vec<Message>>>::default();
    let kept = heard.clone();
    let other = FakeEligibilitySystem::start(move |name: &FileName, question| {
        let withdrawn = {
            let mut kept = kept.lock().unwrap();
            kept.push(question.clone());
            kept.iter().any(|message| matches!(message, Message::WithdrawalRequest(_)))
        };
        let mut reply = ordinary_behaviour(sample_units())(name, question);
        if let Reply::Message(Message::QualificationResponse(answer)) = &mut reply
            && let oqs::Outcome::Normal(body) = &mut answer.outcome
            && withdrawn
        {
            body.processing = oqs::ResultCode::WithdrawnByInstitution.processing_result();
            (body.validity, body.results) = (None, Vec::new());
        }
        reply
    })
    .await;
    (other, heard)
}

#[tokio::test]
async fn home_visits_are_listed_by_three_months_of_consent() {
    let (other, heard) = start_system().await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions?by=home-visit&day=2026-11-24").await;
    assert_eq!(list.status, StatusCode::OK);
    for shown in
        ["見本　花子", "訪問診療等の同意年月日", "2026年8月25日", "前の3か月", "by=home-visit&amp;day=2026-08-24"]
    {
        assert!(list.html.contains(shown), "{shown} in {}", list.html);
    }
    assert!(!list.html.contains("受診年月日"));
    assert_eq!(other.requested_prefixes(), ["OQSmuhvq01req", "OQSmuhvq02req"]);
    let heard = heard.lock().unwrap();
    let Some(Message::BulkSearch(request)) = heard.first() else { panic!("{heard:?}") };
    let (from, to) = (fixtures::day("2026-08-25"), fixtures::day("2026-11-24"));
    assert_eq!(request.body.search.period, Period::Consent { from, to });
    assert_eq!(request.body.search.treatment, MedicalTreatment::HomeVisit);
}

#[tokio::test]
async fn a_consent_is_asked_about_again_and_given_back_only_after_it_was_said_what_that_means() {
    let (other, heard) = start_system().await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions?by=home-visit").await.link("/receptions/");
    for _ in 0..2 {
        let sheet = desk.get(&href).await;
        for shown in ["資格：有効", "再照会する", "同意の取消しへ", "取り消されるまで"] {
            assert!(sheet.html.contains(shown), "{shown} in {}", sheet.html);
        }
    }
    assert_eq!(other.requested_prefixes()[2..], ["OQSsihvq01req", "OQSsihvq01req"]);
    let asks = desk.get(&format!("{href}/withdraw")).await;
    assert!(asks.html.contains("元に戻すことはできません"));
    assert_eq!(other.requested_prefixes().len(), 4, "nothing is asked before it is confirmed");
    let done = desk.post(&asks, &format!("{href}/withdraw"), &[]).await;
    assert_eq!((done.status, done.location.as_deref()), (StatusCode::SEE_OTHER, Some(href.as_str())));
    let sheet = desk.get(&href).await;
    assert!(sheet.html.contains("医療機関が同意を取り消しました") && !sheet.html.contains("同意の取消しへ"));
    assert_eq!(other.requested_prefixes()[4..], ["OQSsihvd01req", "OQSsihvq01req"]);
    let heard = heard.lock().unwrap();
    let Message::WithdrawalRequest(request) = &heard[4] else { panic!("{:?}", heard[4]) };
    let consent = &request.body.consent;
    assert_eq!((consent.insurer.to_string().as_str(), consent.number.as_str()), ("33120015", "1234567"));
    assert_eq!((consent.birthdate, &consent.kinds[..]), (fixtures::day("1984-05-02"), &[][..]));
}

#[tokio::test]
async fn what_the_system_does_not_give_back_is_said() {
    let other = FakeEligibilitySystem::start(|name: &FileName, question| {
        let mut reply = ordinary_behaviour(sample_units())(name, question);
        if let Reply::Message(Message::WithdrawalResponse(answer)) = &mut reply {
            let processing = oqs::ResultCode::ReceptionNotFound.processing_result();
            answer.outcome = oqs::Outcome::Normal(oqs::WithdrawalResponse { processing });
        }
        reply
    })
    .await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let href = desk.get("/receptions?by=home-visit").await.link("/receptions/");
    let asks = desk.get(&format!("{href}/withdraw")).await;
    let refused = desk.post(&asks, &format!("{href}/withdraw"), &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_GATEWAY);
    assert!(refused.html.contains("該当する受付がありません。") && refused.html.contains("同意を取り消す"));
}

#[tokio::test]
async fn a_consent_of_online_care_cannot_be_given_back() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    let list = desk.get("/receptions").await;
    let href = list.link("/receptions/");
    assert!(!desk.get(&href).await.html.contains("同意の取消しへ"));
    let asks = desk.get(&format!("{href}/withdraw")).await;
    assert_eq!(asks.status, StatusCode::NOT_FOUND);
    assert_eq!(desk.post(&list, &format!("{href}/withdraw"), &[]).await.status, StatusCode::NOT_FOUND);
    assert!(!other.requested_prefixes().contains(&"OQSsihvd01req".to_owned()));
}

#[tokio::test]
async fn medical_information_is_asked_for_by_the_consent_for_home_visits() {
    let (other, heard) = start_system().await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut viewer = Browser::new(&terminal);
    viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
    let list = viewer.get("/patients?by=home-visit").await;
    assert!(list.html.contains("取り消されるまで"));
    let patient = list.link("/patients/");
    assert!(viewer.get(&patient).await.html.contains("取り消されるまで"));
    assert!(viewer.get(&format!("{patient}/medicines")).await.html.contains("見本プリン錠"));
    assert_eq!(other.requested_prefixes(), ["OQSmuhvq01req", "OQSmuhvq02req", "OQSsihvq01req", "YZKsiquc01req"]);
    let heard = heard.lock().unwrap();
    let Some(Message::MedicalRequest(request)) = heard.last() else { panic!("{heard:?}") };
    assert_eq!(request.body.treatment, MedicalTreatment::HomeVisit);
}

#[tokio::test]
async fn a_list_of_home_visits_that_did_not_come_is_to_be_asked_for_again() {
    let other = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let (terminal, _folder) = open_terminal(&other).await;
    let mut desk = Browser::new(&terminal);
    desk.sign_in(fixtures::institution(), Role::Staff).await;
    desk.get("/receptions?by=home-visit&day=2026-11-24").await;
    let open = desk.get("/follow-ups").await;
    assert!(open.html.contains("訪問診療等の同意年月日") && open.html.contains("by=home-visit&amp;day=2026-11-24"));
}
