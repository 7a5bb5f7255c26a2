//! 操作の記録: the rows, the newest first, with a filter and the last verification.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, Render, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Choice, Column, Field, Input, Problem, Select, Table, Width},
};
use web::{Routes, Visitor};

use super::{
    AUDIT_PATH,
    export::export_path,
    verification::verification_form,
    wording::{action_label, actor_label, entity_label},
};
use crate::{
    audit::rules::action::AuditAction,
    clinic::{
        pages::frame::{MANAGERS, desk_frame, require_manager},
        store::staff::StaffId,
    },
    clinic_audit::{
        rules::{ActorFilter, FilterInput, FilterProblem, RowCursor, VerificationResult},
        store::{ClinicAudit, ClinicAuditRow, EXPORTED_ROWS, PastVerification},
        texts,
    },
    context::Context,
};

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(AUDIT_PATH, MANAGERS, get(show_audit))
}

/// The fields of the filter, and the position before which rows are shown.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AuditQuery {
    #[serde(flatten)]
    input: FilterInput,
    before: String,
}

pub(crate) struct ClinicAuditPage {
    pub(crate) input: FilterInput,
    /// The rows, or what is wrong with the filter.
    pub(crate) audit: Result<ClinicAudit, FilterProblem>,
    /// Whether newer rows are on a page before.
    pub(crate) part: AuditPart,
    pub(crate) members: Vec<(StaffId, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuditPart {
    Newest,
    Older,
}

async fn show_audit(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<AuditQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let AuditQuery { input, before } = query.map(|Query(query)| query).unwrap_or_default();
    let before = RowCursor::parse(&before);
    let audit = match input.parse(visitor.now().japan_date()) {
        Err(problem) => Err(problem),
        Ok(filter) => Ok(context.store.read_clinic_audit(&manager, filter, before, visitor.now()).await?),
    };
    let members = context.store.list_staff_names(&manager).await?;
    let part = if before.is_some() { AuditPart::Older } else { AuditPart::Newest };
    let frame = desk_frame(visitor.frame(), Some(manager.staff()));
    Ok(render_audit_page(&frame, &ClinicAuditPage { input, audit, part, members }).into_response())
}

/// A filter as a query: those of its fields that are not empty.
pub(super) fn filter_query(input: &FilterInput) -> String {
    let fields = [
        ("from", &input.from),
        ("to", &input.to),
        ("by", &input.actor),
        ("action", &input.action),
        ("visit", &input.visit),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>();
    // Pairs of texts can always be encoded.
    serde_urlencoded::to_string(fields).unwrap_or_default()
}

fn list_path(input: &FilterInput, before: Option<RowCursor>) -> String {
    let query = filter_query(input);
    match before {
        Some(before) if query.is_empty() => format!("{AUDIT_PATH}?before={before}"),
        Some(before) => format!("{AUDIT_PATH}?{query}&before={before}"),
        None => format!("{AUDIT_PATH}?{query}"),
    }
}

/// 操作の記録
pub(crate) fn render_audit_page(frame: &Frame, page: &ClinicAuditPage) -> Markup {
    let language = frame.language;
    let problem = page.audit.as_ref().err().map(|problem| describe_problem(language, *problem));
    let problems: Vec<_> = problem.iter().map(|(field, message)| Problem { field, message }).collect();
    let mut document = Document::new(frame, texts::CLINIC_AUDIT.in_language(language))
        .above_heading(components::back_link("/desk/clinic", texts::BACK_TO_THE_SETTINGS.in_language(language)))
        .lead(texts::WHO_DID_WHAT_AT_THIS_CLINIC.in_language(language))
        .wide();
    if problem.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        (components::error_summary(language, &problems))
        @if let Ok(audit) = &page.audit { (render_last_verification(frame, audit.last_verification.as_ref())) }
        (render_filter(language, page, problem))
        @if let Ok(audit) = &page.audit { (render_rows(language, page, audit)) }
    })
}

fn describe_problem(language: Language, problem: FilterProblem) -> (&'static str, &'static str) {
    match problem {
        FilterProblem::FirstDay => ("from", texts::ENTER_A_DAY.in_language(language)),
        FilterProblem::LastDay => ("to", texts::ENTER_A_DAY_AFTER_THE_FIRST.in_language(language)),
        FilterProblem::Visit => ("visit", texts::ENTER_THREE_DIGITS.in_language(language)),
    }
}

fn render_last_verification(frame: &Frame, last: Option<&PastVerification>) -> Markup {
    let language = frame.language;
    let sentence = match last {
        None => texts::NEVER_VERIFIED.in_language(language).to_owned(),
        Some(PastVerification { verified_at, verified_by, result }) => {
            let time = dates::format_date_time(language, *verified_at);
            match result {
                VerificationResult::Whole { rows } => texts::last_found_whole(language, time, verified_by, rows),
                VerificationResult::Faulty { position } => {
                    texts::last_found_faulty(language, time, verified_by, position)
                }
            }
        }
    };
    components::panel(
        texts::UNCHANGED_SINCE_WRITTEN.in_language(language),
        html! {
            p { (sentence) }
            (verification_form(frame, "", &components::secondary_button(
                texts::VERIFY_THE_AUDIT.in_language(language),
                Some(texts::EACH_ROW_IS_CHAINED.in_language(language)),
            )))
        },
    )
}

fn render_filter(language: Language, page: &ClinicAuditPage, problem: Option<(&str, &str)>) -> Markup {
    let error = |field: &str| problem.filter(|(wrong, _)| *wrong == field).map(|(_, message)| message);
    let FilterInput { from, to, actor, action, visit } = &page.input;
    let mut actors: Vec<(String, &str)> =
        page.members.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect();
    actors.push((ActorFilter::Patients.to_string(), texts::PATIENTS.in_language(language)));
    actors.push((ActorFilter::Service.to_string(), texts::SERVICE.in_language(language)));
    let actors: Vec<_> = actors.iter().map(|(value, label)| Choice::new(value, label)).collect();
    let actions: Vec<_> =
        AuditAction::list_all().map(|action| (action.to_string(), action_label(language, action))).collect();
    let actions: Vec<_> = actions.iter().map(|(value, label)| Choice::new(value, label)).collect();
    components::search_form(
        AUDIT_PATH,
        html! {
            (components::field_row(html! {
                (Field::new(language, Input::Date, "from", texts::FIRST_DAY.in_language(language))
                    .without_mark().width(Width::Middle).value(from).error(error("from")))
                (Field::new(language, Input::Date, "to", texts::LAST_DAY.in_language(language))
                    .without_mark().width(Width::Middle).value(to).error(error("to")))
                (Field::new(language, Input::Text, "visit", texts::BOOKING_NUMBER_OR_VISIT.in_language(language))
                    .without_mark().width(Width::Middle)
                    .support(texts::THREE_DIGITS.in_language(language))
                    .value(visit).error(error("visit")))
            }))
            (components::field_row(html! {
                (Select::new(language, "by", texts::WHO.in_language(language), &actors)
                    .without_mark().empty_option(texts::ANYBODY.in_language(language)).selected(actor))
                (Select::new(language, "action", texts::ACTION.in_language(language), &actions)
                    .without_mark().empty_option(texts::ALL_ACTIONS.in_language(language)).selected(action))
            }))
            (components::secondary_button(texts::SHOW.in_language(language), None))
        },
    )
}

fn render_rows(language: Language, page: &ClinicAuditPage, audit: &ClinicAudit) -> Markup {
    html! {
        @if audit.rows.is_empty() {
            (components::empty_state(texts::NOTHING_IS_RECORDED.in_language(language), html! {
                p { (texts::CHANGE_DAYS_OR_FILTER.in_language(language)) }
            }))
        } @else {
            (render_table(language, &audit.rows))
        }
        (components::buttons(html! {
            @if page.part == AuditPart::Older {
                (components::quiet_link(&list_path(&page.input, None), texts::NEWEST_ROWS.in_language(language)))
            }
            @if let Some(next) = audit.next {
                (components::secondary_link(&list_path(&page.input, Some(next)), texts::OLDER_ROWS.in_language(language), None))
            }
            (components::secondary_link(
                &export_path(&page.input),
                texts::DOWNLOAD_AS_CSV.in_language(language),
                Some(&texts::at_most_rows(language, EXPORTED_ROWS)),
            ))
        }))
    }
}

fn render_table(language: Language, rows: &[ClinicAuditRow]) -> Markup {
    let columns = [
        Column::single_line(texts::TIME.in_language(language)),
        Column::text(texts::WHO.in_language(language)),
        Column::text(texts::ACTION.in_language(language)),
        Column::text(texts::SUBJECT.in_language(language)),
    ];
    let row = |row: &ClinicAuditRow| {
        let label = entity_label(language, row);
        vec![
            html! { (dates::format_date_time(language, row.cursor.time)) },
            html! { (actor_label(language, &row.actor)) },
            html! { (action_label(language, row.action)) },
            html! { div {
                @if let Some(name) = &row.patient_name { (name.replace('\u{3000}', " ")) " " }
                @match row.visit {
                    Some((id, _)) => a href={ "/desk/visits/" (id) } { (label) },
                    None => (label),
                }
            } },
        ]
    };
    let rows = rows.iter().map(row).collect();
    Table::new(texts::RECORDED_ACTIONS.in_language(language), &columns).hide_caption().rows(rows).render()
}
