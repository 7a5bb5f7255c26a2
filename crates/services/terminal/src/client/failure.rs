use std::{error::Error, io, time::SystemTime};

use base::{Span, Timestamp};
use oqs::{Unreadable, UnreadableArchive};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use rustls::AlertDescription;

/// The longest `Retry-After` that is accepted, in seconds: a week.
const MAX_RETRY_AFTER: i64 = 7 * 24 * 60 * 60;

/// The underlying error of a failure, for the log.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why the system's response did not come, or cannot be shown. The desk does something else for each.
#[derive(Debug, thiserror::Error)]
pub enum EligibilityError {
    /// No connection to the address.
    #[error("the interface cannot be reached")]
    Unreachable(#[source] Cause),
    /// The response did not come within the timeout.
    #[error("the interface did not answer in time")]
    Timeout(#[source] Cause),
    /// The server's certificate is not of the trusted root, not for this host, or not valid now.
    #[error("the server of the interface is not the one that is trusted")]
    UntrustedServer(#[source] Cause),
    /// The institution's certificate is refused: unknown, expired or revoked.
    #[error("the interface refuses the client certificate of this institution")]
    CertificateRefused(#[source] Option<Cause>),
    /// The system is closed: maintenance, or a fault of its own (HTTP 503).
    #[error("the interface is closed")]
    Closed {
        /// From `Retry-After`, if given.
        retry_at: Option<Timestamp>,
    },
    /// The connection broke before the response was whole.
    #[error("the answer was cut off")]
    CutOff(#[source] Cause),
    /// The response has a status that the interface does not have.
    #[error("the interface answered with status {0}")]
    Status(u16),
    /// The response is longer than a message of its kind can be.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// The ZIP archive cannot be unpacked.
    #[error("the packed answer cannot be unpacked")]
    Archive(#[source] UnreadableArchive),
    /// The response is no message of the interface.
    #[error("the answer cannot be read")]
    Unreadable(#[source] Unreadable),
    /// The response is another message than expected, or lacks a needed item.
    #[error("the answer is not to the question")]
    UnexpectedMessage,
    /// The response names another institution or the identifier of another request.
    #[error("the answer is for another institution or to another question")]
    MismatchedResponse,
    /// The system refuses (処理結果区分 9), with its own message.
    #[error("the interface says no: {}", .0.code.as_deref().unwrap_or("no code"))]
    Refused(oqs::Fault),
}

impl EligibilityError {
    /// Classifies a request without a response. The URL is removed: it names a file.
    pub(super) fn from_request_error(error: reqwest::Error) -> Self {
        let error = error.without_url();
        match find_tls_error(&error) {
            Some(rustls::Error::InvalidCertificate(_)) => return Self::UntrustedServer(error.into()),
            Some(rustls::Error::AlertReceived(alert)) if is_client_certificate_alert(*alert) => {
                return Self::CertificateRefused(Some(error.into()));
            }
            _ => {}
        }
        if error.is_timeout() {
            Self::Timeout(error.into())
        } else if error.is_connect() {
            Self::Unreachable(error.into())
        } else {
            Self::CutOff(error.into())
        }
    }

    /// Classifies a response whose body did not arrive whole.
    pub(super) fn from_body_error(error: reqwest::Error) -> Self {
        if error.is_timeout() { Self::Timeout(error.into()) } else { Self::CutOff(error.into()) }
    }

    /// HTTP 503, with the time in `Retry-After` if given (RFC 9110 §10.2.3).
    pub(super) fn from_unavailable(headers: &HeaderMap, now: Timestamp) -> Self {
        let seconds = headers
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| parse_retry_after(value.trim(), now));
        let accepted = seconds.filter(|seconds| (1..=MAX_RETRY_AFTER).contains(seconds));
        Self::Closed { retry_at: accepted.map(|seconds| now.plus(Span::from_secs(seconds))) }
    }

    /// The time of `Retry-After`, if the system is closed and gave one.
    pub(crate) fn retry_at(&self) -> Option<Timestamp> {
        match self {
            Self::Closed { retry_at } => *retry_at,
            _ => None,
        }
    }

    /// One of each, for samples and tests.
    #[cfg(any(test, feature = "samples"))]
    pub(crate) fn examples() -> Vec<Self> {
        let cause = || Cause::from("as it might be");
        let message = Some("期間の指定が正しくありません。".to_owned());
        vec![
            Self::Unreachable(cause()),
            Self::Timeout(cause()),
            Self::UntrustedServer(cause()),
            Self::CertificateRefused(None),
            Self::Closed { retry_at: None },
            Self::CutOff(cause()),
            Self::Status(500),
            Self::TooLarge(1),
            Self::Archive(UnreadableArchive::Packing),
            Self::Unreadable(Unreadable::Root),
            Self::UnexpectedMessage,
            Self::MismatchedResponse,
            Self::Refused(oqs::Fault { code: Some("U302".to_owned()), message }),
        ]
    }
}

/// The value of `Retry-After` in seconds from now.
fn parse_retry_after(value: &str, now: Timestamp) -> Option<i64> {
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(i64::from(seconds));
    }
    let since_epoch = httpdate::parse_http_date(value).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(i64::try_from(since_epoch.as_secs()).ok()? - now.milliseconds() / 1000)
}

/// With TLS 1.3 a server verifies the client's certificate after the client has begun to send, and refuses it by an alert.
fn is_client_certificate_alert(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::NoCertificate
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            | AlertDescription::DecryptError
            | AlertDescription::CertificateRequired
    )
}

/// Finds the TLS error in the chain of causes. `source()` of an I/O error skips the error inside it, hence `get_ref`.
fn find_tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(tls_error) = error.downcast_ref::<rustls::Error>() {
            return Some(tls_error);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(tls_error) = wrapped.and_then(|inner| find_tls_error(inner)) {
            return Some(tls_error);
        }
        cause = error.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closed_system_says_when_to_ask_again() {
        let now = base::start_of_day(base::parse_date("2026-11-24").unwrap());
        let check = |value: &str, seconds: Option<i64>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            let expected = seconds.map(|seconds| now.plus(Span::from_secs(seconds)));
            assert_eq!(EligibilityError::from_unavailable(&headers, now).retry_at(), expected, "{value}");
        };
        check("1800", Some(1800));
        check(" 60 ", Some(60));
        check("604800", Some(604_800));
        check("604801", None);
        check("0", None);
        check("-1", None);
        check("soon", None);
        // Ten hours after midnight in Japan.
        check("Tue, 24 Nov 2026 01:00:00 GMT", Some(36_000));
        check("Mon, 23 Nov 2026 15:00:00 GMT", None);
        check("Tue, 24 Nov 2026 01:00:00 JST", None);
        assert_eq!(EligibilityError::from_unavailable(&HeaderMap::new(), now).retry_at(), None);
    }
}
