//! The database of the service. Each method is one transaction for one use; the features add theirs to [`Store`].

pub(crate) mod browser_session;
pub(crate) mod schema;

use base::Randomness;
use database::Database;

use crate::{limits::Limits, mail::letter::Letterhead, refusal::Refusal, seal::Seal};

/// The service's database, with what its transactions need: the sealing key, randomness for ids, settings of letters.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) database: Database,
    pub(crate) seal: Seal,
    pub(crate) randomness: Randomness,
    /// For links in letters.
    pub(crate) origin: web::Origin,
    pub(crate) limits: Limits,
    pub(crate) letterhead: Letterhead,
}

impl Store {
    /// Whether the database commits a write.
    pub(crate) async fn check_ready(&self) -> Result<(), Refusal> {
        Ok(self.database.check_writable().await?)
    }
}
