//! The answer that the terminal itself writes when the system gave none, and what an answer says as a whole.

use base::{InstitutionCode, Timestamp};
use oqs::{
    CharacterCode, Exchange, Fault, Identifier, MedicalOutcome, MedicalRefusal, MedicalResponse, MedicalResponseHeader,
    Message, Outcome, ReferenceClassification, RequestHints, ResponseHeader, ResponseMessage,
};
use shell::{Language, Refuse};

use super::folders::RequestFile;
use crate::{Refusal, client::EligibilityError};

/// The code of a failure in an answer file: `T` and three digits, as the system's own are `U`. They never change.
fn failure_code(failure: &EligibilityError) -> &'static str {
    match failure {
        EligibilityError::Unreachable(_) => "T101",
        EligibilityError::Timeout(_) => "T102",
        EligibilityError::UntrustedServer(_) => "T103",
        EligibilityError::CertificateRefused(_) => "T104",
        EligibilityError::Closed { .. } => "T105",
        EligibilityError::CutOff(_) => "T106",
        EligibilityError::TooLarge(_) => "T201",
        EligibilityError::Status(_)
        | EligibilityError::Archive(_)
        | EligibilityError::Unreadable(_)
        | EligibilityError::UnexpectedMessage => "T202",
        EligibilityError::MismatchedResponse => "T203",
        EligibilityError::Refused(_) => "T204",
    }
}

/// What an ask is answered with where the system did not answer it.
pub(super) fn error_response(
    institution: InstitutionCode,
    ask: &RequestFile,
    failure: &EligibilityError,
    now: Timestamp,
) -> Message {
    let exchange = ask.name.interface().exchange;
    let (code, message) = (failure_code(failure), failure_message(failure));
    let identifier = request_hints(ask).identifier;
    let is_qualification =
        matches!(exchange, Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification);
    let is_bulk_result = matches!(exchange, Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch);
    let header = ResponseHeader {
        confirmation_date: (is_qualification || is_bulk_result).then(|| now.japan_date()),
        reference_classification: is_qualification.then_some(ReferenceClassification::InsuredData),
        ..failure_header(institution, identifier.clone(), now)
    };
    let fault = Fault { code: Some(code.to_owned()), message: Some(message.clone()) };
    macro_rules! whole {
        ($message:ident) => {
            Message::$message(ResponseMessage { header, outcome: Outcome::Abnormal(fault) })
        };
    }
    macro_rules! medical {
        ($message:ident) => {
            Message::$message(MedicalResponse {
                header: MedicalResponseHeader {
                    processed_at: Some(now),
                    institution: Some(institution.into()),
                    identifier,
                    person: None,
                },
                outcome: MedicalOutcome::Refused(
                    MedicalRefusal::new(code, Some(message)).expect("a code of ours is neither blank nor 1"),
                ),
            })
        };
    }
    match exchange {
        Exchange::Qualification | Exchange::HomeVisitQualification | Exchange::OnlineQualification => {
            whole!(QualificationResponse)
        }
        Exchange::InquiryNumber => whole!(InquiryNumberResponse),
        Exchange::HomeVisitBulkSearch | Exchange::OnlineBulkSearch => whole!(BulkSearchResponse),
        Exchange::HomeVisitBulkFetch | Exchange::OnlineBulkFetch => whole!(BulkResult),
        Exchange::HomeVisitWithdrawal => whole!(WithdrawalResponse),
        Exchange::AccessUrl => whole!(AccessUrlResponse),
        Exchange::Environment | Exchange::EnvironmentUpdate => whole!(EnvironmentResponse),
        Exchange::Medicines | Exchange::Diagnoses | Exchange::Operations => medical!(MedicineRecords),
        Exchange::CheckUps => medical!(CheckUps),
    }
}

fn failure_header(institution: InstitutionCode, identifier: Option<Identifier>, now: Timestamp) -> ResponseHeader {
    ResponseHeader {
        processed_at: Some(now),
        confirmation_date: None,
        institution: institution.into(),
        identifier,
        reference_classification: None,
        bulk_number: None,
        result_count: None,
        normal_count: None,
        error_count: None,
    }
}

/// What a file is answered with whose name has the form of a request's and is of no kind that this terminal knows.
pub(super) fn unknown_request_response(institution: InstitutionCode, bytes: &[u8], now: Timestamp) -> Vec<u8> {
    let RequestHints { character_code, identifier } = oqs::find_hints(bytes);
    let message = "この端末は、この名前の要求ファイルに対応していません。ファイル名（接頭辞、空白、req_や拡張子の大文字）を確認してください。";
    let fault = Fault { code: Some("T301".to_owned()), message: Some(message.to_owned()) };
    oqs::write_failure(&failure_header(institution, identifier, now), &fault, character_code)
}

