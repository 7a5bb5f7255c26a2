//! An institution, its menus, and how it takes proof of insurance.

use base::{InstitutionCode, Prefecture};
use handover::Issuer;
use text::Language;

use crate::directory::texts;

base::text_enum! {
    /// 診療科 of the directory.
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

/// 市区町村 in a search. It need not have an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City(String);

/// A text that is not the name of a city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a city")]
pub struct NotACity;

impl std::fmt::Display for City {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for City {
    type Err = NotACity;

    fn from_str(text: &str) -> Result<Self, NotACity> {
        let valid = !text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control);
        if valid { Ok(Self(text.to_owned())) } else { Err(NotACity) }
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

base::text_enum! {
    /// 対応言語: languages besides Japanese that patients can speak, by their codes of ISO 639-1.
    pub enum SpokenLanguage {
        /// 英語
        English = "en",
        /// 中国語
        Chinese = "zh",
        /// 韓国語
        Korean = "ko",
        /// ベトナム語
        Vietnamese = "vi",
        /// フィリピノ語
        Filipino = "tl",
        /// ネパール語
        Nepali = "ne",
        /// インドネシア語
        Indonesian = "id",
        /// ミャンマー語
        Burmese = "my",
        /// タイ語
        Thai = "th",
        /// ポルトガル語
        Portuguese = "pt",
        /// スペイン語
        Spanish = "es",
        /// フランス語
        French = "fr",
        /// ドイツ語
        German = "de",
        /// イタリア語
        Italian = "it",
        /// ロシア語
        Russian = "ru",
        /// ウクライナ語
        Ukrainian = "uk",
        /// アラビア語
        Arabic = "ar",
        /// ペルシア語
        Persian = "fa",
        /// ヒンディー語
        Hindi = "hi",
        /// ウルドゥー語
        Urdu = "ur",
        /// ベンガル語
        Bengali = "bn",
        /// シンハラ語
        Sinhala = "si",
        /// クメール語
        Khmer = "km",
        /// モンゴル語
        Mongolian = "mn",
    }
}

impl SpokenLanguage {
    /// The name in that language.
    pub fn name(self, language: Language) -> &'static str {
        let name = match self {
            Self::English => &texts::ENGLISH,
            Self::Chinese => &texts::CHINESE,
            Self::Korean => &texts::KOREAN,
            Self::Vietnamese => &texts::VIETNAMESE,
            Self::Filipino => &texts::FILIPINO,
            Self::Nepali => &texts::NEPALI,
            Self::Indonesian => &texts::INDONESIAN,
            Self::Burmese => &texts::BURMESE,
            Self::Thai => &texts::THAI,
            Self::Portuguese => &texts::PORTUGUESE,
            Self::Spanish => &texts::SPANISH,
            Self::French => &texts::FRENCH,
            Self::German => &texts::GERMAN,
            Self::Italian => &texts::ITALIAN,
            Self::Russian => &texts::RUSSIAN,
            Self::Ukrainian => &texts::UKRAINIAN,
            Self::Arabic => &texts::ARABIC,
            Self::Persian => &texts::PERSIAN,
            Self::Hindi => &texts::HINDI,
            Self::Urdu => &texts::URDU,
            Self::Bengali => &texts::BENGALI,
            Self::Sinhala => &texts::SINHALA,
            Self::Khmer => &texts::KHMER,
            Self::Mongolian => &texts::MONGOLIAN,
        };
        name.in_language(language)
    }
}

base::text_enum! {
    /// Who pays.
    pub enum Charge {
        /// 保険診療
        Insured = "insured",
        /// 自費診療
        SelfPay = "self_pay",
    }
}

impl Charge {
    /// Whether the patient has to prove insurance: then the appointment has the two ledgers of the proof.
    pub fn needs_proof(self) -> bool {
        self == Self::Insured
    }

    /// The name in that language.
    pub fn name(self, language: Language) -> &'static str {
        match self {
            Self::Insured => texts::INSURED.in_language(language),
            Self::SelfPay => texts::SELF_PAY.in_language(language),
        }
    }
}

/// Whether an institution offers visits under the insurance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InsuranceOffer {
    /// At least one insured menu, or no menu at present.
    WithInsurance,
    /// All menus are paid by the patient.
    SelfPayOnly,
}

impl InsuranceOffer {
    /// Derives the offer from the charges of the menus.
    pub fn from_charges(charges: impl IntoIterator<Item = Charge>) -> Self {
        let mut charges = charges.into_iter().peekable();
        if charges.peek().is_some() && charges.all(|charge| charge == Charge::SelfPay) {
            Self::SelfPayOnly
        } else {
            Self::WithInsurance
        }
    }
}

