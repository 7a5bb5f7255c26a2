//! Whether a person is insured on a day.

use base::{Date, InsurerNumber};

/// 資格: one coverage of a person by one insurer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// 保険者番号
    pub insurer: InsurerNumber,
    /// 保険者名称
    pub insurer_name: String,
    /// 被保険者証区分
    pub classification: oqs::InsuredCardClassification,
    /// 被保険者証等記号, which 後期高齢者 and some insurers do not have.
    pub symbol: Option<oqs::CardSymbol>,
    /// 被保険者証等番号
    pub number: oqs::CardNumber,
    /// 枝番, which 後期高齢者 do not have.
    pub branch: Option<oqs::BranchNumber>,
    /// 本人・家族, if the insurer reports it: 国保 and 後期高齢者 do not.
    pub relation: Option<oqs::PersonalFamily>,
    /// 被保険者氏名（世帯主氏名）, if it is another person.
    pub insured_name: Option<oqs::FullName>,
    /// 資格取得年月日: the first day.
    pub qualified_on: Date,
    /// 資格喪失年月日: the first day without coverage.
    pub disqualified_on: Option<Date>,
    /// 資格喪失事由
    pub reason_of_loss: Option<oqs::ReasonOfLoss>,
    /// 被保険者証等交付年月日
    pub issued: Option<Date>,
    /// 被保険者証等有効開始年月日
    pub valid_from: Option<Date>,
    /// 被保険者証等有効終了年月日
    pub valid_to: Option<Date>,
    /// 被保険者証等一部負担金割合, which only 後期高齢者 have.
    pub share: Option<oqs::Share>,
    /// 未就学区分
    pub preschool: Option<oqs::Preschool>,
    /// 高齢受給者証: for those from 70 to 74.
    pub elderly: Option<ElderlyCertificate>,
}

/// 高齢受給者証
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElderlyCertificate {
    /// 交付年月日
    pub issued: Option<Date>,
    /// 有効開始年月日
    pub valid_from: Date,
    /// 有効終了年月日
    pub valid_to: Date,
    /// 一部負担金割合
    pub share: oqs::Share,
}

/// The subject of an eligibility check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageQuery {
    /// The person, identified by the card.
    Person,
    /// One coverage of the person, by its index: from an insurance document.
    Coverage(usize),
}

/// 資格有効性, with the indexes of the coverages that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// OQSCD006.
    pub validity: oqs::QualificationValidity,
    /// The coverages to show.
    pub shown_coverages: Vec<usize>,
}

impl Coverage {
    /// Whether it covers this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.qualified_on <= day && self.disqualified_on.is_none_or(|lost| day < lost)
    }

    /// 本人・家族区分 in responses. Everybody in 国保 and 後期高齢者医療 is insured in person; 医療扶助 insures nobody.
    pub fn reported_relation(&self) -> Option<oqs::PersonalFamily> {
        let assistance = self.classification == oqs::InsuredCardClassification::MedicalAssistance;
        self.relation.or((!assistance).then_some(oqs::PersonalFamily::Insured))
    }
}

/// Whether the person with these coverages is insured on `day`.
///
/// The card's own dates (交付, 有効) are ignored: a new card may be on its way while the person stays insured.
pub fn verdict(coverages: &[Coverage], query: CoverageQuery, day: Date) -> Verdict {
    use oqs::QualificationValidity::{Invalid, InvalidWithNewer, NotFound, Several, Valid};
    let indexes = |predicate: &dyn Fn(&Coverage) -> bool| -> Vec<usize> {
        coverages.iter().enumerate().filter(|(_, coverage)| predicate(coverage)).map(|(index, _)| index).collect()
    };
    if let CoverageQuery::Coverage(index) = query {
        let Some(coverage) = coverages.get(index) else {
            return Verdict { validity: NotFound, shown_coverages: Vec::new() };
        };
        let newer = coverages.iter().any(|candidate| {
            candidate.qualified_on > coverage.qualified_on && candidate.disqualified_on.is_none_or(|lost| day < lost)
        });
        let validity = match coverage.holds_on(day) {
            true => Valid,
            false if newer => InvalidWithNewer,
            false => Invalid,
        };
        return Verdict { validity, shown_coverages: vec![index] };
    }
    let current = indexes(&|coverage| coverage.holds_on(day));
    match current.len() {
        0 => {}
        1 => return Verdict { validity: Valid, shown_coverages: current },
        _ => return Verdict { validity: Several, shown_coverages: current },
    }
    let last = (0..coverages.len())
        .filter(|index| coverages[*index].qualified_on <= day)
        .max_by_key(|index| coverages[*index].qualified_on);
    let has_future = coverages.iter().any(|coverage| coverage.qualified_on > day);
    match (last, has_future) {
        (Some(last), true) => Verdict { validity: InvalidWithNewer, shown_coverages: vec![last] },
        (Some(last), false) => Verdict { validity: Invalid, shown_coverages: vec![last] },
        (None, _) => Verdict { validity: NotFound, shown_coverages: Vec::new() },
    }
}

