//! The ledgers, departures to receptions, and registrations in force.

pub(crate) mod departure;
pub(crate) mod ledgers;
pub(crate) mod registration;

use super::rules::ledgers::{ConfirmationMethod, RefusedReason, RequestReason, RequestedProof};

database::text_column!(ConfirmationMethod, RefusedReason, RequestReason, RequestedProof);
