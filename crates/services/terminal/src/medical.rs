//! 医療情報閲覧: the medical information that a patient consented to, for the account of the same name.

mod client;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
