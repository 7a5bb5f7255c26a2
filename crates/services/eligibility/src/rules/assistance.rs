//! 医療扶助: for which month there is a ticket, and what that means for the verdict.

use base::Date;
use oqs::{InsuredCardClassification, Month, QualificationValidity};

use super::coverage::{Coverage, Verdict};

/// The month whose ticket (医療券) covers a visit on `day`, as known `today`.
///
/// The welfare office issues tickets month by month: there is none for a future month, and none for the month in which the
/// assistance began, for which the office is notified afterwards.
pub fn ticket_month(coverage: &Coverage, day: Date, today: Date) -> Option<Month> {
    let month = Month::from_date(day);
    let assisted = coverage.classification == InsuredCardClassification::MedicalAssistance && coverage.holds_on(day);
    let issued = month <= Month::from_date(today) && coverage.qualified_on <= month.first_day();
    (assisted && issued).then_some(month)
}

/// 有効（未登録）: a person on assistance without a ticket of the month is entitled, and not yet registered with it.
pub fn mark_unregistered(verdict: Verdict, coverages: &[Coverage], day: Date, today: Date) -> Verdict {
    let first_shown = verdict.shown_coverages.first().and_then(|index| coverages.get(*index));
    let lacks_ticket = |coverage: &Coverage| {
        coverage.classification == InsuredCardClassification::MedicalAssistance
            && ticket_month(coverage, day, today).is_none()
    };
    match verdict.validity {
        QualificationValidity::Valid if first_shown.is_some_and(lacks_ticket) => {
            Verdict { validity: QualificationValidity::ValidUnregistered, ..verdict }
        }
        _ => verdict,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::coverage::{CoverageQuery, tests::coverage, verdict};

    fn check(terms: (&str, &str), assisted: bool, day: &str, month: Option<&str>, validity: QualificationValidity) {
        let classification =
            if assisted { InsuredCardClassification::MedicalAssistance } else { InsuredCardClassification::General };
        let coverages = [Coverage { classification, ..coverage(terms) }];
        let (day, today) = (base::parse_date(day).unwrap(), base::parse_date("2026-11-24").unwrap());
        let ticket = ticket_month(&coverages[0], day, today).map(|month| month.to_string());
        assert_eq!(ticket.as_deref(), month, "{terms:?} {day}");
        let verdict = mark_unregistered(verdict(&coverages, CoverageQuery::Person, day), &coverages, day, today);
        assert_eq!(verdict.validity, validity, "{terms:?} {day}");
    }

    #[test]
    fn tickets_are_of_whole_months_that_have_begun() {
        use QualificationValidity::{Invalid, Valid, ValidUnregistered};
        check(("2020-04-01", ""), true, "2026-11-24", Some("2026-11"), Valid);
        check(("2020-04-01", ""), true, "2026-11-30", Some("2026-11"), Valid);
        check(("2026-11-01", ""), true, "2026-11-24", Some("2026-11"), Valid);
        check(("2026-11-02", ""), true, "2026-11-24", None, ValidUnregistered);
        check(("2020-04-01", ""), true, "2026-12-01", None, ValidUnregistered);
        check(("2020-04-01", "2026-11-24"), true, "2026-11-24", None, Invalid);
        check(("2026-11-02", ""), false, "2026-11-24", None, Valid);
    }
}
