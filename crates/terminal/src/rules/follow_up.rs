//! 再確認の一覧: what the desk must look at again, and why.

use std::{fmt, str::FromStr};

use base::{Date, ReceptionNumber, Timestamp};

use super::{
    appointment::KnownAs,
    finding::{Finding, Settled},
    listed::{Asked, By, Listed},
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
    /// The appointment with the reception's number has another name or birthday, and nobody has said that it is the same
    /// person.
    OtherName,
    /// The service's desk has not been told.
    Untold,
}

/// Something to be looked at again, with what leads back to it. Nothing that names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) about: About,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
    pub(crate) why: Why,
    /// The list that it stands in, where that is known.
    pub(crate) list: Option<Asked>,
    /// The appointment that the service was to be told of.
    pub(crate) untold: Option<KnownAs>,
    /// When the system said that it may be asked again.
    pub(crate) again_at: Option<Timestamp>,
}

impl Noted {
    /// A reception that did not come to its end.
    pub(crate) fn reception(number: ReceptionNumber, visit: Option<Date>, list: Asked, why: Why) -> Self {
        Self { about: About::Reception(number), visit, why, list: Some(list), untold: None, again_at: None }
    }

    /// A list that did not come.
    pub(crate) fn list(list: Asked, why: Why) -> Self {
        let about = About::Day(list.by, list.day);
        Self { about, visit: None, why, list: Some(list), untold: None, again_at: None }
    }

    /// A reception about which nothing was answered; nothing where it has no number to be found by.
    pub(crate) fn unanswered(listed: &Listed, failure: &Failure) -> Option<Self> {
        let why = Why::Trouble(Trouble::of(failure));
        let noted = Self::reception(listed.number?, listed.visit, listed.list, why);
        Some(Self { again_at: failure.again_at(), ..noted })
    }

    /// A list about which nothing was answered.
    pub(crate) fn unlisted(list: Asked, failure: &Failure) -> Self {
        let noted = Self::list(list, Why::Trouble(Trouble::of(failure)));
        Self { again_at: failure.again_at(), ..noted }
    }

    /// Where the desk looks at it again: the list, and the reception in it. Without a list or a visit day nobody knows where
    /// it stands.
    pub(crate) fn leads_to(&self) -> Option<(Asked, Option<ReceptionNumber>)> {
        match self.about {
            About::Day(by, day) => Some((Asked { by, day }, None)),
            About::Reception(number) => {
                let by_visit = self.visit.map(|day| Asked { by: By::Visit, day });
                Some((by_visit.or(self.list)?, Some(number)))
            }
        }
    }
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
    /// The list was still being made.
    Working,
    /// Anything else, for the administrator.
    Other,
}

impl Trouble {
    /// What a failure is to the desk.
    pub(crate) fn of(failure: &Failure) -> Self {
        match failure {
            Failure::Unreachable(_) => Self::Unreachable,
            Failure::Slow(_) => Self::Slow,
            Failure::Closed { .. } => Self::Closed,
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
            Settled::AskAgain | Settled::RegisterAgain | Settled::ChangeSettings => Some(Self::Finding(finding)),
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
            Self::Day(by, day) => Asked { by: *by, day: *day }.fmt(formatter),
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
        let Asked { by, day } = text.parse().map_err(|_| UnknownWord)?;
        Ok(Self::Day(by, day))
    }
}

const TROUBLES: [(Trouble, &str); 6] = [
    (Trouble::Unreachable, "trouble-unreachable"),
    (Trouble::Slow, "trouble-slow"),
    (Trouble::Closed, "trouble-closed"),
    (Trouble::CutOff, "trouble-cut-off"),
    (Trouble::Working, "trouble-working"),
    (Trouble::Other, "trouble-other"),
];

impl fmt::Display for Why {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding(finding) => formatter.write_str(finding.word()),
            Self::OtherName => formatter.write_str("other-name"),
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
        let trouble = TROUBLES.iter().find(|(_, word)| *word == text);
        match (text, trouble) {
            ("other-name", _) => Ok(Self::OtherName),
            ("untold", _) => Ok(Self::Untold),
            (_, Some((trouble, _))) => Ok(Self::Trouble(*trouble)),
            (_, None) => text.parse().map(Self::Finding).map_err(|_| UnknownWord),
        }
    }
}

database::text_column!(About);
database::text_column!(Why);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_does_not_prove_insurance_is_looked_at_again() {
        for finding in Finding::all() {
            let expected = (finding != Finding::Valid).then_some(Why::Finding(finding));
            assert_eq!(Why::of(finding), expected, "{finding}");
        }
    }

    #[test]
    fn each_leads_back_to_where_it_stands() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("follow-up"));
        let (day, other) = (base::parse_date("2026-11-24").unwrap(), base::parse_date("2026-11-20").unwrap());
        let consents = Asked { by: By::Consent, day: other };
        let visits = Asked { by: By::Visit, day };
        let reception = |visit, list| Noted { list, ..Noted::reception(number, visit, consents, Why::OtherName) };
        let check = |noted: Noted, expected| assert_eq!(noted.leads_to(), expected, "{noted:?}");
        check(reception(Some(day), Some(consents)), Some((visits, Some(number))));
        check(reception(None, Some(consents)), Some((consents, Some(number))));
        check(reception(None, None), None);
        check(Noted::list(consents, Why::Trouble(Trouble::Slow)), Some((consents, None)));
    }

    #[test]
    fn what_is_kept_reads_back() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("follow-up"));
        let day = base::parse_date("2026-11-24").unwrap();
        for about in By::ALL.map(|by| About::Day(by, day)).into_iter().chain([About::Reception(number)]) {
            assert_eq!(about.to_string().parse(), Ok(about));
        }
        let mut all = vec![Why::OtherName, Why::Untold];
        all.extend(Finding::all().map(Why::Finding));
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
        // A list that is being made is no failure.
        for (trouble, _) in TROUBLES.into_iter().filter(|(trouble, _)| *trouble != Trouble::Working) {
            assert!(troubles.contains(&trouble), "{trouble:?}");
        }
    }
}
