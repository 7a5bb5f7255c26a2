//! 休診: registering a closure, with who is booked there, and lifting one.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame,
    components::{self, Choice, Field, Input, Problem, Select, Tone, Width},
};
use web::{ButtonForm, Form, Routes, Visitor};

use super::{
    back_to_settings,
    overview::{SettingsNotice, closed_party, closure_path, format_period},
    require_manager_and_frame,
    visits::render_concerned_visits,
};
use crate::{
    clinic::pages::frame::MANAGERS,
    clinic_settings::{
        rules::closure_input::{ClosureInput, ClosureProblem, NewClosure},
        store::{ConcernedVisit, overview::ClinicSettings},
        texts,
    },
    context::Context,
    practitioners::rules::practitioner::Practitioner,
    refusal::Refusal,
    schedule::rules::practitioner_schedule::{Closure, ClosureId},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/clinic/closures/new", MANAGERS, get(show_closure_form))
        .action("/desk/clinic/closures/new", MANAGERS, post(submit_closure))
        .page("/desk/clinic/closures/{id}", MANAGERS, get(show_closure))
        .action("/desk/clinic/closures/{id}/lift", MANAGERS, post(submit_lifting))
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct ClosureForm {
    doctor: String,
    from_date: String,
    from_time: String,
    to_date: String,
    to_time: String,
    reason: String,
    reason_english: String,
    /// What was pressed: empty to be shown who is booked.
    step: String,
}

/// The button that records the closure.
const CLOSE: &str = "close";

/// The button that goes back to the form.
const EDIT: &str = "edit";

impl ClosureForm {
    fn into_input(self) -> ClosureInput {
        ClosureInput {
            doctor: self.doctor,
            from_date: self.from_date,
            from_time: self.from_time,
            to_date: self.to_date,
            to_time: self.to_time,
            reason: self.reason,
            reason_english: self.reason_english,
        }
    }
}

/// The form of a closure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosureFormPage {
    pub(crate) input: ClosureInput,
    pub(crate) problem: Option<ClosureProblem>,
    /// The doctors who receive patients.
    pub(crate) doctors: Vec<Practitioner>,
}

/// A closure before it is recorded, with the visits that stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosurePreviewPage {
    pub(crate) input: ClosureInput,
    pub(crate) closure: NewClosure,
    pub(crate) visits: Vec<ConcernedVisit>,
    /// All doctors of the clinic.
    pub(crate) doctors: Vec<Practitioner>,
}

/// A recorded closure, with the visits that still stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosurePage {
    pub(crate) closure: Closure,
    pub(crate) visits: Vec<ConcernedVisit>,
    /// All doctors of the clinic.
    pub(crate) doctors: Vec<Practitioner>,
}

fn form_page(settings: &ClinicSettings, input: ClosureInput, problem: Option<ClosureProblem>) -> ClosureFormPage {
    ClosureFormPage { input, problem, doctors: settings.active_practitioners().cloned().collect() }
}

async fn show_closure_form(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    let from_date = visitor.now().japan_date().to_string();
    let input = ClosureInput { from_date, ..ClosureInput::default() };
    Ok(render_closure_form(&frame, &form_page(&settings, input, None)).into_response())
}

async fn submit_closure(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<ClosureForm>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let (step, input, now) = (form.step.clone(), form.into_input(), visitor.now());
    let settings = context.store.load_clinic_settings(&manager, now).await?;
    let closure = match input.parse(now) {
        Ok(closure) if step != EDIT => closure,
        parsed => {
            let page = form_page(&settings, input, parsed.err());
            return Ok(render_closure_form(&frame, &page).into_response());
        }
    };
    if step == CLOSE {
        let id = context.store.add_closure(&manager, closure, now).await?;
        return Ok(Redirect::to(&closure_path(id)).into_response());
    }
    let visits = context.store.list_visits_in_closure(&manager, &closure, now).await?;
    let page = ClosurePreviewPage { input, closure, visits, doctors: settings.practitioners };
    Ok(render_closure_preview(&frame, &page).into_response())
}

async fn show_closure(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let id: ClosureId = id.parse().map_err(|_| Refusal::NotFound)?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    let (closure, visits) = context.store.find_closure(&manager, id, visitor.now()).await?;
    let page = ClosurePage { closure, visits, doctors: settings.practitioners };
    Ok(render_closure_page(&frame, &page).into_response())
}

async fn submit_lifting(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let (manager, _) = require_manager_and_frame(&context, &visitor).await?;
    let id: ClosureId = id.parse().map_err(|_| Refusal::NotFound)?;
    context.store.lift_closure(&manager, id, visitor.now()).await?;
    Ok(Redirect::to(&SettingsNotice::Lifted.path()).into_response())
}

