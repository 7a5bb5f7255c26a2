//! The pages about personal data.

pub(crate) mod close;
pub(crate) mod erase;
pub(crate) mod export;
pub(crate) mod overview;
mod parts;
pub(crate) mod remove_relative;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The routes of the pages about personal data.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(overview::routes())
        .merge(export::routes())
        .merge(erase::routes())
        .merge(close::routes())
        .merge(remove_relative::routes())
}
