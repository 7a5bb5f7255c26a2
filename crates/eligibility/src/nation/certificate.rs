//! What a household earns, and what follows: classes of limits, shares, and certificates.

use oqs::{LimitCertificateClassification as Classification, LimitClass as Class, SpecificDisease};

use super::{
    Nation, day,
    draw::{Draw, StreamKind},
    household::{HouseholdPosition, Member},
};
use crate::{Coverage, LimitCertificate, SpecificDiseaseCertificate};

/// By how much of ten thousand households earn less; the classes above each step. Roughly as insurers report them.
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
    /// 適用区分 by what the household earns, which is one number for all who live in it.
    fn class(&self, place: HouseholdPosition, member: &Member) -> Class {
        let steps: &[(u32, Class)] = match member.age {
            0..70 => &UNDER_70,
            70..75 => &FROM_70,
            _ => &FROM_75,
        };
        let earned = Draw::new(self.seed, StreamKind::Income, place.household).next_below(10_000);
        steps.iter().find(|(below, _)| earned < *below).map_or(Class::General70, |(_, class)| *class)
    }

    /// 一部負担金割合 of those from 70 on.
    pub(super) fn share(&self, place: HouseholdPosition, member: &Member) -> Option<oqs::Share> {
        let tenths = match (self.class(place, member), member.age) {
            (Class::Active1 | Class::Active2 | Class::Active3, _) => 3,
            (Class::General2, _) | (_, ..75) => 2,
            _ => 1,
        };
        oqs::Share::from_tenths(tenths)
    }

    /// 限度額適用認定証 and its kin, for those who asked for one (plausible shares by age: no source tells).
    pub(super) fn limits(
        &self,
        place: HouseholdPosition,
        member: &Member,
        coverages: &[Coverage],
    ) -> Vec<LimitCertificate> {
        let mut draw = Draw::new(self.seed, StreamKind::Certificate, place.person());
        let has = draw.next_chance(match member.age {
            0..18 => 200,
            18..65 => 800,
            65..70 => 1500,
            _ => 3000,
        });
        let Some(coverage) = self.certified_coverage(coverages).filter(|_| has) else { return Vec::new() };
        let class = self.class(place, member);
        let low = matches!(
            class,
            Class::O | Class::OBorderline | Class::LowIncome1 | Class::LowIncome2 | Class::LowIncome1WelfarePension
        );
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(coverage.qualified_on);
        let long = low && draw.next_chance(1500);
        vec![LimitCertificate {
            classification: if low { Classification::LimitAndMealReduction } else { Classification::Limit },
            class,
            issued: Some(valid_from),
            valid_from,
            valid_to: last,
            long_term_from: long.then(|| day::add_days(valid_from, 5)),
        }]
    }

    /// 特定疾病療養受療証. About 340 thousand persons in Japan live by dialysis, nearly all of them past forty.
    pub(super) fn diseases(
        &self,
        place: HouseholdPosition,
        member: &Member,
        coverages: &[Coverage],
    ) -> Vec<SpecificDiseaseCertificate> {
        let Some(coverage) = self.certified_coverage(coverages) else { return Vec::new() };
        let Some(disease) = self.specific_disease(place, member) else { return Vec::new() };
        // 健康保険法施行令 第42条: who earns much and is under 70 pays 20 000 yen a month for dialysis.
        let much = member.age < 70 && matches!(self.class(place, member), Class::A | Class::I);
        let self_pay = if much && disease == SpecificDisease::Dialysis { 20_000 } else { 10_000 };
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(coverage.qualified_on);
        vec![SpecificDiseaseCertificate { disease, issued: Some(valid_from), valid_from, valid_to: last, self_pay }]
    }

    pub(super) fn specific_disease(&self, place: HouseholdPosition, member: &Member) -> Option<SpecificDisease> {
        // One draw in a million, from two of a thousand.
        let mut draw = Draw::new(self.seed, StreamKind::Certificate, (1 << 40) | place.person());
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

    /// The coverage that holds today and gives certificates: 医療扶助 gives none.
    fn certified_coverage<'c>(&self, coverages: &'c [Coverage]) -> Option<&'c Coverage> {
        let certified = |coverage: &&Coverage| {
            coverage.holds_on(self.day) && coverage.classification != oqs::InsuredCardClassification::MedicalAssistance
        };
        coverages.iter().rev().find(certified)
    }
}
