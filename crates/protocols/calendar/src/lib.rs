//! Calendar files (iCalendar, RFC 5545): one event, as a download or as an attachment of a letter.
//!
//! The writer is small because it writes one kind of object. It is not a library's, so that every octet is decided here: no
//! clock and no random id is read, lines are folded between characters, and a text that could end a line is refused.
//!
//! Start reading at [`CalendarEvent`].

mod line;

use base::{Span, Timestamp};
use line::{escape_text, push_line};

/// The media type of a calendar file (RFC 5545 §8.1), without its parameters.
pub const MEDIA_TYPE: &str = "text/calendar";

/// An event (`VEVENT`, RFC 5545 §3.6.1) that its publisher may change later: who has imported it finds it by its UID and
/// replaces it by the object with the higher sequence number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// Unique in the world, and the same for all versions of the event.
    pub uid: String,
    /// Grows with every version (RFC 5546 §2.1.4).
    pub sequence: u32,
    /// When this version was written.
    pub written_at: Timestamp,
    pub start: Timestamp,
    pub end: Timestamp,
    pub status: EventStatus,
    pub summary: String,
    /// May have several lines.
    pub description: String,
    pub location: String,
    /// The page about the event.
    pub url: String,
    /// The address that publishes the event.
    pub organizer: String,
    /// How long before the start a reminder is displayed. A cancelled event has none.
    pub alarm: Option<Span>,
}

/// The status of an event, which decides the method of the object too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventStatus {
    Confirmed,
    Cancelled,
}

impl EventStatus {
    /// The value of `METHOD` (RFC 5546 §1.4): a new or changed event is published, a cancelled one is cancelled.
    pub fn method(self) -> &'static str {
        match self {
            Self::Confirmed => "PUBLISH",
            Self::Cancelled => "CANCEL",
        }
    }

    fn value(self) -> &'static str {
        match self {
            Self::Confirmed => "CONFIRMED",
            Self::Cancelled => "CANCELLED",
        }
    }
}

/// A value that cannot stand in a calendar file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value of {property} has a character that a calendar file cannot have")]
pub struct UnwritableValue {
    pub property: &'static str,
}

impl CalendarEvent {
    /// The calendar file: lines of at most 75 octets that end with CRLF.
    ///
    /// # Errors
    /// [`UnwritableValue`] for a text with a control character other than a line feed or a tab, and for an address that is
    /// not printable ASCII.
    pub fn to_ics(&self) -> Result<String, UnwritableValue> {
        let mut file = String::new();
        let mut push = |line: &str| push_line(&mut file, line);
        push("BEGIN:VCALENDAR");
        push("VERSION:2.0");
        push("PRODID:-//uketsuke//calendar//EN");
        push("CALSCALE:GREGORIAN");
        push(&format!("METHOD:{}", self.status.method()));
        push("BEGIN:VEVENT");
        push(&format!("UID:{}", escape_text("UID", &self.uid)?));
        push(&format!("SEQUENCE:{}", self.sequence));
        push(&format!("DTSTAMP:{}", format_utc(self.written_at)));
        push(&format!("DTSTART:{}", format_utc(self.start)));
        push(&format!("DTEND:{}", format_utc(self.end)));
        push(&format!("STATUS:{}", self.status.value()));
        // Other users of a shared calendar see that there is something, and not what.
        push("CLASS:PRIVATE");
        push(&format!("SUMMARY:{}", escape_text("SUMMARY", &self.summary)?));
        push(&format!("DESCRIPTION:{}", escape_text("DESCRIPTION", &self.description)?));
        push(&format!("LOCATION:{}", escape_text("LOCATION", &self.location)?));
        push(&format!("URL:{}", check_address("URL", &self.url)?));
        push(&format!("ORGANIZER:mailto:{}", check_address("ORGANIZER", &self.organizer)?));
        if let (EventStatus::Confirmed, Some(alarm)) = (self.status, self.alarm) {
            push("BEGIN:VALARM");
            push("ACTION:DISPLAY");
            push(&format!("DESCRIPTION:{}", escape_text("SUMMARY", &self.summary)?));
            push(&format!("TRIGGER:-PT{}M", alarm.as_mins().unsigned_abs()));
            push("END:VALARM");
        }
        push("END:VEVENT");
        push("END:VCALENDAR");
        Ok(file)
    }
}

/// `20261124T013000Z`: a date with time in UTC (RFC 5545 §3.3.5, form 2).
fn format_utc(time: Timestamp) -> String {
    let instant = jiff::Timestamp::from_second(time.seconds()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    instant.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The address of a page or of a mailbox, if it is printable ASCII and so can neither end its line nor leave its value.
fn check_address<'a>(property: &'static str, address: &'a str) -> Result<&'a str, UnwritableValue> {
    if address.bytes().all(|byte| byte.is_ascii_graphic()) { Ok(address) } else { Err(UnwritableValue { property }) }
}

#[cfg(test)]
mod tests;
