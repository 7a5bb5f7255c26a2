//! The sheet of one reception, to be printed: the insurance, its verdict, and what the desk does next.

mod appointment_match;
mod home_visit;
pub(crate) mod statement;

use statement::render_reception_link;

pub(crate) use home_visit::{WithdrawalPage, render_withdrawal_page, show_withdrawal_form, withdraw_consent};

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
use text::Language;
use ui::{
    Document, Frame,
    components::{self, CheckState, Tone},
};
use web::{ButtonForm, Form, Visitor};

use super::{
    HandlerError, SystemResponse, open_reception_link, reception_list::insured_person, redirect, render_failure,
};
use crate::{
    Refusal, Role, TerminalState,
    appointments::{
        self,
        client::ProofConfirmation,
        rules::{AppointmentMatch, ServiceAppointment},
    },
    client::EligibilityError,
    eligibility::{
        client::EligibilityCheck,
        pages::render_insurance,
        rules::{Finding, HiddenReason, NextAction, SystemMessage},
        wording::{finding_label, hidden_reason_texts, next_steps},
    },
    follow_ups::rules::{FollowUpNote, FollowUpReason, FollowUpSubject},
    rules::reception_list::ListedReception,
    seal::BrowserSeal,
    sign_in::{
        session::{TerminalSession, require_role, session_frame},
        wording::role_label,
    },
    statement::is_statement_useful,
    store::confirmation::{Confirmation, ConfirmationId, ConfirmationRecord},
    wording::{format_day, format_time, has_unknown_characters},
};

/// The purpose of the seal on a [`SealedConfirmation`].
const CONFIRMATION_SEAL_PURPOSE: &str = "seen";

/// How many insurances of one person are requested.
const MAX_DOCUMENTS: usize = 6;

pub(crate) struct ReceptionPage {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    pub(crate) institution: String,
    pub(crate) now: Timestamp,
    pub(crate) content: SystemResponse<ReceptionSheet>,
}

pub(crate) struct ReceptionSheet {
    pub(crate) finding: Finding,
    pub(crate) checks: Vec<EligibilityCheck>,
    /// A [`SealedConfirmation`] for the form; `None` if the reception has no number.
    pub(crate) sealed_confirmation: Option<String>,
    pub(crate) last_confirmation: Option<ConfirmationRecord>,
    pub(crate) appointment_match: AppointmentMatch,
    pub(crate) service_report: ServiceReport,
    pub(crate) receipt_computer: ReceiptComputerState,
}

/// Whether a confirmation is reported to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceReport {
    Sent,
    NotSent,
}

/// Whether the result can be handed over to a receipt computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReceiptComputerState {
    Available,
    /// The person has several insurances: a file has one, and the terminal does not choose.
    SeveralInsurances,
    /// The result was written into `face` by the action before.
    HandedOver,
    None,
}

/// The confirmation in a form, sealed.
#[derive(Serialize, Deserialize)]
struct SealedConfirmation {
    confirmation: Confirmation,
    #[serde(rename = "meant")]
    linked_appointment: Option<LinkedAppointment>,
    #[serde(rename = "same")]
    same_person: SamePersonStatement,
}

/// Whether the desk has to confirm that it is the same person before the reception is recorded as confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum SamePersonStatement {
    #[serde(rename = "MustBeSaid")]
    Required,
    #[serde(rename = "NeedNot")]
    NotRequired,
}

impl SamePersonStatement {
    /// Required for proven insurance of a person with another name than in the appointment.
    fn from_match(appointment_match: &AppointmentMatch, finding: Finding) -> Self {
        match (appointment_match, finding.next_action()) {
            (AppointmentMatch::NumberWithOtherPerson(..), NextAction::Done) => Self::Required,
            _ => Self::NotRequired,
        }
    }
}

/// The appointment of a reception.
#[derive(Serialize, Deserialize)]
struct LinkedAppointment {
    appointment: ServiceAppointment,
    #[serde(rename = "sure")]
    evidence: LinkEvidence,
}

