//! What this service decides: plain functions and enums, without SQL, HTTP, clock or randomness.

pub mod assistance;
pub mod coverage;
pub mod item;
pub mod reading;
pub mod registration;
pub mod simulated_fault;
mod texts;
