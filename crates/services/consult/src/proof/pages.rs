//! The pages on which a patient leaves for a reception, and the address to which a reception sends back.

pub(crate) mod departure;
pub(crate) mod reception_return;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The routes of departures and returns.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().merge(departure::routes()).merge(reception_return::routes())
}
