//! 同意済資格情報取得, 同意取得済み患者一覧: the receptions of a day, for 一般 and for 医療情報閲覧.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::{Date, ReceptionNumber};
use http::StatusCode;
use maud::{Markup, html};
use oqs::{BulkNumber, BulkUnit, KanaName, QualificationResult, ReadWarning};
use serde::Deserialize;
use text::Language;
use ui::{
    Document, Frame, MenuEntry,
    components::{self, BadgeTone, Choice, ChoiceGroup, Column, Field, Input, Problem, Table, Tone, Width},
};
use web::Visitor;

use super::{HandlerError, LINK_SEAL_PURPOSE, SystemResponse, redirect, render_failure};
use crate::{
    Refusal, Role, TerminalState,
    appointments::{
        self,
        rules::{AppointmentMatch, InsuredPerson, PersonMismatch},
    },
    client::{BulkList, EligibilityError},
    eligibility::{
        rules::{Care, ConsentItem, Consents, DateCriterion, Finding, ListQuery, NextAction},
        wording::{care_label, finding_label, format_available_until, format_list_days, render_consent_flags},
    },
    follow_ups::rules::{FollowUpNote, FollowUpReason, FollowUpSubject, LookupFailure},
    rules::reception_list::ListedReception,
    seal::BrowserSeal,
    sign_in::session::{TerminalSession, require_role, session_frame},
    statement,
    store::confirmation::ConfirmationRecord,
    wording::{format_time, has_unknown_characters, render_birth_date, render_kana, sex_label},
};

/// A clinic's day has some dozens of receptions.
const ROWS_PER_PAGE: u32 = 100;

const ALL_ITEMS: [ConsentItem; 6] = [
    ConsentItem::Limits,
    ConsentItem::SpecificDiseases,
    ConsentItem::Medicines,
    ConsentItem::Diagnoses,
    ConsentItem::Operations,
    ConsentItem::CheckUps,
];
const MEDICAL_ITEMS: [ConsentItem; 4] =
    [ConsentItem::Medicines, ConsentItem::Diagnoses, ConsentItem::Operations, ConsentItem::CheckUps];

/// What the list is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListPurpose {
    /// 一般: the eligibility.
    Eligibility,
    /// 医療情報閲覧: the consents to medical information.
    Medical,
}

#[derive(Deserialize)]
pub(crate) struct ReceptionListQuery {
    #[serde(rename = "by")]
    criterion: Option<String>,
    day: Option<String>,
    /// The number of a list in progress.
    number: Option<String>,
    /// Starts at 1.
    page: Option<u32>,
    /// 受付番号 of the reception to open.
    reception: Option<String>,
}

pub(crate) struct ReceptionListPage {
    pub(crate) purpose: ListPurpose,
    pub(crate) criterion: DateCriterion,
    pub(crate) day: String,
    pub(crate) today: Date,
    /// 受付番号 of the reception to open.
    pub(crate) searched_number: Option<ReceptionNumber>,
    pub(crate) content: ReceptionListContent,
}

pub(crate) enum ReceptionListContent {
    WrongDay,
    Requested(ListQuery, SystemResponse<ListResult>),
}

pub(crate) enum ListResult {
    Rows(ReceptionRows),
    InProgress(BulkNumber),
}

pub(crate) struct ReceptionRows {
    /// The rows of this page.
    pub(crate) rows: Vec<ReceptionRow>,
    /// The number of rows on all pages.
    pub(crate) count: usize,
    /// Starts at 1.
    pub(crate) page: u32,
    /// At least 1.
    pub(crate) page_count: u32,
    /// The reception to open, if the list does not have it.
    pub(crate) missing_number: Option<ReceptionNumber>,
    pub(crate) doubts: Vec<ReadWarning>,
}

pub(crate) struct ReceptionRow {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    pub(crate) results: Vec<QualificationResult>,
    pub(crate) confirmation: Option<ConfirmationRecord>,
    pub(crate) appointment_match: AppointmentMatch,
}

