//! The JSON door of a clinic's desk: what its own terminal asks for and tells, behind the desk's own account.
//!
//! Out go the visits of a day at that institution, which the desk sees on its pages too. In comes one word: that
//! insurance is proven for an appointment, and by what. [`ConfirmationRequest`] has no place for more, and more is refused; so
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
    context::Context,
    refusal::Refusal,
    rules::{
        appointment::{AppointmentId, AppointmentStatus},
        desk_action::DeskAction,
        proof::{ConfirmationMethod, DeskSide, InsuranceProof, PatientSide},
    },
    store::{
        desk::SeenVersion,
        proof::LedgerVersion,
        staff::{StaffMember, StaffSignIn},
    },
};

/// As long as anything honest is.
const MAX_BODY_BYTES: usize = 4 << 10;

/// What the door's handlers work with.
#[derive(Clone)]
pub(crate) struct ClinicApi {
    pub(crate) context: Arc<Context>,
    pub(crate) site: Site,
}

pub(crate) fn routes(door: ClinicApi) -> Router {
    Router::new()
        .route("/door/session", post(sign_in))
        // Whoever reads the visits is written down: HEAD does not reach them.
        .route("/door/visits", get(list_visits).head(refuse_head))
        .route("/door/visits/{id}/confirmation", post(confirm_insurance))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(door)
}

/// Why the door says no. A program reads the status; the word is for whoever reads its log.
enum ClinicApiRefusal {
    /// No token, or one that is over.
    Unauthenticated,
    /// Address or password is wrong.
    WrongCredentials,
    /// Too many misses.
    TooManyAttempts,
    /// Too many sign in at once.
    Busy,
    /// There is no such appointment at this institution.
    NotFound,
    /// The ledgers are no longer those that were seen.
    Changed,
    /// It is over.
    Closed,
    /// `If-Match` is missing.
    IfMatchMissing,
    /// Us.
    Internal,
}

impl From<Refusal> for ClinicApiRefusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Changed => Self::Changed,
            Refusal::Closed(_) => Self::Closed,
            Refusal::NotFound => Self::NotFound,
            Refusal::SignInsBusy(_) => Self::Busy,
            other => {
                tracing::error!(error = &other as &dyn std::error::Error, "the desk's door failed");
                Self::Internal
            }
        }
    }
}

impl From<database::Error> for ClinicApiRefusal {
    fn from(error: database::Error) -> Self {
        Self::from(Refusal::from(error))
    }
}

#[derive(Serialize)]
struct ErrorBody {
    error: &'static str,
}

impl IntoResponse for ClinicApiRefusal {
    fn into_response(self) -> Response {
        let (status, error) = match self {
            Self::Unauthenticated => (StatusCode::UNAUTHORIZED, "sign_in"),
            Self::WrongCredentials => (StatusCode::UNAUTHORIZED, "wrong_credentials"),
            Self::TooManyAttempts => (StatusCode::TOO_MANY_REQUESTS, "too_many_misses"),
            Self::NotFound => (StatusCode::NOT_FOUND, "no_such_visit"),
            Self::Changed => (StatusCode::PRECONDITION_FAILED, "changed_since"),
            Self::Closed => (StatusCode::CONFLICT, "visit_is_over"),
            Self::IfMatchMissing => (StatusCode::PRECONDITION_REQUIRED, "if_match_missing"),
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "failed"),
        };
        respond_no_store(status, Json(ErrorBody { error }))
    }
}

