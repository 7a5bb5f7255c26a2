//! 環境設定情報: the institution's settings at the eligibility system, and this terminal's own.

mod client;
pub(crate) mod pages;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
