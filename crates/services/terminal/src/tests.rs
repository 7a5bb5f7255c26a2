//! The service as a whole: the store on each engine, the client against a fake system, the pages as a browser sees them.

pub(crate) mod browser;
mod confirmations;
mod desk;
pub(crate) mod fake_service;
pub(crate) mod fake_system;
mod home_visits;
mod pages;
mod rendered;
