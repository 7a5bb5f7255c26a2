//! The decisions of the service: plain functions and enums.

pub mod appointment;
pub mod booking;
pub(crate) mod closing;
pub mod delivery;
pub mod desk_action;
pub mod desk_letter;
pub mod hours;
pub mod institution;
pub mod kana;
pub mod mail_address;
pub mod next_steps;
pub mod note;
pub mod patient;
pub mod picture;
pub mod proof;
pub(crate) mod seen_version;
pub mod sign_in;
pub mod slot;
pub(crate) mod string_enum;
pub mod urgency;
