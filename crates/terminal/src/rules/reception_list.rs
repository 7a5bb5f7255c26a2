//! One reception as a list named it, with what is needed to ask about it again.

use std::{fmt, str::FromStr};

use base::{Date, ReceptionNumber};
use oqs::{BranchNumber, BulkUnit, CardNumber, CardSymbol, CheckedNumber, Period, ProcessingResult};
use serde::{Deserialize, Serialize};

use super::{care::Care, finding::Finding};

/// As many days as a list of 訪問診療等 reaches back. The interface takes a hundred at once.
const DAYS_BACK: i64 = 91;

/// By which days the list is asked for, which says of which care it is: 訪問診療等 have no day of visit to ask by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DateCriterion {
    /// 受診年月日 of オンライン診療等
    Visit,
    /// 同意年月日 of オンライン診療等
    Consent,
    /// 同意年月日 of 訪問診療等, to a day from three months before: a consent holds until it is withdrawn, and nobody knows
    /// its day by heart.
    HomeVisit,
}

impl DateCriterion {
    pub(crate) const ALL: [Self; 3] = [Self::Visit, Self::Consent, Self::HomeVisit];

    /// Its word in addresses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Consent => "consent",
            Self::HomeVisit => "home-visit",
        }
    }

    /// What an address says; the day of the visit, where it says nothing known.
    pub(crate) fn from_query(word: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|by| Some(by.as_str()) == word).unwrap_or(Self::Visit)
    }

    /// For which care.
    pub(crate) fn care(self) -> Care {
        match self {
            Self::Visit | Self::Consent => Care::Online,
            Self::HomeVisit => Care::HomeVisit,
        }
    }
}

/// Which list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(rename = "by")]
    pub(crate) criterion: DateCriterion,
    pub(crate) day: Date,
}

impl ListQuery {
    /// As the interface is asked.
    pub(crate) fn period(self) -> Period {
        let (from, to) = (self.first_day(), self.day);
        match self.criterion {
            DateCriterion::Visit => Period::Examination { from, to },
            DateCriterion::Consent | DateCriterion::HomeVisit => Period::Consent { from, to },
        }
    }

    /// The first day of the list; its last is [`Self::day`].
    pub(crate) fn first_day(self) -> Date {
        match self.criterion {
            DateCriterion::Visit | DateCriterion::Consent => self.day,
            DateCriterion::HomeVisit => add_days(self.day, -DAYS_BACK).unwrap_or(self.day),
        }
    }

    /// The list before this one.
    pub(crate) fn previous_list(self) -> Option<Self> {
        add_days(self.first_day(), -1).map(|day| Self { day, ..self })
    }

    /// The list after this one.
    pub(crate) fn next_list(self) -> Option<Self> {
        let days = if self.criterion == DateCriterion::HomeVisit { DAYS_BACK + 1 } else { 1 };
        add_days(self.day, days).map(|day| Self { day, ..self })
    }

    /// As an address asks.
    pub(crate) fn to_query_string(self) -> String {
        format!("by={}&day={}", self.criterion.as_str(), self.day)
    }
}

/// A text that is no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of a day")]
pub(crate) struct UnknownList;

/// As records have it.
impl fmt::Display for ListQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.criterion.as_str(), self.day)
    }
}

impl FromStr for ListQuery {
    type Err = UnknownList;

    fn from_str(text: &str) -> Result<Self, UnknownList> {
        let (kind, day) = text.split_once(':').ok_or(UnknownList)?;
        let by = DateCriterion::ALL.into_iter().find(|by| by.as_str() == kind).ok_or(UnknownList)?;
        Ok(Self { criterion: by, day: base::parse_date(day).map_err(|_| UnknownList)? })
    }
}

database::text_column!(ListQuery);

fn add_days(day: Date, days: i64) -> Option<Date> {
    day.checked_add(base::Span::from_hours(24 * days)).ok()
}

/// 被保険者証等の記号・番号 and the like: what one coverage is asked for by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InsuranceDocument {
    insurer: String,
    symbol: Option<String>,
    number: String,
    branch: Option<u8>,
    pub(crate) birthdate: Date,
    /// By which of the person's registrations.
    pub(crate) care: Care,
}

