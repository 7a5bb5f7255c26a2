//! What an operator publishes before anybody can use the service: its notices and its contact.

mod markdown;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod texts;
