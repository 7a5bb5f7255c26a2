//! What a receipt computer gets where the system does not answer its ask, or answers no.

use std::{fs, time::Duration};

use notify::{RecursiveMode, Watcher};
use oqs::{
    CharacterCode, Exchange, Extension, FileName, MedicalOutcome, MedicalResponse, MedicalResponseHeader, Message,
    Outcome, ResultCode,
};
use tokio::sync::mpsc;

use super::{
    browser::other_institution,
    client::eligibility_client,
    fake_system::{FakeEligibilitySystem, Reply, authority, identity, ordinary_behaviour, response_header},
};
use crate::{
    client::EligibilityClient,
    exchange::{self, AskContent, RequestDisposition, RequestFile, build_response_file},
    pages::fixtures,
};

/// Nothing here depends on it; a test that hangs is stopped by it.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

const IDENTIFIER: &str = "ask-1";

/// Every exchange, every other of them in Shift_JIS.
fn all_requests() -> impl Iterator<Item = (Exchange, CharacterCode, RequestFile)> {
    let codes = [CharacterCode::Utf8, CharacterCode::ShiftJis].into_iter().cycle();
    Exchange::ALL.into_iter().zip(codes).map(|(exchange, code)| (exchange, code, request_file(exchange, code)))
}

fn request_file(exchange: Exchange, code: CharacterCode) -> RequestFile {
    let document =
        "<InsurerNumber>33120015</InsurerNumber><InsuredIdentificationNumber>1</InsuredIdentificationNumber>";
    let born = "<Birthdate>19840502</Birthdate>";
    let mut header = format!(
        "<MedicalInstitutionCode>{}</MedicalInstitutionCode>
         <ArbitraryFileIdentifier>{IDENTIFIER}</ArbitraryFileIdentifier>",
        fixtures::institution()
    );
    let body = match exchange {
        Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification => {
            format!("<QualificationConfirmSearchInfo>{document}{born}</QualificationConfirmSearchInfo>")
        }
        Exchange::InquiryNumber => format!(
            "<ReferenceNumberRegistrationInfo><ReferenceNumber>7</ReferenceNumber>{document}</ReferenceNumberRegistrationInfo>"
        ),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => {
            "<QualificationConfirmSearchInfo><ConsentDateFrom>20261124</ConsentDateFrom><ConsentDateTo>20261124</ConsentDateTo>
             <MedicalTreatmentFlag>3</MedicalTreatmentFlag></QualificationConfirmSearchInfo>"
                .to_owned()
        }
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => {
            "<ReceptionNumber>20261124000001</ReceptionNumber>".to_owned()
        }
        Exchange::HomeVisitWithdrawal => format!("<ConsentCancelInfo>{document}{born}</ConsentCancelInfo>"),
        Exchange::AccessUrl => "<AccessUrlInfo><UrlAcquisitionClassification>3</UrlAcquisitionClassification>
             <TwoDimensionalCodeFormat>2</TwoDimensionalCodeFormat><UrlChangeClassification>0</UrlChangeClassification>
             </AccessUrlInfo>"
            .to_owned(),
        Exchange::Environment => String::new(),
        Exchange::EnvironmentUpdate => {
            "<EnvironmentSettingInfo><OnlineUse>1</OnlineUse></EnvironmentSettingInfo>".to_owned()
        }
        Exchange::Medicines | Exchange::CheckUps | Exchange::Diagnoses | Exchange::Operations => {
            header += "<InsurerNumber>33120015</InsurerNumber>
                <InsuredPersonIdentificationNumber>1</InsuredPersonIdentificationNumber>";
            "<MedicalTreatmentFlag>3</MedicalTreatmentFlag>".to_owned()
        }
    };
    let encoding = if code == CharacterCode::Utf8 { "UTF-8" } else { "Shift_JIS" };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"{encoding}\" standalone=\"no\"?>
         <XmlMsg><MessageHeader>{header}</MessageHeader><MessageBody>{body}</MessageBody></XmlMsg>"
    );
    RequestFile { name: FileName::new(exchange.request(), "1").unwrap(), content: AskContent::Whole(text.into_bytes()) }
}

/// The code with which an answer says no as a whole.
fn error_code(message: &Message) -> Option<&str> {
    macro_rules! whole {
        ($answer:expr) => {
            match &$answer.outcome {
                Outcome::Abnormal(fault) => fault.code.as_deref(),
                Outcome::Normal(_) | Outcome::InProgress(_) => None,
            }
        };
    }
    macro_rules! medical {
        ($answer:expr) => {
            match &$answer.outcome {
                MedicalOutcome::Refused(refusal) => Some(refusal.code()),
                MedicalOutcome::Normal(_) => None,
            }
        };
    }
    match message {
        Message::QualificationResponse(answer) => whole!(answer),
        Message::InquiryNumberResponse(answer) => whole!(answer),
        Message::BulkSearchResponse(answer) => whole!(answer),
        Message::BulkResult(answer) => whole!(answer),
        Message::WithdrawalResponse(answer) => whole!(answer),
        Message::AccessUrlResponse(answer) => whole!(answer),
        Message::EnvironmentResponse(answer) => whole!(answer),
        Message::MedicineRecords(answer) => medical!(answer),
        Message::CheckUps(answer) => medical!(answer),
        request => panic!("{request:?} is no answer"),
    }
}

