//! What this service decides: plain functions and enums, without SQL, HTTP, clock or randomness.

pub mod access;
pub mod assistance;
pub mod consent_registration;
pub mod coverage;
pub mod item;
pub mod reception;
pub mod simulated_fault;
mod texts;