/// How the appointment was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum LinkEvidence {
    /// By the reception number.
    ByNumber,
    /// By the desk, if the box is ticked.
    ByPerson,
}

#[derive(Deserialize)]
pub(crate) struct ReceptionQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Query(query): Query<ReceptionQuery>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let checks = check_documents(&session, &listed, visitor.now()).await;
    if let Err(failure) = &checks {
        note_failed_check(&terminal, &visitor, &session, &listed, failure).await?;
    }
    let content = match SystemResponse::from_result(checks) {
        SystemResponse::Failed(refusal) => SystemResponse::Failed(refusal),
        SystemResponse::Received(checks) => {
            let handed_over = query.notice.as_deref() == Some("handed-over");
            let sheet = build_sheet(&terminal, &visitor, &session, &listed, checks).await.map(|mut sheet| {
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
        institution: session.station.name.clone(),
        now: visitor.now(),
        content,
    };
    Ok((status, render_page(&session_frame(&visitor, &session), &view)).into_response())
}

/// Opens a follow-up for a reception whose check failed.
async fn note_failed_check(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    listed: &ListedReception,
    failure: &EligibilityError,
) -> Result<(), Refusal> {
    if let Some(number) = listed.number {
        let note = FollowUpNote::for_failed_reception(number, listed.visit, listed.list, failure.into());
        let (institution, randomness) = (session.account.institution, visitor.site().randomness());
        terminal.store.upsert_follow_up(institution, note, randomness, visitor.now()).await?;
    }
    Ok(())
}

/// Checks each insurance of the list again.
async fn check_documents(
    session: &TerminalSession<'_>,
    listed: &ListedReception,
    now: Timestamp,
) -> Result<Vec<EligibilityCheck>, EligibilityError> {
    let mut checks = Vec::new();
    for document in listed.documents.iter().take(MAX_DOCUMENTS) {
        checks.push(session.station.client.check_eligibility(document, listed.visit, now).await?);
    }
    Ok(checks)
}

async fn build_sheet(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    listed: &ListedReception,
    checks: Vec<EligibilityCheck>,
) -> Result<ReceptionSheet, Refusal> {
    let institution = session.account.institution;
    let finding = current_finding(listed, &checks);
    let imported = appointments::find_imported_appointments(terminal, visitor, session).await?;
    let results: Vec<_> = checks.iter().flat_map(|check| check.response.results.iter().cloned()).collect();
    let appointment_match =
        AppointmentMatch::find(imported.as_ref(), listed.visit, listed.number, insured_person(&results).as_ref());
    let linked_appointment = match &appointment_match {
        AppointmentMatch::ByNumber(appointment) => {
            appointment.service_link.clone().map(|service_link| (service_link, LinkEvidence::ByNumber))
        }
        AppointmentMatch::NumberWithOtherPerson(appointment, _)
        | AppointmentMatch::SameNameAndBirthday(appointment)
        | AppointmentMatch::SameBirthday(appointment) => {
            appointment.service_link.clone().map(|service_link| (service_link, LinkEvidence::ByPerson))
        }
        AppointmentMatch::NotImported | AppointmentMatch::NoMatch | AppointmentMatch::Ambiguous(_) => None,
    };
    // Only proven insurance is reported.
    let is_reported = session.station.desk_client.is_some() && finding.next_action() == NextAction::Done;
    let linked_appointment = linked_appointment
        .filter(|_| is_reported)
        .map(|(appointment, evidence)| LinkedAppointment { appointment, evidence });
    let service_report = if linked_appointment.is_some() { ServiceReport::Sent } else { ServiceReport::NotSent };
    let receipt_computer = match (&session.station.exchange, &listed.documents[..]) {
        (None, _) | (_, []) => ReceiptComputerState::None,
        (Some(_), [_]) if results.len() <= 1 => ReceiptComputerState::Available,
        (Some(_), _) => ReceiptComputerState::SeveralInsurances,
    };
    let (sealed_confirmation, last_confirmation) = match listed.number {
        None => (None, None),
        Some(reception) => {
            let last_confirmation = terminal.store.list_last_confirmations(institution, vec![reception]).await?.pop();
            let id = ConfirmationId::new(visitor.now(), visitor.site().randomness());
            let confirmation = Confirmation { id, reception, visit: listed.visit, finding };
            let content = SealedConfirmation {
                confirmation,
                linked_appointment,
                same_person: SamePersonStatement::from_match(&appointment_match, finding),
            };
            (
                Some(BrowserSeal::for_visitor(visitor, institution).seal(CONFIRMATION_SEAL_PURPOSE, &content)),
                last_confirmation,
            )
        }
    };
    Ok(ReceptionSheet {
        finding,
        checks,
        sealed_confirmation,
        last_confirmation,
        appointment_match,
        service_report,
        receipt_computer,
    })
}

/// The current finding: that of the only insurance, else that of the list.
fn current_finding(listed: &ListedReception, checks: &[EligibilityCheck]) -> Finding {
    match checks {
        [only] => Finding::from_processing(Some(&only.response.processing), only.response.validity),
        _ => listed.finding,
    }
}

#[derive(Deserialize)]
pub(crate) struct ConfirmationForm {
    #[serde(default)]
    #[serde(rename = "seen")]
    sealed_confirmation: String,
    /// 本人の予約です, if the desk has to confirm it.
    #[serde(rename = "same")]
    same_person: Option<String>,
}

pub(crate) async fn confirm_reception(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(form): Form<ConfirmationForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let institution = session.account.institution;
    let sealed: Option<SealedConfirmation> =
        BrowserSeal::for_visitor(&visitor, institution).open(CONFIRMATION_SEAL_PURPOSE, &form.sealed_confirmation);
    let sealed = sealed.filter(|sealed| Some(sealed.confirmation.reception) == listed.number);
    let SealedConfirmation { confirmation, linked_appointment, same_person } = sealed.ok_or(Refusal::StaleLink)?;
    let is_ticked = form.same_person.as_deref() == Some("yes");
    let Confirmation { reception, visit, .. } = confirmation;
    if same_person == SamePersonStatement::Required && !is_ticked {
        let note = FollowUpNote::for_reception(reception, visit, listed.list, FollowUpReason::OtherName);
        let result =
            terminal.store.upsert_follow_up(institution, note, visitor.site().randomness(), visitor.now()).await;
        result?;
        return Ok(redirect("/follow-ups"));
    }
    let linked_appointment = linked_appointment
        .filter(|linked_appointment| linked_appointment.evidence == LinkEvidence::ByNumber || is_ticked)
        .map(|linked_appointment| linked_appointment.appointment);
    let report = session.station.desk_client.as_ref().zip(linked_appointment);
    // Recorded before the service is informed, so that the report is not lost if the terminal stops in between.
    let service_link = report.as_ref().map(|(_, appointment)| appointment.clone());
    let role = session.account.role;
    let result = terminal
        .store
        .record_confirmation(institution, confirmation, listed.list, service_link, role, visitor.now())
        .await;
    result?;
    if let Some((client, appointment)) = report {
        if let Err(failure) = client.confirm_insurance(&appointment, ProofConfirmation::AT_TERMINAL).await {
            tracing::warn!(
                error = &failure as &dyn std::error::Error,
                "the proof of insurance could not be reported to the service"
            );
            return Ok(redirect("/follow-ups"));
        }
        let result = terminal
            .store
            .mark_service_informed(institution, FollowUpSubject::Reception(reception), visitor.now())
            .await;
        result?;
    }
    Ok(redirect(&list_path(&listed)))
}

/// Checks the eligibility again and writes the result into `face`, as for a card at the desk.
pub(crate) async fn hand_over_to_receipt_computer(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    // A file has one insurance, and the terminal does not choose among several.
    let (Some(exchange), [document]) = (&session.station.exchange, &listed.documents[..]) else {
        return Err(Refusal::NotFound.into());
    };
    let now = visitor.now();
    let check = match session.station.client.check_eligibility(document, listed.visit, now).await {
        Ok(check) => check,
        Err(failure) => {
            note_failed_check(&terminal, &visitor, &session, &listed, &failure).await?;
            let mut frame = session_frame(&visitor, &session);
            // The link "ask again" must lead to the sheet, not to the address of the POST.
            frame.path_and_query = format!("/receptions/{sealed}");
            let content = SystemResponse::from_result(Err(failure));
            let (status, institution) = (content.status(), session.station.name.clone());
            let view = ReceptionPage { reception: listed, sealed, institution, now, content };
            return Ok((status, render_page(&frame, &view)).into_response());
        }
    };
    if check.response.results.len() > 1 {
        return Err(Refusal::NotFound.into());
    }
    let randomness = visitor.site().randomness();
    let header = ResponseHeader {
        processed_at: check.processed_at.or(Some(now)),
        confirmation_date: check.confirmed_for,
        institution: session.account.institution.into(),
        identifier: Identifier::new(&BASE64_STANDARD.encode(randomness.bytes::<8>())),
        reference_classification: Some(ReferenceClassification::Card),
        bulk_number: None,
        result_count: None,
        normal_count: None,
        error_count: None,
    };
    let key = hex::encode(randomness.bytes::<16>());
    let outcome = Outcome::Normal(as_received_at_reader(check.response, &key, now));
    let message = Message::QualificationResponse(oqs::ResponseMessage { header, outcome });
    let name = FileName::card_reception_result(session.account.institution, randomness.bytes::<10>(), now);
    let result = exchange.write_to_face(name, message).await;
    result.map_err(Refusal::Folder)?;
    Ok(redirect(&format!("/receptions/{sealed}?said=handed-over")))
}

/// The term of consents that are given at a card reader.
const CARD_READER_CONSENT_TERM: Span = Span::from_hours(24);

/// The response in the form that a card reader at the desk gives: without the search items, and with consents from now on for
/// 24 hours. Access to medical information is still decided by the system, by the reception.
fn as_received_at_reader(
    mut response: oqs::QualificationResponse,
    key: &str,
    now: Timestamp,
) -> oqs::QualificationResponse {
    response.search = None;
    for result in &mut response.results {
        result.key = Some(key.to_owned());
        let limit = result.limit_consent.as_mut().map(|consent| &mut consent.changed_at);
        let diseases = result.diseases_consent.as_mut().map(|consent| &mut consent.changed_at);
        for time in [limit, diseases].into_iter().flatten().filter(|time| time.is_some()) {
            *time = Some(now);
        }
        let QualificationResult { check_ups, medicines, diagnoses, operations, .. } = result;
        for viewing in [check_ups, medicines, diagnoses, operations].into_iter().flatten() {
            if viewing.consent.flag == ConsentFlag::Given {
                viewing.consent.changed_at = Some(now);
                viewing.available_until = Some(now.plus(CARD_READER_CONSENT_TERM));
            }
        }
    }
    response
}

/// The address of the list that the reception is in.
fn list_path(listed: &ListedReception) -> String {
    format!("/receptions?{}", listed.list.to_query_string())
}

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
    let above = components::breadcrumbs(
        language,
        &[(list.as_str(), super::reception_list::ListPurpose::Eligibility.title(language))],
        &title,
    );
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
            (appointment_match::render_appointment(language, sheet))
            (render_print_sheet(language, view, sheet))
            (appointment_match::render_receipt_computer(frame, view, sheet.receipt_computer))
            (home_visit::render_consent_panel(language, view, sheet.finding))
            @for check in &sheet.checks { (super::render_doubts(language, &check.doubts)) }
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
