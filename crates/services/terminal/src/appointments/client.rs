//! The client of the service that the patient booked with, signed in with the desk's own account there.
//!
//! It fetches the visits of a day and sends [`ProofConfirmation`], which has no field for anything that the terminal reads.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Date, ReceptionNumber, Timestamp};
use http_client::BodyError;
use reqwest::{Method, StatusCode, header};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use web::Origin;
use zeroize::Zeroizing;

use super::rules::{Appointment, ServiceAppointment};

/// The timeout of a request to the service.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The limit of a response: the visits of one day.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// The service's address, and the desk's account there.
pub struct ServiceAccount {
    /// An [`Origin`] is over plain HTTP on this machine only.
    pub address: Origin,
    /// The mail address that the account signs in with.
    pub mail: String,
    pub password: Zeroizing<String>,
}

/// Why the service was not reached, or refused.
#[derive(Debug, thiserror::Error)]
pub enum DeskClientError {
    /// The connection failed, or broke before the response was whole.
    #[error("the service cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The account's mail address or password is wrong, or there were too many attempts.
    #[error("the service does not take the desk's account")]
    Account,
    /// The visit is over, changed, or another institution's.
    #[error("the service says that the visit is no longer as it was seen")]
    Changed,
    /// A status that the desk interface does not have.
    #[error("the service answered with status {0}")]
    Status(u16),
    /// The response is no JSON of the desk interface, or too long.
    #[error("the service's answer cannot be read")]
    Unreadable,
}

/// A client of the service's desk interface. Clones share its session.
#[derive(Clone)]
pub(crate) struct DeskClient {
    http: reqwest::Client,
    service: Arc<ServiceAccount>,
    token: Arc<Mutex<Option<String>>>,
}

/// All that is sent to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ProofConfirmation {
    #[serde(rename = "how")]
    method: ProofMethod,
}

/// How insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ProofMethod {
    Terminal,
}

impl ProofConfirmation {
    pub(crate) const AT_TERMINAL: Self = Self { method: ProofMethod::Terminal };
}

#[derive(Serialize)]
struct Credentials<'a> {
    mail: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct SessionResponse {
    token: String,
}

#[derive(Deserialize)]
struct VisitEntry {
    appointment: String,
    start: Timestamp,
    name: Option<String>,
    kana: Option<String>,
    birth_date: Option<Date>,
    reception_number: Option<ReceptionNumber>,
    #[serde(rename = "seen")]
    version: i64,
}

#[derive(Deserialize)]
struct VisitsResponse {
    visits: Vec<VisitEntry>,
}

impl DeskClient {
    pub(crate) fn new(service: ServiceAccount) -> Result<Self, reqwest::Error> {
        let http = http_client::builder().timeout(REQUEST_TIMEOUT).build()?;
        Ok(Self { http, service: Arc::new(service), token: Arc::default() })
    }

    /// The visits of a day that need proof of insurance.
    pub(crate) async fn fetch_visits(&self, day: Date) -> Result<Vec<Appointment>, DeskClientError> {
        let path = format!("/door/visits?date={day}");
        let response = self.send_authorized(|| self.http.get(self.service.address.url(&path))).await?;
        let body: VisitsResponse = read_json(response).await?;
        let appointment = |visit: VisitEntry| {
            let start = visit.start.in_japan();
            Appointment {
                service_link: Some(ServiceAppointment { id: visit.appointment, version: visit.version }),
                time: format!("{}:{:02}", start.hour(), start.minute()),
                name: visit.name.unwrap_or_default(),
                kana: visit.kana,
                birth_date: visit.birth_date,
                reception_number: visit.reception_number,
            }
        };
        Ok(body.visits.into_iter().map(appointment).collect())
    }

    /// Reports to the service that insurance is proven for an appointment.
    pub(crate) async fn confirm_insurance(
        &self,
        appointment: &ServiceAppointment,
        confirmation: ProofConfirmation,
    ) -> Result<(), DeskClientError> {
        // An id is letters, digits and hyphens; anything else must not become part of an address.
        if !appointment.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(DeskClientError::Unreadable);
        }
        let path = format!("/door/visits/{}/confirmation", appointment.id);
        let entity_tag = format!("\"{}\"", appointment.version);
        let build_request = || {
            let request = self.http.request(Method::POST, self.service.address.url(&path));
            request.header(header::IF_MATCH, &entity_tag).json(&confirmation)
        };
        self.send_authorized(build_request).await.map(|_| ())
    }

    /// Sends the request with the stored token; if that has ended, signs in and sends it again.
    async fn send_authorized(
        &self,
        build_request: impl Fn() -> reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, DeskClientError> {
        let stored = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(token) = stored {
            let response = build_request().bearer_auth(token).send().await.map_err(unreachable)?;
            if response.status() != StatusCode::UNAUTHORIZED {
                return check_status(response);
            }
        }
        let token = self.sign_in().await?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        check_status(build_request().bearer_auth(token).send().await.map_err(unreachable)?)
    }

    async fn sign_in(&self) -> Result<String, DeskClientError> {
        let credentials = Credentials { mail: &self.service.mail, password: &self.service.password };
        let request = self.http.post(self.service.address.url("/door/session")).json(&credentials);
        let session: SessionResponse = read_json(check_status(request.send().await.map_err(unreachable)?)?).await?;
        Ok(session.token)
    }
}

/// The URL is removed: it names an appointment.
fn unreachable(error: reqwest::Error) -> DeskClientError {
    DeskClientError::Unreachable(error.without_url())
}

fn check_status(response: reqwest::Response) -> Result<reqwest::Response, DeskClientError> {
    match response.status() {
        status if status.is_success() => Ok(response),
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Err(DeskClientError::Account),
        StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Err(DeskClientError::Changed),
        status => Err(DeskClientError::Status(status.as_u16())),
    }
}

async fn read_json<T: DeserializeOwned>(response: reqwest::Response) -> Result<T, DeskClientError> {
    let bytes = http_client::read_body(response, MAX_RESPONSE_BYTES).await.map_err(|error| match error {
        BodyError::Network(error) => DeskClientError::Unreachable(error),
        BodyError::TooLong(_) => DeskClientError::Unreadable,
    })?;
    serde_json::from_slice(&bytes).map_err(|_| DeskClientError::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_is_told_is_one_word() {
        assert_eq!(serde_json::to_string(&ProofConfirmation::AT_TERMINAL).unwrap(), r#"{"how":"terminal"}"#);
    }
}