impl InsuranceDocument {
    fn from_result(result: &oqs::QualificationResult, care: Care) -> Self {
        let insurer = match &result.insurer {
            CheckedNumber::Valid(number) => number.to_string(),
            CheckedNumber::Invalid(text) => text.clone(),
        };
        Self {
            insurer,
            symbol: result.symbol.as_ref().map(ToString::to_string),
            number: result.number.to_string(),
            branch: result.branch.map(BranchNumber::number),
            birthdate: result.birthdate,
            care,
        }
    }

    /// 保険者番号, as it came.
    pub(crate) fn insurer(&self) -> CheckedNumber<base::InsurerNumber> {
        self.insurer.trim().parse().map_or_else(|_| CheckedNumber::Invalid(self.insurer.clone()), CheckedNumber::Valid)
    }

    /// 記号
    pub(crate) fn symbol(&self) -> Option<CardSymbol> {
        self.symbol.as_deref().and_then(CardSymbol::new)
    }

    /// 番号. None only where what was sealed is of another program.
    pub(crate) fn number(&self) -> Option<CardNumber> {
        CardNumber::new(&self.number)
    }

    /// 枝番
    pub(crate) fn branch(&self) -> Option<BranchNumber> {
        self.branch.and_then(BranchNumber::new)
    }
}

/// One reception of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListedReception {
    /// The list that it stood in.
    pub(crate) list: ListQuery,
    /// 受付番号, if the answer carried one.
    pub(crate) number: Option<ReceptionNumber>,
    /// 受診年月日, if the answer carried it.
    pub(crate) visit: Option<Date>,
    /// 照会番号 that the institution gave the patient: in most cases the number of his chart.
    #[serde(default)]
    pub(crate) references: Vec<String>,
    /// What the list said of it.
    pub(crate) finding: Finding,
    /// 処理結果コード and メッセージ beside it.
    #[serde(rename = "said")]
    pub(crate) system_message: SystemMessage,
    /// What to ask by: one in most cases, several for 複数該当, none where there is nothing.
    pub(crate) documents: Vec<InsuranceDocument>,
}

/// 処理結果コード and 処理結果メッセージ.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SystemMessage {
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

impl SystemMessage {
    pub(crate) fn from_processing(processing: Option<&ProcessingResult>) -> Self {
        processing.map_or_else(Self::default, |processing| Self {
            code: processing.code.clone(),
            message: processing.message.clone(),
        })
    }
}

impl ListedReception {
    /// One patient of a bulk answer. A list by days of visit tells the day of visit where the answer does not.
    pub(crate) fn from_unit(unit: &BulkUnit, list: ListQuery) -> Self {
        let echo = unit.search.as_ref();
        let identifier = echo
            .and_then(|echo| echo.identifier.as_ref())
            .or_else(|| unit.results.iter().find_map(|result| result.identifier.as_ref()));
        let day = (list.criterion == DateCriterion::Visit).then_some(list.day);
        let named = unit.results.iter().filter_map(|result| result.inquiry_number.as_ref());
        let mut references: Vec<String> = Vec::new();
        for reference in unit.inquiry_numbers.iter().chain(named) {
            if !references.iter().any(|other| other == reference.as_str()) {
                references.push(reference.as_str().to_owned());
            }
        }
        Self {
            references,
            list,
            number: identifier.and_then(|identifier| identifier.as_str().parse().ok()),
            visit: echo.and_then(|echo| echo.examination_date).or(day),
            finding: Finding::from_processing(unit.processing.as_ref(), unit.validity),
            system_message: SystemMessage::from_processing(unit.processing.as_ref()),
            documents: unit
                .results
                .iter()
                .map(|result| InsuranceDocument::from_result(result, list.criterion.care()))
                .collect(),
        }
    }

