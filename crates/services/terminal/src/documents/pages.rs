//! 資格確認（記号・番号）: by the items on an insurance document, without a registration of the patient.
//!
//! The typed items are in the form's body and in the response page, never in an address.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Timestamp, WrongInsurerNumber};
use http::StatusCode;
use maud::{Markup, html};
use oqs::QualificationResult;
use text::WrongBirthDate;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, CheckState, Field, Input, Problem, Width},
};
use web::{Form, Visitor};

use super::rules::{DocumentFieldError, DocumentForm, DocumentQuery};
use crate::{
    Role, TerminalState,
    documents::texts,
    eligibility::{
        client::EligibilityCheck,
        pages::render_insurance,
        rules::{Finding, HiddenReason, SystemMessage},
        wording::{self, finding_label, hidden_reason_texts},
    },
    pages::{HandlerError, SystemResponse, render_failure, render_system_message},
    sign_in::session::{require_role, session_frame},
    statement,
};

pub(crate) struct DocumentCheckPage {
    pub(crate) institution: String,
    pub(crate) now: Timestamp,
    pub(crate) form: DocumentForm,
    pub(crate) content: DocumentCheckContent,
}

pub(crate) enum DocumentCheckContent {
    EmptyForm,
    InvalidForm(Vec<DocumentFieldError>),
    Checked(Box<SystemResponse<EligibilityCheck>>),
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let institution = session.station.name.clone();
    let view = DocumentCheckPage {
        institution,
        now: visitor.now(),
        form: DocumentForm::default(),
        content: DocumentCheckContent::EmptyForm,
    };
    Ok(render_page(&session_frame(&visitor, &session), &view).into_response())
}

pub(crate) async fn check_document(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(form): Form<DocumentForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let now = visitor.now();
    let content = match DocumentQuery::parse(&form, now.japan_date()) {
        Err(errors) => DocumentCheckContent::InvalidForm(errors),
        Ok(query) => {
            let result = session.station.client.check_eligibility_by_document(&query, now).await;
            DocumentCheckContent::Checked(Box::new(SystemResponse::from_result(result)))
        }
    };
    let status = match &content {
        DocumentCheckContent::EmptyForm => StatusCode::OK,
        DocumentCheckContent::InvalidForm(_) => StatusCode::UNPROCESSABLE_ENTITY,
        DocumentCheckContent::Checked(response) => response.status(),
    };
    let view = DocumentCheckPage { institution: session.station.name.clone(), now, form, content };
    Ok((status, render_page(&session_frame(&visitor, &session), &view)).into_response())
}

fn field_error_text(language: Language, error: DocumentFieldError) -> &'static str {
    match error {
        DocumentFieldError::Insurer(WrongInsurerNumber::Form) => {
            texts::INSURER_NUMBER_HAS_EIGHT_DIGITS.in_language(language)
        }
        DocumentFieldError::Insurer(WrongInsurerNumber::Kind) => {
            texts::INSURER_NUMBER_HAS_WRONG_KIND.in_language(language)
        }
        DocumentFieldError::Insurer(WrongInsurerNumber::Prefecture) => {
            texts::INSURER_NUMBER_HAS_WRONG_PREFECTURE.in_language(language)
        }
        DocumentFieldError::Insurer(WrongInsurerNumber::CheckDigit) => {
            texts::INSURER_NUMBER_HAS_WRONG_CHECK_DIGIT.in_language(language)
        }
        DocumentFieldError::Symbol => texts::SYMBOL_HAS_AT_MOST_20_CHARACTERS.in_language(language),
        DocumentFieldError::Number => texts::ENTER_NUMBER_AT_MOST_20_CHARACTERS.in_language(language),
        DocumentFieldError::Branch => texts::BRANCH_HAS_AT_MOST_TWO_DIGITS.in_language(language),
        DocumentFieldError::BirthDate(error) => birth_date_error_text(language, error),
    }
}

fn birth_date_error_text(language: Language, error: WrongBirthDate) -> &'static str {
    match error {
        WrongBirthDate::Empty | WrongBirthDate::Unreadable => texts::ENTER_YEAR_MONTH_AND_DAY.in_language(language),
        WrongBirthDate::NoEra => texts::WRITE_ERA_OR_FOUR_DIGIT_YEAR.in_language(language),
        WrongBirthDate::EraYear => texts::ERA_DOES_NOT_HAVE_THAT_YEAR.in_language(language),
        WrongBirthDate::NoSuchDay => texts::CALENDAR_HAS_NO_SUCH_BIRTHDAY.in_language(language),
        WrongBirthDate::Future => texts::BIRTHDAY_IS_IN_FUTURE.in_language(language),
        WrongBirthDate::TooLongAgo => texts::BIRTHDAY_IS_TOO_LONG_AGO.in_language(language),
    }
}

pub(crate) fn render_page(frame: &Frame, view: &DocumentCheckPage) -> Markup {
    let language = frame.language;
    let title = texts::BY_INSURANCE_DOCUMENT.in_language(language);
    let mut document = Document::new(frame, title).lead(texts::CONFIRMS_INSURANCE_BY_DOCUMENT.in_language(language));
    if matches!(view.content, DocumentCheckContent::InvalidForm(_)) {
        document = document.with_problems();
    }
    document.main(html! {
        @match &view.content {
            DocumentCheckContent::EmptyForm | DocumentCheckContent::InvalidForm(_) => {}
            DocumentCheckContent::Checked(response) => {
                @match response.as_ref() {
                    SystemResponse::Failed(refusal) => {
                        (render_failure(frame, refusal))
                        (statement::render_blank_link(language))
                    }
                    SystemResponse::Received(check) => (render_result(language, view, check)),
                }
            }
        }
        (render_form(frame, view))
    })
}

