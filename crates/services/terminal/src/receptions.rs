//! 同意済資格情報取得: the receptions of some days, the sheet of one with its appointment, and what the desk does with it:
//! confirm it, hand it over to the receipt computer, withdraw the consent of 訪問診療等.

pub(crate) mod client;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod sealed;
pub(crate) mod store;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
