//! What the service holds of a patient: overview, export, erasure, and 退会 (closing the account).

pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
mod store;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
