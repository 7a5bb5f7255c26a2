//! 再確認の一覧: what the desk must look at again, and why.

use std::{fmt, str::FromStr};

use base::{Date, ReceptionNumber};

use super::{
    finding::{Finding, Settled},
    listed::By,
};
use crate::client::Failure;

/// What is to be looked at again. Nobody's name stands here: the number leads to the person, at the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// One reception.
    Reception(ReceptionNumber),
    /// All receptions of a day: the list itself did not come.
    Day(By, Date),
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The answer does not prove insurance.
    Finding(Finding),
    /// There was no answer.
    Trouble(Trouble),
    /// The service's desk could not be told.
    Untold,
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nobody answered.
    Unreachable,
    /// It took too long.
    Slow,
    /// The system is closed.
    Closed,
    /// The answer was cut off.
    CutOff,
    /// Anything else, for the administrator.
    Other,
}

impl Trouble {
    /// What a failure is to the desk.
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Unreachable(_) => Self::Unreachable,
            Failure::Slow(_) => Self::Slow,
            Failure::Closed => Self::Closed,
            Failure::CutOff(_) => Self::CutOff,
            _ => Self::Other,
        }
    }
}

impl Why {
    /// Why a reception that says this must be looked at again; nothing where it need not.
    pub(crate) fn of(finding: Finding) -> Option<Self> {
        match finding.settles() {
            Settled::Done => None,
            Settled::AskAgain => Some(Self::Finding(finding)),
        }
    }
}

/// A text that is none of the words below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not what is to be looked at again")]
pub(crate) struct UnknownWord;

impl fmt::Display for About {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reception(number) => write!(formatter, "reception:{number}"),
            Self::Day(by, day) => write!(formatter, "{}:{day}", by.word()),
        }
    }
}

impl FromStr for About {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let (kind, rest) = text.split_once(':').ok_or(UnknownWord)?;
        if kind == "reception" {
            return rest.parse().map(Self::Reception).map_err(|_| UnknownWord);
        }
        let by = By::ALL.into_iter().find(|by| by.word() == kind).ok_or(UnknownWord)?;
        Ok(Self::Day(by, base::parse_date(rest).map_err(|_| UnknownWord)?))
    }
}

const TROUBLES: [(Trouble, &str); 5] = [
    (Trouble::Unreachable, "trouble-unreachable"),
    (Trouble::Slow, "trouble-slow"),
    (Trouble::Closed, "trouble-closed"),
    (Trouble::CutOff, "trouble-cut-off"),
    (Trouble::Other, "trouble-other"),
];

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding(finding) => formatter.write_str(finding.word()),
            Self::Untold => formatter.write_str("untold"),
            Self::Trouble(trouble) => {
                let word =
                    TROUBLES.iter().find(|(other, _)| other == trouble).map_or("trouble-other", |(_, word)| word);
                formatter.write_str(word)
            }
        }
    }
}

impl FromStr for Why {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        if text == "untold" {
            return Ok(Self::Untold);
        }
        match TROUBLES.iter().find(|(_, word)| *word == text) {
            Some((trouble, _)) => Ok(Self::Trouble(*trouble)),
            None => text.parse().map(Self::Finding).map_err(|_| UnknownWord),
        }
    }
}

database::text_column!(About);
database::text_column!(Why);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::finding::Reason;

    #[test]
    fn only_what_does_not_prove_insurance_is_looked_at_again() {
        assert_eq!(Why::of(Finding::Valid), None);
        assert_eq!(Why::of(Finding::ValidUnregistered), None);
        for finding in [Finding::Invalid, Finding::NotFound, Finding::Several, Finding::Unsaid] {
            assert_eq!(Why::of(finding), Some(Why::Finding(finding)));
        }
    }

    #[test]
    fn what_is_kept_reads_back() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("follow-up"));
        let day = base::parse_date("2026-11-24").unwrap();
        for about in By::ALL.map(|by| About::Day(by, day)).into_iter().chain([About::Reception(number)]) {
            assert_eq!(about.to_string().parse(), Ok(about));
        }
        let mut all = vec![Why::Untold, Why::Finding(Finding::NotFound), Why::Finding(Finding::Hidden(Reason::Other))];
        all.extend(TROUBLES.map(|(trouble, _)| Why::Trouble(trouble)));
        for why in all {
            assert_eq!(why.to_string().parse(), Ok(why));
        }
        for wrong in ["", "reception", "reception:12", "visit:soon", "other:2026-11-24"] {
            assert_eq!(wrong.parse::<About>(), Err(UnknownWord), "{wrong}");
        }
        assert_eq!("something".parse::<Why>(), Err(UnknownWord));
    }

    #[test]
    fn each_failure_is_a_trouble() {
        let troubles: Vec<_> = Failure::examples().iter().map(Trouble::of).collect();
        for (trouble, _) in TROUBLES {
            assert!(troubles.contains(&trouble), "{trouble:?}");
        }
    }
}