pub(crate) fn render_closure_form(frame: &Frame, page: &ClosureFormPage) -> Markup {
    let language = frame.language;
    let ClosureFormPage { input, problem, doctors } = page;
    let error = |field: &str| {
        problem.as_ref().filter(|problem| problem.field == field).map(|problem| problem.message.in_language(language))
    };
    let problems: Vec<_> = problem
        .iter()
        .map(|problem| Problem { field: problem.field, message: problem.message.in_language(language) })
        .collect();
    let choices: Vec<_> =
        doctors.iter().map(|doctor| (doctor.id.to_string(), doctor.details.name_in(language).to_owned())).collect();
    let choices: Vec<_> = choices.iter().map(|(id, name)| Choice::new(id, name)).collect();
    let mut document =
        Document::new(frame, texts::NEW_CLOSURE.in_language(language)).above_heading(back_to_settings(language));
    if problem.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        (components::form(frame, &closure_path("new"), html! {
            (Select::new(language, "doctor", texts::WHO_IS_AWAY.in_language(language), &choices)
                .optional().without_mark()
                .empty_option(texts::THE_WHOLE_CLINIC.in_language(language))
                .selected(&input.doctor).error(error("doctor")))
            (components::field_row(html! {
                (Field::new(language, Input::Date, "from_date", texts::FIRST_DAY.in_language(language))
                    .width(Width::Middle).value(&input.from_date).error(error("from_date")))
                (Field::new(language, Input::Text, "from_time", texts::FROM_TIME.in_language(language))
                    .optional().width(Width::Short)
                    .support(texts::EMPTY_FOR_THE_WHOLE_DAY.in_language(language))
                    .value(&input.from_time).error(error("from_time")))
            }))
            (components::field_row(html! {
                (Field::new(language, Input::Date, "to_date", texts::LAST_DAY.in_language(language))
                    .optional().width(Width::Middle)
                    .support(texts::EMPTY_FOR_ONE_DAY.in_language(language))
                    .value(&input.to_date).error(error("to_date")))
                (Field::new(language, Input::Text, "to_time", texts::TO_TIME.in_language(language))
                    .optional().width(Width::Short)
                    .value(&input.to_time).error(error("to_time")))
            }))
            (Field::new(language, Input::Text, "reason", texts::REASON.in_language(language))
                .optional().max_length(100)
                .support(texts::PATIENTS_READ_THE_REASON.in_language(language))
                .value(&input.reason).error(error("reason")))
            (Field::new(language, Input::Text, "reason_english", texts::REASON_IN_ENGLISH.in_language(language))
                .optional().max_length(100)
                .value(&input.reason_english).error(error("reason_english")))
            (components::bottom_bar(components::primary_button(
                texts::SEE_WHO_IS_BOOKED.in_language(language),
                Some(texts::NOTHING_IS_CLOSED_YET.in_language(language)),
            )))
        }))
    })
}

/// Who is away, when, and why.
fn render_closure_facts(
    language: Language,
    doctor: Option<&Practitioner>,
    period: crate::schedule::rules::practitioner_schedule::Period,
    reason: Option<&text::Text>,
) -> Markup {
    let mut rows = vec![
        (texts::WHO_IS_AWAY.in_language(language), html! { (closed_party(language, doctor)) }),
        (texts::PERIOD.in_language(language), html! { (format_period(language, period)) }),
    ];
    if let Some(reason) = reason {
        rows.push((texts::REASON.in_language(language), html! { (reason.in_language(language)) }));
    }
    components::plain_panel(components::description_list(&rows))
}

fn find_doctor(
    doctors: &[Practitioner],
    id: Option<crate::practitioners::rules::practitioner::PractitionerId>,
) -> Option<&Practitioner> {
    doctors.iter().find(|doctor| Some(doctor.id) == id)
}

pub(crate) fn render_closure_preview(frame: &Frame, page: &ClosurePreviewPage) -> Markup {
    let language = frame.language;
    let ClosurePreviewPage { input, closure, visits, doctors } = page;
    let doctor = find_doctor(doctors, closure.practitioner);
    Document::new(frame, texts::CHECK_THE_CLOSURE.in_language(language))
        .above_heading(back_to_settings(language))
        .wide()
        .main(html! {
            (render_closure_facts(language, doctor, closure.period, closure.reason.as_ref()))
            @if visits.is_empty() {
                p { (texts::NOBODY_IS_BOOKED.in_language(language)) }
            } @else {
                (components::notice(
                    Tone::Warning,
                    &texts::visits_are_booked(language, visits.len()),
                    html! { p { (texts::VISITS_STAY_UNTIL_MOVED.in_language(language)) } },
                ))
                (render_concerned_visits(language, visits, doctors))
            }
            (components::form(frame, &closure_path("new"), html! {
                @for (name, value) in [
                    ("doctor", &input.doctor),
                    ("from_date", &input.from_date),
                    ("from_time", &input.from_time),
                    ("to_date", &input.to_date),
                    ("to_time", &input.to_time),
                    ("reason", &input.reason),
                    ("reason_english", &input.reason_english),
                ] { (components::hidden_field(name, value)) }
                (components::choice_button(
                    components::ButtonStyle::Primary,
                    "step",
                    CLOSE,
                    texts::CLOSE_THIS_TIME.in_language(language),
                    Some(texts::NEW_BOOKINGS_STOP_AT_ONCE.in_language(language)),
                ))
                (components::choice_button(
                    components::ButtonStyle::Secondary,
                    "step",
                    EDIT,
                    texts::ENTER_IT_AGAIN.in_language(language),
                    None,
                ))
            }))
        })
}

pub(crate) fn render_closure_page(frame: &Frame, page: &ClosurePage) -> Markup {
    let language = frame.language;
    let ClosurePage { closure, visits, doctors } = page;
    let doctor = find_doctor(doctors, closure.practitioner);
    Document::new(frame, texts::THE_CLOSURE.in_language(language))
        .above_heading(back_to_settings(language))
        .wide()
        .main(html! {
            (render_closure_facts(language, doctor, closure.period, closure.reason.as_ref()))
            @if visits.is_empty() {
                (components::notice(Tone::Success, texts::ALL_VISITS_ARE_MOVED.in_language(language), html! {}))
            } @else {
                (components::notice(
                    Tone::Warning,
                    &texts::visits_are_booked(language, visits.len()),
                    html! { p { (texts::VISITS_STAY_UNTIL_MOVED.in_language(language)) } },
                ))
                (render_concerned_visits(language, visits, doctors))
            }
            (components::form(frame, &format!("{}/lift", closure_path(closure.id)), components::secondary_button(
                texts::LIFT_THE_CLOSURE.in_language(language),
                Some(texts::TIMES_CAN_BE_BOOKED_AGAIN.in_language(language)),
            )))
        })
}
