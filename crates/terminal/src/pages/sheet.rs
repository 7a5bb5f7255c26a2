//! One reception: who insures the person, whether that holds, and what the desk does next. To be printed.

mod appointment_match;
mod facts;
mod home_visit;

pub(super) use facts::{render_consents, render_insurance};
pub(super) use home_visit::{WithdrawalPage, render_withdrawal_page, show_withdrawal_form, withdraw_consent};

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Date, Span, Timestamp};
use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{Markup, html};
use oqs::{
    ConsentFlag, FileName, Identifier, Message, Outcome, QualificationResult, ReferenceClassification, ResponseHeader,
};
use serde::{Deserialize, Serialize};
use shell::{
    ButtonForm, Document, Form, Frame, Language, Visitor,
    components::{self, CheckState, Tone},
};

use super::{
    HandlerError, SystemResponse, TerminalSession, appointments, open_reception_link, reception_list::insured_person,
    redirect, render_failure, require_role, statement, texts,
};
use crate::{
    Refusal, Role, TerminalState,
    client::{EligibilityCheck, EligibilityError},
    rules::{
        appointment::{AppointmentMatch, ServiceAppointment},
        finding::{Finding, HiddenReason, NextAction},
        follow_up::{FollowUpNote, FollowUpReason, FollowUpSubject},
        reception_list::{ListedReception, SystemMessage},
    },
    seal::BrowserSeal,
    service::ProofConfirmation,
    store::confirmation::{Confirmation, ConfirmationId, ConfirmationRecord},
};

/// The purpose of the seal on what a form confirms.
const CONFIRMATION_SEAL_PURPOSE: &str = "seen";

/// As many insurances of one person as are asked about.
const MAX_DOCUMENTS: usize = 6;

pub(super) struct ReceptionPage {
    pub(super) reception: ListedReception,
    pub(super) sealed: String,
    pub(super) institution: String,
    pub(super) now: Timestamp,
    pub(super) content: SystemResponse<ReceptionSheet>,
}

pub(super) struct ReceptionSheet {
    pub(super) finding: Finding,
    pub(super) checks: Vec<EligibilityCheck>,
    /// What the form confirms, sealed; none where the reception has no number.
    pub(super) sealed_confirmation: Option<String>,
    pub(super) last_confirmation: Option<ConfirmationRecord>,
    pub(super) appointment_match: AppointmentMatch,
    pub(super) service_report: ServiceReport,
    pub(super) receipt_computer: ReceiptComputerState,
}

/// Whether the desk of the service is told that insurance is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceReport {
    Sent,
    NotSent,
}

/// Whether there is a receipt computer to hand the result to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReceiptComputerState {
    Available,
    /// There is one, and the person has several insurances: a file has one, and the terminal does not choose.
    SeveralInsurances,
    /// The result was put into `face` a moment ago.
    HandedOver,
    None,
}

/// What a form confirms, sealed.
#[derive(Serialize, Deserialize)]
struct SealedConfirmation {
    confirmation: Confirmation,
    #[serde(rename = "meant")]
    linked_appointment: Option<LinkedAppointment>,
    #[serde(rename = "same")]
    same_person: SamePersonStatement,
}

/// Whether somebody must have said that it is the same person before it is noted as confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum SamePersonStatement {
    #[serde(rename = "MustBeSaid")]
    Required,
    #[serde(rename = "NeedNot")]
    NotRequired,
}

impl SamePersonStatement {
    /// Proven insurance of somebody with another name is no proof for the appointment.
    fn from_match(beside: &AppointmentMatch, finding: Finding) -> Self {
        match (beside, finding.next_action()) {
            (AppointmentMatch::NumberWithOtherPerson(..), NextAction::Done) => Self::Required,
            _ => Self::NotRequired,
        }
    }
}

/// The appointment that a reception belongs to.
#[derive(Serialize, Deserialize)]
struct LinkedAppointment {
    appointment: ServiceAppointment,
    #[serde(rename = "sure")]
    evidence: LinkEvidence,
}

/// Who says that it belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum LinkEvidence {
    /// The number.
    ByNumber,
    /// Whoever presses the button, if he ticks the box.
    ByPerson,
}

