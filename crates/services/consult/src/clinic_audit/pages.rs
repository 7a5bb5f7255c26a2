//! The pages of a clinic's audit, which only its managers see.

mod export;
pub(crate) mod list;
mod verification;
mod wording;

#[cfg(any(test, feature = "samples"))]
pub(crate) use verification::render_verification_page;

use std::sync::Arc;

use web::Routes;

use crate::context::Context;

/// The address of the audit.
pub(crate) const AUDIT_PATH: &str = "/desk/clinic/audit";

/// The routes of the audit.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().merge(list::routes()).merge(export::routes()).merge(verification::routes())
}
