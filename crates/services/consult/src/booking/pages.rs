//! The pages on which a patient books, and the pages of appointments.

pub(crate) mod appointment;
pub(crate) mod booking;
mod calendar;
pub(crate) mod cancellation;
mod nearby;
mod next_step;
pub(crate) mod patient_choice;
pub(crate) mod reschedule;
pub(crate) mod returned;
pub(crate) mod slot_choice;
pub(crate) mod slots;
pub(crate) mod view;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The routes of booking and of appointments.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(slot_choice::routes())
        .merge(booking::routes())
        .merge(patient_choice::routes())
        .merge(appointment::routes())
        .merge(calendar::routes())
        .merge(reschedule::routes())
        .merge(cancellation::routes())
        .merge(returned::routes())
}
