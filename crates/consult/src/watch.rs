//! Asking receptions whether registrations still stand, so that a desk learns of a withdrawal from which the patient
//! never came back.
//!
//! Whoever opens one appointment asks about that one. Beside the pages all others are asked about every few minutes, as
//! long as they are in force and their visit is near; a list of many never asks while somebody waits for it.

use std::{collections::HashSet, sync::Arc, time::Duration};

use base::{Causes, Clock, Timestamp};

use crate::{
    Refusal, client::ReceptionFailure, room::Room, rules::appointment::AppointmentId, store::registration::Question,
};

/// How long it rests between two rounds.
const REST: Duration = Duration::from_mins(1);
/// How many registrations are taken up at once. The others wait their turn, or are another node's.
const AT_ONCE: u32 = 20;

/// Why it is not known whether a registration stands.
#[derive(Debug, thiserror::Error)]
enum NotTold {
    #[error("the reception did not say so")]
    Reception(#[source] ReceptionFailure),
    #[error("the answer could not be kept")]
    Kept(#[source] Refusal),
}

/// Asks the reception whether the registration in force of an appointment still stands, if that was not asked within the
/// minute. A reception that does not answer changes nothing.
pub(crate) async fn refresh(room: &Room, id: AppointmentId, now: Timestamp) {
    let question = match room.store.question(id, now).await {
        Ok(Some(question)) => question,
        Ok(None) => return,
        Err(error) => return tracing::warn!(error = %Causes(&error), "a registration could not be asked about"),
    };
    match ask(room, id, &question, now).await {
        Ok(()) => {}
        Err(NotTold::Reception(error)) => {
            tracing::warn!(error = %Causes(&error), "a reception did not say whether a registration stands");
        }
        Err(NotTold::Kept(error)) => {
            tracing::warn!(error = %Causes(&error), "what a reception answered could not be kept");
        }
    }
}

async fn ask(room: &Room, id: AppointmentId, question: &Question, now: Timestamp) -> Result<(), NotTold> {
    let asked = question.reception_number;
    let answer = room.receptions.status(&question.issuer, &question.token, asked).await.map_err(NotTold::Reception)?;
    room.store.answered(id, asked, answer.status, now).await.map_err(NotTold::Kept)
}

/// Asks for as long as it is polled. Any number of nodes may do so at once.
pub(crate) async fn work(room: Arc<Room>, clock: Clock) {
    loop {
        if let Err(error) = round(&room, clock.now()).await {
            tracing::error!(error = %Causes(&error), "registrations cannot be asked about");
        }
        tokio::time::sleep(REST).await;
    }
}

/// Asks about every registration whose turn it is.
pub(crate) async fn round(room: &Room, now: Timestamp) -> Result<(), Refusal> {
    // A reception that does not answer is asked again when the next turn comes, and is not waited for until then.
    let mut silent = HashSet::new();
    loop {
        let questions = room.store.questions(now, AT_ONCE).await?;
        if questions.is_empty() {
            return Ok(());
        }
        for (appointment, question) in questions {
            if silent.contains(question.issuer.as_str()) {
                continue;
            }
            match ask(room, appointment, &question, now).await {
                Ok(()) => {}
                // It spoke, if not as awaited: about the next one it may say more.
                Err(NotTold::Reception(error @ ReceptionFailure::Answer(_))) => {
                    tracing::warn!(error = %Causes(&error), "a reception did not say whether a registration stands");
                }
                Err(NotTold::Reception(error)) => {
                    tracing::warn!(error = %Causes(&error), "a reception did not say whether registrations stand");
                    silent.insert(question.issuer.as_str().to_owned());
                }
                Err(NotTold::Kept(error)) => {
                    tracing::warn!(error = %Causes(&error), "what a reception answered could not be kept");
                }
            }
        }
    }
}
