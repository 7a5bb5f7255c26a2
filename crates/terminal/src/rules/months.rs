//! 診療年月: from which month to which medical information is asked for.

use base::Date;
use oqs::Month;

/// As many months back as may be chosen. The real one shows five years.
const MONTHS_BACK: usize = 60;

/// How many months are shown before anybody chooses, this one among them.
const AT_FIRST: usize = 12;

/// From which month to which.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Months {
    pub(crate) from: Month,
    pub(crate) to: Month,
}

/// Months that cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongMonths;

impl Months {
    /// Those that are shown before anybody chooses.
    pub(crate) fn at_first(today: Date) -> Self {
        let offered = offered(today);
        let to = Month::of(today);
        Self { from: offered.get(AT_FIRST - 1).copied().unwrap_or(to), to }
    }

    /// Those that were chosen, as `YYYY-MM`; where nothing was said, those shown at first.
    pub(crate) fn chosen(from: Option<&str>, to: Option<&str>, today: Date) -> Result<Self, WrongMonths> {
        let first = Self::at_first(today);
        let read = |text: Option<&str>, otherwise| match text {
            None => Ok(otherwise),
            Some(text) => {
                let day = base::parse_date(&format!("{text}-01")).map_err(|_| WrongMonths)?;
                Some(Month::of(day)).filter(|month| offered(today).contains(month)).ok_or(WrongMonths)
            }
        };
        let chosen = Self { from: read(from, first.from)?, to: read(to, first.to)? };
        if chosen.from <= chosen.to { Ok(chosen) } else { Err(WrongMonths) }
    }
}

/// The months that may be chosen, this one first.
pub(crate) fn offered(today: Date) -> Vec<Month> {
    std::iter::successors(Some(today.first_of_month()), |day| day.yesterday().ok().map(Date::first_of_month))
        .take(MONTHS_BACK)
        .map(Month::of)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(from: Option<&str>, to: Option<&str>, expected: Option<(&str, &str)>) {
        let today = base::parse_date("2026-11-24").unwrap();
        let chosen = Months::chosen(from, to, today).ok();
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
