//! When doctors receive patients, and which times are slots.

pub(crate) mod availability;
pub(crate) mod opening;
pub(crate) mod practitioner_schedule;
pub(crate) mod slot;
