//! The list of receptions, the sheet of one, and what was confirmed.

pub(crate) mod confirmations;
pub(crate) mod list;
mod person;
pub(crate) mod sheet;