#[derive(Deserialize)]
pub(super) struct ReceptionQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(super) async fn show(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Query(wanted): Query<ReceptionQuery>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &signed, &sealed)?;
    let answers = check_documents(&signed, &listed, visitor.now()).await;
    if let Err(failure) = &answers {
        note_failed_check(&room, &visitor, &signed, &listed, failure).await?;
    }
    let content = match SystemResponse::from_result(answers) {
        SystemResponse::Failed(refusal) => SystemResponse::Failed(refusal),
        SystemResponse::Received(answers) => {
            let handed_over = wanted.notice.as_deref() == Some("handed-over");
            let sheet = build_sheet(&room, &visitor, &signed, &listed, answers).await.map(|mut sheet| {
                if handed_over && sheet.receipt_computer == ReceiptComputerState::Available {
                    sheet.receipt_computer = ReceiptComputerState::HandedOver;
                }
                sheet
            });
            SystemResponse::Received(sheet?)
        }
    };
    let status = content.status();
    let view = ReceptionPage {
        reception: listed,
        sealed,
        institution: signed.station.name.clone(),
        now: visitor.now(),
        content,
    };
    Ok((status, render_page(&super::session_frame(&visitor, &signed), &view)).into_response())
}

/// A reception about which nothing was answered is to be asked about again.
async fn note_failed_check(
    room: &TerminalState,
    visitor: &Visitor,
    signed: &TerminalSession<'_>,
    listed: &ListedReception,
    failure: &EligibilityError,
) -> Result<(), Refusal> {
    if let Some(noted) = FollowUpNote::for_failed_reception(listed, failure) {
        let (institution, randomness) = (signed.account.institution, visitor.site().randomness());
        room.store.upsert_follow_up(institution, noted, randomness, visitor.now()).await?;
    }
    Ok(())
}

/// Each insurance that the list named, asked about anew. Where it named none there is nothing to ask by.
async fn check_documents(
    signed: &TerminalSession<'_>,
    listed: &ListedReception,
    now: Timestamp,
) -> Result<Vec<EligibilityCheck>, EligibilityError> {
    let mut answers = Vec::new();
    for document in listed.documents.iter().take(MAX_DOCUMENTS) {
        answers.push(signed.station.client.check_eligibility(document, listed.visit, now).await?);
    }
    Ok(answers)
}

async fn build_sheet(
    room: &TerminalState,
    visitor: &Visitor,
    signed: &TerminalSession<'_>,
    listed: &ListedReception,
    answers: Vec<EligibilityCheck>,
) -> Result<ReceptionSheet, Refusal> {
    let institution = signed.account.institution;
    let finding = current_finding(listed, &answers);
    let brought = appointments::find_imported_appointments(room, visitor, signed).await?;
    let results: Vec<_> = answers.iter().flat_map(|answer| answer.response.results.iter().cloned()).collect();
    let beside =
        AppointmentMatch::find(brought.as_ref(), listed.visit, listed.number, insured_person(&results).as_ref());
    let meant = match &beside {
        AppointmentMatch::ByNumber(one) => one.service_link.clone().map(|known| (known, LinkEvidence::ByNumber)),
        AppointmentMatch::NumberWithOtherPerson(one, _)
        | AppointmentMatch::SameNameAndBirthday(one)
        | AppointmentMatch::SameBirthday(one) => one.service_link.clone().map(|known| (known, LinkEvidence::ByPerson)),
        AppointmentMatch::NotImported | AppointmentMatch::NoMatch | AppointmentMatch::Ambiguous(_) => None,
    };
    // Only proven insurance is told.
    let told = signed.station.desk_client.is_some() && finding.next_action() == NextAction::Done;
    let meant = meant.filter(|_| told).map(|(appointment, sure)| LinkedAppointment { appointment, evidence: sure });
    let tells = if meant.is_some() { ServiceReport::Sent } else { ServiceReport::NotSent };
    let receipt_computer = match (&signed.station.exchange, &listed.documents[..]) {
        (None, _) | (_, []) => ReceiptComputerState::None,
        (Some(_), [_]) if results.len() <= 1 => ReceiptComputerState::Available,
        (Some(_), _) => ReceiptComputerState::SeveralInsurances,
    };
    let (seen, confirmed) = match listed.number {
        None => (None, None),
        Some(reception) => {
            let confirmed = room.store.list_last_confirmations(institution, vec![reception]).await?.pop();
            let id = ConfirmationId::new(visitor.now(), visitor.site().randomness());
            let confirmation = Confirmation { id, reception, visit: listed.visit, finding };
            let seen = SealedConfirmation {
                confirmation,
                linked_appointment: meant,
                same_person: SamePersonStatement::from_match(&beside, finding),
            };
            (Some(BrowserSeal::for_visitor(visitor, institution).seal(CONFIRMATION_SEAL_PURPOSE, &seen)), confirmed)
        }
    };
    Ok(ReceptionSheet {
        finding,
        checks: answers,
        sealed_confirmation: seen,
        last_confirmation: confirmed,
        appointment_match: beside,
        service_report: tells,
        receipt_computer,
    })
}

