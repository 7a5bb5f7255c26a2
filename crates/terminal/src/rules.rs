//! What the terminal makes of an answer: plain functions and enums.

pub(crate) mod consent;
pub(crate) mod finding;
pub(crate) mod listed;
pub(crate) mod months;
pub(crate) mod role;
