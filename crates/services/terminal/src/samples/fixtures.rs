//! Invented responses of the system.

use base::{Date, InstitutionCode, Randomness, ReceptionNumber, Timestamp};
use oqs::{
    BulkUnit, CheckUp, CheckUpItem, CheckUps, Consent, ConsentFlag, DayRecord, ExpiryReason, FullName, KanaName,
    LimitConsentFlag, MedicalPerson, Medicine, MedicineRecords, Month, MonthRecord, ProcessingResult,
    QualificationResponse, QualificationResult, QualificationValidity, ReadWarning, SearchEcho, Treatment,
    ViewingConsent,
};

use crate::{
    Refusal,
    client::EligibilityError,
    eligibility::{
        client::EligibilityCheck,
        rules::{DateCriterion, ListQuery},
    },
};

pub(crate) const VISIT_DATE: &str = "2026-11-24";

pub(crate) fn now() -> Timestamp {
    base::start_of_day(day(VISIT_DATE)).plus(base::Span::from_mins(9 * 60 + 30))
}

pub(crate) fn day(text: &str) -> Date {
    base::parse_date(text).unwrap_or(Date::MIN)
}

pub(crate) fn institution() -> InstitutionCode {
    let table = base::ScoreTable::Medical;
    let tokyo = base::Prefecture::from_code(13);
    // 13 is 東京都.
    InstitutionCode::from_parts(tokyo.expect("13 is a prefecture"), table, 123_456)
}

pub(crate) fn reception_number() -> ReceptionNumber {
    ReceptionNumber::new(&Randomness::repeatable("terminal/sample"))
}

/// The four consents to medical information of a sample.
#[derive(Clone, Copy)]
pub(crate) enum SampleConsents {
    All,
    MedicinesOnly,
    None,
}

fn viewing_consent(flag: ConsentFlag) -> ViewingConsent {
    let is_given = flag == ConsentFlag::Given;
    let consent = Consent { flag, changed_at: is_given.then(now), expiry_reason: None };
    let end = base::end_of_day(day(VISIT_DATE)).minus(base::Span::from_secs(1));
    ViewingConsent { consent, available_until: is_given.then_some(end) }
}

/// A person insured through an employer, as with 協会けんぽ.
pub(crate) fn person(name: &str, kana: &str, consents: SampleConsents) -> QualificationResult {
    use ConsentFlag::{Given, NotGiven};
    let [medicines, others, limit] = match consents {
        SampleConsents::All => [Given, Given, Given],
        SampleConsents::MedicinesOnly => [Given, NotGiven, NotGiven],
        SampleConsents::None => [NotGiven, NotGiven, NotGiven],
    };
    // Valid by their own rules: a correct check digit, texts that are not blank.
    let insurer = "33120015".parse().expect("an insurer's number");
    let card = oqs::CardNumber::new("1234567").expect("a number");
    let minimal = QualificationResult::new(
        oqs::CheckedNumber::Valid(insurer),
        card,
        FullName::new(name).expect("a name"),
        day("1984-05-02"),
    );
    let limit_flag = if limit == Given { LimitConsentFlag::Given } else { LimitConsentFlag::NotGiven };
    QualificationResult {
        card: Some(oqs::InsuredCardClassification::General),
        symbol: oqs::CardSymbol::new("見本１２"),
        branch: oqs::BranchNumber::new(1),
        person: Some(oqs::PersonalFamily::Insured),
        kana: KanaName::new(kana),
        sex: Some(oqs::Sex::Female),
        address: Some("東京都見本区見本町１－２－３".to_owned()),
        post_number: Some("1000000".to_owned()),
        qualified_on: Some(day("2015-04-01")),
        card_valid_to: Some(day("2027-03-31")),
        insurer_name: Some("見本共済組合".to_owned()),
        limit_consent: Some(Consent { flag: limit_flag, changed_at: (limit == Given).then(now), expiry_reason: None }),
        diseases_consent: Some(Consent { flag: limit, changed_at: (limit == Given).then(now), expiry_reason: None }),
        check_ups: Some(viewing_consent(others)),
        medicines: Some(viewing_consent(medicines)),
        diagnoses: Some(viewing_consent(others)),
        operations: Some(viewing_consent(others)),
        identifier: oqs::Identifier::new(&reception_number().to_string()),
        ..minimal
    }
}

