//! The forms of the desk's actions.

use maud::{Markup, html};
use text::{Language, Text};
use ui::{
    Frame,
    components::{self, ButtonStyle, Choice, Select},
};

use super::view::DeskVisitPage;
use crate::{
    audit::rules::action::DeskActionKind,
    clinic::rules::desk_action::RecordedDeskAction,
    pages::date_text,
    proof::rules::{
        ledgers::{ConfirmationMethod, RefusedReason, RequestReason},
        next_steps::{DeskNextStep, NextSteps},
    },
};

/// The reasons that the desk can give when it asks for consent.
const CONSENT_REASONS: &[RequestReason] = &[RequestReason::NothingYet, RequestReason::NothingAtTerminal];

pub(crate) fn render_undo_form(frame: &Frame, view: &DeskVisitPage, action: &RecordedDeskAction) -> Markup {
    let language = frame.language;
    let deadline = date_text::format_time(action.undo_deadline());
    let support = match language {
        Language::Japanese => format!("{deadline}まで取り消せます。"),
        Language::English => format!("Possible until {deadline}."),
    };
    components::form(
        frame,
        &format!("{}/take-back", view.path()),
        html! {
            (components::hidden_field("number", &action.number.to_string()))
            (components::secondary_button(language.t("取り消す", "Undo"), Some(&support)))
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
                (components::choice_button(style, "act", "ask_picture", language.t("画像をお願いする", "Ask for a picture"),
                    Some(language.t("患者さんにメールで知らせます。", "The patient is told by mail."))))
            },
        )
    };
    html! {
        @if view.visit.proof_method.accepts_card() {
            (components::form(frame, &view.path(), html! {
                (components::hidden_field("seen", &view.seen_version()))
                (Select::new(language, "why_consent", language.t("患者さんに伝える理由", "What the patient is told"), &reasons).selected(default.as_str()))
                (components::choice_button(style, "act", "ask_consent", language.t("同意登録をお願いする", "Ask for consent"),
                    Some(language.t("患者さんにメールで知らせます。", "The patient is told by mail."))))
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
            (components::disclosure(language.t("ほかの方法で確認した", "Confirmed in another way"), html! {
                @if standing.desk_step != DeskNextStep::CheckTerminal {
                    (render_action_form(frame, view, "terminal", ButtonStyle::Secondary, confirmation_label(language, ConfirmationMethod::Terminal), None))
                }
                @if view.is_possible_now(DeskActionKind::ConfirmOnScreen) {
                    (render_action_form(frame, view, "screen", ButtonStyle::Secondary, confirmation_label(language, ConfirmationMethod::ShownOnScreen), Some(language.t(
                        "ビデオ通話の画面で、資格確認書などを見て確認したとき。",
                        "When the patient held the document up in the video call.",
                    ))))
                } @else {
                    p { (language.t(
                        "ビデオ通話の画面で書類を見て確認する方法は、診察の15分前から選べます。",
                        "Confirming by the document on the screen is possible from 15 minutes before the visit.",
                    )) }
                }
            }))
        }
        @if !matches!(standing.desk_step, DeskNextStep::AskPatient | DeskNextStep::CheckTerminal) {
            (components::disclosure(
                language.t("患者さんにお願いする", "Ask the patient"),
                render_request_forms(frame, view, standing, ButtonStyle::Secondary),
            ))
        }
        (components::disclosure(language.t("確認できないことを患者さんに知らせる", "Tell the patient that it cannot be confirmed"), components::form(frame, &view.path(), html! {
            (components::hidden_field("seen", &view.seen_version()))
            (Select::new(language, "why_refused", language.t("理由", "Why"), &refusals))
            (components::choice_button(ButtonStyle::Danger, "act", "refuse", language.t("確認できないことを知らせる", "Tell the patient"),
                Some(language.t("患者さんにメールで知らせます。患者さんは別の方法で手続きできます。", "The patient is told by mail and can try another way."))))
        })))
        @if standing.desk_step != DeskNextStep::SeePatient && view.is_possible_now(DeskActionKind::Complete) {
            (components::disclosure(
                language.t("保険の確認をせずに診察を終えた", "The visit was held without a check"),
                render_action_form(frame, view, "complete", ButtonStyle::Secondary, language.t("診察済みにする", "Mark the visit as held"), None),
            ))
        }
    }
}

fn confirmation_label(language: Language, method: ConfirmationMethod) -> &'static str {
    match method {
        ConfirmationMethod::Terminal => language.t("端末で確認しました", "Confirmed at the terminal"),
        ConfirmationMethod::Picture => language.t("画像で確認しました", "Confirmed by the picture"),
        ConfirmationMethod::ShownOnScreen => {
            language.t("画面で書類を確認しました", "Confirmed by the document on the screen")
        }
    }
}
