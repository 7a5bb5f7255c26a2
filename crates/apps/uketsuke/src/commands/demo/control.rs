//! The JSON control interface: people and institutions, and simulated faults of the national side, of one person or of the
//! whole interface.
//!
//! `GET /control/people` and `GET /control/institutions` return all that the pages of these names show, and the state of
//! each card. `POST /control/interface {"condition":"closed"}` (`open`, `closed`, `cut-off`; `slow` and `busy` with
//! `"seconds"`), `POST /control/people/KEY {"trouble":"late:5"}` (`null` ends it).

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::{Date, InstitutionCode, Span};
use consult::{NewMenu, ProofMethod};
use eligibility::{InterfaceFault, SimulatedFault};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use text::Language;

use super::state::DemoState;

pub(super) fn router(home: &Arc<DemoState>) -> Router {
    Router::new()
        .route("/control/interface", post(set_interface_condition))
        .route("/control/institutions", get(read_institutions))
        .route("/control/people", get(read_people))
        .route("/control/people/{key}", post(set_person_fault))
        .with_state(home.clone())
}

/// The simulated condition of the interface for institutions.
#[derive(Deserialize)]
#[serde(tag = "condition", rename_all = "kebab-case")]
enum ConditionRequest {
    Open,
    Closed,
    Slow { seconds: u32 },
    Busy { seconds: u32 },
    CutOff,
}

async fn set_interface_condition(
    State(home): State<Arc<DemoState>>,
    Json(condition): Json<ConditionRequest>,
) -> StatusCode {
    home.services.eligibility.set_interface_fault(match condition {
        ConditionRequest::Open => InterfaceFault::None,
        ConditionRequest::Closed => InterfaceFault::Closed,
        ConditionRequest::Slow { seconds } => InterfaceFault::Slow(Span::from_secs(seconds.into())),
        ConditionRequest::Busy { seconds } => InterfaceFault::Busy(Span::from_secs(seconds.into())),
        ConditionRequest::CutOff => InterfaceFault::CutOff,
    });
    StatusCode::NO_CONTENT
}

/// A text in both languages.
#[derive(Serialize)]
struct BothLanguages {
    ja: String,
    en: String,
}

impl BothLanguages {
    fn new(text: &text::Text) -> Self {
        Self { ja: text.in_language(Language::Japanese).to_owned(), en: text.in_language(Language::English).to_owned() }
    }
}

/// A persona with the PINs of the card and the insurance documents.
#[derive(Serialize)]
struct PersonaEntry {
    key: &'static str,
    name: &'static str,
    kana: &'static str,
    latin: &'static str,
    birthdate: Date,
    pin: &'static str,
    signature_password: Option<&'static str>,
    label: BothLanguages,
    note: BothLanguages,
    card: KnownCard,
    documents: Vec<InsuranceDocument>,
}

/// The state of the card's authentication PIN.
#[derive(Serialize)]
struct KnownCard {
    tries_left: u8,
    locked: bool,
}

#[derive(Serialize)]
struct InsuranceDocument {
    insurer: base::InsurerNumber,
    symbol: Option<String>,
    number: String,
    branch: Option<String>,
}

