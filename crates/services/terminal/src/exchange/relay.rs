//! A request file of a receipt computer at the eligibility system, and the failures in response files.

use oqs::{Extension, HeaderItems, Message};
use text::Language;

use super::{request::ReceivedRequest, rules::ErrorReason};
use crate::{
    client::{EligibilityClient, EligibilityError, ZIP, parse_response},
    refusal::eligibility_error_texts,
};

/// The response to a relayed request file, unchanged.
#[derive(Debug, Clone)]
pub(crate) struct RelayedResponse {
    pub(crate) bytes: Vec<u8>,
    pub(crate) extension: Extension,
    /// The parsed bytes.
    pub(crate) message: Message,
}

impl EligibilityClient {
    /// Posts a request file of a receipt computer unchanged and returns the response file unchanged: it may do with it what
    /// the desk may with its own. A response to another institution or request is an error.
    pub(crate) async fn relay_request(
        &self,
        request: &ReceivedRequest,
        bytes: &[u8],
    ) -> Result<RelayedResponse, EligibilityError> {
        let name = &request.file.name;
        let bytes = self.post_file(name, bytes.to_vec()).await?;
        let message = parse_response(name, &bytes)?.message;
        let HeaderItems { institution, identifier, .. } = message.header_items();
        // What was found in an unreadable file may be no identifier.
        let expected = request.identifier.as_ref().filter(|_| request.message.is_some());
        self.check_recipient(expected, institution, identifier)?;
        let extension = if bytes.starts_with(ZIP) { Extension::Zip } else { Extension::Xml };
        Ok(RelayedResponse { bytes, extension, message })
    }
}

impl From<&EligibilityError> for ErrorReason {
    fn from(failure: &EligibilityError) -> Self {
        Self { code: failure_code(failure), message: failure_message(failure) }
    }
}

/// The code of a failure in a response file: `T` and three digits; the system's own codes begin with `U`. Codes never
/// change.
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

/// The failure in one sentence for the desk.
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
        EligibilityError::UntrustedServer(_)
        | EligibilityError::CertificateRefused(_)
        | EligibilityError::Status(_)
        | EligibilityError::Archive(_)
        | EligibilityError::Unreadable(_)
        | EligibilityError::UnexpectedMessage
        | EligibilityError::MismatchedResponse
        | EligibilityError::Refused(_) => {
            let (title, _) = eligibility_error_texts(failure);
            title.in_language(Language::Japanese).to_owned()
        }
    }
}
