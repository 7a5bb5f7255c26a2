//! Schedules: which times are slots, and the rows of slots that are held or booked.

pub(crate) mod rules;
pub(crate) mod store;
