//! 操作の記録: the audit of a clinic, as its managers read, export and verify it. Each of the three is audited itself.

pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod texts;
