//! Messages in XML, without TLS.

use base::{Date, InstitutionCode};
use oqs::{
    BulkFetch, BulkNumber, BulkResult, BulkSearch, BulkSearchRequest, CharacterCode, ConsentFlag, Exchange,
    FileCategory, FileName, LimitConsentFlag, MedicalOutcome, MedicalRequest, MedicalRequestHeader, MedicalTreatment,
    Message, Outcome, Period, QualificationRequest, QualificationResponse, QualificationSearch, QualificationValidity,
    RequestHeader, RequestMessage,
};

use super::world::{World, certificate, clinic, coverage, day, new_person, other_clinic, worlds};
use crate::{
    ConsentChoice, ConsentChoices, ConsentItem, Fingerprint, NewReception, RegistrationValidity, RequestFileError,
};

pub(super) const NOW: &str = "2026-11-24T09:00:00+09:00";

pub(super) fn header(institution: InstitutionCode) -> RequestHeader {
    RequestHeader {
        institution: institution.into(),
        identifier: oqs::Identifier::new("file-1"),
        confirmation_date: None,
    }
}

pub(super) async fn send_request(
    world: &World,
    caller: InstitutionCode,
    exchange: Exchange,
    message: Message,
) -> (Message, String) {
    let name = FileName::new(exchange.request(), "202611240001").unwrap();
    let request = oqs::write(&message, CharacterCode::Utf8);
    let file = world.eligibility.respond_to_file(certificate(caller), name.clone(), request).await.unwrap();
    assert_eq!(file.name, name.response());
    let parsed = oqs::parse(file.name.interface(), &file.body).unwrap();
    assert!(parsed.warnings.is_empty(), "{:?}", parsed.warnings);
    (parsed.message, String::from_utf8(file.body).unwrap())
}

pub(super) fn search(number: &str) -> QualificationSearch {
    let coverage = coverage(number);
    QualificationSearch {
        insurer: coverage.insurer.into(),
        symbol: oqs::CardSymbol::new("公立千葉12"),
        number: coverage.number,
        branch: coverage.branch,
        birthdate: day("1980-06-15"),
        limit_consent: None,
        examination_date: None,
        identifier: None,
    }
}

pub(super) async fn check_online(
    world: &World,
    caller: InstitutionCode,
    search: QualificationSearch,
) -> QualificationResponse {
    check_qualification(world, caller, Exchange::OnlineQualification, search).await
}

