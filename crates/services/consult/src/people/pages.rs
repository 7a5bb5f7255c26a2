//! The pages of a patient's account.

pub(crate) mod profile;
pub(crate) mod sessions;
pub(crate) mod sign_in;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The routes of a patient's account.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().merge(sign_in::routes()).merge(profile::routes()).merge(sessions::routes())
}
