//! The desk of the service that the patient booked with, by the desk's own account there.
//!
//! In come the visits of a day; out goes [`Proven`], which has no place for anything that the terminal reads.

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

use crate::rules::appointment::{Appointment, KnownAs};

/// How long the service may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// As long as a day's visits can be.
const MOST_BYTES: usize = 1 << 20;

/// Where the service is, and the desk's account there.
pub struct Service {
    /// The service's address. An [`Origin`] is over plain HTTP on this machine only.
    pub address: Origin,
    /// With what the desk's account signs in.
    pub mail: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

/// Why the service was not reached, or said no.
#[derive(Debug, thiserror::Error)]
pub enum ServiceFailure {
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
pub(crate) struct Desk {
    http: reqwest::Client,
    service: Arc<Service>,
    token: Arc<Mutex<Option<String>>>,
}

/// All that the service is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Proven {
    how: How,
}

/// By what insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum How {
    Terminal,
}

impl Proven {
    /// At this terminal.
    pub(crate) const HERE: Self = Self { how: How::Terminal };
}

#[derive(Serialize)]
struct Credentials<'a> {
    mail: &'a str,
    password: &'a str,
}

#[derive(Deserialize)]
struct Signed {
    token: String,
}

#[derive(Deserialize)]
struct Visit {
    appointment: String,
    start: Timestamp,
    name: Option<String>,
    kana: Option<String>,
    birth_date: Option<Date>,
    reception_number: Option<ReceptionNumber>,
    seen: i64,
}

#[derive(Deserialize)]
struct Visits {
    visits: Vec<Visit>,
}

impl Desk {
    pub(crate) fn new(service: Service) -> Result<Self, reqwest::Error> {
        let host = service.address.authority().split(':').next().unwrap_or_default().to_owned();
        let mut builder = reqwest::Client::builder().no_proxy().redirect(redirect::Policy::none()).timeout(PATIENCE);
        if host == "localhost" || host.ends_with(".localhost") {
            // RFC 6761 §6.3: these names are this machine, whatever a resolver says.
            builder = builder.resolve(&host, (Ipv4Addr::LOCALHOST, 0).into());
        }
        Ok(Self { http: builder.build()?, service: Arc::new(service), token: Arc::default() })
    }

    /// The visits of a day that need proof of insurance.
    pub(crate) async fn visits(&self, day: Date) -> Result<Vec<Appointment>, ServiceFailure> {
        let path = format!("/door/visits?date={day}");
        let answer = self.ask(|| self.http.get(self.service.address.at(&path))).await?;
        let found: Visits = read(answer).await?;
        let appointment = |visit: Visit| {
            let start = visit.start.in_japan();
            Appointment {
                known_as: Some(KnownAs { id: visit.appointment, seen: visit.seen }),
                time: format!("{}:{:02}", start.hour(), start.minute()),
                name: visit.name.unwrap_or_default(),
                kana: visit.kana,
                born: visit.birth_date,
                reception: visit.reception_number,
            }
        };
        Ok(found.visits.into_iter().map(appointment).collect())
    }

    /// Tells that insurance is proven for an appointment.
    pub(crate) async fn tell(&self, appointment: &KnownAs, proven: Proven) -> Result<(), ServiceFailure> {
        // An id is letters, digits and hyphens; whatever else came goes nowhere.
        if !appointment.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Err(ServiceFailure::Unreadable);
        }
        let path = format!("/door/visits/{}/confirmation", appointment.id);
        let seen = format!("\"{}\"", appointment.seen);
        let asked = || {
            let request = self.http.request(Method::POST, self.service.address.at(&path));
            request.header(header::IF_MATCH, &seen).json(&proven)
        };
        self.ask(asked).await.map(|_| ())
    }

    /// Asks with the token that is there; where it is over, with a new one.
    async fn ask(&self, asked: impl Fn() -> reqwest::RequestBuilder) -> Result<reqwest::Response, ServiceFailure> {
        let kept = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(token) = kept {
            let answer = asked().bearer_auth(token).send().await.map_err(unreachable)?;
            if answer.status() != StatusCode::UNAUTHORIZED {
                return judged(answer);
            }
        }
        let token = self.sign_in().await?;
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.clone());
        judged(asked().bearer_auth(token).send().await.map_err(unreachable)?)
    }

    async fn sign_in(&self) -> Result<String, ServiceFailure> {
        let credentials = Credentials { mail: &self.service.mail, password: &self.service.password };
        let request = self.http.post(self.service.address.at("/door/session")).json(&credentials);
        let signed: Signed = read(judged(request.send().await.map_err(unreachable)?)?).await?;
        Ok(signed.token)
    }
}

/// Without the address, which names an appointment.
fn unreachable(error: reqwest::Error) -> ServiceFailure {
    ServiceFailure::Unreachable(error.without_url())
}

fn judged(answer: reqwest::Response) -> Result<reqwest::Response, ServiceFailure> {
    match answer.status() {
        status if status.is_success() => Ok(answer),
        StatusCode::UNAUTHORIZED | StatusCode::TOO_MANY_REQUESTS => Err(ServiceFailure::Account),
        StatusCode::NOT_FOUND | StatusCode::CONFLICT | StatusCode::PRECONDITION_FAILED => Err(ServiceFailure::Changed),
        other => Err(ServiceFailure::Status(other.as_u16())),
    }
}

async fn read<T: DeserializeOwned>(mut answer: reqwest::Response) -> Result<T, ServiceFailure> {
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(ServiceFailure::Unreadable);
        }
        bytes.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&bytes).map_err(|_| ServiceFailure::Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_is_told_is_one_word() {
        assert_eq!(serde_json::to_string(&Proven::HERE).unwrap(), r#"{"how":"terminal"}"#);
    }
}