impl ListPurpose {
    fn path(self) -> &'static str {
        match self {
            Self::Eligibility => "/receptions",
            Self::Medical => "/patients",
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Eligibility => Role::Staff,
            Self::Medical => Role::MedicalViewer,
        }
    }

    pub(crate) fn title(self, language: Language) -> &'static str {
        match self {
            Self::Eligibility => language.t("同意済資格情報取得", "Receptions (同意済資格情報取得)"),
            Self::Medical => {
                let name = "同意取得済み患者一覧（訪問診療等・オンライン診療等）";
                language.t(name, "Patients who consented (同意取得済み患者一覧)")
            }
        }
    }
}

pub(crate) async fn show_receptions(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<ReceptionListQuery>,
) -> Result<Response, HandlerError> {
    show_list(&terminal, &visitor, query, ListPurpose::Eligibility).await
}

pub(crate) async fn show_patients(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<ReceptionListQuery>,
) -> Result<Response, HandlerError> {
    show_list(&terminal, &visitor, query, ListPurpose::Medical).await
}

async fn show_list(
    terminal: &TerminalState,
    visitor: &Visitor,
    query: ReceptionListQuery,
    purpose: ListPurpose,
) -> Result<Response, HandlerError> {
    let searched_number: Option<ReceptionNumber> = query.reception.as_deref().and_then(|text| text.parse().ok());
    let session = require_role(terminal, visitor, purpose.role()).await?;
    let today = visitor.now().japan_date();
    let criterion = DateCriterion::from_query(query.criterion.as_deref());
    let day = query.day.unwrap_or_else(|| today.to_string());
    let content = match base::parse_date(&day) {
        Err(_) => ReceptionListContent::WrongDay,
        Ok(day) => {
            let list_query = ListQuery { criterion, day };
            let pending = query.number.as_deref().and_then(BulkNumber::new);
            let response = session.station.client.fetch_receptions(list_query, pending, visitor.now()).await;
            if purpose == ListPurpose::Eligibility {
                update_follow_up(terminal, visitor, &session, list_query, &response).await?;
            }
            let response = match SystemResponse::from_result(response) {
                SystemResponse::Failed(refusal) => SystemResponse::Failed(refusal),
                SystemResponse::Received(BulkList::InProgress(number)) => {
                    SystemResponse::Received(ListResult::InProgress(number))
                }
                SystemResponse::Received(BulkList::Ready { units, doubts }) => {
                    if let Some(href) = searched_number.and_then(|searched_number| {
                        find_sealed_reception(visitor, &session, list_query, &units, searched_number)
                    }) {
                        return Ok(redirect(&format!("{}/{href}", purpose.path())));
                    }
                    let selection = PageSelection { page: query.page.unwrap_or(1), missing_number: searched_number };
                    let rows = build_rows(terminal, visitor, &session, list_query, units, doubts, selection).await;
                    SystemResponse::Received(ListResult::Rows(rows?))
                }
            };
            ReceptionListContent::Requested(list_query, response)
        }
    };
    let status = match &content {
        ReceptionListContent::WrongDay => StatusCode::UNPROCESSABLE_ENTITY,
        ReceptionListContent::Requested(_, response) => response.status(),
    };
    let view = ReceptionListPage { purpose, criterion, day, today, searched_number, content };
    Ok((status, render_page(&session_frame(visitor, &session), &view)).into_response())
}

/// Opens a follow-up for a list that was not received, and closes it for one that was.
async fn update_follow_up(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    query: ListQuery,
    response: &Result<BulkList, EligibilityError>,
) -> Result<(), Refusal> {
    let (institution, now) = (session.account.institution, visitor.now());
    let note = match response {
        Ok(BulkList::Ready { .. }) => {
            terminal.store.close_follow_up(institution, FollowUpSubject::Day(query.criterion, query.day), now).await?;
            return Ok(());
        }
        Ok(BulkList::InProgress(_)) => {
            FollowUpNote::for_list(query, FollowUpReason::LookupFailure(LookupFailure::InProgress))
        }
        // The request itself was refused; to repeat it does not help.
        Err(EligibilityError::Refused(_)) => return Ok(()),
        Err(failure) => FollowUpNote::for_failed_list(query, failure.into()),
    };
    terminal.store.upsert_follow_up(institution, note, visitor.site().randomness(), now).await?;
    Ok(())
}

/// The sealed reception with the searched number, if the list has it.
fn find_sealed_reception(
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    query: ListQuery,
    units: &[BulkUnit],
    searched_number: ReceptionNumber,
) -> Option<String> {
    let listed = units
        .iter()
        .map(|unit| ListedReception::from_unit(unit, query))
        .find(|listed| listed.number == Some(searched_number))?;
    Some(BrowserSeal::for_visitor(visitor, session.account.institution).seal(LINK_SEAL_PURPOSE, &listed))
}