/// What is known of the reception now: the answer about its one insurance, or what the list said of the person.
fn current_finding(listed: &ListedReception, answers: &[EligibilityCheck]) -> Finding {
    match answers {
        [only] => Finding::from_processing(Some(&only.response.processing), only.response.validity),
        _ => listed.finding,
    }
}

#[derive(Deserialize)]
pub(super) struct ConfirmationForm {
    #[serde(default)]
    #[serde(rename = "seen")]
    sealed_confirmation: String,
    /// 本人の予約です, where a person must say so.
    #[serde(rename = "same")]
    same_person: Option<String>,
}

pub(super) async fn confirm_reception(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(filled): Form<ConfirmationForm>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &signed, &sealed)?;
    let institution = signed.account.institution;
    let seen: Option<SealedConfirmation> =
        BrowserSeal::for_visitor(&visitor, institution).open(CONFIRMATION_SEAL_PURPOSE, &filled.sealed_confirmation);
    let seen = seen.filter(|seen| Some(seen.confirmation.reception) == listed.number);
    let SealedConfirmation { confirmation, linked_appointment: meant, same_person: same } =
        seen.ok_or(Refusal::StaleLink)?;
    let said = filled.same_person.as_deref() == Some("yes");
    let Confirmation { reception, visit, .. } = confirmation;
    if same == SamePersonStatement::Required && !said {
        let noted = FollowUpNote::for_reception(reception, visit, listed.list, FollowUpReason::OtherName);
        let followed =
            room.store.upsert_follow_up(institution, noted, visitor.site().randomness(), visitor.now()).await;
        followed?;
        return Ok(redirect("/follow-ups"));
    }
    let meant = meant.filter(|meant| meant.evidence == LinkEvidence::ByNumber || said).map(|meant| meant.appointment);
    let telling = signed.station.desk_client.as_ref().zip(meant);
    // Before the service is told, so that nothing is forgotten if the terminal stops in between.
    let to_tell = telling.as_ref().map(|(_, appointment)| appointment.clone());
    let role = signed.account.role;
    let noted =
        room.store.record_confirmation(institution, confirmation, listed.list, to_tell, role, visitor.now()).await;
    noted?;
    if let Some((desk, appointment)) = telling {
        if let Err(failure) = desk.confirm_insurance(&appointment, ProofConfirmation::AT_TERMINAL).await {
            tracing::warn!(error = &failure as &dyn std::error::Error, "the service's desk could not be told");
            return Ok(redirect("/follow-ups"));
        }
        let told =
            room.store.mark_service_informed(institution, FollowUpSubject::Reception(reception), visitor.now()).await;
        told?;
    }
    Ok(redirect(&list_path(&listed)))
}

/// The result, asked anew, put into `face` as the reception of a card at the desk would be.
pub(super) async fn hand_over_to_receipt_computer(
    State(room): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let signed = require_role(&room, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &signed, &sealed)?;
    // Of several insurances none is handed over: a file has one, and the terminal does not choose.
    let (Some(exchange), [document]) = (&signed.station.exchange, &listed.documents[..]) else {
        return Err(Refusal::NotFound.into());
    };
    let now = visitor.now();
    let found = match signed.station.client.check_eligibility(document, listed.visit, now).await {
        Ok(found) => found,
        Err(failure) => {
            note_failed_check(&room, &visitor, &signed, &listed, &failure).await?;
            let mut frame = super::session_frame(&visitor, &signed);
            // Where it is asked again: the address of a button opens nothing.
            frame.path_and_query = format!("/receptions/{sealed}");
            let content = SystemResponse::from_result(Err(failure));
            let (status, institution) = (content.status(), signed.station.name.clone());
            let view = ReceptionPage { reception: listed, sealed, institution, now, content };
            return Ok((status, render_page(&frame, &view)).into_response());
        }
    };
    if found.response.results.len() > 1 {
        return Err(Refusal::NotFound.into());
    }
    let randomness = visitor.site().randomness();
    let header = ResponseHeader {
        processed_at: found.processed_at.or(Some(now)),
        confirmation_date: found.confirmed_for,
        institution: signed.account.institution.into(),
        identifier: Identifier::new(&BASE64_STANDARD.encode(randomness.bytes::<8>())),
        reference_classification: Some(ReferenceClassification::Card),
        bulk_number: None,
        result_count: None,
        normal_count: None,
        error_count: None,
    };
    let key = hex::encode(randomness.bytes::<16>());
    let outcome = Outcome::Normal(as_received_at_reader(found.response, &key, now));
    let message = Message::QualificationResponse(oqs::ResponseMessage { header, outcome });
    let name = FileName::card_reception_result(signed.account.institution, randomness.bytes::<10>(), now);
    let handed_over = exchange.write_to_face(name, message).await;
    handed_over.map_err(Refusal::Folder)?;
    Ok(redirect(&format!("/receptions/{sealed}?said=handed-over")))
}

