//! Elements that readers of the files expect in every response, also in an early failure.

use oqs::{
    BulkSearch, BulkSearchRequest, CharacterCode, Exchange, FileName, MedicalTreatment, Message, Period,
    QualificationRequest, QualificationSearch, RequestMessage,
};

use super::{
    messages::{NOW, check_qualification, header, search, search_bulk, send_request},
    world::{World, certificate, clinic, coverage, day, new_person, other_clinic, worlds},
};
use crate::{ConsentChoice, ConsentChoices, NewReception};

/// The body of the response to these bytes.
async fn send_bytes(world: &World, exchange: Exchange, request: &[u8]) -> Vec<u8> {
    let name = FileName::new(exchange.request(), "202611240001").unwrap();
    world.eligibility.respond_to_file(certificate(clinic()), name, request.to_vec()).await.unwrap().body
}

fn assert_has(text: &str, elements: &[&str]) {
    for element in elements {
        assert!(text.contains(&format!("<{element}>")), "{element} in {text}");
    }
}

const EVERY_QUALIFICATION: [&str; 8] = [
    "ProcessExecutionTime",
    "QualificationConfirmationDate",
    "MedicalInstitutionCode",
    "ReferenceClassification",
    "SegmentOfResult",
    "CharacterCodeIdentifier",
    "MessageBody",
    "ProcessingResultStatus",
];

#[tokio::test]
async fn an_answer_that_fails_early_has_every_member_of_the_header_and_a_body() {
    for world in worlds(NOW).await {
        for exchange in [Exchange::Qualification, Exchange::OnlineQualification, Exchange::HomeVisitQualification] {
            let unreadable = send_bytes(&world, exchange, b"<XmlMsg><MessageHeader>").await;
            assert_has(&String::from_utf8(unreadable).unwrap(), &EVERY_QUALIFICATION);
            let foreign = Message::QualificationRequest(RequestMessage {
                header: header(other_clinic()),
                body: QualificationRequest { search: search("1234567") },
            });
            let refused = send_bytes(&world, exchange, &oqs::write(&foreign, CharacterCode::Utf8)).await;
            assert_has(&String::from_utf8(refused).unwrap(), &EVERY_QUALIFICATION);
            let with_wrong_insurer = QualificationSearch {
                insurer: oqs::CheckedNumber::Invalid("00000000".to_owned()),
                ..search("1234567")
            };
            let message = Message::QualificationRequest(RequestMessage {
                header: header(clinic()),
                body: QualificationRequest { search: with_wrong_insurer },
            });
            let (_, text) = send_request(&world, clinic(), exchange, message).await;
            assert_has(&text, &EVERY_QUALIFICATION);
        }
    }
}

#[tokio::test]
async fn an_answer_to_a_faulty_request_speaks_its_code_and_repeats_its_identifier() {
    for world in worlds(NOW).await {
        for exchange in [Exchange::OnlineQualification, Exchange::OnlineBulkSearch, Exchange::Medicines] {
            let request = "<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><XmlMsg><MessageHeader>\
                           <ArbitraryFileIdentifier>abc-1</ArbitraryFileIdentifier></MessageHeader";
            let response = send_bytes(&world, exchange, request.as_bytes()).await;
            let head = String::from_utf8_lossy(&response[..60]).into_owned();
            assert!(head.contains("encoding=\"Shift_JIS\""), "{head}");
            let identifier = b"<ArbitraryFileIdentifier>abc-1</ArbitraryFileIdentifier>";
            assert!(response.windows(identifier.len()).any(|window| window == identifier), "{exchange:?}");
        }
    }
}

#[tokio::test]
async fn the_echo_of_a_question_has_the_flag_of_the_limit() {
    for world in worlds(NOW).await {
        for exchange in [Exchange::Qualification, Exchange::OnlineQualification] {
            let response = check_qualification(&world, clinic(), exchange, search("1234567")).await;
            let echo = response.search.expect("the search is echoed");
            assert_eq!(echo.limit_consent, Some(oqs::LimitConsentFlag::NotGiven));
        }
        // In each unit of a bulk result, of registered receptions and of a withdrawn one.
        world.register_all_agreed("2026-11-24").await;
        world.withdraw().await;
        world.register_all_agreed("2026-11-25").await;
        let (from, to) = (day("2026-11-24"), day("2026-11-25"));
        let result = search_bulk(&world, clinic(), Period::Examination { from, to }).await.unwrap();
        let flag = |unit: &oqs::BulkUnit| unit.search.as_ref().and_then(|search| search.limit_consent);
        let flags: Vec<_> = result.units.iter().map(flag).collect();
        assert_eq!(flags, [Some(oqs::LimitConsentFlag::NotGiven); 2], "{}", world.engine);
    }
}

