//! What happens at the visits of a clinic, gathered into letters to its desk.

pub(crate) mod gathering;
mod letter;
pub(crate) mod rules;
pub(crate) mod store;
pub(crate) mod texts;
