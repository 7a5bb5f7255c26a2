//! Income of households, and what depends on it: limit classes, shares, and certificates.

use eligibility::{Coverage, LimitCertificate, SpecificDiseaseCertificate};
use oqs::{LimitCertificateClassification as Classification, LimitClass as Class, SpecificDisease};

use crate::{
    Nation, day,
    draw::{Draw, StreamKind},
    household::{HouseholdPosition, Member},
};

/// How many of ten thousand households earn less than each step, and the class below it. Roughly as insurers report.
const UNDER_70: [(u32, Class); 6] = [
    (1450, Class::O),
    (1500, Class::OBorderline),
    (5600, Class::E),
    (9000, Class::U),
    (9700, Class::I),
    (10_000, Class::A),
];
const FROM_70: [(u32, Class); 6] = [
    (1000, Class::LowIncome1),
    (2700, Class::LowIncome2),
    (8700, Class::General70),
    (9300, Class::Active1),
    (9700, Class::Active2),
    (10_000, Class::Active3),
];
const FROM_75: [(u32, Class); 8] = [
    (850, Class::LowIncome1),
    (900, Class::LowIncome1WelfarePension),
    (2700, Class::LowIncome2),
    (7400, Class::General1),
    (9200, Class::General2),
    (9700, Class::Active1),
    (9850, Class::Active2),
    (10_000, Class::Active3),
];

impl Nation {
    /// 適用区分 by the household's income, which is one number for all its members.
    fn class(&self, position: HouseholdPosition, member: &Member) -> Class {
        let steps: &[(u32, Class)] = match member.age {
            0..70 => &UNDER_70,
            70..75 => &FROM_70,
            _ => &FROM_75,
        };
        let income_rank = Draw::new(self.seed, StreamKind::Income, position.household).next_below(10_000);
        steps.iter().find(|(bound, _)| income_rank < *bound).map_or(Class::General70, |(_, class)| *class)
    }

    /// 一部負担金割合 of persons from 70 on.
    pub(super) fn share(&self, position: HouseholdPosition, member: &Member) -> Option<oqs::Share> {
        let tenths = match (self.class(position, member), member.age) {
            (Class::Active1 | Class::Active2 | Class::Active3, _) => 3,
            (Class::General2, _) | (_, ..75) => 2,
            _ => 1,
        };
        oqs::Share::from_tenths(tenths)
    }

    /// 限度額適用認定証 and similar, for persons who requested one (plausible shares by age: there is no source).
    pub(super) fn limits(
        &self,
        position: HouseholdPosition,
        member: &Member,
        coverages: &[Coverage],
    ) -> Vec<LimitCertificate> {
        let mut draw = Draw::new(self.seed, StreamKind::Certificate, position.person());
        let has_certificate = draw.next_chance(match member.age {
            0..18 => 200,
            18..65 => 800,
            65..70 => 1500,
            _ => 3000,
        });
        let Some(coverage) = self.certified_coverage(coverages).filter(|_| has_certificate) else { return Vec::new() };
        let class = self.class(position, member);
        let low_income = matches!(
            class,
            Class::O | Class::OBorderline | Class::LowIncome1 | Class::LowIncome2 | Class::LowIncome1WelfarePension
        );
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(coverage.qualified_on);
        let long_term = low_income && draw.next_chance(1500);
        vec![LimitCertificate {
            classification: if low_income { Classification::LimitAndMealReduction } else { Classification::Limit },
            class,
            issued: Some(valid_from),
            valid_from,
            valid_to: last,
            long_term_from: long_term.then(|| day::add_days(valid_from, 5)),
        }]
    }

    /// 特定疾病療養受療証. About 340 thousand persons in Japan are on dialysis, nearly all of them past forty.
    pub(super) fn diseases(
        &self,
        position: HouseholdPosition,
        member: &Member,
        coverages: &[Coverage],
    ) -> Vec<SpecificDiseaseCertificate> {
        let Some(coverage) = self.certified_coverage(coverages) else { return Vec::new() };
        let Some(disease) = self.specific_disease(position, member) else { return Vec::new() };
        // 健康保険法施行令 第42条: persons under 70 with a high income pay 20 000 yen a month for dialysis.
        let high_income = member.age < 70 && matches!(self.class(position, member), Class::A | Class::I);
        let self_pay = if high_income && disease == SpecificDisease::Dialysis { 20_000 } else { 10_000 };
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(coverage.qualified_on);
        vec![SpecificDiseaseCertificate { disease, issued: Some(valid_from), valid_from, valid_to: last, self_pay }]
    }

    pub(super) fn specific_disease(&self, position: HouseholdPosition, member: &Member) -> Option<SpecificDisease> {
        // One draw out of a million.
        let mut draw = Draw::new(self.seed, StreamKind::Certificate, (1 << 40) | position.person());
        let drawn = draw.next_below(1_000_000);
        let dialysis = match member.age {
            0..40 => 150,
            40..65 => 2300,
            65..75 => 6500,
            _ => 8500,
        };
        match drawn {
            _ if drawn < dialysis => Some(SpecificDisease::Dialysis),
            _ if drawn < dialysis + 60 => Some(SpecificDisease::Haemophilia),
            _ if drawn < dialysis + 70 => Some(SpecificDisease::HivFromBloodProducts),
            _ => None,
        }
    }

    /// The current coverage with certificates: 医療扶助 has none.
    fn certified_coverage<'c>(&self, coverages: &'c [Coverage]) -> Option<&'c Coverage> {
        let certified = |coverage: &&Coverage| {
            coverage.holds_on(self.day) && coverage.classification != oqs::InsuredCardClassification::MedicalAssistance
        };
        coverages.iter().rev().find(certified)
    }
}