#[tokio::test]
async fn a_bulk_search_is_accepted_with_number_and_time_in_the_body() {
    for world in worlds(NOW).await {
        let (from, to) = (day("2026-11-24"), day("2026-11-24"));
        let search = BulkSearch { period: Period::Examination { from, to }, treatment: MedicalTreatment::Online };
        let message =
            Message::BulkSearch(RequestMessage { header: header(clinic()), body: BulkSearchRequest { search } });
        let (_, text) = send_request(&world, clinic(), Exchange::OnlineBulkSearch, message).await;
        let (head, body) = text.split_once("</MessageHeader>").expect("a header");
        assert!(!head.contains("ReceptionNumber"), "{head}");
        assert_has(body, &["ReceptionNumber", "ReceptionDateTime"]);
        assert!(!body.contains("ProcessingResultStatus"), "{body}");
    }
}

#[tokio::test]
async fn a_bulk_result_has_its_day_and_the_identifier_of_its_search_and_says_nothing_of_the_whole() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-24").await;
        let (from, to) = (day("2026-11-24"), day("2026-11-24"));
        let search = BulkSearch { period: Period::Examination { from, to }, treatment: MedicalTreatment::Online };
        let message =
            Message::BulkSearch(RequestMessage { header: header(clinic()), body: BulkSearchRequest { search } });
        let accepted = match send_request(&world, clinic(), Exchange::OnlineBulkSearch, message).await.0 {
            Message::BulkSearchResponse(accepted) => accepted,
            other => panic!("{other:?}"),
        };
        let number = accepted.header.bulk_number.expect("a number to fetch with");
        // The fetch request has no identifier of its own.
        let header = oqs::RequestHeader { identifier: None, ..header(clinic()) };
        let fetch =
            |number| Message::BulkFetch(RequestMessage { header: header.clone(), body: oqs::BulkFetch { number } });
        let (message, text) = send_request(&world, clinic(), Exchange::OnlineBulkFetch, fetch(number)).await;
        let Message::BulkResult(oqs::ResponseMessage { header, outcome: oqs::Outcome::Normal(body) }) = message else {
            panic!("{text}")
        };
        assert_eq!(header.confirmation_date, Some(day("2026-11-24")), "{}", world.engine);
        assert_eq!(header.identifier.as_ref().map(oqs::Identifier::as_str), Some("file-1"));
        assert_eq!((header.reference_classification, body.processing), (None, None));
        assert!(!body.units.is_empty() && body.units.iter().all(|unit| unit.processing.is_some()));
        // A failure has its day too, whether or not the request could be read.
        let unknown = oqs::BulkNumber::new("20261124000000000000").expect("a number");
        let (_, refused) = send_request(&world, clinic(), Exchange::OnlineBulkFetch, fetch(unknown)).await;
        let unreadable = send_bytes(&world, Exchange::OnlineBulkFetch, b"<XmlMsg><MessageHeader>").await;
        for text in [refused, String::from_utf8(unreadable).unwrap()] {
            assert_has(&text, &["QualificationConfirmationDate", "SegmentOfResult"]);
            assert!(!text.contains("ReferenceClassification"), "{text}");
        }
    }
}

#[tokio::test]
async fn every_unit_of_a_bulk_result_has_one_result_at_most() {
    for world in worlds(NOW).await {
        let mut two = new_person("2345678", "1980-06-15");
        two.coverages.push(coverage("3456789"));
        let person = world.eligibility.add_person(two).await.unwrap();
        let new = world.new_reception("2026-11-24", ConsentChoices::all(ConsentChoice::Agree));
        let number = world.register(NewReception { person, ..new }).await.unwrap().number;
        let (from, to) = (day("2026-11-24"), day("2026-11-24"));
        let result = search_bulk(&world, clinic(), Period::Examination { from, to }).await.unwrap();
        let of_person = |unit: &&oqs::BulkUnit| {
            let identifier = unit.search.as_ref().and_then(|search| search.identifier.clone());
            identifier == oqs::Identifier::new(&number.to_string())
        };
        let results: Vec<_> = result.units.iter().filter(of_person).map(|unit| unit.results.len()).collect();
        assert_eq!(results, [1, 1], "{}", world.engine);
    }
}

#[tokio::test]
async fn a_loss_is_told_from_its_day_on_and_everybody_in_national_insurance_is_insured_in_person() {
    use oqs::PersonalFamily::{Family, Insured};
    for world in worlds(NOW).await {
        for (number, lost, relation, expected) in [
            ("2000001", None, None, (None, None, Some(Insured))),
            ("2000002", Some("2026-11-25"), Some(Family), (None, None, Some(Family))),
            ("2000003", Some("2026-11-24"), None, (Some("2026-11-24"), Some("03"), Some(Insured))),
        ] {
            let mut new = new_person(number, "1980-06-15");
            new.coverages[0].disqualified_on = lost.map(day);
            new.coverages[0].reason_of_loss = oqs::ReasonOfLoss::from_code("03");
            new.coverages[0].relation = relation;
            world.eligibility.add_person(new).await.unwrap();
            let response = check_qualification(&world, clinic(), Exchange::Qualification, search(number)).await;
            let result = &response.results[0];
            let reported = (result.disqualified_on, result.reason_of_loss.map(oqs::ReasonOfLoss::code), result.person);
            assert_eq!(reported, (expected.0.map(day), expected.1, expected.2), "{number} on {}", world.engine);
        }
    }
}
