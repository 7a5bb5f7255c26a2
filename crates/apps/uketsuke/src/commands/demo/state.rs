//! What the pages of the demo share.

use base::Date;
use web::Site;

use super::{addresses::DemoAddresses, services::Services};

/// The state of the demo's pages.
pub(super) struct DemoState {
    pub(super) services: Services,
    pub(super) addresses: DemoAddresses,
    /// The day on which the data folder was first used; dates of the personas are relative to it.
    pub(super) first_day: Date,
    pub(super) site: Site,
}
