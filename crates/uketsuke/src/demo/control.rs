//! Who is who, by JSON, and what goes wrong on the national side: with one person, or with the whole interface.
//!
//! `GET /control/people` and `GET /control/institutions` hold all that the pages of these names show, and the state of
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
use consult::ProofMethod;
use eligibility::{InterfaceFault, SimulatedFault};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use shell::Language;

use super::{pages::DemoState, world};

pub(super) fn router(home: &Arc<DemoState>) -> Router {
    Router::new()
        .route("/control/interface", post(set_interface_condition))
        .route("/control/institutions", get(read_institutions))
        .route("/control/people", get(read_people))
        .route("/control/people/{key}", post(set_person_fault))
        .with_state(home.clone())
}

/// How the interface for institutions is to behave.
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
    Json(wanted): Json<ConditionRequest>,
) -> StatusCode {
    home.services.eligibility.set_interface_fault(match wanted {
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
    fn new(text: &shell::Text) -> Self {
        Self { ja: text.in_language(Language::Japanese).to_owned(), en: text.in_language(Language::English).to_owned() }
    }
}

/// A persona as programs ask about it: what its card takes, and what an institution would type to find it.
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

/// What the card remembers of PINs that were typed.
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
    let tries: HashMap<_, _> = cards.into_iter().map(|card| (card.id.to_string(), card.tries_left)).collect();
    // Every persona has a card in the app: the demo lays it in as it starts.
    let card = |key: &str| tries.get(key).map_or(0, |tries| *tries);
    let known = |persona: world::Persona| PersonaEntry {
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
        card: KnownCard { tries_left: card(persona.key), locked: card(persona.key) == 0 },
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
    Ok(Json(world::personas(home.first_day).into_iter().map(known).collect()))
}

/// An institution as programs ask about it: where it is booked, how patients leave for consent, who works at its desk.
#[derive(Serialize)]
struct KnownInstitution {
    code: InstitutionCode,
    name: String,
    name_english: String,
    /// How insurance is proven to it: `hand_over`, `fixed_url` or `picture_only`.
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
    let places = world::WorldAddresses { reception: home.addresses.reception.clone() };
    let known = |known: world::DemoInstitution| {
        let institution = known.listing.institution;
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
            menus: known
                .listing
                .menus
                .into_iter()
                .map(|menu| KnownMenu {
                    number: menu.number,
                    charge: menu.charge.as_str(),
                    name: menu.name,
                    name_english: menu.name_english,
                    minutes: menu.minutes,
                })
                .collect(),
            desk: known
                .staff
                .into_iter()
                .map(|staff| DeskAccount { mail: staff.mail, name: staff.name, password: world::DESK_PASSWORD })
                .collect(),
            terminal_password: world::TERMINAL_PASSWORD,
        }
    };
    Json(world::institutions(&places).into_iter().map(known).collect())
}

#[derive(Deserialize)]
struct FaultRequest {
    /// None ends it.
    trouble: Option<String>,
}

async fn set_person_fault(
    State(home): State<Arc<DemoState>>,
    Path(key): Path<String>,
    Json(wanted): Json<FaultRequest>,
) -> Result<StatusCode, Response> {
    let trouble = wanted.trouble.map(|word| word.parse::<SimulatedFault>()).transpose();
    let trouble = trouble.map_err(|wrong| (StatusCode::UNPROCESSABLE_ENTITY, wrong.to_string()).into_response())?;
    let personas = world::personas(home.first_day);
    let nobody = || StatusCode::NOT_FOUND.into_response();
    let persona = personas.into_iter().find(|persona| persona.key == key).ok_or_else(nobody)?;
    let rooms = &home.services.eligibility;
    let birth = persona.insured_person.person.birth;
    let mut found = Vec::new();
    for coverage in persona.insured_person.coverages {
        let people = rooms.find_people_by_document(coverage.insurer, coverage.symbol, coverage.number, birth).await;
        found.extend(people.map_err(|refusal| refusal_response(&refusal))?);
    }
    found.sort_unstable();
    found.dedup();
    let [person] = found[..] else { return Err(nobody()) };
    rooms.set_simulated_fault(person, trouble).await.map_err(|refusal| refusal_response(&refusal))?;
    Ok(StatusCode::NO_CONTENT)
}

fn refusal_response(refusal: &eligibility::Refusal) -> Response {
    tracing::error!(error = refusal as &dyn std::error::Error, "what a control asked for failed");
    shell::Refuse::status(refusal).into_response()
}
