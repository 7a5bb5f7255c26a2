//! Every message in both directions, with files under `tests/samples`: the written message is the file, byte for byte, and
//! the file is read as the message.

use std::fmt::Write;

use base::{InsurerNumber, Timestamp, parse_date};
use oqs::{
    AccessUrl, AccessUrlChange, AccessUrlKind, AccessUrlRequest, AccessUrlResponse, AdministrativeGender, Attachment,
    BranchNumber, BulkFetch, BulkNumber, BulkResult, BulkSearch, BulkSearchRequest, BulkSearchResponse, BulkUnit,
    CardNumber, CardSymbol, CharacterCode, CheckUp, CheckUpItem, CheckUps, CheckedNumber, CodeImage, Consent,
    ConsentFlag, ConsentedInformation, DayRecord, ElderlyCertificate, EnvironmentRequest, EnvironmentResponse,
    EnvironmentSettings, EnvironmentUpdateRequest, ExpiryReason, Fault, FileCategory, FileName, FullName, Identifier,
    InOut, InquiryNumber, InquiryNumberRegistration, InquiryNumberRequest, InquiryNumberResponse,
    InsuredCardClassification, KanaName, LimitCertificate, LimitCertificateClassification, LimitChanged, LimitClass,
    LimitConsentFlag, MedicalOutcome, MedicalPerson, MedicalRefusal, MedicalRequest, MedicalRequestHeader,
    MedicalResponse, MedicalResponseHeader, MedicalTicket, MedicalTreatment, MedicalTreatmentType, Medicine,
    MedicineRecords, Message, Month, MonthRecord, Outcome, Period, PersonalFamily, Preschool, PrescriptionForm,
    PrescriptionInformation, PrescriptionTiming, PrescriptionUse, ProcessingResult, QualificationRequest,
    QualificationResponse, QualificationResult, QualificationSearch, QualificationValidity, ReasonOfLoss,
    ReceptionConsents, ReferenceClassification, RequestHeader, RequestMessage, RequestedAccessUrl, ResponseHeader,
    ResponseMessage, SearchEcho, Sex, Share, SpecificDisease, SpecificDiseaseCertificate, TicketType, Treatment, Use,
    ViewingConsent, WithdrawalRequest, WithdrawalResponse, WithdrawnConsent,
};

/// Checks that the message is written as the file, and read from it.
fn check(file: &str, code: CharacterCode, message: &Message) {
    let path = format!("{}/tests/samples/{file}", env!("CARGO_MANIFEST_DIR"));
    let sample = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let written = oqs::write(message, code);
    assert_eq!(decode_text(&written, code), decode_text(&sample, code), "{file}");
    assert_eq!(written, sample, "{file}");
    let name: FileName = file.parse().expect("a right value");
    let reading = oqs::parse(name.interface(), &sample).expect("a right value");
    assert_eq!(reading.message, *message, "{file}");
    assert_eq!(reading.character_code, code, "{file}");
    assert_eq!(reading.warnings, [], "{file}");
}

