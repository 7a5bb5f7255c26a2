//! Which rows of a clinic's audit are shown, and how a patient is named in a copy of it.

use std::{fmt, str::FromStr};

use base::{Date, Id, Timestamp, parse_date};
use jiff::ToSpan;
use text::half_width_digits;

use crate::{appointments::rules::AppointmentId, audit::rules::action::AuditAction};

/// How many days are shown unless others are asked for, today included.
const USUAL_DAYS: i64 = 30;

/// Which rows are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditFilter {
    pub(crate) first_day: Date,
    pub(crate) last_day: Date,
    pub(crate) actor: ActorFilter,
    /// None for every action.
    pub(crate) action: Option<AuditAction>,
    /// None for whatever the row is about.
    pub(crate) visit: Option<VisitFilter>,
}

/// The id of an account, as an address has it. That of an account of another clinic finds nothing.
pub(crate) type MemberId = Id<ActorFilter>;

/// Whose actions are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActorFilter {
    Anyone,
    Member(MemberId),
    Patients,
    Service,
}

const PATIENTS: &str = "patients";
const SERVICE: &str = "service";

impl fmt::Display for ActorFilter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => Ok(()),
            Self::Member(id) => id.fmt(formatter),
            Self::Patients => formatter.write_str(PATIENTS),
            Self::Service => formatter.write_str(SERVICE),
        }
    }
}

impl ActorFilter {
    /// The filter of a form. What it does not offer is no filter.
    pub(crate) fn parse(text: &str) -> Self {
        match text {
            PATIENTS => Self::Patients,
            SERVICE => Self::Service,
            text => text.parse().map_or(Self::Anyone, Self::Member),
        }
    }
}

/// The visits whose rows are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VisitFilter {
    Visit(AppointmentId),
    /// 予約番号: three digits, which several visits may have.
    BookingNumber(String),
}

/// What is wrong with the fields of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FilterProblem {
    FirstDay,
    /// The last day is none, or before the first.
    LastDay,
    Visit,
}

/// The fields of a filter, as they are typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(default)]
pub(crate) struct FilterInput {
    pub(crate) from: String,
    pub(crate) to: String,
    #[serde(rename = "by")]
    pub(crate) actor: String,
    pub(crate) action: String,
    pub(crate) visit: String,
}

impl FilterInput {
    /// The filter. Without a first day it begins thirty days before the last, without a last day it ends today.
    pub(crate) fn parse(&self, today: Date) -> Result<AuditFilter, FilterProblem> {
        let last_day = parse_day(&self.to).map_err(|()| FilterProblem::LastDay)?.unwrap_or(today);
        let usual_first = last_day.saturating_sub((USUAL_DAYS - 1).days());
        let first_day = parse_day(&self.from).map_err(|()| FilterProblem::FirstDay)?.unwrap_or(usual_first);
        if last_day < first_day {
            return Err(FilterProblem::LastDay);
        }
        Ok(AuditFilter {
            first_day,
            last_day,
            actor: ActorFilter::parse(&self.actor),
            action: self.action.parse().ok(),
            visit: parse_visit(&self.visit)?,
        })
    }
}

fn parse_day(text: &str) -> Result<Option<Date>, ()> {
    match text.trim() {
        "" => Ok(None),
        text => parse_date(text).map(Some).map_err(|_| ()),
    }
}

fn parse_visit(text: &str) -> Result<Option<VisitFilter>, FilterProblem> {
    let text = half_width_digits(text.trim());
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(Some(VisitFilter::BookingNumber(text)));
    }
    text.parse().map(|id| Some(VisitFilter::Visit(id))).map_err(|_| FilterProblem::Visit)
}

/// The position of a row among those of its chain, the newest first: older rows are before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RowCursor {
    pub(crate) time: Timestamp,
    /// The position in the chain.
    pub(crate) number: i64,
}

impl fmt::Display for RowCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}-{}", self.time.milliseconds(), self.number)
    }
}

impl RowCursor {
    /// The position that stands in an address.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (time, number) = text.split_once('-')?;
        Some(Self { time: Timestamp::from_milliseconds(time.parse().ok()?), number: number.parse().ok()? })
    }
}

/// What verifying a whole chain found, as its own row of the audit says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerificationResult {
    /// All rows are as they were written.
    Whole { rows: i64 },
    /// The row at this position is missing or was changed.
    Faulty { position: i64 },
}