/// A person in a response to a check by document: the only consent is that at the desk to 限度額情報.
pub(crate) fn unregistered_person() -> QualificationResult {
    QualificationResult {
        diseases_consent: None,
        check_ups: None,
        medicines: None,
        diagnoses: None,
        operations: None,
        ..person("見本　花子", "ミホン　ハナコ", SampleConsents::All)
    }
}

/// A person with every item that a response may have.
pub(crate) fn person_with_everything() -> QualificationResult {
    QualificationResult {
        share: oqs::Share::from_tenths(2),
        elderly: Some(oqs::ElderlyCertificate {
            issued_on: Some(day("2026-08-01")),
            valid_from: Some(day("2026-08-01")),
            valid_to: Some(day("2027-07-31")),
            share: oqs::Share::from_tenths(2),
        }),
        limit: Some(oqs::LimitCertificate {
            classification: Some(oqs::LimitCertificateClassification::LimitAndMealReduction),
            class: Some(oqs::LimitClass::LowIncome2),
            issued_on: Some(day("2026-08-01")),
            valid_from: Some(day("2026-08-01")),
            valid_to: Some(day("2027-07-31")),
            long_term_from: Some(day("2026-10-01")),
        }),
        diseases: vec![oqs::SpecificDiseaseCertificate {
            disease: Some(oqs::SpecificDisease::Dialysis),
            issued_on: Some(day("2024-04-01")),
            valid_from: Some(day("2024-04-01")),
            valid_to: Some(day("2029-03-31")),
            self_pay: Some(10_000),
        }],
        other_name: FullName::new("見本　花"),
        insured_name: FullName::new("見本　太郎"),
        ..person("見本　花子", "ミホン　ハナコ", SampleConsents::All)
    }
}

/// The result as for 訪問診療等: the consents have no end.
pub(crate) fn as_home_visit(result: QualificationResult) -> QualificationResult {
    let endless =
        |viewing: Option<ViewingConsent>| viewing.map(|viewing| ViewingConsent { available_until: None, ..viewing });
    QualificationResult {
        check_ups: endless(result.check_ups),
        medicines: endless(result.medicines),
        diagnoses: endless(result.diagnoses),
        operations: endless(result.operations),
        ..result
    }
}

/// A person whose insurance ended.
pub(crate) fn former_member() -> QualificationResult {
    QualificationResult {
        disqualified_on: Some(day("2026-11-01")),
        reason_of_loss: Some(oqs::ReasonOfLoss::OtherInsurance),
        ..person("見本　次郎", "ミホン　ジロウ", SampleConsents::MedicinesOnly)
    }
}

/// One reception of a list.
pub(crate) fn unit(
    processing: ProcessingResult,
    validity: Option<QualificationValidity>,
    results: Vec<QualificationResult>,
) -> BulkUnit {
    let search = SearchEcho {
        insurer: None,
        symbol: None,
        number: None,
        branch: None,
        birthdate: None,
        limit_consent: None,
        examination_date: Some(day(VISIT_DATE)),
        identifier: oqs::Identifier::new(&reception_number().to_string()),
    };
    BulkUnit {
        search: Some(search),
        processing: Some(processing),
        validity,
        results,
        inquiry_numbers: Vec::new(),
        ended_consents: None,
    }
}

/// One reception of a list of 訪問診療等, which have no day of visit.
pub(crate) fn home_visit_unit(
    processing: ProcessingResult,
    validity: Option<QualificationValidity>,
    results: Vec<QualificationResult>,
) -> BulkUnit {
    let mut unit = unit(processing, validity, results);
    if let Some(search) = &mut unit.search {
        search.examination_date = None;
    }
    unit
}

/// The response about one insurance.
pub(crate) fn eligibility_check(
    processing: ProcessingResult,
    validity: Option<QualificationValidity>,
    results: Vec<QualificationResult>,
) -> EligibilityCheck {
    EligibilityCheck {
        response: QualificationResponse {
            processing,
            validity,
            prescription: None,
            search: None,
            results,
            ended_consents: None,
        },
        confirmed_for: Some(day(VISIT_DATE)),
        processed_at: Some(now()),
        doubts: Vec::new(),
    }
}

pub(crate) fn doubt() -> ReadWarning {
    ReadWarning {
        element: "MessageBody/ResultList/ResultOfQualificationConfirmation/QualificationDate".to_owned(),
        text: "20150431".to_owned(),
        expected: "a date as YYYYMMDD",
    }
}

