//! How a desk judges a picture: accepted, or refused with a reason for the patient.
//!
//! The decision is one of the desk's actions (`DeskAction::decide_effect` in `clinic::rules::desk_action`).

use super::picture::{InsurancePicture, PictureId, PictureRefusal, PictureState};

/// What a desk decides about a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PictureJudgement {
    pub(crate) picture: PictureId,
    /// For undoing it.
    pub(crate) state_before: PictureState,
    pub(crate) verdict: PictureVerdict,
}

/// Whether a desk accepts a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PictureVerdict {
    Accepted,
    Refused(PictureRefusal),
}

impl PictureJudgement {
    /// The desk accepts the picture.
    pub(crate) fn accept(picture: &InsurancePicture) -> Self {
        Self { picture: picture.id, state_before: picture.state, verdict: PictureVerdict::Accepted }
    }

    /// The desk does not accept the picture.
    pub(crate) fn refuse(picture: &InsurancePicture, refusal: PictureRefusal) -> Self {
        Self { picture: picture.id, state_before: picture.state, verdict: PictureVerdict::Refused(refusal) }
    }
}
