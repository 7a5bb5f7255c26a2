//! The kinds of medical information, and 診療年月: the range of months that they are requested for.

use base::Date;
use oqs::Month;

use crate::eligibility::rules::ConsentItem;

/// The kinds of medical information in the layout of medicines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecordKind {
    /// 薬剤情報
    Medicines,
    /// 診療情報
    Diagnoses,
    /// 手術情報
    Operations,
}

base::text_enum! {
    /// The kinds of medical information, each with a page; by their texts in addresses.
    pub(crate) enum MedicalKind {
        Medicines = "medicines",
        Diagnoses = "diagnoses",
        Operations = "operations",
        CheckUps = "check-ups",
    }
}

impl MedicalKind {
    pub(crate) fn consent_item(self) -> ConsentItem {
        match self {
            Self::Medicines => ConsentItem::Medicines,
            Self::Diagnoses => ConsentItem::Diagnoses,
            Self::Operations => ConsentItem::Operations,
            Self::CheckUps => ConsentItem::CheckUps,
        }
    }

    pub(crate) fn record_kind(self) -> Option<RecordKind> {
        match self {
            Self::Medicines => Some(RecordKind::Medicines),
            Self::Diagnoses => Some(RecordKind::Diagnoses),
            Self::Operations => Some(RecordKind::Operations),
            Self::CheckUps => None,
        }
    }
}

/// How many months can be selected: five years, as at the real terminal.
const MONTHS_BACK: usize = 60;

/// How many months are shown at first, this one included.
const DEFAULT_MONTHS: usize = 12;

/// A range of months, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MonthRange {
    pub(crate) from: Month,
    pub(crate) to: Month,
}

/// Months that cannot be selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongMonthRange;

impl MonthRange {
    /// The months that are shown at first.
    pub(crate) fn default_range(today: Date) -> Self {
        let months = selectable_months(today);
        let to = Month::from_date(today);
        Self { from: months.get(DEFAULT_MONTHS - 1).copied().unwrap_or(to), to }
    }

    /// Parses months as `YYYY-MM`; an absent end is that of the default range.
    pub(crate) fn parse_range(from: Option<&str>, to: Option<&str>, today: Date) -> Result<Self, WrongMonthRange> {
        let default = Self::default_range(today);
        let parse = |text: Option<&str>, absent| match text {
            None => Ok(absent),
            Some(text) => {
                let day = base::parse_date(&format!("{text}-01")).map_err(|_| WrongMonthRange)?;
                Some(Month::from_date(day))
                    .filter(|month| selectable_months(today).contains(month))
                    .ok_or(WrongMonthRange)
            }
        };
        let range = Self { from: parse(from, default.from)?, to: parse(to, default.to)? };
        if range.from <= range.to { Ok(range) } else { Err(WrongMonthRange) }
    }
}

/// The months that can be selected, this one first.
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
        let range = MonthRange::parse_range(from, to, today).ok();
        let actual = range.map(|months| (months.from.to_string(), months.to.to_string()));
        assert_eq!(actual.as_ref().map(|(from, to)| (from.as_str(), to.as_str())), expected, "{from:?} {to:?}");
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
