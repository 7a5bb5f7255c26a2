//! 再確認の一覧: what the desk must look at again, and why.

use std::{fmt, str::FromStr};

use base::{Date, ReceptionNumber, Timestamp};

use super::{
    appointment::ServiceAppointment,
    finding::{Finding, NextAction},
    reception_list::{DateCriterion, ListQuery, ListedReception},
};
use crate::client::EligibilityError;

/// What is to be looked at again. Nobody's name stands here: the number leads to the person, at the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FollowUpSubject {
    /// One reception.
    Reception(ReceptionNumber),
    /// All receptions of a day: the list itself did not come.
    Day(DateCriterion, Date),
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FollowUpReason {
    /// The answer does not prove insurance.
    Finding(Finding),
    /// There was no answer.
    LookupFailure(LookupFailure),
    /// The appointment with the reception's number has another name or birthday, and nobody has said that it is the same
    /// person.
    OtherName,
    /// The service's desk has not been told.
    ServiceNotInformed,
}

/// Something to be looked at again, with what leads back to it. Nothing that names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUpNote {
    pub(crate) subject: FollowUpSubject,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
    pub(crate) reason: FollowUpReason,
    /// The list that it stands in, where that is known.
    pub(crate) list: Option<ListQuery>,
    /// The appointment that the service was to be told of.
    pub(crate) unreported_appointment: Option<ServiceAppointment>,
    /// When the system said that it may be asked again.
    pub(crate) retry_at: Option<Timestamp>,
}

impl FollowUpNote {
    /// A reception that did not come to its end.
    pub(crate) fn for_reception(
        number: ReceptionNumber,
        visit: Option<Date>,
        list: ListQuery,
        why: FollowUpReason,
    ) -> Self {
        Self {
            subject: FollowUpSubject::Reception(number),
            visit,
            reason: why,
            list: Some(list),
            unreported_appointment: None,
            retry_at: None,
        }
    }

    /// A list that did not come.
    pub(crate) fn for_list(list: ListQuery, why: FollowUpReason) -> Self {
        let about = FollowUpSubject::Day(list.criterion, list.day);
        Self {
            subject: about,
            visit: None,
            reason: why,
            list: Some(list),
            unreported_appointment: None,
            retry_at: None,
        }
    }

    /// A reception about which nothing was answered; nothing where it has no number to be found by.
    pub(crate) fn for_failed_reception(listed: &ListedReception, failure: &EligibilityError) -> Option<Self> {
        let why = FollowUpReason::LookupFailure(LookupFailure::from_error(failure));
        let noted = Self::for_reception(listed.number?, listed.visit, listed.list, why);
        Some(Self { retry_at: failure.retry_at(), ..noted })
    }

    /// A list about which nothing was answered.
    pub(crate) fn for_failed_list(list: ListQuery, failure: &EligibilityError) -> Self {
        let noted = Self::for_list(list, FollowUpReason::LookupFailure(LookupFailure::from_error(failure)));
        Self { retry_at: failure.retry_at(), ..noted }
    }

    /// Where the desk looks at it again: the list, and the reception in it. Without a list or a visit day nobody knows where
    /// it stands.
    pub(crate) fn list_position(&self) -> Option<(ListQuery, Option<ReceptionNumber>)> {
        match self.subject {
            FollowUpSubject::Day(by, day) => Some((ListQuery { criterion: by, day }, None)),
            FollowUpSubject::Reception(number) => {
                let by_visit = self.visit.map(|day| ListQuery { criterion: DateCriterion::Visit, day });
                Some((by_visit.or(self.list)?, Some(number)))
            }
        }
    }
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookupFailure {
    /// Nobody answered.
    Unreachable,
    /// It took too long.
    Timeout,
    /// The system is closed.
    Closed,
    /// The answer was cut off.
    CutOff,
    /// The list was still being made.
    InProgress,
    /// Anything else, for the administrator.
    Other,
}

impl LookupFailure {
    /// What a failure is to the desk.
    pub(crate) fn from_error(failure: &EligibilityError) -> Self {
        match failure {
            EligibilityError::Unreachable(_) => Self::Unreachable,
            EligibilityError::Timeout(_) => Self::Timeout,
            EligibilityError::Closed { .. } => Self::Closed,
            EligibilityError::CutOff(_) => Self::CutOff,
            _ => Self::Other,
        }
    }
}

impl FollowUpReason {
    /// Why a reception that says this must be looked at again; nothing where it need not.
    pub(crate) fn from_finding(finding: Finding) -> Option<Self> {
        match finding.next_action() {
            NextAction::Done => None,
            NextAction::CheckAgain | NextAction::RegisterAgain | NextAction::ChangeSettings => {
                Some(Self::Finding(finding))
            }
        }
    }
}

/// A text that is none of the words below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not what is to be looked at again")]
pub(crate) struct UnknownCode;

impl fmt::Display for FollowUpSubject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reception(number) => write!(formatter, "reception:{number}"),
            Self::Day(by, day) => ListQuery { criterion: *by, day: *day }.fmt(formatter),
        }
    }
}