/// Each ask gets an answer file of its own kind, with this code, its own identifier and its own character code.
async fn check(interface: &EligibilityClient, expected: &str) {
    let all = all_requests().map(async |(exchange, character_code, ask)| {
        let answered = build_response_file(interface, "見本クリニック", &ask, fixtures::now()).await;
        // Nothing was wrong with the ask.
        assert_eq!(
            (answered.extension, answered.disposition),
            (Extension::Xml, RequestDisposition::Delete),
            "{exchange:?}"
        );
        let reading = oqs::parse(exchange.response(), &answered.bytes).unwrap();
        let (institution, identifier) = exchange::fault::institution_and_identifier(&reading.message);
        assert_eq!(error_code(&reading.message), Some(expected), "{exchange:?}");
        assert_eq!(identifier.map(oqs::Identifier::as_str), Some(IDENTIFIER), "{exchange:?}");
        assert_eq!(institution, Some(&fixtures::institution().into()), "{exchange:?}");
        assert_eq!(reading.character_code, character_code, "{exchange:?}");
        if let Message::BulkResult(result) = &reading.message {
            assert_eq!(result.header.confirmation_date, Some(fixtures::now().japan_date()));
        }
    });
    futures_util::future::join_all(all).await;
}

async fn check_reply(reply: Reply, expected: &str) {
    let other = FakeEligibilitySystem::start(move |_, _| reply.clone()).await;
    let mut interface = eligibility_client(&other);
    if expected == "T102" {
        interface.timeouts.file = Duration::from_millis(300);
    }
    check(&interface, expected).await;
    assert_eq!(other.requested_prefixes().len(), Exchange::ALL.len());
}

#[tokio::test]
async fn every_ask_that_the_system_does_not_answer_is_answered_with_the_terminals_reason() {
    check_reply(Reply::Silence, "T102").await;
    check_reply(Reply::Status(403), "T104").await;
    check_reply(Reply::Status(503), "T105").await;
    check_reply(Reply::CutOff, "T106").await;
    check_reply(Reply::Status(404), "T202").await;
    check_reply(Reply::Bytes(b"<html>".to_vec()), "T202").await;
    check_reply(Reply::Bytes(b"PK\x03\x04 and no more".to_vec()), "T202").await;
}

#[tokio::test]
async fn a_system_that_is_not_there_or_not_the_right_one_is_a_reason_too() {
    let other = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let ours = identity(&other.authority, fixtures::institution(), other.site.clock());
    let new = |address, root: &[u8]| {
        EligibilityClient::new(fixtures::institution(), address, &ours, root, &other.site).unwrap()
    };
    // A port that was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("https://eligibility.localhost:{gone}").parse().unwrap();
    check(&new(address, other.authority.certificate()), "T101").await;
    let foreign = authority("another", other.site.clock());
    check(&new(other.address.clone(), foreign.certificate()), "T103").await;
    assert!(other.requested_prefixes().is_empty());
}

#[tokio::test]
async fn an_answer_to_somebody_else_goes_nowhere() {
    let closed = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let interface_to_closed = eligibility_client(&closed);
    let mut right = std::collections::HashMap::new();
    for (exchange, _, ask) in all_requests() {
        let answered = build_response_file(&interface_to_closed, "", &ask, fixtures::now()).await;
        right.insert(exchange.request().prefix(), answered.bytes);
    }
    let ours = fixtures::institution().to_string();
    for (from, to) in [(ours, other_institution().to_string()), (IDENTIFIER.to_owned(), "ask-2".to_owned())] {
        let right = right.clone();
        let other = FakeEligibilitySystem::start(move |name: &FileName, _| {
            let bytes = &right[&name.interface().prefix()];
            // Digits and hyphens are the same bytes in both character codes.
            let parts: Vec<u8> = replace_bytes(bytes, from.as_bytes(), to.as_bytes());
            assert_ne!(&parts, bytes);
            Reply::Bytes(parts)
        })
        .await;
        check(&eligibility_client(&other), "T203").await;
    }
}

fn replace_bytes(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(place) = bytes.windows(from.len()).position(|part| part == from) else { return bytes.to_vec() };
    [&bytes[..place], to, &bytes[place + from.len()..]].concat()
}

