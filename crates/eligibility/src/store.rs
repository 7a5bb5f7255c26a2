//! The SQL of this room. Every function is a step within somebody's transaction, so that a registration is one
//! transaction with the reception room's own change of stage, and a reading is one with its audit row.

pub(crate) mod audit;
pub(crate) mod bulk;
mod coded;
pub(crate) mod history;
pub(crate) mod inquiry_number;
pub(crate) mod institution;
pub(crate) mod load;
pub(crate) mod person;
pub(crate) mod reception;
mod schema;

pub use schema::MIGRATIONS;