/// How long consents that are given at a card reader may be used.
const CARD_READER_CONSENT_TERM: Span = Span::from_hours(24);

/// The answer as the reception of a card at the desk's reader has it: without the question, and with consents from now on for
/// 24 hours. What may still be read of health, the system decides by the reception all the same.
fn as_received_at_reader(
    mut answer: oqs::QualificationResponse,
    key: &str,
    now: Timestamp,
) -> oqs::QualificationResponse {
    answer.search = None;
    for result in &mut answer.results {
        result.key = Some(key.to_owned());
        let limit = result.limit_consent.as_mut().map(|consent| &mut consent.changed_at);
        let diseases = result.diseases_consent.as_mut().map(|consent| &mut consent.changed_at);
        for at in [limit, diseases].into_iter().flatten().filter(|at| at.is_some()) {
            *at = Some(now);
        }
        let QualificationResult { check_ups, medicines, diagnoses, operations, .. } = result;
        for viewing in [check_ups, medicines, diagnoses, operations].into_iter().flatten() {
            if viewing.consent.flag == ConsentFlag::Given {
                viewing.consent.changed_at = Some(now);
                viewing.available_until = Some(now.plus(CARD_READER_CONSENT_TERM));
            }
        }
    }
    answer
}

/// The list that the reception was opened from.
fn list_path(listed: &ListedReception) -> String {
    format!("/receptions?{}", listed.list.to_query_string())
}

pub(super) fn render_page(frame: &Frame, view: &ReceptionPage) -> Markup {
    let language = frame.language;
    let list = list_path(&view.reception);
    let number = view.reception.number.map(base::ReceptionNumber::to_grouped_string);
    let title = match (&number, language) {
        (Some(number), Language::Japanese) => format!("受付 {number}"),
        (Some(number), Language::English) => format!("Reception {number}"),
        (None, Language::Japanese) => "受付（番号なし）".to_owned(),
        (None, Language::English) => "Reception (no number)".to_owned(),
    };
    let above = components::breadcrumbs(
        language,
        &[(list.as_str(), super::reception_list::ListPurpose::Eligibility.title(language))],
        &title,
    );
    let document = Document::new(frame, &title).above_heading(above);
    document.main(match &view.content {
        SystemResponse::Failed(refusal) => html! {
            (render_failure(frame, refusal))
            (statement::render_reception_link(language, &view.sealed))
            (components::back_link(&list, language.t("一覧に戻る", "Back to the list")))
        },
        SystemResponse::Received(sheet) => html! {
            (render_verdict(language, &view.reception, sheet))
            @if statement::is_statement_useful(sheet.finding) { (statement::render_reception_link(language, &view.sealed)) }
            (appointment_match::render_appointment(language, sheet))
            (render_print_sheet(language, view, sheet))
            (appointment_match::render_receipt_computer(frame, view, sheet.receipt_computer))
            (home_visit::render_consent_panel(language, view, sheet.finding))
            @for answer in &sheet.checks { (super::render_doubts(language, &answer.doubts)) }
            (render_confirmation_form(frame, view, sheet))
            (components::back_link(&list, language.t("一覧に戻る", "Back to the list")))
        },
    })
}

