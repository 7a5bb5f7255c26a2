//! The audit: who accessed or changed what.

pub(crate) mod rules;
pub(crate) mod store;
