//! The SQL of this service. Every function is a step within the caller's transaction, so that a registration is one
//! transaction with the change of stage at the reception, and a reading is one with its audit row.

pub(crate) mod audit;
pub(crate) mod bulk;
mod coded;
pub(crate) mod consent_registration;
pub(crate) mod earlier_records;
pub(crate) mod history;
pub(crate) mod inquiry_number;
pub(crate) mod institution;
pub(crate) mod load;
pub(crate) mod person;
pub(crate) mod read_permit;
pub(crate) mod reading;
pub(crate) mod reception;
mod schema;

pub use schema::MIGRATIONS;
