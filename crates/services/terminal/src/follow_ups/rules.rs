//! 再確認の一覧: what the desk must check again, and why.

use std::{fmt, str::FromStr};

use base::{Date, ReceptionNumber, Timestamp};

use crate::{
    appointments::rules::ServiceAppointment,
    eligibility::rules::{DateCriterion, Finding, ListQuery, NextAction},
};

/// What is to be checked again. It names no person: only the eligibility system knows whose number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FollowUpSubject {
    Reception(ReceptionNumber),
    /// All receptions of a day: the list itself was not received.
    Day(DateCriterion, Date),
}

/// Why it is to be checked again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FollowUpReason {
    /// The response does not prove insurance.
    Finding(Finding),
    /// There was no response.
    LookupFailure(LookupFailure),
    /// The appointment with the reception's number has another name or birthday, and the desk has not confirmed that it is
    /// the same person.
    OtherName,
    /// The service has not been informed of the proof.
    ServiceNotInformed,
}

/// An entry of the follow-up list, with what is needed to find the reception again. It names no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FollowUpNote {
    pub(crate) subject: FollowUpSubject,
    /// 受診年月日
    pub(crate) visit: Option<Date>,
    pub(crate) reason: FollowUpReason,
    /// The list that the reception is in, if known.
    pub(crate) list: Option<ListQuery>,
    /// The appointment that is to be reported to the service.
    pub(crate) unreported_appointment: Option<ServiceAppointment>,
    /// The earliest time of the next request, from the system's `Retry-After`.
    pub(crate) retry_at: Option<Timestamp>,
}

impl FollowUpNote {
    pub(crate) fn for_reception(
        number: ReceptionNumber,
        visit: Option<Date>,
        list: ListQuery,
        reason: FollowUpReason,
    ) -> Self {
        Self {
            subject: FollowUpSubject::Reception(number),
            visit,
            reason,
            list: Some(list),
            unreported_appointment: None,
            retry_at: None,
        }
    }

    pub(crate) fn for_list(list: ListQuery, reason: FollowUpReason) -> Self {
        let subject = FollowUpSubject::Day(list.criterion, list.day);
        Self { subject, visit: None, reason, list: Some(list), unreported_appointment: None, retry_at: None }
    }

    /// A reception whose request failed.
    pub(crate) fn for_failed_reception(
        number: ReceptionNumber,
        visit: Option<Date>,
        list: ListQuery,
        FailedLookup { failure, retry_at }: FailedLookup,
    ) -> Self {
        let reason = FollowUpReason::LookupFailure(failure);
        Self { retry_at, ..Self::for_reception(number, visit, list, reason) }
    }

    /// A list whose request failed.
    pub(crate) fn for_failed_list(list: ListQuery, FailedLookup { failure, retry_at }: FailedLookup) -> Self {
        Self { retry_at, ..Self::for_list(list, FollowUpReason::LookupFailure(failure)) }
    }

    /// Where the desk finds it again: the list, and the reception in it. `None` if neither list nor day of visit is
    /// known.
    pub(crate) fn list_position(&self) -> Option<(ListQuery, Option<ReceptionNumber>)> {
        match self.subject {
            FollowUpSubject::Day(criterion, day) => Some((ListQuery { criterion, day }, None)),
            FollowUpSubject::Reception(number) => {
                let by_visit = self.visit.map(|day| ListQuery { criterion: DateCriterion::Visit, day });
                Some((by_visit.or(self.list)?, Some(number)))
            }
        }
    }
}

base::text_enum! {
    /// Why there was no response; by its code in the database.
    pub(crate) enum LookupFailure {
        Unreachable = "trouble-unreachable",
        Timeout = "trouble-slow",
        Closed = "trouble-closed",
        CutOff = "trouble-cut-off",
        /// 処理中: the list was not ready.
        InProgress = "trouble-working",
        /// Anything else, for the administrator.
        Other = "trouble-other",
    }
}

