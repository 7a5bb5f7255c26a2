//! The error responses of the terminal itself, if the system gave none, and the classification of whole messages.

use base::{InstitutionCode, Timestamp};
use oqs::{Exchange, Fault, Identifier, MedicalOutcome, Message, Outcome, RefusedRequest, RequestHints, ResultCode};

/// Why there is no response of the system, for the receipt computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorReason {
    /// `T` and three digits.
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The response of an exchange to a request without a response of the system.
pub(crate) fn error_response(
    exchange: Exchange,
    (institution, identifier): (InstitutionCode, Option<Identifier>),
    ErrorReason { code, message }: ErrorReason,
    now: Timestamp,
) -> Message {
    let fault = Fault { code: Some(code.to_owned()), message: Some(message) };
    RefusedRequest { institution: institution.into(), identifier, refused_at: now }.refuse(exchange, fault)
}

/// The response to a file whose name has the form of a request file's, but is of no known kind.
pub(crate) fn unknown_request_response(institution: InstitutionCode, bytes: &[u8], now: Timestamp) -> Vec<u8> {
    let RequestHints { character_code, identifier } = oqs::find_hints(bytes);
    let message = "この端末は、この名前の要求ファイルに対応していません。ファイル名（接頭辞、空白、req_や拡張子の大文字）を確認してください。";
    let fault = Fault { code: Some("T301".to_owned()), message: Some(message.to_owned()) };
    let request = RefusedRequest { institution: institution.into(), identifier, refused_at: now };
    oqs::write_failure(&request.header(), &fault, character_code)
}

/// 異常終了: the request itself was wrong.
pub(crate) fn is_request_error(message: &Message) -> bool {
    macro_rules! abnormal {
        ($response:expr) => {
            matches!($response.outcome, Outcome::Abnormal(_))
        };
    }
    match message {
        Message::QualificationResponse(response) => abnormal!(response),
        Message::InquiryNumberResponse(response) => abnormal!(response),
        Message::BulkSearchResponse(response) => abnormal!(response),
        Message::BulkResult(response) => abnormal!(response),
        Message::WithdrawalResponse(response) => abnormal!(response),
        Message::AccessUrlResponse(response) => abnormal!(response),
        Message::EnvironmentResponse(response) => abnormal!(response),
        Message::MedicineRecords(response) => is_request_refusal(&response.outcome),
        Message::CheckUps(response) => is_request_refusal(&response.outcome),
        _ => false,
    }
}

/// Whether the request could not be read or is not supported. Other codes concern the patient.
fn is_request_refusal<Body>(outcome: &MedicalOutcome<Body>) -> bool {
    let MedicalOutcome::Refused(refusal) = outcome else { return false };
    matches!(
        ResultCode::from_code(refusal.code()),
        Some(
            ResultCode::Unreadable
                | ResultCode::OtherInstitution
                | ResultCode::Unsupported
                | ResultCode::WrongInstitutionCode
                | ResultCode::PrintNotSupported
        )
    )
}
