use std::time::Duration;

use base::{Clock, InstitutionCode};
use oqs::{BulkNumber, FileName, Message, Outcome, ResponseMessage};

use super::{EligibilityClient, EligibilityError};
use crate::{
    eligibility::rules::{DateCriterion, ListQuery},
    medical::rules::{MonthRange, RecordKind},
    receptions::client::BulkList,
    samples::fixtures,
    tests::fake_system::{
        FakeEligibilitySystem, Reply, authority, document, eligibility_client, identity, ordinary_behaviour,
        response_header,
    },
};

fn visit_list_query() -> ListQuery {
    ListQuery { criterion: DateCriterion::Visit, day: fixtures::day(fixtures::VISIT_DATE) }
}

fn sample_units() -> Vec<oqs::BulkUnit> {
    let valid = Some(oqs::QualificationValidity::Valid);
    vec![fixtures::unit(oqs::ProcessingResult::normal(), valid, vec![fixtures::person_with_everything()])]
}

/// Checks the code of the error that a reply to the search of a list leads to.
async fn check(reply: Reply, expected: &str) {
    let system = FakeEligibilitySystem::start(move |_, _| reply.clone()).await;
    let failure = eligibility_client(&system)
        .fetch_receptions(visit_list_query(), None, fixtures::now())
        .await
        .expect_err(expected);
    let code = web::Refuse::code(&crate::Refusal::Interface(failure));
    assert_eq!(code, format!("terminal.interface.{expected}"));
}

#[tokio::test]
async fn a_list_is_searched_and_fetched_packed_in_shift_jis() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let list = eligibility_client(&system).fetch_receptions(visit_list_query(), None, fixtures::now()).await.unwrap();
    let BulkList::Ready { units, doubts } = list else { panic!("the list is there") };
    assert_eq!(units, sample_units());
    assert_eq!(doubts, []);
    assert_eq!(system.requested_prefixes(), ["OQSmuonq01req", "OQSmuonq02req"]);
}

#[tokio::test]
async fn one_person_is_asked_about_by_her_document() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(sample_units())).await;
    let client = eligibility_client(&system);
    let visit = Some(fixtures::day(fixtures::VISIT_DATE));
    let check = client.check_eligibility(&document(), visit, fixtures::now()).await.unwrap();
    assert_eq!(check.response.results, [fixtures::person_with_everything()]);
    assert_eq!(check.response.search.unwrap().examination_date, visit);
    let months = MonthRange::default_range(fixtures::day(fixtures::VISIT_DATE));
    let medicines =
        client.fetch_records(RecordKind::Medicines, &document(), None, months, fixtures::now()).await.unwrap();
    assert_eq!(medicines.outcome, Ok(fixtures::medicines()));
    assert_eq!(system.requested_prefixes(), ["OQSsionq01req", "YZKsiquc01req"]);
}

#[tokio::test]
async fn a_list_that_is_being_made_is_fetched_later_with_its_number() {
    let system = FakeEligibilitySystem::start(|name: &FileName, question| match question {
        Message::BulkFetch(request) => {
            let fault = oqs::Fault { code: None, message: None };
            let outcome = Outcome::InProgress(fault);
            Reply::Message(Message::BulkResult(ResponseMessage { header: response_header(&request.header), outcome }))
        }
        question => ordinary_behaviour(Vec::new())(name, question),
    })
    .await;
    let client = eligibility_client(&system);
    let list = client.fetch_receptions(visit_list_query(), None, fixtures::now()).await.unwrap();
    let BulkList::InProgress(number) = list else { panic!("the list is being made") };
    assert_eq!(number, BulkNumber::new("20261124000001").unwrap());
    assert!(matches!(
        client.fetch_receptions(visit_list_query(), Some(number), fixtures::now()).await,
        Ok(BulkList::InProgress(_))
    ));
    let searches = system.requested_prefixes().iter().filter(|name| *name == "OQSmuonq01req").count();
    assert_eq!((searches, system.requested_prefixes().len()), (1, 7));
}

#[tokio::test]
async fn every_failure_is_told_apart() {
    check(Reply::Status(503), "closed").await;
    check(Reply::Status(403), "certificate").await;
    check(Reply::Status(404), "status").await;
    check(Reply::Status(302), "status").await;
    check(Reply::CutOff, "cut_off").await;
    check(Reply::Bytes(b"<html>".to_vec()), "unreadable").await;
    check(Reply::Bytes(Vec::new()), "unreadable").await;
    check(Reply::Bytes(b"PK\x03\x04 and no more".to_vec()), "archive").await;
    check(Reply::Bytes(vec![b' '; (16 << 20) + 1]), "too_long").await;
}