/// The part of a list that is shown.
struct PageSelection {
    page: u32,
    missing_number: Option<ReceptionNumber>,
}

async fn build_rows(
    terminal: &TerminalState,
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    query: ListQuery,
    units: Vec<BulkUnit>,
    doubts: Vec<ReadWarning>,
    PageSelection { page, missing_number }: PageSelection,
) -> Result<ReceptionRows, Refusal> {
    let count = units.len();
    let page_count = u32::try_from(count).unwrap_or(u32::MAX).div_ceil(ROWS_PER_PAGE).max(1);
    let page = page.clamp(1, page_count);
    let units: Vec<BulkUnit> =
        units.into_iter().skip(((page - 1) * ROWS_PER_PAGE) as usize).take(ROWS_PER_PAGE as usize).collect();
    let institution = session.account.institution;
    let seal = BrowserSeal::for_visitor(visitor, institution);
    let listed: Vec<ListedReception> = units.iter().map(|unit| ListedReception::from_unit(unit, query)).collect();
    let numbers: Vec<ReceptionNumber> = listed.iter().filter_map(|listed| listed.number).collect();
    let confirmations = terminal.store.list_last_confirmations(institution, numbers).await?;
    let imported = appointments::find_imported_appointments(terminal, visitor, session).await?;
    let row = |(listed, unit): (ListedReception, BulkUnit)| ReceptionRow {
        appointment_match: AppointmentMatch::find(
            imported.as_ref(),
            listed.visit,
            listed.number,
            insured_person(&unit.results).as_ref(),
        ),
        sealed: seal.seal(LINK_SEAL_PURPOSE, &listed),
        confirmation: confirmations.iter().find(|record| Some(record.confirmation.reception) == listed.number).cloned(),
        results: unit.results,
        reception: listed,
    };
    Ok(ReceptionRows {
        rows: listed.into_iter().zip(units).map(row).collect(),
        count,
        page,
        page_count,
        missing_number,
        doubts,
    })
}

/// The person to compare with the appointments.
pub(crate) fn insured_person(results: &[QualificationResult]) -> Option<InsuredPerson<'_>> {
    let birth_date = results.first()?.birthdate;
    let readings = results.iter().flat_map(|result| [result.kana.as_ref(), result.other_kana.as_ref()]).flatten();
    Some(InsuredPerson { readings: readings.map(KanaName::as_str).collect(), birth_date })
}

pub(crate) fn render_page(frame: &Frame, view: &ReceptionListPage) -> Markup {
    let language = frame.language;
    let mut document = Document::new(frame, view.purpose.title(language));
    if matches!(view.content, ReceptionListContent::WrongDay) {
        document = document.with_problems();
    }
    document.main(html! {
        (render_care_tabs(language, view))
        (render_search_form(language, view))
        @match &view.content {
            ReceptionListContent::WrongDay => {}
            ReceptionListContent::Requested(_, SystemResponse::Failed(refusal)) => {
                (render_failure(frame, refusal))
                @if view.purpose == ListPurpose::Eligibility { (statement::render_blank_link(language)) }
            }
            ReceptionListContent::Requested(query, SystemResponse::Received(ListResult::InProgress(number))) => {
                (components::notice(Tone::Info, language.t("一覧を作成しています", "The list is being made"), html! {
                    p { (language.t(
                        "システムで処理中です。少し待ってから、続きを確認してください。",
                        "The system is working on it. Wait a little, then look again."
                    )) }
                    @let searched_number = view.searched_number.map(|searched_number| format!("&reception={searched_number}")).unwrap_or_default();
                    (components::secondary_link(
                        &format!("{}?{}&number={}{searched_number}", view.purpose.path(), query.to_query_string(), number.as_str()),
                        language.t("続きを確認する", "Look again"),
                        None,
                    ))
                }))
            }
            ReceptionListContent::Requested(query, SystemResponse::Received(ListResult::Rows(rows))) => (render_list(language, view.purpose, *query, rows)),
        }
    })
}

