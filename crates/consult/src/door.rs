//! The JSON door of a clinic's desk: what its own terminal asks for and tells, behind the desk's own account.
//!
//! Out go the visits of a day at that institution, which the desk sees on its pages too. In comes one word: that
//! insurance is proven for an appointment, and by what. [`Confirmation`] has no place for more, and more is refused; so
//! the service learns nothing of what the terminal reads.
//!
//! Nobody's cookie opens it: each request carries a token that the account earns with its password. Which state of the
//! ledgers was seen goes along as `If-Match` (RFC 9110 §13.1.1), so that a message that is sent again later confirms
//! nothing new.

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::{DefaultBodyLimit, Path, Query, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::{Date, ReceptionNumber, Timestamp, Token};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use shell::{Peer, Site};

use crate::{
    refusal::Refusal,
    room::Room,
    rules::{
        appointment::{AppointmentId, Status},
        desk_act::DeskAct,
        proof::{DeskSide, How, PatientSide, Proof},
    },
    store::{
        desk::SeenVersion,
        proof::Version,
        staff::{SignIn, Staff},
    },
};

/// As long as anything honest is.
const MOST_BYTES: usize = 4 << 10;

/// What the door's handlers work with.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) room: Arc<Room>,
    pub(crate) site: Site,
}

pub(crate) fn routes(door: Door) -> Router {
    Router::new()
        .route("/door/session", post(sign_in))
        // Whoever reads the visits is written down: HEAD does not reach them.
        .route("/door/visits", get(visits).head(refuse_head))
        .route("/door/visits/{id}/confirmation", post(confirm))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .with_state(door)
}

/// Why the door says no. A program reads the status; the word is for whoever reads its log.
enum No {
    /// No token, or one that is over.
    Unknown,
    /// Address or password is wrong.
    Wrong,
    /// Too many misses.
    TooMany,
    /// Too many sign in at once.
    Busy,
    /// There is no such appointment at this institution.
    NotFound,
    /// The ledgers are no longer those that were seen.
    Changed,
    /// It is over.
    Closed,
    /// `If-Match` is missing.
    Blind,
    /// Us.
    Failed,
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Changed => Self::Changed,
            Refusal::Closed(_) => Self::Closed,
            Refusal::NotFound => Self::NotFound,
            Refusal::SignInsBusy(_) => Self::Busy,
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "the desk's door failed");
                Self::Failed
            }
        }
    }
}

impl From<database::Error> for No {
    fn from(error: database::Error) -> Self {
        Self::from(Refusal::from(error))
    }
}

#[derive(Serialize)]
struct Said {
    error: &'static str,
}

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Unknown => (StatusCode::UNAUTHORIZED, "sign_in"),
            Self::Wrong => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too_many_misses"),
            Self::NotFound => (StatusCode::NOT_FOUND, "no_such_visit"),
            Self::Changed => (StatusCode::PRECONDITION_FAILED, "changed_since"),
            Self::Closed => (StatusCode::CONFLICT, "visit_is_over"),
            Self::Blind => (StatusCode::PRECONDITION_REQUIRED, "if_match_missing"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        };
        answer(status, Json(Said { error }))
    }
}

/// What the door says is nobody's to keep.
fn answer(status: StatusCode, body: impl IntoResponse) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    mail: String,
    password: String,
}

#[derive(Serialize)]
struct Signed {
    token: String,
}

async fn sign_in(
    State(door): State<Door>,
    peer: Option<Extension<Peer>>,
    Json(typed): Json<Credentials>,
) -> Result<Response, No> {
    let mail = typed.mail.parse().map_err(|_| No::Wrong)?;
    let token = Token::new(door.site.randomness());
    let now = door.site.clock().now();
    match door.room.store.open_door(&mail, &typed.password, peer.map(|Extension(peer)| peer), &token, now).await? {
        SignIn::Done => Ok(answer(StatusCode::OK, Json(Signed { token: token.reveal() }))),
        SignIn::Wrong => Err(No::Wrong),
        SignIn::TooMany => Err(No::TooMany),
    }
}

async fn known(door: &Door, headers: &HeaderMap, now: Timestamp) -> Result<Staff, No> {
    let carried = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token: Token = carried.and_then(|token| token.parse().ok()).ok_or(No::Unknown)?;
    door.room.store.at_the_door(&token, now).await?.ok_or(No::Unknown)
}

