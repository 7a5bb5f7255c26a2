//! The three accounts of a terminal: roles, passwords, signing in, and who is signed in.

pub(crate) mod pages;
mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod session;
pub(crate) mod store;
pub(crate) mod texts;
pub(crate) mod wording;

pub use rules::Role;

#[cfg(test)]
mod tests;
