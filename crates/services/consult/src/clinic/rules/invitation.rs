//! The invitation of a staff member: sent, then accepted once, withdrawn, or expired.
//!
//! ```text
//! Open ──accept──▶ Accepted
//!   │ ▲
//!   │ └─send again─ (expired)
//!   └──withdraw──▶ Withdrawn
//! ```

use base::Timestamp;

base::text_enum! {
    /// What was done with an invitation, as it is stored.
    pub enum InvitationStage {
        Open = "open",
        Accepted = "accepted",
        Withdrawn = "withdrawn",
    }
}

/// What an invitation is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InvitationState {
    /// It can be accepted.
    Open,
    /// Nobody accepted it in time. It can be sent again.
    Expired,
    Accepted,
    Withdrawn,
}

impl InvitationStage {
    /// The state of an invitation that can be accepted until `ends`.
    pub(crate) fn state(self, ends: Timestamp, now: Timestamp) -> InvitationState {
        match self {
            Self::Open if now < ends => InvitationState::Open,
            Self::Open => InvitationState::Expired,
            Self::Accepted => InvitationState::Accepted,
            Self::Withdrawn => InvitationState::Withdrawn,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_ends_with_its_time_unless_something_was_done_with_it() {
        let at = Timestamp::from_seconds;
        for (stage, now, expected) in [
            (InvitationStage::Open, 9, InvitationState::Open),
            (InvitationStage::Open, 10, InvitationState::Expired),
            (InvitationStage::Accepted, 9, InvitationState::Accepted),
            (InvitationStage::Accepted, 11, InvitationState::Accepted),
            (InvitationStage::Withdrawn, 9, InvitationState::Withdrawn),
            (InvitationStage::Withdrawn, 11, InvitationState::Withdrawn),
        ] {
            assert_eq!(stage.state(at(10), at(now)), expected, "{stage} {now}");
        }
    }
}
