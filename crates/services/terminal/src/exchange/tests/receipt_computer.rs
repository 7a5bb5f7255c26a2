//! The response files of a receipt computer if the system does not answer, or refuses.

use std::{fs, time::Duration};

use notify::{RecursiveMode, Watcher};
use oqs::{
    CharacterCode, Exchange, Extension, FileName, MedicalOutcome, MedicalResponse, MedicalResponseHeader, Message,
    Outcome, ResultCode,
};
use tokio::sync::mpsc;

use crate::{
    client::EligibilityClient,
    exchange::{
        Exchange as ExchangeFolders,
        answer_request::build_response_file,
        folders::{RequestContent, RequestDisposition, RequestFile, ResponseFile},
        request::ReceivedRequest,
    },
    samples::fixtures,
    tests::{
        browser::other_institution,
        fake_system::{
            FakeEligibilitySystem, Reply, authority, eligibility_client, identity, ordinary_behaviour, response_header,
        },
    },
};

/// Only stops a test that hangs.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

const IDENTIFIER: &str = "ask-1";

/// A request of every exchange, alternately in UTF-8 and Shift_JIS.
fn all_requests() -> impl Iterator<Item = (Exchange, CharacterCode, RequestFile)> {
    let codes = [CharacterCode::Utf8, CharacterCode::ShiftJis].into_iter().cycle();
    Exchange::ALL.into_iter().zip(codes).map(|(exchange, code)| (exchange, code, request_file(exchange, code)))
}

