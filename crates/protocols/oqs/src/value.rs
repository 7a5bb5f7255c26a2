//! The values of single elements: their widths, paddings and forms.

use std::fmt;

use base::{
    Date, InstitutionCode, InsurerNumber, Span, Timestamp, WrongInstitutionCode, WrongInsurerNumber, parse_date,
    start_of_day,
};
use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{half_width, layout::Value};

/// A number with a check digit, as read from a file: valid, or kept as text for a person to look at.
///
/// Files contain numbers with wrong check digits. They are marked, not dropped.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CheckedNumber<T> {
    /// The number is valid.
    Valid(T),
    /// The number is invalid; its text with its padding.
    Invalid(String),
}

impl<T> CheckedNumber<T> {
    /// The number, if it is valid.
    pub fn valid(&self) -> Option<&T> {
        match self {
            Self::Valid(number) => Some(number),
            Self::Invalid(_) => None,
        }
    }
}

impl<T> From<T> for CheckedNumber<T> {
    fn from(number: T) -> Self {
        Self::Valid(number)
    }
}

/// Without the padding, valid or not.
impl<T: fmt::Display> fmt::Display for CheckedNumber<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid(number) => number.fmt(formatter),
            Self::Invalid(text) => formatter.pad(text.trim()),
        }
    }
}

impl CheckedNumber<InsurerNumber> {
    /// What is wrong with it, if it is invalid.
    pub fn fault(&self) -> Option<WrongInsurerNumber> {
        match self {
            Self::Valid(_) => None,
            Self::Invalid(text) => insurer_digits(text).parse::<InsurerNumber>().err(),
        }
    }
}

impl CheckedNumber<InstitutionCode> {
    /// What is wrong with it, if it is invalid.
    pub fn fault(&self) -> Option<WrongInstitutionCode> {
        match self {
            Self::Valid(_) => None,
            Self::Invalid(text) => text.trim().parse::<InstitutionCode>().err(),
        }
    }
}

/// The digits of an insurer number without their padding. No law has the number 00.
fn insurer_digits(text: &str) -> &str {
    let plain = text.trim();
    plain.strip_prefix("00").filter(|rest| rest.len() == 6).unwrap_or(plain)
}

/// Eight characters wide, six-digit numbers after two spaces. Some programs write two zeros instead; no law has the number
/// 00, so both are accepted.
impl Value for CheckedNumber<InsurerNumber> {
    const EXPECTED: &'static str = "an insurer number";

    fn from_text(text: &str) -> Option<Self> {
        Some(insurer_digits(text).parse().map_or_else(|_| Self::Invalid(text.to_owned()), Self::Valid))
    }

    fn to_text(&self) -> String {
        match self {
            Self::Valid(number) => number.to_padded_string(),
            Self::Invalid(to_text) => to_text.clone(),
        }
    }
}

impl Value for CheckedNumber<InstitutionCode> {
    const EXPECTED: &'static str = "an institution code";

    fn from_text(text: &str) -> Option<Self> {
        Some(text.trim().parse().map_or_else(|_| Self::Invalid(text.to_owned()), Self::Valid))
    }

    fn to_text(&self) -> String {
        match self {
            Self::Valid(code) => code.to_string(),
            Self::Invalid(to_text) => to_text.clone(),
        }
    }
}

/// Free text. An empty one is left out of the file.
impl Value for String {
    const EXPECTED: &'static str = "a text";

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }

    fn to_text(&self) -> String {
        self.clone()
    }
}

/// `YYYYMMDD`.
impl Value for Date {
    const EXPECTED: &'static str = "a date as YYYYMMDD";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        (text.len() == 8).then(|| parse_date(text).ok()).flatten()
    }

    fn to_text(&self) -> String {
        format!("{:04}{:02}{:02}", self.year(), self.month(), self.day())
    }
}

/// `YYYYMMDDhhmmss`, in Japan's time. Milliseconds are not written.
impl Value for Timestamp {
    const EXPECTED: &'static str = "a time as YYYYMMDDhhmmss";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let (date, time) = text.split_at_checked(8)?;
        let part = |start: usize, below: i64| time.get(start..start + 2)?.parse().ok().filter(|part| *part < below);
        let (hours, minutes, seconds): (i64, i64, i64) = (part(0, 24)?, part(2, 60)?, part(4, 60)?);
        Some(start_of_day(Date::from_text(date)?).plus(Span::from_secs(hours * 3600 + minutes * 60 + seconds)))
    }

    fn to_text(&self) -> String {
        let local = self.in_japan();
        format!("{}{:02}{:02}{:02}", local.date().to_text(), local.hour(), local.minute(), local.second())
    }
}

/// A month as `YYYYMM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

impl Month {
    /// The month of a day.
    pub fn from_date(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.0.last_of_month()
    }
}

/// `2026-11`.
impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

/// A day of the month is accepted too: sources do not state the form of months in requests.
impl Value for Month {
    const EXPECTED: &'static str = "a month as YYYYMM";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let day = if text.len() == 6 { format!("{text}01") } else { text.to_owned() };
        Date::from_text(&day).map(Self::from_date)
    }

    fn to_text(&self) -> String {
        format!("{:04}{:02}", self.0.year(), self.0.month())
    }
}