/// As the desk is told it, in one sentence.
fn failure_message(failure: &EligibilityError) -> String {
    match failure {
        EligibilityError::TooLarge(_) => "ファイルが大きすぎます。".to_owned(),
        EligibilityError::Closed { .. } => {
            "オンライン資格確認等システムは停止中です。後でもう一度照会してください。".to_owned()
        }
        EligibilityError::Unreachable(_) => {
            "オンライン資格確認等システムにつながりません。後でもう一度照会してください。".to_owned()
        }
        EligibilityError::Timeout(_) | EligibilityError::CutOff(_) => {
            "応答を受け取れませんでした。後でもう一度照会してください。".to_owned()
        }
        _ => failure_heading(failure),
    }
}

fn failure_heading(failure: &EligibilityError) -> String {
    // The words of the page for the same failure; what lies beneath it stays in the log.
    let bare = match failure {
        EligibilityError::UntrustedServer(_) => EligibilityError::UntrustedServer("".into()),
        EligibilityError::CertificateRefused(_) => EligibilityError::CertificateRefused(None),
        EligibilityError::MismatchedResponse => EligibilityError::MismatchedResponse,
        EligibilityError::Refused(fault) => EligibilityError::Refused(fault.clone()),
        _ => EligibilityError::UnexpectedMessage,
    };
    Refusal::Interface(bare).error_page().title.in_language(Language::Japanese).to_owned()
}

/// The character code that an ask is written in: its answer is written in the same.
pub(super) fn request_character_code(ask: &RequestFile) -> CharacterCode {
    request_hints(ask).character_code
}

fn request_hints(ask: &RequestFile) -> RequestHints {
    oqs::find_hints(ask.content.bytes())
}

/// Whom a message names as institution, and its 任意のファイル識別子.
pub(crate) fn institution_and_identifier(
    message: &Message,
) -> (Option<&oqs::CheckedNumber<InstitutionCode>>, Option<&Identifier>) {
    macro_rules! of {
        ($header:expr) => {
            (Some(&$header.institution), $header.identifier.as_ref())
        };
    }
    match message {
        Message::QualificationRequest(request) => of!(request.header),
        Message::InquiryNumberRequest(request) => of!(request.header),
        Message::BulkSearch(request) => of!(request.header),
        Message::BulkFetch(request) => of!(request.header),
        Message::WithdrawalRequest(request) => of!(request.header),
        Message::AccessUrlRequest(request) => of!(request.header),
        Message::EnvironmentRequest(request) => of!(request.header),
        Message::EnvironmentUpdateRequest(request) => of!(request.header),
        Message::MedicalRequest(request) => of!(request.header),
        Message::QualificationResponse(answer) => of!(answer.header),
        Message::InquiryNumberResponse(answer) => of!(answer.header),
        Message::BulkSearchResponse(answer) => of!(answer.header),
        Message::BulkResult(answer) => of!(answer.header),
        Message::WithdrawalResponse(answer) => of!(answer.header),
        Message::AccessUrlResponse(answer) => of!(answer.header),
        Message::EnvironmentResponse(answer) => of!(answer.header),
        Message::MedicineRecords(answer) => (answer.header.institution.as_ref(), answer.header.identifier.as_ref()),
        Message::CheckUps(answer) => (answer.header.institution.as_ref(), answer.header.identifier.as_ref()),
    }
}

/// 異常終了: the ask itself was at fault.
pub(super) fn is_request_error(message: &Message) -> bool {
    macro_rules! abnormal {
        ($answer:expr) => {
            matches!($answer.outcome, Outcome::Abnormal(_))
        };
    }
    match message {
        Message::QualificationResponse(answer) => abnormal!(answer),
        Message::InquiryNumberResponse(answer) => abnormal!(answer),
        Message::BulkSearchResponse(answer) => abnormal!(answer),
        Message::BulkResult(answer) => abnormal!(answer),
        Message::WithdrawalResponse(answer) => abnormal!(answer),
        Message::AccessUrlResponse(answer) => abnormal!(answer),
        Message::EnvironmentResponse(answer) => abnormal!(answer),
        // The system could not read it, does not answer it, or makes no such files; the rest is about the patient.
        Message::MedicineRecords(answer) => is_request_refusal(&answer.outcome),
        Message::CheckUps(answer) => is_request_refusal(&answer.outcome),
        _ => false,
    }
}

fn is_request_refusal<Body>(outcome: &MedicalOutcome<Body>) -> bool {
    matches!(outcome, MedicalOutcome::Refused(refusal) if refusal.code().starts_with("U0") || refusal.code() == "U401")
}
