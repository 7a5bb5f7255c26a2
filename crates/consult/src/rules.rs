//! What the service decides: plain functions and enums.

pub mod appointment;
pub mod delivery;
pub mod desk_act;
pub mod desk_letter;
pub mod hours;
pub mod institution;
pub mod kana;
pub mod note;
pub mod patient;
pub mod picture;
pub mod proof;
pub mod sign_in;
pub mod slot;
pub mod standing;
pub mod urgency;
pub(crate) mod word;
