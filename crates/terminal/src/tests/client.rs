use std::{fmt, time::Duration};

use base::{Clock, InstitutionCode};
use oqs::{Answer, BulkNumber, FileName, Message, Outcome};
use rustls::{pki_types::UnixTime, time_provider::TimeProvider};

use super::counterpart::{Counterpart, Reply, authority, document, header, identity, ordinary};
use crate::{
    client::{Failure, Interface, List, Patience, RecordKind},
    pages::made_up,
    rules::{
        listed::{Asked, By},
        months::Months,
    },
};

/// A clock for TLS.
pub(super) struct At(pub(super) Clock);

impl fmt::Debug for At {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("At")
    }
}

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.now().seconds().try_into().unwrap())))
    }
}

const IMPATIENT: Patience = Patience { file: Duration::from_secs(20), tries: 3, pause: Duration::ZERO };

pub(super) fn interface(other: &Counterpart) -> Interface {
    let ours = identity(&other.authority, made_up::institution(), other.site.clock());
    let mut interface = Interface::new(
        made_up::institution(),
        other.address.clone(),
        &ours,
        other.authority.certificate(),
        &other.site,
    )
    .unwrap();
    interface.patience = IMPATIENT;
    interface
}

fn visits() -> Asked {
    Asked { by: By::Visit, day: made_up::day(made_up::VISIT) }
}

fn people() -> Vec<oqs::BulkUnit> {
    let valid = Some(oqs::QualificationValidity::Valid);
    vec![made_up::unit(oqs::Processing::normal(), valid, vec![made_up::rich_person()])]
}

/// What an answer to a list's search comes to.
async fn check(reply: Reply, expected: &str) {
    let other = Counterpart::start(move |_, _| reply.clone()).await;
    let failure = interface(&other).list(visits(), None, made_up::now()).await.expect_err(expected);
    let code = shell::Refuse::code(&crate::Refusal::Interface(failure));
    assert_eq!(code, format!("terminal.interface.{expected}"));
}

#[tokio::test]
async fn a_list_is_searched_and_fetched_packed_in_shift_jis() {
    let other = Counterpart::start(ordinary(people())).await;
    let list = interface(&other).list(visits(), None, made_up::now()).await.unwrap();
    let List::Ready { units, doubts } = list else { panic!("the list is there") };
    assert_eq!(units, people());
    assert_eq!(doubts, []);
    assert_eq!(other.asked(), ["OQSmuonq01req", "OQSmuonq02req"]);
}

#[tokio::test]
async fn one_person_is_asked_about_by_her_document() {
    let other = Counterpart::start(ordinary(people())).await;
    let interface = interface(&other);
    let visit = Some(made_up::day(made_up::VISIT));
    let answer = interface.eligibility(&document(), visit, made_up::now()).await.unwrap();
    assert_eq!(answer.answer.results, [made_up::rich_person()]);
    assert_eq!(answer.answer.search.unwrap().examination_date, visit);
    let months = Months::at_first(made_up::day(made_up::VISIT));
    let medicines = interface.records(RecordKind::Medicines, &document(), None, months, made_up::now()).await.unwrap();
    assert_eq!(medicines.outcome, Ok(made_up::medicines()));
    assert_eq!(other.asked(), ["OQSsionq01req", "YZKsiquc01req"]);
}