/// The verdict in words, and what the desk does next.
fn render_verdict(language: Language, listed: &ListedReception, sheet: &ReceptionSheet) -> Markup {
    let (label, _, tone) = texts::finding_label(language, sheet.finding);
    let steps: Vec<Markup> =
        texts::next_steps(language, sheet.finding).into_iter().map(|step| html! { (step) }).collect();
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
            @let (heading, meaning) = texts::hidden_reason_texts(language, HiddenReason::Grace);
            (components::notice(Tone::Warning, heading, html! { p { (meaning) } }))
        }
        @if sheet.checks.iter().flat_map(|answer| &answer.response.results).any(|result| texts::has_unknown_characters(&result.name)) {
            (components::notice(Tone::Warning, language.t("氏名に「●」があります", "There is a ● in the name"), html! {
                p { (language.t(
                    "システムで扱えない文字が「●」に置き換わっています。正しい文字を患者に確認し、カナと生年月日で本人の記録と照合してください。",
                    "Characters that the system does not have were replaced. Ask the patient how the name is written, and match by kana and birth date."
                )) }
            }))
        }
    }
}

/// The system's own words beside the verdict, shown as they are.
fn render_system_messages(language: Language, sheet: &ReceptionSheet, listed: &ListedReception) -> Markup {
    let said: Vec<SystemMessage> = if sheet.checks.is_empty() {
        vec![listed.system_message.clone()]
    } else {
        sheet.checks.iter().map(|answer| SystemMessage::from_processing(Some(&answer.response.processing))).collect()
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

fn has_grace_notice(sheet: &ReceptionSheet) -> bool {
    let noted = |answer: &EligibilityCheck| {
        HiddenReason::from_code(answer.response.processing.code.as_deref()) == HiddenReason::Grace
    };
    sheet.finding != Finding::Hidden(HiddenReason::Grace) && sheet.checks.iter().any(noted)
}

fn render_print_sheet(language: Language, view: &ReceptionPage, sheet: &ReceptionSheet) -> Markup {
    let results: Vec<_> = sheet
        .checks
        .iter()
        .flat_map(|answer| answer.response.results.iter().map(move |result| (answer, result)))
        .collect();
    let visit: Option<Date> = view.reception.visit;
    let mut references: Vec<&str> = view.reception.references.iter().map(String::as_str).collect();
    references.extend(results.iter().filter_map(|(_, result)| Some(result.inquiry_number.as_ref()?.as_str())));
    references.sort_unstable();
    references.dedup();
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
                            @match visit { Some(visit) => (texts::format_day(language, visit)), None => "—" }
                        }),
                        (language.t("照会番号", "Reference number"), html! {
                            @if references.is_empty() { "—" } @else { (references.join("、")) }
                        }),
                        (language.t("照会日時", "Asked at"), html! {
                            (texts::format_time(language, results[0].0.processed_at.unwrap_or(view.now)))
                        }),
                    ]))
                    (components::print_button(language.t("印刷する", "Print")))
                }))
                @for (place, (answer, result)) in results.iter().enumerate() {
                    (render_insurance(language, answer, result, (visit, Some(view.reception.care())), (results.len() > 1).then_some(place + 1)))
                }
            }))
        }
    }
}

fn render_confirmation_form(frame: &Frame, view: &ReceptionPage, sheet: &ReceptionSheet) -> Markup {
    let language = frame.language;
    html! {
        @if let Some(confirmed) = &sheet.last_confirmation {
            @let (label, _, _) = texts::finding_label(language, confirmed.confirmation.finding);
            (components::notice(Tone::Info, language.t("前回の確認", "Confirmed before"), html! {
                p { (texts::format_time(language, confirmed.confirmed_at)) "　" (texts::role_label(language, confirmed.role)) "　" (label) }
            }))
        }
        @match &sheet.sealed_confirmation {
            Some(seen) => (components::form(frame, &format!("/receptions/{}/confirm", view.sealed), html! {
                (components::hidden_field("seen", seen))
                @if let Some(label) = appointment_match::same_person_label(language, sheet) {
                    (components::checkbox("same", "yes", label, CheckState::Unchecked))
                }
                (components::primary_button(language.t("確認を記録する", "Record as seen"), Some(appointment_match::confirmation_hint(language, sheet))))
            })),
            None => p { (language.t(
                "受付番号がないため、この端末では確認を記録できません。",
                "Without a reception number it cannot be recorded at this terminal."
            )) },
        }
    }
}
