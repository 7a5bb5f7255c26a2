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
use text::Language;
use text::WrongBirthDate;
use ui::{
    Document, Frame,
    components::{self, CheckState, Field, Input, Problem, Width},
};
use web::{Form, Visitor};

use super::rules::{DocumentFieldError, DocumentForm, DocumentQuery};
use crate::{
    Role, TerminalState,
    eligibility::{
        client::EligibilityCheck,
        pages::render_insurance,
        rules::{Finding, HiddenReason, SystemMessage},
        wording::{self, finding_label, hidden_reason_texts},
    },
    pages::{HandlerError, SystemResponse, render_failure},
    sign_in::session::{require_role, session_frame},
    statement,
    wording::{format_day, format_time},
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
        DocumentFieldError::Insurer(WrongInsurerNumber::Form) => language.t(
            "保険者番号は8桁（国民健康保険は6桁）の数字で入力してください",
            "Enter the eight digits of the insurer number (six for 国民健康保険)",
        ),
        DocumentFieldError::Insurer(WrongInsurerNumber::Kind) => language.t(
            "保険者番号のはじめの2桁（法別番号）が正しくありません。資格確認書をもう一度見て入力してください",
            "No insurer's number begins with these two digits (法別番号). Look at the document again",
        ),
        DocumentFieldError::Insurer(WrongInsurerNumber::Prefecture) => language.t(
            "保険者番号の都道府県の2桁が正しくありません。資格確認書をもう一度見て入力してください",
            "No prefecture has the two digits in this insurer number. Look at the document again",
        ),
        DocumentFieldError::Insurer(WrongInsurerNumber::CheckDigit) => language.t(
            "保険者番号の最後の桁（検証番号）が合いません。どこかの桁が違います。資格確認書をもう一度見て入力してください",
            "The last digit (検証番号) does not fit the others, so some digit is wrong. Look at the document again",
        ),
        DocumentFieldError::Symbol => language.t("記号は20文字までで入力してください", "The symbol has at most 20 characters"),
        DocumentFieldError::Number => {
            language.t("番号を20文字までで入力してください", "Enter the number, at most 20 characters")
        }
        DocumentFieldError::Branch => language.t("枝番は2桁までの数字で入力してください", "The branch has at most two digits"),
        DocumentFieldError::BirthDate(error) => birth_date_error_text(language, error),
    }
}

fn birth_date_error_text(language: Language, error: WrongBirthDate) -> &'static str {
    match error {
        WrongBirthDate::Empty | WrongBirthDate::Unreadable => language.t(
            "生年月日を、年・月・日の順に入力してください。例：昭和59年5月2日",
            "Enter year, month and day of the birthday, such as 昭和59年5月2日 or 1984-05-02",
        ),
        WrongBirthDate::NoEra => language.t(
            "生年月日の年に元号を付けるか、西暦を4桁で入力してください",
            "Write the year of the birthday with its era or with four digits",
        ),
        WrongBirthDate::EraYear => {
            language.t("生年月日の元号に、その年はありません", "The era of the birthday does not have that year")
        }
        WrongBirthDate::NoSuchDay => {
            language.t("生年月日がカレンダーにない日付です", "The calendar has no such birthday")
        }
        WrongBirthDate::Future => language.t("生年月日が未来の日付です", "The birthday is in the future"),
        WrongBirthDate::TooLongAgo => {
            language.t("生年月日が120年以上前の日付です", "The birthday is more than 120 years ago")
        }
    }
}