/// The kinds of care, each with a list of its own.
fn render_care_tabs(language: Language, view: &ReceptionListPage) -> Markup {
    let current = view.criterion.care();
    let entries = Care::ALL.map(|care| {
        let criterion = match care {
            Care::Online if current == Care::Online => view.criterion,
            Care::Online => DateCriterion::Visit,
            Care::HomeVisit => DateCriterion::HomeVisit,
        };
        // The tab of the other care opens the list of today.
        let day = base::parse_date(&view.day).ok().filter(|_| care == current).unwrap_or(view.today);
        MenuEntry {
            href: format!("{}?{}", view.purpose.path(), ListQuery { criterion, day }.to_query_string()),
            label: care_label(language, care).to_owned(),
            current: care == current,
        }
    });
    components::tabs(language.t("診療の種類", "Kind of care"), &entries)
}

fn render_search_form(language: Language, view: &ReceptionListPage) -> Markup {
    let wrong = matches!(view.content, ReceptionListContent::WrongDay);
    let message = language.t("年月日を正しく入力してください", "Enter a day of the calendar");
    let problems = [Problem { field: "day", message }];
    let criteria = [
        Choice::new(DateCriterion::Visit.as_str(), language.t("受診年月日", "Day of the visit (受診年月日)")),
        Choice::new(DateCriterion::Consent.as_str(), language.t("同意年月日", "Day of consent (同意年月日)")),
    ];
    let path = view.purpose.path();
    let day = match view.criterion.care() {
        Care::Online => Field::new(language, Input::Date, "day", language.t("年月日", "Day")),
        Care::HomeVisit => Field::new(language, Input::Date, "day", language.t("同意年月日（至）", "Consents to (同意年月日)"))
            .support(language.t(
                "この日までの3か月間に同意した患者を表示します。訪問診療等の同意は、取り消されるまで続きます。",
                "Shows who consented in the three months to this day. Consents for home visits hold until they are withdrawn.",
            )),
    };
    html! {
        @if wrong { (components::error_summary(language, &problems)) }
        (components::search_form(path, html! {
            (components::field_row(html! {
                @match view.criterion.care() {
                    Care::Online => (ChoiceGroup::radio(language, "by", language.t("取得する条件", "By"), &criteria).selected(view.criterion.as_str()).without_mark()),
                    Care::HomeVisit => (components::hidden_field("by", view.criterion.as_str())),
                }
                (day
                    .value(&view.day)
                    .width(Width::Middle)
                    .without_mark()
                    .error(wrong.then_some(message)))
            }))
            (components::primary_button(language.t("取得する", "Get the list"), Some(language.t(
                "システムに照会し、下に一覧を表示します。照会は記録されます。",
                "Asks the system and lists what it answers below. Each question is recorded there."
            ))))
        }))
        @if let Ok(day) = base::parse_date(&view.day) {
            (render_day_tabs(language, view, day))
        }
    }
}

/// Links to the day before, today and the day after; for 訪問診療等 to three months each.
fn render_day_tabs(language: Language, view: &ReceptionListPage, day: Date) -> Markup {
    let current = ListQuery { criterion: view.criterion, day };
    let entry = |list: ListQuery, label: &str| MenuEntry {
        href: format!("{}?{}", view.purpose.path(), list.to_query_string()),
        label: label.to_owned(),
        current: list == current,
    };
    let (previous_label, next_label, today_label) = match view.criterion.care() {
        Care::Online => {
            (language.t("前の日", "Day before"), language.t("次の日", "Day after"), language.t("今日", "Today"))
        }
        Care::HomeVisit => (
            language.t("前の3か月", "Three months before"),
            language.t("次の3か月", "Three months after"),
            language.t("今日まで", "To today"),
        ),
    };
    let mut entries = Vec::new();
    if let Some(earlier) = current.previous_list() {
        entries.push(entry(earlier, previous_label));
    }
    entries.push(entry(current, &format_list_days(language, current)));
    if let Some(later) = current.next_list() {
        entries.push(entry(later, next_label));
    }
    if view.today != day {
        entries.push(entry(ListQuery { day: view.today, ..current }, today_label));
    }
    components::tabs(language.t("日を変える", "Other days"), &entries)
}