pub(crate) fn withdrawn_consent() -> Consent<ConsentFlag> {
    let expiry_reason = Some(ExpiryReason::WithdrawnByPatient);
    Consent { flag: ConsentFlag::Expired, changed_at: None, expiry_reason }
}

pub(crate) fn medical_person() -> Option<MedicalPerson> {
    Some(MedicalPerson {
        name: FullName::new("見本　花子")?,
        kana: KanaName::new("ミホン　ハナコ"),
        birthdate: day("1984-05-02"),
        sex: Some(oqs::AdministrativeGender::Female),
    })
}

fn month(date: &str, institution: &str, medicines: Vec<Medicine>, treatments: Vec<Treatment>) -> MonthRecord {
    MonthRecord {
        dispensing_origin: None,
        institution: None,
        prescriber: None,
        institution_name: Some(institution.to_owned()),
        month: Month::from_date(day(date)),
        prescriber_name: (!medicines.is_empty()).then(|| "見本内科クリニック".to_owned()),
        prescriber_origin: None,
        in_out: (!treatments.is_empty()).then_some(oqs::InOut::Outpatient),
        days: vec![DayRecord { day: Some(day(date)), prescribed_on: None, medicines, treatments }],
    }
}

fn medicine(name: &str, ingredient: &str, usage: &str, days: u32) -> Medicine {
    Medicine {
        code: None,
        name: name.to_owned(),
        ingredient: Some(ingredient.to_owned()),
        quantity: Some("1".to_owned()),
        unit: Some("錠".to_owned()),
        usage: Some(usage.to_owned()),
        instruction: None,
        times: Some(days),
        kind: Some("21".to_owned()),
    }
}

fn treatment(name: &str) -> Treatment {
    Treatment { code: None, name: name.to_owned(), kind: None, quantity: None, times: Some(1), unit: None }
}

pub(crate) fn medicines() -> MedicineRecords {
    let first = medicine("見本プリン錠５ｍｇ", "見本プリン", "１日１回朝食後", 28);
    let second = medicine("サンプロール錠１０ｍｇ", "サンプロール", "１日２回朝夕食後", 14);
    MedicineRecords {
        months: vec![
            month("2026-09-08", "見本薬局", vec![first.clone()], Vec::new()),
            month("2026-10-06", "見本薬局", vec![first, second], Vec::new()),
        ],
    }
}

pub(crate) fn treatments(name: &str) -> MedicineRecords {
    MedicineRecords {
        months: vec![month("2026-10-06", "見本内科クリニック", Vec::new(), vec![treatment(name)])]
    }
}

pub(crate) fn check_ups() -> CheckUps {
    let item = |name: &str, value: &str, unit: &str| CheckUpItem {
        code: "9N001000000000001".to_owned(),
        name: Some(name.to_owned()),
        kind: Some("PQ".to_owned()),
        value: Some(value.to_owned()),
        unit: Some(unit.to_owned()),
        oid: None,
        value_name: None,
    };
    let items = vec![item("身長", "158.2", "cm"), item("体重", "52.4", "kg"), item("収縮期血圧", "118", "mmHg")];
    CheckUps { check_ups: vec![CheckUp { day: day("2026-06-15"), items }] }
}

pub(crate) fn sample_list_query() -> ListQuery {
    ListQuery { criterion: DateCriterion::Visit, day: day(VISIT_DATE) }
}

pub(crate) fn home_visit_list_query() -> ListQuery {
    ListQuery { criterion: DateCriterion::HomeVisit, day: day(VISIT_DATE) }
}

pub(crate) fn error_processing(code: &str, message: &str) -> ProcessingResult {
    ProcessingResult::error(code, message)
}

pub(crate) fn grace_processing() -> ProcessingResult {
    let message = "利用者証明用電子証明書の有効期限が切れているため、医療情報は提供できません。";
    ProcessingResult { code: Some("U205".to_owned()), message: Some(message.to_owned()), ..ProcessingResult::normal() }
}

/// The failures of the eligibility system, each with the last part of its code.
pub(crate) fn eligibility_refusals() -> impl Iterator<Item = (&'static str, Refusal)> {
    EligibilityError::examples().into_iter().map(|failure| {
        let refusal = Refusal::Interface(failure);
        let code = web::Refuse::code(&refusal);
        (code.rsplit('.').next().unwrap_or(code), refusal)
    })
}

pub(crate) fn unreachable_system() -> Refusal {
    Refusal::Interface(EligibilityError::Closed { retry_at: None })
}