/// What the door says is nobody's to keep.
fn respond_no_store(status: StatusCode, body: impl IntoResponse) -> Response {
    (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiCredentials {
    mail: String,
    password: String,
}

#[derive(Serialize)]
struct ApiSession {
    token: String,
}

async fn sign_in(
    State(door): State<ClinicApi>,
    peer: Option<Extension<Peer>>,
    Json(typed): Json<ApiCredentials>,
) -> Result<Response, ClinicApiRefusal> {
    let mail = typed.mail.parse().map_err(|_| ClinicApiRefusal::WrongCredentials)?;
    let token = Token::new(door.site.randomness());
    let now = door.site.clock().now();
    match door
        .context
        .store
        .sign_in_program(&mail, &typed.password, peer.map(|Extension(peer)| peer), &token, now)
        .await?
    {
        StaffSignIn::Done => Ok(respond_no_store(StatusCode::OK, Json(ApiSession { token: token.reveal() }))),
        StaffSignIn::WrongCredentials => Err(ClinicApiRefusal::WrongCredentials),
        StaffSignIn::TooManyAttempts => Err(ClinicApiRefusal::TooManyAttempts),
    }
}

async fn authenticate(door: &ClinicApi, headers: &HeaderMap, now: Timestamp) -> Result<StaffMember, ClinicApiRefusal> {
    let carried = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token: Token = carried.and_then(|token| token.parse().ok()).ok_or(ClinicApiRefusal::Unauthenticated)?;
    door.context.store.authenticate_program(&token, now).await?.ok_or(ClinicApiRefusal::Unauthenticated)
}

#[derive(Deserialize)]
struct VisitListQuery {
    date: Date,
}

/// A visit, as far as the desk needs it to find the reception at its terminal.
#[derive(Serialize)]
struct VisitEntry {
    appointment: AppointmentId,
    start: Timestamp,
    name: Option<String>,
    kana: Option<String>,
    birth_date: Option<Date>,
    /// What the hand-over brought, if it brought one.
    reception_number: Option<ReceptionNumber>,
    insurance_proven: bool,
    /// For `If-Match`.
    #[serde(rename = "seen")]
    ledger_version: i64,
}

#[derive(Serialize)]
struct VisitList {
    visits: Vec<VisitEntry>,
}

/// GET alone is answered (RFC 9110 §15.5.6).
async fn refuse_head() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET"), (header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn list_visits(
    State(door): State<ClinicApi>,
    Query(wanted): Query<VisitListQuery>,
    headers: HeaderMap,
) -> Result<Response, ClinicApiRefusal> {
    let now = door.site.clock().now();
    let staff = authenticate(&door, &headers, now).await?;
    let lines = door.context.store.load_api_day(staff, wanted.date, now).await?;
    let visits = lines
        .into_iter()
        .filter(|(line, _)| line.appointment.status == AppointmentStatus::Booked)
        .filter_map(|(line, version)| {
            // A self-pay visit has nothing to prove.
            let (proof, version) = (line.proof?, version?);
            let profile = line.patient.profile;
            Some(VisitEntry {
                appointment: line.appointment.id,
                start: line.appointment.visit_start,
                name: profile.as_ref().map(|profile| profile.name.clone()),
                kana: profile.as_ref().and_then(|profile| profile.kana.clone()),
                birth_date: profile.as_ref().map(|profile| profile.birth_date),
                reception_number: reception_number(&proof),
                insurance_proven: matches!(proof.desk, DeskSide::Confirmed { .. }),
                ledger_version: version.number(),
            })
        })
        .collect();
    Ok(respond_no_store(StatusCode::OK, Json(VisitList { visits })))
}

fn reception_number(proof: &InsuranceProof) -> Option<ReceptionNumber> {
    match proof.patient {
        PatientSide::Registered { reception_number, .. } => Some(reception_number),
        _ => None,
    }
}

/// By what insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ApiConfirmationMethod {
    /// By the clinic's own 資格確認端末.
    Terminal,
}

/// All that the service is told: for the appointment of the address, by what insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmationRequest {
    #[serde(rename = "how")]
    method: ApiConfirmationMethod,
}

async fn confirm_insurance(
    State(door): State<ClinicApi>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(ConfirmationRequest { method: how }): Json<ConfirmationRequest>,
) -> Result<Response, ClinicApiRefusal> {
    let now = door.site.clock().now();
    let staff = authenticate(&door, &headers, now).await?;
    let id: AppointmentId = id.parse().map_err(|_| ClinicApiRefusal::NotFound)?;
    let seen = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()?.trim_matches('"').parse().ok());
    let seen = SeenVersion::for_ledgers(LedgerVersion::from_number(seen.ok_or(ClinicApiRefusal::IfMatchMissing)?));
    let (how, act) = match how {
        ApiConfirmationMethod::Terminal => (ConfirmationMethod::Terminal, DeskAction::ConfirmAtTerminal),
    };
    match door.context.store.perform_desk_action(staff.clone(), id, seen, act, now).await {
        Ok(()) => Ok(respond_no_store(StatusCode::NO_CONTENT, ())),
        // The answer to the same message was lost, and it comes again: it was heard.
        Err(Refusal::Changed) if is_confirmed(&door, staff, id, how, now).await? => {
            Ok(respond_no_store(StatusCode::NO_CONTENT, ()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn is_confirmed(
    door: &ClinicApi,
    staff: StaffMember,
    id: AppointmentId,
    how: ConfirmationMethod,
    now: Timestamp,
) -> Result<bool, ClinicApiRefusal> {
    let file = door.context.store.load_desk_visit(staff, id, now).await?;
    let desk = file.proof.map(|(proof, _)| proof.desk);
    Ok(matches!(desk, Some(DeskSide::Confirmed { method: by, .. }) if by == how))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_has_no_place_for_more_than_by_what() {
        let read = serde_json::from_str::<ConfirmationRequest>;
        assert_eq!(
            read(r#"{"how":"terminal"}"#).unwrap(),
            ConfirmationRequest { method: ApiConfirmationMethod::Terminal }
        );
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
