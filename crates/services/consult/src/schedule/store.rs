//! The tables of schedules, closures and slots.

pub(crate) mod schedule;
pub(crate) mod slot;
