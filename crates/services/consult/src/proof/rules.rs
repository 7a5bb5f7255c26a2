//! The two ledgers, the next step of each side, and what follows from the end of a registration.

pub(crate) mod lapse;
pub(crate) mod ledgers;
pub(crate) mod next_steps;
