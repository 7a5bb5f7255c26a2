//! Simulated faults in what insurers report of a person, on demand, for developers of clients.

use std::{fmt, str::FromStr};

use base::{Date, Span, start_of_day};

use super::coverage::Coverage;
use crate::Person;

/// A simulated fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SimulatedFault {
    /// 該当資格なし: no insurer has reported the person.
    NotInsured,
    /// 無効: the coverage ended yesterday.
    Ended,
    /// 無効（新しい資格あり）: the coverage ended yesterday, and a known one begins tomorrow.
    ChangedInsurer,
    /// 複数該当: another insurer covers the person too.
    SeveralInsurers,
    /// Reports of insurers are so many days late.
    Late(u16),
    /// The insurer knows the person under a former family name.
    FormerName,
}

/// A text that names no simulated fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a trouble is not-insured, ended, changed-insurer, several-insurers, former-name or late:DAYS")]
pub struct UnknownSimulatedFault;

impl SimulatedFault {
    /// The coverages as reported on `today`, each with its index among the actual ones.
    pub fn apply_to_coverages(fault: Option<Self>, coverages: Vec<Coverage>, today: Date) -> Vec<(usize, Coverage)> {
        let count = coverages.len();
        let reported = coverages.into_iter().enumerate();
        let Some(fault) = fault else { return reported.collect() };
        let holds_today = |coverage: &Coverage| coverage.holds_on(today);
        let end_coverage = |(index, coverage): (usize, Coverage)| {
            let lost = if holds_today(&coverage) { Some(today) } else { coverage.disqualified_on };
            (
                index,
                Coverage {
                    disqualified_on: lost,
                    reason_of_loss: coverage.reason_of_loss.or(Some(oqs::ReasonOfLoss::OtherInsurance)),
                    ..coverage
                },
            )
        };
        match fault {
            Self::NotInsured => Vec::new(),
            Self::FormerName => reported.collect(),
            Self::Ended => reported.map(end_coverage).collect(),
            Self::ChangedInsurer => {
                let reported: Vec<_> = reported.collect();
                let next = reported.iter().find(|(_, coverage)| holds_today(coverage)).map(|(_, coverage)| {
                    (count, Coverage { qualified_on: add_days(today, 1), ..other_insurer_coverage(coverage) })
                });
                reported.into_iter().map(end_coverage).chain(next).collect()
            }
            Self::SeveralInsurers => {
                let reported: Vec<_> = reported.collect();
                let second = reported.iter().find(|(_, coverage)| holds_today(coverage));
                let second = second.map(|(_, coverage)| (count, other_insurer_coverage(coverage)));
                reported.into_iter().chain(second).collect()
            }
            Self::Late(days) => {
                let reported_until = add_days(today, -i64::from(days));
                reported
                    .filter(|(_, coverage)| coverage.qualified_on <= reported_until)
                    .map(|(index, coverage)| {
                        (
                            index,
                            Coverage {
                                disqualified_on: coverage.disqualified_on.filter(|lost| *lost <= reported_until),
                                ..coverage
                            },
                        )
                    })
                    .collect()
            }
        }
    }

    /// The person as the insurer reports them.
    pub fn apply_to_person(fault: Option<Self>, person: Person) -> Person {
        if fault != Some(Self::FormerName) {
            return person;
        }
        let given_name = |name: &str, space: char| {
            name.split_once(space).map_or(String::new(), |(_, given_name)| given_name.to_owned())
        };
        let name = oqs::FullName::new(&format!("旧姓　{}", given_name(person.name.as_str(), '　')));
        let kana = oqs::KanaName::new(&format!("ｷｭｳｾｲ {}", given_name(person.kana.as_str(), ' ')));
        Person { name: name.unwrap_or(person.name), kana: kana.unwrap_or(person.kana), ..person }
    }
}