fn render_form(frame: &Frame, view: &DocumentCheckPage) -> Markup {
    let language = frame.language;
    let errors = match &view.content {
        DocumentCheckContent::InvalidForm(errors) => &errors[..],
        DocumentCheckContent::EmptyForm | DocumentCheckContent::Checked(_) => &[],
    };
    let problems: Vec<_> = errors
        .iter()
        .map(|field_error| Problem {
            field: field_error.field_name(),
            message: field_error_text(language, *field_error),
        })
        .collect();
    let error = |field: &str| problems.iter().find(|problem| problem.field == field).map(|problem| problem.message);
    let form = &view.form;
    let limit_state = if form.limit_consent.is_some() { CheckState::Checked } else { CheckState::Unchecked };
    html! {
        (components::error_summary(language, &problems))
        (components::form(frame, "/by-document", html! {
            (components::field_row(html! {
                (Field::new(language, Input::Digits, "insurer", texts::INSURER_NUMBER.in_language(language))
                    .support(texts::EIGHT_DIGITS_OR_SIX.in_language(language))
                    .value(&form.insurer).error(error("insurer")).width(Width::Middle).max_length(20))
                (Field::new(language, Input::Text, "symbol", texts::SYMBOL.in_language(language))
                    .support(texts::SOME_DOCUMENTS_HAVE_NO_SYMBOL.in_language(language))
                    .value(&form.symbol).error(error("symbol")).width(Width::Middle).optional().max_length(40))
            }))
            (components::field_row(html! {
                (Field::new(language, Input::Text, "number", texts::NUMBER.in_language(language))
                    .value(&form.number).error(error("number")).width(Width::Middle).max_length(40))
                (Field::new(language, Input::Digits, "branch", texts::BRANCH.in_language(language))
                    .value(&form.branch).error(error("branch")).optional().max_length(4))
            }))
            (Field::new(language, Input::Text, "born", texts::DATE_OF_BIRTH.in_language(language))
                .support(texts::BIRTHDAY_IN_ANY_USUAL_FORM.in_language(language))
                .value(&form.birth_date_text()).error(error("born")).width(Width::Middle).max_length(60))
            (components::checkbox("limit", "1", texts::PATIENT_AGREES_THAT_LIMIT_IS_ASKED.in_language(language), limit_state))
            (components::primary_button(texts::ASK.in_language(language), Some(texts::ASKS_SYSTEM_AND_SHOWS_ANSWER_HERE.in_language(language))))
        }))
    }
}

/// The verdict, what the desk does next, and the insurance.
fn render_result(language: Language, view: &DocumentCheckPage, check: &EligibilityCheck) -> Markup {
    let finding = Finding::from_processing(Some(&check.response.processing), check.response.validity);
    let results = &check.response.results;
    let (label, tone) = verdict_label(language, finding, results);
    let heading = texts::insurance_verdict(language, label);
    let steps: Vec<Markup> = next_steps(language, finding, results).into_iter().map(|step| html! { (step) }).collect();
    let system_message = SystemMessage::from_processing(Some(&check.response.processing));
    html! {
        (components::notice(tone, &heading, html! {
            @if let Some(message) = &system_message.message {
                (render_system_message(language, message, system_message.code.as_deref()))
            }
            p { b { (texts::WHAT_TO_DO_NEXT.in_language(language)) } }
            (components::numbered_list(&steps))
            @if statement::is_statement_useful(finding) { (statement::render_blank_link(language)) }
        }))
        @if !results.is_empty() {
            (components::print_sheet(html! {
                (components::panel(texts::ELIGIBILITY.in_language(language), html! {
                    (components::description_list(&[
                        (texts::INSTITUTION.in_language(language), html! { (view.institution) }),
                        (texts::ASKED_BY.in_language(language), html! {
                            (texts::THE_INSURANCE_DOCUMENT.in_language(language))
                        }),
                        (texts::CONFIRMED_FOR.in_language(language), html! {
                            @match check.confirmed_for { Some(day) => (dates::format_date(language, day)), None => "—" }
                        }),
                        (texts::ASKED_AT.in_language(language), html! {
                            (dates::format_date_time(language, check.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (components::print_button(texts::PRINT.in_language(language)))
                }))
                @for (index, result) in results.iter().enumerate() {
                    (render_insurance(language, check, result, (None, None), (results.len() > 1).then_some(index + 1)))
                }
            }))
        }
        (crate::pages::render_doubts(language, &check.doubts))
    }
}

/// 複数該当 without a result means that several persons match the document.
fn is_several_persons(finding: Finding, results: &[QualificationResult]) -> bool {
    finding == Finding::Several && results.is_empty()
}

fn verdict_label(
    language: Language,
    finding: Finding,
    results: &[QualificationResult],
) -> (&'static str, components::Tone) {
    let (label, _, tone) = finding_label(language, finding);
    if is_several_persons(finding, results) {
        (hidden_reason_texts(language, HiddenReason::SeveralPersons).0, tone)
    } else {
        (label, tone)
    }
}

fn next_steps(language: Language, finding: Finding, results: &[QualificationResult]) -> Vec<&'static str> {
    if is_several_persons(finding, results) {
        return vec![hidden_reason_texts(language, HiddenReason::SeveralPersons).1];
    }
    match finding {
        // Without a reception there is nothing to record.
        Finding::Valid => vec![texts::COMPARE_NAME_WITH_PATIENT.in_language(language)],
        Finding::NotFound => {
            let look = texts::LOOK_AT_DOCUMENT_AGAIN.in_language(language);
            let mut steps = vec![look];
            steps.extend(wording::next_steps(language, finding));
            steps
        }
        finding => wording::next_steps(language, finding),
    }
}