#[tokio::test]
async fn what_is_too_long_is_said_and_an_ask_of_that_length_is_kept_aside() {
    let other = FakeEligibilitySystem::start(|name: &FileName, _| {
        Reply::Bytes(vec![b' '; name.response().interface().max_bytes() + 1])
    })
    .await;
    let interface = eligibility_client(&other);
    for (exchange, character_code, ask) in all_requests() {
        let long = RequestFile { content: AskContent::TooLong(ask.content.bytes().to_vec()), ..ask };
        let answered = build_response_file(&interface, "", &long, fixtures::now()).await;
        let reading = oqs::parse(exchange.response(), &answered.bytes).unwrap();
        assert_eq!(
            (error_code(&reading.message), answered.disposition),
            (Some("T201"), RequestDisposition::MoveToErr),
            "{exchange:?}"
        );
        // It speaks as its ask does, and says to which it belongs.
        let (_, identifier) = exchange::fault::institution_and_identifier(&reading.message);
        assert_eq!(identifier.map(oqs::Identifier::as_str), Some(IDENTIFIER), "{exchange:?}");
        assert_eq!(reading.character_code, character_code, "{exchange:?}");
    }
    assert!(other.requested_prefixes().is_empty());
    let ask = request_file(Exchange::Medicines, CharacterCode::Utf8);
    let answered = build_response_file(&interface, "", &ask, fixtures::now()).await;
    let reading = oqs::parse(Exchange::Medicines.response(), &answered.bytes).unwrap();
    assert_eq!((error_code(&reading.message), answered.disposition), (Some("T201"), RequestDisposition::Delete));
}

#[tokio::test]
async fn an_ask_that_the_system_itself_refuses_is_kept_aside_and_its_answer_passed_on_as_it_is() {
    async fn check(said: ResultCode, exchange: Exchange, expected: RequestDisposition) {
        let other = FakeEligibilitySystem::start(move |name: &FileName, question| match question {
            Message::MedicalRequest(request) => Reply::Message(Message::MedicineRecords(MedicalResponse {
                header: MedicalResponseHeader {
                    processed_at: None,
                    institution: Some(request.header.institution),
                    identifier: request.header.identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(said.medical_refusal()),
            })),
            Message::QualificationRequest(request) => {
                Reply::Message(Message::QualificationResponse(oqs::ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Abnormal(said.fault()),
                }))
            }
            question => ordinary_behaviour(Vec::new())(name, question),
        })
        .await;
        let ask = request_file(exchange, CharacterCode::Utf8);
        let answered = build_response_file(&eligibility_client(&other), "", &ask, fixtures::now()).await;
        let reading = oqs::parse(exchange.response(), &answered.bytes).unwrap();
        assert_eq!((error_code(&reading.message), answered.disposition), (Some(said.code()), expected), "{exchange:?}");
    }
    check(ResultCode::Unreadable, Exchange::Medicines, RequestDisposition::MoveToErr).await;
    check(ResultCode::OtherInstitution, Exchange::Medicines, RequestDisposition::MoveToErr).await;
    check(ResultCode::Unsupported, Exchange::Diagnoses, RequestDisposition::MoveToErr).await;
    check(ResultCode::PrintNotSupported, Exchange::Operations, RequestDisposition::MoveToErr).await;
    // These are about the patient, and nothing is wrong with the ask.
    check(ResultCode::Declined, Exchange::Medicines, RequestDisposition::Delete).await;
    check(ResultCode::ReceptionNotFound, Exchange::Medicines, RequestDisposition::Delete).await;
    check(ResultCode::Unreadable, Exchange::OnlineQualification, RequestDisposition::MoveToErr).await;
}

#[tokio::test]
async fn asks_are_taken_though_the_system_answers_none_of_those_before() {
    let (told, mut heard) = mpsc::unbounded_channel();
    let other = FakeEligibilitySystem::start(move |_, _| {
        told.send(()).unwrap();
        Reply::Silence
    })
    .await;
    let mut interface = eligibility_client(&other);
    interface.timeouts.file = Duration::from_hours(1);
    let folder = tempfile::tempdir().unwrap();
    let exchange =
        exchange::Exchange::open(&crate::ExchangeFolder::with_defaults(folder.path().to_owned()), "見本クリニック")
            .unwrap();
    let place = |name: &str| folder.path().join(name);
    let files = |name: &str| fs::read_dir(place(name)).unwrap().count();
    let put = |number: u32| {
        let RequestFile { content, .. } = request_file(Exchange::OnlineQualification, CharacterCode::Utf8);
        let draft = place("draft");
        fs::write(&draft, content.bytes()).unwrap();
        fs::rename(draft, place("req").join(format!("OQSsionq01req_{number}.xml"))).unwrap();
    };
    let (told_of_files, mut files_moved) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |_| told_of_files.send(()).unwrap_or_default()).unwrap();
    watcher.watch(&place(".uketsuke/asked"), RecursiveMode::NonRecursive).unwrap();
    let counting = async {
        for number in 0..8 {
            put(number);
        }
        for _ in 0..8 {
            heard.recv().await.unwrap();
        }
        // As many as are asked at once are out now, and none of them comes back.
        for number in 8..20 {
            put(number);
        }
        while files("req") > 0 || files(".uketsuke/asked") < 20 {
            files_moved.recv().await.unwrap();
        }
    };
    tokio::select! {
        () = exchange.run(&interface, other.site.clock()) => panic!("it works endlessly"),
        outcome = tokio::time::timeout(TEST_TIMEOUT, counting) => outcome.expect("each ask is taken"),
    }
    assert_eq!((other.requested_prefixes().len(), files("res")), (8, 0));
}
