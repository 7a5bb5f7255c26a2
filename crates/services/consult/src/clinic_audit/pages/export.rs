//! The audit as a file, in which patients are not named.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use text::Language;
use web::{Routes, Visitor};

use super::{
    list::filter_query,
    wording::{action_label, actor_label, entity_label},
};
use crate::{
    clinic::pages::frame::{MANAGERS, require_manager},
    clinic_audit::{
        rules::{FilterInput, mask_name},
        store::ClinicAuditRow,
        texts,
    },
    context::Context,
    pages::csv_file::CsvFile,
};

const EXPORT_PATH: &str = "/desk/clinic/audit.csv";

pub(super) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page(EXPORT_PATH, MANAGERS, get(export_audit))
}

/// The address of the file of the rows that a filter shows.
pub(super) fn export_path(input: &FilterInput) -> String {
    format!("{EXPORT_PATH}?{}", filter_query(input))
}

async fn export_audit(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<FilterInput>, QueryRejection>,
) -> Result<Response, Response> {
    let manager = require_manager(&context, &visitor).await?;
    let input = query.map(|Query(input)| input).unwrap_or_default();
    let today = visitor.now().japan_date();
    // The page says what is wrong.
    let Ok(filter) = input.parse(today) else {
        return Ok(Redirect::to(&format!("{}?{}", super::AUDIT_PATH, filter_query(&input))).into_response());
    };
    let name = format!("audit-{}-{}.csv", filter.first_day, filter.last_day);
    let rows = context.store.export_clinic_audit(&manager, filter, visitor.now()).await?;
    Ok(write_rows(visitor.language(), &rows).into_response(&name))
}

fn write_rows(language: Language, rows: &[ClinicAuditRow]) -> CsvFile {
    let columns = [texts::TIME, texts::WHO, texts::ACTION, texts::SUBJECT];
    let mut file = CsvFile::with_header(&columns.each_ref().map(|column| column.in_language(language)));
    for row in rows {
        let name = row.patient_name.as_deref().map(mask_name).unwrap_or_default();
        let subject = format!("{name} {}", entity_label(language, row));
        file.push_row(&[
            &row.cursor.time.to_string(),
            actor_label(language, &row.actor),
            &action_label(language, row.action),
            subject.trim(),
        ]);
    }
    file
}
