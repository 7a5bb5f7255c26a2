//! The two ledgers, and the next step of each side.

pub(crate) mod ledgers;
pub(crate) mod next_steps;
