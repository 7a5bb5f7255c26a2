//! One reception: who insures the person, whether that holds, and what the desk does next. To be printed.

mod beside;
mod facts;
mod home_visit;

pub(super) use facts::{consented, insured};
pub(super) use home_visit::{Withdrawing, ask_to_withdraw, withdraw, withdraw_page};

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Date, Span, Timestamp};
use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{Markup, html};
use oqs::{
    AnswerHeader, ConsentFlag, FileName, Identifier, Message, Outcome, QualificationResult, ReferenceClassification,
};
use serde::{Deserialize, Serialize};
use shell::{
    Document, Form, Frame, Language, Visitor,
    parts::{self, Ticked, Tone},
};

use super::{Answer, Signed, Stop, appointments, list::person, opened, see, signed_in, statement, trouble, words};
use crate::{
    Refusal, Role, Room,
    client::{Eligibility, Failure},
    rules::{
        appointment::{Beside, KnownAs},
        finding::{Finding, Reason, Settled},
        follow_up::{About, Noted, Why},
        listed::{Listed, Said},
    },
    seal::Seal,
    service::Proven,
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
    pub(super) beside: Beside,
    pub(super) tells: Tells,
    pub(super) receipt_computer: ReceiptComputer,
}

/// Whether the desk of the service is told that insurance is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    Yes,
    No,
}

/// Whether there is a receipt computer to hand the result to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReceiptComputer {
    There,
    /// There is one, and the person has several insurances: a file has one, and the terminal does not choose.
    NotSeveral,
    /// The result was put into `face` a moment ago.
    HandedOver,
    None,
}

/// What a form confirms, sealed.
#[derive(Serialize, Deserialize)]
struct Seen {
    confirmation: Confirmation,
    meant: Option<Meant>,
    same: Same,
}

/// Whether somebody must have said that it is the same person before it is noted as confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Same {
    MustBeSaid,
    NeedNot,
}

impl Same {
    /// Proven insurance of somebody with another name is no proof for the appointment.
    fn of(beside: &Beside, finding: Finding) -> Self {
        match (beside, finding.settles()) {
            (Beside::NumberButOther(..), Settled::Done) => Self::MustBeSaid,
            _ => Self::NeedNot,
        }
    }
}

/// The appointment that a reception belongs to.
#[derive(Serialize, Deserialize)]
struct Meant {
    appointment: KnownAs,
    sure: Sure,
}

/// Who says that it belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Sure {
    /// The number.
    ByNumber,
    /// Whoever presses the button, if he ticks the box.
    ByPerson,
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    said: Option<String>,
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    let answers = asked(&signed, &listed, visitor.now()).await;
    if let Err(failure) = &answers {
        unanswered(&room, &visitor, &signed, &listed, failure).await?;
    }
    let content = match Answer::of(answers) {
        Answer::Trouble(refusal) => Answer::Trouble(refusal),
        Answer::Here(answers) => {
            let handed_over = wanted.said.as_deref() == Some("handed-over");
            let sheet = sheet(&room, &visitor, &signed, &listed, answers).await.map(|mut sheet| {
                if handed_over && sheet.receipt_computer == ReceiptComputer::There {
                    sheet.receipt_computer = ReceiptComputer::HandedOver;
                }
                sheet
            });
            Answer::Here(sheet?)
        }
    };
    let status = content.status();
    let view = View { listed, sealed, institution: signed.station.name.clone(), now: visitor.now(), content };
    Ok((status, page(&super::frame(&visitor, &signed), &view)).into_response())
}