fn render_list(language: Language, purpose: ListPurpose, query: ListQuery, rows: &ReceptionRows) -> Markup {
    let (days, count) = (format_list_days(language, query), rows.count);
    let caption = match (language, query.criterion) {
        (Language::Japanese, DateCriterion::Visit) => format!("受診年月日 {days}：{count}件"),
        (Language::Japanese, DateCriterion::Consent) => format!("同意年月日 {days}：{count}件"),
        (Language::Japanese, DateCriterion::HomeVisit) => format!("訪問診療等の同意年月日 {days}：{count}件"),
        (Language::English, DateCriterion::Visit) => format!("Visits on {days}: {count}"),
        (Language::English, DateCriterion::Consent) => format!("Consents of {days}: {count}"),
        (Language::English, DateCriterion::HomeVisit) => format!("Consents for home visits, {days}: {count}"),
    };
    let mut columns = vec![
        Column::single_line(language.t("患者", "Patient")),
        Column::single_line(language.t("受付番号", "Reception")),
        Column::single_line(language.t("生年月日", "Born")),
        Column::single_line(language.t("性別", "Sex")),
    ];
    match purpose {
        ListPurpose::Eligibility => columns.extend([
            Column::single_line(language.t("資格", "Insurance")),
            Column::text(language.t("同意", "Consents")),
            Column::text(language.t("確認", "Confirmed")),
        ]),
        ListPurpose::Medical => columns.extend([
            Column::text(language.t("同意", "Consents")),
            Column::text(language.t("閲覧期限", "May be seen until")),
        ]),
    }
    html! {
        @if let Some(number) = rows.missing_number {
            (components::notice(Tone::Warning, &match language {
                Language::Japanese => format!("受付 {} はこの一覧にありません", number.to_grouped_string()),
                Language::English => format!("Reception {} is not in this list", number.to_grouped_string()),
            }, html! {
                p { (language.t(
                    "新しい登録に置き換わったか、別の日の受付です。患者に、受診日と、登録し直したかどうかを尋ねてください。",
                    "A newer registration took its place, or it is of another day. Ask the patient for the day, and whether there was another registration."
                )) }
            }))
        }
        @if rows.rows.is_empty() {
            (render_empty_list(language, query.criterion.care()))
        } @else {
            (Table::new(&caption, &columns).rows(rows.rows.iter().map(|row| render_cells(language, purpose, row)).collect()))
        }
        (components::pagination(language, rows.page, rows.page_count, |page| {
            format!("{}?{}&page={page}", purpose.path(), query.to_query_string())
        }))
        (super::render_doubts(language, &rows.doubts))
    }
}

fn render_empty_list(language: Language, care: Care) -> Markup {
    let (heading, meaning) = match care {
        Care::Online => (
            language.t("この日の受付はありません", "There are no receptions of this day"),
            language.t(
                "患者の登録がまだか、別の日・別の医療機関で登録された可能性があります。患者に受診日を確認してください。",
                "The patient has not registered yet, or registered for another day or institution. Ask for the day.",
            ),
        ),
        Care::HomeVisit => (
            language.t("この期間の受付はありません", "There are no receptions of these days"),
            language.t(
                "前の3か月に同意したか、オンライン診療等のURLで登録された可能性があります。患者に、いつ、どのURLで登録したかを確認してください。",
                "The patient may have consented before, or at the address for online care. Ask when, and at which address.",
            ),
        ),
    };
    components::empty_state(heading, html! { p { (meaning) } })
}