impl fmt::Display for VerificationResult {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole { rows } => write!(formatter, "whole {rows}"),
            Self::Faulty { position } => write!(formatter, "faulty {position}"),
        }
    }
}

impl FromStr for VerificationResult {
    type Err = base::UnknownText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || base::UnknownText::new(&["whole", "faulty"]);
        let (result, number) = text.split_once(' ').ok_or_else(unknown)?;
        let number = number.parse().map_err(|_| unknown())?;
        match result {
            "whole" => Ok(Self::Whole { rows: number }),
            "faulty" => Ok(Self::Faulty { position: number }),
            _ => Err(unknown()),
        }
    }
}

/// A name of which only the first sign of each part is left: 見＊ 花＊.
pub(crate) fn mask_name(name: &str) -> String {
    let mask_part = |part: &str| part.chars().take(1).chain(['＊']).collect::<String>();
    name.split_whitespace().map(mask_part).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rules::action::{AuditAction, DeskView};

    fn date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    fn input(from: &str, to: &str, visit: &str) -> FilterInput {
        FilterInput { from: from.to_owned(), to: to.to_owned(), visit: visit.to_owned(), ..FilterInput::default() }
    }

    #[test]
    fn days_are_thirty_to_today_unless_others_are_asked_for() {
        let check = |from, to, expected: Result<(&str, &str), FilterProblem>| {
            let days = input(from, to, "").parse(date("2026-11-30")).map(|filter| (filter.first_day, filter.last_day));
            assert_eq!(days, expected.map(|(first, last)| (date(first), date(last))), "{from} {to}");
        };
        check("", "", Ok(("2026-11-01", "2026-11-30")));
        check("2026-11-24", "", Ok(("2026-11-24", "2026-11-30")));
        check("", "2026-10-31", Ok(("2026-10-02", "2026-10-31")));
        check("2026-11-24", "2026-11-24", Ok(("2026-11-24", "2026-11-24")));
        check("2026-11-25", "2026-11-24", Err(FilterProblem::LastDay));
        check("yesterday", "", Err(FilterProblem::FirstDay));
        check("", "2026-11-31", Err(FilterProblem::LastDay));
    }

    #[test]
    fn a_visit_is_asked_for_by_its_booking_number_or_its_id() {
        let check = |text: &str, expected| {
            let visit = input("", "", text).parse(date("2026-11-30")).map(|filter| filter.visit);
            assert_eq!(visit, expected, "{text}");
        };
        let id = AppointmentId::new(Timestamp::from_seconds(0), &base::Randomness::repeatable("visit"));
        check("", Ok(None));
        check(" １２３ ", Ok(Some(VisitFilter::BookingNumber("123".to_owned()))));
        check(&id.to_string(), Ok(Some(VisitFilter::Visit(id))));
        check("12", Err(FilterProblem::Visit));
        check("山田", Err(FilterProblem::Visit));
    }

    #[test]
    fn what_stands_in_an_address_is_read_as_it_was_written() {
        let member = MemberId::new(Timestamp::from_seconds(0), &base::Randomness::repeatable("member"));
        for actor in [ActorFilter::Anyone, ActorFilter::Member(member), ActorFilter::Patients, ActorFilter::Service] {
            assert_eq!(ActorFilter::parse(&actor.to_string()), actor);
        }
        let cursor = RowCursor { time: Timestamp::from_milliseconds(1_764_000_000_123), number: 42 };
        assert_eq!(RowCursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(RowCursor::parse("42"), None);
        for result in [VerificationResult::Whole { rows: 12 }, VerificationResult::Faulty { position: 3 }] {
            assert_eq!(result.to_string().parse(), Ok(result));
        }
        assert!("whole".parse::<VerificationResult>().is_err());
        let action = FilterInput { action: "desk.day".to_owned(), ..FilterInput::default() };
        let filter = action.parse(date("2026-11-30")).expect("a filter");
        assert_eq!(filter.action, Some(AuditAction::DeskView(DeskView::Day)));
    }

    #[test]
    fn a_masked_name_keeps_one_sign_of_each_part() {
        let check = |name, expected| assert_eq!(mask_name(name), expected, "{name}");
        check("見本　花子", "見＊ 花＊");
        check("Taro Mihon", "T＊ M＊");
        check("林", "林＊");
        check("", "");
    }
}
