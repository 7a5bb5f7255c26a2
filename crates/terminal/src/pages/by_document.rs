//! 資格確認（記号・番号）: by what the desk reads off an insurance document, without a registration of the patient.
//!
//! What was typed is in the form's body and in the page that answers it, never in an address.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base::{Timestamp, WrongInsurerNumber, text::WrongBirthDate};
use http::StatusCode;
use maud::{Markup, html};
use oqs::QualificationResult;
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, Field, Input, Problem, Ticked, Width},
};

use super::{Answer, Stop, sheet, signed_in, statement, trouble, words};
use crate::{
    Role, Room,
    client::Eligibility,
    rules::{
        document::{Typed, Written, Wrong},
        finding::{Finding, Reason},
        listed::Said,
    },
};

pub(super) struct View {
    pub(super) institution: String,
    pub(super) now: Timestamp,
    /// What stands in the form.
    pub(super) written: Written,
    pub(super) content: Content,
}

pub(super) enum Content {
    /// Nothing was asked yet.
    First,
    Wrong(Vec<Wrong>),
    Asked(Box<Answer<Eligibility>>),
}

pub(super) async fn show(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let institution = signed.station.name.clone();
    let view = View { institution, now: visitor.now(), written: Written::default(), content: Content::First };
    Ok(page(&super::frame(&visitor, &signed), &view).into_response())
}

pub(super) async fn ask(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(written): Form<Written>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let now = visitor.now();
    let content = match Typed::read(&written, now.japan_date()) {
        Err(wrong) => Content::Wrong(wrong),
        Ok(typed) => {
            let answer = signed.station.interface.by_document(&typed, now).await;
            Content::Asked(Box::new(Answer::of(answer)))
        }
    };
    let status = match &content {
        Content::First => StatusCode::OK,
        Content::Wrong(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Content::Asked(answer) => answer.status(),
    };
    let view = View { institution: signed.station.name.clone(), now, written, content };
    Ok((status, page(&super::frame(&visitor, &signed), &view)).into_response())
}

fn wrong_words(language: Language, wrong: Wrong) -> &'static str {
    match wrong {
        Wrong::Insurer(WrongInsurerNumber::Form) => language.t(
            "保険者番号は8桁（国民健康保険は6桁）の数字で入力してください",
            "Enter the eight digits of the insurer number (six for 国民健康保険)",
        ),
        Wrong::Insurer(WrongInsurerNumber::Kind) => language.t(
            "保険者番号のはじめの2桁（法別番号）が正しくありません。資格確認書をもう一度見て入力してください",
            "No insurer's number begins with these two digits (法別番号). Look at the document again",
        ),
        Wrong::Insurer(WrongInsurerNumber::Prefecture) => language.t(
            "保険者番号の都道府県の2桁が正しくありません。資格確認書をもう一度見て入力してください",
            "No prefecture has the two digits in this insurer number. Look at the document again",
        ),
        Wrong::Insurer(WrongInsurerNumber::CheckDigit) => language.t(
            "保険者番号の最後の桁（検証番号）が合いません。どこかの桁が違います。資格確認書をもう一度見て入力してください",
            "The last digit (検証番号) does not fit the others, so some digit is wrong. Look at the document again",
        ),
        Wrong::Symbol => language.t("記号は20文字までで入力してください", "The symbol has at most 20 characters"),
        Wrong::Number => {
            language.t("番号を20文字までで入力してください", "Enter the number, at most 20 characters")
        }
        Wrong::Branch => language.t("枝番は2桁までの数字で入力してください", "The branch has at most two digits"),
        Wrong::Born(why) => born_words(language, why),
    }
}

fn born_words(language: Language, wrong: WrongBirthDate) -> &'static str {
    match wrong {
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

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let title = language.t("資格確認（記号・番号）", "By insurance document (資格確認)");
    let mut document = Document::new(frame, title).lead(language.t(
        "資格確認書などに書かれた記号・番号で資格を確かめます。薬や健診などの医療情報は、この方法では見られません。",
        "Confirms insurance by what stands on a document such as the 資格確認書. No medical information is seen this way.",
    ));
    if matches!(view.content, Content::Wrong(_)) {
        document = document.with_problems();
    }
    document.main(html! {
        @match &view.content {
            Content::First | Content::Wrong(_) => {}
            Content::Asked(answer) => {
                @match answer.as_ref() {
                    Answer::Trouble(refusal) => {
                        (trouble(frame, refusal))
                        (statement::link(language))
                    }
                    Answer::Here(answer) => (answered(language, view, answer)),
                }
            }
        }
        (form(frame, view))
    })
}

