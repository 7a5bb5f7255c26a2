//! Asks receptions whether registrations are still in force, so that a desk learns of a withdrawal after which the patient
//! did not return to the service.
//!
//! The page of one appointment asks about that one. A background task asks about all others every few minutes, as long as
//! they are in force and their visit is near; the page of a list never asks.

use std::{collections::HashSet, sync::Arc, time::Duration};

use base::{Causes, Clock, Timestamp};
use jobs::PeriodicJob;

use super::{client::ReceptionFailure, store::registration::StatusQuery};
use crate::{appointments::rules::AppointmentId, context::Context, refusal::Refusal};

const STATUS_CHECKS: PeriodicJob = PeriodicJob { name: "registration_status", pause: Duration::from_mins(1) };
/// How many registrations are claimed at once. The others are left to the next batch, or to another node.
const BATCH_SIZE: u32 = 20;

/// Why it is not known whether a registration is in force.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error("the reception did not say so")]
    Reception(#[source] ReceptionFailure),
    #[error("the answer could not be kept")]
    Storage(#[source] Refusal),
}

/// Asks the reception whether the registration of an appointment is still in force, unless that was asked within the last
/// minute; returns whether it asked. A reception that does not answer changes nothing.
pub(crate) async fn refresh_registration(context: &Context, id: AppointmentId, now: Timestamp) -> bool {
    let query = match context.store.claim_status_query(id, now).await {
        Ok(Some(query)) => query,
        Ok(None) => return false,
        Err(error) => {
            tracing::warn!(error = %Causes(&error), "a status query could not be claimed");
            return false;
        }
    };
    match check_registration(context, id, &query, now).await {
        Ok(()) => {}
        Err(CheckError::Reception(error)) => {
            tracing::warn!(error = %Causes(&error), "the status of a registration could not be fetched");
        }
        Err(CheckError::Storage(error)) => {
            tracing::warn!(error = %Causes(&error), "the status of a registration could not be stored");
        }
    }
    true
}

async fn check_registration(
    context: &Context,
    id: AppointmentId,
    query: &StatusQuery,
    now: Timestamp,
) -> Result<(), CheckError> {
    let number = query.reception_number;
    let response =
        context.receptions.fetch_status(&query.issuer, &query.token, number).await.map_err(CheckError::Reception)?;
    context.store.record_registration_status(id, number, response.status, now).await.map_err(CheckError::Storage)
}

/// Asks as long as the future is polled. Any number of nodes may do so at once.
pub(crate) async fn watch_registrations(context: Arc<Context>, clock: Clock) {
    jobs::run_periodically(STATUS_CHECKS, || check_due_registrations(&context, clock.now())).await;
}

/// Asks about every registration that is due.
pub(crate) async fn check_due_registrations(context: &Context, now: Timestamp) -> Result<(), Refusal> {
    // A reception that did not answer is skipped for the rest of this round.
    let mut unreachable = HashSet::new();
    loop {
        let queries = context.store.claim_status_queries(now, BATCH_SIZE).await?;
        if queries.is_empty() {
            return Ok(());
        }
        for (appointment, query) in queries {
            if unreachable.contains(query.issuer.as_str()) {
                continue;
            }
            match check_registration(context, appointment, &query, now).await {
                Ok(()) => {}
                // The reception is up: its response to the next query may be usable.
                Err(CheckError::Reception(error @ ReceptionFailure::InvalidResponse(_))) => {
                    tracing::warn!(error = %Causes(&error), "the status of a registration could not be fetched");
                }
                Err(CheckError::Reception(error)) => {
                    tracing::warn!(error = %Causes(&error), "the status of registrations could not be fetched");
                    unreachable.insert(query.issuer.as_str().to_owned());
                }
                Err(CheckError::Storage(error)) => {
                    tracing::warn!(error = %Causes(&error), "the status of a registration could not be stored");
                }
            }
        }
    }
}
