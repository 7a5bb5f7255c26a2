//! The desk of the service that the patient booked with, by the desk's own account there.
//!
//! In come the visits of a day; out goes [`ProofConfirmation`], which has no place for anything that the terminal reads.

use std::{
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Date, ReceptionNumber, Timestamp};
use reqwest::{Method, StatusCode, header, redirect};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use shell::Origin;
use zeroize::Zeroizing;

use crate::rules::appointment::{Appointment, ServiceAppointment};

/// How long the service may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// As long as a day's visits can be.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// Where the service is, and the desk's account there.
pub struct ServiceAccount {
    /// The service's address. An [`Origin`] is over plain HTTP on this machine only.
    pub address: Origin,
    /// With what the desk's account signs in.
    pub mail: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

/// Why the service was not reached, or said no.
#[derive(Debug, thiserror::Error)]
pub enum DeskClientError {
    /// It cannot be reached, or its answer not be read.
    #[error("the service cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The account's address or password is wrong, or there were too many misses.
    #[error("the service does not take the desk's account")]
    Account,
    /// The visit is over, changed, or not this institution's.
    #[error("the service says that the visit is no longer as it was seen")]
    Changed,
    /// Something else than the door's answers.
    #[error("the service answered with status {0}")]
    Status(u16),
    /// The answer is none of the door's.
    #[error("the service's answer cannot be read")]
    Unreadable,
}

/// The desk's way to the service. Clones share it.
#[derive(Clone)]
pub(crate) struct DeskClient {
    http: reqwest::Client,
    service: Arc<ServiceAccount>,
    token: Arc<Mutex<Option<String>>>,
}

/// All that the service is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct ProofConfirmation {
    #[serde(rename = "how")]
    method: ProofMethod,
}

/// By what insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum ProofMethod {
    Terminal,
}

impl ProofConfirmation {
    /// At this terminal.
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
        let host = service.address.authority().split(':').next().unwrap_or_default().to_owned();
        let mut builder =
            reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(REQUEST_TIMEOUT);
        if host == "localhost" || host.ends_with(".localhost") {
            // RFC 6761 §6.3: these names are this machine, whatever a resolver says.
            builder = builder.resolve(&host, (Ipv4Addr::LOCALHOST, 0).into());
        }
        Ok(Self { http: builder.build()?, service: Arc::new(service), token: Arc::default() })
    }

    /// The visits of a day that need proof of insurance.
    pub(crate) async fn fetch_visits(&self, day: Date) -> Result<Vec<Appointment>, DeskClientError> {
        let path = format!("/door/visits?date={day}");
        let answer = self.send_authorized(|| self.http.get(self.service.address.url(&path))).await?;
        let found: VisitsResponse = read_json(answer).await?;
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
        Ok(found.visits.into_iter().map(appointment).collect())
    }

    /// Tells that insurance is proven for an appointment.
    pub(crate) async fn confirm_insurance(
        &self,
        appointment: &ServiceAppointment,
        proven: ProofConfirmation,
    ) -> Result<(), DeskClientError> {
        // An id is letters, digits and hyphens; whatever else came goes nowhere.
        if !appointment.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(DeskClientError::Unreadable);
        }
        let path = format!("/door/visits/{}/confirmation", appointment.id);
        let seen = format!("\"{}\"", appointment.version);
        let asked = || {
            let request = self.http.request(Method::POST, self.service.address.url(&path));
            request.header(header::IF_MATCH, &seen).json(&proven)
        };
        self.send_authorized(asked).await.map(|_| ())
    }

    /// Asks with the token that is there; where it is over, with a new one.
    async fn send_authorized(
        &self,
        asked: impl Fn() -> reqwest::RequestBuilder,
    ) -> Result<reqwest::Response, DeskClientError> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(token) = kept {
            let answer = asked().bearer_auth(token).send().await.map_err(unreachable)?;
            if answer.status() != StatusCode::UNAUTHORIZED {
                return check_status(answer);
            }
        }
        let token = self.sign_in().await?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        check_status(asked().bearer_auth(token).send().await.map_err(unreachable)?)
    }

    async fn sign_in(&self) -> Result<String, DeskClientError> {
        let credentials = Credentials { mail: &self.service.mail, password: &self.service.password };
        let request = self.http.post(self.service.address.url("/door/session")).json(&credentials);
        let signed: SessionResponse = read_json(check_status(request.send().await.map_err(unreachable)?)?).await?;
        Ok(signed.token)
    }
}

/// Without the address, which names an appointment.
fn unreachable(error: reqwest::Error) -> DeskClientError {
    DeskClientError::Unreachable(error.without_url())
}

fn check_status(answer: reqwest::Response) -> Result<reqwest::Response, DeskClientError> {
    match answer.status() {
        status if status.is_success() => Ok(answer),
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Err(DeskClientError::Account),
        StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Err(DeskClientError::Changed),
        other => Err(DeskClientError::Status(other.as_u16())),
    }
}

async fn read_json<T: DeserializeOwned>(mut answer: reqwest::Response) -> Result<T, DeskClientError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > MAX_RESPONSE_BYTES {
            return Err(DeskClientError::Unreadable);
        }
        bytes.extend_from_slice(&chunk);
    }
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
