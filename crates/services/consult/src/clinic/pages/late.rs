//! A patient who comes late, or does not come.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use maud::{Markup, html};
use serde::Deserialize;
use text::dates;
use ui::{
    Frame,
    components::{self, ButtonStyle, Choice, Select},
};
use web::{Access, Form, Routes, Visitor};

use super::{action_form::render_action_form, frame::require_staff, view::DeskVisitPage};
use crate::{
    appointments::{pages::parse_appointment_id, rules::AppointmentStatus},
    audit::rules::action::DeskActionKind,
    clinic::{
        rules::{late::Delay, seen_version::SeenVersion},
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().action("/desk/visits/{id}/late", Access::SignedIn, post(submit_delay))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DelayForm {
    /// In minutes; 0 if the patient is not late after all.
    delay: String,
    /// The version of the visit that the page showed.
    #[serde(rename = "seen")]
    seen_version: String,
}

async fn submit_delay(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(id): Path<String>,
    Form(form): Form<DelayForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let id = parse_appointment_id(&id)?;
    let outcome = match (form.seen_version.parse::<SeenVersion>(), Delay::parse(&form.delay)) {
        (Ok(seen), Some(delay)) => context.store.record_delay(&staff, (id, seen), delay, visitor.now()).await,
        _ => Err(Refusal::Changed),
    };
    let notice = match outcome {
        Ok(()) => "done",
        Err(Refusal::Changed | Refusal::Closed(_)) => "changed",
        Err(refusal) => return Err(refusal.into_response()),
    };
    Ok(Redirect::to(&format!("/desk/visits/{id}?said={notice}")).into_response())
}

/// What a desk records of a patient who is late or does not come.
pub(crate) fn render_arrival_forms(frame: &Frame, view: &DeskVisitPage) -> Markup {
    let language = frame.language;
    let appointment = &view.visit.appointment;
    if appointment.status != AppointmentStatus::Booked {
        return Markup::default();
    }
    let labels: Vec<_> = Delay::CHOICES
        .iter()
        .map(|delay| {
            let label = match delay.minutes() {
                0 => texts::NOT_LATE_AFTER_ALL.in_language(language).to_owned(),
                minutes => texts::minutes_late(language, minutes),
            };
            (delay.minutes().to_string(), label)
        })
        .filter(|(minutes, _)| appointment.expected_at.is_some() || minutes != "0")
        .collect();
    let choices: Vec<_> = labels.iter().map(|(value, label)| Choice::new(value, label)).collect();
    html! {
        @if let Some(expected_at) = appointment.expected_at {
            p { b { (texts::expected_at(language, dates::format_time(expected_at))) } }
        }
        (components::disclosure(texts::PATIENT_COMES_LATE.in_language(language), components::form(
            frame,
            &format!("{}/late", view.path()),
            html! {
                (components::hidden_field("seen", &view.seen_version()))
                (Select::new(language, "delay", texts::HOW_LATE.in_language(language), &choices))
                (components::secondary_button(texts::RECORD_IT.in_language(language), None))
            },
        )))
        @if view.is_possible_now(DeskActionKind::NoShow) {
            (components::disclosure(texts::PATIENT_DID_NOT_COME.in_language(language), render_action_form(
                frame,
                view,
                "no_show",
                ButtonStyle::Danger,
                texts::RECORD_THE_NO_SHOW.in_language(language),
                Some(texts::LETTER_GOES_OUT_IN_TEN_MINUTES.in_language(language)),
            )))
        }
    }
}
