//! A reception of a list, with the items that a further request about it needs.

use std::{fmt, str::FromStr};

use base::{Date, ReceptionNumber};
use oqs::{BranchNumber, BulkUnit, CardNumber, CardSymbol, CheckedNumber, Period, ProcessingResult};
use serde::{Deserialize, Serialize};

use super::{care::Care, finding::Finding};

/// How many days a list of 訪問診療等 reaches back. The interface takes a hundred days at once.
const DAYS_BACK: i64 = 91;

/// The date that the list is selected by, which determines the care: 訪問診療等 have no day of visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DateCriterion {
    /// 受診年月日 of オンライン診療等
    Visit,
    /// 同意年月日 of オンライン診療等
    Consent,
    /// 同意年月日 of 訪問診療等, of the three months up to a day: a consent holds until it is withdrawn, and its day is rarely
    /// known.
    HomeVisit,
}

impl DateCriterion {
    pub(crate) const ALL: [Self; 3] = [Self::Visit, Self::Consent, Self::HomeVisit];

    /// The name in addresses.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Visit => "visit",
            Self::Consent => "consent",
            Self::HomeVisit => "home-visit",
        }
    }

    /// Parses the name in addresses; [`Self::Visit`] if it is absent or unknown.
    pub(crate) fn from_query(text: Option<&str>) -> Self {
        Self::ALL.into_iter().find(|criterion| Some(criterion.as_str()) == text).unwrap_or(Self::Visit)
    }

    /// The care of the listed receptions.
    pub(crate) fn care(self) -> Care {
        match self {
            Self::Visit | Self::Consent => Care::Online,
            Self::HomeVisit => Care::HomeVisit,
        }
    }
}

/// The criterion and last day of a list of receptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListQuery {
    #[serde(rename = "by")]
    pub(crate) criterion: DateCriterion,
    pub(crate) day: Date,
}

impl ListQuery {
    /// The period of the request.
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

    /// The query string of an address.
    pub(crate) fn to_query_string(self) -> String {
        format!("by={}&day={}", self.criterion.as_str(), self.day)
    }
}

/// A text that names no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a list of a day")]
pub(crate) struct UnknownList;

/// The form in the database.
impl fmt::Display for ListQuery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.criterion.as_str(), self.day)
    }
}

impl FromStr for ListQuery {
    type Err = UnknownList;

    fn from_str(text: &str) -> Result<Self, UnknownList> {
        let (kind, day) = text.split_once(':').ok_or(UnknownList)?;
        let criterion =
            DateCriterion::ALL.into_iter().find(|criterion| criterion.as_str() == kind).ok_or(UnknownList)?;
        Ok(Self { criterion, day: base::parse_date(day).map_err(|_| UnknownList)? })
    }
}

database::text_column!(ListQuery);

fn add_days(day: Date, days: i64) -> Option<Date> {
    day.checked_add(base::Span::from_hours(24 * days)).ok()
}