/// How a patient proves insurance to an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofMethod {
    /// By hand-over to a reception that reports the result. マイナ保険証対応.
    HandOver { issuer: Issuer },
    /// The fixed URL that the institution's own 資格確認端末 issued. No result is reported. マイナ保険証対応.
    FixedUrl {
        /// https, or an address of this machine.
        url: String,
    },
    /// Only a picture of the insurance document. Not マイナ保険証対応.
    PictureOnly,
}

/// [`ProofMethod`] without addresses, for the decisions on texts and next steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMethodKind {
    HandOver,
    FixedUrl,
    PictureOnly,
}

impl ProofMethod {
    /// The method without its address.
    pub fn kind(&self) -> ProofMethodKind {
        match self {
            Self::HandOver { .. } => ProofMethodKind::HandOver,
            Self::FixedUrl { .. } => ProofMethodKind::FixedUrl,
            Self::PictureOnly => ProofMethodKind::PictureOnly,
        }
    }
}

impl ProofMethodKind {
    /// マイナ保険証対応: whether consent can be registered.
    pub fn accepts_card(self) -> bool {
        !matches!(self, Self::PictureOnly)
    }
}

/// 医療機関, as the directory shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Institution {
    pub code: InstitutionCode,
    pub name: String,
    pub name_kana: String,
    pub name_english: String,
    pub prefecture: Prefecture,
    /// 市区町村
    pub city: String,
    /// In Latin letters.
    pub city_english: String,
    /// The rest of the address.
    pub address: String,
    /// In Latin letters.
    pub address_english: String,
    pub phone: String,
    /// The opening hours in words.
    pub opening_text: String,
    pub opening_text_english: String,
    /// The institution's description of itself.
    pub description: String,
    pub description_english: String,
    pub specialties: Vec<Specialty>,
    /// Languages besides Japanese that patients can speak.
    pub languages: Vec<SpokenLanguage>,
    pub proof_method: ProofMethod,
}

impl Institution {
    /// The name in that language.
    pub fn name_in(&self, language: Language) -> &str {
        language.t(&self.name, &self.name_english)
    }

    /// Prefecture and city, in that language.
    pub fn area_in(&self, language: Language) -> String {
        match language {
            Language::Japanese => format!("{}{}", self.prefecture.japanese(), self.city),
            Language::English => format!("{}, {}", self.city_english, self.prefecture.latin()),
        }
    }

    /// The whole address, in that language.
    pub fn address_in(&self, language: Language) -> String {
        match language {
            Language::Japanese => format!("{}{}", self.area_in(language), self.address),
            Language::English => format!("{}, {}", self.address_english, self.area_in(language)),
        }
    }

    /// The specialties in one line.
    pub fn specialties_in(&self, language: Language) -> String {
        let names: Vec<_> = self.specialties.iter().map(|specialty| specialty.name(language)).collect();
        names.join(texts::MIDDLE_DOT.in_language(language))
    }

    /// Japanese and the other languages in one line; None if there are no others.
    pub fn languages_in(&self, language: Language) -> Option<String> {
        let others = self.languages.iter().map(|spoken| spoken.name(language));
        let all: Vec<_> = std::iter::once(texts::JAPANESE.in_language(language)).chain(others).collect();
        (all.len() > 1).then(|| all.join(texts::COMMA.in_language(language)))
    }
}

/// A menu that can be booked, or as it was when it was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// Unique within the institution.
    pub number: u32,
    pub charge: Charge,
    pub name: String,
    pub name_english: String,
    pub minutes: u32,
    pub fee: String,
    pub fee_english: String,
    /// 情報通信機器の運用に要する費用: the service's fee in yen, shown before the booking and apart from the rest.
    pub system_fee: u32,
    /// The doctor's name, if the menu has one.
    pub doctor: Option<String>,
}

impl Menu {
    /// The name in that language.
    pub fn name_in(&self, language: Language) -> &str {
        language.t(&self.name, &self.name_english)
    }

    /// The fee in words, in that language.
    pub fn fee_in(&self, language: Language) -> &str {
        language.t(&self.fee, &self.fee_english)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_institution_is_self_pay_only_where_all_its_menus_are() {
        let check = |charges: &[Charge], expected| {
            assert_eq!(InsuranceOffer::from_charges(charges.iter().copied()), expected, "{charges:?}");
        };
        check(&[Charge::SelfPay, Charge::SelfPay], InsuranceOffer::SelfPayOnly);
        check(&[Charge::SelfPay, Charge::Insured], InsuranceOffer::WithInsurance);
        check(&[], InsuranceOffer::WithInsurance);
    }

    #[test]
    fn a_city_is_a_name() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<City>().is_ok(), expected, "{text:?}");
        check("千代田区", true);
        check("Chiyoda", true);
        check("", false);
        check("\0", false);
        check("千代田区\n", false);
        check(&"区".repeat(101), false);
    }
}
