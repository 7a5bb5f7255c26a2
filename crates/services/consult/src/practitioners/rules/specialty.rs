//! 診療科 of institutions and doctors.

use text::Language;

use crate::practitioners::texts;

base::text_enum! {
    /// 診療科.
    #[derive(PartialOrd, Ord)]
    pub enum Specialty {
        /// 内科
        InternalMedicine = "internal_medicine",
        /// 小児科
        Paediatrics = "paediatrics",
        /// 皮膚科
        Dermatology = "dermatology",
        /// 耳鼻咽喉科
        EarNoseThroat = "ear_nose_throat",
        /// 眼科
        Ophthalmology = "ophthalmology",
        /// 産婦人科
        Gynaecology = "gynaecology",
        /// 心療内科・精神科
        Psychiatry = "psychiatry",
        /// 泌尿器科
        Urology = "urology",
        /// 整形外科
        Orthopaedics = "orthopaedics",
        /// アレルギー科
        Allergology = "allergology",
        /// 循環器内科
        Cardiology = "cardiology",
        /// 腎臓内科
        Nephrology = "nephrology",
        /// 糖尿病・内分泌内科
        Endocrinology = "endocrinology",
        /// 老年内科
        Geriatrics = "geriatrics",
    }
}

impl Specialty {
    /// The name in that language.
    pub fn name(self, language: Language) -> &'static str {
        let name = match self {
            Self::InternalMedicine => &texts::INTERNAL_MEDICINE,
            Self::Paediatrics => &texts::PAEDIATRICS,
            Self::Dermatology => &texts::DERMATOLOGY,
            Self::EarNoseThroat => &texts::EAR_NOSE_AND_THROAT,
            Self::Ophthalmology => &texts::OPHTHALMOLOGY,
            Self::Gynaecology => &texts::OBSTETRICS_AND_GYNAECOLOGY,
            Self::Psychiatry => &texts::PSYCHOSOMATICS_AND_PSYCHIATRY,
            Self::Urology => &texts::UROLOGY,
            Self::Orthopaedics => &texts::ORTHOPAEDICS,
            Self::Allergology => &texts::ALLERGOLOGY,
            Self::Cardiology => &texts::CARDIOLOGY,
            Self::Nephrology => &texts::NEPHROLOGY,
            Self::Endocrinology => &texts::DIABETES_AND_ENDOCRINOLOGY,
            Self::Geriatrics => &texts::GERIATRICS,
        };
        name.in_language(language)
    }
}
