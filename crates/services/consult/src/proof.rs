//! The proof of insurance: its two ledgers, the hand-over to a reception, and the return.
//!
//! `rules/ledgers.rs` has the drawing of the two ledgers, `rules/next_steps.rs` what each of their states means.

pub(crate) mod client;
mod letter;
pub(crate) mod pages;
pub(crate) mod registration_watch;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;

pub use rules::ledgers::{
    ConfirmationMethod, DeskSide, InsuranceProof, NotStartedReason, PatientSide, RefusedReason, RequestReason,
    RequestedProof, ReschedulingLoss, UNDER_WAY_WINDOW, is_departure_under_way,
};

#[cfg(test)]
mod tests;
pub(crate) mod texts;
