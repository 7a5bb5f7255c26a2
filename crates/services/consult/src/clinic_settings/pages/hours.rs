//! 診療時間 of the clinic.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, CheckState, Problem},
};
use web::{Form, Routes, Visitor};

use super::{
    back_to_settings,
    fields::{NamedFields, check_state, problem_field, read_hours_lines, render_hours_fields},
    overview::SettingsNotice,
    require_manager_and_frame,
};
use crate::{
    clinic::pages::frame::MANAGERS,
    clinic_settings::{
        rules::hours_input::{HoursLines, HoursProblem, format_hours_lines, parse_hours_lines},
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/clinic/hours", MANAGERS, get(show_hours)).action(
        "/desk/clinic/hours",
        MANAGERS,
        post(submit_hours),
    )
}

/// The form of the hours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HoursPage {
    pub(crate) lines: HoursLines,
    pub(crate) closed_on_holidays: CheckState,
    /// The version that the manager saw.
    pub(crate) version: i64,
    pub(crate) problem: Option<(usize, HoursProblem)>,
}

const HOLIDAYS_FIELD: &str = "closed_on_holidays";

async fn show_hours(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let settings = context.store.load_clinic_settings(&manager, visitor.now()).await?;
    let closed = settings.opening.closed_on_holidays;
    let page = HoursPage {
        lines: format_hours_lines(&settings.opening.hours),
        closed_on_holidays: if closed { CheckState::Checked } else { CheckState::Unchecked },
        version: settings.version,
        problem: None,
    };
    Ok(render_hours_page(&frame, &page).into_response())
}

async fn submit_hours(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(fields): Form<NamedFields>,
) -> Result<Response, Response> {
    let (manager, frame) = require_manager_and_frame(&context, &visitor).await?;
    let lines = read_hours_lines(&fields);
    let closed_on_holidays = check_state(&fields, HOLIDAYS_FIELD);
    let version = fields.get("version").and_then(|version| version.parse().ok()).unwrap_or_default();
    let opening = match parse_hours_lines(&lines, closed_on_holidays == CheckState::Checked) {
        Ok(opening) => opening,
        Err(problem) => {
            let page = HoursPage { lines, closed_on_holidays, version, problem: Some(problem) };
            return Ok(render_hours_page(&frame, &page).into_response());
        }
    };
    match context.store.save_clinic_hours(&manager, version, opening, visitor.now()).await {
        Ok(()) => Ok(Redirect::to(&SettingsNotice::Saved.path()).into_response()),
        Err(Refusal::Changed) => Ok(Redirect::to(&SettingsNotice::Changed.path()).into_response()),
        Err(refusal) => Err(refusal.into_response()),
    }
}

/// 診療時間
pub(crate) fn render_hours_page(frame: &Frame, page: &HoursPage) -> Markup {
    let language = frame.language;
    let named = problem_field(page.problem);
    let message = named.as_ref().map(|(field, problem)| (field.as_str(), problem.text()));
    let problems: Vec<_> =
        message.iter().map(|(field, text)| Problem { field, message: text.in_language(language) }).collect();
    let mut document =
        Document::new(frame, texts::HOURS.in_language(language)).above_heading(back_to_settings(language));
    if page.problem.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        (components::form(frame, "/desk/clinic/hours", html! {
            (components::hidden_field("version", &page.version.to_string()))
            (render_hours_fields(language, &page.lines, page.problem))
            (components::checkbox(HOLIDAYS_FIELD, "1", texts::CLOSED_ON_PUBLIC_HOLIDAYS.in_language(language), page.closed_on_holidays))
            p { (texts::BOOKED_VISITS_STAY.in_language(language)) }
            (components::bottom_bar(components::primary_button(
                texts::SAVE.in_language(language),
                Some(texts::PATIENTS_SEE_IT_AT_ONCE.in_language(language)),
            )))
        }))
    })
}
