//! The choice of the patient whom a booking is for, by an account that acts for several.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::Date;
use maud::Markup;
use text::{age_on, replace_wide_spaces};
use ui::{Document, Frame, components};
use web::{Access, Routes, Visitor};

use crate::{
    booking::texts,
    context::Context,
    directory::pages::chosen_visit::{
        self, BookingPathParams, BookingStep, ChosenVisit, booking_path, path_with_booking,
    },
    family::pages::relationship_label,
    pages::{addresses::path_with_query, frame::page_frame, signed_in},
    people::rules::{account::ActsFor, patient::PatientId},
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/book/patient", Access::SignedIn, get(show_patient_choice))
}

/// The page that books for a patient.
pub(crate) fn path_with_patient(request: BookingRequest, patient: PatientId) -> String {
    format!("{}&patient={patient}", booking_path(request))
}

/// The page that asks for whom a booking is.
pub(crate) fn patient_choice_path(request: BookingRequest) -> String {
    path_with_booking("/book/patient", request)
}

pub(crate) struct PatientChoicePage {
    pub(crate) request: BookingRequest,
    pub(crate) chosen_visit: Option<ChosenVisit>,
    pub(crate) patients: Vec<ActsFor>,
    pub(crate) today: Date,
}

async fn show_patient_choice(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    params: Result<Query<BookingPathParams>, QueryRejection>,
) -> Result<Response, Response> {
    let (account, _) = signed_in::require_account_with_profile(&context, &visitor).await?;
    let request = params.unwrap_or_default().0.parse().ok_or(Refusal::NotFound)?;
    let chosen_visit = chosen_visit::load_chosen_visit(&context, &visitor, request).await?;
    let view = PatientChoicePage {
        request,
        chosen_visit,
        patients: account.patients.clone(),
        today: visitor.now().japan_date(),
    };
    Ok(render_patient_choice(&page_frame(&visitor, Some(&account)), &view).into_response())
}

/// どなたの予約ですか
pub(crate) fn render_patient_choice(frame: &Frame, view: &PatientChoicePage) -> Markup {
    let language = frame.language;
    let cards: Vec<_> = view
        .patients
        .iter()
        .filter_map(|acts_for| {
            let profile = acts_for.patient.profile.as_ref()?;
            let age = texts::aged_years(language, age_on(profile.birth_date, view.today));
            Some(components::link_card(
                &path_with_patient(view.request, acts_for.patient.id),
                &replace_wide_spaces(&profile.name),
                maud::html! { p { (relationship_label(acts_for.relationship).in_language(language)) " " (age) } },
            ))
        })
        .collect();
    let add = path_with_query("/profile/family/new", &[("onward", &patient_choice_path(view.request))]);
    Document::new(frame, texts::WHO_IS_THE_VISIT_FOR.in_language(language))
        .above_heading(chosen_visit::render_chosen_visit(language, view.chosen_visit.as_ref(), BookingStep::Details))
        .main(maud::html! {
            (components::section(texts::PATIENT.in_language(language), components::card_list(&cards)))
            (components::secondary_link(&add, texts::ADD_SOMEBODY.in_language(language), None))
        })
}