pub(crate) fn render_page(frame: &Frame, view: &DocumentCheckPage) -> Markup {
    let language = frame.language;
    let title = language.t("資格確認（記号・番号）", "By insurance document (資格確認)");
    let mut document = Document::new(frame, title).lead(language.t(
        "資格確認書などに書かれた記号・番号で資格を確かめます。薬や健診などの医療情報は、この方法では見られません。",
        "Confirms insurance by what stands on a document such as the 資格確認書. No medical information is seen this way.",
    ));
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
                (Field::new(language, Input::Digits, "insurer", language.t("保険者番号", "Insurer number (保険者番号)"))
                    .support(language.t("8桁。国民健康保険は6桁です。", "Eight digits; six for 国民健康保険."))
                    .value(&form.insurer).error(error("insurer")).width(Width::Middle).max_length(20))
                (Field::new(language, Input::Text, "symbol", language.t("記号", "Symbol (記号)"))
                    .support(language.t("ない書類もあります。", "Some documents have none."))
                    .value(&form.symbol).error(error("symbol")).width(Width::Middle).optional().max_length(40))
            }))
            (components::field_row(html! {
                (Field::new(language, Input::Text, "number", language.t("番号", "Number (番号)"))
                    .value(&form.number).error(error("number")).width(Width::Middle).max_length(40))
                (Field::new(language, Input::Digits, "branch", language.t("枝番", "Branch (枝番)"))
                    .value(&form.branch).error(error("branch")).optional().max_length(4))
            }))
            (Field::new(language, Input::Text, "born", language.t("生年月日", "Date of birth"))
                .support(language.t("元号でも西暦でも入力できます。例：昭和59年5月2日、S59.5.2、1984/5/2", "In any usual form, such as 昭和59年5月2日, S59.5.2 or 1984-05-02"))
                .value(&form.birth_date_text()).error(error("born")).width(Width::Middle).max_length(60))
            (components::checkbox("limit", "1", language.t(
                "限度額情報の照会に、患者がここで同意しています",
                "The patient agrees here that the limit of payment is asked for"
            ), limit_state))
            (components::primary_button(language.t("照会する", "Ask"), Some(language.t(
                "システムに照会し、結果をこの画面に表示します。照会は記録されます。入力した番号はこの端末に残りません。",
                "Asks the system and shows the answer here. Each question is recorded there. What you typed is not kept here."
            ))))
        }))
    }
}

/// The verdict, what the desk does next, and the insurance.
fn render_result(language: Language, view: &DocumentCheckPage, check: &EligibilityCheck) -> Markup {
    let finding = Finding::from_processing(Some(&check.response.processing), check.response.validity);
    let results = &check.response.results;
    let (label, tone) = verdict_label(language, finding, results);
    let heading = match language {
        Language::Japanese => format!("資格：{label}"),
        Language::English => format!("Insurance: {label}"),
    };
    let steps: Vec<Markup> = next_steps(language, finding, results).into_iter().map(|step| html! { (step) }).collect();
    let system_message = SystemMessage::from_processing(Some(&check.response.processing));
    html! {
        (components::notice(tone, &heading, html! {
            @if let Some(message) = &system_message.message {
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) }
                    @if let Some(code) = &system_message.code { " (" code { (code) } ")" } }
            }
            p { b { (language.t("次にすること", "What to do next")) } }
            (components::numbered_list(&steps))
            @if statement::is_statement_useful(finding) { (statement::render_blank_link(language)) }
        }))
        @if !results.is_empty() {
            (components::print_sheet(html! {
                (components::panel(language.t("資格確認結果", "Eligibility"), html! {
                    (components::description_list(&[
                        (language.t("医療機関", "Institution"), html! { (view.institution) }),
                        (language.t("照会の方法", "Asked by"), html! {
                            (language.t("記号・番号", "The insurance document"))
                        }),
                        (language.t("資格確認日", "Confirmed for"), html! {
                            @match check.confirmed_for { Some(day) => (format_day(language, day)), None => "—" }
                        }),
                        (language.t("照会日時", "Asked at"), html! {
                            (format_time(language, check.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (components::print_button(language.t("印刷する", "Print")))
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
        Finding::Valid => vec![language.t(
            "下の氏名・生年月日が、患者本人と一致することを確かめる。",
            "Compare name and birth date below with the patient.",
        )],
        Finding::NotFound => {
            let look = language.t(
                "番号の読み違いがないか、書類をもう一度見る。",
                "Look at the document again: a digit may have been misread.",
            );
            let mut steps = vec![look];
            steps.extend(wording::next_steps(language, finding));
            steps
        }
        finding => wording::next_steps(language, finding),
    }
}