fn decode_text(bytes: &[u8], code: CharacterCode) -> String {
    match code {
        CharacterCode::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
        CharacterCode::ShiftJis => encoding_rs::SHIFT_JIS.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn date(text: &str) -> base::Date {
    parse_date(text).expect("a right value")
}

fn time(text: &str) -> Timestamp {
    format!("{text}+09:00").parse().expect("a right value")
}

fn insurer(text: &str) -> CheckedNumber<InsurerNumber> {
    CheckedNumber::Valid(text.parse().expect("a right value"))
}

fn owned_text(text: &str) -> String {
    text.to_owned()
}

fn name(text: &str) -> FullName {
    FullName::new(text).expect("a right value")
}

fn request<Body>(body: Body) -> RequestMessage<Body> {
    let header = RequestHeader {
        institution: CheckedNumber::Valid("0110113719".parse().expect("a right value")),
        identifier: Identifier::new("20261124090000001"),
        confirmation_date: None,
    };
    RequestMessage { header, body }
}

fn response<Body>(body: Body) -> ResponseMessage<Body> {
    let header = ResponseHeader::for_request(&request(()).header, time("2026-11-24T09:00:05"));
    ResponseMessage { header, outcome: Outcome::Normal(body) }
}

fn search() -> QualificationSearch {
    QualificationSearch {
        insurer: insurer("138057"),
        symbol: CardSymbol::new("１２‐３４"),
        number: CardNumber::new("4260").expect("a right value"),
        branch: BranchNumber::new(1),
        birthdate: date("2001-03-27"),
        limit_consent: Some(LimitConsentFlag::Given),
        examination_date: None,
        identifier: Identifier::new("row-1"),
    }
}

#[test]
fn qualification_is_asked_by_the_data_on_the_document() {
    let mut message = request(QualificationRequest { search: search() });
    message.header.confirmation_date = Some(date("2026-11-24"));
    check("OQSsiquc01req_202611240001.xml", CharacterCode::Utf8, &Message::QualificationRequest(message));
}

#[test]
fn online_qualification_is_asked_for_a_visit_day() {
    let search = QualificationSearch {
        examination_date: Some(date("2026-11-25")),
        limit_consent: None,
        identifier: None,
        ..search()
    };
    let message = Message::QualificationRequest(request(QualificationRequest { search }));
    check("OQSsionq01req_202611240002.xml", CharacterCode::ShiftJis, &message);
}

#[test]
fn home_visit_qualification_is_asked_without_a_day() {
    let search = QualificationSearch { limit_consent: None, identifier: None, ..search() };
    let message = Message::QualificationRequest(request(QualificationRequest { search }));
    check("OQSsihvq01req_202611240001.xml", CharacterCode::Utf8, &message);
}

fn consent<Flag>(flag: Flag) -> Consent<Flag> {
    Consent { flag, changed_at: Some(time("2026-11-23T20:15:30")), expiry_reason: None }
}

fn viewing(flag: ConsentFlag) -> ViewingConsent {
    ViewingConsent { consent: consent(flag), available_until: Some(time("2026-11-24T23:59:59")) }
}

/// A result with every field.
fn whole_result() -> QualificationResult {
    let person = QualificationResult::new(
        insurer("39131156"),
        CardNumber::new("00123456").expect("a right value"),
        name("診療　太郎"),
        date("1949-02-03"),
    );
    QualificationResult {
        card: Some(InsuredCardClassification::General),
        symbol: CardSymbol::new("協１２３"),
        branch: BranchNumber::new(0),
        person: Some(PersonalFamily::Insured),
        insured_name: Some(name("診療　太郎")),
        other_name: Some(name("診療　多郎")),
        kana: KanaName::new("シンリョウ　タロウ"),
        other_kana: KanaName::new("シンリョウ　ダロウ"),
        sex: Some(Sex::Male),
        other_sex: Some(Sex::NotSet),
        address: Some(owned_text("東京都千代田区＜１＞‐２＆３")),
        post_number: Some(owned_text("100-0001")),
        qualified_on: Some(date("2024-02-03")),
        disqualified_on: Some(date("2027-07-31")),
        card_issued_on: Some(date("2026-07-01")),
        card_valid_from: Some(date("2026-08-01")),
        card_valid_to: Some(date("2027-07-31")),
        share: Share::from_tenths(1),
        preschool: Some(Preschool::Preschool),
        reason_of_loss: Some(ReasonOfLoss::OtherInsurance),
        insurer_name: Some(owned_text("東京都後期高齢者医療広域連合")),
        elderly: Some(ElderlyCertificate {
            issued_on: Some(date("2026-07-01")),
            valid_from: Some(date("2026-08-01")),
            valid_to: Some(date("2027-07-31")),
            share: Share::from_tenths(2),
        }),
        limit_consent: Some(consent(LimitConsentFlag::Given)),
        limit: Some(LimitCertificate {
            classification: Some(LimitCertificateClassification::LimitAndMealReduction),
            class: Some(LimitClass::LowIncome2),
            issued_on: Some(date("2026-07-01")),
            valid_from: Some(date("2026-08-01")),
            valid_to: Some(date("2027-07-31")),
            long_term_from: Some(date("2026-10-01")),
        }),
        limit_changed: Some(LimitChanged::No),
        diseases_consent: Some(consent(ConsentFlag::Given)),
        diseases: vec![
            SpecificDiseaseCertificate {
                disease: Some(SpecificDisease::Dialysis),
                issued_on: Some(date("2020-04-01")),
                valid_from: Some(date("2020-04-01")),
                valid_to: Some(date("2027-07-31")),
                self_pay: Some(10_000),
            },
            SpecificDiseaseCertificate {
                disease: Some(SpecificDisease::Haemophilia),
                issued_on: None,
                valid_from: None,
                valid_to: None,
                self_pay: Some(20_000),
            },
        ],
        tickets: vec![ticket()],
        check_ups: Some(viewing(ConsentFlag::Given)),
        medicines: Some(viewing(ConsentFlag::Given)),
        diagnoses: Some(ViewingConsent {
            consent: Consent { flag: ConsentFlag::NotGiven, changed_at: None, expiry_reason: None },
            available_until: None,
        }),
        operations: Some(ViewingConsent {
            consent: Consent {
                flag: ConsentFlag::Expired,
                changed_at: Some(time("2026-11-23T20:15:30")),
                expiry_reason: Some(ExpiryReason::WithdrawnByPatient),
            },
            available_until: None,
        }),
        identifier: Identifier::new("row-1"),
        inquiry_number: InquiryNumber::new("24434"),
        ..person
    }
}

fn ticket() -> MedicalTicket {
    MedicalTicket {
        kind: Some(TicketType::Medical),
        valid_from: Some(date("2026-11-01")),
        valid_to: Some(date("2026-11-30")),
        issue_number: Some(owned_text("0000001")),
        month: Some(Month::from_date(date("2026-11-24"))),
        institution: Some(CheckedNumber::Valid("0110113719".parse().expect("a right value"))),
        institution_matches: Some(oqs::DesignatedInstitution::Same),
        institution_name: Some(owned_text("見本医院")),
        prescriber: Some(CheckedNumber::Invalid("1311111111".to_owned())),
        prescriber_name: Some(owned_text("見本診療所")),
        injuries: vec!["高血圧症".to_owned(), "糖尿病".to_owned()],
        treatment: Some(MedicalTreatmentType::Outpatient),
        self_pay: Some(0),
        district_contact: Some(owned_text("地区　一郎")),
        handling_contact: Some(owned_text("取扱　二郎")),
        single_or_combined: Some(oqs::SingleOrCombined::Combined),
        social_insurance: Some(oqs::SocialInsurance::Yes),
        consistency: Some(oqs::Consistency::Inconsistent),
        infection_law: Some(oqs::InfectionLaw::No),
        late_elderly_care: Some(oqs::LateElderlyCare::Yes),
        prefectural_expenses: Some(oqs::PrefecturalExpenses::No),
        remarks: vec!["備考その一".to_owned(), "備考その二".to_owned(), "備考その三".to_owned()],
    }
}

#[test]
fn an_answer_can_say_everything() {
    let mut message = response(QualificationResponse {
        processing: ProcessingResult {
            code: Some(owned_text("I-0001")),
            message: Some(owned_text("証明書の期限が近い")),
            ..ProcessingResult::normal()
        },
        validity: Some(QualificationValidity::Valid),
        prescription: Some(PrescriptionForm::Electronic),
        search: Some(SearchEcho::from(&search())),
        results: vec![whole_result()],
        ended_consents: None,
    });
    message.header.confirmation_date = Some(date("2026-11-24"));
    message.header.reference_classification = Some(ReferenceClassification::InsuredData);
    let message = Message::QualificationResponse(message);
    check("OQSsiquc01res_202611240001.xml", CharacterCode::Utf8, &message);
    check("OQSsionq01res_202611240002.xml", CharacterCode::ShiftJis, &message);
}

#[test]
fn nobody_found_is_an_error_with_its_words() {
    let message = response(QualificationResponse {
        processing: ProcessingResult::error("E-0004", "該当する資格がありません"),
        validity: Some(QualificationValidity::NotFound),
        prescription: None,
        search: None,
        results: Vec::new(),
        ended_consents: None,
    });
    check("OQSsihvq01res_202611240003.xml", CharacterCode::Utf8, &Message::QualificationResponse(message));
}

#[test]
fn an_abnormal_end_says_so_in_its_body_too() {
    let fault = Fault {
        code: Some(owned_text("E-9000")), message: Some(owned_text("ただいまシステムの保守中です"))
    };
    let message = ResponseMessage { outcome: Outcome::Abnormal(fault), ..response(()) };
    let ResponseMessage { header, outcome: Outcome::Abnormal(fault) } = message else { unreachable!() };
    let message = Message::QualificationResponse(ResponseMessage { header, outcome: Outcome::Abnormal(fault) });
    check("OQSsiquc01res_202611240004.xml", CharacterCode::Utf8, &message);
}

#[test]
fn a_reference_number_is_registered() {
    let registration = InquiryNumberRegistration {
        inquiry_number: InquiryNumber::new("24434").expect("a right value"),
        insurer: insurer("138057"),
        symbol: None,
        number: CardNumber::new("4260").expect("a right value"),
        branch: BranchNumber::new(2),
    };
    let message = request(InquiryNumberRequest { registration: registration.clone() });
    check("OQSsiimm01req_202611240001.xml", CharacterCode::ShiftJis, &Message::InquiryNumberRequest(message));
    let message =
        response(InquiryNumberResponse { registration: Some(registration), processing: ProcessingResult::normal() });
    check("OQSsiimm01res_202611240001.xml", CharacterCode::Utf8, &Message::InquiryNumberResponse(message));
}

#[test]
fn consents_are_asked_for_in_bulk_by_either_day() {
    let check_period = |file, treatment, period| {
        let message = request(BulkSearchRequest { search: BulkSearch { period, treatment } });
        check(file, CharacterCode::ShiftJis, &Message::BulkSearch(message));
    };
    let (from, to) = (date("2026-11-23"), date("2026-11-24"));
    check_period("OQSmuonq01req_202611240001.xml", MedicalTreatment::Online, Period::Examination { from, to });
    check_period("OQSmuonq01req_202611240002.xml", MedicalTreatment::Online, Period::Consent { from, to });
    check_period("OQSmuhvq01req_202611240003.xml", MedicalTreatment::HomeVisit, Period::Consent { from, to });
}

#[test]
fn a_bulk_request_is_accepted_and_fetched() {
    let number = BulkNumber::new("202611240000000001");
    let mut message = response(BulkSearchResponse { accepted_at: Some(time("2026-11-24T09:00:00")), processing: None });
    message.header.bulk_number = number.clone();
    let message = Message::BulkSearchResponse(message);
    check("OQSmuonq01res_202611240001.xml", CharacterCode::Utf8, &message);
    check("OQSmuhvq01res_202611240001.xml", CharacterCode::Utf8, &message);
    let message = Message::BulkFetch(request(BulkFetch { number: number.expect("a right value") }));
    check("OQSmuonq02req_202611240001.xml", CharacterCode::ShiftJis, &message);
    check("OQSmuhvq02req_202611240001.xml", CharacterCode::ShiftJis, &message);
    let fault = Fault { code: Some(owned_text("I-0002")), message: Some(owned_text("処理中です")) };
    let message = ResponseMessage { header: response(()).header, outcome: Outcome::InProgress(fault) };
    check("OQSmuonq02res_202611240000.xml", CharacterCode::Utf8, &Message::BulkResult(message));
}

#[test]
fn a_bulk_result_has_one_unit_a_patient() {
    let hanako = QualificationResult {
        medicines: Some(viewing(ConsentFlag::Given)),
        kana: KanaName::new("ツチヨシダ　ハナコ"),
        ..QualificationResult::new(
            insurer("33120015"),
            CardNumber::new("77").expect("a right value"),
            name("●田　花子"),
            date("1990-12-31"),
        )
    };
    let first_unit = BulkUnit {
        search: None,
        processing: Some(ProcessingResult::normal()),
        validity: Some(QualificationValidity::Valid),
        results: vec![hanako],
        inquiry_numbers: vec![
            InquiryNumber::new("24434").expect("a right value"),
            InquiryNumber::new("24435").expect("a right value"),
        ],
        ended_consents: None,
    };
    let second_unit = BulkUnit {
        processing: Some(ProcessingResult::error("E-0003", "新しい資格があります")),
        validity: Some(QualificationValidity::InvalidWithNewer),
        results: Vec::new(),
        inquiry_numbers: Vec::new(),
        search: None,
        ended_consents: None,
    };
    let mut message = response(BulkResult { processing: None, units: vec![first_unit, second_unit] });
    message.header.bulk_number = BulkNumber::new("202611240000000001");
    (message.header.result_count, message.header.normal_count, message.header.error_count) =
        (Some(2), Some(1), Some(1));
    let message = Message::BulkResult(message);
    check("OQSmuonq02res_202611240001.xml", CharacterCode::Utf8, &message);
    let zip: FileName = "OQSmuonq02res_202611240001.zip".parse().expect("a right value");
    let packed = oqs::pack(&zip, &oqs::write(&message, CharacterCode::ShiftJis));
    let unpacked = oqs::unpack(&zip, &packed).expect("a right value");
    assert_eq!(oqs::parse(zip.interface(), &unpacked).expect("a right value").message, message);
}

/// Consents of a reception that has ended: withdrawn by the institution, withdrawn by the patient, expired, and not given.
fn ended_consents() -> ReceptionConsents {
    fn expired_consent<Flag>(flag: Flag, reason: Option<ExpiryReason>) -> Consent<Flag> {
        Consent { flag, changed_at: None, expiry_reason: reason }
    }
    let viewing = |flag, reason| Some(ViewingConsent { consent: expired_consent(flag, reason), available_until: None });
    ReceptionConsents {
        limit: Some(expired_consent(LimitConsentFlag::NotGiven, Some(ExpiryReason::WithdrawnByInstitution))),
        diseases: Some(expired_consent(ConsentFlag::NotGiven, None)),
        check_ups: viewing(ConsentFlag::NotGiven, None),
        medicines: viewing(ConsentFlag::Expired, Some(ExpiryReason::WithdrawnByInstitution)),
        diagnoses: viewing(ConsentFlag::Expired, Some(ExpiryReason::WithdrawnByPatient)),
        operations: viewing(ConsentFlag::Expired, Some(ExpiryReason::FormOfCare)),
    }
}

#[test]
fn a_reception_that_has_ended_is_told_by_its_consents_alone() {
    let unit = BulkUnit {
        search: Some(SearchEcho {
            insurer: None,
            symbol: None,
            number: None,
            branch: None,
            birthdate: None,
            limit_consent: None,
            examination_date: None,
            identifier: Identifier::new("3141-5926-5358"),
        }),
        processing: Some(oqs::ResultCode::WithdrawnByInstitution.processing_result()),
        validity: None,
        results: Vec::new(),
        inquiry_numbers: Vec::new(),
        ended_consents: Some(Box::new(ended_consents())),
    };
    let mut message = response(BulkResult { processing: None, units: vec![unit] });
    message.header.bulk_number = BulkNumber::new("202611240000000001");
    (message.header.result_count, message.header.normal_count, message.header.error_count) =
        (Some(1), Some(0), Some(1));
    check("OQSmuhvq02res_202611240001.xml", CharacterCode::Utf8, &Message::BulkResult(message));
}

#[test]
fn a_consent_is_withdrawn() {
    let consent = WithdrawnConsent {
        insurer: insurer("33120015"),
        symbol: None,
        number: CardNumber::new("77").expect("a right value"),
        branch: BranchNumber::new(0),
        birthdate: date("1990-12-31"),
        kinds: vec![ConsentedInformation::Medicines, ConsentedInformation::Operations],
    };
    let message = request(WithdrawalRequest { consent });
    check("OQSsihvd01req_202611240001.xml", CharacterCode::Utf8, &Message::WithdrawalRequest(message));
    let message = response(WithdrawalResponse { processing: ProcessingResult::normal() });
    check("OQSsihvd01res_202611240001.xml", CharacterCode::Utf8, &Message::WithdrawalResponse(message));
}

#[test]
fn an_address_is_asked_for() {
    let requested =
        RequestedAccessUrl { kind: AccessUrlKind::Online, image: CodeImage::Png, change: AccessUrlChange::Change };
    let message = request(AccessUrlRequest { requested });
    check("OQSsiurl01req_202611240001.xml", CharacterCode::Utf8, &Message::AccessUrlRequest(message));
    let address = AccessUrl {
        kind: AccessUrlKind::Online,
        url: "http://reception.localhost:8400/i/abc?x=1&y=2".to_owned(),
        image: Some(CodeImage::Png),
        code: Some(Attachment(b"\x89PNG\r\n\x1a\n".to_vec())),
    };
    let message = response(AccessUrlResponse { processing: ProcessingResult::normal(), address: Some(address) });
    check("OQSsiurl01res_202611240001.xml", CharacterCode::Utf8, &Message::AccessUrlResponse(message));
}

#[test]
fn settings_are_asked_for_and_changed() {
    check(
        "OQSsiinq01req_202611240001.xml",
        CharacterCode::Utf8,
        &Message::EnvironmentRequest(request(EnvironmentRequest {})),
    );
    let settings = EnvironmentSettings {
        viewing_consent: Some(Use::Used),
        medical_assistance: Some(Use::Unused),
        home_visit: Some(Use::Unused),
        online: Some(Use::Used),
        prescription: Some(PrescriptionUse::Both),
        prescription_timing: Some(PrescriptionTiming::WithQualification),
    };
    let changed = EnvironmentSettings {
        viewing_consent: None,
        medical_assistance: None,
        home_visit: Some(Use::Used),
        online: None,
        prescription: None,
        prescription_timing: None,
    };
    let message = request(EnvironmentUpdateRequest { settings: changed });
    check("OQSsiupd01req_202611240001.xml", CharacterCode::Utf8, &Message::EnvironmentUpdateRequest(message));
    let message = Message::EnvironmentResponse(response(EnvironmentResponse {
        processing: ProcessingResult::normal(),
        settings: Some(settings),
    }));
    check("OQSsiinq01res_202611240001.xml", CharacterCode::Utf8, &message);
    check("OQSsiupd01res_202611240001.xml", CharacterCode::Utf8, &message);
}

fn medical_request(body: MedicalRequest) -> Message {
    let header = MedicalRequestHeader {
        institution: CheckedNumber::Valid("0110113719".parse().expect("a right value")),
        insurer: insurer("138057"),
        symbol: CardSymbol::new("１２‐３４"),
        number: CardNumber::new("4260").expect("a right value"),
        branch: BranchNumber::new(1),
        identifier: Identifier::new("24434"),
    };
    Message::MedicalRequest(RequestMessage { header, body })
}

fn medical_header(person: MedicalPerson) -> MedicalResponseHeader {
    MedicalResponseHeader {
        processed_at: Some(time("2026-11-24T09:00:05")),
        institution: Some(CheckedNumber::Valid("0110113719".parse().expect("a right value"))),
        identifier: Identifier::new("24434"),
        person: Some(person),
    }
}

#[test]
fn medicines_are_asked_for_by_months_and_come_by_days() {
    let month = |text| Some(Month::from_date(date(text)));
    let message = medical_request(MedicalRequest {
        from: month("2026-08-01"),
        to: month("2026-11-01"),
        file: Some(FileCategory::XmlWithTreatments),
        prescriptions: Some(PrescriptionInformation::With),
        treatment: MedicalTreatment::Online,
        examination_date: None,
    });
    check("YZKsiquc01req_202611240001.xml", CharacterCode::ShiftJis, &message);

    let medicine = Medicine {
        code: Some(owned_text("612170709")),
        name: "架空錠５ｍｇ「見本」".to_owned(),
        ingredient: Some(owned_text("架空塩酸塩錠")),
        quantity: Some(owned_text("1.5")),
        unit: Some(owned_text("錠")),
        usage: Some(owned_text("１日１回朝食後")),
        instruction: Some(owned_text("一包化")),
        times: Some(28),
        kind: Some(owned_text("21")),
    };
    let treatment = Treatment {
        code: Some(owned_text("160022510")),
        name: "架空検査".to_owned(),
        kind: Some(owned_text("60")),
        quantity: None,
        times: Some(1),
        unit: Some(owned_text("回")),
    };
    let day = DayRecord {
        day: Some(date("2026-10-05")),
        prescribed_on: Some(date("2026-10-04")),
        medicines: vec![medicine],
        treatments: vec![treatment],
    };
    let record = MonthRecord {
        dispensing_origin: Some(1),
        institution: Some(CheckedNumber::Valid("0110113719".parse().expect("a right value"))),
        prescriber: None,
        institution_name: Some(owned_text("見本薬局")),
        month: Month::from_date(date("2026-10-01")),
        prescriber_name: Some(owned_text("見本医院")),
        prescriber_origin: Some(2),
        in_out: Some(InOut::Outpatient),
        days: vec![day],
    };
    let person = MedicalPerson {
        name: name("診療　太郎"),
        kana: KanaName::new("ｼﾝﾘｮｳ ﾀﾛｳ"),
        birthdate: date("2001-03-27"),
        sex: Some(AdministrativeGender::Male),
    };
    let outcome = MedicalOutcome::Normal(MedicineRecords { months: vec![record] });
    let message = Message::MedicineRecords(MedicalResponse { header: medical_header(person), outcome });
    check("YZKsiquc01res_202611240001.xml", CharacterCode::Utf8, &message);
    check("SHJsiquc01res_202611240001.xml", CharacterCode::Utf8, &message);
}

#[test]
fn treatments_and_operations_are_asked_for_a_visit_and_come_as_medicines_do() {
    let message = medical_request(MedicalRequest {
        from: Some(Month::from_date(date("2026-08-01"))),
        to: Some(Month::from_date(date("2026-11-01"))),
        file: Some(FileCategory::Xml),
        prescriptions: None,
        treatment: MedicalTreatment::Online,
        examination_date: Some(date("2026-11-25")),
    });
    check("SRJsiquc01req_202611240001.xml", CharacterCode::Utf8, &message);
    check("SHJsiquc01req_202611240001.xml", CharacterCode::Utf8, &message);
    let treatment = Treatment {
        code: Some(owned_text("160022510")),
        name: "架空検査".to_owned(),
        kind: Some(owned_text("60")),
        quantity: Some(owned_text("1")),
        times: Some(2),
        unit: Some(owned_text("回")),
    };
    let day = DayRecord {
        day: Some(date("2026-10-05")),
        prescribed_on: None,
        medicines: Vec::new(),
        treatments: vec![treatment],
    };
    let record = MonthRecord {
        dispensing_origin: None,
        institution: Some(CheckedNumber::Valid("0110113719".parse().expect("a right value"))),
        prescriber: None,
        institution_name: Some(owned_text("見本医院")),
        month: Month::from_date(date("2026-10-01")),
        prescriber_name: None,
        prescriber_origin: None,
        in_out: Some(InOut::Outpatient),
        days: vec![day],
    };
    let person = MedicalPerson {
        name: name("診療　太郎"),
        kana: KanaName::new("ｼﾝﾘｮｳ ﾀﾛｳ"),
        birthdate: date("2001-03-27"),
        sex: Some(AdministrativeGender::Male),
    };
    let outcome = MedicalOutcome::Normal(MedicineRecords { months: vec![record] });
    let message = Message::MedicineRecords(MedicalResponse { header: medical_header(person), outcome });
    check("SRJsiquc01res_202611240001.xml", CharacterCode::Utf8, &message);
}

#[test]
fn medical_information_is_refused_with_its_words() {
    let refusal = MedicalRefusal::new("2", Some(owned_text("閲覧の同意がありません"))).expect("a right value");
    let header = MedicalResponseHeader {
        processed_at: Some(time("2026-11-24T09:00:05")),
        institution: Some(CheckedNumber::Valid("0110113719".parse().expect("a right value"))),
        identifier: None,
        person: None,
    };
    let message = Message::MedicineRecords(MedicalResponse { header, outcome: MedicalOutcome::Refused(refusal) });
    check("SRJsiquc01res_202611240002.xml", CharacterCode::Utf8, &message);
    assert_eq!(MedicalRefusal::new(" 1 ", None), None);
    assert_eq!(MedicalRefusal::new(" ", None), None);
}

#[test]
fn check_ups_are_asked_for_whole_and_come_by_items() {
    let message = medical_request(MedicalRequest {
        from: None,
        to: None,
        file: Some(FileCategory::Xml),
        prescriptions: Some(PrescriptionInformation::With),
        treatment: MedicalTreatment::Online,
        examination_date: None,
    });
    check("TKKsiquc01req_202611240001.xml", CharacterCode::ShiftJis, &message);

    let measured = CheckUpItem {
        code: "9N001000000000001".to_owned(),
        name: Some(owned_text("身長")),
        kind: Some(owned_text("PQ")),
        value: Some(owned_text("170.5")),
        unit: Some(owned_text("cm")),
        oid: None,
        value_name: None,
    };
    let answer_of_questionnaire = CheckUpItem {
        code: "9N736000000000011".to_owned(),
        name: Some(owned_text("喫煙")),
        kind: Some(owned_text("CD")),
        value: Some(owned_text("2")),
        unit: None,
        oid: Some(owned_text("1.2.392.200119.6.2001")),
        value_name: Some(owned_text("いいえ")),
    };
    let check_up = CheckUp { day: date("2026-06-01"), items: vec![measured, answer_of_questionnaire] };
    let person = MedicalPerson {
        name: name("診療　太郎"),
        kana: KanaName::new("ｼﾝﾘｮｳ ﾀﾛｳ"),
        birthdate: date("2001-03-27"),
        sex: Some(AdministrativeGender::Male),
    };
    let outcome = MedicalOutcome::Normal(CheckUps { check_ups: vec![check_up] });
    let message = Message::CheckUps(MedicalResponse { header: medical_header(person), outcome });
    check("TKKsiquc01res_202611240001.xml", CharacterCode::Utf8, &message);
}

/// The element tree of an eligibility result in the sources.
const RESULT: &str = "InsuredCardClassification InsurerNumber InsuredCardSymbol InsuredIdentificationNumber \
    InsuredBranchNumber PersonalFamilyClassification InsuredName Name NameOfOther NameKana NameOfOtherKana Sex1 Sex2 \
    Birthdate Address PostNumber QualificationDate DisqualificationDate InsuredCertificateIssuanceDate \
    InsuredCardValidDate InsuredCardExpirationDate InsuredPartialContributionRatio PreschoolClassification ReasonOfLoss \
    InsurerName ElderlyRecipientCertificateInfo ElderlyRecipientCertificateDate ElderlyRecipientValidStartDate \
    ElderlyRecipientValidEndDate ElderlyRecipientContributionRatio LimitApplicationCertificateRelatedConsFlg \
    LimitApplicationCertificateRelatedConsTime LimitApplicationCertificateRelatedInfo \
    LimitApplicationCertificateClassification LimitApplicationCertificateClassificationFlag \
    LimitApplicationCertificateDate LimitApplicationCertificateValidStartDate LimitApplicationCertificateValidEndDate \
    LimitApplicationCertificateLongTermDate SpecificDiseasesCertificateRelatedConsFlg \
    SpecificDiseasesCertificateRelatedConsTime SpecificDiseasesCertificateList SpecificDiseasesCertificateInfo \
    SpecificDiseasesDiseaseCategory SpecificDiseasesCertificateDate SpecificDiseasesValidStartDate \
    SpecificDiseasesValidEndDate SpecificDiseasesSelfPay PublicExpenseResultList MedicalTicketInfo TicketType \
    MedicalTicketValidDate MedicalTicketExpirationDate IssueNumber MedicalTreatmentMonth \
    DesignatedMedicalInstitutionCode DesignatedMedicalInstitutionFlag DesignatedMedicalInstitutionName \
    PrescriptionIssuerMedicalInstitutionCode PrescriptionIssuerMedicalInstitutionName InjuryName1 InjuryName2 \
    MedicalTreatmentType SelfPayAmount DistrictContactName HandlingContactName SingleOrCombinedUse \
    StatusOfSocialInsurance ConsistencyFlag StatusOfInfecton StatusOfElderlyMedicalCare StatusOfPrefecturalExpenses \
    Remarks1 Remarks2 Remarks3 SpecificHealthCheckupsInfoConsFlg SpecificHealthCheckupsInfoConsTime \
    SpecificHealthCheckupsInfoAvailableTime PharmacistsInfoConsFlg PharmacistsInfoConsTime PharmacistsInfoAvailableTime \
    DiagnosisInfoConsFlg OperationInfoConsFlg OperationInfoConsTime ArbitraryIdentifier ReferenceNumber";

/// The names of the elements within `element`, each once.
fn names_within<'x>(text: &'x str, element: &str) -> Vec<&'x str> {
    let (_, rest) = text.split_once(&format!("<{element}>")).expect("the element begins");
    let (content, _) = rest.split_once(&format!("</{element}>")).expect("the element ends");
    let started = content.split('<').filter_map(|tag| tag.split_once('>')).map(|(name, _)| name);
    let mut names: Vec<_> = started.filter(|name| !name.starts_with('/')).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn sorted(names: &str) -> Vec<&str> {
    let mut names: Vec<_> = names.split_whitespace().collect();
    names.sort_unstable();
    names
}

#[test]
fn headers_and_bodies_have_every_element_of_the_tree_and_no_other() {
    let mut header = response(()).header;
    header.confirmation_date = Some(date("2026-11-24"));
    header.reference_classification = Some(ReferenceClassification::Card);
    header.bulk_number = BulkNumber::new("1");
    (header.result_count, header.normal_count, header.error_count) = (Some(2), Some(1), Some(1));
    let fault = Fault { code: Some(owned_text("E")), message: Some(owned_text("E")) };
    let message = Message::BulkResult(ResponseMessage { header, outcome: Outcome::Abnormal(fault) });
    let text = String::from_utf8(oqs::write(&message, CharacterCode::Utf8)).expect("UTF-8");
    let expected = "ProcessExecutionTime QualificationConfirmationDate MedicalInstitutionCode ArbitraryFileIdentifier \
        ReferenceClassification SegmentOfResult ErrorCode ErrorMessage CharacterCodeIdentifier ReceptionNumber \
        NumberOfProcessingResult NumberOfNormalProcessing NumberOfError";
    assert_eq!(names_within(&text, "MessageHeader"), sorted(expected));

    let processing =
        ProcessingResult { code: Some(owned_text("I")), message: Some(owned_text("I")), ..ProcessingResult::normal() };
    let body = QualificationResponse {
        processing,
        validity: Some(QualificationValidity::Valid),
        prescription: Some(PrescriptionForm::Paper),
        search: Some(SearchEcho::from(&search())),
        results: Vec::new(),
        ended_consents: None,
    };
    let message = Message::QualificationResponse(response(body));
    let text = String::from_utf8(oqs::write(&message, CharacterCode::Utf8)).expect("UTF-8");
    let expected = "ProcessingResultStatus ProcessingResultCode ProcessingResultMessage QualificationValidity \
        PrescriptionIssueSelect QualificationConfirmSearchInfo InsurerNumber InsuredCardSymbol \
        InsuredIdentificationNumber InsuredBranchNumber Birthdate LimitApplicationCertificateRelatedConsFlg \
        ArbitraryIdentifier";
    assert_eq!(names_within(&text, "MessageBody"), sorted(expected));
}

#[test]
fn a_result_has_every_element_of_the_tree_and_two_more() {
    let written = oqs::write(
        &Message::QualificationResponse(response(QualificationResponse {
            processing: ProcessingResult::normal(),
            validity: None,
            prescription: None,
            search: None,
            results: vec![whole_result()],
            ended_consents: None,
        })),
        CharacterCode::Utf8,
    );
    let text = String::from_utf8(written).expect("UTF-8");
    // One was observed in bulk results; the other, for the reason of an expired consent, is assumed.
    let expected = format!("{RESULT} LimitApplicationCertificateChanged OperationInfoConsExpiryReason");
    assert_eq!(names_within(&text, "ResultOfQualificationConfirmation"), sorted(&expected));
}

fn sample(file: &str) -> String {
    let path = format!("{}/tests/samples/{file}", env!("CARGO_MANIFEST_DIR"));
    let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let shift_jis = bytes.windows(9).any(|window| window == b"Shift_JIS");
    decode_text(&bytes, if shift_jis { CharacterCode::ShiftJis } else { CharacterCode::Utf8 })
}

fn check_names(file: &str, element: &str, expected: &str) {
    assert_eq!(names_within(&sample(file), element), sorted(expected), "{file}");
}

/// The elements of the other messages in the sources, and the assumed ones.
#[test]
fn the_other_messages_have_the_elements_that_the_sources_have() {
    const HEADER: &str = "MedicalInstitutionCode ArbitraryFileIdentifier";
    check_names("OQSmuonq01req_202611240001.xml", "MessageHeader", HEADER);
    let visit_names = "QualificationConfirmSearchInfo ExaminationDateFrom ExaminationDateTo MedicalTreatmentFlag";
    check_names("OQSmuonq01req_202611240001.xml", "MessageBody", visit_names);
    let consent_names = "QualificationConfirmSearchInfo ConsentDateFrom ConsentDateTo MedicalTreatmentFlag";
    check_names("OQSmuonq01req_202611240002.xml", "MessageBody", consent_names);
    check_names("OQSmuhvq01req_202611240003.xml", "MessageBody", consent_names);
    check_names("OQSmuonq02req_202611240001.xml", "MessageBody", "ReceptionNumber");
    // A unit has its own status and validity, the result block of a single response, and the institution's numbers.
    let unit = "ProcessingResultStatus QualificationValidity ResultOfQualificationConfirmation InsurerNumber \
        InsuredIdentificationNumber Name NameKana Birthdate PharmacistsInfoConsFlg PharmacistsInfoConsTime \
        PharmacistsInfoAvailableTime ReferenceNumber";
    check_names("OQSmuonq02res_202611240001.xml", "BulkConfirmUnit", unit);
    // 照会番号登録: the number, and the document as in results.
    let registration = "ReferenceNumber InsurerNumber InsuredIdentificationNumber InsuredBranchNumber";
    check_names("OQSsiimm01req_202611240001.xml", "ReferenceNumberRegistrationInfo", registration);
    check_names("OQSsiimm01res_202611240001.xml", "ReferenceNumberRegistrationInfo", registration);
    // 薬剤, 健診: the body as observed; 診療, 手術 with the day of the visit, which is assumed.
    let medicines = "StartDate EndDate FileCategory PrDiInfClassification MedicalTreatmentFlag";
    check_names("YZKsiquc01req_202611240001.xml", "MessageBody", medicines);
    let check_ups = "FileCategory PrDiInfClassification MedicalTreatmentFlag";
    check_names("TKKsiquc01req_202611240001.xml", "MessageBody", check_ups);
    let with_day = "StartDate EndDate FileCategory MedicalTreatmentFlag ExaminationDate";
    check_names("SRJsiquc01req_202611240001.xml", "MessageBody", with_day);
}

/// Checks that the elements of 薬剤情報 that programs for the real interface read are written.
#[test]
fn medicines_have_the_elements_of_a_foreign_file() {
    let (own, foreign) = (sample("YZKsiquc01res_202611240001.xml"), sample("foreign_YZKsiquc01res.xml"));
    let (own, foreign) = (names_within(&own, "XmlMsg"), names_within(&foreign, "XmlMsg"));
    // The electronic prescriptions are not written.
    let expected = foreign.into_iter().filter(|name| !name.starts_with("ShPr"));
    let missing: Vec<_> = expected.filter(|name| !own.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn every_message_has_a_sample() {
    let folder = format!("{}/tests/samples", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(folder).expect("the samples");
    let names = files.map(|file| file.expect("a sample").file_name().into_string().expect("a name"));
    let mut interfaces: Vec<_> =
        names.filter_map(|name| name.parse::<FileName>().ok()).map(|name| name.interface()).collect();
    interfaces.sort_unstable();
    interfaces.dedup();
    let mut all: Vec<_> =
        oqs::Exchange::ALL.into_iter().flat_map(|exchange| [exchange.request(), exchange.response()]).collect();
    all.sort_unstable();
    assert_eq!(interfaces, all);
}

const GUIDE: &str = include_str!("../../../../docs/guide/eligibility-messages.md");

#[test]
fn the_guide_has_an_example_of_every_request_and_each_can_be_read() {
    let mut exchanges = Vec::new();
    let mut blocks = GUIDE.split("```xml\n");
    let mut preceding = blocks.next().expect("a guide");
    for block in blocks {
        let line = preceding.trim_end().lines().last().unwrap_or_default();
        let file: FileName = line.trim_matches('`').parse().unwrap_or_else(|error| panic!("{line}: {error}"));
        let (example, rest) = block.split_once("```").expect("an end of the example");
        let reading = oqs::parse(file.interface(), example.as_bytes());
        assert!(reading.is_ok(), "{file}: {reading:?}");
        exchanges.push(file.interface().exchange);
        preceding = rest;
    }
    exchanges.sort_unstable();
    assert_eq!(exchanges, oqs::Exchange::ALL.to_vec(), "each message once");
}

/// The tables of codes, as in the reference.
fn reference() -> String {
    let mut text = "# Codes of the eligibility system\n\nGenerated from the crate `oqs`: do not edit by hand.\n\n\
        | code | message | what to do |\n|---|---|---|\n"
        .to_owned();
    for code in oqs::ResultCode::ALL {
        writeln!(text, "| `{}` | {} | {} |", code.code(), code.message(), code.remedy())
            .expect("a text takes every line");
    }
    text += "\n## Messages\n\n| file | interface |\n|---|---|\n";
    for exchange in oqs::Exchange::ALL {
        for interface in [exchange.request(), exchange.response()] {
            let number = interface.number().unwrap_or_else(|| "—".to_owned());
            writeln!(text, "| `{}` | {number} |", interface.prefix()).expect("a text takes every line");
        }
    }
    text
}

#[test]
fn the_reference_has_the_codes_as_they_are() {
    let path = format!("{}/../../../docs/reference/eligibility-codes.md", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UKETSUKE_WRITE_REFERENCE").is_some() {
        std::fs::write(&path, reference()).expect("the reference is written");
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, reference(), "write it anew: UKETSUKE_WRITE_REFERENCE=1 cargo test -p oqs");
}
