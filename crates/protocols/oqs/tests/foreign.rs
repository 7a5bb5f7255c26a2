//! Files as written by others: elements in another order, unknown ones, empty ones, invalid ones, hostile ones.

use base::Timestamp;
use oqs::{
    BranchNumber, CharacterCode, CheckedNumber, ConsentFlag, Exchange, Interface, LimitConsentFlag, MedicalOutcome,
    Message, Outcome, PersonalFamily, PrescriptionForm, QualificationResponse, QualificationValidity, ReadWarning,
    ReferenceClassification, ResponseMessage, Sex, Unreadable,
};

const FACE: &str = include_str!("samples/foreign_OQSsiquc01res_face.xml");

fn qualification(bytes: &[u8]) -> (ResponseMessage<QualificationResponse>, CharacterCode, Vec<ReadWarning>) {
    let parsed = oqs::parse(Exchange::Qualification.response(), bytes).expect("a readable file");
    let Message::QualificationResponse(response) = parsed.message else { panic!("{:?}", parsed.message) };
    (response, parsed.character_code, parsed.warnings)
}

fn time(text: &str) -> Timestamp {
    format!("{text}+09:00").parse().expect("a readable file")
}

#[test]
fn a_card_receptions_result_is_read_by_name_in_any_order() {
    let (response, code, doubts) = qualification(FACE.as_bytes());
    assert_eq!((code, doubts), (CharacterCode::Utf8, Vec::new()));
    assert_eq!(response.header.institution, CheckedNumber::Invalid("1311111111".to_owned()));
    assert_eq!(response.header.reference_classification, Some(ReferenceClassification::Card));
    assert_eq!(response.header.processed_at, Some(time("2023-02-21T17:48:35")));
    let Outcome::Normal(body) = response.outcome else { panic!("{:?}", response.outcome) };
    assert_eq!(body.validity, Some(QualificationValidity::Valid));
    assert_eq!(body.prescription, Some(PrescriptionForm::Paper), "read within the result too");
    let [result] = &body.results[..] else { panic!("{:?}", body.results) };
    assert_eq!(result.insurer, CheckedNumber::Invalid("  123456".to_owned()));
    assert_eq!(result.insurer.to_string(), "123456");
    assert_eq!(result.symbol.as_ref().expect("a readable file").as_str(), "12-34");
    assert_eq!(result.branch, BranchNumber::new(1));
    assert_eq!(result.name.as_str(), "見本　次郎");
    assert_eq!(result.kana.as_ref().expect("a readable file").as_str(), "ﾐﾎﾝ ｼﾞﾛｳ");
    assert_eq!((result.sex, result.person), (Some(Sex::Male), Some(PersonalFamily::Insured)));
    assert_eq!(result.insured_name, None, "an empty element says nothing");
    assert_eq!(result.limit_consent.expect("a readable file").flag, LimitConsentFlag::NotGiven);
    let medicines = result.medicines.expect("a readable file");
    assert_eq!(medicines.consent.flag, ConsentFlag::Given);
    assert_eq!(medicines.consent.changed_at, Some(time("2023-02-21T17:48:35")));
    assert_eq!(medicines.available_until, Some(time("2023-02-22T17:48:35")));
    assert_eq!(result.diagnoses.expect("a readable file").consent.flag, ConsentFlag::NotGiven);
    assert_eq!(result.operations, None);
}

#[test]
fn shift_jis_and_utf_8_say_the_same() {
    let declared = FACE.replace("UTF-8", "Shift_JIS").replace("Identifier>0<", "Identifier>1<");
    let (bytes, _, lossy) = encoding_rs::SHIFT_JIS.encode(&declared);
    assert!(!lossy);
    let (response, code, doubts) = qualification(&bytes);
    assert_eq!((code, doubts), (CharacterCode::ShiftJis, Vec::new()));
    assert_eq!(response, qualification(FACE.as_bytes()).0);
    let marked = ["\u{FEFF}", FACE].concat();
    assert_eq!(response, qualification(marked.as_bytes()).0);
}

