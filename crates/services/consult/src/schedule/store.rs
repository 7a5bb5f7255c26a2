//! The table of slots.

pub(crate) mod slot;
