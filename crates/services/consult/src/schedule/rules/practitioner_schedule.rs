//! When one doctor receives patients (FHIR: Schedule): weekly hours, sessions on single days, closures.

use base::{Date, Id, InstitutionCode, Span, Timestamp, start_of_day};
use text::Text;

use super::opening::OpeningSchedule;
use crate::practitioners::rules::practitioner::PractitionerId;

/// The id of a closure.
pub type ClosureId = Id<Closure>;

/// 休診: a period in which nobody is received by one doctor, or by the whole institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    pub id: ClosureId,
    pub institution: InstitutionCode,
    /// None if the whole institution is closed.
    pub practitioner: Option<PractitionerId>,
    pub period: Period,
    /// As patients are told it; None if they are told none.
    pub reason: Option<Text>,
}

/// From an instant to another, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    start: Timestamp,
    end: Timestamp,
}

impl Period {
    /// The period, if it does not end before it begins.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The time of a visit.
    pub fn from_minutes(start: Timestamp, minutes: u32) -> Self {
        Self { start, end: start.plus(Span::from_mins(i64::from(minutes.max(1)))) }
    }

    /// The first instant.
    pub fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after the period.
    pub fn end(self) -> Timestamp {
        self.end
    }

    /// Whether both have an instant in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Additional hours of a doctor on one day, public holidays included; in minutes after midnight in Japan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Session {
    pub date: Date,
    pub from_minute: u32,
    pub to_minute: u32,
}

/// Whose hours a schedule has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoursSource {
    /// Those of the institution.
    Institution,
    /// The doctor's own.
    Practitioner,
}

/// When one doctor receives patients.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PractitionerSchedule {
    pub practitioner: PractitionerId,
    /// The hours of every week.
    pub opening: OpeningSchedule,
    pub hours_source: HoursSource,
    pub sessions: Vec<Session>,
    /// The closures of the doctor and of the institution.
    pub closures: Vec<Closure>,
}

impl PractitionerSchedule {
    /// All slots of a day for visits that take `block_minutes`, free or not, in order. In each range of hours they follow one
    /// another from its beginning; those that a closure touches are left out.
    pub fn slots_of_day(&self, date: Date, block_minutes: u32) -> Vec<Timestamp> {
        let midnight = start_of_day(date);
        let mut starts = Vec::new();
        for (from_minute, to_minute) in self.hours_of_day(date) {
            let mut minute = from_minute;
            while minute + block_minutes <= to_minute {
                let start = midnight.plus(Span::from_mins(i64::from(minute)));
                if !self.is_closed(Period::from_minutes(start, block_minutes)) {
                    starts.push(start);
                }
                minute += block_minutes;
            }
        }
        starts
    }

    /// The hours of a day in minutes after midnight, in order. Ranges that touch or overlap are one.
    pub fn hours_of_day(&self, date: Date) -> Vec<(u32, u32)> {
        let sessions = self.sessions.iter().filter(|session| session.date == date);
        let mut ranges: Vec<_> = self
            .opening
            .hours_of_day(date)
            .map(|hours| (hours.from_minute, hours.to_minute))
            .chain(sessions.map(|session| (session.from_minute, session.to_minute)))
            .collect();
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (from, to) in ranges {
            match merged.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ => merged.push((from, to)),
            }
        }
        merged
    }

    /// Whether a closure has an instant in common with a period.
    pub fn is_closed(&self, period: Period) -> bool {
        self.closures.iter().any(|closure| closure.period.overlaps(period))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Weekday;

    use super::{super::opening::OpeningHours, *};

    fn schedule(sessions: &[(&str, u32, u32)], closures: &[(&str, &str)]) -> PractitionerSchedule {
        let randomness = base::Randomness::repeatable("schedule");
        let hours = |weekday, from_minute, to_minute| OpeningHours { weekday, from_minute, to_minute };
        let tokyo = base::Prefecture::from_code(13).expect("Tokyo is a prefecture");
        let closure = |(start, end): &(&str, &str)| Closure {
            id: ClosureId::new(Timestamp::from_seconds(0), &randomness),
            institution: InstitutionCode::from_parts(tokyo, base::ScoreTable::Medical, 1),
            practitioner: None,
            period: Period::new(start.parse().unwrap(), end.parse().unwrap()).expect("a period"),
            reason: None,
        };
        PractitionerSchedule {
            practitioner: PractitionerId::new(Timestamp::from_seconds(0), &randomness),
            opening: OpeningSchedule {
                hours: vec![hours(Weekday::Monday, 9 * 60, 10 * 60), hours(Weekday::Tuesday, 9 * 60, 9 * 60 + 45)],
                closed_on_holidays: true,
            },
            hours_source: HoursSource::Institution,
            sessions: sessions
                .iter()
                .map(|(date, from_minute, to_minute)| Session {
                    date: base::parse_date(date).expect("a date"),
                    from_minute: *from_minute,
                    to_minute: *to_minute,
                })
                .collect(),
            closures: closures.iter().map(closure).collect(),
        }
    }

    fn check(schedule: &PractitionerSchedule, date: &str, block: u32, expected: &[&str]) {
        let starts: Vec<_> = schedule
            .slots_of_day(base::parse_date(date).expect("a date"), block)
            .iter()
            .map(|start| start.to_string()[11..16].to_owned())
            .collect();
        assert_eq!(starts, expected, "{date} {block}");
    }

    #[test]
    fn slots_stand_within_the_hours_in_japan() {
        let schedule = schedule(&[], &[]);
        check(&schedule, "2026-11-30", 15, &["09:00", "09:15", "09:30", "09:45"]);
        check(&schedule, "2026-11-30", 30, &["09:00", "09:30"]);
        check(&schedule, "2026-12-01", 30, &["09:00"]);
        check(&schedule, "2026-12-02", 15, &[]);
        // 勤労感謝の日 is a Monday in 2026.
        check(&schedule, "2026-11-23", 15, &[]);
    }

    #[test]
    fn an_institution_may_open_on_holidays() {
        let mut open = schedule(&[], &[]);
        open.opening.closed_on_holidays = false;
        check(&open, "2026-11-23", 30, &["09:00", "09:30"]);
    }

    #[test]
    fn a_session_adds_hours_to_one_day() {
        let schedule = schedule(&[("2026-11-30", 600, 630), ("2026-12-02", 1200, 1215), ("2026-11-23", 540, 555)], &[]);
        check(&schedule, "2026-11-30", 45, &["09:00", "09:45"]);
        check(&schedule, "2026-12-02", 15, &["20:00"]);
        check(&schedule, "2026-11-23", 15, &["09:00"]);
        check(&schedule, "2026-12-07", 45, &["09:00"]);
    }

    #[test]
    fn a_closure_takes_every_slot_that_it_touches() {
        let an_hour = schedule(&[], &[("2026-11-30T09:20:00+09:00", "2026-11-30T09:40:00+09:00")]);
        check(&an_hour, "2026-11-30", 15, &["09:00", "09:45"]);
        check(&an_hour, "2026-11-30", 30, &[]);
        check(&an_hour, "2026-12-07", 30, &["09:00", "09:30"]);
        let weeks = schedule(&[], &[("2026-11-29T00:00:00+09:00", "2026-12-05T00:00:00+09:00")]);
        check(&weeks, "2026-11-30", 15, &[]);
        check(&weeks, "2026-12-07", 30, &["09:00", "09:30"]);
    }
}
