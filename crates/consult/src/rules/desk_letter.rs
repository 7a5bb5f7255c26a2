//! When a desk is written to: what happens is gathered, so that one patient who tries many things does not send its desk
//! a letter for each.

use base::{Span, Timestamp};
use shell::Text;

use super::word::words;

/// How long after a letter to a clinic the next one waits, and gathers what happens.
pub const GATHERED_FOR: Span = Span::from_mins(10);
/// The same, where something urgent waits.
pub const URGENT_GATHERED_FOR: Span = Span::from_mins(1);
/// How near a visit is about which every letter is urgent.
const URGENT_BEFORE: Span = Span::from_mins(60);

words! {
    /// What a desk is told of.
    pub enum DeskEvent {
        /// A new appointment.
        Booked = "booked",
        /// Another time.
        Moved = "moved",
        /// The patient cancelled.
        Cancelled = "cancelled",
        /// The reception says that consent is registered.
        Registered = "registered",
        /// The patient says that the procedure at the fixed URL is done.
        SaidDone = "said_done",
        /// A picture was sent.
        PictureArrived = "picture_arrived",
        /// A picture was erased, and what is left proves nothing.
        PictureErased = "picture_erased",
        /// Consent was taken back.
        Withdrawn = "withdrawn",
        /// Consent is over.
        Lapsed = "lapsed",
    }
}

impl DeskEvent {
    /// What happened, for a letter: nothing of health, insurance or persons.
    pub fn text(self) -> Text {
        match self {
            Self::Booked => Text::fixed("新しい予約が入りました", "A new appointment was booked"),
            Self::Moved => Text::fixed("予約の日時が変わりました", "An appointment was moved"),
            Self::Cancelled => Text::fixed("予約が取り消されました", "An appointment was cancelled"),
            Self::Registered => Text::fixed("オンラインの手続きが終わりました", "An online procedure was completed"),
            Self::SaidDone => Text::fixed("手続きが終わったとの連絡がありました", "A procedure was reported as done"),
            Self::PictureArrived => Text::fixed("画像が届きました", "A picture has arrived"),
            Self::PictureErased => Text::fixed("送られた画像が消されました", "A picture was erased by its sender"),
            Self::Withdrawn => Text::fixed("手続きが取り消されました", "A procedure was withdrawn"),
            Self::Lapsed => Text::fixed("手続きの期限が切れました", "A procedure has expired and has to be done again"),
        }
    }
}

/// Whether a desk has to know at once, because the visit is near and there is something to do about it.
pub fn is_urgent(event: DeskEvent, visit_start: Timestamp, now: Timestamp) -> bool {
    let near = visit_start.since(now) <= URGENT_BEFORE && now.since(visit_start) <= URGENT_BEFORE;
    near && event != DeskEvent::Registered
}

/// Whether what was gathered goes out at `now`, given when the clinic was last written to and whether something urgent is
/// among it.
pub fn letter_is_due(last_letter: Option<Timestamp>, urgent: bool, now: Timestamp) -> bool {
    let gathered_for = if urgent { URGENT_GATHERED_FOR } else { GATHERED_FOR };
    last_letter.is_none_or(|last| now.since(last) >= gathered_for)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-24T09:00:00+09:00".parse().expect("a timestamp")
    }

    fn ago(minutes: i64) -> Timestamp {
        now().minus(Span::from_mins(minutes))
    }

    #[test]
    fn a_clinic_is_written_to_once_in_ten_minutes_or_once_a_minute_where_it_is_urgent() {
        let check = |last, urgent, expected| assert_eq!(letter_is_due(last, urgent, now()), expected);
        check(None, false, true);
        check(Some(ago(10)), false, true);
        check(Some(ago(9)), false, false);
        check(Some(ago(0)), true, false);
        check(Some(ago(1)), true, true);
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
        check(DeskEvent::Registered, 20, false);
    }
}