#[tokio::test]
async fn a_list_that_is_being_made_is_fetched_later_with_its_number() {
    let other = Counterpart::start(|name: &FileName, question| match question {
        Message::BulkFetch(request) => {
            let fault = oqs::Fault { code: None, message: None };
            let outcome = Outcome::InProgress(fault);
            Reply::Message(Message::BulkResult(Answer { header: header(&request.header), outcome }))
        }
        question => ordinary(Vec::new())(name, question),
    })
    .await;
    let interface = interface(&other);
    let list = interface.list(visits(), None, made_up::now()).await.unwrap();
    let List::Working(number) = list else { panic!("the list is being made") };
    assert_eq!(number, BulkNumber::new("20261124000001").unwrap());
    assert!(matches!(interface.list(visits(), Some(number), made_up::now()).await, Ok(List::Working(_))));
    let searches = other.asked().iter().filter(|name| *name == "OQSmuonq01req").count();
    assert_eq!((searches, other.asked().len()), (1, 7));
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
    let other = Counterpart::start(|_, _| Reply::Silence).await;
    let mut interface = interface(&other);
    interface.patience.file = Duration::from_millis(300);
    let outcome = interface.list(visits(), None, made_up::now()).await;
    assert!(matches!(outcome, Err(Failure::Slow(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_system_that_is_not_there_is_unreachable() {
    let other = Counterpart::start(ordinary(Vec::new())).await;
    let ours = identity(&other.authority, made_up::institution(), other.site.clock());
    // A port that was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("https://eligibility.localhost:{gone}").parse().unwrap();
    let root = other.authority.certificate();
    let interface = Interface::new(made_up::institution(), address, &ours, root, &other.site).unwrap();
    let outcome = interface.list(visits(), None, made_up::now()).await;
    assert!(matches!(outcome, Err(Failure::Unreachable(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_server_of_another_root_with_the_same_name_is_not_believed_and_hears_nothing() {
    let other = Counterpart::start(ordinary(Vec::new())).await;
    let ours = identity(&other.authority, made_up::institution(), other.site.clock());
    let foreign = authority("another", other.site.clock());
    let interface =
        Interface::new(made_up::institution(), other.address.clone(), &ours, foreign.certificate(), &other.site)
            .unwrap();
    let outcome = interface.list(visits(), None, made_up::now()).await;
    assert!(matches!(outcome, Err(Failure::WrongServer(_))), "{outcome:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_server_whose_certificate_has_ended_by_the_rooms_clock_is_not_believed() {
    let other = Counterpart::start(ordinary(Vec::new())).await;
    let interface = interface(&other);
    other.site.clock().set(made_up::now().plus(base::Span::from_hours(24 * 365)));
    let outcome = interface.list(visits(), None, made_up::now()).await;
    assert!(matches!(outcome, Err(Failure::WrongServer(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_client_certificate_of_another_authority_is_refused_and_the_desk_is_told_so() {
    let other = Counterpart::start(ordinary(Vec::new())).await;
    let foreign = identity(&authority("another", other.site.clock()), made_up::institution(), other.site.clock());
    let root = other.authority.certificate();
    let interface = Interface::new(made_up::institution(), other.address.clone(), &foreign, root, &other.site).unwrap();
    let outcome = interface.list(visits(), None, made_up::now()).await;
    assert!(matches!(outcome, Err(Failure::CertificateRefused(_))), "{outcome:?}");
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_answer_to_another_institution_or_question_is_not_shown() {
    async fn check(change: fn(&mut oqs::AnswerHeader)) {
        let other = Counterpart::start(move |name: &FileName, question| {
            let mut reply = ordinary(people())(name, question);
            if let Reply::Message(Message::BulkAccepted(answer)) = &mut reply {
                change(&mut answer.header);
            }
            reply
        })
        .await;
        let outcome = interface(&other).list(visits(), None, made_up::now()).await;
        assert!(matches!(outcome, Err(Failure::NotOurs)), "{outcome:?}");
    }
    let stranger: fn(&mut oqs::AnswerHeader) = |header| {
        let table = base::ScoreTable::Medical;
        let code = InstitutionCode::of(made_up::institution().prefecture(), table, 999_999);
        header.institution = oqs::Claimed::Right(code);
    };
    check(stranger).await;
    check(|header| header.institution = oqs::Claimed::Doubtful("1".to_owned())).await;
    check(|header| header.identifier = oqs::Identifier::new("another")).await;
}

#[tokio::test]
async fn what_the_system_says_no_to_is_told_in_its_words() {
    let other = Counterpart::start(ordinary(Vec::new())).await;
    match interface(&other).settings(made_up::now()).await {
        Err(Failure::Refused(fault)) => assert_eq!(fault.message.as_deref(), Some("未対応です。")),
        outcome => panic!("{outcome:?}"),
    }
}

#[test]
fn an_identity_is_read_from_pem_as_from_der() {
    let clock = Clock::starting_at(made_up::now());
    let der = identity(&authority("pem", &clock), made_up::institution(), &clock);
    let certificate = jpki::pem::encode("CERTIFICATE", &der.certificates[0]);
    let key = jpki::pem::encode("PRIVATE KEY", &der.key);
    let read = crate::Identity::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap();
    assert_eq!((&read.certificates, &read.key), (&der.certificates, &der.key));
    assert!(crate::Identity::from_pem(key.as_bytes(), key.as_bytes()).is_err());
    assert!(crate::Identity::from_pem(certificate.as_bytes(), certificate.as_bytes()).is_err());
}