/// A coverage of another insurer for the same person.
fn other_insurer_coverage(coverage: &Coverage) -> Coverage {
    Coverage {
        // 東京都, a city's 国民健康保険, with a valid check digit.
        insurer: "138057".parse().expect("the number has its check digit"),
        insurer_name: "別の保険者（模擬）".to_owned(),
        symbol: None,
        number: oqs::CardNumber::new("90000001").expect("eight digits are a number"),
        disqualified_on: None,
        reason_of_loss: None,
        ..coverage.clone()
    }
}

fn add_days(day: Date, days: i64) -> Date {
    // Noon, so that a clock change does not move the day.
    start_of_day(day).plus(Span::from_hours(24 * days + 12)).japan_date()
}

impl fmt::Display for SimulatedFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInsured => formatter.write_str("not-insured"),
            Self::Ended => formatter.write_str("ended"),
            Self::ChangedInsurer => formatter.write_str("changed-insurer"),
            Self::SeveralInsurers => formatter.write_str("several-insurers"),
            Self::FormerName => formatter.write_str("former-name"),
            Self::Late(days) => write!(formatter, "late:{days}"),
        }
    }
}

impl FromStr for SimulatedFault {
    type Err = UnknownSimulatedFault;

    fn from_str(text: &str) -> Result<Self, UnknownSimulatedFault> {
        match text {
            "not-insured" => Ok(Self::NotInsured),
            "ended" => Ok(Self::Ended),
            "changed-insurer" => Ok(Self::ChangedInsurer),
            "several-insurers" => Ok(Self::SeveralInsurers),
            "former-name" => Ok(Self::FormerName),
            text => {
                let days = text.strip_prefix("late:").and_then(|days| days.parse().ok());
                days.map(Self::Late).ok_or(UnknownSimulatedFault)
            }
        }
    }
}

database::text_column!(SimulatedFault);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::coverage::{CoverageQuery, tests::coverage, verdict};

    fn check(fault: &str, terms: &[(&str, &str)], expected: oqs::QualificationValidity) {
        let fault: SimulatedFault = fault.parse().unwrap();
        let today = base::parse_date("2026-11-24").unwrap();
        let reported =
            SimulatedFault::apply_to_coverages(Some(fault), terms.iter().copied().map(coverage).collect(), today);
        let coverages: Vec<_> = reported.into_iter().map(|(_, coverage)| coverage).collect();
        assert_eq!(verdict(&coverages, CoverageQuery::Person, today).validity, expected, "{fault} {terms:?}");
    }

    #[test]
    fn each_trouble_has_its_verdict() {
        use oqs::QualificationValidity::{Invalid, InvalidWithNewer, NotFound, Several, Valid};
        let insured = [("2020-04-01", "")];
        check("not-insured", &insured, NotFound);
        check("ended", &insured, Invalid);
        check("changed-insurer", &insured, InvalidWithNewer);
        check("several-insurers", &insured, Several);
        check("former-name", &insured, Valid);
        let changed = [("2020-04-01", "2026-11-20"), ("2026-11-20", "")];
        check("late:0", &changed, Valid);
        check("late:4", &changed, Valid);
        check("late:5", &[("2026-11-20", "")], NotFound);
        check("late:4", &[("2026-11-20", "")], Valid);
        // The end of the former coverage is not reported either, so it still counts.
        check("late:5", &[("2020-04-01", "2026-11-20")], Valid);
        check("late:4", &[("2020-04-01", "2026-11-20")], Invalid);
    }

    #[test]
    fn a_trouble_reads_as_it_is_written() {
        for text in ["not-insured", "ended", "changed-insurer", "several-insurers", "former-name", "late:12"] {
            assert_eq!(text.parse::<SimulatedFault>().map(|fault| fault.to_string()).as_deref(), Ok(text));
        }
        for text in ["", "late", "late:", "late:-1", "late:99999", "Ended"] {
            assert_eq!(text.parse::<SimulatedFault>(), Err(UnknownSimulatedFault), "{text}");
        }
    }
}