fn form(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let found = match &view.content {
        Content::Wrong(wrong) => &wrong[..],
        Content::First | Content::Asked(_) => &[],
    };
    let problems: Vec<_> =
        found.iter().map(|wrong| Problem { field: wrong.field(), message: wrong_words(language, *wrong) }).collect();
    let error = |field: &str| problems.iter().find(|problem| problem.field == field).map(|problem| problem.message);
    let written = &view.written;
    let limit = if written.limit.is_some() { Ticked::Yes } else { Ticked::No };
    html! {
        (parts::error_summary(language, &problems))
        (parts::form(frame, "/by-document", html! {
            (parts::field_row(html! {
                (Field::new(language, Input::Digits, "insurer", language.t("保険者番号", "Insurer number (保険者番号)"))
                    .support(language.t("8桁。国民健康保険は6桁です。", "Eight digits; six for 国民健康保険."))
                    .value(&written.insurer).error(error("insurer")).width(Width::Middle).longest(20))
                (Field::new(language, Input::Text, "symbol", language.t("記号", "Symbol (記号)"))
                    .support(language.t("ない書類もあります。", "Some documents have none."))
                    .value(&written.symbol).error(error("symbol")).width(Width::Middle).optional().longest(40))
            }))
            (parts::field_row(html! {
                (Field::new(language, Input::Text, "number", language.t("番号", "Number (番号)"))
                    .value(&written.number).error(error("number")).width(Width::Middle).longest(40))
                (Field::new(language, Input::Digits, "branch", language.t("枝番", "Branch (枝番)"))
                    .value(&written.branch).error(error("branch")).optional().longest(4))
            }))
            (Field::new(language, Input::Text, "born", language.t("生年月日", "Date of birth"))
                .support(language.t("元号でも西暦でも入力できます。例：昭和59年5月2日、S59.5.2、1984/5/2", "In any usual form, such as 昭和59年5月2日, S59.5.2 or 1984-05-02"))
                .value(&written.born_text()).error(error("born")).width(Width::Middle).longest(60))
            (parts::checkbox("limit", "1", language.t(
                "限度額情報の照会に、患者がここで同意しています",
                "The patient agrees here that the limit of payment is asked for"
            ), limit))
            (parts::primary_button(language.t("照会する", "Ask"), Some(language.t(
                "システムに照会し、結果をこの画面に表示します。照会は記録されます。入力した番号はこの端末に残りません。",
                "Asks the system and shows the answer here. Each question is recorded there. What you typed is not kept here."
            ))))
        }))
    }
}

/// The verdict with what the desk does next, and the insurance that it is about.
fn answered(language: Language, view: &View, answer: &Eligibility) -> Markup {
    let finding = Finding::of(Some(&answer.answer.processing), answer.answer.validity);
    let results = &answer.answer.results;
    let (label, tone) = verdict(language, finding, results);
    let heading = match language {
        Language::Japanese => format!("資格：{label}"),
        Language::English => format!("Insurance: {label}"),
    };
    let steps: Vec<Markup> = next_steps(language, finding, results).into_iter().map(|step| html! { (step) }).collect();
    let said = Said::of(Some(&answer.answer.processing));
    html! {
        (parts::notice(tone, &heading, html! {
            @if let Some(message) = &said.message {
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) }
                    @if let Some(code) = &said.code { " (" code { (code) } ")" } }
            }
            p { b { (language.t("次にすること", "What to do next")) } }
            (parts::numbered(&steps))
            @if statement::is_of_use(finding) { (statement::link(language)) }
        }))
        @if !results.is_empty() {
            (parts::print_sheet(html! {
                (parts::panel(language.t("資格確認結果", "Eligibility"), html! {
                    (parts::description_list(&[
                        (language.t("医療機関", "Institution"), html! { (view.institution) }),
                        (language.t("照会の方法", "Asked by"), html! {
                            (language.t("記号・番号", "The insurance document"))
                        }),
                        (language.t("資格確認日", "Confirmed for"), html! {
                            @match answer.confirmed_for { Some(day) => (words::day(language, day)), None => "—" }
                        }),
                        (language.t("照会日時", "Asked at"), html! {
                            (words::time(language, answer.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (parts::print_button(language.t("印刷する", "Print")))
                }))
                @for (place, result) in results.iter().enumerate() {
                    (sheet::insured(language, answer, result, (None, None), (results.len() > 1).then_some(place + 1)))
                }
            }))
        }
        (super::doubts(language, &answer.doubts))
    }
}

/// 複数該当 without a result means several persons: the document leaves open which.
fn is_several_persons(finding: Finding, results: &[QualificationResult]) -> bool {
    finding == Finding::Several && results.is_empty()
}

fn verdict(language: Language, finding: Finding, results: &[QualificationResult]) -> (&'static str, parts::Tone) {
    let (label, _, tone) = words::finding(language, finding);
    if is_several_persons(finding, results) {
        (words::reason(language, Reason::SeveralPersons).0, tone)
    } else {
        (label, tone)
    }
}

fn next_steps(language: Language, finding: Finding, results: &[QualificationResult]) -> Vec<&'static str> {
    if is_several_persons(finding, results) {
        return vec![words::reason(language, Reason::SeveralPersons).1];
    }
    match finding {
        // There is no reception here that could be recorded.
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
            steps.extend(words::next_steps(language, finding));
            steps
        }
        other => words::next_steps(language, other),
    }
}
