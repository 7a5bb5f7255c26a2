//! The client of オンライン資格確認等システム: each request file is posted, the response file comes back.

mod failure;
mod tls;

use std::time::Duration;

use base::{Clock, Date, InstitutionCode, Randomness, Timestamp};
use http_client::BodyError;
use oqs::{
    CharacterCode, CheckedNumber, Exchange, Extension, FileName, Identifier, Message, Outcome, ParsedMessage,
    ProcessingResult, ProcessingStatus, RequestHeader, ResponseHeader,
};
use reqwest::{StatusCode, header::CONTENT_TYPE};
use web::{Origin, Site};

pub use failure::EligibilityError;
pub use tls::UnusableIdentity;

use crate::Identity;

#[derive(Clone, Copy)]
pub(crate) struct Timeouts {
    /// The timeout of one request with its response.
    pub(crate) file: Duration,
    /// How often a list in progress is fetched before the desk is told to come back later.
    pub(crate) tries: u32,
    /// The pause between two tries.
    pub(crate) pause: Duration,
}

const TIMEOUTS: Timeouts = Timeouts { file: Duration::from_secs(30), tries: 6, pause: Duration::from_millis(700) };

/// The signature of a ZIP archive (APPNOTE.TXT §4.3.7); no XML begins so.
pub(crate) const ZIP: &[u8] = b"PK\x03\x04";

/// The client of one institution. Clones share its connections.
#[derive(Clone)]
pub(crate) struct EligibilityClient {
    http: reqwest::Client,
    address: Origin,
    institution: InstitutionCode,
    randomness: Randomness,
    clock: Clock,
    pub(crate) timeouts: Timeouts,
}

/// The file name and identifier of a request.
pub(crate) struct RequestId {
    pub(crate) identifier: Identifier,
    name: FileName,
}

impl EligibilityClient {
    pub(crate) fn new(
        institution: InstitutionCode,
        address: Origin,
        identity: &Identity,
        root: &[u8],
        site: &Site,
    ) -> Result<Self, UnusableIdentity> {
        let config = tls::build_client_config(identity, root, site.clock())?;
        let builder = http_client::builder().tls_backend_preconfigured(config).https_only(true).http1_only();
        let http = builder.build().map_err(UnusableIdentity::Client)?;
        let (randomness, clock) = (site.randomness().clone(), site.clock().clone());
        Ok(Self { http, address, institution, randomness, clock, timeouts: TIMEOUTS })
    }

    /// A new file name and identifier, without anything of the patient.
    pub(crate) fn new_request_id(&self, exchange: Exchange, now: Timestamp) -> RequestId {
        let day = now.in_japan().strftime("%Y%m%d").to_string();
        let own = format!("{day}{:012}", self.randomness.number_below(1_000_000_000_000));
        RequestId {
            // Eight digits of the date and twelve random ones.
            name: FileName::new(exchange.request(), &own).expect("digits make a file name"),
            identifier: Identifier::new(&own).expect("digits make an identifier"),
        }
    }

    pub(crate) fn request_header(&self, request_id: &RequestId, confirmation_date: Option<Date>) -> RequestHeader {
        RequestHeader {
            institution: CheckedNumber::Valid(self.institution),
            identifier: Some(request_id.identifier.clone()),
            confirmation_date,
        }
    }

    pub(crate) fn check_response_header(
        &self,
        request_id: &RequestId,
        header: &ResponseHeader,
    ) -> Result<(), EligibilityError> {
        self.check_recipient(Some(&request_id.identifier), Some(&header.institution), header.identifier.as_ref())
    }

    /// A response to another institution or request is never shown. Absent items are accepted.
    pub(crate) fn check_recipient(
        &self,
        expected: Option<&Identifier>,
        institution: Option<&CheckedNumber<InstitutionCode>>,
        identifier: Option<&Identifier>,
    ) -> Result<(), EligibilityError> {
        let ours = institution.is_none_or(|actual| actual.valid() == Some(&self.institution));
        let same_request = expected.is_none() || identifier.is_none() || expected == identifier;
        if ours && same_request { Ok(()) } else { Err(EligibilityError::MismatchedResponse) }
    }

    /// Sends a request of the terminal itself and parses the response.
    pub(crate) async fn send_request(
        &self,
        request_id: &RequestId,
        request: &Message,
    ) -> Result<ParsedMessage, EligibilityError> {
        let bytes = self.post_file(&request_id.name, oqs::write(request, CharacterCode::Utf8)).await?;
        parse_response(&request_id.name, &bytes)
    }

    pub(crate) fn institution(&self) -> InstitutionCode {
        self.institution
    }

    /// Posts a request file; returns the bytes of the response file.
    pub(crate) async fn post_file(&self, name: &FileName, request: Vec<u8>) -> Result<Vec<u8>, EligibilityError> {
        let response = self
            .http
            .post(self.address.url(&format!("/oqs/{name}")))
            .header(CONTENT_TYPE, "application/xml")
            .timeout(self.timeouts.file)
            .body(request)
            .send()
            .await
            .map_err(EligibilityError::from_request_error)?;
        match response.status() {
            StatusCode::OK => {
                let max_bytes = name.response().interface().max_bytes();
                http_client::read_body(response, max_bytes).await.map_err(|error| match error {
                    BodyError::Network(error) => EligibilityError::from_body_error(error),
                    BodyError::TooLong(max_bytes) => EligibilityError::TooLarge(max_bytes),
                })
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(EligibilityError::CertificateRefused(None)),
            StatusCode::SERVICE_UNAVAILABLE => {
                Err(EligibilityError::from_unavailable(response.headers(), self.clock.now()))
            }
            status => Err(EligibilityError::Status(status.as_u16())),
        }
    }
}

/// Parses the response to the request file `name`, unpacked if it is a ZIP archive.
pub(crate) fn parse_response(name: &FileName, bytes: &[u8]) -> Result<ParsedMessage, EligibilityError> {
    let response_name = name.response();
    if bytes.starts_with(ZIP) {
        let message =
            oqs::unpack(&response_name.with_extension(Extension::Zip), bytes).map_err(EligibilityError::Archive)?;
        return oqs::parse(response_name.interface(), &message).map_err(EligibilityError::Unreadable);
    }
    oqs::parse(response_name.interface(), bytes).map_err(EligibilityError::Unreadable)
}

/// エラー as the result of a request with one question becomes [`EligibilityError::Refused`].
pub(crate) fn check_processing(processing: &ProcessingResult) -> Result<(), EligibilityError> {
    match processing.status {
        ProcessingStatus::Normal => Ok(()),
        ProcessingStatus::Error => {
            let ProcessingResult { code, message, .. } = processing.clone();
            Err(EligibilityError::Refused(oqs::Fault { code, message }))
        }
    }
}

/// The body of a normal response; another one is a refusal.
pub(crate) fn require_normal<Body>(outcome: Outcome<Body>) -> Result<Body, EligibilityError> {
    match outcome {
        Outcome::Normal(body) => Ok(body),
        Outcome::InProgress(fault) | Outcome::Abnormal(fault) => Err(EligibilityError::Refused(fault)),
    }
}

#[cfg(test)]
mod tests;