async fn read_people(State(home): State<Arc<DemoState>>) -> Result<Json<Vec<PersonaEntry>>, Response> {
    let cards = home.services.portal.list_cards().await.map_err(IntoResponse::into_response)?;
    let tries_by_card: HashMap<_, _> = cards.into_iter().map(|card| (card.id.to_string(), card.tries_left)).collect();
    // Every persona has a card in the app, which the demo adds when it starts.
    let tries_left = |key: &str| tries_by_card.get(key).map_or(0, |tries| *tries);
    let to_entry = |persona: world::Persona| PersonaEntry {
        key: persona.key,
        name: persona.name,
        kana: persona.kana,
        latin: persona.latin,
        birthdate: persona.insured_person.person.birth,
        pin: persona.pin,
        signature_password: match persona.signature_password {
            world::SignaturePassword::Set(password) => Some(password),
            world::SignaturePassword::None => None,
        },
        label: BothLanguages::new(&persona.label),
        note: BothLanguages::new(&persona.note),
        card: KnownCard { tries_left: tries_left(persona.key), locked: tries_left(persona.key) == 0 },
        documents: persona
            .insured_person
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
    Ok(Json(world::personas(home.first_day).into_iter().map(to_entry).collect()))
}

/// An institution with its menus, its method of proof and its accounts.
#[derive(Serialize)]
struct KnownInstitution {
    code: InstitutionCode,
    name: String,
    name_english: String,
    /// The method of proof of insurance: `hand_over`, `fixed_url` or `picture_only`.
    takes: &'static str,
    fixed_url: Option<String>,
    menus: Vec<KnownMenu>,
    desk: Vec<DeskAccount>,
    terminal_password: &'static str,
}

#[derive(Serialize)]
struct KnownMenu {
    number: u32,
    charge: &'static str,
    name: String,
    name_english: String,
    minutes: u32,
}

#[derive(Serialize)]
struct DeskAccount {
    mail: String,
    name: &'static str,
    password: &'static str,
}

async fn read_institutions(State(home): State<Arc<DemoState>>) -> Json<Vec<KnownInstitution>> {
    let to_entry = |entry: world::DemoInstitution| {
        let institution = entry.listing.institution;
        let (takes, fixed_url) = match institution.proof_method {
            ProofMethod::HandOver { .. } => ("hand_over", None),
            ProofMethod::FixedUrl { url } => ("fixed_url", Some(url)),
            ProofMethod::PictureOnly => ("picture_only", None),
        };
        KnownInstitution {
            code: institution.code,
            name: institution.name,
            name_english: institution.name_english,
            takes,
            fixed_url,
            menus: entry
                .listing
                .menus
                .into_iter()
                .map(|NewMenu { menu, .. }| KnownMenu {
                    number: menu.number,
                    charge: menu.charge.as_str(),
                    name: menu.name,
                    name_english: menu.name_english,
                    minutes: menu.minutes,
                })
                .collect(),
            desk: entry
                .staff
                .into_iter()
                .map(|staff| DeskAccount { mail: staff.mail, name: staff.name, password: world::DESK_PASSWORD })
                .collect(),
            terminal_password: world::TERMINAL_PASSWORD,
        }
    };
    Json(world::institutions(&home.addresses.reception).into_iter().map(to_entry).collect())
}

#[derive(Deserialize)]
struct FaultRequest {
    /// None clears the fault.
    trouble: Option<String>,
}

async fn set_person_fault(
    State(home): State<Arc<DemoState>>,
    Path(key): Path<String>,
    Json(request): Json<FaultRequest>,
) -> Result<StatusCode, Response> {
    let fault = request.trouble.map(|text| text.parse::<SimulatedFault>()).transpose();
    let fault = fault.map_err(|error| (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response())?;
    let personas = world::personas(home.first_day);
    let not_found = || StatusCode::NOT_FOUND.into_response();
    let persona = personas.into_iter().find(|persona| persona.key == key).ok_or_else(not_found)?;
    let eligibility = &home.services.eligibility;
    let birth_date = persona.insured_person.person.birth;
    let mut matches = Vec::new();
    for coverage in persona.insured_person.coverages {
        let people =
            eligibility.find_people_by_document(coverage.insurer, coverage.symbol, coverage.number, birth_date).await;
        matches.extend(people.map_err(|refusal| refusal_response(&refusal))?);
    }
    matches.sort_unstable();
    matches.dedup();
    let [person] = matches[..] else { return Err(not_found()) };
    eligibility.set_simulated_fault(person, fault).await.map_err(|refusal| refusal_response(&refusal))?;
    Ok(StatusCode::NO_CONTENT)
}

fn refusal_response(refusal: &eligibility::Refusal) -> Response {
    tracing::error!(error = refusal as &dyn std::error::Error, "a request of the control interface failed");
    web::Refuse::status(refusal).into_response()
}
