use std::borrow::Cow;

/// The language that a page is shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// 日本語
    #[default]
    Japanese,
    /// English
    English,
}

impl Language {
    /// The text of this language. Both are given at the use, so that none can be missing.
    pub fn t<'a>(self, japanese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }

    /// A remark in the brackets of the language, to be appended.
    pub fn in_brackets(self, remark: &str) -> String {
        match self {
            Self::Japanese => format!("（{remark}）"),
            Self::English => format!(" ({remark})"),
        }
    }

    /// The BCP 47 tag for the `lang` attribute.
    pub fn tag(self) -> &'static str {
        self.t("ja", "en")
    }

    /// The language with this tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "ja" => Some(Self::Japanese),
            "en" => Some(Self::English),
            _ => None,
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    japanese: Cow<'static, str>,
    english: Cow<'static, str>,
}

impl Text {
    /// A constant text.
    pub const fn from_static(japanese: &'static str, english: &'static str) -> Self {
        Self { japanese: Cow::Borrowed(japanese), english: Cow::Borrowed(english) }
    }

    /// A formatted text.
    pub fn from_strings(japanese: String, english: String) -> Self {
        Self { japanese: Cow::Owned(japanese), english: Cow::Owned(english) }
    }

    /// The text of `language`.
    pub fn in_language(&self, language: Language) -> &str {
        language.t(&self.japanese, &self.english)
    }
}
