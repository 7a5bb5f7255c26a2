//! What the page of a visit shows.

use base::Timestamp;

use crate::{
    audit::rules::action::DeskActionKind,
    clinic::{
        rules::{
            desk_action::{RecordedDeskAction, earliest_time},
            urgency::{UrgencyBand, VisitTime, urgency_band},
        },
        store::visits::DeskVisit,
    },
};

pub(crate) struct DeskVisitPage {
    pub(crate) now: Timestamp,
    pub(crate) notice: DeskVisitNotice,
    pub(crate) visit: DeskVisit,
}

/// The outcome of the form that was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskVisitNotice {
    Nothing,
    Done,
    Undone,
    Changed,
    TooEarly,
    TooLate,
    Moved,
    Booked,
    Cancelled,
}

impl DeskVisitPage {
    pub(crate) fn path(&self) -> String {
        format!("/desk/visits/{}", self.visit.appointment.id)
    }

    pub(crate) fn seen_version(&self) -> String {
        self.visit.seen_version().to_string()
    }

    pub(crate) fn band(&self) -> UrgencyBand {
        urgency_band(
            VisitTime::from(&self.visit.appointment),
            self.visit.proof.as_ref().map(|(proof, _)| proof),
            self.now,
        )
    }

    /// Whether the earliest time of this action has come.
    pub(crate) fn is_possible_now(&self, kind: DeskActionKind) -> bool {
        earliest_time(kind, self.visit.appointment.visit_start).is_none_or(|earliest| self.now >= earliest)
    }

    /// The last desk action, if it can still be undone.
    pub(crate) fn find_undoable_action(&self) -> Option<&RecordedDeskAction> {
        self.visit.last_action.as_ref().filter(|action| action.can_undo(self.now))
    }
}