#[test]
fn medicines_are_read_and_electronic_prescriptions_passed_over() {
    let bytes = include_bytes!("samples/foreign_YZKsiquc01res.xml");
    let parsed = oqs::parse(Exchange::Medicines.response(), bytes).expect("a readable file");
    assert_eq!(parsed.warnings, []);
    let Message::MedicineRecords(response) = parsed.message else { panic!("{:?}", parsed.message) };
    let MedicalOutcome::Normal(records) = response.outcome else { panic!("{:?}", response.outcome) };
    assert_eq!(response.header.person.expect("a readable file").name.as_str(), "見本　次郎");
    let [month] = &records.months[..] else { panic!("{:?}", records.months) };
    assert_eq!(month.month.to_string(), "2026-09");
    let medicines: Vec<_> = month.days.iter().flat_map(|day| &day.medicines).collect();
    let names: Vec<_> = medicines.iter().map(|medicine| (medicine.name.as_str(), medicine.times)).collect();
    assert_eq!(names, [("架空錠", Some(14)), ("架空散", Some(7))]);
}

fn check_doubts(original: &str, replacement: &str, expected: &[(&str, &str)]) {
    assert!(FACE.contains(original), "{original}");
    let (_, _, doubts) = qualification(FACE.replace(original, replacement).as_bytes());
    let doubts: Vec<_> = doubts.iter().map(|doubt| (doubt.element.as_str(), doubt.text.as_str())).collect();
    assert_eq!(doubts, expected, "{replacement}");
}

#[test]
fn what_may_be_missing_is_passed_over_with_a_doubt() {
    const RESULT: &str = "MessageBody/ResultList/ResultOfQualificationConfirmation";
    let check = |original, replacement, element: &str, text| {
        check_doubts(original, replacement, &[(&format!("{RESULT}/{element}"), text)]);
    };
    check("<Sex1>1<", "<Sex1>4<", "Sex1", "4");
    check("<PharmacistsInfoConsFlg>1<", "<PharmacistsInfoConsFlg>7<", "PharmacistsInfoConsFlg", "7");
}

#[test]
fn a_wrong_date_of_loss_is_never_lost() {
    let with = "<Name>見本　次郎</Name><DisqualificationDate>20269999</DisqualificationDate>";
    let element = "MessageBody/ResultList/ResultOfQualificationConfirmation/DisqualificationDate";
    check_doubts("<Name>見本　次郎</Name>", with, &[(element, "20269999")]);
}

fn check(interface: Interface, document: &str, expected: &Unreadable) {
    assert_eq!(
        oqs::parse(interface, document.as_bytes()).map(|parsed| parsed.message),
        Err(expected.clone()),
        "{document}"
    );
}

fn missing_element(element: &str) -> Unreadable {
    Unreadable::Missing { element: element.to_owned() }
}

#[test]
fn what_a_result_cannot_be_without_is_named() {
    const RESULT: &str = "MessageBody/ResultList/ResultOfQualificationConfirmation";
    for (name, element) in [
        ("MedicalInstitutionCode", "MessageHeader/MedicalInstitutionCode".to_owned()),
        ("SegmentOfResult", "MessageHeader/SegmentOfResult".to_owned()),
        ("ProcessingResultStatus", "MessageBody/ProcessingResultStatus".to_owned()),
        ("MessageHeader", "MessageHeader".to_owned()),
        ("MessageBody", "MessageBody".to_owned()),
        ("InsurerNumber", format!("{RESULT}/InsurerNumber")),
        ("InsuredIdentificationNumber", format!("{RESULT}/InsuredIdentificationNumber")),
        ("Name", format!("{RESULT}/Name")),
        ("Birthdate", format!("{RESULT}/Birthdate")),
    ] {
        let without = FACE.replace(&format!("<{name}>"), "<Other>").replace(&format!("</{name}>"), "</Other>");
        check(Exchange::Qualification.response(), &without, &missing_element(&element));
    }
}