impl FromStr for FollowUpSubject {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let (kind, rest) = text.split_once(':').ok_or(UnknownCode)?;
        if kind == "reception" {
            return rest.parse().map(Self::Reception).map_err(|_| UnknownCode);
        }
        let ListQuery { criterion: by, day } = text.parse().map_err(|_| UnknownCode)?;
        Ok(Self::Day(by, day))
    }
}

const LOOKUP_FAILURE_CODES: [(LookupFailure, &str); 6] = [
    (LookupFailure::Unreachable, "trouble-unreachable"),
    (LookupFailure::Timeout, "trouble-slow"),
    (LookupFailure::Closed, "trouble-closed"),
    (LookupFailure::CutOff, "trouble-cut-off"),
    (LookupFailure::InProgress, "trouble-working"),
    (LookupFailure::Other, "trouble-other"),
];

impl fmt::Display for FollowUpReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finding(finding) => formatter.write_str(finding.as_str()),
            Self::OtherName => formatter.write_str("other-name"),
            Self::ServiceNotInformed => formatter.write_str("untold"),
            Self::LookupFailure(trouble) => {
                let word = LOOKUP_FAILURE_CODES
                    .iter()
                    .find(|(other, _)| other == trouble)
                    .map_or("trouble-other", |(_, word)| word);
                formatter.write_str(word)
            }
        }
    }
}

impl FromStr for FollowUpReason {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let trouble = LOOKUP_FAILURE_CODES.iter().find(|(_, word)| *word == text);
        match (text, trouble) {
            ("other-name", _) => Ok(Self::OtherName),
            ("untold", _) => Ok(Self::ServiceNotInformed),
            (_, Some((trouble, _))) => Ok(Self::LookupFailure(*trouble)),
            (_, None) => text.parse().map(Self::Finding).map_err(|_| UnknownCode),
        }
    }
}

database::text_column!(FollowUpSubject);
database::text_column!(FollowUpReason);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_does_not_prove_insurance_is_looked_at_again() {
        for finding in Finding::all() {
            let expected = (finding != Finding::Valid).then_some(FollowUpReason::Finding(finding));
            assert_eq!(FollowUpReason::from_finding(finding), expected, "{finding}");
        }
    }

    #[test]
    fn each_leads_back_to_where_it_stands() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("follow-up"));
        let (day, other) = (base::parse_date("2026-11-24").unwrap(), base::parse_date("2026-11-20").unwrap());
        let consents = ListQuery { criterion: DateCriterion::Consent, day: other };
        let visits = ListQuery { criterion: DateCriterion::Visit, day };
        let reception = |visit, list| FollowUpNote {
            list,
            ..FollowUpNote::for_reception(number, visit, consents, FollowUpReason::OtherName)
        };
        let check = |noted: FollowUpNote, expected| assert_eq!(noted.list_position(), expected, "{noted:?}");
        check(reception(Some(day), Some(consents)), Some((visits, Some(number))));
        check(reception(None, Some(consents)), Some((consents, Some(number))));
        check(reception(None, None), None);
        check(
            FollowUpNote::for_list(consents, FollowUpReason::LookupFailure(LookupFailure::Timeout)),
            Some((consents, None)),
        );
    }

    #[test]
    fn what_is_kept_reads_back() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("follow-up"));
        let day = base::parse_date("2026-11-24").unwrap();
        for about in DateCriterion::ALL
            .map(|by| FollowUpSubject::Day(by, day))
            .into_iter()
            .chain([FollowUpSubject::Reception(number)])
        {
            assert_eq!(about.to_string().parse(), Ok(about));
        }
        let mut all = vec![FollowUpReason::OtherName, FollowUpReason::ServiceNotInformed];
        all.extend(Finding::all().map(FollowUpReason::Finding));
        all.extend(LOOKUP_FAILURE_CODES.map(|(trouble, _)| FollowUpReason::LookupFailure(trouble)));
        for why in all {
            assert_eq!(why.to_string().parse(), Ok(why));
        }
        for wrong in ["", "reception", "reception:12", "visit:soon", "other:2026-11-24"] {
            assert_eq!(wrong.parse::<FollowUpSubject>(), Err(UnknownCode), "{wrong}");
        }
        assert_eq!("something".parse::<FollowUpReason>(), Err(UnknownCode));
    }

    #[test]
    fn each_failure_is_a_trouble() {
        let troubles: Vec<_> = EligibilityError::examples().iter().map(LookupFailure::from_error).collect();
        // A list that is being made is no failure.
        for (trouble, _) in
            LOOKUP_FAILURE_CODES.into_iter().filter(|(trouble, _)| *trouble != LookupFailure::InProgress)
        {
            assert!(troubles.contains(&trouble), "{trouble:?}");
        }
    }
}
