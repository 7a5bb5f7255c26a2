//! What goes wrong with what insurers tell of a person, as it does: on demand, for whoever develops against it.

use std::{fmt, str::FromStr};

use base::{Date, Span, start_of_day};

use super::coverage::Coverage;
use crate::Person;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SimulatedFault {
    /// 該当資格なし: no insurer has told anything of the person.
    NotInsured,
    /// 無効: the insurance ended yesterday.
    Ended,
    /// 無効（新しい資格あり）: the insurance ended yesterday, and the next is known and begins tomorrow.
    ChangedInsurer,
    /// 複数該当: another insurer has the person too.
    SeveralInsurers,
    /// What insurers tell comes so many days late.
    Late(u16),
    /// The insurer has the person under a former family name.
    FormerName,
}

/// A word that is no trouble's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a trouble is not-insured, ended, changed-insurer, several-insurers, former-name or late:DAYS")]
pub struct UnknownSimulatedFault;

impl SimulatedFault {
    /// The coverages as they are told on `today`, each with its place among those that are known.
    pub fn apply_to_coverages(trouble: Option<Self>, coverages: Vec<Coverage>, today: Date) -> Vec<(usize, Coverage)> {
        let places = coverages.len();
        let told = coverages.into_iter().enumerate();
        let Some(trouble) = trouble else { return told.collect() };
        let holds = |coverage: &Coverage| coverage.holds_on(today);
        let ended = |(place, coverage): (usize, Coverage)| {
            let lost = if holds(&coverage) { Some(today) } else { coverage.disqualified_on };
            (
                place,
                Coverage {
                    disqualified_on: lost,
                    reason_of_loss: coverage.reason_of_loss.or(Some(oqs::ReasonOfLoss::OtherInsurance)),
                    ..coverage
                },
            )
        };
        match trouble {
            Self::NotInsured => Vec::new(),
            Self::FormerName => told.collect(),
            Self::Ended => told.map(ended).collect(),
            Self::ChangedInsurer => {
                let told: Vec<_> = told.collect();
                let next = told.iter().find(|(_, coverage)| holds(coverage)).map(|(_, coverage)| {
                    (places, Coverage { qualified_on: add_days(today, 1), ..other_insurer_coverage(coverage) })
                });
                told.into_iter().map(ended).chain(next).collect()
            }
            Self::SeveralInsurers => {
                let told: Vec<_> = told.collect();
                let second = told.iter().find(|(_, coverage)| holds(coverage));
                let second = second.map(|(_, coverage)| (places, other_insurer_coverage(coverage)));
                told.into_iter().chain(second).collect()
            }
            Self::Late(days) => {
                let known = add_days(today, -i64::from(days));
                told.filter(|(_, coverage)| coverage.qualified_on <= known)
                    .map(|(place, coverage)| {
                        (
                            place,
                            Coverage {
                                disqualified_on: coverage.disqualified_on.filter(|lost| *lost <= known),
                                ..coverage
                            },
                        )
                    })
                    .collect()
            }
        }
    }

    /// The person as the insurer has him.
    pub fn apply_to_person(trouble: Option<Self>, person: Person) -> Person {
        if trouble != Some(Self::FormerName) {
            return person;
        }
        let given =
            |name: &str, space: char| name.split_once(space).map_or(String::new(), |(_, given)| given.to_owned());
        let name = oqs::FullName::new(&format!("旧姓　{}", given(person.name.as_str(), '　')));
        let kana = oqs::KanaName::new(&format!("ｷｭｳｾｲ {}", given(person.kana.as_str(), ' ')));
        Person { name: name.unwrap_or(person.name), kana: kana.unwrap_or(person.kana), ..person }
    }
}

/// What another insurer has of the same person.
fn other_insurer_coverage(coverage: &Coverage) -> Coverage {
    Coverage {
        // 東京都, a city's 国民健康保険; its check digit holds.
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
    // Noon, so that no clock change moves the day.
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

    fn from_str(word: &str) -> Result<Self, UnknownSimulatedFault> {
        match word {
            "not-insured" => Ok(Self::NotInsured),
            "ended" => Ok(Self::Ended),
            "changed-insurer" => Ok(Self::ChangedInsurer),
            "several-insurers" => Ok(Self::SeveralInsurers),
            "former-name" => Ok(Self::FormerName),
            other => {
                let days = other.strip_prefix("late:").and_then(|days| days.parse().ok());
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

    fn check(trouble: &str, terms: &[(&str, &str)], expected: oqs::QualificationValidity) {
        let trouble: SimulatedFault = trouble.parse().unwrap();
        let today = base::parse_date("2026-11-24").unwrap();
        let told =
            SimulatedFault::apply_to_coverages(Some(trouble), terms.iter().copied().map(coverage).collect(), today);
        let coverages: Vec<_> = told.into_iter().map(|(_, coverage)| coverage).collect();
        assert_eq!(verdict(&coverages, CoverageQuery::Person, today).validity, expected, "{trouble} {terms:?}");
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
        // The end of the old insurance is not known either, so it still answers.
        check("late:5", &[("2020-04-01", "2026-11-20")], Valid);
        check("late:4", &[("2020-04-01", "2026-11-20")], Invalid);
    }

    #[test]
    fn a_trouble_reads_as_it_is_written() {
        for word in ["not-insured", "ended", "changed-insurer", "several-insurers", "former-name", "late:12"] {
            assert_eq!(word.parse::<SimulatedFault>().map(|trouble| trouble.to_string()).as_deref(), Ok(word));
        }
        for word in ["", "late", "late:", "late:-1", "late:99999", "Ended"] {
            assert_eq!(word.parse::<SimulatedFault>(), Err(UnknownSimulatedFault), "{word}");
        }
    }
}
