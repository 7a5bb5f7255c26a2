//! One insurance of a person, as the eligibility system states it: the document that it is asked for by, the verdict and
//! the consents, and how they are shown. Lists of receptions, medical records and follow-ups build on it.

pub(crate) mod client;
pub(crate) mod pages;
pub(crate) mod rules;
pub(crate) mod texts;
pub(crate) mod wording;
