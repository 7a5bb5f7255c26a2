//! コード一覧: the interface's lists of codes, OQSCD001 and on. One enum per list, one variant per code.
//!
//! OQSCD042 (methods of the second factor) is missing: the meaning of its codes depends on the code of OQSCD041, and no
//! message of online care contains it.

use crate::layout::Value;

macro_rules! code_list {
    ($(
        $list:literal $japanese:literal $(#[$about:meta])*
        $name:ident { $($variant:ident = $code:literal $label:literal,)+ }
    )+) => {
        $(
            #[doc = concat!($japanese, " (", $list, ")")]
            $(#[$about])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name {
                $(#[doc = concat!("`", $code, "` ", $label)] $variant,)+
            }

            impl $name {
                /// The number of the list in the interface specification; the element, where no list is known.
                pub const LIST: &'static str = $list;

                /// Every code, in the order of the list.
                pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

                /// The code in a file.
                pub fn code(self) -> &'static str {
                    match self { $(Self::$variant => $code,)+ }
                }

                /// The Japanese label.
                pub fn label(self) -> &'static str {
                    match self { $(Self::$variant => $label,)+ }
                }

                /// Parses the code of a file; `None` if the list does not have it.
                pub fn from_code(code: &str) -> Option<Self> {
                    match code.trim() { $($code => Some(Self::$variant),)+ _ => None }
                }
            }

            impl Value for $name {
                const EXPECTED: &'static str = concat!("a code of ", $list);

                fn from_text(text: &str) -> Option<Self> {
                    Self::from_code(text)
                }

                fn to_text(&self) -> String {
                    self.code().to_owned()
                }
            }
        )+

        #[cfg(test)]
        mod tests {
            use super::*;

            #[test]
            fn every_code_reads_back_and_no_other() {
                $(
                    for value in $name::ALL {
                        assert_eq!($name::from_code(value.code()), Some(*value), "{}", $list);
                        assert_eq!($name::from_code(&format!(" {} ", value.code())), Some(*value), "{}", $list);
                        assert!(!value.label().is_empty());
                    }
                    for wrong in ["", "x", "１", "001", "77"] {
                        assert_eq!($name::from_code(wrong), None, "{} {wrong}", $list);
                    }
                )+
            }

            #[test]
            fn no_list_stands_twice() {
                let mut lists = vec![$($name::LIST,)+];
                let count = lists.len();
                lists.sort_unstable();
                lists.dedup();
                assert_eq!(lists.len(), count);
            }
        }
    };
}

