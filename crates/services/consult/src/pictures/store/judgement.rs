//! What a desk decided about a picture, stored and taken back.
//!
//! It is decided by the desk's actions (`clinic::rules::desk_action`).

use database::{Error, Transaction};

use crate::pictures::rules::{
    judgement::{PictureJudgement, PictureVerdict},
    picture::{PictureId, PictureRefusal, PictureState},
};

/// Stores what the desk decided about a picture.
pub(crate) fn save_judgement(transaction: &mut Transaction<'_>, judgement: &PictureJudgement) -> Result<(), Error> {
    let id = judgement.picture;
    let updated = match &judgement.verdict {
        PictureVerdict::Accepted => transaction.execute("UPDATE picture SET state = 'accepted' WHERE id = $1", &[&id]),
        PictureVerdict::Refused(PictureRefusal { reason, note }) => transaction.execute(
            "UPDATE picture SET state = 'refused', reason = $2, note = $3 WHERE id = $1",
            &[&id, reason, note],
        ),
    };
    updated.map(|_| ())
}

/// Restores the state of a picture, unless it is erased.
pub(crate) fn restore_state(
    transaction: &mut Transaction<'_>,
    id: PictureId,
    state: PictureState,
) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE picture SET state = $2, reason = NULL, note = NULL WHERE id = $1 AND erased_at IS NULL",
            &[&id, &state],
        )
        .map(|_| ())
}
