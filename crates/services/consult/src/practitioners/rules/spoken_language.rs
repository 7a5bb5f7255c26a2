//! 対応言語 of institutions and doctors.

use text::Language;

use crate::practitioners::texts;

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
