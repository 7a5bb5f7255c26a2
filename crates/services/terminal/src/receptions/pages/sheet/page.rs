//! The sheet of a reception: the verdict, what the desk does next, the printed part, and the form to record it.

use base::Date;
use maud::{Markup, html};
use text::Language;
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
    pages::{SystemResponse, render_doubts, render_failure},
    receptions::{pages::list::content::ListPurpose, rules::ListedReception},
    sign_in::wording::role_label,
    statement::is_statement_useful,
    wording::{format_day, format_time, has_unknown_characters},
};

pub(crate) fn render_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    let list = list_path(&view.reception);
    let number = view.reception.number.map(base::ReceptionNumber::to_grouped_string);
    let title = match (&number, language) {
        (Some(number), Language::Japanese) => format!("受付 {number}"),
        (Some(number), Language::English) => format!("Reception {number}"),
        (None, Language::Japanese) => "受付（番号なし）".to_owned(),
        (None, Language::English) => "Reception (no number)".to_owned(),
    };
    let above = components::breadcrumbs(language, &[(list.as_str(), ListPurpose::Eligibility.title(language))], &title);
    let document = Document::new(frame, &title).above_heading(above);
    document.main(match &view.content {
        SystemResponse::Failed(refusal) => html! {
            (render_failure(frame, refusal))
            (render_reception_link(language, &view.sealed))
            (components::back_link(&list, language.t("一覧に戻る", "Back to the list")))
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
            (components::back_link(&list, language.t("一覧に戻る", "Back to the list")))
        },
    })
}

/// The verdict, and what the desk does next.
fn render_verdict(language: Language, listed: &ListedReception, sheet: &ReceptionSheet) -> Markup {
    let (label, _, tone) = finding_label(language, sheet.finding);
    let steps: Vec<Markup> = next_steps(language, sheet.finding).into_iter().map(|step| html! { (step) }).collect();
    let heading = match language {
        Language::Japanese => format!("資格：{label}"),
        Language::English => format!("Insurance: {label}"),
    };
    html! {
        (components::notice(tone, &heading, html! {
            (render_system_messages(language, sheet, listed))
            p { b { (language.t("次にすること", "What to do next")) } }
            (components::numbered_list(&steps))
        }))
        @if has_grace_notice(sheet) {
            @let (heading, meaning) = hidden_reason_texts(language, HiddenReason::Grace);
            (components::notice(Tone::Warning, heading, html! { p { (meaning) } }))
        }
        @if sheet.checks.iter().flat_map(|check| &check.response.results).any(|result| has_unknown_characters(&result.name)) {
            (components::notice(Tone::Warning, language.t("氏名に「●」があります", "There is a ● in the name"), html! {
                p { (language.t(
                    "システムで扱えない文字が「●」に置き換わっています。正しい文字を患者に確認し、カナと生年月日で本人の記録と照合してください。",
                    "Characters that the system does not have were replaced. Ask the patient how the name is written, and match by kana and birth date."
                )) }
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
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) }
                    @if let Some(code) = &system_message.code { " (" code { (code) } ")" } }
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
                (components::panel(language.t("資格確認結果", "Eligibility"), html! {
                    (components::description_list(&[
                        (language.t("医療機関", "Institution"), html! { (view.institution) }),
                        (language.t("受付番号", "Reception"), html! {
                            @match view.reception.number { Some(number) => (number.to_grouped_string()), None => "—" }
                        }),
                        (language.t("受診年月日", "Day of the visit"), html! {
                            @match visit { Some(visit) => (format_day(language, visit)), None => "—" }
                        }),
                        (language.t("照会番号", "Reference number"), html! {
                            @if inquiry_numbers.is_empty() { "—" } @else { (inquiry_numbers.join("、")) }
                        }),
                        (language.t("照会日時", "Asked at"), html! {
                            (format_time(language, results[0].0.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (components::print_button(language.t("印刷する", "Print")))
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
            (components::notice(Tone::Info, language.t("前回の確認", "Confirmed before"), html! {
                p { (format_time(language, record.confirmed_at)) "　" (role_label(language, record.role)) "　" (label) }
            }))
        }
        @match &sheet.sealed_confirmation {
            Some(sealed) => (components::form(frame, &format!("/receptions/{}/confirm", view.sealed), html! {
                (components::hidden_field("seen", sealed))
                @if let Some(label) = same_person_label(language, sheet) {
                    (components::checkbox("same", "yes", label, CheckState::Unchecked))
                }
                (components::primary_button(language.t("確認を記録する", "Record as seen"), Some(confirmation_hint(language, sheet))))
            })),
            None => p { (language.t(
                "受付番号がないため、この端末では確認を記録できません。",
                "Without a reception number it cannot be recorded at this terminal."
            )) },
        }
    }
}