/// A request without a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FailedLookup {
    pub(crate) failure: LookupFailure,
    /// The earliest time of the next request, if the system gave one.
    pub(crate) retry_at: Option<Timestamp>,
}

impl FollowUpReason {
    /// The reason to check a reception with this finding again; `None` if insurance is proven.
    pub(crate) fn from_finding(finding: Finding) -> Option<Self> {
        match finding.next_action() {
            NextAction::Done => None,
            NextAction::CheckAgain | NextAction::RegisterAgain | NextAction::ChangeSettings => {
                Some(Self::Finding(finding))
            }
        }
    }
}

/// A text that is no stored subject or reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not what is to be looked at again")]
pub(crate) struct UnknownCode;

impl fmt::Display for FollowUpSubject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reception(number) => write!(formatter, "reception:{number}"),
            Self::Day(criterion, day) => ListQuery { criterion: *criterion, day: *day }.fmt(formatter),
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
        let ListQuery { criterion, day } = text.parse().map_err(|_| UnknownCode)?;
        Ok(Self::Day(criterion, day))
    }
}

/// The codes in the database of the reasons that are no finding and no failure.
const OTHER_NAME: &str = "other-name";
const SERVICE_NOT_INFORMED: &str = "untold";

impl FollowUpReason {
    /// The code in the database.
    fn as_str(self) -> &'static str {
        match self {
            Self::Finding(finding) => finding.as_str(),
            Self::LookupFailure(failure) => failure.as_str(),
            Self::OtherName => OTHER_NAME,
            Self::ServiceNotInformed => SERVICE_NOT_INFORMED,
        }
    }
}

impl fmt::Display for FollowUpReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for FollowUpReason {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        match text {
            OTHER_NAME => Ok(Self::OtherName),
            SERVICE_NOT_INFORMED => Ok(Self::ServiceNotInformed),
            _ => text
                .parse()
                .map(Self::LookupFailure)
                .or_else(|_| text.parse().map(Self::Finding))
                .map_err(|_| UnknownCode),
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
        for finding in Finding::ALL {
            let expected = (finding != Finding::Valid).then_some(FollowUpReason::Finding(finding));
            assert_eq!(FollowUpReason::from_finding(finding), expected, "{finding}");
        }
    }

    #[test]
    fn each_leads_back_to_where_it_stands() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("follow-up"));
        let (day, earlier) = (base::parse_date("2026-11-24").unwrap(), base::parse_date("2026-11-20").unwrap());
        let consents = ListQuery { criterion: DateCriterion::Consent, day: earlier };
        let visits = ListQuery { criterion: DateCriterion::Visit, day };
        let reception = |visit, list| FollowUpNote {
            list,
            ..FollowUpNote::for_reception(number, visit, consents, FollowUpReason::OtherName)
        };
        let check = |note: FollowUpNote, expected| assert_eq!(note.list_position(), expected, "{note:?}");
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
        for subject in DateCriterion::ALL
            .map(|criterion| FollowUpSubject::Day(criterion, day))
            .into_iter()
            .chain([FollowUpSubject::Reception(number)])
        {
            assert_eq!(subject.to_string().parse(), Ok(subject));
        }
        let mut all = vec![FollowUpReason::OtherName, FollowUpReason::ServiceNotInformed];
        all.extend(Finding::ALL.map(FollowUpReason::Finding));
        all.extend(LookupFailure::ALL.map(FollowUpReason::LookupFailure));
        for reason in all {
            assert_eq!(reason.to_string().parse(), Ok(reason));
        }
        for wrong in ["", "reception", "reception:12", "visit:soon", "other:2026-11-24"] {
            assert_eq!(wrong.parse::<FollowUpSubject>(), Err(UnknownCode), "{wrong}");
        }
        assert_eq!("something".parse::<FollowUpReason>(), Err(UnknownCode));
    }
}
