//! A closure as managers type it.

use base::{Date, Span, Timestamp, start_of_day};
use text::Text;

use super::hours_input::parse_time;
use crate::{
    clinic_settings::texts,
    practitioners::rules::practitioner::PractitionerId,
    schedule::rules::{practitioner_schedule::Period, slot::parse_practitioner_choice},
};

/// How many characters a reason has at most.
const MAX_REASON_CHARACTERS: usize = 100;

/// For how many days a closure lasts at most. What lasts longer is a change of the hours.
const MAX_CLOSURE_DAYS: i64 = 366;

/// The fields of the form. Days are `2026-12-29`; times are `9:00`, or empty for the whole day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ClosureInput {
    /// The id of a doctor; empty for the whole clinic.
    pub(crate) doctor: String,
    pub(crate) from_date: String,
    pub(crate) from_time: String,
    /// The last day; empty if it is the first.
    pub(crate) to_date: String,
    pub(crate) to_time: String,
    pub(crate) reason: String,
    pub(crate) reason_english: String,
}

/// A closure that can be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewClosure {
    /// None if the whole institution is closed.
    pub(crate) practitioner: Option<PractitionerId>,
    pub(crate) period: Period,
    pub(crate) reason: Option<Text>,
}

/// A field that cannot be taken, and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClosureProblem {
    pub(crate) field: &'static str,
    pub(crate) message: Text,
}

impl ClosureProblem {
    fn new(field: &'static str, message: Text) -> Self {
        Self { field, message }
    }
}

impl ClosureInput {
    /// # Errors
    /// The first problem, in the order of the fields.
    pub(crate) fn parse(&self, now: Timestamp) -> Result<NewClosure, ClosureProblem> {
        let practitioner = parse_practitioner_choice(&self.doctor)
            .map_err(|_| ClosureProblem::new("doctor", texts::CHOOSE_WHO_IS_AWAY))?;
        let first = parse_day("from_date", &self.from_date)?;
        let from_minute = parse_minute("from_time", &self.from_time, 0)?;
        let last = if self.to_date.trim().is_empty() { first } else { parse_day("to_date", &self.to_date)? };
        let to_minute = parse_minute("to_time", &self.to_time, 24 * 60)?;
        let (start, end) = (instant(first, from_minute), instant(last, to_minute));
        let period = Period::new(start, end)
            .ok_or_else(|| ClosureProblem::new("to_date", texts::CLOSURE_ENDS_AFTER_IT_BEGINS))?;
        if end <= now {
            return Err(ClosureProblem::new("to_date", texts::CLOSURE_IS_OVER_ALREADY));
        }
        if end.duration_since(start) > Span::from_hours(24 * MAX_CLOSURE_DAYS) {
            return Err(ClosureProblem::new("to_date", texts::CLOSURE_IS_TOO_LONG));
        }
        let reason = self.parse_reason()?;
        Ok(NewClosure { practitioner, period, reason })
    }

    fn parse_reason(&self) -> Result<Option<Text>, ClosureProblem> {
        for (field, text) in [("reason", &self.reason), ("reason_english", &self.reason_english)] {
            if text.chars().count() > MAX_REASON_CHARACTERS || text.chars().any(char::is_control) {
                return Err(ClosureProblem::new(field, texts::REASON_IS_TOO_LONG));
            }
        }
        let (japanese, english) = (self.reason.trim(), self.reason_english.trim());
        Ok(match (japanese.is_empty(), english.is_empty()) {
            (true, true) => None,
            (false, true) => Some(Text::from_strings(japanese.to_owned(), japanese.to_owned())),
            (true, false) => Some(Text::from_strings(english.to_owned(), english.to_owned())),
            (false, false) => Some(Text::from_strings(japanese.to_owned(), english.to_owned())),
        })
    }
}

fn parse_day(field: &'static str, text: &str) -> Result<Date, ClosureProblem> {
    base::parse_date(text.trim()).map_err(|_| ClosureProblem::new(field, texts::CHOOSE_A_DAY))
}

fn parse_minute(field: &'static str, text: &str, otherwise: u32) -> Result<u32, ClosureProblem> {
    if text.trim().is_empty() {
        return Ok(otherwise);
    }
    parse_time(text).ok_or_else(|| ClosureProblem::new(field, texts::WRITE_A_TIME_LIKE_THIS))
}

fn instant(date: Date, minute: u32) -> Timestamp {
    start_of_day(date).plus(Span::from_mins(i64::from(minute)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-30T10:00:00+09:00".parse().expect("a timestamp")
    }

    fn input(from: (&str, &str), to: (&str, &str)) -> ClosureInput {
        ClosureInput {
            from_date: from.0.to_owned(),
            from_time: from.1.to_owned(),
            to_date: to.0.to_owned(),
            to_time: to.1.to_owned(),
            ..ClosureInput::default()
        }
    }

    #[test]
    fn a_closure_is_an_hour_a_day_or_weeks() {
        let check = |from, to, start: &str, end: &str| {
            let closure = input(from, to).parse(now()).expect("a closure");
            let expected = Period::new(start.parse().unwrap(), end.parse().unwrap());
            assert_eq!(Some(closure.period), expected, "{from:?} {to:?}");
        };
        check(("2026-12-01", ""), ("", ""), "2026-12-01T00:00:00+09:00", "2026-12-02T00:00:00+09:00");
        check(("2026-12-01", "10:00"), ("", "11:00"), "2026-12-01T10:00:00+09:00", "2026-12-01T11:00:00+09:00");
        check(("2026-12-29", ""), ("2027-01-03", ""), "2026-12-29T00:00:00+09:00", "2027-01-04T00:00:00+09:00");
        check(("2026-11-30", "10:00"), ("", ""), "2026-11-30T10:00:00+09:00", "2026-12-01T00:00:00+09:00");
    }

    #[test]
    fn a_closure_that_cannot_be_names_its_field() {
        let check = |from, to, expected| {
            assert_eq!(input(from, to).parse(now()).map_err(|problem| problem.field), Err(expected), "{from:?} {to:?}");
        };
        check(("", ""), ("", ""), "from_date");
        check(("2026-12-01", "ten"), ("", ""), "from_time");
        check(("2026-12-01", ""), ("2026-11-31", ""), "to_date");
        check(("2026-12-01", ""), ("", "25:00"), "to_time");
        check(("2026-12-02", ""), ("2026-12-01", ""), "to_date");
        check(("2026-12-01", "11:00"), ("", "11:00"), "to_date");
        check(("2026-11-29", ""), ("", ""), "to_date");
        check(("2026-12-01", ""), ("2028-12-01", ""), "to_date");
        let doctor = ClosureInput { doctor: "1".to_owned(), ..input(("2026-12-01", ""), ("", "")) };
        assert_eq!(doctor.parse(now()).map_err(|problem| problem.field), Err("doctor"));
        let reason = ClosureInput { reason: "学".repeat(101), ..input(("2026-12-01", ""), ("", "")) };
        assert_eq!(reason.parse(now()).map_err(|problem| problem.field), Err("reason"));
    }
}
