//! The visits of a day as a file, which a spreadsheet opens and the clinic's terminal imports.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::Response,
    routing::get,
};
use base::{Date, ReceptionNumber, parse_date};
use serde::Deserialize;
use text::{Language, dates};
use web::{Access, Routes, Visitor};

use super::{frame::require_staff, patient_identity::missing_name_text};
use crate::{
    appointments::rules::booking_number,
    clinic::store::{
        day_copy::{CopyMedium, DayCopy},
        visits::DayVisit,
    },
    context::Context,
    pages::csv_file::CsvFile,
    people::rules::patient::format_phone,
    proof::rules::ledgers::InsuranceProof,
};

const EXPORT_PATH: &str = "/desk/visits/export.csv";

/// The columns. By the first five a terminal finds the patient of a reception, and it reads them by these names; they are
/// the same in every language.
const COLUMNS: [&str; 9] =
    ["予約時刻", "患者氏名", "フリガナ", "生年月日", "受付番号", "電話番号", "医師", "メニュー", "予約番号"];

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(EXPORT_PATH, Access::SignedIn, get(export_day))
}

/// The address of the file of a day.
pub(super) fn day_export_path(date: Date) -> String {
    format!("{EXPORT_PATH}?date={date}")
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DayExportQuery {
    date: String,
}

async fn export_day(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<DayExportQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let date = query.ok().and_then(|Query(query)| parse_date(&query.date).ok());
    let date = date.unwrap_or(visitor.now().japan_date());
    let copy = context.store.load_day_copy(&staff, date, CopyMedium::File, visitor.now()).await?;
    Ok(write_day(&copy).into_response(&format!("visits-{date}.csv")))
}

fn write_day(copy: &DayCopy) -> CsvFile {
    let mut file = CsvFile::with_header(&COLUMNS);
    for visit in &copy.visits {
        file.push_row(&list_cells(copy, visit).each_ref().map(String::as_str));
    }
    file
}

fn list_cells(copy: &DayCopy, visit: &DayVisit) -> [String; COLUMNS.len()] {
    let DayVisit { appointment, patient, proof, .. } = visit;
    let profile = patient.profile.as_ref();
    let language = Language::Japanese;
    let name = profile.map_or(missing_name_text(language, patient), |profile| &profile.name);
    let reception_number = proof.as_ref().and_then(InsuranceProof::reception_number);
    let doctor = copy.find_practitioner(visit).map(|doctor| doctor.details.name_in(language));
    [
        dates::format_time(appointment.visit_start),
        name.to_owned(),
        profile.and_then(|profile| profile.kana.clone()).unwrap_or_default(),
        profile.map(|profile| profile.birth_date.to_string()).unwrap_or_default(),
        reception_number.map(ReceptionNumber::to_grouped_string).unwrap_or_default(),
        profile.and_then(|profile| profile.phone.as_deref()).map(format_phone).unwrap_or_default(),
        doctor.unwrap_or_default().to_owned(),
        appointment.menu.name_in(language).to_owned(),
        booking_number(appointment.id),
    ]
}
