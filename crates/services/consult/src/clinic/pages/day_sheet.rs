//! The visits of a day on paper: A4, with room for remarks.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
    routing::get,
};
use base::{Date, Timestamp, parse_date};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, Column, Table},
};
use web::{Access, Routes, Visitor};

use super::{
    day::{DayFilter, day_path},
    frame::{desk_frame, require_staff},
    labels::proof_label,
    patient_identity::render_patient_cell,
};
use crate::{
    clinic::{
        store::{
            day_copy::{CopyMedium, DayCopy},
            staff::StaffMember,
            visits::DayVisit,
        },
        texts,
    },
    context::Context,
    people::rules::patient::format_phone,
    practitioners::rules::practitioner::PractitionerId,
    proof::rules::ledgers::InsuranceProof,
};

const SHEET_PATH: &str = "/desk/visits/print";

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(SHEET_PATH, Access::SignedIn, get(show_day_sheet))
}

/// The address of the sheet of a day: of all doctors or of one.
pub(super) fn day_sheet_path(date: Date, practitioner: Option<PractitionerId>) -> String {
    match practitioner {
        Some(practitioner) => format!("{SHEET_PATH}?date={date}&practitioner={practitioner}"),
        None => format!("{SHEET_PATH}?date={date}"),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DaySheetQuery {
    date: String,
    practitioner: String,
}

async fn show_day_sheet(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<DaySheetQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let query = query.map(|Query(query)| query).unwrap_or_default();
    let date = parse_date(&query.date).unwrap_or(visitor.now().japan_date());
    let copy = context.store.load_day_copy(&staff, date, CopyMedium::Paper, visitor.now()).await?;
    let practitioner = query.practitioner.parse().ok();
    let practitioner = practitioner.filter(|wanted| copy.practitioners.iter().any(|doctor| doctor.id == *wanted));
    let frame = desk_frame(visitor.frame(), Some(&staff));
    let sheet = DaySheet { date, practitioner, printed_at: visitor.now(), printed_by: staff, copy };
    Ok(render_day_sheet(&frame, &sheet).into_response())
}

pub(crate) struct DaySheet {
    pub(crate) date: Date,
    /// The doctor whose visits are printed; None for those of all.
    pub(crate) practitioner: Option<PractitionerId>,
    pub(crate) printed_at: Timestamp,
    pub(crate) printed_by: StaffMember,
    pub(crate) copy: DayCopy,
}

pub(crate) fn render_day_sheet(frame: &Frame, sheet: &DaySheet) -> Markup {
    let language = frame.language;
    let day = dates::format_date(language, sheet.date);
    let title = format!("{}{day}", texts::VISITS_ON.in_language(language));
    let is_printed = |visit: &&DayVisit| sheet.practitioner.is_none_or(|id| id == visit.appointment.practitioner);
    let visits: Vec<_> = sheet.copy.visits.iter().filter(is_printed).collect();
    let doctor = sheet.copy.practitioners.iter().find(|doctor| Some(doctor.id) == sheet.practitioner);
    let back = day_path(sheet.date, DayFilter::All, sheet.practitioner);
    let body = html! {
        div.day-sheet-head {
            b { (sheet.printed_by.institution_name) " " (day) @if let Some(doctor) = doctor { " " (doctor.details.name_in(language)) } }
            span { (texts::printed_at_by(language, dates::format_date_time(language, sheet.printed_at), &sheet.printed_by.name)) }
        }
        @if visits.is_empty() {
            p { (texts::NO_VISITS_ON_THIS_DAY.in_language(language)) }
        } @else {
            (render_sheet_table(language, sheet, &title, &visits))
        }
    };
    Document::new(frame, &title)
        .above_heading(components::back_link(&back, texts::VISITS.in_language(language)))
        .wide()
        .main(html! {
            (components::print_button(texts::PRINT.in_language(language)))
            div.day-sheet { (components::print_sheet(body)) }
        })
}

fn render_sheet_table(language: Language, sheet: &DaySheet, caption: &str, visits: &[&DayVisit]) -> Markup {
    let columns = [
        Column::text(texts::TIME.in_language(language)),
        Column::text(texts::PATIENT.in_language(language)),
        Column::text(texts::TELEPHONE.in_language(language)),
        Column::text(texts::MENU_DOCTOR.in_language(language)),
        Column::text(texts::PROOF_AND_RECEPTION_NUMBER.in_language(language)),
        Column::text(texts::REMARKS.in_language(language)),
    ];
    let rows = visits.iter().map(|visit| render_sheet_row(language, sheet, visit)).collect();
    let table = Table::new(caption, &columns)
        .hide_caption()
        .rows(rows)
        .footer(texts::CONTAINS_PERSONAL_DATA.in_language(language));
    html! { (table) }
}

fn render_sheet_row(language: Language, sheet: &DaySheet, visit: &DayVisit) -> Vec<Markup> {
    let DayVisit { appointment, patient, proof, .. } = visit;
    vec![
        html! { (dates::format_time(appointment.visit_start)) },
        html! { div { (render_patient_cell(language, patient, appointment.visit_date())) } },
        html! { @if let Some(number) = patient.profile.as_ref().and_then(|profile| profile.phone.as_deref()) { (format_phone(number)) } },
        html! { div {
            (appointment.menu.name_in(language))
            @if let Some(doctor) = sheet.copy.find_practitioner(visit) { br; small { (doctor.details.name_in(language)) } }
        } },
        html! { div {
            (proof_label(language, proof.as_ref(), sheet.printed_at))
            @if let Some(number) = proof.as_ref().and_then(InsuranceProof::reception_number) { br; small { (number.to_grouped_string()) } }
        } },
        html! {},
    ]
}
