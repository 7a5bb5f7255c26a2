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
    /// The one of two texts that this language shows. Both stand side by side where they are used, so none can be missing.
    pub fn t<'a>(self, japanese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }

    /// A remark in brackets, to be put right behind what it is about.
    pub fn in_brackets(self, remark: &str) -> String {
        match self {
            Self::Japanese => format!("（{remark}）"),
            Self::English => format!(" ({remark})"),
        }
    }

    /// Its tag for the `lang` attribute (BCP 47).
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
    /// A text that never changes.
    pub const fn from_static(japanese: &'static str, english: &'static str) -> Self {
        Self { japanese: Cow::Borrowed(japanese), english: Cow::Borrowed(english) }
    }

    /// A text with something filled in.
    pub fn from_strings(japanese: String, english: String) -> Self {
        Self { japanese: Cow::Owned(japanese), english: Cow::Owned(english) }
    }

    /// The text as `language` shows it.
    pub fn in_language(&self, language: Language) -> &str {
        language.t(&self.japanese, &self.english)
    }
}
