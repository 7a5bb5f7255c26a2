//! Doctors of institutions. Schedules, slots and appointments belong to one.

pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
pub(crate) mod texts;
