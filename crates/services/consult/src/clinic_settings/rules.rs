//! What managers enter, parsed.

pub(crate) mod closure_input;
pub(crate) mod hours_input;
pub(crate) mod menu_input;
