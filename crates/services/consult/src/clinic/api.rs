//! The JSON interface for a clinic's own terminal, which signs in with an account of the clinic's desk.
//!
//! It returns the visits of a day at that institution, which the desk also sees on its pages. It accepts one statement:
//! that insurance is proven for an appointment, and by which method. [`ConfirmationRequest`] has no other field, and
//! unknown fields are refused, so that the service learns nothing of what the terminal reads.
//!
//! Cookies are not accepted: each request carries a bearer token that is issued for the account's password. `If-Match`
//! (RFC 9110 §13.1.1) names the version of the ledgers that the caller saw, so that a request that is repeated later
//! does not confirm a newer state.

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
use web::{Peer, Site};

use super::{
    rules::{desk_action::DeskAction, seen_version::SeenVersion},
    store::staff::{StaffMember, StaffSignIn},
};
use crate::{
    appointments::rules::{AppointmentId, AppointmentStatus},
    context::Context,
    proof::rules::ledgers::{ConfirmationMethod, DeskSide, LedgerVersion},
    refusal::Refusal,
};

const MAX_BODY_BYTES: usize = 4 << 10;

/// The state of the handlers.
#[derive(Clone)]
pub(crate) struct ClinicApi {
    pub(crate) context: Arc<Context>,
    pub(crate) site: Site,
}

pub(crate) fn routes(api: ClinicApi) -> Router {
    Router::new()
        .route("/door/session", post(sign_in))
        // Reading the visits is audited, and axum would let HEAD run the same handler.
        .route("/door/visits", get(list_visits).head(refuse_head))
        .route("/door/visits/{id}/confirmation", post(confirm_insurance))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(api)
}

/// Why a request is refused. Programs act on the status; the code in the body is for their logs.
enum ClinicApiRefusal {
    /// The token is missing, unknown or expired.
    Unauthenticated,
    /// The mail address or the password is wrong.
    WrongCredentials,
    /// The account has a second factor: a program signs in with the account's password for programs.
    ProgramPasswordRequired,
    /// Too many failed attempts to sign in.
    TooManyAttempts,
    /// Too many passwords wait to be checked.
    Busy,
    /// This institution has no such appointment.
    NotFound,
    /// The ledgers have changed since the version in `If-Match`.
    Changed,
    /// The visit is over or cancelled.
    Closed,
    IfMatchMissing,
    /// The service failed.
    Internal,
}

impl From<Refusal> for ClinicApiRefusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Changed => Self::Changed,
            Refusal::Closed(_) => Self::Closed,
            Refusal::NotFound => Self::NotFound,
            Refusal::SignInsBusy(_) => Self::Busy,
            refusal => {
                tracing::error!(error = &refusal as &dyn std::error::Error, "a request to the clinic interface failed");
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
            Self::ProgramPasswordRequired => (StatusCode::UNAUTHORIZED, "program_password_required"),
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

/// A response that caches must not store: it may carry personal data.
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
    State(api): State<ClinicApi>,
    peer: Option<Extension<Peer>>,
    Json(credentials): Json<ApiCredentials>,
) -> Result<Response, ClinicApiRefusal> {
    let mail = credentials.mail.parse().map_err(|_| ClinicApiRefusal::WrongCredentials)?;
    let token = Token::new(api.site.randomness());
    let now = api.site.clock().now();
    match api
        .context
        .store
        .sign_in_program(&mail, &credentials.password, peer.map(|Extension(peer)| peer), &token, now)
        .await?
    {
        StaffSignIn::Done => Ok(respond_no_store(StatusCode::OK, Json(ApiSession { token: token.reveal() }))),
        StaffSignIn::WrongCredentials => Err(ClinicApiRefusal::WrongCredentials),
        StaffSignIn::CodeRequired => Err(ClinicApiRefusal::ProgramPasswordRequired),
        StaffSignIn::TooManyAttempts => Err(ClinicApiRefusal::TooManyAttempts),
    }
}

async fn authenticate(api: &ClinicApi, headers: &HeaderMap, now: Timestamp) -> Result<StaffMember, ClinicApiRefusal> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let token: Token = bearer.and_then(|token| token.parse().ok()).ok_or(ClinicApiRefusal::Unauthenticated)?;
    api.context.store.authenticate_program(&token, now).await?.ok_or(ClinicApiRefusal::Unauthenticated)
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
    /// Present if the patient registered consent by hand-over.
    reception_number: Option<ReceptionNumber>,
    insurance_proven: bool,
    /// The value to send as `If-Match`.
    #[serde(rename = "seen")]
    ledger_version: i64,
}