/// 被保険者証等の記号・番号 and the like: the items by which one coverage is requested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct InsuranceDocument {
    insurer: String,
    symbol: Option<String>,
    number: String,
    branch: Option<u8>,
    pub(crate) birthdate: Date,
    /// The care that the patient registered for.
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

    /// 保険者番号, as received.
    pub(crate) fn insurer(&self) -> CheckedNumber<base::InsurerNumber> {
        self.insurer.trim().parse().map_or_else(|_| CheckedNumber::Invalid(self.insurer.clone()), CheckedNumber::Valid)
    }

    /// 記号
    pub(crate) fn symbol(&self) -> Option<CardSymbol> {
        self.symbol.as_deref().and_then(CardSymbol::new)
    }

    /// 番号. `None` only if the sealed value was made by another version.
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
    /// The list that it is in.
    pub(crate) list: ListQuery,
    /// 受付番号, if the response has one.
    pub(crate) number: Option<ReceptionNumber>,
    /// 受診年月日, if the response has it.
    pub(crate) visit: Option<Date>,
    /// 照会番号 that the institution gave the patient: in most cases the number of the patient's chart.
    #[serde(default, rename = "references")]
    pub(crate) inquiry_numbers: Vec<String>,
    /// The verdict in the list.
    pub(crate) finding: Finding,
    /// 処理結果コード and メッセージ with it.
    #[serde(rename = "said")]
    pub(crate) system_message: SystemMessage,
    /// The documents to request by: one in most cases, several for 複数該当, none without a result.
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
    /// One unit of a bulk response. If it has no day of visit, a list by days of visit gives its own day.
    pub(crate) fn from_unit(unit: &BulkUnit, list: ListQuery) -> Self {
        let echo = unit.search.as_ref();
        let identifier = echo
            .and_then(|echo| echo.identifier.as_ref())
            .or_else(|| unit.results.iter().find_map(|result| result.identifier.as_ref()));
        let day = (list.criterion == DateCriterion::Visit).then_some(list.day);
        let in_results = unit.results.iter().filter_map(|result| result.inquiry_number.as_ref());
        let mut inquiry_numbers: Vec<String> = Vec::new();
        for inquiry_number in unit.inquiry_numbers.iter().chain(in_results) {
            if !inquiry_numbers.iter().any(|listed| listed == inquiry_number.as_str()) {
                inquiry_numbers.push(inquiry_number.as_str().to_owned());
            }
        }
        Self {
            inquiry_numbers,
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

    /// The care that the patient registered for.
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
        let check = |criterion, days: i64| {
            let list = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            let (previous, next) = (list.previous_list().unwrap(), list.next_list().unwrap());
            assert_eq!(add_days(previous.day, 1), Some(list.first_day()));
            assert_eq!(next.first_day(), list.day.tomorrow().unwrap());
            assert_eq!((previous.next_list(), next.previous_list()), (Some(list), Some(list)));
            assert_eq!(add_days(list.first_day(), days - 1), Some(list.day));
            assert_eq!(DateCriterion::from_query(Some(criterion.as_str())), criterion);
        };
        check(DateCriterion::Visit, 1);
        check(DateCriterion::Consent, 1);
        // The interface takes a hundred days.
        check(DateCriterion::HomeVisit, 92);
        assert_eq!(DateCriterion::from_query(Some("birthday")), DateCriterion::Visit);
    }

    #[test]
    fn only_online_care_is_asked_for_by_the_day_of_visit() {
        let check = |criterion, care, expected| {
            let query = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            let period = matches!(query.period(), Period::Consent { .. });
            assert_eq!((query.criterion.care(), period), (care, expected), "{criterion:?}");
        };
        check(DateCriterion::Visit, Care::Online, false);
        check(DateCriterion::Consent, Care::Online, true);
        check(DateCriterion::HomeVisit, Care::HomeVisit, true);
    }

    #[test]
    fn each_reference_number_is_named_once_wherever_it_stands() {
        let list = ListQuery { criterion: DateCriterion::Visit, day: base::parse_date("2026-11-24").unwrap() };
        let number = |text: &str| oqs::InquiryNumber::new(text).unwrap();
        let mut result = crate::samples::fixtures::former_member();
        result.inquiry_number = Some(number("24435"));
        let mut unit = BulkUnit { inquiry_numbers: vec![number("24435"), number("7")], ..unit(None, None) };
        unit.results.push(result);
        assert_eq!(ListedReception::from_unit(&unit, list).inquiry_numbers, ["24435", "7"]);
    }

    #[test]
    fn a_list_reads_back() {
        for criterion in DateCriterion::ALL {
            let list = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            assert_eq!(list.to_string().parse(), Ok(list));
        }
        for wrong in ["", "visit", "visit:soon", "other:2026-11-24"] {
            assert_eq!(wrong.parse::<ListQuery>(), Err(UnknownList), "{wrong}");
        }
    }

    #[test]
    fn the_day_of_visit_is_the_answers_or_the_lists() {
        let check = |criterion, visit: Option<&str>, expected: Option<&str>| {
            let list = ListQuery { criterion, day: base::parse_date("2026-11-24").unwrap() };
            let expected = expected.map(|day| base::parse_date(day).unwrap());
            assert_eq!(ListedReception::from_unit(&unit(None, visit), list).visit, expected, "{criterion:?} {visit:?}");
        };
        check(DateCriterion::Visit, None, Some("2026-11-24"));
        check(DateCriterion::Consent, None, None);
        check(DateCriterion::Consent, Some("2026-11-30"), Some("2026-11-30"));
    }
}