fn request_file(exchange: Exchange, code: CharacterCode) -> RequestFile {
    let document =
        "<InsurerNumber>33120015</InsurerNumber><InsuredIdentificationNumber>1</InsuredIdentificationNumber>";
    let birth_date = "<Birthdate>19840502</Birthdate>";
    let mut header = format!(
        "<MedicalInstitutionCode>{}</MedicalInstitutionCode>
         <ArbitraryFileIdentifier>{IDENTIFIER}</ArbitraryFileIdentifier>",
        fixtures::institution()
    );
    let body = match exchange {
        Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification => {
            format!("<QualificationConfirmSearchInfo>{document}{birth_date}</QualificationConfirmSearchInfo>")
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
        Exchange::HomeVisitWithdrawal => format!("<ConsentCancelInfo>{document}{birth_date}</ConsentCancelInfo>"),
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
    RequestFile {
        name: FileName::new(exchange.request(), "1").unwrap(),
        content: RequestContent::Whole(text.into_bytes()),
    }
}

async fn respond(client: &EligibilityClient, request_file: RequestFile) -> ResponseFile {
    build_response_file(client, "見本クリニック", &ReceivedRequest::parse(request_file), fixtures::now()).await
}

/// The error code of a response that is refused as a whole.
fn error_code(message: &Message) -> Option<&str> {
    macro_rules! whole {
        ($response:expr) => {
            match &$response.outcome {
                Outcome::Abnormal(fault) => fault.code.as_deref(),
                Outcome::Normal(_) | Outcome::InProgress(_) => None,
            }
        };
    }
    macro_rules! medical {
        ($response:expr) => {
            match &$response.outcome {
                MedicalOutcome::Refused(refusal) => Some(refusal.code()),
                MedicalOutcome::Normal(_) => None,
            }
        };
    }
    match message {
        Message::QualificationResponse(response) => whole!(response),
        Message::InquiryNumberResponse(response) => whole!(response),
        Message::BulkSearchResponse(response) => whole!(response),
        Message::BulkResult(response) => whole!(response),
        Message::WithdrawalResponse(response) => whole!(response),
        Message::AccessUrlResponse(response) => whole!(response),
        Message::EnvironmentResponse(response) => whole!(response),
        Message::MedicineRecords(response) => medical!(response),
        Message::CheckUps(response) => medical!(response),
        request => panic!("{request:?} is no answer"),
    }
}

/// Checks that each request file gets a response file of its own kind, with this code and its own identifier and
/// character code.
async fn check(client: &EligibilityClient, expected: &str) {
    let all = all_requests().map(async |(exchange, character_code, request_file)| {
        let response_file = respond(client, request_file).await;
        // Nothing was wrong with the request.
        assert_eq!(
            (response_file.extension, response_file.disposition),
            (Extension::Xml, RequestDisposition::Delete),
            "{exchange:?}"
        );
        let reading = oqs::parse(exchange.response(), &response_file.bytes).unwrap();
        let oqs::HeaderItems { institution, identifier, .. } = reading.message.header_items();
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
    let system = FakeEligibilitySystem::start(move |_, _| reply.clone()).await;
    let mut client = eligibility_client(&system);
    if expected == "T102" {
        client.timeouts.file = Duration::from_millis(300);
    }
    check(&client, expected).await;
    assert_eq!(system.requested_prefixes().len(), Exchange::ALL.len());
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
    let system = FakeEligibilitySystem::start(ordinary_behaviour(Vec::new())).await;
    let own_identity = identity(&system.authority, fixtures::institution(), system.site.clock());
    let new = |address, root: &[u8]| {
        EligibilityClient::new(fixtures::institution(), address, &own_identity, root, &system.site).unwrap()
    };
    // A port that was free just before.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("https://eligibility.localhost:{port}").parse().unwrap();
    check(&new(address, system.authority.certificate()), "T101").await;
    let foreign = authority("another", system.site.clock());
    check(&new(system.address.clone(), foreign.certificate()), "T103").await;
    assert!(system.requested_prefixes().is_empty());
}

#[tokio::test]
async fn an_answer_to_somebody_else_goes_nowhere() {
    let closed = FakeEligibilitySystem::start(|_, _| Reply::Status(503)).await;
    let client = eligibility_client(&closed);
    let mut own_responses = std::collections::HashMap::new();
    for (exchange, _, request_file) in all_requests() {
        let response_file = respond(&client, request_file).await;
        own_responses.insert(exchange.request().prefix(), response_file.bytes);
    }
    let own_code = fixtures::institution().to_string();
    for (original, replacement) in
        [(own_code, other_institution().to_string()), (IDENTIFIER.to_owned(), "ask-2".to_owned())]
    {
        let own_responses = own_responses.clone();
        let system = FakeEligibilitySystem::start(move |name: &FileName, _| {
            let bytes = &own_responses[&name.interface().prefix()];
            // Digits and hyphens are the same bytes in both character codes.
            let parts: Vec<u8> = replace_bytes(bytes, original.as_bytes(), replacement.as_bytes());
            assert_ne!(&parts, bytes);
            Reply::Bytes(parts)
        })
        .await;
        check(&eligibility_client(&system), "T203").await;
    }
}

fn replace_bytes(bytes: &[u8], original: &[u8], replacement: &[u8]) -> Vec<u8> {
    let Some(position) = bytes.windows(original.len()).position(|part| part == original) else { return bytes.to_vec() };
    [&bytes[..position], replacement, &bytes[position + original.len()..]].concat()
}

#[tokio::test]
async fn what_is_too_long_is_said_and_an_ask_of_that_length_is_kept_aside() {
    let system = FakeEligibilitySystem::start(|name: &FileName, _| {
        Reply::Bytes(vec![b' '; name.response().interface().max_bytes() + 1])
    })
    .await;
    let client = eligibility_client(&system);
    for (exchange, character_code, request_file) in all_requests() {
        let too_long =
            RequestFile { content: RequestContent::TooLong(request_file.content.bytes().to_vec()), ..request_file };
        let response_file = respond(&client, too_long).await;
        let reading = oqs::parse(exchange.response(), &response_file.bytes).unwrap();
        assert_eq!(
            (error_code(&reading.message), response_file.disposition),
            (Some("T201"), RequestDisposition::MoveToErr),
            "{exchange:?}"
        );
        // The response has the character code and the identifier of the request.
        let identifier = reading.message.header_items().identifier;
        assert_eq!(identifier.map(oqs::Identifier::as_str), Some(IDENTIFIER), "{exchange:?}");
        assert_eq!(reading.character_code, character_code, "{exchange:?}");
    }
    assert!(system.requested_prefixes().is_empty());
    let request_file = request_file(Exchange::Medicines, CharacterCode::Utf8);
    let response_file = respond(&client, request_file).await;
    let reading = oqs::parse(Exchange::Medicines.response(), &response_file.bytes).unwrap();
    assert_eq!((error_code(&reading.message), response_file.disposition), (Some("T201"), RequestDisposition::Delete));
}

#[tokio::test]
async fn an_ask_that_the_system_itself_refuses_is_kept_aside_and_its_answer_passed_on_as_it_is() {
    async fn check(result_code: ResultCode, exchange: Exchange, expected: RequestDisposition) {
        let system = FakeEligibilitySystem::start(move |name: &FileName, question| match question {
            Message::MedicalRequest(request) => Reply::Message(Message::MedicineRecords(MedicalResponse {
                header: MedicalResponseHeader {
                    processed_at: None,
                    institution: Some(request.header.institution),
                    identifier: request.header.identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(result_code.medical_refusal()),
            })),
            Message::QualificationRequest(request) => {
                Reply::Message(Message::QualificationResponse(oqs::ResponseMessage {
                    header: response_header(&request.header),
                    outcome: Outcome::Abnormal(result_code.fault()),
                }))
            }
            question => ordinary_behaviour(Vec::new())(name, question),
        })
        .await;
        let request_file = request_file(exchange, CharacterCode::Utf8);
        let response_file = respond(&eligibility_client(&system), request_file).await;
        let reading = oqs::parse(exchange.response(), &response_file.bytes).unwrap();
        assert_eq!(
            (error_code(&reading.message), response_file.disposition),
            (Some(result_code.code()), expected),
            "{exchange:?}"
        );
    }
    check(ResultCode::Unreadable, Exchange::Medicines, RequestDisposition::MoveToErr).await;
    check(ResultCode::OtherInstitution, Exchange::Medicines, RequestDisposition::MoveToErr).await;
    check(ResultCode::Unsupported, Exchange::Diagnoses, RequestDisposition::MoveToErr).await;
    check(ResultCode::PrintNotSupported, Exchange::Operations, RequestDisposition::MoveToErr).await;
    // These concern the patient; nothing is wrong with the request.
    check(ResultCode::Declined, Exchange::Medicines, RequestDisposition::Delete).await;
    check(ResultCode::ReceptionNotFound, Exchange::Medicines, RequestDisposition::Delete).await;
    check(ResultCode::Unreadable, Exchange::OnlineQualification, RequestDisposition::MoveToErr).await;
}

#[expect(clippy::disallowed_methods, reason = "the test sends a few messages")]
#[tokio::test]
async fn asks_are_taken_though_the_system_answers_none_of_those_before() {
    let (request_sender, mut received_requests) = mpsc::unbounded_channel();
    let system = FakeEligibilitySystem::start(move |_, _| {
        request_sender.send(()).unwrap();
        Reply::Silence
    })
    .await;
    let mut client = eligibility_client(&system);
    client.timeouts.file = Duration::from_hours(1);
    let folder = tempfile::tempdir().unwrap();
    let exchange =
        ExchangeFolders::open(&crate::ExchangeFolder::with_defaults(folder.path().to_owned()), "見本クリニック")
            .unwrap();
    let path = |name: &str| folder.path().join(name);
    let count_files = |name: &str| fs::read_dir(path(name)).unwrap().count();
    let write_request = |number: u32| {
        let RequestFile { content, .. } = request_file(Exchange::OnlineQualification, CharacterCode::Utf8);
        let draft = path("draft");
        fs::write(&draft, content.bytes()).unwrap();
        fs::rename(draft, path("req").join(format!("OQSsionq01req_{number}.xml"))).unwrap();
    };
    let (event_sender, mut file_events) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |_| event_sender.send(()).unwrap_or_default()).unwrap();
    watcher.watch(&path(".uketsuke/asked"), RecursiveMode::NonRecursive).unwrap();
    let steps = async {
        for number in 0..8 {
            write_request(number);
        }
        for _ in 0..8 {
            received_requests.recv().await.unwrap();
        }
        // The limit of concurrent requests is reached, and none of them ends.
        for number in 8..20 {
            write_request(number);
        }
        while count_files("req") > 0 || count_files(".uketsuke/asked") < 20 {
            file_events.recv().await.unwrap();
        }
    };
    tokio::select! {
        () = exchange.run(&client, system.site.clock()) => panic!("it never ends"),
        outcome = tokio::time::timeout(TEST_TIMEOUT, steps) => outcome.expect("each request file is taken"),
    }
    assert_eq!((system.requested_prefixes().len(), count_files("res")), (8, 0));
}