#[cfg(test)]
pub(super) mod tests {
    use oqs::QualificationValidity::{Invalid, InvalidWithNewer, NotFound, Several, Valid};

    use super::*;

    /// A coverage of these days, with defaults for the rest.
    pub(in crate::rules) fn coverage((qualified, lost): (&str, &str)) -> Coverage {
        let day = |text: &str| base::parse_date(text).ok();
        Coverage {
            insurer: "33120015".parse().unwrap(),
            insurer_name: "共済組合".to_owned(),
            classification: oqs::InsuredCardClassification::General,
            symbol: None,
            number: oqs::CardNumber::new("1").unwrap(),
            branch: None,
            relation: None,
            insured_name: None,
            qualified_on: day(qualified).unwrap(),
            disqualified_on: day(lost),
            reason_of_loss: None,
            issued: None,
            valid_from: None,
            valid_to: None,
            share: None,
            preschool: None,
            elderly: None,
        }
    }

    fn check(
        terms: &[(&str, &str)],
        query: CoverageQuery,
        validity: oqs::QualificationValidity,
        shown_coverages: &[usize],
    ) {
        let coverages: Vec<_> = terms.iter().copied().map(coverage).collect();
        let verdict = verdict(&coverages, query, base::parse_date("2026-11-24").unwrap());
        assert_eq!(verdict, Verdict { validity, shown_coverages: shown_coverages.to_vec() }, "{terms:?}");
    }

    #[test]
    fn the_day_of_loss_is_the_first_without_insurance() {
        check(&[("2026-11-24", "")], CoverageQuery::Person, Valid, &[0]);
        check(&[("2020-04-01", "2026-11-25")], CoverageQuery::Person, Valid, &[0]);
        check(&[("2020-04-01", "2026-11-24")], CoverageQuery::Person, Invalid, &[0]);
        check(&[("2026-11-25", "")], CoverageQuery::Person, NotFound, &[]);
        check(&[], CoverageQuery::Person, NotFound, &[]);
    }

    #[test]
    fn a_change_of_insurer_may_leave_a_gap_or_an_overlap() {
        check(&[("2020-04-01", "2026-11-01"), ("2026-11-01", "")], CoverageQuery::Person, Valid, &[1]);
        check(&[("2020-04-01", "2026-11-01"), ("2026-12-01", "")], CoverageQuery::Person, InvalidWithNewer, &[0]);
        check(&[("2020-04-01", ""), ("2026-11-01", "")], CoverageQuery::Person, Several, &[0, 1]);
        check(&[("2010-04-01", "2020-04-01"), ("2020-04-01", "2026-11-01")], CoverageQuery::Person, Invalid, &[1]);
    }

    #[test]
    fn an_insurance_document_is_judged_by_its_own_coverage() {
        check(&[("2020-04-01", "2026-11-01"), ("2026-11-01", "")], CoverageQuery::Coverage(0), InvalidWithNewer, &[0]);
        check(&[("2020-04-01", "2026-11-01"), ("2026-11-01", "")], CoverageQuery::Coverage(1), Valid, &[1]);
        check(&[("2010-04-01", "2015-04-01"), ("2015-04-01", "2020-04-01")], CoverageQuery::Coverage(0), Invalid, &[0]);
        check(&[], CoverageQuery::Coverage(0), NotFound, &[]);
    }
}
