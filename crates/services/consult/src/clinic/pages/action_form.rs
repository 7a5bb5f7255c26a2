//! The forms of the desk's actions.

use maud::{Markup, html};
use text::{Language, Text, dates};
use ui::{
    Frame,
    components::{self, ButtonStyle, Choice, Select},
};

use super::view::DeskVisitPage;
use crate::{
    audit::rules::action::DeskActionKind,
    clinic::{rules::desk_action::RecordedDeskAction, texts},
    proof::rules::{
        ledgers::{ConfirmationMethod, RefusedReason, RequestReason},
        next_steps::{DeskNextStep, NextSteps},
    },
};

/// The reasons that the desk can give when it asks for consent.
const CONSENT_REASONS: &[RequestReason] = &[RequestReason::NothingYet, RequestReason::NothingAtTerminal];

pub(crate) fn render_undo_form(frame: &Frame, view: &DeskVisitPage, action: &RecordedDeskAction) -> Markup {
    let language = frame.language;
    let support = texts::possible_until(language, dates::format_time(action.undo_deadline()));
    components::form(
        frame,
        &format!("{}/take-back", view.path()),
        html! {
            (components::hidden_field("number", &action.number.to_string()))
            (components::secondary_button(texts::UNDO.in_language(language), Some(&support)))
        },
    )
}

pub(crate) fn render_primary_request_forms(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    render_request_forms(frame, view, standing, ButtonStyle::Primary)
}

/// The forms that ask for consent, where the institution takes it, and for a picture.
pub(crate) fn render_request_forms(
    frame: &Frame,
    view: &DeskVisitPage,
    standing: &NextSteps,
    style: ButtonStyle,
) -> Markup {
    let language = frame.language;
    let default = match standing.desk_step {
        DeskNextStep::CheckTerminal => RequestReason::NothingAtTerminal,
        _ => RequestReason::NothingYet,
    };
    let texts: Vec<_> = CONSENT_REASONS.iter().map(|reason| (reason.as_str(), reason.text())).collect();
    let reasons = build_choices(language, &texts);
    let picture = |style| {
        components::form(
            frame,
            &view.path(),
            html! {
                (components::hidden_field("seen", &view.seen_version()))
                (components::hidden_field("why_picture", default.as_str()))
                (components::choice_button(style, "act", "ask_picture", texts::ASK_FOR_A_PICTURE.in_language(language),
                    Some(texts::PATIENT_IS_TOLD_BY_MAIL.in_language(language))))
            },
        )
    };
    html! {
        @if view.visit.proof_method.accepts_card() {
            (components::form(frame, &view.path(), html! {
                (components::hidden_field("seen", &view.seen_version()))
                (Select::new(language, "why_consent", texts::WHAT_THE_PATIENT_IS_TOLD.in_language(language), &reasons).selected(default.as_str()))
                (components::choice_button(style, "act", "ask_consent", texts::ASK_FOR_CONSENT.in_language(language),
                    Some(texts::PATIENT_IS_TOLD_BY_MAIL.in_language(language))))
            }))
            (picture(ButtonStyle::Secondary))
        } @else {
            (picture(style))
        }
    }
}

/// The choices of a field, from pairs of value and text.
pub(crate) fn build_choices<'a>(language: Language, texts: &'a [(&'a str, Text)]) -> Vec<Choice<'a>> {
    texts.iter().map(|(value, text)| Choice::new(value, text.in_language(language))).collect()
}

/// A form with one button, which sends `action` and the version of the visit that the page shows.
pub(crate) fn render_action_form(
    frame: &Frame,
    view: &DeskVisitPage,
    action: &str,
    style: ButtonStyle,
    label: &str,
    support: Option<&str>,
) -> Markup {
    components::form(
        frame,
        &view.path(),
        html! {
            (components::hidden_field("seen", &view.seen_version()))
            (components::choice_button(style, "act", action, label, support))
        },
    )
}

/// The actions other than the next step.
pub(crate) fn render_other_actions(frame: &Frame, view: &DeskVisitPage, standing: &NextSteps) -> Markup {
    let language = frame.language;
    let confirmed = standing.desk_step == DeskNextStep::SeePatient;
    let texts: Vec<_> = RefusedReason::ALL.iter().map(|reason| (reason.as_str(), reason.text())).collect();
    let refusals = build_choices(language, &texts);
    html! {
        @if !confirmed {
            (components::disclosure(texts::CONFIRMED_IN_ANOTHER_WAY.in_language(language), html! {
                @if standing.desk_step != DeskNextStep::CheckTerminal {
                    (render_action_form(frame, view, "terminal", ButtonStyle::Secondary, confirmation_label(language, ConfirmationMethod::Terminal), None))
                }
                @if view.is_possible_now(DeskActionKind::ConfirmOnScreen) {
                    (render_action_form(frame, view, "screen", ButtonStyle::Secondary, confirmation_label(language, ConfirmationMethod::ShownOnScreen), Some(texts::DOCUMENT_WAS_HELD_UP_IN_CALL.in_language(language))))
                } @else {
                    p { (texts::ON_SCREEN_FROM_15_MINUTES_BEFORE.in_language(language)) }
                }
            }))
        }
        @if !matches!(standing.desk_step, DeskNextStep::AskPatient | DeskNextStep::CheckTerminal) {
            (components::disclosure(
                texts::ASK_THE_PATIENT.in_language(language),
                render_request_forms(frame, view, standing, ButtonStyle::Secondary),
            ))
        }
        (components::disclosure(texts::TELL_PATIENT_IT_CANNOT_BE_CONFIRMED.in_language(language), components::form(frame, &view.path(), html! {
            (components::hidden_field("seen", &view.seen_version()))
            (Select::new(language, "why_refused", texts::WHY.in_language(language), &refusals))
            (components::choice_button(ButtonStyle::Danger, "act", "refuse", texts::TELL_THE_PATIENT.in_language(language),
                Some(texts::PATIENT_CAN_TRY_ANOTHER_WAY.in_language(language))))
        })))
        @if standing.desk_step != DeskNextStep::SeePatient && view.is_possible_now(DeskActionKind::Complete) {
            (components::disclosure(
                texts::VISIT_WAS_HELD_WITHOUT_CHECK.in_language(language),
                render_action_form(frame, view, "complete", ButtonStyle::Secondary, texts::MARK_THE_VISIT_AS_HELD.in_language(language), None),
            ))
        }
    }
}

fn confirmation_label(language: Language, method: ConfirmationMethod) -> &'static str {
    match method {
        ConfirmationMethod::Terminal => texts::CONFIRMED_AT_THE_TERMINAL_BUTTON.in_language(language),
        ConfirmationMethod::Picture => texts::CONFIRMED_BY_THE_PICTURE_BUTTON.in_language(language),
        ConfirmationMethod::ShownOnScreen => texts::CONFIRMED_BY_DOCUMENT_ON_SCREEN_BUTTON.in_language(language),
    }
}
