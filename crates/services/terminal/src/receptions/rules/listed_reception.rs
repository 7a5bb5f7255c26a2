//! A reception of a list, with the items that a further request about it needs.

use base::{Date, ReceptionNumber};
use oqs::BulkUnit;
use serde::{Deserialize, Serialize};

use crate::eligibility::rules::{Care, DateCriterion, Finding, InsuranceDocument, ListQuery, SystemMessage};

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
    use oqs::ProcessingResult;

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
