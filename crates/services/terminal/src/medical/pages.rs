//! 患者情報詳細: the medical information that a patient consented to. One kind is requested at a time, and only when opened.

mod records;

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Date, Timestamp};
use http::StatusCode;
use maud::{Markup, html};
use oqs::{CheckUps, MedicalPerson, MedicalRefusal, MedicineRecords, QualificationResult};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame, MenuEntry,
    components::{self, Choice, Problem, Select, Tone},
};
use web::Visitor;

use super::{
    client::MedicalInformation,
    rules::{MedicalKind, MonthRange, selectable_months},
};
use crate::{
    Refusal, Role, TerminalState,
    eligibility::{
        client::EligibilityCheck,
        pages::render_consents,
        rules::{ConsentState, Consents, Finding, HiddenReason},
        wording::{finding_label, hidden_reason_texts, item_label},
    },
    medical::texts,
    pages::{HandlerError, SystemResponse, render_failure, render_system_message},
    receptions::{pages::list::content::ListPurpose, rules::ListedReception, sealed::open_reception_link},
    sign_in::session::{require_role, session_frame},
    wording::{age, format_month, render_kana, render_name, sex_label},
};

/// 患者情報詳細 before a kind is opened: the person and the consents.
pub(crate) struct PatientOverview {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    pub(crate) today: Date,
    /// `None` if the list had no document to request by.
    pub(crate) content: Option<SystemResponse<EligibilityCheck>>,
}

/// The page of one kind of information.
pub(crate) struct MedicalInformationPage {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    pub(crate) institution: String,
    pub(crate) kind: MedicalKind,
    pub(crate) now: Timestamp,
    pub(crate) today: Date,
    /// `None` if the chosen months are no range.
    pub(crate) months: Option<MonthRange>,
    pub(crate) content: MedicalContent,
}

pub(crate) enum MedicalContent {
    /// There is no document to request by, or the months are no range.
    NotRequested,
    Records(SystemResponse<MedicalInformation<MedicineRecords>>),
    CheckUps(SystemResponse<MedicalInformation<CheckUps>>),
}

#[derive(Deserialize)]
pub(crate) struct MonthRangeQuery {
    from: Option<String>,
    to: Option<String>,
}

pub(crate) async fn show_overview(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::MedicalViewer).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let content = match listed.documents.first() {
        None => None,
        Some(document) => {
            let result = session.station.client.check_eligibility(document, listed.visit, visitor.now()).await;
            Some(SystemResponse::from_result(result))
        }
    };
    let status = content.as_ref().map_or(StatusCode::OK, SystemResponse::status);
    let view = PatientOverview { reception: listed, sealed, today: visitor.now().japan_date(), content };
    Ok((status, render_overview_page(&session_frame(&visitor, &session), &view)).into_response())
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path((sealed, kind)): Path<(String, String)>,
    Query(query): Query<MonthRangeQuery>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::MedicalViewer).await?;
    let kind: MedicalKind = kind.parse().map_err(|_| Refusal::NotFound)?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let (now, today) = (visitor.now(), visitor.now().japan_date());
    let months = MonthRange::parse_range(query.from.as_deref(), query.to.as_deref(), today).ok();
    let client = &session.station.client;
    let content = match (listed.documents.first(), kind.record_kind(), months) {
        (Some(document), Some(records), Some(months)) => MedicalContent::Records(SystemResponse::from_result(
            client.fetch_records(records, document, listed.visit, months, now).await,
        )),
        (Some(document), None, _) => MedicalContent::CheckUps(SystemResponse::from_result(
            client.fetch_check_ups(document, listed.visit, now).await,
        )),
        (None, ..) | (_, Some(_), None) => MedicalContent::NotRequested,
    };
    let status = match &content {
        MedicalContent::Records(response) => response.status(),
        MedicalContent::CheckUps(response) => response.status(),
        MedicalContent::NotRequested if months.is_none() => StatusCode::UNPROCESSABLE_ENTITY,
        MedicalContent::NotRequested => StatusCode::OK,
    };
    let institution = session.station.name.clone();
    let view = MedicalInformationPage { reception: listed, sealed, institution, kind, now, today, months, content };
    Ok((status, render_page(&session_frame(&visitor, &session), &view)).into_response())
}

pub(crate) fn render_overview_page(frame: &Frame, view: &PatientOverview) -> Markup {
    let language = frame.language;
    let title = texts::PATIENT_DETAILS_TITLE.in_language(language);
    let list = ListPurpose::Medical.list_path(view.reception.list);
    let above = components::breadcrumbs(language, &[(list.as_str(), ListPurpose::Medical.title(language))], title);
    Document::new(frame, title).above_heading(above).main(html! {
        @match &view.content {
            None => (render_no_document(language, &view.reception)),
            Some(SystemResponse::Failed(refusal)) => (render_failure(frame, refusal)),
            Some(SystemResponse::Received(check)) => {
                @match check.response.results.first() {
                    Some(result) => (render_patient(language, view, result)),
                    None => (render_hidden_notice(language, Finding::from_processing(Some(&check.response.processing), check.response.validity))),
                }
                (crate::pages::render_doubts(language, &check.doubts))
            }
        }
        (components::back_link(&list, texts::BACK_TO_THE_LIST.in_language(language)))
    })
}

