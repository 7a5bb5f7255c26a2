//! The appointment itself, which booking, proof, pictures and the clinic's desk are about.

pub(crate) mod letter;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
mod texts;
