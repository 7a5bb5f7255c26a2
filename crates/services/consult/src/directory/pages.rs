//! The pages of the directory.

pub(crate) mod chosen_visit;
pub(crate) mod clinic_notice;
pub(crate) mod emergency;
pub(crate) mod institution;
pub(crate) mod search;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The routes of the directory.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(search::routes())
        .merge(institution::routes())
        .merge(clinic_notice::routes())
        .merge(emergency::routes())
}
