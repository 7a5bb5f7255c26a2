//! When letters to a desk are sent: events are gathered, so that many actions of one patient do not cause a letter each.

use base::{Span, Timestamp};
use text::Text;

use crate::desk_news::texts;

/// The minimum time between two letters to a clinic, during which events are gathered.
pub const GATHERING_SPAN: Span = Span::from_mins(10);
/// The same, if an urgent event waits.
pub const URGENT_GATHERING_SPAN: Span = Span::from_mins(1);
/// Within this time of a visit its events are urgent.
const URGENT_BEFORE: Span = Span::from_mins(60);

base::text_enum! {
    /// The events that a desk is notified of.
    pub enum DeskEvent {
        Booked = "booked",
        Rescheduled = "moved",
        Cancelled = "cancelled",
        /// The reception reports registered consent.
        ConsentRegistered = "registered",
        /// The patient reports that the procedure at the fixed URL is done.
        ReportedDone = "said_done",
        PictureArrived = "picture_arrived",
        /// A picture was erased, and the remaining pictures prove nothing.
        PictureErased = "picture_erased",
        ConsentWithdrawn = "withdrawn",
        ConsentExpired = "lapsed",
        /// The visit is near, and the patient has not done what is needed.
        StepMissing = "step_missing",
    }
}

impl DeskEvent {
    /// The event in words for a letter, which reveals nothing of health, insurance or persons.
    pub fn text(self) -> Text {
        match self {
            Self::Booked => texts::A_NEW_APPOINTMENT_WAS_BOOKED,
            Self::Rescheduled => texts::AN_APPOINTMENT_WAS_MOVED,
            Self::Cancelled => texts::AN_APPOINTMENT_WAS_CANCELLED,
            Self::ConsentRegistered => texts::AN_ONLINE_PROCEDURE_WAS_COMPLETED,
            Self::ReportedDone => texts::A_PROCEDURE_WAS_REPORTED_AS_DONE,
            Self::PictureArrived => texts::A_PICTURE_HAS_ARRIVED,
            Self::PictureErased => texts::A_PICTURE_WAS_ERASED,
            Self::ConsentWithdrawn => texts::A_PROCEDURE_WAS_WITHDRAWN,
            Self::ConsentExpired => texts::A_PROCEDURE_HAS_EXPIRED,
            Self::StepMissing => texts::A_STEP_IS_MISSING_PLEASE_TELEPHONE,
        }
    }
}

/// Whether a desk has to know at once: the visit is near and the event needs an action.
pub fn is_urgent(event: DeskEvent, visit_start: Timestamp, now: Timestamp) -> bool {
    let near = visit_start.duration_since(now) <= URGENT_BEFORE && now.duration_since(visit_start) <= URGENT_BEFORE;
    near && event != DeskEvent::ConsentRegistered
}

/// Whether the gathered events are sent at `now`, given the time of the last letter to the clinic and whether an urgent
/// event is among them.
pub fn is_letter_due(last_letter: Option<Timestamp>, urgent: bool, now: Timestamp) -> bool {
    let span = if urgent { URGENT_GATHERING_SPAN } else { GATHERING_SPAN };
    last_letter.is_none_or(|last| now.duration_since(last) >= span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T09:00:00+09:00".parse().expect("a timestamp")
    }

    fn minutes_ago(minutes: i64) -> Timestamp {
        now().minus(Span::from_mins(minutes))
    }

    #[test]
    fn a_clinic_is_written_to_once_in_ten_minutes_or_once_a_minute_where_it_is_urgent() {
        let check = |last, urgent, expected| assert_eq!(is_letter_due(last, urgent, now()), expected);
        check(None, false, true);
        check(Some(minutes_ago(10)), false, true);
        check(Some(minutes_ago(9)), false, false);
        check(Some(minutes_ago(0)), true, false);
        check(Some(minutes_ago(1)), true, true);
    }

    #[test]
    fn what_is_urgent() {
        let check = |event, minutes: i64, expected| {
            assert_eq!(is_urgent(event, now().plus(Span::from_mins(minutes)), now()), expected, "{event} {minutes}");
        };
        check(DeskEvent::Booked, 60, true);
        check(DeskEvent::Booked, 61, false);
        check(DeskEvent::PictureArrived, 20, true);
        check(DeskEvent::PictureArrived, -10, true);
        check(DeskEvent::Cancelled, -61, false);
        check(DeskEvent::ConsentRegistered, 20, false);
    }
}
