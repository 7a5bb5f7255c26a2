//! One reception: who insures the person, whether that holds, and what the desk does next. To be printed.

mod facts;

pub(super) use facts::consented;

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base::{Date, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, Tone},
};

use super::{Answer, Signed, Stop, opened, see, signed_in, trouble, words};
use crate::{
    Refusal, Role, Room,
    client::{Eligibility, Failure},
    rules::{
        finding::{Finding, Reason},
        listed::{Listed, Said},
    },
    seal::Seal,
    store::confirmation::{Confirmation, ConfirmationId, Confirmed},
};

/// The purpose of the seal on what a form confirms.
const SEEN: &str = "seen";

/// As many insurances of one person as are asked about.
const MOST_DOCUMENTS: usize = 6;

pub(super) struct View {
    pub(super) listed: Listed,
    pub(super) sealed: String,
    pub(super) institution: String,
    pub(super) now: Timestamp,
    pub(super) content: Answer<Sheet>,
}

pub(super) struct Sheet {
    pub(super) finding: Finding,
    pub(super) answers: Vec<Eligibility>,
    /// What the form confirms, sealed; none where the reception has no number.
    pub(super) seen: Option<String>,
    pub(super) confirmed: Option<Confirmed>,
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let content = match Answer::of(asked(&signed, &listed, visitor.now()).await) {
        Answer::Trouble(refusal) => Answer::Trouble(refusal),
        Answer::Here(answers) => {
            let sheet = sheet(&room, &visitor, &signed, &listed, answers).await;
            Answer::Here(sheet?)
        }
    };
    let status = content.status();
    let view = View { listed, sealed, institution: signed.station.name.clone(), now: visitor.now(), content };
    Ok((status, page(&super::frame(&visitor, &signed), &view)).into_response())
}

/// Each insurance that the list named, asked about anew. Where it named none there is nothing to ask by.
async fn asked(signed: &Signed<'_>, listed: &Listed, now: Timestamp) -> Result<Vec<Eligibility>, Failure> {
    let mut answers = Vec::new();
    for document in listed.documents.iter().take(MOST_DOCUMENTS) {
        answers.push(signed.station.interface.eligibility(document, listed.visit, now).await?);
    }
    Ok(answers)
}

async fn sheet(
    room: &Room,
    visitor: &Visitor,
    signed: &Signed<'_>,
    listed: &Listed,
    answers: Vec<Eligibility>,
) -> Result<Sheet, Refusal> {
    let institution = signed.account.institution;
    let finding = finding(listed, &answers);
    let Some(reception) = listed.number else { return Ok(Sheet { finding, answers, seen: None, confirmed: None }) };
    let confirmed = room.store.last_confirmed(institution, vec![reception]).await?.pop();
    let id = ConfirmationId::new(visitor.now(), visitor.site().randomness());
    let seen = Confirmation { id, reception, visit: listed.visit, finding };
    let seen = Some(Seal::of(visitor, institution).seal(SEEN, &seen));
    Ok(Sheet { finding, answers, seen, confirmed })
}

/// What is known of the reception now: the answer about its one insurance, or what the list said of the person.
fn finding(listed: &Listed, answers: &[Eligibility]) -> Finding {
    match answers {
        [only] => Finding::of(Some(&only.answer.processing), only.answer.validity),
        _ => listed.finding,
    }
}

#[derive(Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    seen: String,
}

pub(super) async fn confirm(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let institution = signed.account.institution;
    let seen: Option<Confirmation> = Seal::of(&visitor, institution).open(SEEN, &filled.seen);
    let seen = seen.filter(|seen| Some(seen.reception) == listed.number);
    let seen = seen.ok_or(Refusal::StaleLink)?;
    let noted = room.store.confirm(institution, seen, signed.account.role, visitor.now()).await;
    noted?;
    Ok(see(&list_of(&listed)))
}

/// The list that the reception was opened from.
fn list_of(listed: &Listed) -> String {
    format!("/receptions?{}", listed.list.query())
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let list = list_of(&view.listed);
    let number = view.listed.number.map(base::ReceptionNumber::grouped);
    let title = match (&number, language) {
        (Some(number), Language::Japanese) => format!("受付 {number}"),
        (Some(number), Language::English) => format!("Reception {number}"),
        (None, Language::Japanese) => "受付（番号なし）".to_owned(),
        (None, Language::English) => "Reception (no number)".to_owned(),
    };
    let above =
        parts::breadcrumbs(language, &[(list.as_str(), super::list::Purpose::Eligibility.title(language))], &title);
    let document = Document::new(frame, &title).above(above);
    document.main(match &view.content {
        Answer::Trouble(refusal) => html! {
            (trouble(frame, refusal))
            (parts::back_link(&list, language.t("一覧に戻る", "Back to the list")))
        },
        Answer::Here(sheet) => html! {
            (verdict(language, &view.listed, sheet))
            (printed(language, view, sheet))
            @for answer in &sheet.answers { (super::doubts(language, &answer.doubts)) }
            (confirming(frame, view, sheet))
            (parts::back_link(&list, language.t("一覧に戻る", "Back to the list")))
        },
    })
}

