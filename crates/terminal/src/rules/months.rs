//! 診療年月: from which month to which medical information is asked for.

use base::Date;
use oqs::Month;

/// As many months back as may be chosen. The real one shows five years.
const MONTHS_BACK: usize = 60;

/// How many months are shown before anybody chooses, this one among them.
const DEFAULT_MONTHS: usize = 12;

/// From which month to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MonthRange {
    pub(crate) from: Month,
    pub(crate) to: Month,
}

/// Months that cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongMonthRange;

impl MonthRange {
    /// Those that are shown before anybody chooses.
    pub(crate) fn default_range(today: Date) -> Self {
        let offered = selectable_months(today);
        let to = Month::from_date(today);
        Self { from: offered.get(DEFAULT_MONTHS - 1).copied().unwrap_or(to), to }
    }

    /// Those that were chosen, as `YYYY-MM`; where nothing was said, those shown at first.
    pub(crate) fn parse_range(from: Option<&str>, to: Option<&str>, today: Date) -> Result<Self, WrongMonthRange> {
        let first = Self::default_range(today);
        let read = |text: Option<&str>, otherwise| match text {
            None => Ok(otherwise),
            Some(text) => {
                let day = base::parse_date(&format!("{text}-01")).map_err(|_| WrongMonthRange)?;
                Some(Month::from_date(day))
                    .filter(|month| selectable_months(today).contains(month))
                    .ok_or(WrongMonthRange)
            }
        };
        let chosen = Self { from: read(from, first.from)?, to: read(to, first.to)? };
        if chosen.from <= chosen.to { Ok(chosen) } else { Err(WrongMonthRange) }
    }
}

/// The months that may be chosen, this one first.
pub(crate) fn selectable_months(today: Date) -> Vec<Month> {
    std::iter::successors(Some(today.first_of_month()), |day| day.yesterday().ok().map(Date::first_of_month))
        .take(MONTHS_BACK)
        .map(Month::from_date)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: Option<&str>, to: Option<&str>, expected: Option<(&str, &str)>) {
        let today = base::parse_date("2026-11-24").unwrap();
        let chosen = MonthRange::parse_range(from, to, today).ok();
        let shown = chosen.map(|months| (months.from.to_string(), months.to.to_string()));
        assert_eq!(shown.as_ref().map(|(from, to)| (from.as_str(), to.as_str())), expected, "{from:?} {to:?}");
    }

    #[test]
    fn months_are_of_the_last_five_years_and_in_order() {
        check(None, None, Some(("2025-12", "2026-11")));
        check(Some("2026-03"), None, Some(("2026-03", "2026-11")));
        check(Some("2021-12"), Some("2021-12"), Some(("2021-12", "2021-12")));
        check(Some("2021-11"), None, None);
        check(None, Some("2026-12"), None);
        check(Some("2026-11"), Some("2026-10"), None);
        check(Some("2026-13"), None, None);
        check(Some("nonsense"), None, None);
    }
}