/// 負担割合: a person's share of the cost, in hundredths; three digits in files, `010` for 1割.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u8);

impl Share {
    /// A share of so many tenths (割), at most ten.
    pub fn from_tenths(tenths: u8) -> Option<Self> {
        (tenths <= 10).then(|| Self(tenths * 10))
    }

    /// In hundredths.
    pub fn percent(self) -> u8 {
        self.0
    }
}

/// `1割`, or `15%` where it is no whole number of tenths.
impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(10) {
            write!(formatter, "{}割", self.0 / 10)
        } else {
            write!(formatter, "{}%", self.0)
        }
    }
}

impl Value for Share {
    const EXPECTED: &'static str = "a share of three digits, at most 100";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten().filter(|percent| *percent <= 100).map(Self)
    }

    fn to_text(&self) -> String {
        format!("{:03}", self.0)
    }
}

/// 枝番: distinguishes the persons with one number; two digits. `2` is read as `02`. 後期高齢者 have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchNumber(u8);

impl BranchNumber {
    /// The branch number, if it is below one hundred.
    pub fn new(number: u8) -> Option<Self> {
        (number < 100).then_some(Self(number))
    }

    /// As a number.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for BranchNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}", self.0)
    }
}

impl Value for BranchNumber {
    const EXPECTED: &'static str = "a branch number of two digits";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok().map(Self)).flatten()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// A count, or an amount in yen.
impl Value for u32 {
    const EXPECTED: &'static str = "a whole number";

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

/// 氏名: the parts of a name, separated by full-width spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FullName(String);

impl FullName {
    /// The name as in files: half-width spaces become full-width ones. `None` for a blank text.
    pub fn new(text: &str) -> Option<Self> {
        let name = text.trim().replace(' ', "　");
        (!name.is_empty()).then_some(Self(name))
    }

    /// As in files.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// 氏名カナ: half-width katakana with half-width spaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KanaName(String);

impl KanaName {
    /// The reading as in files: any kana become half-width katakana. `None` for a blank text.
    pub fn new(text: &str) -> Option<Self> {
        let name = half_width(text.trim());
        (!name.is_empty()).then_some(Self(name))
    }

    /// As in files.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! shown_text {
    ($($name:ident, $expected:literal;)+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(&self.0)
            }
        }

        impl Value for $name {
            const EXPECTED: &'static str = $expected;

            fn from_text(text: &str) -> Option<Self> {
                Self::new(text)
            }

            fn to_text(&self) -> String {
                self.0.clone()
            }
        }
    )+};
}

shown_text! {
    FullName, "a name";
    KanaName, "a reading of a name";
}

