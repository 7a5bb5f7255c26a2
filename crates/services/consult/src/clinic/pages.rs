//! The pages of the desk.

mod action;
mod action_form;
pub(crate) mod day;
pub(crate) mod day_export;
pub(crate) mod day_sheet;
pub(crate) mod desk_booking;
pub(crate) mod frame;
pub(crate) mod invitation;
pub(crate) mod invite;
mod labels;
pub(crate) mod late;
mod patient_identity;
pub(crate) mod patients;
pub(crate) mod picture;
pub(crate) mod program_password;
pub(crate) mod search;
pub(crate) mod second_factor;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod sign_in_code;
pub(crate) mod staff;
pub(crate) mod staff_account;
pub(crate) mod view;
pub(crate) mod visit;
pub(crate) mod visit_change;
pub(crate) mod week;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The routes of the desk.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(sign_in::routes())
        .merge(sign_in_code::routes())
        .merge(day::routes())
        .merge(day_sheet::routes())
        .merge(day_export::routes())
        .merge(week::routes())
        .merge(search::routes())
        .merge(visit::routes())
        .merge(visit_change::routes())
        .merge(patients::routes())
        .merge(desk_booking::routes())
        .merge(late::routes())
        .merge(action::routes())
        .merge(picture::routes())
        .merge(settings::routes())
        .merge(second_factor::routes())
        .merge(sessions::routes())
        .merge(program_password::routes())
        .merge(staff::routes())
        .merge(staff_account::routes())
        .merge(invite::routes())
        .merge(invitation::routes())
}