code_list! {
    "OQSCD001" "限度額適用認定証提供同意フラグ" LimitConsentFlag { NotGiven = "0" "未同意", Given = "1" "同意", }

    "OQSCD002" "照会区分" ReferenceClassification { Card = "1" "マイナンバーカード", InsuredData = "2" "被保険者証情報", }

    "OQSCD003" "処理結果区分" SegmentOfResult { Normal = "1" "正常終了", InProgress = "2" "処理中", Abnormal = "9" "異常終了", }

    "OQSCD004" "処理結果状況" ProcessingStatus { Normal = "1" "正常終了", Error = "2" "エラー", }

    "OQSCD005" "文字コード識別" CharacterCode { Utf8 = "0" "UTF-8", ShiftJis = "1" "Shift_JIS", }

    "OQSCD006" "資格有効性" QualificationValidity {
        Valid = "1" "有効",
        Invalid = "2" "無効",
        InvalidWithNewer = "3" "無効（新しい資格あり）",
        NotFound = "4" "該当資格なし",
        Several = "5" "複数該当",
        ValidUnregistered = "6" "有効（未登録）",
    }

    "OQSCD007" "性別" Sex { Male = "1" "男", Female = "2" "女", NotSet = "3" "未設定", }

    "OQSCD008" "資格喪失事由" ReasonOfLoss {
        Death = "01" "死亡",
        PublicAssistance = "02" "生活保護受給開始",
        OtherInsurance = "03" "医療保険等の資格取得",
        Other = "99" "その他",
    }

    "OQSCD009" "本人・家族区分" PersonalFamily { Insured = "1" "本人", Family = "2" "家族", }

    "OQSCD010" "被保険者証区分"
    /// Some ended with the insurance card in December 2024 and are still returned for earlier dates.
    InsuredCardClassification {
        General = "01" "一般",
        Retired = "02" "退職",
        ShortTermGeneral = "03" "短期（一般）",
        ShortTermRetired = "04" "短期（退職）",
        SpecialMedicalExpense = "05" "特別療養費支給対象者",
        SpecialRetired = "06" "特例退職",
        SelfDefence = "07" "自衛官",
        MedicalAssistance = "A1" "医療扶助",
    }

    "OQSCD011" "限度額適用認定証区分" LimitCertificateClassification {
        Limit = "01" "限度額適用認定証",
        LimitAndMealReduction = "02" "限度額適用・標準負担額減額認定証",
        MealReduction = "03" "標準負担額減額認定証",
    }

    "OQSCD012" "限度額適用認定証適用区分" LimitClass {
        A = "A01" "ア",
        I = "A02" "イ",
        U = "A03" "ウ",
        E = "A04" "エ",
        O = "A05" "オ",
        OBorderline = "A06" "オ（境）",
        Active3 = "B01" "現役並みⅢ",
        Active2 = "B02" "現役並みⅡ",
        Active1 = "B03" "現役並みⅠ",
        General70 = "B04" "一般",
        LowIncome2 = "B05" "低所得Ⅱ",
        LowIncome1 = "B06" "低所得Ⅰ",
        LowIncome1WelfarePension = "B07" "低所得Ⅰ（老福）",
        LowIncome1Borderline = "B08" "低所得Ⅰ（境）",
        General2 = "B09" "一般Ⅱ",
        General1 = "B10" "一般Ⅰ",
    }

    "OQSCD013" "特定疾病療養受療証認定疾病区分" SpecificDisease {
        Dialysis = "1" "人工透析を必要とする慢性腎不全",
        Haemophilia = "2" "先天性血液凝固因子障害",
        HivFromBloodProducts = "3" "血液凝固因子製剤の投与に起因するHIV感染症",
    }

    "OQSCD014" "限度額適用認定証情報変更有無" LimitChanged { No = "0" "変更なし", YesOrUnknown = "1" "変更あり又は判定不能", }

    "OQSCD015" "未就学区分" Preschool { Preschool = "1" "未就学該当", }

    "OQSCD016" "同意区分"
    /// `2` occurs only in the interfaces of 訪問診療等 and オンライン診療等, `3` only in emergency care.
    ConsentFlag {
        NotGiven = "0" "同意なし",
        Given = "1" "同意あり",
        Expired = "2" "同意有効期限切れ",
        Unobtainable = "3" "同意取得困難",
    }

    "OQSCD017" "処方箋発行形態" PrescriptionForm { Electronic = "1" "電子処方箋", Paper = "2" "紙の処方箋", }

    "OQSCD018" "医療券・調剤券別" TicketType { Medical = "01" "医療券", Dispensing = "02" "調剤券", }

    "OQSCD019" "診療別" MedicalTreatmentType {
        Inpatient = "01" "入院",
        Outpatient = "02" "入院外",
        Dental = "03" "歯科",
        Dispensing = "04" "調剤",
        HomeNursing = "05" "訪問看護",
    }

    "OQSCD020" "単独・併用別" SingleOrCombined { Single = "01" "単独", Combined = "02" "併用", }

    "OQSCD021" "社会保険状況" SocialInsurance { Yes = "01" "あり", No = "02" "なし", }

    "OQSCD022" "社会保険状況の整合性フラグ" Consistency { Inconsistent = "1" "不整合あり", }

    "OQSCD023" "感染症の予防及び感染症の患者に対する医療に関する法律第37条の2の該当状況" InfectionLaw { Yes = "01" "あり", No = "02" "なし", }

    "OQSCD024" "後期高齢者医療の該当状況" LateElderlyCare { Yes = "01" "あり", No = "02" "なし", }

    "OQSCD025" "都道府県費の該当状況" PrefecturalExpenses { Yes = "01" "あり", No = "02" "なし", }

    "OQSCD026" "指定医療機関確認フラグ" DesignatedInstitution { Same = "0" "一致", Different = "1" "不一致", }

    "OQSCD027" "同一個人有無フラグ" SamePerson { Yes = "1" "同一個人あり", }

    "OQSCD028" "診療区分" MedicalTreatment {
        Outpatient = "1" "外来",
        HomeVisit = "2" "訪問診療等",
        Online = "3" "オンライン診療等",
        Emergency = "4" "救急時",
    }

    "OQSCD029" "医療情報種別" MedicalInformation { CheckUps = "TKK" "特定健診情報", Medicines = "YZK" "薬剤情報等", }

    "OQSCD030" "薬剤情報等" MedicineDisplay { Hidden = "0" "表示しない", Shown = "1" "表示する", }

    "OQSCD031" "同意有効期限切れ理由" ExpiryReason {
        FormOfCare = "0" "診療形態毎に異なる",
        WithdrawnByInstitution = "1" "医療機関による同意取り消し",
        WithdrawnByPatient = "2" "患者による同意取り消し",
        ChangedPurpose = "3" "用途変更による同意取り消し",
    }

    "OQSCD032" "資格情報変更確認フラグ" QualificationChanged { Same = "0" "一致", Different = "1" "不一致", }

    "OQSCD033" "URL取得区分" AccessUrlKind { HomeVisit = "2" "訪問診療等", Online = "3" "オンライン診療等", }

    "OQSCD034" "二次元コード形式" CodeImage { Pdf = "1" "PDF形式", Png = "2" "PNG形式", }

    "OQSCD035" "URL変更区分" AccessUrlChange { NoChange = "0" "変更しない", Change = "1" "変更する", }

    "OQSCD036" "閲覧同意情報種別" ConsentedInformation {
        SpecificDiseases = "TSR" "特定疾病療養受療証情報",
        CheckUps = "TKK" "特定健診情報",
        Medicines = "YZK" "薬剤情報",
        Diagnoses = "SRJ" "診療情報",
        Operations = "SHJ" "手術情報",
    }

    "OQSCD037" "利用設定区分" Use { Unused = "0" "利用しない", Used = "1" "利用する", }

    "OQSCD038" "電子処方箋利用区分" PrescriptionUse {
        Unused = "0" "利用しない",
        ElectronicOnly = "1" "電子処方箋のみ",
        Both = "2" "電子処方箋+紙の処方箋併用",
        PaperOnly = "3" "紙の処方箋のみ",
    }

    "OQSCD039" "処方箋発行形態選択タイミング" PrescriptionTiming {
        Apart = "1" "資格確認時以外で確認する",
        WithQualification = "2" "資格確認時に確認する",
    }

    "OQSCD040" "情報要求パターン" InformationPattern {
        EmergencySummary = "1" "救急用サマリー",
        EmergencyAll = "2" "救急用全量版",
        PrescriptionsAndEmergency = "3" "電子処方箋+救急用サマリー+救急用全量版",
        Medicines = "4" "現行通りの薬剤情報",
        DiagnosesAndMedicines = "5" "現行通りの診療／薬剤情報",
        CheckUps = "6" "現行通りの特定健診情報",
    }

    "OQSCD041" "二要素認証要素区分" SecondFactor { Knowledge = "1" "記憶", Body = "2" "生体情報", Thing = "3" "物理媒体", }

    "OQSCD043" "救急時閲覧権限有無" EmergencyViewing { No = "0" "権限無し", Yes = "1" "権限あり", }

    "OQSCD044" "連携システムID" LinkedSystem {
        MedicalSubsidy = "01" "医療費助成",
        MotherAndChild = "2" "母子保健",
        Vaccination = "4" "予防接種",
        LongTermCare = "8" "介護保険",
    }

    "PrDiInfClassification" "調剤・処方情報区分"
    /// Only `1` was observed; the other code is inferred from OQSCD030, which this element seems to use.
    PrescriptionInformation { Without = "0" "含めない", With = "1" "含める", }

    "FileCategory" "ファイル区分"
    /// Inferred from the requests of clients: odd is PDF, even XML; from 3 on with the treatments (診療情報) besides the medicines.
    FileCategory {
        Pdf = "1" "PDF",
        Xml = "2" "XML",
        PdfWithTreatments = "3" "PDF（診療情報を含む）",
        XmlWithTreatments = "4" "XML（診療情報を含む）",
    }

    "AdmGendCode" "薬剤情報・特定健診情報の性別"
    /// Also `AdministrativeGenderCode`.
    AdministrativeGender { Male = "1" "男", Female = "2" "女", }

    "InOut" "入院・入院外別"
    /// The codes are inferred.
    InOut { Inpatient = "1" "入院", Outpatient = "2" "入院外", }
}
