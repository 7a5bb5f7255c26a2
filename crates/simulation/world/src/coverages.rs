//! The insurance of the demo's people. Insurers are fictitious; their numbers have the form of real ones.

use base::{Date, InsurerNumber, Prefecture};
use eligibility::{Coverage, ElderlyCertificate, LimitCertificate, SpecificDiseaseCertificate};

/// An insurer: 法別番号 (none for 国保), prefecture, number, name.
#[derive(Clone, Copy)]
pub(super) struct Insurer(Option<u8>, u8, u16, &'static str);

pub(super) const ASSOCIATION_TOKYO: Insurer = Insurer(Some(1), 13, 901, "全国健康保険協会模擬東京支部");
pub(super) const ASSOCIATION_OSAKA: Insurer = Insurer(Some(1), 27, 902, "全国健康保険協会模擬大阪支部");
pub(super) const ASSOCIATION_AICHI: Insurer = Insurer(Some(1), 23, 903, "全国健康保険協会模擬愛知支部");
pub(super) const SEAMEN: Insurer = Insurer(Some(2), 28, 904, "模擬船員保険");
pub(super) const DAY_LABOURERS: Insurer = Insurer(Some(3), 14, 905, "模擬日雇特例被保険者保険");
pub(super) const SOCIETY_HOSHIZORA: Insurer = Insurer(Some(6), 13, 906, "星空電機健康保険組合");
pub(super) const SOCIETY_ASAGIRI: Insurer = Insurer(Some(6), 40, 907, "朝霧物流健康保険組合");
pub(super) const SELF_DEFENCE: Insurer = Insurer(Some(7), 1, 908, "模擬自衛官診療証");
pub(super) const MUTUAL_AID_SCHOOLS: Insurer = Insurer(Some(34), 23, 909, "学校職員模擬共済組合愛知支部");
pub(super) const MUTUAL_AID_OFFICES: Insurer = Insurer(Some(32), 20, 910, "信濃路職員模擬共済組合");
pub(super) const LATE_ELDERLY: Insurer = Insurer(Some(39), 20, 911, "長野県模擬後期高齢者医療広域連合");
pub(super) const SPECIAL_RETIRED: Insurer = Insurer(Some(63), 28, 912, "汐路製作所特例退職健康保険組合");
pub(super) const NATIONAL_KOBE: Insurer = Insurer(None, 28, 913, "神戸市（模擬国保）");
pub(super) const NATIONAL_SAPPORO: Insurer = Insurer(None, 1, 914, "札幌市（模擬国保）");
pub(super) const NATIONAL_OSAKA: Insurer = Insurer(None, 27, 915, "大阪市（模擬国保）");

pub(super) const ASSISTANCE_OSAKA: Insurer = Insurer(Some(12), 27, 916, "大阪市北区模擬福祉事務所");

impl Insurer {
    fn insurer_number(self) -> InsurerNumber {
        // The list above has valid 法別番号 and prefectures.
        let prefecture = Prefecture::from_code(self.1).expect("the list has valid prefectures");
        InsurerNumber::from_parts(self.0, prefecture, self.2).expect("the list has valid 法別番号")
    }

    /// 本人 with symbol and number, branch 00, since `qualified_on`. For 国保 本人 is not stated.
    pub(super) fn coverage(self, symbol: &str, number: &str, qualified_on: Date) -> Coverage {
        Coverage {
            insurer: self.insurer_number(),
            insurer_name: self.3.to_owned(),
            classification: oqs::InsuredCardClassification::General,
            symbol: oqs::CardSymbol::new(symbol),
            number: oqs::CardNumber::new(number).expect("a number of the list is not blank"),
            branch: oqs::BranchNumber::new(0),
            relation: self.0.map(|_| oqs::PersonalFamily::Insured),
            insured_name: None,
            qualified_on,
            disqualified_on: None,
            reason_of_loss: None,
            issued: Some(qualified_on),
            valid_from: Some(qualified_on),
            valid_to: None,
            share: None,
            preschool: None,
            elderly: None,
        }
    }
}

/// The same insurer and number for a family member.
pub(super) fn family_coverage(insured_coverage: Coverage, branch: u8, insured_name: &str) -> Coverage {
    Coverage {
        branch: oqs::BranchNumber::new(branch),
        relation: Some(oqs::PersonalFamily::Family),
        insured_name: oqs::FullName::new(insured_name),
        ..insured_coverage
    }
}

/// The same coverage, lost on `lost_on`.
pub(super) fn lost_coverage(coverage: Coverage, lost_on: Date, reason: oqs::ReasonOfLoss) -> Coverage {
    Coverage { disqualified_on: Some(lost_on), reason_of_loss: Some(reason), ..coverage }
}

/// 後期高齢者医療: no symbol, no branch, an individual share.
pub(super) fn late_elderly_coverage(number: &str, tenths: u8, valid_from: Date, valid_to: Date) -> Coverage {
    Coverage {
        symbol: None,
        branch: None,
        relation: None,
        share: oqs::Share::from_tenths(tenths),
        valid_to: Some(valid_to),
        ..LATE_ELDERLY.coverage("", number, valid_from)
    }
}

/// 医療扶助, which is no insurance: no symbol, no branch, no 本人.
pub(super) fn assistance_coverage(number: &str, qualified_on: Date) -> Coverage {
    Coverage {
        classification: oqs::InsuredCardClassification::MedicalAssistance,
        symbol: None,
        branch: None,
        relation: None,
        ..ASSISTANCE_OSAKA.coverage("", number, qualified_on)
    }
}

/// 高齢受給者証, for ages 70 to 74.
pub(super) fn elderly_certificate(tenths: u8, (valid_from, valid_to): (Date, Date)) -> ElderlyCertificate {
    ElderlyCertificate {
        issued: Some(valid_from),
        valid_from,
        valid_to,
        share: oqs::Share::from_tenths(tenths).expect("a share is at most ten tenths"),
    }
}

/// 限度額適用認定証
pub(super) fn limit_certificate(class: oqs::LimitClass, (valid_from, valid_to): (Date, Date)) -> LimitCertificate {
    LimitCertificate {
        classification: oqs::LimitCertificateClassification::Limit,
        class,
        issued: Some(valid_from),
        valid_from,
        valid_to,
        long_term_from: None,
    }
}

/// 特定疾病療養受療証 for dialysis: at most ¥10 000 a month (健康保険法施行令 第42条9項).
pub(super) fn dialysis_certificate((valid_from, valid_to): (Date, Date)) -> SpecificDiseaseCertificate {
    SpecificDiseaseCertificate {
        disease: oqs::SpecificDisease::Dialysis,
        issued: Some(valid_from),
        valid_from,
        valid_to,
        self_pay: 10_000,
    }
}

/// The coverage of the mother of the family, and so of her children.
pub(super) fn mother_coverage() -> Coverage {
    ASSOCIATION_TOKYO.coverage("91030022", "187", Date::constant(2014, 4, 1))
}
