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
use text::Language;
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
    pages::{HandlerError, SystemResponse, render_failure},
    receptions::{pages::list::content::ListPurpose, rules::ListedReception, sealed::open_reception_link},
    sign_in::session::{require_role, session_frame},
    wording::{age, format_both_calendars, format_month, format_time, render_kana, render_name, sex_label},
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

fn list_path(listed: &ListedReception) -> String {
    format!("/patients?{}", listed.list.to_query_string())
}

pub(crate) fn render_overview_page(frame: &Frame, view: &PatientOverview) -> Markup {
    let language = frame.language;
    let title = language.t("患者情報詳細", "Patient (患者情報詳細)");
    let list = list_path(&view.reception);
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
        (components::back_link(&list, language.t("一覧に戻る", "Back to the list")))
    })
}

fn render_no_document(language: Language, listed: &ListedReception) -> Markup {
    html! {
        (render_hidden_notice(language, listed.finding))
        @if let Some(message) = &listed.system_message.message {
            p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) } }
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
            p { (language.t("医療情報は表示できません。", "No medical information can be shown.")) }
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
            let range = match language {
                Language::Japanese => format!("{}から{}まで", months.from, months.to),
                Language::English => format!("{} to {}", months.from, months.to),
            };
            components::link_card(
                &href,
                item_label(language, kind.consent_item()),
                html! {
                    @if kind.record_kind().is_some() { p { (range) (language.t("（変更できます）", " (can be changed)")) } }
                },
            )
        })
        .collect();
    html! {
        (components::columns(
            components::panel(language.t("患者", "Patient"), components::description_list(&[
                (language.t("氏名", "Name"), render_name(language, &result.name)),
                (language.t("氏名カナ", "Kana"), render_kana(result.kana.as_ref())),
                (language.t("生年月日", "Born"), html! {
                    (format_both_calendars(language, result.birthdate))
                    @if let Some(age) = age(result.birthdate, view.today) { " " (age) (language.t("歳", " years old")) }
                }),
                (language.t("性別", "Sex"), html! { (sex_label(language, result.sex)) }),
            ])),
            components::panel(language.t("同意の状況", "Consents"), render_consents(language, &consents, view.reception.care())),
        ))
        @if several {
            (components::notice(Tone::Info, language.t("保険が複数あります", "There are several insurances"), html! {
                p { (language.t(
                    "医療情報は、一覧の1つ目の保険で照会します。どの保険を使うかは、一般のアカウントで確認してください。",
                    "Medical information is asked for by the first insurance of the list. Which one applies, the account 一般 finds out."
                )) }
            }))
        }
        (components::section(language.t("医療情報閲覧", "Medical information"), html! {
            @if cards.is_empty() {
                (components::empty_state(language.t("見られる医療情報はありません", "There is nothing that may be seen"), html! {
                    p { (language.t(
                        "患者が同意した医療情報はありません。必要な場合は、診察で直接お尋ねください。",
                        "The patient agreed to show none. Ask in the visit if it is needed."
                    )) }
                }))
            } @else {
                p { (language.t(
                    "開いた情報だけをシステムから取得します。取得は記録されます。",
                    "Only what you open is asked of the system, and each question is recorded there."
                )) }
                (components::card_list(&cards))
            }
        }))
    }
}

pub(crate) fn render_page(frame: &Frame, view: &MedicalInformationPage) -> Markup {
    let language = frame.language;
    let title = item_label(language, view.kind.consent_item());
    let (list, overview) = (list_path(&view.reception), format!("/patients/{}", view.sealed));
    let breadcrumbs = [
        (list.as_str(), ListPurpose::Medical.title(language)),
        (overview.as_str(), language.t("患者情報詳細", "Patient")),
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
        (components::tabs(language.t("医療情報の種類", "Kinds of information"), &kinds))
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
        (components::back_link(&overview, language.t("患者情報詳細に戻る", "Back to the patient")))
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
    let message =
        language.t("開始の年月は、終了の年月より前にしてください", "The first month must not be after the last");
    let wrong = view.months.is_none();
    let problems = [Problem { field: "from", message }];
    html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form(&format!("/patients/{}/{}", view.sealed, view.kind.as_str()), html! {
            (components::field_row(html! {
                (Select::new(language, "from", language.t("診療年月（自）", "From"), &choices)
                    .selected(&from)
                    .without_mark()
                    .error(wrong.then_some(message)))
                (Select::new(language, "to", language.t("診療年月（至）", "To"), &choices).selected(&to).without_mark())
            }))
            (components::primary_button(language.t("表示する", "Show"), Some(language.t(
                "システムに照会して、この期間の情報を表示します。",
                "Asks the system and shows what it has of these months."
            ))))
        }))
    }
}

/// The person, as stated in the response itself.
fn patient_rows(language: Language, person: &MedicalPerson) -> Vec<(&'static str, Markup)> {
    let MedicalPerson { name, kana, birthdate, .. } = person;
    vec![
        (language.t("氏名", "Name"), html! { (render_name(language, name)) " " (render_kana(kana.as_ref())) }),
        (language.t("生年月日", "Born"), html! { (format_both_calendars(language, *birthdate)) }),
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
    let heading = match language {
        Language::Japanese => format!("患者情報詳細：{kind}"),
        Language::English => format!("Patient: {kind}"),
    };
    let range = match (view.kind.record_kind(), view.months) {
        (Some(_), Some(MonthRange { from, to })) => {
            let (from, to) = (format_month(language, from), format_month(language, to));
            format!("{from}{}{to}", language.t("〜", " to "))
        }
        _ => language.t("すべて", "All").to_owned(),
    };
    let mut rows = person.map_or_else(Vec::new, |person| patient_rows(language, person));
    rows.extend([
        (language.t("診療年月", "Months"), html! { (range) }),
        (language.t("医療機関", "Institution"), html! { (view.institution) }),
        (language.t("照会日時", "Asked at"), html! { (format_time(language, view.now)) }),
    ]);
    components::print_sheet(html! {
        (components::panel(&heading, html! {
            (components::description_list(&rows))
            (components::print_button(language.t("印刷する", "Print")))
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
                p { (language.t("システムからのメッセージ：", "The system says: ")) span lang="ja" { (message) } " (" code { (refusal.code()) } ")" }
            }
        },
    );
    html! {
        @if let Some(person_panel) = person_panel { (person_panel) }
        (notice)
    }
}