/// A reception about which nothing was answered is to be asked about again.
async fn unanswered(
    room: &Room,
    visitor: &Visitor,
    signed: &Signed<'_>,
    listed: &Listed,
    failure: &Failure,
) -> Result<(), Refusal> {
    if let Some(noted) = Noted::unanswered(listed, failure) {
        let (institution, randomness) = (signed.account.institution, visitor.site().randomness());
        room.store.follow_up(institution, noted, randomness, visitor.now()).await?;
    }
    Ok(())
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
    let brought = appointments::brought(room, visitor, signed).await?;
    let results: Vec<_> = answers.iter().flat_map(|answer| answer.answer.results.iter().cloned()).collect();
    let beside = Beside::of(brought.as_ref(), listed.visit, listed.number, person(&results).as_ref());
    let meant = match &beside {
        Beside::ByNumber(one) => one.known_as.clone().map(|known| (known, Sure::ByNumber)),
        Beside::NumberButOther(one, _) | Beside::Alike(one) | Beside::SameBirthday(one) => {
            one.known_as.clone().map(|known| (known, Sure::ByPerson))
        }
        Beside::NotBrought | Beside::Nothing | Beside::Several(_) => None,
    };
    // Only proven insurance is told.
    let told = signed.station.service.is_some() && finding.settles() == Settled::Done;
    let meant = meant.filter(|_| told).map(|(appointment, sure)| Meant { appointment, sure });
    let tells = if meant.is_some() { Tells::Yes } else { Tells::No };
    let receipt_computer = match (&signed.station.exchange, &listed.documents[..]) {
        (None, _) | (_, []) => ReceiptComputer::None,
        (Some(_), [_]) if results.len() <= 1 => ReceiptComputer::There,
        (Some(_), _) => ReceiptComputer::NotSeveral,
    };
    let (seen, confirmed) = match listed.number {
        None => (None, None),
        Some(reception) => {
            let confirmed = room.store.last_confirmed(institution, vec![reception]).await?.pop();
            let id = ConfirmationId::new(visitor.now(), visitor.site().randomness());
            let confirmation = Confirmation { id, reception, visit: listed.visit, finding };
            let seen = Seen { confirmation, meant, same: Same::of(&beside, finding) };
            (Some(Seal::of(visitor, institution).seal(SEEN, &seen)), confirmed)
        }
    };
    Ok(Sheet { finding, answers, seen, confirmed, beside, tells, receipt_computer })
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
    /// 本人の予約です, where a person must say so.
    same: Option<String>,
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
    let seen: Option<Seen> = Seal::of(&visitor, institution).open(SEEN, &filled.seen);
    let seen = seen.filter(|seen| Some(seen.confirmation.reception) == listed.number);
    let Seen { confirmation, meant, same } = seen.ok_or(Refusal::StaleLink)?;
    let said = filled.same.as_deref() == Some("yes");
    let Confirmation { reception, visit, .. } = confirmation;
    if same == Same::MustBeSaid && !said {
        let noted = Noted::reception(reception, visit, listed.list, Why::OtherName);
        let followed = room.store.follow_up(institution, noted, visitor.site().randomness(), visitor.now()).await;
        followed?;
        return Ok(see("/follow-ups"));
    }
    let meant = meant.filter(|meant| meant.sure == Sure::ByNumber || said).map(|meant| meant.appointment);
    let telling = signed.station.service.as_ref().zip(meant);
    // Before the service is told, so that nothing is forgotten if the terminal stops in between.
    let to_tell = telling.as_ref().map(|(_, appointment)| appointment.clone());
    let role = signed.account.role;
    let noted = room.store.confirm(institution, confirmation, listed.list, to_tell, role, visitor.now()).await;
    noted?;
    if let Some((desk, appointment)) = telling {
        if let Err(failure) = desk.tell(&appointment, Proven::HERE).await {
            tracing::warn!(error = &failure as &dyn std::error::Error, "the service's desk could not be told");
            return Ok(see("/follow-ups"));
        }
        let told = room.store.told(institution, About::Reception(reception), visitor.now()).await;
        told?;
    }
    Ok(see(&list_of(&listed)))
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
pub(super) struct Pressed {}

/// The result, asked anew, put into `face` as the reception of a card at the desk would be.
pub(super) async fn hand_over(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Stop> {
    let signed = signed_in(&room, &visitor, Role::Staff).await?;
    let listed = opened(&visitor, &signed, &sealed)?;
    // Of several insurances none is handed over: a file has one, and the terminal does not choose.
    let (Some(exchange), [document]) = (&signed.station.exchange, &listed.documents[..]) else {
        return Err(Refusal::NotFound.into());
    };
    let now = visitor.now();
    let found = match signed.station.interface.eligibility(document, listed.visit, now).await {
        Ok(found) => found,
        Err(failure) => {
            unanswered(&room, &visitor, &signed, &listed, &failure).await?;
            let mut frame = super::frame(&visitor, &signed);
            // Where it is asked again: the address of a button opens nothing.
            frame.here = format!("/receptions/{sealed}");
            let content = Answer::of(Err(failure));
            let (status, institution) = (content.status(), signed.station.name.clone());
            let view = View { listed, sealed, institution, now, content };
            return Ok((status, page(&frame, &view)).into_response());
        }
    };
    if found.answer.results.len() > 1 {
        return Err(Refusal::NotFound.into());
    }
    let randomness = visitor.site().randomness();
    let header = AnswerHeader {
        processed_at: found.processed_at.or(Some(now)),
        confirmation_date: found.confirmed_for,
        institution: signed.account.institution.into(),
        identifier: Identifier::new(&BASE64_STANDARD.encode(randomness.bytes::<8>())),
        reference: Some(ReferenceClassification::Card),
        bulk_number: None,
        results: None,
        normal: None,
        errors: None,
    };
    let key = hex::encode(randomness.bytes::<16>());
    let outcome = Outcome::Normal(as_received_at_reader(found.answer, &key, now));
    let message = Message::QualificationAnswer(oqs::Answer { header, outcome });
    let name = FileName::face(signed.account.institution, randomness.bytes::<10>(), now);
    let handed_over = exchange.hand_over(name, message).await;
    handed_over.map_err(Refusal::Folder)?;
    Ok(see(&format!("/receptions/{sealed}?said=handed-over")))
}

/// How long consents that are given at a card reader may be used.
const AT_READER: Span = Span::from_hours(24);

/// The answer as the reception of a card at the desk's reader has it: without the question, and with consents from now on for
/// 24 hours. What may still be read of health, the system decides by the reception all the same.
fn as_received_at_reader(mut answer: oqs::QualificationAnswer, key: &str, now: Timestamp) -> oqs::QualificationAnswer {
    answer.search = None;
    for result in &mut answer.results {
        result.key = Some(key.to_owned());
        let limit = result.limit_consent.as_mut().map(|consent| &mut consent.at);
        let diseases = result.diseases_consent.as_mut().map(|consent| &mut consent.at);
        for at in [limit, diseases].into_iter().flatten().filter(|at| at.is_some()) {
            *at = Some(now);
        }
        let QualificationResult { check_ups, medicines, diagnoses, operations, .. } = result;
        for viewing in [check_ups, medicines, diagnoses, operations].into_iter().flatten() {
            if viewing.consent.flag == ConsentFlag::Given {
                viewing.consent.at = Some(now);
                viewing.available_until = Some(now.plus(AT_READER));
            }
        }
    }
    answer
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
            (statement::link_of(language, &view.sealed))
            (parts::back_link(&list, language.t("一覧に戻る", "Back to the list")))
        },
        Answer::Here(sheet) => html! {
            (verdict(language, &view.listed, sheet))
            @if statement::is_of_use(sheet.finding) { (statement::link_of(language, &view.sealed)) }
            (beside::appointment(language, sheet))
            (printed(language, view, sheet))
            (beside::receipt_computer(frame, view, sheet.receipt_computer))
            (home_visit::consent(language, view, sheet.finding))
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
    let mut references: Vec<&str> = view.listed.references.iter().map(String::as_str).collect();
    references.extend(results.iter().filter_map(|(_, result)| Some(result.reference.as_ref()?.as_str())));
    references.sort_unstable();
    references.dedup();
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
                        (language.t("照会番号", "Reference number"), html! {
                            @if references.is_empty() { "—" } @else { (references.join("、")) }
                        }),
                        (language.t("照会日時", "Asked at"), html! {
                            (words::time(language, results[0].0.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (parts::print_button(language.t("印刷する", "Print")))
                }))
                @for (place, (answer, result)) in results.iter().enumerate() {
                    (insured(language, answer, result, (visit, Some(view.listed.care())), (results.len() > 1).then_some(place + 1)))
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
                @if let Some(label) = beside::same_person(language, sheet) {
                    (parts::checkbox("same", "yes", label, Ticked::No))
                }
                (parts::primary_button(language.t("確認を記録する", "Record as seen"), Some(beside::recorded(language, sheet))))
            })),
            None => p { (language.t(
                "受付番号がないため、この端末では確認を記録できません。",
                "Without a reception number it cannot be recorded at this terminal."
            )) },
        }
    }
}
