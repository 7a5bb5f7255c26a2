//! The pages of the directory.

pub(crate) mod chosen_visit;
pub(crate) mod clinic_notice;
pub(crate) mod emergency;
pub(crate) mod institution;
pub(crate) mod search;

use std::sync::Arc;

use base::{InstitutionCode, Timestamp};
use web::Routes;

use crate::{context::Context, directory::store::institutions::InstitutionOffer, refusal::Refusal};

/// The routes of the directory.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(search::routes())
        .merge(institution::routes())
        .merge(clinic_notice::routes())
        .merge(emergency::routes())
}

/// The institution of a page's address, with what can be booked there.
pub(crate) async fn load_offer(context: &Context, code: &str, now: Timestamp) -> Result<InstitutionOffer, Refusal> {
    let code: InstitutionCode = code.parse().map_err(|_| Refusal::NotFound)?;
    context.store.find_offer(code, now).await
}
