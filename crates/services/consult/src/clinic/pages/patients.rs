//! Whom a desk books for: a patient whom the clinic knows, or one who is entered now.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Date;
use maud::{Markup, Render, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Column, Field, Input, Table},
};
use web::{Access, Form, Routes, Visitor};

use super::{
    frame::{desk_frame, require_staff},
    patient_identity,
};
use crate::{
    clinic::{
        rules::patient_query::PatientQuery,
        store::desk_booking::{ClinicPatient, MAX_PATIENTS},
        texts,
    },
    context::Context,
    people::{
        pages::profile::{ProfileFieldTexts, ProfileSubject, list_problems, render_profile_fields},
        rules::patient::{Profile, ProfileInput, ProfileProblem},
    },
};

/// The page on which a desk begins a booking.
pub(crate) const BOOKING_PATH: &str = "/desk/book";

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page(BOOKING_PATH, Access::SignedIn, get(show_patients))
        .page("/desk/book/new", Access::SignedIn, get(show_new_patient))
        .action("/desk/book/new", Access::SignedIn, post(submit_new_patient))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PatientSearchQuery {
    q: String,
}

/// The search for a patient, and what it found; None before anything was searched for.
pub(crate) struct PatientSearchPage {
    pub(crate) text: String,
    pub(crate) found: Option<Vec<ClinicPatient>>,
    pub(crate) today: Date,
}

async fn show_patients(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<PatientSearchQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let text = query.map(|Query(query)| query.q).unwrap_or_default();
    let today = visitor.now().japan_date();
    let found = match PatientQuery::parse(&text, today) {
        Some(query) => Some(context.store.search_clinic_patients(&staff, query, visitor.now()).await?),
        None => None,
    };
    let page = PatientSearchPage { text, found, today };
    Ok(render_patient_search_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

/// 予約を入れる
pub(crate) fn render_patient_search_page(frame: &Frame, page: &PatientSearchPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::BOOK_FOR_A_PATIENT.in_language(language))
        .above_heading(components::back_link("/desk/visits", texts::TODAYS_VISITS.in_language(language)))
        .wide()
        .main(html! {
            (components::search_form(BOOKING_PATH, html! {
                (Field::new(language, Input::Search, "q", texts::FIND_THE_PATIENT.in_language(language))
                    .without_mark()
                    .support(texts::NAME_READING_TELEPHONE_OR_BIRTH_DATE.in_language(language))
                    .value(&page.text))
                (components::secondary_button(texts::SEARCH.in_language(language), None))
            }))
            @if let Some(found) = &page.found {
                @if found.is_empty() {
                    (components::empty_state(
                        texts::NO_PATIENT_WAS_FOUND.in_language(language),
                        html! { p { (texts::TRY_A_PART_OF_THE_NAME.in_language(language)) } },
                    ))
                } @else {
                    (render_patients(language, found, page.today))
                    @if found.len() == MAX_PATIENTS { p { (texts::ONLY_THE_FIRST_ARE_SHOWN.in_language(language)) } }
                }
            }
            (components::secondary_link(
                "/desk/book/new",
                texts::ENTER_A_NEW_PATIENT.in_language(language),
                Some(texts::FOR_WHOM_THE_CLINIC_DOES_NOT_KNOW.in_language(language)),
            ))
        })
}

fn render_patients(language: Language, found: &[ClinicPatient], today: Date) -> Markup {
    let columns = [
        Column::single_line(texts::PATIENT.in_language(language)),
        Column::single_line(texts::DATE_OF_BIRTH.in_language(language)),
        Column::single_line(texts::TELEPHONE.in_language(language)),
        Column::single_line(texts::LATEST_VISIT.in_language(language)),
        Column::single_line(texts::NEXT_STEP.in_language(language)),
    ];
    let row = |found: &ClinicPatient| {
        let profile = found.patient.profile.as_ref();
        vec![
            html! { div { (patient_identity::render_patient_cell(language, &found.patient, today)) } },
            html! { @if let Some(profile) = profile { (dates::format_date_with_era(language, profile.birth_date)) } },
            html! {
                @if let Some(number) = profile.and_then(|profile| profile.phone.as_deref()) {
                    (patient_identity::render_phone_link(number))
                }
            },
            html! { @if let Some(start) = found.latest_visit { (dates::format_date_time(language, start)) } },
            html! {
                a href=(format!("{BOOKING_PATH}/{}", found.patient.id)) { (texts::BOOK_FOR_THIS_PATIENT.in_language(language)) }
            },
        ]
    };
    let rows = found.iter().map(row).collect();
    Table::new(texts::FOUND_PATIENTS.in_language(language), &columns).hide_caption().rows(rows).render()
}

/// The form of a patient whom the clinic does not know.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewPatientPage {
    pub(crate) input: ProfileInput,
    /// The date of birth as parsed from the input.
    pub(crate) birth_date: Option<Date>,
    pub(crate) problems: Vec<ProfileProblem>,
    pub(crate) today: Date,
}

async fn show_new_patient(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let page = NewPatientPage { today: visitor.now().japan_date(), ..NewPatientPage::default() };
    Ok(render_new_patient_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

async fn submit_new_patient(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(input): Form<ProfileInput>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let today = visitor.now().japan_date();
    match Profile::from_input(&input, today) {
        Ok(profile) => {
            let patient = context.store.add_clinic_patient(&staff, profile, visitor.now()).await?;
            Ok(Redirect::to(&format!("{BOOKING_PATH}/{patient}")).into_response())
        }
        Err(problems) => {
            let page = NewPatientPage { birth_date: input.parse_birth_date(today), input, problems, today };
            Ok(render_new_patient_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
        }
    }
}

/// 新しい患者
pub(crate) fn render_new_patient_page(frame: &Frame, page: &NewPatientPage) -> Markup {
    let language = frame.language;
    let problems = list_problems(language, &page.problems);
    let field_texts = ProfileFieldTexts {
        name: texts::AS_ON_THE_INSURANCE_DOCUMENT,
        phone: texts::TELEPHONE_TO_CALL_BACK,
        subject: ProfileSubject::SomebodyElse,
    };
    let mut document = Document::new(frame, texts::ENTER_A_NEW_PATIENT.in_language(language))
        .above_heading(components::back_link(BOOKING_PATH, texts::BACK_TO_THE_SEARCH.in_language(language)));
    if !problems.is_empty() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        (components::form(frame, "/desk/book/new", html! {
            (render_profile_fields(language, &page.input, (page.birth_date, page.today), &page.problems, &field_texts))
            (components::bottom_bar(components::primary_button(
                texts::GO_ON_TO_THE_MENU.in_language(language),
                Some(texts::NOTHING_IS_BOOKED_YET.in_language(language)),
            )))
        }))
    })
}
