//! Holds, bookings and their changes, and appointments with everything that their pages show.

pub(crate) mod booking;
pub(crate) mod details;
pub(crate) mod hold;
pub(crate) mod letter;
mod patient_action;
pub(crate) mod slot_choice;

use super::rules::PatientAction;

database::text_column!(PatientAction);
