//! What a receipt computer gets where the system does not answer its ask, or answers no.

use std::{fs, time::Duration};

use notify::{RecursiveMode, Watcher};
use oqs::{
    CharacterCode, Exchange, Extension, FileName, MedicalAnswer, MedicalAnswerHeader, MedicalOutcome, Message, Outcome,
    ResultCode,
};
use tokio::sync::mpsc;

use super::{
    browser::neighbour,
    client::interface,
    counterpart::{Counterpart, Reply, authority, header, identity, ordinary},
};
use crate::{
    client::Interface,
    exchange::{self, Ask, AskContent, Kept, answer_request},
    pages::made_up,
};

/// Nothing here depends on it; a test that hangs is stopped by it.
const LONGEST: Duration = Duration::from_mins(1);

const IDENTIFIER: &str = "ask-1";

/// Every exchange, every other of them in Shift_JIS.
fn asks() -> impl Iterator<Item = (Exchange, CharacterCode, Ask)> {
    let codes = [CharacterCode::Utf8, CharacterCode::ShiftJis].into_iter().cycle();
    Exchange::ALL.into_iter().zip(codes).map(|(exchange, code)| (exchange, code, ask(exchange, code)))
}

fn ask(exchange: Exchange, code: CharacterCode) -> Ask {
    let document =
        "<InsurerNumber>33120015</InsurerNumber><InsuredIdentificationNumber>1</InsuredIdentificationNumber>";
    let born = "<Birthdate>19840502</Birthdate>";
    let mut header = format!(
        "<MedicalInstitutionCode>{}</MedicalInstitutionCode>
         <ArbitraryFileIdentifier>{IDENTIFIER}</ArbitraryFileIdentifier>",
        made_up::institution()
    );
    let body = match exchange {
        Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification => {
            format!("<QualificationConfirmSearchInfo>{document}{born}</QualificationConfirmSearchInfo>")
        }
        Exchange::ReferenceNumber => format!(
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
    Ask { name: FileName::new(exchange.request(), "1").unwrap(), content: AskContent::Whole(text.into_bytes()) }
}

/// The code with which an answer says no as a whole.
fn code(message: &Message) -> Option<&str> {
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
        Message::QualificationAnswer(answer) => whole!(answer),
        Message::ReferenceNumberAnswer(answer) => whole!(answer),
        Message::BulkAccepted(answer) => whole!(answer),
        Message::BulkResult(answer) => whole!(answer),
        Message::WithdrawalAnswer(answer) => whole!(answer),
        Message::AccessUrlAnswer(answer) => whole!(answer),
        Message::EnvironmentAnswer(answer) => whole!(answer),
        Message::MedicineRecords(answer) => medical!(answer),
        Message::CheckUps(answer) => medical!(answer),
        request => panic!("{request:?} is no answer"),
    }
}

/// Each ask gets an answer file of its own kind, with this code, its own identifier and its own character code.
async fn check(interface: &Interface, expected: &str) {
    let all = asks().map(async |(exchange, character_code, ask)| {
        let answered = answer_request(interface, "見本クリニック", &ask, made_up::now()).await;
        // Nothing was wrong with the ask.
        assert_eq!((answered.extension, answered.ask), (Extension::Xml, Kept::No), "{exchange:?}");
        let reading = oqs::parse(exchange.answer(), &answered.bytes).unwrap();
        let (institution, identifier) = exchange::fault::whose(&reading.message);
        assert_eq!(code(&reading.message), Some(expected), "{exchange:?}");
        assert_eq!(identifier.map(oqs::Identifier::as_str), Some(IDENTIFIER), "{exchange:?}");
        assert_eq!(institution, Some(&made_up::institution().into()), "{exchange:?}");
        assert_eq!(reading.character_code, character_code, "{exchange:?}");
        if let Message::BulkResult(result) = &reading.message {
            assert_eq!(result.header.confirmation_date, Some(made_up::now().japan_date()));
        }
    });
    futures_util::future::join_all(all).await;
}

async fn check_reply(reply: Reply, expected: &str) {
    let other = Counterpart::start(move |_, _| reply.clone()).await;
    let mut interface = interface(&other);
    if expected == "T102" {
        interface.patience.file = Duration::from_millis(300);
    }
    check(&interface, expected).await;
    assert_eq!(other.asked().len(), Exchange::ALL.len());
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
    let other = Counterpart::start(ordinary(Vec::new())).await;
    let ours = identity(&other.authority, made_up::institution(), other.site.clock());
    let new = |address, root: &[u8]| Interface::new(made_up::institution(), address, &ours, root, &other.site).unwrap();
    // A port that was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("https://eligibility.localhost:{gone}").parse().unwrap();
    check(&new(address, other.authority.certificate()), "T101").await;
    let foreign = authority("another", other.site.clock());
    check(&new(other.address.clone(), foreign.certificate()), "T103").await;
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn an_answer_to_somebody_else_goes_nowhere() {
    let closed = Counterpart::start(|_, _| Reply::Status(503)).await;
    let interface_to_closed = interface(&closed);
    let mut right = std::collections::HashMap::new();
    for (exchange, _, ask) in asks() {
        let answered = answer_request(&interface_to_closed, "", &ask, made_up::now()).await;
        right.insert(exchange.request().prefix(), answered.bytes);
    }
    let ours = made_up::institution().to_string();
    for (from, to) in [(ours, neighbour().to_string()), (IDENTIFIER.to_owned(), "ask-2".to_owned())] {
        let right = right.clone();
        let other = Counterpart::start(move |name: &FileName, _| {
            let bytes = &right[&name.interface().prefix()];
            // Digits and hyphens are the same bytes in both character codes.
            let parts: Vec<u8> = replaced(bytes, from.as_bytes(), to.as_bytes());
            assert_ne!(&parts, bytes);
            Reply::Bytes(parts)
        })
        .await;
        check(&interface(&other), "T203").await;
    }
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let Some(place) = bytes.windows(from.len()).position(|part| part == from) else { return bytes.to_vec() };
    [&bytes[..place], to, &bytes[place + from.len()..]].concat()
}

#[tokio::test]
async fn what_is_too_long_is_said_and_an_ask_of_that_length_is_kept_aside() {
    let other =
        Counterpart::start(|name: &FileName, _| Reply::Bytes(vec![b' '; name.answer().interface().most_bytes() + 1]))
            .await;
    let interface = interface(&other);
    for (exchange, character_code, ask) in asks() {
        let long = Ask { content: AskContent::TooLong(ask.content.bytes().to_vec()), ..ask };
        let answered = answer_request(&interface, "", &long, made_up::now()).await;
        let reading = oqs::parse(exchange.answer(), &answered.bytes).unwrap();
        assert_eq!((code(&reading.message), answered.ask), (Some("T201"), Kept::Aside), "{exchange:?}");
        // It speaks as its ask does, and says to which it belongs.
        let (_, identifier) = exchange::fault::whose(&reading.message);
        assert_eq!(identifier.map(oqs::Identifier::as_str), Some(IDENTIFIER), "{exchange:?}");
        assert_eq!(reading.character_code, character_code, "{exchange:?}");
    }
    assert!(other.asked().is_empty());
    let ask = ask(Exchange::Medicines, CharacterCode::Utf8);
    let answered = answer_request(&interface, "", &ask, made_up::now()).await;
    let reading = oqs::parse(Exchange::Medicines.answer(), &answered.bytes).unwrap();
    assert_eq!((code(&reading.message), answered.ask), (Some("T201"), Kept::No));
}

#[tokio::test]
async fn an_ask_that_the_system_itself_refuses_is_kept_aside_and_its_answer_passed_on_as_it_is() {
    async fn check(said: ResultCode, exchange: Exchange, expected: Kept) {
        let other = Counterpart::start(move |name: &FileName, question| match question {
            Message::MedicalRequest(request) => Reply::Message(Message::MedicineRecords(MedicalAnswer {
                header: MedicalAnswerHeader {
                    processed_at: None,
                    institution: Some(request.header.institution),
                    identifier: request.header.identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(said.refusal()),
            })),
            Message::QualificationRequest(request) => Reply::Message(Message::QualificationAnswer(oqs::Answer {
                header: header(&request.header),
                outcome: Outcome::Abnormal(said.fault()),
            })),
            question => ordinary(Vec::new())(name, question),
        })
        .await;
        let ask = ask(exchange, CharacterCode::Utf8);
        let answered = answer_request(&interface(&other), "", &ask, made_up::now()).await;
        let reading = oqs::parse(exchange.answer(), &answered.bytes).unwrap();
        assert_eq!((code(&reading.message), answered.ask), (Some(said.code()), expected), "{exchange:?}");
    }
    check(ResultCode::Unreadable, Exchange::Medicines, Kept::Aside).await;
    check(ResultCode::OtherInstitution, Exchange::Medicines, Kept::Aside).await;
    check(ResultCode::Unsupported, Exchange::Diagnoses, Kept::Aside).await;
    check(ResultCode::Print, Exchange::Operations, Kept::Aside).await;
    // These are about the patient, and nothing is wrong with the ask.
    check(ResultCode::Declined, Exchange::Medicines, Kept::No).await;
    check(ResultCode::NotThere, Exchange::Medicines, Kept::No).await;
    check(ResultCode::Unreadable, Exchange::OnlineQualification, Kept::Aside).await;
}

#[tokio::test]
async fn asks_are_taken_though_the_system_answers_none_of_those_before() {
    let (told, mut heard) = mpsc::unbounded_channel();
    let other = Counterpart::start(move |_, _| {
        told.send(()).unwrap();
        Reply::Silence
    })
    .await;
    let mut interface = interface(&other);
    interface.patience.file = Duration::from_hours(1);
    let folder = tempfile::tempdir().unwrap();
    let exchange =
        exchange::Exchange::open(&crate::ExchangeFolder::with_defaults(folder.path().to_owned()), "見本クリニック")
            .unwrap();
    let place = |name: &str| folder.path().join(name);
    let files = |name: &str| fs::read_dir(place(name)).unwrap().count();
    let put = |number: u32| {
        let Ask { content, .. } = ask(Exchange::OnlineQualification, CharacterCode::Utf8);
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
        () = exchange.work(&interface, other.site.clock()) => panic!("it works endlessly"),
        outcome = tokio::time::timeout(LONGEST, counting) => outcome.expect("each ask is taken"),
    }
    assert_eq!((other.asked().len(), files("res")), (8, 0));
}