macro_rules! limited {
    ($($(#[$about:meta])* $name:ident($most:literal) $expected:literal;)+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, if it is not blank and not longer than allowed in files.
            pub fn new(text: &str) -> Option<Self> {
                let text = text.trim();
                (!text.is_empty() && text.chars().count() <= $most).then(|| Self(text.to_owned()))
            }

            /// As in files.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        shown_text! { $name, $expected; }
    )+};
}

limited! {
    /// 被保険者証等記号: at most 20 characters, including kanji and hyphens. The element is left out if there is none.
    CardSymbol(20) "a symbol of at most 20 characters";
    /// 被保険者証等番号: at most 20 characters.
    CardNumber(20) "a number of at most 20 characters";
    /// 照会番号: the institution's number of the patient, at most 50 characters, registered by it beforehand.
    InquiryNumber(50) "a reference number of at most 50 characters";
    /// 任意のファイル識別子, 任意の識別子: chosen by the requester, repeated unchanged. The maximum length is assumed.
    Identifier(100) "an identifier of at most 100 characters";
    /// 受付番号 of a bulk request, for fetching its result. The maximum length is assumed; not [`base::ReceptionNumber`].
    BulkNumber(40) "a reception number of at most 40 characters";
}

/// A file within a file, in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment(pub Vec<u8>);

impl Value for Attachment {
    const EXPECTED: &'static str = "base64";

    fn from_text(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|character| !character.is_ascii_whitespace()).collect();
        BASE64_STANDARD.decode(plain).ok().map(Self)
    }

    fn to_text(&self) -> String {
        BASE64_STANDARD.encode(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Value>(text: &str, written_as: Option<&str>) {
        assert_eq!(T::from_text(text).map(|value| value.to_text()).as_deref(), written_as, "{text}: {}", T::EXPECTED);
    }

    #[test]
    fn dates_and_times_have_one_form() {
        check::<Date>("20261124", Some("20261124"));
        check::<Date>("20000229", Some("20000229"));
        for wrong in ["2026-11-24", "20260230", "00000000", "2026112", "２０２６１１２４"] {
            check::<Date>(wrong, None);
        }
        check::<Timestamp>("20230221174835", Some("20230221174835"));
        check::<Timestamp>("20230221000000", Some("20230221000000"));
        for wrong in
            ["20230221240000", "20230221006000", "20230221000060", "20230230000000", "202302211748", "2023022117483５"]
        {
            check::<Timestamp>(wrong, None);
        }
        check::<Month>("202611", Some("202611"));
        check::<Month>("20261124", Some("202611"));
        for wrong in ["202613", "20261", "2026-11", "20261131"] {
            check::<Month>(wrong, None);
        }
    }

    #[test]
    fn times_are_times_in_japan() {
        let time = Timestamp::from_text("20261124000000").unwrap();
        assert_eq!(time, "2026-11-23T15:00:00Z".parse().unwrap());
    }

    #[test]
    fn shares_are_three_digits() {
        check::<Share>("010", Some("010"));
        check::<Share>("100", Some("100"));
        for wrong in ["10", "0010", "101", "1割", "+10"] {
            check::<Share>(wrong, None);
        }
        assert_eq!(Share::from_tenths(3).unwrap().to_string(), "3割");
        assert_eq!(Share::from_text("015").unwrap().to_string(), "15%");
        assert_eq!(Share::from_tenths(11), None);
    }

    #[test]
    fn branches_are_two_digits_and_one_is_read() {
        check::<BranchNumber>("02", Some("02"));
        check::<BranchNumber>("2", Some("02"));
        for wrong in ["", "002", "a1", "-1"] {
            check::<BranchNumber>(wrong, None);
        }
    }

    #[test]
    fn insurer_numbers_are_padded_and_wrong_ones_kept() {
        check::<CheckedNumber<InsurerNumber>>("33120015", Some("33120015"));
        check::<CheckedNumber<InsurerNumber>>("  138057", Some("  138057"));
        check::<CheckedNumber<InsurerNumber>>("138057", Some("  138057"));
        check::<CheckedNumber<InsurerNumber>>("00138057", Some("  138057"));
        check::<CheckedNumber<InsurerNumber>>("  123456", Some("  123456"));
        check::<CheckedNumber<InsurerNumber>>("33120014", Some("33120014"));
        check::<CheckedNumber<InsurerNumber>>("3312", Some("3312"));
        assert_eq!(
            CheckedNumber::<InsurerNumber>::from_text("33120014"),
            Some(CheckedNumber::Invalid("33120014".to_owned()))
        );
        assert!(CheckedNumber::<InsurerNumber>::from_text("  138057").unwrap().valid().is_some());
        assert_eq!(CheckedNumber::<InsurerNumber>::from_text("  123456").unwrap().to_string(), "123456");
    }

    #[test]
    fn what_is_wrong_with_a_number_is_known() {
        let check = |text: &str, fault: Option<WrongInsurerNumber>| {
            assert_eq!(CheckedNumber::<InsurerNumber>::from_text(text).unwrap().fault(), fault, "{text}");
        };
        check("33120015", None);
        check("00138057", None);
        check("33120014", Some(WrongInsurerNumber::CheckDigit));
        check("00138058", Some(WrongInsurerNumber::CheckDigit));
        check("99120015", Some(WrongInsurerNumber::Kind));
        check("33990015", Some(WrongInsurerNumber::Prefecture));
        check("3312", Some(WrongInsurerNumber::Form));
        let code = CheckedNumber::<InstitutionCode>::from_text("1311111111").unwrap();
        assert_eq!(code.fault(), Some(WrongInstitutionCode::CheckDigit));
    }

    #[test]
    fn institution_codes_with_wrong_check_digits_are_kept() {
        check::<CheckedNumber<InstitutionCode>>("0110113719", Some("0110113719"));
        check::<CheckedNumber<InstitutionCode>>("1311111111", Some("1311111111"));
        assert!(CheckedNumber::<InstitutionCode>::from_text("1311111111").unwrap().valid().is_none());
    }

    #[test]
    fn names_have_the_space_of_their_width() {
        check::<FullName>("診療 太郎", Some("診療　太郎"));
        check::<FullName>("診療　太郎", Some("診療　太郎"));
        check::<FullName>("●田　花子", Some("●田　花子"));
        check::<FullName>(" ", None);
        check::<KanaName>("シンリョウ　タロウ", Some("ｼﾝﾘｮｳ ﾀﾛｳ"));
        check::<KanaName>("すずき えみこ", Some("ｽｽﾞｷ ｴﾐｺ"));
        check::<KanaName>("　", None);
    }

    #[test]
    fn texts_have_a_width() {
        check::<CardSymbol>("協１２３‐４", Some("協１２３‐４"));
        check::<CardSymbol>(&"国".repeat(20), Some(&"国".repeat(20)));
        check::<CardSymbol>(&"国".repeat(21), None);
        check::<InquiryNumber>(&"9".repeat(50), Some(&"9".repeat(50)));
        check::<InquiryNumber>(&"9".repeat(51), None);
    }

    #[test]
    fn amounts_are_whole() {
        check::<u32>("10000", Some("10000"));
        check::<u32>("0010000", Some("10000"));
        for wrong in ["", "-1", "+1", "1.5", "99999999999", "１"] {
            check::<u32>(wrong, None);
        }
    }
}
