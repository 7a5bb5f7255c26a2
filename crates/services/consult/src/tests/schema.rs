//! Tests of the schema.

use crate::store::schema::MIGRATIONS;

/// The guide promises that the service does not store such data.
#[tokio::test]
async fn no_column_has_a_name_for_what_was_consented_to() {
    let forbidden = [
        "consent",
        "choice",
        "item",
        "subject_of",
        "insurer",
        "insured_number",
        "symbol",
        "eligibility",
        "limit",
        "checkup",
        "medicine",
        "surgery",
        "diagnosis",
        "qualification",
    ];
    for migration in MIGRATIONS {
        let sql = migration.sql.to_lowercase();
        for name in forbidden {
            assert!(!sql.contains(name), "{}: {name}", migration.name);
        }
    }
}
