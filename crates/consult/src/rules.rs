//! What the service decides: plain functions and enums.

pub mod appointment;
pub mod delivery;
pub mod hours;
pub mod institution;
pub mod kana;
pub mod patient;
pub mod picture;
pub mod proof;
pub mod sign_in;
pub mod slot;
pub mod standing;
pub(crate) mod word;
