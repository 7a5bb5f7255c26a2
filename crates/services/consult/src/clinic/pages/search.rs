//! Finding a visit by what a caller says: name, reading, telephone number or booking number.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, Render, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Column, Field, Input, Table},
};
use web::{Access, Routes, Visitor};

use super::{
    frame::{desk_frame, require_staff},
    labels, patient_identity,
};
use crate::{
    appointments::rules::booking_number,
    clinic::{
        rules::visit_query::VisitQuery,
        store::{
            visit_search::{FoundVisits, MAX_FOUND},
            visits::DayVisit,
        },
        texts,
    },
    context::Context,
};

pub(crate) const SEARCH_PATH: &str = "/desk/search";

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(SEARCH_PATH, Access::SignedIn, get(show_search))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SearchQuery {
    q: String,
}

/// The search, and what it found; None before anything was searched for.
pub(crate) struct VisitSearchPage {
    pub(crate) text: String,
    pub(crate) found: Option<FoundVisits>,
}

async fn show_search(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<SearchQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let text = query.map(|Query(query)| query.q).unwrap_or_default();
    let found = match VisitQuery::parse(&text) {
        Some(query) => Some(context.store.search_desk_visits(staff.clone(), query, visitor.now()).await?),
        None => None,
    };
    let page = VisitSearchPage { text, found };
    Ok(render_search_page(&desk_frame(visitor.frame(), Some(&staff)), &page).into_response())
}

/// The field with which a desk searches.
fn render_search_form(language: Language, text: &str) -> Markup {
    components::search_form(
        SEARCH_PATH,
        html! {
            (Field::new(language, Input::Search, "q", texts::FIND_A_VISIT.in_language(language))
                .without_mark()
                .support(texts::NAME_READING_TELEPHONE_OR_NUMBER.in_language(language))
                .value(text))
            (components::secondary_button(texts::SEARCH.in_language(language), None))
        },
    )
}

pub(crate) fn render_search_page(frame: &Frame, page: &VisitSearchPage) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::FIND_A_VISIT.in_language(language))
        .above_heading(components::back_link("/desk/visits", texts::TODAYS_VISITS.in_language(language)))
        .wide()
        .main(html! {
            (render_search_form(language, &page.text))
            @if let Some(found) = &page.found {
                @if found.visits.is_empty() {
                    (components::empty_state(
                        texts::NO_VISIT_WAS_FOUND.in_language(language),
                        html! { p { (texts::TRY_A_PART_OF_THE_NAME.in_language(language)) } },
                    ))
                } @else {
                    (render_found_visits(language, found))
                    @if found.visits.len() == MAX_FOUND { p { (texts::ONLY_THE_NEXT_ARE_SHOWN.in_language(language)) } }
                }
            }
        })
}

fn render_found_visits(language: Language, found: &FoundVisits) -> Markup {
    let columns = [
        Column::single_line(texts::TIME.in_language(language)),
        Column::single_line(texts::PATIENT.in_language(language)),
        Column::single_line(texts::TELEPHONE.in_language(language)),
        Column::text(texts::DOCTOR.in_language(language)),
        Column::single_line(texts::BOOKING_NUMBER.in_language(language)),
    ];
    let row = |visit: &DayVisit| {
        let appointment = &visit.appointment;
        let doctor = found.practitioners.iter().find(|doctor| doctor.id == appointment.practitioner);
        let phone = visit.patient.profile.as_ref().and_then(|profile| profile.phone.as_deref());
        vec![
            html! {
                a href=(format!("/desk/visits/{}", appointment.id)) { (dates::format_date_time(language, appointment.visit_start)) }
                " " (labels::render_status_badge(language, appointment.status))
            },
            html! { div { (patient_identity::render_patient_cell(language, &visit.patient, appointment.visit_date())) } },
            html! { @if let Some(number) = phone { (patient_identity::render_phone_link(number)) } },
            html! { @if let Some(doctor) = doctor { (doctor.details.name_in(language)) } },
            html! { (booking_number(appointment.id)) },
        ]
    };
    let rows = found.visits.iter().map(row).collect();
    Table::new(texts::FOUND_VISITS.in_language(language), &columns).hide_caption().rows(rows).render()
}
