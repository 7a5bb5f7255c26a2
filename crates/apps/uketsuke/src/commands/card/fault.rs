//! Simulated faults of an inserted card.

use card::{CardData, PinReference};

use crate::arguments::card::CardFault;

impl CardFault {
    /// Adds this fault to a card.
    pub(super) fn apply_to(self, mut data: CardData) -> CardData {
        let faults = &mut data.faults;
        match self {
            Self::RemovedDuring(command) => faults.removed_during = Some(command),
            Self::RemovedAfter(command) => faults.removed_after = Some(command),
            Self::Slow(milliseconds) => faults.delay_milliseconds = milliseconds,
            Self::Response(command, status) => drop(faults.statuses.insert(command, status)),
            Self::NoSignature => return data.without_signature(),
            Self::OneTryLeft => return data.with_tries_left(PinReference::AUTHENTICATION, 1),
            Self::Locked => return data.with_tries_left(PinReference::AUTHENTICATION, 0),
            Self::Phone(label) => return data.with_label(label),
        }
        data
    }
}
