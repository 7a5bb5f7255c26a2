//! The list of receptions that is asked for, by its days.

use std::{fmt, str::FromStr};

use base::Date;
use oqs::Period;
use serde::{Deserialize, Serialize};

use super::care::Care;

/// How many days a list of 訪問診療等 reaches back. The interface takes a hundred days at once.
const DAYS_BACK: i64 = 91;

base::text_enum! {
    /// The date that the list is selected by, which determines the care: 訪問診療等 have no day of visit. By its text in
    /// addresses, sealed links and the database.
    pub(crate) enum DateCriterion {
        /// 受診年月日 of オンライン診療等
        Visit = "visit",
        /// 同意年月日 of オンライン診療等
        Consent = "consent",
        /// 同意年月日 of 訪問診療等, of the three months up to a day: a consent holds until it is withdrawn, and its day is
        /// rarely known.
        HomeVisit = "home-visit",
    }
}

base::text_serde!(DateCriterion);

impl DateCriterion {
    /// Parses the name in addresses; [`Self::Visit`] if it is absent or unknown.
    pub(crate) fn from_query(text: Option<&str>) -> Self {
        text.and_then(|text| text.parse().ok()).unwrap_or(Self::Visit)
    }

    /// The care of the listed receptions.
    pub(crate) fn care(self) -> Care {
        match self {
            Self::Visit | Self::Consent => Care::Online,
            Self::HomeVisit => Care::HomeVisit,
        }
    }
}

/// The criterion and last day of a list of receptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(rename = "by")]
    pub(crate) criterion: DateCriterion,
    pub(crate) day: Date,
}

impl ListQuery {
    /// The period of the request.
    pub(crate) fn period(self) -> Period {
        let (from, to) = (self.first_day(), self.day);
        match self.criterion {
            DateCriterion::Visit => Period::Examination { from, to },
            DateCriterion::Consent | DateCriterion::HomeVisit => Period::Consent { from, to },
        }
    }

    /// The first day of the list; its last is [`Self::day`].
    pub(crate) fn first_day(self) -> Date {
        match self.criterion {
            DateCriterion::Visit | DateCriterion::Consent => self.day,
            DateCriterion::HomeVisit => add_days(self.day, -DAYS_BACK).unwrap_or(self.day),
        }
    }

    /// The list before this one.
    pub(crate) fn previous_list(self) -> Option<Self> {
        add_days(self.first_day(), -1).map(|day| Self { day, ..self })
    }

    /// The list after this one.
    pub(crate) fn next_list(self) -> Option<Self> {
        let days = if self.criterion == DateCriterion::HomeVisit { DAYS_BACK + 1 } else { 1 };
        add_days(self.day, days).map(|day| Self { day, ..self })
    }

    /// The query string of an address.
    pub(crate) fn to_query_string(self) -> String {
        format!("by={}&day={}", self.criterion.as_str(), self.day)
    }
}

/// A text that names no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of a day")]
pub(crate) struct UnknownList;

/// The form in the database.
impl fmt::Display for ListQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.criterion, self.day)
    }
}

impl FromStr for ListQuery {
    type Err = UnknownList;

    fn from_str(text: &str) -> Result<Self, UnknownList> {
        let (kind, day) = text.split_once(':').ok_or(UnknownList)?;
        let criterion = kind.parse().map_err(|_| UnknownList)?;
        Ok(Self { criterion, day: base::parse_date(day).map_err(|_| UnknownList)? })
    }
}

database::text_column!(ListQuery);

fn add_days(day: Date, days: i64) -> Option<Date> {
    day.checked_add(base::Span::from_hours(24 * days)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_follow_upon_each_other_without_gap_or_overlap() {
        let check = |criterion, days: i64| {
            let list = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            let (previous, next) = (list.previous_list().unwrap(), list.next_list().unwrap());
            assert_eq!(add_days(previous.day, 1), Some(list.first_day()));
            assert_eq!(next.first_day(), list.day.tomorrow().unwrap());
            assert_eq!((previous.next_list(), next.previous_list()), (Some(list), Some(list)));
            assert_eq!(add_days(list.first_day(), days - 1), Some(list.day));
            assert_eq!(DateCriterion::from_query(Some(criterion.as_str())), criterion);
        };
        check(DateCriterion::Visit, 1);
        check(DateCriterion::Consent, 1);
        // The interface takes a hundred days.
        check(DateCriterion::HomeVisit, 92);
        assert_eq!(DateCriterion::from_query(Some("birthday")), DateCriterion::Visit);
    }

    #[test]
    fn only_online_care_is_asked_for_by_the_day_of_visit() {
        let check = |criterion, care, expected| {
            let query = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            let period = matches!(query.period(), Period::Consent { .. });
            assert_eq!((query.criterion.care(), period), (care, expected), "{criterion:?}");
        };
        check(DateCriterion::Visit, Care::Online, false);
        check(DateCriterion::Consent, Care::Online, true);
        check(DateCriterion::HomeVisit, Care::HomeVisit, true);
    }

    #[test]
    fn a_list_reads_back() {
        for criterion in DateCriterion::ALL {
            let list = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            assert_eq!(list.to_string().parse(), Ok(list));
        }
        for wrong in ["", "visit", "visit:soon", "other:2026-11-24"] {
            assert_eq!(wrong.parse::<ListQuery>(), Err(UnknownList), "{wrong}");
        }
    }
}