fn render_no_document(language: Language, listed: &ListedReception) -> Markup {
    html! {
        (render_hidden_notice(language, listed.finding))
        @if let Some(message) = &listed.system_message.message {
            (render_system_message(language, message, None))
        }
    }
}

/// Why no medical information can be requested.
fn render_hidden_notice(language: Language, finding: Finding) -> Markup {
    let (label, _, tone) = finding_label(language, finding);
    components::notice(
        tone,
        label,
        html! {
            p { (texts::NO_MEDICAL_INFORMATION_CAN_BE_SHOWN.in_language(language)) }
            @if let Finding::Hidden(reason) = finding { p { (hidden_reason_texts(language, reason).1) } }
        },
    )
}

fn render_patient(language: Language, view: &PatientOverview, result: &QualificationResult) -> Markup {
    let consents = Consents::from_result(result);
    let months = MonthRange::default_range(view.today);
    let several = view.reception.documents.len() > 1;
    let cards: Vec<Markup> = MedicalKind::ALL
        .into_iter()
        .filter(|kind| consents.item_state(kind.consent_item()) == ConsentState::Given)
        .map(|kind| {
            let href = format!("/patients/{}/{}", view.sealed, kind.as_str());
            let range = texts::months_offered(language, months.from, months.to);
            components::link_card(
                &href,
                item_label(language, kind.consent_item()),
                html! {
                    @if kind.record_kind().is_some() { p { (range) (texts::MONTHS_CAN_BE_CHANGED.in_language(language)) } }
                },
            )
        })
        .collect();
    html! {
        (components::columns(
            components::panel(texts::PATIENT.in_language(language), components::description_list(&[
                (texts::NAME.in_language(language), render_name(language, &result.name)),
                (texts::KANA.in_language(language), render_kana(result.kana.as_ref())),
                (texts::BORN.in_language(language), html! {
                    (dates::format_in_both_calendars(language, result.birthdate))
                    @if let Some(age) = age(result.birthdate, view.today) { " " (age) (texts::YEARS_OLD.in_language(language)) }
                }),
                (texts::SEX.in_language(language), html! { (sex_label(language, result.sex)) }),
            ])),
            components::panel(texts::CONSENTS.in_language(language), render_consents(language, &consents, view.reception.care())),
        ))
        @if several {
            (components::notice(Tone::Info, texts::THERE_ARE_SEVERAL_INSURANCES.in_language(language), html! {
                p { (texts::ASKED_BY_FIRST_INSURANCE.in_language(language)) }
            }))
        }
        (components::section(texts::MEDICAL_INFORMATION.in_language(language), html! {
            @if cards.is_empty() {
                (components::empty_state(texts::THERE_IS_NOTHING_THAT_MAY_BE_SEEN.in_language(language), html! {
                    p { (texts::PATIENT_AGREED_TO_SHOW_NONE.in_language(language)) }
                }))
            } @else {
                p { (texts::ONLY_WHAT_YOU_OPEN_IS_ASKED.in_language(language)) }
                (components::card_list(&cards))
            }
        }))
    }
}

pub(crate) fn render_page(frame: &Frame, view: &MedicalInformationPage) -> Markup {
    let language = frame.language;
    let title = item_label(language, view.kind.consent_item());
    let (list, overview) = (ListPurpose::Medical.list_path(view.reception.list), format!("/patients/{}", view.sealed));
    let breadcrumbs = [
        (list.as_str(), ListPurpose::Medical.title(language)),
        (overview.as_str(), texts::PATIENT_DETAILS.in_language(language)),
    ];
    let kinds: Vec<MenuEntry> = MedicalKind::ALL
        .into_iter()
        .map(|kind| MenuEntry {
            href: format!("/patients/{}/{}", view.sealed, kind.as_str()),
            label: item_label(language, kind.consent_item()).to_owned(),
            current: kind == view.kind,
        })
        .collect();
    let mut document =
        Document::new(frame, title).above_heading(components::breadcrumbs(language, &breadcrumbs, title));
    if view.months.is_none() && view.kind.record_kind().is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::tabs(texts::KINDS_OF_INFORMATION.in_language(language), &kinds))
        @if view.kind.record_kind().is_some() { (render_month_range(language, view)) }
        @match &view.content {
            MedicalContent::NotRequested => {
                @if view.reception.documents.is_empty() { (render_no_document(language, &view.reception)) }
            }
            MedicalContent::Records(SystemResponse::Failed(refusal)) | MedicalContent::CheckUps(SystemResponse::Failed(refusal)) => {
                (render_failure(frame, refusal))
            }
            MedicalContent::Records(SystemResponse::Received(information)) => {
                @match &information.outcome {
                    Ok(body) => (render_print_sheet(language, view, information.person.as_ref(), &records::render_months(language, view.kind, body))),
                    Err(refusal) => (render_refusal(language, information.person.as_ref(), refusal)),
                }
                (crate::pages::render_doubts(language, &information.doubts))
            }
            MedicalContent::CheckUps(SystemResponse::Received(information)) => {
                @match &information.outcome {
                    Ok(body) => (render_print_sheet(language, view, information.person.as_ref(), &records::render_check_ups(language, body))),
                    Err(refusal) => (render_refusal(language, information.person.as_ref(), refusal)),
                }
                (crate::pages::render_doubts(language, &information.doubts))
            }
        }
        (components::back_link(&overview, texts::BACK_TO_THE_PATIENT.in_language(language)))
    })
}