    /// For which care the patient registered.
    pub(crate) fn care(&self) -> Care {
        self.list.criterion.care()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(identifier: Option<&str>, visit: Option<&str>) -> BulkUnit {
        BulkUnit {
            search: Some(oqs::SearchEcho {
                insurer: None,
                symbol: None,
                number: None,
                branch: None,
                birthdate: None,
                limit_consent: None,
                examination_date: visit.map(|day| base::parse_date(day).unwrap()),
                identifier: identifier.and_then(oqs::Identifier::new),
            }),
            processing: Some(ProcessingResult::normal()),
            validity: Some(oqs::QualificationValidity::NotFound),
            results: Vec::new(),
            inquiry_numbers: Vec::new(),
            ended_consents: None,
        }
    }

    #[test]
    fn a_reception_number_is_found_only_where_it_is_one() {
        let number = ReceptionNumber::new(&base::Randomness::repeatable("listed"));
        let list = ListQuery { criterion: DateCriterion::Consent, day: base::parse_date("2026-11-24").unwrap() };
        let check = |identifier: Option<&str>, expected| {
            assert_eq!(ListedReception::from_unit(&unit(identifier, None), list).number, expected, "{identifier:?}");
        };
        check(Some(&number.to_string()), Some(number));
        check(Some("something else"), None);
        check(None, None);
    }

    #[test]
    fn lists_follow_upon_each_other_without_gap_or_overlap() {
        let check = |by, days: i64| {
            let shown = ListQuery { criterion: by, day: base::parse_date("2026-11-24").unwrap() };
            let (before, after) = (shown.previous_list().unwrap(), shown.next_list().unwrap());
            assert_eq!(add_days(before.day, 1), Some(shown.first_day()));
            assert_eq!(after.first_day(), shown.day.tomorrow().unwrap());
            assert_eq!((before.next_list(), after.previous_list()), (Some(shown), Some(shown)));
            assert_eq!(add_days(shown.first_day(), days - 1), Some(shown.day));
            assert_eq!(DateCriterion::from_query(Some(by.as_str())), by);
        };
        check(DateCriterion::Visit, 1);
        check(DateCriterion::Consent, 1);
        // The interface takes a hundred days.
        check(DateCriterion::HomeVisit, 92);
        assert_eq!(DateCriterion::from_query(Some("birthday")), DateCriterion::Visit);
    }

    #[test]
    fn only_online_care_is_asked_for_by_the_day_of_visit() {
        let check = |by, care, expected| {
            let asked = ListQuery { criterion: by, day: base::parse_date("2026-11-24").unwrap() };
            let period = matches!(asked.period(), Period::Consent { .. });
            assert_eq!((asked.criterion.care(), period), (care, expected), "{by:?}");
        };
        check(DateCriterion::Visit, Care::Online, false);
        check(DateCriterion::Consent, Care::Online, true);
        check(DateCriterion::HomeVisit, Care::HomeVisit, true);
    }

    #[test]
    fn each_reference_number_is_named_once_wherever_it_stands() {
        let list = ListQuery { criterion: DateCriterion::Visit, day: base::parse_date("2026-11-24").unwrap() };
        let number = |text: &str| oqs::InquiryNumber::new(text).unwrap();
        let mut result = crate::pages::fixtures::former_member();
        result.inquiry_number = Some(number("24435"));
        let mut unit = BulkUnit { inquiry_numbers: vec![number("24435"), number("7")], ..unit(None, None) };
        unit.results.push(result);
        assert_eq!(ListedReception::from_unit(&unit, list).references, ["24435", "7"]);
    }

    #[test]
    fn a_list_reads_back() {
        for by in DateCriterion::ALL {
            let list = ListQuery { criterion: by, day: base::parse_date("2026-11-24").unwrap() };
            assert_eq!(list.to_string().parse(), Ok(list));
        }
        for wrong in ["", "visit", "visit:soon", "other:2026-11-24"] {
            assert_eq!(wrong.parse::<ListQuery>(), Err(UnknownList), "{wrong}");
        }
    }

    #[test]
    fn the_day_of_visit_is_the_answers_or_the_lists() {
        let check = |by, visit: Option<&str>, expected: Option<&str>| {
            let list = ListQuery { criterion: by, day: base::parse_date("2026-11-24").unwrap() };
            let expected = expected.map(|day| base::parse_date(day).unwrap());
            assert_eq!(ListedReception::from_unit(&unit(None, visit), list).visit, expected, "{by:?} {visit:?}");
        };
        check(DateCriterion::Visit, None, Some("2026-11-24"));
        check(DateCriterion::Consent, None, None);
        check(DateCriterion::Consent, Some("2026-11-30"), Some("2026-11-30"));
    }
}