fn render_cells(language: Language, purpose: ListPurpose, row: &ReceptionRow) -> Vec<Markup> {
    let result = row.results.first();
    let href = format!("{}/{}", purpose.path(), row.sealed);
    let consents = result.map(Consents::from_result);
    let number = row.reception.number.map_or_else(|| "—".to_owned(), ReceptionNumber::to_grouped_string);
    let mut cells = vec![
        html! {
            div {
                @match result {
                    Some(result) => {
                        a href=(href) lang="ja" { (result.name.as_str()) }
                        @if has_unknown_characters(&result.name) {
                            " " (components::badge(BadgeTone::Attention, language.t("外字あり", "Has ●")))
                        }
                        br; span .fine { (render_kana(result.kana.as_ref())) }
                    }
                    None => a href=(href) { (language.t("（氏名なし）", "(no name)")) },
                }
                @if !row.reception.inquiry_numbers.is_empty() {
                    br; span .fine { (language.t("照会番号 ", "Reference ")) (row.reception.inquiry_numbers.join("、")) }
                }
            }
        },
        html! { div { (number) @if purpose == ListPurpose::Eligibility { (render_appointment_match(language, &row.appointment_match)) } } },
        html! {
            @if let Some(result) = result { (render_birth_date(language, result.birthdate)) } @else { "—" }
        },
        html! { (sex_label(language, result.and_then(|result| result.sex))) },
    ];
    match purpose {
        ListPurpose::Eligibility => {
            let (label, tone, _) = finding_label(language, row.reception.finding);
            cells.push(html! {
                div {
                    (components::badge(tone, label))
                    @if row.results.len() > 1 {
                        " " (row.results.len()) (language.t("件の資格", " insurances"))
                    }
                }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => div {
                        (render_consent_flags(language, consents, &ALL_ITEMS))
                        @if let Some(time) = consents.given_at {
                            span .fine { (language.t("同意日時：", "Given at ")) (format_time(language, time)) }
                        }
                    },
                    None => "—",
                }
            });
            cells.push(render_confirmation(language, row.confirmation.as_ref()));
        }
        ListPurpose::Medical => {
            cells.push(html! {
                @if let Some(consents) = &consents { (render_consent_flags(language, consents, &MEDICAL_ITEMS)) }
                @else { (render_finding_badge(language, row.reception.finding)) }
            });
            cells.push(html! {
                @match &consents {
                    Some(consents) => (format_available_until(language, consents, row.reception.care())),
                    None => "—",
                }
            });
        }
    }
    cells
}

/// The appointment, below the reception number.
fn render_appointment_match(language: Language, appointment_match: &AppointmentMatch) -> Markup {
    let booked_time = |time: &str| match language {
        Language::Japanese => format!("予約 {time}"),
        Language::English => format!("booked {time}"),
    };
    html! {
        @match appointment_match {
            AppointmentMatch::NotImported => {}
            AppointmentMatch::NoMatch => { br; (components::badge(BadgeTone::Neutral, language.t("予約なし", "Not booked"))) }
            AppointmentMatch::ByNumber(appointment) => { br; span .fine { (booked_time(&appointment.time)) } }
            AppointmentMatch::SameNameAndBirthday(appointment) => {
                br; span .fine { (booked_time(&appointment.time)) " " }
                (components::badge(BadgeTone::Attention, language.t("要確認", "Check")))
            }
            AppointmentMatch::NumberWithOtherPerson(appointment, mismatch) => {
                br; span .fine { (booked_time(&appointment.time)) } br;
                (components::badge(BadgeTone::Bad, match mismatch {
                    PersonMismatch::Birthday => language.t("生年月日が違う", "Other birthday"),
                    PersonMismatch::Kana | PersonMismatch::Both => language.t("氏名が違う", "Other name"),
                }))
            }
            AppointmentMatch::SameBirthday(appointment) => {
                br; span .fine { (booked_time(&appointment.time)) } br;
                (components::badge(BadgeTone::Attention, language.t("生年月日だけ一致", "Birthday only")))
            }
            AppointmentMatch::Ambiguous(all) => {
                br; (components::badge(BadgeTone::Attention, &match language {
                    Language::Japanese => format!("予約の候補{}件", all.len()),
                    Language::English => format!("{} alike", all.len()),
                }))
            }
        }
    }
}

fn render_finding_badge(language: Language, finding: Finding) -> Markup {
    let (label, tone, _) = finding_label(language, finding);
    html! { (components::badge(tone, label)) }
}

fn render_confirmation(language: Language, record: Option<&ConfirmationRecord>) -> Markup {
    let Some(record) = record else {
        return html! { (components::badge(BadgeTone::Neutral, language.t("未確認", "Not yet"))) };
    };
    let (label, tone) = match record.confirmation.finding.next_action() {
        NextAction::Done => (language.t("確認済み", "Confirmed"), BadgeTone::Good),
        NextAction::CheckAgain | NextAction::ChangeSettings => {
            (language.t("再確認が必要", "To be asked again"), BadgeTone::Attention)
        }
        NextAction::RegisterAgain => (language.t("再登録が必要", "Register again"), BadgeTone::Attention),
    };
    html! { div { (components::badge(tone, label)) br; span .fine { (format_time(language, record.confirmed_at)) } } }
}