/// The verdict in words, and what the desk does next.
fn verdict(language: Language, listed: &Listed, sheet: &Sheet) -> Markup {
    let (label, _, tone) = words::finding(language, sheet.finding);
    let steps: Vec<Markup> =
        words::next_steps(language, sheet.finding).into_iter().map(|step| html! { (step) }).collect();
    let heading = match language {
        Language::Japanese => format!("資格：{label}"),
        Language::English => format!("Insurance: {label}"),
    };
    html! {
        (parts::notice(tone, &heading, html! {
            (said(language, sheet, listed))
            p { b { (language.t("次にすること", "What to do next")) } }
            (parts::numbered(&steps))
        }))
        @if noted_grace(sheet) {
            @let (heading, meaning) = words::reason(language, Reason::Grace);
            (parts::notice(Tone::Warning, heading, html! { p { (meaning) } }))
        }
        @if sheet.answers.iter().flat_map(|answer| &answer.answer.results).any(|result| words::has_unknown(&result.name)) {
            (parts::notice(Tone::Warning, language.t("氏名に「●」があります", "There is a ● in the name"), html! {
                p { (language.t(
                    "システムで扱えない文字が「●」に置き換わっています。正しい文字を患者に確認し、カナと生年月日で本人の記録と照合してください。",
                    "Characters that the system does not have were replaced. Ask the patient how the name is written, and match by kana and birth date."
                )) }
            }))
        }
    }
}

/// The system's own words beside the verdict, shown as they are.
fn said(language: Language, sheet: &Sheet, listed: &Listed) -> Markup {
    let said: Vec<Said> = if sheet.answers.is_empty() {
        vec![listed.said.clone()]
    } else {
        sheet.answers.iter().map(|answer| Said::of(Some(&answer.answer.processing))).collect()
    };
    html! {
        @for said in &said {
            @if let Some(message) = &said.message {
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) }
                    @if let Some(code) = &said.code { " (" code { (code) } ")" } }
            }
        }
    }
}

fn noted_grace(sheet: &Sheet) -> bool {
    let noted = |answer: &Eligibility| Reason::of(answer.answer.processing.code.as_deref()) == Reason::Grace;
    sheet.finding != Finding::Hidden(Reason::Grace) && sheet.answers.iter().any(noted)
}

fn printed(language: Language, view: &View, sheet: &Sheet) -> Markup {
    let results: Vec<_> = sheet
        .answers
        .iter()
        .flat_map(|answer| answer.answer.results.iter().map(move |result| (answer, result)))
        .collect();
    let visit: Option<Date> = view.listed.visit;
    html! {
        @if !results.is_empty() {
            (parts::print_sheet(html! {
                (parts::panel(language.t("資格確認結果", "Eligibility"), html! {
                    (parts::description_list(&[
                        (language.t("医療機関", "Institution"), html! { (view.institution) }),
                        (language.t("受付番号", "Reception"), html! {
                            @match view.listed.number { Some(number) => (number.grouped()), None => "—" }
                        }),
                        (language.t("受診年月日", "Day of the visit"), html! {
                            @match visit { Some(visit) => (words::day(language, visit)), None => "—" }
                        }),
                        (language.t("照会日時", "Asked at"), html! {
                            (words::time(language, results[0].0.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (parts::print_button(language.t("印刷する", "Print")))
                }))
                @for (place, (answer, result)) in results.iter().enumerate() {
                    (facts::insured(language, answer, result, visit, (results.len() > 1).then_some(place + 1)))
                }
            }))
        }
    }
}

fn confirming(frame: &Frame, view: &View, sheet: &Sheet) -> Markup {
    let language = frame.language;
    html! {
        @if let Some(confirmed) = &sheet.confirmed {
            @let (label, _, _) = words::finding(language, confirmed.what.finding);
            (parts::notice(Tone::Info, language.t("前回の確認", "Confirmed before"), html! {
                p { (words::time(language, confirmed.at)) "　" (words::role(language, confirmed.role)) "　" (label) }
            }))
        }
        @match &sheet.seen {
            Some(seen) => (parts::form(frame, &format!("/receptions/{}/confirm", view.sealed), html! {
                (parts::hidden("seen", seen))
                (parts::primary_button(language.t("確認を記録する", "Record as seen"), Some(language.t(
                    "受付番号・結果・日時だけをこの端末に残し、一覧に戻ります。",
                    "Keeps the number, result and time at this terminal, and leads back to the list."
                ))))
            })),
            None => p { (language.t(
                "受付番号がないため、この端末では確認を記録できません。",
                "Without a reception number it cannot be recorded at this terminal."
            )) },
        }
    }
}
