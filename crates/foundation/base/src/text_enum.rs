use std::fmt;

/// A text that names no value of an enum with texts ([`text_enum!`](macro@crate::text_enum)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownText {
    known: &'static [&'static str],
}

impl UnknownText {
    /// For an enum with these texts.
    pub const fn new(known: &'static [&'static str]) -> Self {
        Self { known }
    }
}

impl fmt::Display for UnknownText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected one of: {}", self.known.join(", "))
    }
}

impl std::error::Error for UnknownText {}

/// Gives each value of an enum its text in columns, messages, forms and addresses: `ALL` in the written order, `as_str`,
/// `Display`, and `FromStr` with [`UnknownText`].
///
/// Both directions are total: a value without a text does not compile, and neither does a text of two values. The enum is
/// defined in the same place:
///
/// ```
/// base::text_enum! {
///     /// 診療区分
///     pub enum Care {
///         Online = "online",
///         /// 訪問診療等
///         HomeVisit = "home-visit",
///     }
/// }
///
/// assert_eq!(Care::Online.as_str(), "online");
/// assert_eq!("home-visit".parse(), Ok(Care::HomeVisit));
/// assert_eq!("other".parse::<Care>().unwrap_err().to_string(), "expected one of: online, home-visit");
/// ```
///
/// or elsewhere, as where a variant has another enum inside:
///
/// ```
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// enum Reason {
///     Declined,
///     Expired,
/// }
///
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// enum Finding {
///     Valid,
///     Hidden(Reason),
/// }
///
/// base::text_enum! {
///     impl Finding {
///         Valid = "valid",
///         Hidden(Reason::Declined) = "hidden-declined",
///         Hidden(Reason::Expired) = "hidden-expired",
///     }
/// }
///
/// assert_eq!(Finding::ALL.map(Finding::as_str), ["valid", "hidden-declined", "hidden-expired"]);
/// assert_eq!("hidden-expired".parse(), Ok(Finding::Hidden(Reason::Expired)));
/// ```
///
/// A forgotten value does not compile, nor does a text that stands twice:
///
/// ```compile_fail,E0004
/// #[derive(Clone, Copy)]
/// enum Care {
///     Online,
///     HomeVisit,
/// }
///
/// base::text_enum! { impl Care { Online = "online" } }
/// ```
///
/// ```compile_fail
/// base::text_enum! {
///     enum Care {
///         Online = "online",
///         HomeVisit = "online",
///     }
/// }
/// ```
#[macro_export]
macro_rules! text_enum {
    (impl $name:ident { $($variant:ident $(($inner:path))? = $text:literal),+ $(,)? }) => {
        impl $name {
            /// All values, in the order of their texts.
            #[allow(dead_code, reason = "not every enum is listed")]
            pub const ALL: [Self; [$($text),+].len()] = [$(Self::$variant $(($inner))?),+];

            /// The text of the value. It never changes.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant $(($inner))? => $text),+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownText;

            fn from_str(text: &str) -> ::std::result::Result<Self, $crate::UnknownText> {
                #[deny(unreachable_patterns)]
                match text {
                    $($text => ::std::result::Result::Ok(Self::$variant $(($inner))?),)+
                    _ => ::std::result::Result::Err($crate::UnknownText::new(&[$($text),+])),
                }
            }
        }
    };
    (
        $(#[$attribute:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$note:meta])* $variant:ident = $text:literal),+ $(,)?
        }
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        $visibility enum $name {
            $($(#[$note])* $variant),+
        }

        $crate::text_enum! { impl $name { $($variant = $text),+ } }
    };
}

/// Makes types with `Display` and `FromStr` (serde's) strings in messages and stored JSON. A text that does not parse is an
/// error of the deserializer.
///
/// ```
/// base::text_enum! {
///     enum Care {
///         Online = "online",
///         HomeVisit = "home-visit",
///     }
/// }
/// base::text_serde!(Care);
///
/// assert_eq!(serde_json::to_string(&Care::HomeVisit).unwrap(), "\"home-visit\"");
/// assert_eq!(serde_json::from_str::<Care>("\"online\"").unwrap(), Care::Online);
/// assert!(serde_json::from_str::<Care>("\"other\"").is_err());
/// ```
#[macro_export]
macro_rules! text_serde {
    ($($text_type:ty),+ $(,)?) => {$(
        impl $crate::__serde::Serialize for $text_type {
            fn serialize<S: $crate::__serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> $crate::__serde::Deserialize<'de> for $text_type {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                <::std::string::String as $crate::__serde::Deserialize>::deserialize(deserializer)?
                    .parse()
                    .map_err($crate::__serde::de::Error::custom)
            }
        }
    )+};
}

#[cfg(test)]
mod tests {
    crate::text_enum! {
        enum Care {
            Online = "online",
            HomeVisit = "home-visit",
        }
    }

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Finding {
        Valid,
        Hidden(Care),
    }

    crate::text_enum! {
        impl Finding {
            Hidden(Care::HomeVisit) = "hidden-home-visit",
            Valid = "valid",
            Hidden(Care::Online) = "hidden",
        }
    }

    #[test]
    fn every_value_reads_back() {
        for care in Care::ALL {
            assert_eq!(care.to_string().parse(), Ok(care));
        }
        for finding in Finding::ALL {
            assert_eq!(finding.as_str().parse(), Ok(finding));
        }
        assert_eq!(Finding::ALL.map(Finding::as_str), ["hidden-home-visit", "valid", "hidden"]);
    }

    #[test]
    fn another_text_is_an_error_that_names_those_that_are_known() {
        let error = "Online".parse::<Care>().unwrap_err();
        assert_eq!(error.to_string(), "expected one of: online, home-visit");
        assert!("".parse::<Finding>().is_err());
    }
}