pub(super) async fn check_qualification(
    world: &World,
    caller: InstitutionCode,
    exchange: Exchange,
    search: QualificationSearch,
) -> QualificationResponse {
    let body = QualificationRequest { search };
    let message = Message::QualificationRequest(RequestMessage { header: header(caller), body });
    match send_request(world, caller, exchange, message).await.0 {
        Message::QualificationResponse(response) => match response.outcome {
            Outcome::Normal(body) => body,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

pub(super) async fn search_bulk(world: &World, caller: InstitutionCode, period: Period) -> Result<BulkResult, String> {
    let search = BulkSearch { period, treatment: MedicalTreatment::Online };
    let message = Message::BulkSearch(RequestMessage { header: header(caller), body: BulkSearchRequest { search } });
    let accepted = match send_request(world, caller, Exchange::OnlineBulkSearch, message).await.0 {
        Message::BulkSearchResponse(response) => response,
        other => panic!("{other:?}"),
    };
    if let Outcome::Abnormal(fault) = accepted.outcome {
        return Err(fault.code.unwrap());
    }
    fetch_bulk(world, caller, accepted.header.bulk_number.expect("a number to fetch with")).await
}

pub(super) async fn fetch_bulk(
    world: &World,
    caller: InstitutionCode,
    number: BulkNumber,
) -> Result<BulkResult, String> {
    let message = Message::BulkFetch(RequestMessage { header: header(caller), body: BulkFetch { number } });
    match send_request(world, caller, Exchange::OnlineBulkFetch, message).await.0 {
        Message::BulkResult(response) => match response.outcome {
            Outcome::Normal(body) => Ok(body),
            Outcome::Abnormal(fault) | Outcome::InProgress(fault) => Err(fault.code.unwrap()),
        },
        other => panic!("{other:?}"),
    }
}

/// The response for one item as a file, and its code if it is refused.
async fn request_medical(
    world: &World,
    caller: InstitutionCode,
    exchange: Exchange,
    file: FileCategory,
) -> (Option<String>, String) {
    request_medical_for_care(world, caller, (exchange, MedicalTreatment::Online), file).await
}

pub(super) async fn request_medical_for_care(
    world: &World,
    caller: InstitutionCode,
    (exchange, treatment): (Exchange, MedicalTreatment),
    file: FileCategory,
) -> (Option<String>, String) {
    request_medical_for_visit(world, caller, (exchange, treatment, None), file).await
}

/// Like [`request_medical_for_care`], for a visit day.
pub(super) async fn request_medical_for_visit(
    world: &World,
    caller: InstitutionCode,
    (exchange, treatment, visit): (Exchange, MedicalTreatment, Option<&str>),
    file: FileCategory,
) -> (Option<String>, String) {
    let message = medical_request(caller, "1234567", (exchange, treatment, visit.map(day)))(file);
    let (message, text) = send_request(world, caller, exchange, message).await;
    (refusal_code(&message), text)
}

/// The code of a refused response with medical information.
pub(super) fn refusal_code(message: &Message) -> Option<String> {
    let refusal = match message {
        Message::MedicineRecords(response) => match &response.outcome {
            MedicalOutcome::Normal(_) => None,
            MedicalOutcome::Refused(refusal) => Some(refusal),
        },
        Message::CheckUps(response) => match &response.outcome {
            MedicalOutcome::Normal(_) => None,
            MedicalOutcome::Refused(refusal) => Some(refusal),
        },
        other => panic!("{other:?}"),
    };
    refusal.map(|refusal| refusal.code().to_owned())
}

/// A request for the records of the person with this number on the document.
pub(super) fn medical_request(
    caller: InstitutionCode,
    number: &str,
    (exchange, treatment, visit): (Exchange, MedicalTreatment, Option<Date>),
) -> impl Fn(FileCategory) -> Message + use<> {
    let coverage = coverage(number);
    let header = MedicalRequestHeader {
        institution: caller.into(),
        insurer: coverage.insurer.into(),
        symbol: coverage.symbol,
        number: coverage.number,
        branch: coverage.branch,
        identifier: None,
    };
    move |file| {
        let body = MedicalRequest {
            from: None,
            to: (exchange != Exchange::CheckUps).then(|| oqs::Month::from_date(day("2026-09-01"))),
            file: Some(file),
            prescriptions: None,
            treatment,
            examination_date: visit,
        };
        Message::MedicalRequest(RequestMessage { header: header.clone(), body })
    }
}

pub(super) const MEDICAL: [(Exchange, ConsentItem, &str); 4] = [
    (Exchange::Medicines, ConsentItem::Medicines, "MARK-MEDICINE"),
    (Exchange::Diagnoses, ConsentItem::Treatments, "MARK-TREATMENT"),
    (Exchange::Operations, ConsentItem::Operations, "MARK-OPERATION"),
    (Exchange::CheckUps, ConsentItem::CheckUps, "MARK-CHECKUP"),
];

#[tokio::test]
async fn the_receptions_of_a_day_are_listed_by_visit_and_by_consent() {
    for world in worlds(NOW).await {
        let choices = ConsentChoices::from_fn(|item| {
            if matches!(item, ConsentItem::Medicines | ConsentItem::Limits) {
                ConsentChoice::Agree
            } else {
                ConsentChoice::Decline
            }
        });
        let registered = world.register(world.new_reception("2026-11-25", choices)).await.unwrap();
        world.register_all_agreed("2026-11-28").await;
        let visits = |from, to| Period::Examination { from: day(from), to: day(to) };
        let result = search_bulk(&world, clinic(), visits("2026-11-25", "2026-11-25")).await.unwrap();
        let [unit] = &result.units[..] else { panic!("{result:?}") };
        let [result] = &unit.results[..] else { panic!("{unit:?}") };
        assert_eq!(unit.validity, Some(QualificationValidity::Valid), "{}", world.engine);
        assert_eq!(unit.search.as_ref().unwrap().examination_date, Some(day("2026-11-25")));
        assert_eq!(result.identifier.as_ref().unwrap().as_str(), registered.number.to_string());
        assert_eq!(result.name.as_str(), "●木　花子");
        assert_eq!(result.kana.as_ref().unwrap().as_str(), "ﾅﾏｷ ﾊﾅｺ");
        assert_eq!(result.insurer_name.as_deref(), Some("千葉県職員共済組合"));
        assert_eq!(result.limit_consent.unwrap().flag, LimitConsentFlag::Given);
        assert!(result.limit.is_some());
        assert_eq!(result.diseases_consent.unwrap().flag, ConsentFlag::NotGiven);
        assert!(result.diseases.is_empty());
        let medicines = result.medicines.unwrap();
        assert_eq!(medicines.consent.flag, ConsentFlag::Given);
        assert_eq!(medicines.available_until.unwrap().to_string(), "2026-11-25T23:59:59+09:00");
        assert_eq!(result.operations.unwrap().consent.flag, ConsentFlag::NotGiven);
        let consents = Period::Consent { from: day("2026-11-24"), to: day("2026-11-24") };
        assert_eq!(search_bulk(&world, clinic(), consents).await.unwrap().units.len(), 2);
        assert_eq!(search_bulk(&world, other_clinic(), consents).await.unwrap().units.len(), 0);
        assert_eq!(search_bulk(&world, clinic(), visits("2026-11-26", "2026-11-27")).await.unwrap().units.len(), 0);
        assert_eq!(search_bulk(&world, clinic(), visits("2026-11-26", "2026-11-25")).await, Err("U302".to_owned()));
        assert_eq!(search_bulk(&world, clinic(), visits("2026-01-01", "2026-11-25")).await, Err("U302".to_owned()));
        let unknown = BulkNumber::new("20261124000000000000").unwrap();
        assert_eq!(fetch_bulk(&world, clinic(), unknown).await, Err("U301".to_owned()));
    }
}

#[tokio::test]
async fn a_search_is_forgotten_after_three_days() {
    for world in worlds(NOW).await {
        let days = Period::Examination { from: day("2026-11-24"), to: day("2026-11-24") };
        let search = BulkSearch { period: days, treatment: MedicalTreatment::Online };
        let message =
            Message::BulkSearch(RequestMessage { header: header(clinic()), body: BulkSearchRequest { search } });
        let Message::BulkSearchResponse(accepted) =
            send_request(&world, clinic(), Exchange::OnlineBulkSearch, message).await.0
        else {
            panic!("another message");
        };
        let number = accepted.header.bulk_number.unwrap();
        world.clock.set(super::world::timestamp("2026-11-27T09:00:00+09:00"));
        assert!(fetch_bulk(&world, clinic(), number.clone()).await.is_ok(), "{}", world.engine);
        world.clock.set(super::world::timestamp("2026-11-27T09:00:01+09:00"));
        assert_eq!(fetch_bulk(&world, clinic(), number).await, Err("U301".to_owned()));
        search_bulk(&world, clinic(), days).await.unwrap();
        let count = |tx: &mut database::Transaction<'_>| -> Result<i64, crate::Refusal> {
            Ok(tx.fetch_one("SELECT COUNT(*) FROM bulk_search", &[], |row| row.get(0))?)
        };
        assert_eq!(world.database.read(count).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn a_list_names_what_no_longer_stands_by_its_number_alone() {
    for world in worlds(NOW).await {
        let registered = world.register_all_agreed("2026-11-24").await;
        world.withdraw().await;
        world.register_all_agreed("2026-11-25").await;
        world.clock.set(super::world::timestamp("2026-11-26T00:00:00+09:00"));
        let period = Period::Examination { from: day("2026-11-24"), to: day("2026-11-26") };
        let result = search_bulk(&world, clinic(), period).await.unwrap();
        let codes: Vec<_> = result.units.iter().map(|unit| unit.processing.clone().unwrap().code.unwrap()).collect();
        assert_eq!(codes, ["U202", "U204"], "{}", world.engine);
        let echo = result.units[0].search.as_ref().unwrap();
        assert_eq!(echo.identifier.as_ref().unwrap().as_str(), registered.number.to_string());
        assert!(result.units.iter().all(|unit| unit.results.is_empty() && unit.validity.is_none()));
    }
}

#[tokio::test]
async fn eligibility_is_there_to_the_end_of_the_day_for_its_own_institution() {
    for world in worlds(NOW).await {
        let code = |response: QualificationResponse| response.processing.code.unwrap_or_default();
        assert_eq!(code(check_online(&world, clinic(), search("1234567")).await), "U101", "{}", world.engine);
        let registered = world.register_all_agreed("2026-11-25").await;
        let response = check_online(&world, clinic(), search("1234567")).await;
        assert_eq!((response.validity, response.results.len()), (Some(QualificationValidity::Valid), 1));
        let for_visit = |text: &str| QualificationSearch { examination_date: Some(day(text)), ..search("1234567") };
        assert_eq!(check_online(&world, clinic(), for_visit("2026-11-25")).await.results.len(), 1);
        assert_eq!(code(check_online(&world, clinic(), for_visit("2026-11-24")).await), "U101");
        assert_eq!(code(check_online(&world, other_clinic(), search("1234567")).await), "U101");
        let other_birth_date = QualificationSearch { birthdate: day("1980-06-16"), ..search("1234567") };
        assert_eq!(code(check_online(&world, clinic(), other_birth_date).await), "U101");
        world.clock.set(registered.valid_until.unwrap());
        assert_eq!(code(check_online(&world, clinic(), search("1234567")).await), "U204");
        world.register_all_agreed("2026-11-26").await;
        assert_eq!(check_online(&world, clinic(), search("1234567")).await.results.len(), 1);
        world.withdraw().await;
        assert_eq!(code(check_online(&world, clinic(), search("1234567")).await), "U202");
    }
}

#[tokio::test]
async fn a_lost_coverage_is_told_with_whether_there_is_a_newer_one() {
    for world in worlds(NOW).await {
        world.register_all_agreed("2026-11-25").await;
        let lost = crate::Coverage { disqualified_on: Some(day("2026-11-01")), ..coverage("1234567") };
        let newer = crate::Coverage { qualified_on: day("2026-11-01"), ..coverage("7777777") };
        world.eligibility.replace_coverages(world.person, vec![lost.clone()]).await.unwrap();
        let response = check_online(&world, clinic(), search("1234567")).await;
        assert_eq!(response.validity, Some(QualificationValidity::Invalid), "{}", world.engine);
        world.eligibility.replace_coverages(world.person, vec![lost, newer]).await.unwrap();
        let response = check_online(&world, clinic(), search("1234567")).await;
        assert_eq!(response.validity, Some(QualificationValidity::InvalidWithNewer));
        assert_eq!(response.results[0].disqualified_on, Some(day("2026-11-01")));
        let day = Period::Examination { from: day("2026-11-25"), to: day("2026-11-25") };
        let result = search_bulk(&world, clinic(), day).await.unwrap();
        assert_eq!(result.units[0].validity, Some(QualificationValidity::Valid));
        assert_eq!(result.units[0].results[0].number.as_str(), "7777777");
    }
}

#[tokio::test]
async fn twins_without_a_branch_are_never_chosen_between() {
    for world in worlds(NOW).await {
        let twin = world.eligibility.add_person(new_person("1234567", "1980-06-15")).await.unwrap();
        world.register_all_agreed("2026-11-25").await;
        assert_eq!(check_online(&world, clinic(), search("1234567")).await.results.len(), 1, "{}", world.engine);
        let new = world.new_reception("2026-11-25", ConsentChoices::all(ConsentChoice::Agree));
        world.register(NewReception { person: twin, ..new }).await.unwrap();
        let response = check_online(&world, clinic(), search("1234567")).await;
        assert_eq!((response.validity, response.results.len()), (Some(QualificationValidity::Several), 0));
        let (code, _) = request_medical(&world, clinic(), Exchange::Medicines, FileCategory::Xml).await;
        assert_eq!(code.as_deref(), Some("U102"));
    }
}

#[tokio::test]
async fn each_item_is_there_only_as_it_was_agreed_to() {
    for world in worlds(NOW).await {
        for declined in ConsentItem::ALL {
            let choices =
                ConsentChoices::from_fn(
                    |item| if item == declined { ConsentChoice::Decline } else { ConsentChoice::Agree },
                );
            world.register(world.new_reception("2026-11-25", choices)).await.unwrap();
            for (exchange, item, mark) in MEDICAL {
                let (code, text) = request_medical(&world, clinic(), exchange, FileCategory::Xml).await;
                let expected = (item == declined).then_some("U201");
                assert_eq!(code.as_deref(), expected, "{} {item:?}", world.engine);
                assert_eq!(text.contains(mark), item != declined);
                let other_items = MEDICAL.iter().filter(|(_, candidate, _)| *candidate != item);
                assert!(other_items.into_iter().all(|(_, _, mark)| !text.contains(mark)));
                // Beyond the requested months.
                assert!(!text.contains("MARK-LATER"));
                let (code, text) = request_medical(&world, other_clinic(), exchange, FileCategory::Xml).await;
                assert_eq!(code.as_deref(), Some("U101"));
                assert!(!text.contains("MARK") && !text.contains("花子"));
            }
            let (_, text) =
                request_medical(&world, clinic(), Exchange::Medicines, FileCategory::XmlWithTreatments).await;
            let expected = declined != ConsentItem::Treatments && declined != ConsentItem::Medicines;
            assert_eq!(text.contains("MARK-TREATMENT"), expected);
        }
    }
}

#[tokio::test]
async fn a_certificate_in_its_grace_shows_insurance_and_nothing_of_health() {
    for world in worlds(NOW).await {
        let new = world.new_reception("2026-11-25", ConsentChoices::all(ConsentChoice::Agree));
        world.register(NewReception { validity: RegistrationValidity::Grace, ..new }).await.unwrap();
        let response = check_online(&world, clinic(), search("1234567")).await;
        assert_eq!(response.processing.code.as_deref(), Some("U205"), "{}", world.engine);
        assert_eq!(response.results[0].medicines.unwrap().consent.flag, ConsentFlag::NotGiven);
        assert!(response.results[0].limit.is_some());
        for (exchange, _, mark) in MEDICAL {
            let (code, text) = request_medical(&world, clinic(), exchange, FileCategory::Xml).await;
            assert_eq!(code.as_deref(), Some("U205"));
            assert!(!text.contains(mark));
        }
    }
}

#[tokio::test]
async fn faulty_requests_are_answered_with_their_fault() {
    for world in worlds(NOW).await {
        let send_raw = async |exchange: Exchange, bytes: &[u8]| {
            let name = FileName::new(exchange.request(), "1").unwrap();
            let response =
                world.eligibility.respond_to_file(certificate(clinic()), name, bytes.to_vec()).await.unwrap();
            String::from_utf8(response.body).unwrap()
        };
        assert!(send_raw(Exchange::OnlineQualification, b"<not xml").await.contains("U001"), "{}", world.engine);
        assert!(send_raw(Exchange::Medicines, b"").await.contains("U001"));
        let body = QualificationRequest { search: search("1234567") };
        let foreign = Message::QualificationRequest(RequestMessage { header: header(other_clinic()), body });
        let foreign = oqs::write(&foreign, CharacterCode::Utf8);
        assert!(send_raw(Exchange::OnlineQualification, &foreign).await.contains("U002"));
        let body = QualificationRequest { search: search("1234567") };
        let message = Message::QualificationRequest(RequestMessage { header: header(clinic()), body });
        let message = oqs::write(&message, CharacterCode::Utf8);
        let damaged = String::from_utf8(message.clone()).unwrap().replace("0110113719", "0110113710");
        assert!(send_raw(Exchange::OnlineQualification, damaged.as_bytes()).await.contains("U004"));
        let nameless = String::from_utf8(message.clone()).unwrap().replace("Birthdate>", "Birthday>");
        let response = send_raw(Exchange::OnlineQualification, nameless.as_bytes()).await;
        let expected =
            "要求ファイルを読み取れません。要素 MessageBody/QualificationConfirmSearchInfo/Birthdate がありません。";
        assert!(response.contains("U001") && response.contains(expected), "{response}");
        let (code, _) = request_medical(&world, clinic(), Exchange::Medicines, FileCategory::Pdf).await;
        assert_eq!(code.as_deref(), Some("U401"));
        let name = FileName::new(Exchange::OnlineQualification.request(), "1").unwrap();
        let stranger = Fingerprint::from_certificate(b"stranger");
        let refused = world.eligibility.respond_to_file(stranger, name.clone(), message.clone()).await;
        assert!(matches!(refused, Err(RequestFileError::UnknownCaller)));
        let refused = world.eligibility.respond_to_file(certificate(clinic()), name.response(), message).await;
        assert!(matches!(refused, Err(RequestFileError::NotARequest(_))));
    }
}
