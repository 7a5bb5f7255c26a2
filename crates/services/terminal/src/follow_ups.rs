//! 再確認の一覧: what the desk must check again, until it is done.

mod client;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
pub(crate) mod texts;
mod wording;

#[cfg(test)]
mod tests;
