//! 診療の設定: doctors, hours, sessions, closures and menus of a clinic, as its managers change them in the browser.

pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
#[cfg(test)]
mod tests;
pub(crate) mod texts;
