//! Faults for invalid numbers, with the reason.

use base::{InstitutionCode, InsurerNumber, WrongInstitutionCode, WrongInsurerNumber};
use oqs::{CheckedNumber, Fault, ProcessingResult, ResultCode};

/// The processing result for one invalid insurer number.
pub(super) fn insurer_processing(number: &CheckedNumber<InsurerNumber>) -> ProcessingResult {
    let code = ResultCode::WrongInsurerNumber;
    ProcessingResult::error(code.code(), &format!("{}{}", code.message(), insurer_fault_text(number)))
}

/// Like [`insurer_processing`], for responses with medical information.
pub(super) fn insurer_refusal(number: &CheckedNumber<InsurerNumber>) -> oqs::MedicalRefusal {
    let code = ResultCode::WrongInsurerNumber;
    let message = format!("{}{}", code.message(), insurer_fault_text(number));
    oqs::MedicalRefusal::new(code.code(), Some(message)).unwrap_or_else(|| code.medical_refusal())
}

/// The fault for a file with an invalid institution code.
pub(super) fn institution_fault(code: &CheckedNumber<InstitutionCode>) -> Fault {
    let fault = ResultCode::WrongInstitutionCode;
    let message = format!("{}{}", fault.message(), institution_fault_text(code));
    Fault { message: Some(message), ..fault.fault() }
}

fn insurer_fault_text(number: &CheckedNumber<InsurerNumber>) -> &'static str {
    match number.fault() {
        None => "",
        Some(WrongInsurerNumber::Form) => "数字8桁（国民健康保険は6桁）ではありません。",
        Some(WrongInsurerNumber::Kind) => "はじめの2桁（法別番号）に当たる保険がありません。",
        Some(WrongInsurerNumber::Prefecture) => "都道府県番号に当たる都道府県がありません。",
        Some(WrongInsurerNumber::CheckDigit) => "検証番号（最後の1桁）が合いません。",
    }
}

fn institution_fault_text(code: &CheckedNumber<InstitutionCode>) -> &'static str {
    match code.fault() {
        None => "",
        Some(WrongInstitutionCode::Form) => "数字10桁ではありません。",
        Some(WrongInstitutionCode::Prefecture) => "はじめの2桁に当たる都道府県がありません。",
        Some(WrongInstitutionCode::ScoreTable) => "3桁目（点数表）は1、3、4のいずれかです。",
        Some(WrongInstitutionCode::CheckDigit) => "検証番号（最後の1桁）が合いません。",
    }
}
