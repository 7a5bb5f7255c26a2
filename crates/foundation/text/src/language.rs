use std::{borrow::Cow, fmt};

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
    /// Public for [`texts!`](crate::texts) alone, whose constants a page may borrow for ever: the result of a function is not
    /// promoted to a static, a literal is.
    #[doc(hidden)]
    pub japanese: Cow<'static, str>,
    #[doc(hidden)]
    pub english: Cow<'static, str>,
}

/// Defines the texts of a feature, in a file `texts.rs` beside its pages, in every language: a constant [`Text`] for
/// each name, and a function for a name with arguments, which gives the text of a language as a string, or with `as Text` the text
/// in all of them. A text that is missing in one language, or is used without being there, does not build.
///
/// `cargo xtask texts` prints all of them side by side.
///
/// ```
/// use text::Language;
///
/// text::texts! {
///     CHOOSE_A_DAY = "日をお選びください", "Choose a day";
///     slots_left(count) = "残り{count}枠", "{count} slots left";
///     booked_at(clinic) as Text = "{clinic}の予約", "Booked with {clinic}";
/// }
/// # fn main() {
/// assert_eq!(CHOOSE_A_DAY.in_language(Language::English), "Choose a day");
/// assert_eq!(slots_left(Language::Japanese, 3), "残り3枠");
/// assert_eq!(booked_at("見本クリニック").in_language(Language::Japanese), "見本クリニックの予約");
/// # }
/// ```
///
/// ```compile_fail
/// text::texts! {
///     CHOOSE_A_DAY = "日をお選びください";
/// }
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! texts {
    ($(
        $(#[$meta:meta])*
        $name:ident $(($($argument:ident),+ $(,)?))? $(as $kind:ident)? = $japanese:literal, $english:literal;
    )*) => {
        $($crate::texts!(@one $(#[$meta])* $name $(($($argument),+))? $(as $kind)? = $japanese, $english);)*
    };
    (@one $(#[$meta:meta])* $name:ident = $japanese:literal, $english:literal) => {
        $(#[$meta])*
        pub(crate) const $name: $crate::Text = $crate::Text {
            japanese: ::std::borrow::Cow::Borrowed($japanese),
            english: ::std::borrow::Cow::Borrowed($english),
        };
    };
    (@one $(#[$meta:meta])* $name:ident ($($argument:ident),+) as Text = $japanese:literal, $english:literal) => {
        $(#[$meta])*
        pub(crate) fn $name($($argument: impl $crate::TextArgument),+) -> $crate::Text {
            $crate::Text::from_fn(|language| {
                $(let $argument = $argument.in_language(language);)+
                match language {
                    $crate::Language::Japanese => format!($japanese),
                    $crate::Language::English => format!($english),
                }
            })
        }
    };
    (@one $(#[$meta:meta])* $name:ident ($($argument:ident),+) = $japanese:literal, $english:literal) => {
        $(#[$meta])*
        pub(crate) fn $name(language: $crate::Language, $($argument: impl ::std::fmt::Display),+) -> String {
            match language {
                $crate::Language::Japanese => format!($japanese),
                $crate::Language::English => format!($english),
            }
        }
    };
}

/// What stands in a text with arguments: the same in every language, or a text of its own.
pub trait TextArgument {
    /// The argument in a text of this language.
    fn in_language(&self, language: Language) -> impl fmt::Display;
}

impl<T: fmt::Display> TextArgument for T {
    fn in_language(&self, _: Language) -> impl fmt::Display {
        self
    }
}

impl TextArgument for Text {
    fn in_language(&self, language: Language) -> impl fmt::Display {
        Text::in_language(self, language)
    }
}

impl TextArgument for &Text {
    fn in_language(&self, language: Language) -> impl fmt::Display {
        Text::in_language(self, language)
    }
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

    /// A text that a function writes in each language.
    pub fn from_fn(write: impl Fn(Language) -> String) -> Self {
        Self::from_strings(write(Language::Japanese), write(Language::English))
    }

    /// The text of `language`.
    pub fn in_language(&self, language: Language) -> &str {
        language.t(&self.japanese, &self.english)
    }
}