/// A request with this body.
fn request(body: &str) -> String {
    format!(
        "<XmlMsg><MessageHeader><MedicalInstitutionCode>0110113719</MedicalInstitutionCode></MessageHeader>\
         <MessageBody>{body}</MessageBody></XmlMsg>"
    )
}

#[test]
fn what_a_request_cannot_be_without_is_named() {
    const SEARCH: &str = "MessageBody/QualificationConfirmSearchInfo";
    let bulk = Exchange::OnlineBulkSearch.request();
    let search =
        |inner: &str| request(&format!("<QualificationConfirmSearchInfo>{inner}</QualificationConfirmSearchInfo>"));
    check(bulk, &request(""), &missing_element("MessageBody"));
    check(bulk, &request("<Other>1</Other>"), &missing_element(SEARCH));
    check(bulk, &search("<Other>1</Other>"), &missing_element(&format!("{SEARCH}/ConsentDateFrom")));
    check(
        bulk,
        &search("<ConsentDateFrom>20261124</ConsentDateFrom>"),
        &missing_element(&format!("{SEARCH}/ConsentDateTo")),
    );
    check(
        bulk,
        &search("<ExaminationDateTo>20261124</ExaminationDateTo>"),
        &missing_element(&format!("{SEARCH}/ExaminationDateFrom")),
    );
    let days = "<ConsentDateFrom>20261124</ConsentDateFrom><ConsentDateTo>20261124</ConsentDateTo>";
    check(bulk, &search(days), &missing_element(&format!("{SEARCH}/MedicalTreatmentFlag")));
    check(Exchange::OnlineBulkFetch.request(), &request(""), &missing_element("MessageBody"));
    check(Exchange::Medicines.request(), &request(""), &missing_element("MessageHeader/InsurerNumber"));
    check(Exchange::Medicines.response(), &request(""), &missing_element("MessageHeader/ResultCode"));
    check(
        Exchange::InquiryNumber.request(),
        &request("<a>1</a>"),
        &missing_element("MessageBody/ReferenceNumberRegistrationInfo"),
    );
}

#[test]
fn a_wrong_value_where_one_must_be_is_refused_and_said_twice_too() {
    const SEARCH: &str = "MessageBody/QualificationConfirmSearchInfo";
    let bulk = Exchange::OnlineBulkSearch.request();
    let search =
        |inner: &str| request(&format!("<QualificationConfirmSearchInfo>{inner}</QualificationConfirmSearchInfo>"));
    let days = "<ConsentDateFrom>20261124</ConsentDateFrom><ConsentDateTo>20261124</ConsentDateTo>";
    let wrong = |element: &str, expected| Unreadable::InvalidValue { element: format!("{SEARCH}/{element}"), expected };
    check(
        bulk,
        &search(&format!("{days}<MedicalTreatmentFlag>9</MedicalTreatmentFlag>")),
        &wrong("MedicalTreatmentFlag", "a code of OQSCD028"),
    );
    check(bulk, &search(&days.replace("20261124<", "2026-11-24<")), &wrong("ConsentDateFrom", "a date as YYYYMMDD"));
    check(
        bulk,
        &search(&format!("{days}<ExaminationDateTo>20261124</ExaminationDateTo>")),
        &wrong("ExaminationDateFrom", "alone: the days are those of consent or those of examination"),
    );
    let twice =
        format!("{days}<MedicalTreatmentFlag>2</MedicalTreatmentFlag><MedicalTreatmentFlag>3</MedicalTreatmentFlag>");
    check(bulk, &search(&twice), &Unreadable::Repeated { element: format!("{SEARCH}/MedicalTreatmentFlag") });
}

#[test]
fn an_unknown_kind_of_consent_never_withdraws_all() {
    let consent = "<InsurerNumber>33120015</InsurerNumber><InsuredIdentificationNumber>7</InsuredIdentificationNumber>\
                   <Birthdate>19901231</Birthdate><ConsentInfoClassification>XXX</ConsentInfoClassification>";
    let document = request(&format!("<ConsentCancelInfo>{consent}</ConsentCancelInfo>"));
    let element = "MessageBody/ConsentCancelInfo/ConsentInfoClassification".to_owned();
    let expected = Unreadable::InvalidValue { element, expected: "a code of OQSCD036" };
    check(Exchange::HomeVisitWithdrawal.request(), &document, &expected);
}