/// 診療年月 (自)(至)
fn render_month_range(language: Language, view: &MedicalInformationPage) -> Markup {
    let range = view.months.unwrap_or_else(|| MonthRange::default_range(view.today));
    let options: Vec<(String, String)> = selectable_months(view.today)
        .into_iter()
        .map(|month| (month.to_string(), format_month(language, month)))
        .collect();
    let choices: Vec<Choice<'_>> = options.iter().map(|(value, label)| Choice::new(value, label)).collect();
    let (from, to) = (range.from.to_string(), range.to.to_string());
    let message = texts::FIRST_MONTH_IS_AFTER_LAST.in_language(language);
    let wrong = view.months.is_none();
    let problems = [Problem { field: "from", message }];
    html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form(&format!("/patients/{}/{}", view.sealed, view.kind.as_str()), html! {
            (components::field_row(html! {
                (Select::new(language, "from", texts::FROM_MONTH.in_language(language), &choices)
                    .selected(&from)
                    .without_mark()
                    .error(wrong.then_some(message)))
                (Select::new(language, "to", texts::TO_MONTH.in_language(language), &choices).selected(&to).without_mark())
            }))
            (components::primary_button(texts::SHOW.in_language(language), Some(texts::ASKS_SYSTEM_ABOUT_THESE_MONTHS.in_language(language))))
        }))
    }
}

/// The person, as stated in the response itself.
fn patient_rows(language: Language, person: &MedicalPerson) -> Vec<(&'static str, Markup)> {
    let MedicalPerson { name, kana, birthdate, .. } = person;
    vec![
        (texts::NAME.in_language(language), html! { (render_name(language, name)) " " (render_kana(kana.as_ref())) }),
        (texts::BORN.in_language(language), html! { (dates::format_in_both_calendars(language, *birthdate)) }),
    ]
}

/// The printed sheet: the person, the months, the institution and the time of the request, then the information.
fn render_print_sheet(
    language: Language,
    view: &MedicalInformationPage,
    person: Option<&MedicalPerson>,
    information: &Markup,
) -> Markup {
    let kind = item_label(language, view.kind.consent_item());
    let heading = texts::patient_details_of_kind(language, kind);
    let range = match (view.kind.record_kind(), view.months) {
        (Some(_), Some(MonthRange { from, to })) => {
            texts::months_from_to(language, format_month(language, from), format_month(language, to))
        }
        _ => texts::ALL_MONTHS.in_language(language).to_owned(),
    };
    let mut rows = person.map_or_else(Vec::new, |person| patient_rows(language, person));
    rows.extend([
        (texts::MONTHS.in_language(language), html! { (range) }),
        (texts::INSTITUTION.in_language(language), html! { (view.institution) }),
        (texts::ASKED_AT.in_language(language), html! { (dates::format_date_time(language, view.now)) }),
    ]);
    components::print_sheet(html! {
        (components::panel(&heading, html! {
            (components::description_list(&rows))
            (components::print_button(texts::PRINT.in_language(language)))
        }))
        (information)
    })
}

/// The text of the refusal's reason, with the system's message.
fn render_refusal(language: Language, person: Option<&MedicalPerson>, refusal: &MedicalRefusal) -> Markup {
    let (heading, meaning) = hidden_reason_texts(language, HiddenReason::from_code(Some(refusal.code())));
    let person_panel =
        person.map(|person| components::plain_panel(components::description_list(&patient_rows(language, person))));
    let notice = components::notice(
        Tone::Warning,
        heading,
        html! {
            p { (meaning) }
            @if let Some(message) = refusal.message() {
                (render_system_message(language, message, Some(refusal.code())))
            }
        },
    );
    html! {
        @if let Some(person_panel) = person_panel { (person_panel) }
        (notice)
    }
}
