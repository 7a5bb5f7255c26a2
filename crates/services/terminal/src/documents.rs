//! 資格確認（記号・番号）: the eligibility by what stands on an insurance document, without a registration of the patient.

mod client;
pub(crate) mod pages;
mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
