//! The sheet of a reception: the verdict, what the desk does next, the printed part, and the form to record it.

use base::Date;
use maud::{Markup, html};
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, CheckState, Tone},
};

use super::{
    appointment::{confirmation_hint, render_appointment, same_person_label},
    content::{ReceptionPage, ReceptionSheet, list_path},
    home_visit::render_consent_panel,
    receipt_computer::render_receipt_computer,
    statement::render_reception_link,
};
use crate::{
    eligibility::{
        client::EligibilityCheck,
        pages::render_insurance,
        rules::{Finding, HiddenReason, SystemMessage},
        wording::{finding_label, hidden_reason_texts, next_steps},
    },
    pages::{SystemResponse, render_doubts, render_failure, render_system_message},
    receptions::{pages::list::content::ListPurpose, rules::ListedReception, texts},
    sign_in::wording::role_label,
    statement::is_statement_useful,
    wording::has_unknown_characters,
};

pub(crate) fn render_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    let list = list_path(&view.reception);
    let number = view.reception.number.map(base::ReceptionNumber::to_grouped_string);
    let title = match number {
        Some(number) => texts::reception(language, number),
        None => texts::RECEPTION_WITHOUT_NUMBER.in_language(language).to_owned(),
    };
    let above = components::breadcrumbs(language, &[(list.as_str(), ListPurpose::Eligibility.title(language))], &title);
    let document = Document::new(frame, &title).above_heading(above);
    document.main(match &view.content {
        SystemResponse::Failed(refusal) => html! {
            (render_failure(frame, refusal))
            (render_reception_link(language, &view.sealed))
            (components::back_link(&list, texts::BACK_TO_THE_LIST.in_language(language)))
        },
        SystemResponse::Received(sheet) => html! {
            (render_verdict(language, &view.reception, sheet))
            @if is_statement_useful(sheet.finding) { (render_reception_link(language, &view.sealed)) }
            (render_appointment(language, sheet))
            (render_print_sheet(language, view, sheet))
            (render_receipt_computer(frame, view, sheet.receipt_computer))
            (render_consent_panel(language, view, sheet.finding))
            @for check in &sheet.checks { (render_doubts(language, &check.doubts)) }
            (render_confirmation_form(frame, view, sheet))
            (components::back_link(&list, texts::BACK_TO_THE_LIST.in_language(language)))
        },
    })
}

/// The verdict, and what the desk does next.
fn render_verdict(language: Language, listed: &ListedReception, sheet: &ReceptionSheet) -> Markup {
    let (label, _, tone) = finding_label(language, sheet.finding);
    let steps: Vec<Markup> = next_steps(language, sheet.finding).into_iter().map(|step| html! { (step) }).collect();
    let heading = texts::insurance_verdict(language, label);
    html! {
        (components::notice(tone, &heading, html! {
            (render_system_messages(language, sheet, listed))
            p { b { (texts::WHAT_TO_DO_NEXT.in_language(language)) } }
            (components::numbered_list(&steps))
        }))
        @if has_grace_notice(sheet) {
            @let (heading, meaning) = hidden_reason_texts(language, HiddenReason::Grace);
            (components::notice(Tone::Warning, heading, html! { p { (meaning) } }))
        }
        @if sheet.checks.iter().flat_map(|check| &check.response.results).any(|result| has_unknown_characters(&result.name)) {
            (components::notice(Tone::Warning, texts::NAME_HAS_UNKNOWN_CHARACTERS.in_language(language), html! {
                p { (texts::ASK_HOW_NAME_IS_WRITTEN.in_language(language)) }
            }))
        }
    }
}

/// The system's messages, unchanged.
fn render_system_messages(language: Language, sheet: &ReceptionSheet, listed: &ListedReception) -> Markup {
    let messages: Vec<SystemMessage> = if sheet.checks.is_empty() {
        vec![listed.system_message.clone()]
    } else {
        sheet.checks.iter().map(|check| SystemMessage::from_processing(Some(&check.response.processing))).collect()
    };
    html! {
        @for system_message in &messages {
            @if let Some(message) = &system_message.message {
                (render_system_message(language, message, system_message.code.as_deref()))
            }
        }
    }
}

fn has_grace_notice(sheet: &ReceptionSheet) -> bool {
    let has_notice = |check: &EligibilityCheck| {
        HiddenReason::from_code(check.response.processing.code.as_deref()) == HiddenReason::Grace
    };
    sheet.finding != Finding::Hidden(HiddenReason::Grace) && sheet.checks.iter().any(has_notice)
}

fn render_print_sheet(language: Language, view: &ReceptionPage, sheet: &ReceptionSheet) -> Markup {
    let results: Vec<_> = sheet
        .checks
        .iter()
        .flat_map(|check| check.response.results.iter().map(move |result| (check, result)))
        .collect();
    let visit: Option<Date> = view.reception.visit;
    let mut inquiry_numbers: Vec<&str> = view.reception.inquiry_numbers.iter().map(String::as_str).collect();
    inquiry_numbers.extend(results.iter().filter_map(|(_, result)| Some(result.inquiry_number.as_ref()?.as_str())));
    inquiry_numbers.sort_unstable();
    inquiry_numbers.dedup();
    html! {
        @if !results.is_empty() {
            (components::print_sheet(html! {
                (components::panel(texts::ELIGIBILITY.in_language(language), html! {
                    (components::description_list(&[
                        (texts::INSTITUTION.in_language(language), html! { (view.institution) }),
                        (texts::RECEPTION.in_language(language), html! {
                            @match view.reception.number { Some(number) => (number.to_grouped_string()), None => "—" }
                        }),
                        (texts::DAY_OF_THE_VISIT.in_language(language), html! {
                            @match visit { Some(visit) => (dates::format_date(language, visit)), None => "—" }
                        }),
                        (texts::REFERENCE_NUMBER.in_language(language), html! {
                            @if inquiry_numbers.is_empty() { "—" } @else { (inquiry_numbers.join("、")) }
                        }),
                        (texts::ASKED_AT.in_language(language), html! {
                            (dates::format_date_time(language, results[0].0.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (components::print_button(texts::PRINT.in_language(language)))
                }))
                @for (index, (check, result)) in results.iter().enumerate() {
                    (render_insurance(language, check, result, (visit, Some(view.reception.care())), (results.len() > 1).then_some(index + 1)))
                }
            }))
        }
    }
}

fn render_confirmation_form(frame: &Frame, view: &ReceptionPage, sheet: &ReceptionSheet) -> Markup {
    let language = frame.language;
    html! {
        @if let Some(record) = &sheet.last_confirmation {
            @let (label, _, _) = finding_label(language, record.confirmation.finding);
            (components::notice(Tone::Info, texts::CONFIRMED_BEFORE.in_language(language), html! {
                p { (dates::format_date_time(language, record.confirmed_at)) "　" (role_label(language, record.role)) "　" (label) }
            }))
        }
        @match &sheet.sealed_confirmation {
            Some(sealed) => (components::form(frame, &format!("/receptions/{}/confirm", view.sealed), html! {
                (components::hidden_field("seen", sealed))
                @if let Some(label) = same_person_label(language, sheet) {
                    (components::checkbox("same", "yes", label, CheckState::Unchecked))
                }
                (components::primary_button(texts::RECORD_AS_SEEN.in_language(language), Some(confirmation_hint(language, sheet))))
            })),
            None => p { (texts::WITHOUT_NUMBER_IT_CANNOT_BE_RECORDED.in_language(language)) },
        }
    }
}
