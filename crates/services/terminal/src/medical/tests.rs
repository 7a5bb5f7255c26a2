use http::StatusCode;
use oqs::{
    FileName, MedicalOutcome, MedicalRefusal, MedicalResponse, MedicalResponseHeader, Message, QualificationValidity,
};

use crate::{
    Role,
    samples::fixtures,
    tests::{
        browser::{StationBrowser, open_browser, open_terminal},
        fake_system::{FakeEligibilitySystem, Reply, ordinary_behaviour, sample_units},
    },
};

#[tokio::test]
async fn medical_information_is_asked_for_one_kind_at_a_time() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units(QualificationValidity::Valid))).await;
    let (terminal, _folder) = open_terminal(&system).await;
    let mut viewer = open_browser(&terminal);
    viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
    let patient = viewer.get("/patients").await.link("/patients/");
    let overview = viewer.get(&patient).await;
    assert!(overview.body.contains("患者情報詳細") && overview.body.contains("/operations"));
    assert_eq!(system.requested_prefixes(), ["OQSmuonq01req", "OQSmuonq02req", "OQSsionq01req"]);
    let page = viewer.get(&format!("{patient}/medicines?from=2026-01&to=2026-10")).await;
    assert!(page.body.contains("見本プリン錠") && page.body.contains("１日１回朝食後"));
    // The printed sheet states the person, the months, the institution and the time.
    let (_, sheet) = page.body.split_once("class=\"sheet\"").unwrap();
    for text in [
        "見本　花子",
        "2026年1月〜2026年10月",
        "見本クリニック",
        "2026年11月24日（火） 9:30",
        "見本プリン錠",
        "印刷する",
    ] {
        assert!(sheet.contains(text), "{text} in {sheet}");
    }
    let page = viewer.get(&format!("{patient}/medicines?from=2026-10&to=2026-01")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(viewer.get(&format!("{patient}/diaries")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(system.requested_prefixes().last().unwrap(), "YZKsiquc01req");
    assert_eq!(system.requested_prefixes().len(), 4);
}

#[tokio::test]
async fn what_may_not_be_seen_is_said_in_words() {
    let cases = [
        ("U201", "同意されていません"),
        ("U202", "患者が同意を取り消しました"),
        ("U204", "同意の期限が切れました"),
        ("U205", "猶予期間中"),
    ];
    for (code, text) in cases {
        let system = FakeEligibilitySystem::start(move |name: &FileName, question| match question {
            Message::MedicalRequest(request) => Reply::Message(Message::MedicineRecords(MedicalResponse {
                header: MedicalResponseHeader {
                    processed_at: None,
                    institution: Some(request.header.institution),
                    identifier: request.header.identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(MedicalRefusal::new(code, None).unwrap()),
            })),
            question => ordinary_behaviour(sample_units(QualificationValidity::Valid))(name, question),
        })
        .await;
        let (terminal, _folder) = open_terminal(&system).await;
        let mut viewer = open_browser(&terminal);
        viewer.sign_in(fixtures::institution(), Role::MedicalViewer).await;
        let patient = viewer.get("/patients").await.link("/patients/");
        let page = viewer.get(&format!("{patient}/medicines")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(text), "{code}");
    }
}