#[tokio::test]
async fn a_system_that_says_nothing_is_not_waited_for_for_ever() {
    let system = FakeEligibilitySystem::start(|_, _| Reply::Silence).await;
    let mut client = eligibility_client(&system);
    client.timeouts.file = Duration::from_millis(300);
    let outcome = client.fetch_receptions(visit_list_query(), None, fixtures::now()).await;
    assert!(matches!(outcome, Err(EligibilityError::Timeout(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_system_that_is_not_there_is_unreachable() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let own_identity = identity(&system.authority, fixtures::institution(), system.site.clock());
    // A port that was free just before.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("https://eligibility.localhost:{port}").parse().unwrap();
    let root = system.authority.certificate();
    let client = EligibilityClient::new(fixtures::institution(), address, &own_identity, root, &system.site).unwrap();
    let outcome = client.fetch_receptions(visit_list_query(), None, fixtures::now()).await;
    assert!(matches!(outcome, Err(EligibilityError::Unreachable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_server_of_another_root_with_the_same_name_is_not_believed_and_hears_nothing() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let own_identity = identity(&system.authority, fixtures::institution(), system.site.clock());
    let foreign = authority("another", system.site.clock());
    let client = EligibilityClient::new(
        fixtures::institution(),
        system.address.clone(),
        &own_identity,
        foreign.certificate(),
        &system.site,
    )
    .unwrap();
    let outcome = client.fetch_receptions(visit_list_query(), None, fixtures::now()).await;
    assert!(matches!(outcome, Err(EligibilityError::UntrustedServer(_))), "{outcome:?}");
    assert!(system.requested_prefixes().is_empty());
}

#[tokio::test]
async fn a_server_whose_certificate_has_ended_by_the_rooms_clock_is_not_believed() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let client = eligibility_client(&system);
    system.site.clock().set(fixtures::now().plus(base::Span::from_hours(24 * 365)));
    let outcome = client.fetch_receptions(visit_list_query(), None, fixtures::now()).await;
    assert!(matches!(outcome, Err(EligibilityError::UntrustedServer(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_client_certificate_of_another_authority_is_refused_and_the_desk_is_told_so() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let foreign = identity(&authority("another", system.site.clock()), fixtures::institution(), system.site.clock());
    let root = system.authority.certificate();
    let client =
        EligibilityClient::new(fixtures::institution(), system.address.clone(), &foreign, root, &system.site).unwrap();
    let outcome = client.fetch_receptions(visit_list_query(), None, fixtures::now()).await;
    assert!(matches!(outcome, Err(EligibilityError::CertificateRefused(_))), "{outcome:?}");
    assert!(system.requested_prefixes().is_empty());
}

#[tokio::test]
async fn an_answer_to_another_institution_or_question_is_not_shown() {
    async fn check(change: fn(&mut oqs::ResponseHeader)) {
        let system = FakeEligibilitySystem::start(move |name: &FileName, question| {
            let mut reply = ordinary_behaviour(sample_units())(name, question);
            if let Reply::Message(Message::BulkSearchResponse(response)) = &mut reply {
                change(&mut response.header);
            }
            reply
        })
        .await;
        let outcome = eligibility_client(&system).fetch_receptions(visit_list_query(), None, fixtures::now()).await;
        assert!(matches!(outcome, Err(EligibilityError::MismatchedResponse)), "{outcome:?}");
    }
    let stranger: fn(&mut oqs::ResponseHeader) = |header| {
        let table = base::ScoreTable::Medical;
        let code = InstitutionCode::from_parts(fixtures::institution().prefecture(), table, 999_999);
        header.institution = oqs::CheckedNumber::Valid(code);
    };
    check(stranger).await;
    check(|header| header.institution = oqs::CheckedNumber::Invalid("1".to_owned())).await;
    check(|header| header.identifier = oqs::Identifier::new("another")).await;
}

#[tokio::test]
async fn what_the_system_says_no_to_is_told_in_its_words() {
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    match eligibility_client(&system).fetch_settings(fixtures::now()).await {
        Err(EligibilityError::Refused(fault)) => assert_eq!(fault.message.as_deref(), Some("未対応です。")),
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn an_identity_is_read_from_pem_as_from_der() {
    let clock = Clock::stopped_at(fixtures::now());
    let der = identity(&authority("pem", &clock), fixtures::institution(), &clock);
    let certificate = jpki::pem::encode("CERTIFICATE", &der.certificates[0]);
    let key = jpki::pem::encode("PRIVATE KEY", &der.key);
    let parsed = crate::Identity::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
    assert_eq!((&parsed.certificates, &parsed.key), (&der.certificates, &der.key));
    assert!(crate::Identity::from_pem(key.as_bytes(), key.as_bytes()).is_err());
    assert!(crate::Identity::from_pem(certificate.as_bytes(), certificate.as_bytes()).is_err());
}