#[test]
fn an_inquiry_needs_no_body_and_an_accepted_request_none_either() {
    let header = "<MedicalInstitutionCode>0110113719</MedicalInstitutionCode>";
    let inquiry = format!("<XmlMsg><MessageHeader>{header}</MessageHeader></XmlMsg>");
    assert!(oqs::parse(Exchange::Environment.request(), inquiry.as_bytes()).is_ok());
    let number = "<ReceptionNumber>1</ReceptionNumber>";
    let segment = "<SegmentOfResult>1</SegmentOfResult>";
    for accepted in [
        format!("<XmlMsg><MessageHeader>{header}{number}{segment}</MessageHeader></XmlMsg>"),
        format!("<XmlMsg><MessageHeader>{header}{segment}</MessageHeader><MessageBody>{number}</MessageBody></XmlMsg>"),
    ] {
        let parsed = oqs::parse(Exchange::OnlineBulkSearch.response(), accepted.as_bytes()).expect("a readable file");
        let Message::BulkSearchResponse(response) = parsed.message else { panic!("{:?}", parsed.message) };
        assert_eq!(response.header.bulk_number.expect("a readable file").as_str(), "1", "{accepted}");
    }
}

#[test]
fn an_abnormal_end_needs_nothing_but_its_segment() {
    let segment = "<SegmentOfResult>9</SegmentOfResult><ErrorCode>E1</ErrorCode>";
    let header = "<MedicalInstitutionCode>0110113719</MedicalInstitutionCode>";
    for body in ["", "<MessageBody/>", "<MessageBody><Other>1</Other></MessageBody>"] {
        let document = format!("<XmlMsg><MessageHeader>{header}{segment}</MessageHeader>{body}</XmlMsg>");
        let (response, _, _) = qualification(document.as_bytes());
        let Outcome::Abnormal(fault) = response.outcome else { panic!("{:?}", response.outcome) };
        assert_eq!(fault.code.as_deref(), Some("E1"));
    }
}

#[test]
fn hostile_files_are_refused() {
    let interface = Exchange::Qualification.request();
    check(interface, "<Other/>", &Unreadable::Root);
    let entity = "<!DOCTYPE XmlMsg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><XmlMsg>&a;</XmlMsg>";
    check(interface, entity, &Unreadable::DocumentType);
    check(interface, &request("<Name>&a;</Name>"), &Unreadable::Entity);
    check(interface, &"<XmlMsg>".repeat(20), &Unreadable::TooDeep(16));
    check(interface, &request(&"<a/>".repeat(1_000)), &Unreadable::TooLarge { limit: 1_000, unit: "elements" });
    check(interface, &" ".repeat(300_000), &Unreadable::TooLarge { limit: 262_144, unit: "bytes" });
    check(
        interface,
        &request("").replace("<XmlMsg>", "<?xml version=\"1.0\" encoding=\"EUC-JP\"?><XmlMsg>"),
        &Unreadable::Encoding("EUC-JP".to_owned()),
    );
}

#[test]
fn a_file_cut_off_anywhere_is_no_message() {
    let complete = FACE.trim_end().as_bytes();
    for end in 0..complete.len() {
        let outcome = oqs::parse(Exchange::Qualification.response(), &complete[..end]);
        assert!(outcome.is_err(), "cut after {end} bytes: {outcome:?}");
    }
}

#[test]
fn no_error_repeats_what_stood_in_the_file() {
    let secret = "見本　次郎";
    for broken in [
        FACE.replace("<Birthdate>20010327", &format!("<Birthdate>{secret}")),
        FACE.replace("</Name>", ""),
        FACE.replace("<Name>", "<Name>&"),
        FACE.replace("<InsurerNumber>  123456</InsurerNumber>", ""),
    ] {
        let refused = oqs::parse(Exchange::Qualification.response(), broken.as_bytes()).unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains(secret), "{refused}");
    }
}
