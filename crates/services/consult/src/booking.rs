//! Booking: holding a slot, booking it, rescheduling, cancelling, and the pages of appointments.

mod letter;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
