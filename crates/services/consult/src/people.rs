//! Patients and their accounts: signing in with a code that is mailed, the profile, and sessions.

mod letter;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
