//! What a desk reads and does, and its accounts.

pub(crate) mod day_copy;
pub(crate) mod desk_action;
pub(crate) mod desk_audit;
pub(crate) mod desk_booking;
pub(crate) mod invitation;
pub(crate) mod news;
pub(crate) mod program;
mod recorded_actions;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod staff;
pub(crate) mod staff_list;
pub(crate) mod visit_change;
pub(crate) mod visit_search;
pub(crate) mod visits;
pub(crate) mod week;

use super::rules::{invitation::InvitationStage, letter_choice::LetterChoice, staff_role::StaffRole};

database::text_column!(InvitationStage, LetterChoice, StaffRole);