#[derive(Serialize)]
struct VisitList {
    visits: Vec<VisitEntry>,
}

/// Only GET is allowed (RFC 9110 §15.5.6).
async fn refuse_head() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET"), (header::CACHE_CONTROL, "no-store")]).into_response()
}

async fn list_visits(
    State(api): State<ClinicApi>,
    Query(query): Query<VisitListQuery>,
    headers: HeaderMap,
) -> Result<Response, ClinicApiRefusal> {
    let now = api.site.clock().now();
    let staff = authenticate(&api, &headers, now).await?;
    let lines = api.context.store.load_api_day(staff, query.date, now).await?;
    let visits = lines
        .into_iter()
        .filter(|line| line.appointment.status == AppointmentStatus::Booked)
        .filter_map(|line| {
            // A self-pay visit has nothing to prove.
            let (proof, version) = (line.proof?, line.ledger_version?);
            let profile = line.patient.profile;
            Some(VisitEntry {
                appointment: line.appointment.id,
                start: line.appointment.visit_start,
                name: profile.as_ref().map(|profile| profile.name.clone()),
                kana: profile.as_ref().and_then(|profile| profile.kana.clone()),
                birth_date: profile.as_ref().map(|profile| profile.birth_date),
                reception_number: proof.reception_number(),
                insurance_proven: matches!(proof.desk, DeskSide::Confirmed { .. }),
                ledger_version: version.number(),
            })
        })
        .collect();
    Ok(respond_no_store(StatusCode::OK, Json(VisitList { visits })))
}

/// The method by which insurance was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ApiConfirmationMethod {
    /// The clinic's own 資格確認端末.
    Terminal,
}

/// All that the service accepts about the appointment in the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfirmationRequest {
    #[serde(rename = "how")]
    method: ApiConfirmationMethod,
}

async fn confirm_insurance(
    State(api): State<ClinicApi>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(ConfirmationRequest { method }): Json<ConfirmationRequest>,
) -> Result<Response, ClinicApiRefusal> {
    let now = api.site.clock().now();
    let staff = authenticate(&api, &headers, now).await?;
    let id: AppointmentId = id.parse().map_err(|_| ClinicApiRefusal::NotFound)?;
    let seen = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()?.trim_matches('"').parse().ok());
    let seen = SeenVersion::for_ledgers(LedgerVersion::from_number(seen.ok_or(ClinicApiRefusal::IfMatchMissing)?));
    let (method, action) = match method {
        ApiConfirmationMethod::Terminal => (ConfirmationMethod::Terminal, DeskAction::ConfirmAtTerminal),
    };
    match api.context.store.perform_desk_action(staff.clone(), id, seen, action, now).await {
        Ok(()) => Ok(respond_no_store(StatusCode::NO_CONTENT, ())),
        // The response to the same request was lost, and the caller repeats it: it had been applied.
        Err(Refusal::Changed) if is_confirmed(&api, staff, id, method, now).await? => {
            Ok(respond_no_store(StatusCode::NO_CONTENT, ()))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn is_confirmed(
    api: &ClinicApi,
    staff: StaffMember,
    id: AppointmentId,
    method: ConfirmationMethod,
    now: Timestamp,
) -> Result<bool, ClinicApiRefusal> {
    let visit = api.context.store.load_desk_visit(staff, id, now).await?;
    let desk = visit.proof.map(|(proof, _)| proof.desk);
    Ok(matches!(desk, Some(DeskSide::Confirmed { method: confirmed_by, .. }) if confirmed_by == method))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_confirmation_has_no_place_for_more_than_by_what() {
        let parse = serde_json::from_str::<ConfirmationRequest>;
        assert_eq!(
            parse(r#"{"how":"terminal"}"#).unwrap(),
            ConfirmationRequest { method: ApiConfirmationMethod::Terminal }
        );
        for json in [
            "{}",
            r#"{"how":"picture"}"#,
            r#"{"how":"33120015"}"#,
            r#"{"how":{"terminal":"33120015"}}"#,
            r#"{"how":"terminal","insurer":"33120015"}"#,
            r#"{"how":"terminal","note":"糖尿病"}"#,
            r#"{"how":"terminal","how":"terminal"}"#,
        ] {
            assert!(parse(json).is_err(), "{json}");
        }
    }
}
