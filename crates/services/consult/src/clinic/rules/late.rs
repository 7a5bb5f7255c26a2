//! How late a patient has said to come.

use base::{Span, Timestamp};

/// A delay that a desk can record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Delay(u32);

impl Delay {
    /// The choices of the form, in minutes. Later than an hour is another appointment.
    pub(crate) const CHOICES: [Self; 7] = [Self(5), Self(10), Self(15), Self(20), Self(30), Self(60), Self(0)];

    /// Parses the minutes of a form; None for what is no choice.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let minutes: u32 = text.parse().ok()?;
        Self::CHOICES.into_iter().find(|choice| choice.0 == minutes)
    }

    pub(crate) fn minutes(self) -> u32 {
        self.0
    }

    /// When the patient of a visit that begins at `start` is expected; None if at its time.
    pub(crate) fn expected_at(self, start: Timestamp) -> Option<Timestamp> {
        (self.0 > 0).then(|| start.plus(Span::from_mins(i64::from(self.0))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_choices_are_delays() {
        let start = Timestamp::from_seconds(0);
        let check = |text: &str, expected: Option<i64>| {
            let seconds = Delay::parse(text).and_then(|delay| delay.expected_at(start));
            assert_eq!(seconds, expected.map(Timestamp::from_seconds), "{text}");
        };
        check("15", Some(900));
        check("60", Some(3600));
        check("0", None);
        assert_eq!(Delay::parse("0").map(Delay::minutes), Some(0));
        for wrong in ["", "-5", "7", "600", "ten"] {
            assert_eq!(Delay::parse(wrong), None, "{wrong}");
        }
    }
}