#[derive(Deserialize)]
struct Wanted {
    date: Date,
}

/// A visit, as far as the desk needs it to find the reception at its terminal.
#[derive(Serialize)]
struct Visit {
    appointment: AppointmentId,
    start: Timestamp,
    name: Option<String>,
    kana: Option<String>,
    birth_date: Option<Date>,
    /// What the hand-over brought, if it brought one.
    reception_number: Option<ReceptionNumber>,
    insurance_proven: bool,
    /// For `If-Match`.
    seen: i64,
}

#[derive(Serialize)]
struct Visits {
    visits: Vec<Visit>,
}

/// GET alone is answered (RFC 9110 §15.5.6).
async fn refuse_head() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET"), (header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn visits(State(door): State<Door>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Result<Response, No> {
    let now = door.site.clock().now();
    let staff = known(&door, &headers, now).await?;
    let lines = door.room.store.door_day(staff, wanted.date, now).await?;
    let visits = lines
        .into_iter()
        .filter(|(line, _)| line.appointment.status == Status::Booked)
        .filter_map(|(line, version)| {
            // A self-pay visit has nothing to prove.
            let (proof, version) = (line.proof?, version?);
            let profile = line.patient.profile;
            Some(Visit {
                appointment: line.appointment.id,
                start: line.appointment.visit_start,
                name: profile.as_ref().map(|profile| profile.name.clone()),
                kana: profile.as_ref().and_then(|profile| profile.kana.clone()),
                birth_date: profile.as_ref().map(|profile| profile.birth_date),
                reception_number: reception_number(&proof),
                insurance_proven: matches!(proof.desk, DeskSide::Confirmed { .. }),
                seen: version.number(),
            })
        })
        .collect();
    Ok(answer(StatusCode::OK, Json(Visits { visits })))
}

fn reception_number(proof: &Proof) -> Option<ReceptionNumber> {
    match proof.patient {
        PatientSide::Registered { reception_number, .. } => Some(reception_number),
        _ => None,
    }
}

/// By what insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Proven {
    /// By the clinic's own 資格確認端末.
    Terminal,
}

/// All that the service is told: for the appointment of the address, by what insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    how: Proven,
}

async fn confirm(
    State(door): State<Door>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(Confirmation { how }): Json<Confirmation>,
) -> Result<Response, No> {
    let now = door.site.clock().now();
    let staff = known(&door, &headers, now).await?;
    let id: AppointmentId = id.parse().map_err(|_| No::NotFound)?;
    let seen = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()?.trim_matches('"').parse().ok());
    let seen = SeenVersion::of_ledgers(Version::from_number(seen.ok_or(No::Blind)?));
    let (how, act) = match how {
        Proven::Terminal => (How::Terminal, DeskAct::ConfirmAtTerminal),
    };
    match door.room.store.desk_act(staff.clone(), id, seen, act, now).await {
        Ok(()) => Ok(answer(StatusCode::NO_CONTENT, ())),
        // The answer to the same message was lost, and it comes again: it was heard.
        Err(Refusal::Changed) if is_confirmed(&door, staff, id, how, now).await? => {
            Ok(answer(StatusCode::NO_CONTENT, ()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn is_confirmed(door: &Door, staff: Staff, id: AppointmentId, how: How, now: Timestamp) -> Result<bool, No> {
    let file = door.room.store.desk_visit(staff, id, now).await?;
    let desk = file.proof.map(|(proof, _)| proof.desk);
    Ok(matches!(desk, Some(DeskSide::Confirmed { how: by, .. }) if by == how))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_has_no_place_for_more_than_by_what() {
        let read = serde_json::from_str::<Confirmation>;
        assert_eq!(read(r#"{"how":"terminal"}"#).unwrap(), Confirmation { how: Proven::Terminal });
        for more in [
            "{}",
            r#"{"how":"picture"}"#,
            r#"{"how":"33120015"}"#,
            r#"{"how":{"terminal":"33120015"}}"#,
            r#"{"how":"terminal","insurer":"33120015"}"#,
            r#"{"how":"terminal","note":"糖尿病"}"#,
            r#"{"how":"terminal","how":"terminal"}"#,
        ] {
            assert!(read(more).is_err(), "{more}");
        }
    }
}
