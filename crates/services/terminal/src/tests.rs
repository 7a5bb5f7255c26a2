//! The service as a whole, as a browser sees it, and what the tests of the features share: a browser, a fake eligibility
//! system and a fake service.

pub(crate) mod browser;
pub(crate) mod fake_service;
pub(crate) mod fake_system;
mod pages;
mod rendered;
