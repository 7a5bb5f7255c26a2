//! Asking receptions whether registrations still stand, so that a desk learns of a withdrawal from which the patient
//! never came back.
//!
//! Whoever opens one appointment asks about that one. Beside the pages all others are asked about every few minutes, as
//! long as they are in force and their visit is near; a list of many never asks while somebody waits for it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use base::{Causes, Clock, Timestamp};

use crate::{
    Refusal, client::ReceptionFailure, context::Context, rules::appointment::AppointmentId,
    store::registration::StatusQuery,
};

/// How long it rests between two rounds.
const CHECK_INTERVAL: Duration = Duration::from_mins(1);
/// How many registrations are taken up at once. The others wait their turn, or are another node's.
const BATCH_SIZE: u32 = 20;

/// Why it is not known whether a registration stands.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error("the reception did not say so")]
    Reception(#[source] ReceptionFailure),
    #[error("the answer could not be kept")]
    Storage(#[source] Refusal),
}

/// Asks the reception whether the registration in force of an appointment still stands, if that was not asked within the
/// minute. A reception that does not answer changes nothing.
pub(crate) async fn refresh_registration(room: &Context, id: AppointmentId, now: Timestamp) {
    let question = match room.store.claim_status_query(id, now).await {
        Ok(Some(question)) => question,
        Ok(None) => return,
        Err(error) => return tracing::warn!(error = %Causes(&error), "a registration could not be asked about"),
    };
    match check_registration(room, id, &question, now).await {
        Ok(()) => {}
        Err(CheckError::Reception(error)) => {
            tracing::warn!(error = %Causes(&error), "a reception did not say whether a registration stands");
        }
        Err(CheckError::Storage(error)) => {
            tracing::warn!(error = %Causes(&error), "what a reception answered could not be kept");
        }
    }
}

async fn check_registration(
    room: &Context,
    id: AppointmentId,
    question: &StatusQuery,
    now: Timestamp,
) -> Result<(), CheckError> {
    let asked = question.reception_number;
    let answer =
        room.receptions.fetch_status(&question.issuer, &question.token, asked).await.map_err(CheckError::Reception)?;
    room.store.record_registration_status(id, asked, answer.status, now).await.map_err(CheckError::Storage)
}

/// Asks for as long as it is polled. Any number of nodes may do so at once.
pub(crate) async fn watch_registrations(room: Arc<Context>, clock: Clock) {
    loop {
        if let Err(error) = check_due_registrations(&room, clock.now()).await {
            tracing::error!(error = %Causes(&error), "registrations cannot be asked about");
        }
        tokio::time::sleep(CHECK_INTERVAL).await;
    }
}

/// Asks about every registration whose turn it is.
pub(crate) async fn check_due_registrations(room: &Context, now: Timestamp) -> Result<(), Refusal> {
    // A reception that does not answer is asked again when the next turn comes, and is not waited for until then.
    let mut silent = HashSet::new();
    loop {
        let questions = room.store.claim_status_queries(now, BATCH_SIZE).await?;
        if questions.is_empty() {
            return Ok(());
        }
        for (appointment, question) in questions {
            if silent.contains(question.issuer.as_str()) {
                continue;
            }
            match check_registration(room, appointment, &question, now).await {
                Ok(()) => {}
                // It spoke, if not as awaited: about the next one it may say more.
                Err(CheckError::Reception(error @ ReceptionFailure::InvalidResponse(_))) => {
                    tracing::warn!(error = %Causes(&error), "a reception did not say whether a registration stands");
                }
                Err(CheckError::Reception(error)) => {
                    tracing::warn!(error = %Causes(&error), "a reception did not say whether registrations stand");
                    silent.insert(question.issuer.as_str().to_owned());
                }
                Err(CheckError::Storage(error)) => {
                    tracing::warn!(error = %Causes(&error), "what a reception answered could not be kept");
                }
            }
        }
    }
}
