//! The clinic's desk: the visits of a day with the state of each proof of insurance and the next step, actions, accounts.

pub(crate) mod api;
mod letter;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
