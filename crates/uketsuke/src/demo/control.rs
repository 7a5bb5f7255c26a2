//! What goes wrong on the national side, asked for by JSON: with one person, or with the whole interface.
//!
//! `POST /control/interface {"condition":"closed"}` (`open`, `closed`, `cut-off`; `slow` and `busy` with `"seconds"`),
//! `GET /control/people`, `POST /control/people/KEY {"trouble":"late:5"}` (`null` ends it).

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::{Date, Span};
use eligibility::{Condition, Trouble};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use super::{pages::Home, world};

pub(super) fn router(home: &Arc<Home>) -> Router {
    Router::new()
        .route("/control/interface", post(control_interface))
        .route("/control/people", get(read_people))
        .route("/control/people/{key}", post(control_person))
        .with_state(home.clone())
}

/// How the interface for institutions is to behave.
#[derive(Deserialize)]
#[serde(tag = "condition", rename_all = "kebab-case")]
enum WantedCondition {
    Open,
    Closed,
    Slow { seconds: u32 },
    Busy { seconds: u32 },
    CutOff,
}

async fn control_interface(State(home): State<Arc<Home>>, Json(wanted): Json<WantedCondition>) -> StatusCode {
    home.rooms.eligibility.set_condition(match wanted {
        WantedCondition::Open => Condition::Open,
        WantedCondition::Closed => Condition::Closed,
        WantedCondition::Slow { seconds } => Condition::Slow(Span::from_secs(seconds.into())),
        WantedCondition::Busy { seconds } => Condition::Busy(Span::from_secs(seconds.into())),
        WantedCondition::CutOff => Condition::CutOff,
    });
    StatusCode::NO_CONTENT
}

/// A persona as programs ask about her: what an institution would type to find her.
#[derive(Serialize)]
struct Known {
    key: &'static str,
    name: &'static str,
    birthdate: Date,
    documents: Vec<InsuranceDocument>,
}

#[derive(Serialize)]
struct InsuranceDocument {
    insurer: base::InsurerNumber,
    symbol: Option<String>,
    number: String,
    branch: Option<String>,
}

async fn read_people(State(home): State<Arc<Home>>) -> Json<Vec<Known>> {
    let known = |persona: world::Persona| Known {
        key: persona.key,
        name: persona.name,
        birthdate: persona.insured.person.birth,
        documents: persona
            .insured
            .coverages
            .iter()
            .map(|coverage| InsuranceDocument {
                insurer: coverage.insurer,
                symbol: coverage.symbol.as_ref().map(ToString::to_string),
                number: coverage.number.to_string(),
                branch: coverage.branch.map(|branch| branch.to_string()),
            })
            .collect(),
    };
    Json(world::personas(home.first_day).into_iter().map(known).collect())
}

#[derive(Deserialize)]
struct WantedTrouble {
    /// None ends it.
    trouble: Option<String>,
}

async fn control_person(
    State(home): State<Arc<Home>>,
    Path(key): Path<String>,
    Json(wanted): Json<WantedTrouble>,
) -> Result<StatusCode, Response> {
    let trouble = wanted.trouble.map(|word| word.parse::<Trouble>()).transpose();
    let trouble = trouble.map_err(|wrong| (StatusCode::UNPROCESSABLE_ENTITY, wrong.to_string()).into_response())?;
    let personas = world::personas(home.first_day);
    let nobody = || StatusCode::NOT_FOUND.into_response();
    let persona = personas.into_iter().find(|persona| persona.key == key).ok_or_else(nobody)?;
    let rooms = &home.rooms.eligibility;
    let birth = persona.insured.person.birth;
    let mut found = Vec::new();
    for coverage in persona.insured.coverages {
        let people = rooms.people_by_document(coverage.insurer, coverage.symbol, coverage.number, birth).await;
        found.extend(people.map_err(|refusal| refused(&refusal))?);
    }
    found.sort_unstable();
    found.dedup();
    let [person] = found[..] else { return Err(nobody()) };
    rooms.set_trouble(person, trouble).await.map_err(|refusal| refused(&refusal))?;
    Ok(StatusCode::NO_CONTENT)
}

fn refused(refusal: &eligibility::Refusal) -> Response {
    tracing::error!(error = refusal as &dyn std::error::Error, "what a control asked for failed");
    shell::Refuse::status(refusal).into_response()
}
