use std::{fmt, str::FromStr};

use super::{half_width_digit, is_dash, is_invisible};

/// A telephone number that can be dialled in Japan: a Japanese one as its national digits (`09012345678`), one of another
/// country as `+`, country code and digits (ITU-T E.164).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PhoneNumber(String);

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongPhoneNumber {
    /// It contains no number, or more than one.
    #[error("not one telephone number")]
    Unreadable,
    /// It has too few or too many digits.
    #[error("a telephone number with too few or too many digits")]
    Length,
    #[error("a telephone number without its area code")]
    NoAreaCode,
}

impl PhoneNumber {
    /// The digits, preceded by `+` if there is a country code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The lengths of the groups of a Japanese number. Area codes have two to five digits; an unknown one is displayed with
    /// three, the most frequent length. The grouping does not affect the number.
    fn groups(&self) -> [usize; 2] {
        let digits = self.0.as_str();
        match digits.len() {
            11 if digits.starts_with("0800") => [4, 3],
            11 => [3, 4],
            _ if ["0120", "0570", "0990"].iter().any(|prefix| digits.starts_with(prefix)) => [4, 3],
            _ if digits.starts_with("03") || digits.starts_with("06") => [2, 4],
            _ => [3, 3],
        }
    }
}

/// With hyphens: `090-1234-5678`, `03-1234-5678`; a number of another country without.
impl fmt::Display for PhoneNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.starts_with('0') {
            return formatter.write_str(&self.0);
        }
        let [first, second] = self.groups();
        let (area, rest) = self.0.split_at(first);
        let (exchange, line) = rest.split_at(second);
        write!(formatter, "{area}-{exchange}-{line}")
    }
}

impl FromStr for PhoneNumber {
    type Err = WrongPhoneNumber;

    fn from_str(text: &str) -> Result<Self, WrongPhoneNumber> {
        let normalised: String = text.chars().map(normalise_char).filter(|c| !is_invisible(*c)).collect();
        let number = strip_label(&normalised).ok_or(WrongPhoneNumber::Unreadable)?;
        match number.strip_prefix('+') {
            Some(abroad) => read_international(abroad),
            None => read_national(parse_digits(number)?),
        }
    }
}

/// A character in the width that the rules below expect.
fn normalise_char(c: char) -> char {
    match c {
        '＋' => '+',
        '（' | '［' | '[' => '(',
        '）' | '］' | ']' => ')',
        other => half_width_digit(other),
    }
}

/// The number itself, without labels before and after it (`TEL：`, `（自宅）`), which have no digits.
fn strip_label(text: &str) -> Option<&str> {
    let is_number = |c: char| c.is_ascii_digit();
    let first = text.find(|c: char| is_number(c) || c == '+')?;
    let last = text.rfind(is_number)?;
    // `(03)1234-5678` loses its first bracket; `+81 (0)90` keeps its sign.
    text.get(first..=last)
}

/// The digits of a number without its grouping.
fn parse_digits(number: &str) -> Result<String, WrongPhoneNumber> {
    let is_grouping =
        |c: char| c.is_whitespace() || is_dash(c) || matches!(c, '(' | ')' | '.' | '．' | '・' | '･' | '/');
    if number.chars().any(|c| !c.is_ascii_digit() && !is_grouping(c)) {
        return Err(WrongPhoneNumber::Unreadable);
    }
    Ok(number.chars().filter(char::is_ascii_digit).collect())
}

fn read_international(number: &str) -> Result<PhoneNumber, WrongPhoneNumber> {
    // `+81 (0)90`: the zero is dialled within the country only.
    let digits = parse_digits(&number.replacen("(0)", "", 1))?;
    if let Some(national) = digits.strip_prefix("81") {
        return read_national(format!("0{}", national.strip_prefix('0').unwrap_or(national)));
    }
    // E.164 allows fifteen digits; no country has numbers of fewer than seven with its code.
    match digits.len() {
        7..=15 if !digits.starts_with('0') => Ok(PhoneNumber(format!("+{digits}"))),
        _ => Err(WrongPhoneNumber::Length),
    }
}

fn read_national(digits: String) -> Result<PhoneNumber, WrongPhoneNumber> {
    /// 電気通信番号計画: numbers with these prefixes have eleven digits, all other personal numbers ten.
    const ELEVEN_DIGIT_PREFIXES: [&str; 7] = ["020", "050", "060", "070", "080", "090", "0800"];
    if !digits.starts_with('0') {
        return Err(WrongPhoneNumber::NoAreaCode);
    }
    let length = if ELEVEN_DIGIT_PREFIXES.iter().any(|prefix| digits.starts_with(prefix)) { 11 } else { 10 };
    if digits.len() == length && !digits.starts_with("00") {
        Ok(PhoneNumber(digits))
    } else {
        Err(WrongPhoneNumber::Length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<&str, WrongPhoneNumber>) {
        let read = text.parse::<PhoneNumber>();
        assert_eq!(read.as_ref().map(PhoneNumber::as_str).map_err(|wrong| *wrong), expected, "{text}");
    }

    #[test]
    fn a_number_is_read_as_people_copy_it() {
        for text in [
            "09012345678",
            "090-1234-5678",
            "090–1234–5678",
            "090−1234−5678",
            "090ー1234ー5678",
            "０９０－１２３４－５６７８",
            "090 1234 5678",
            "090.1234.5678",
            "(090)1234-5678",
            "（０９０）１２３４　５６７８",
            "\u{202d}090-1234-5678\u{202c}",
            "090\u{200b}1234\u{2060}5678\u{feff}",
            "TEL：090-1234-5678",
            "携帯 090-1234-5678（本人）",
            "tel:+81-90-1234-5678",
            "+81 90-1234-5678",
            "+81 (0)90-1234-5678",
            "＋８１（０）９０－１２３４－５６７８",
            "+81 090 1234 5678",
            "+81(0)9012345678",
        ] {
            check(text, Ok("09012345678"));
        }
        check("03-1234-5678", Ok("0312345678"));
        check("+81 3 1234 5678", Ok("0312345678"));
        check("0120-123-456", Ok("0120123456"));
        check("0800-123-4567", Ok("08001234567"));
        check("+84 90 123 45 67", Ok("+84901234567"));
        check("+44 (0)20 7946 0958", Ok("+442079460958"));
    }

    #[test]
    fn what_cannot_be_dialled_says_why() {
        use WrongPhoneNumber as W;
        check("", Err(W::Unreadable));
        check("call me", Err(W::Unreadable));
        check("+", Err(W::Unreadable));
        check("090-1234-5678 / 03-1234-5678", Err(W::Length));
        check("090-1234-5678 または 03-1234-5678", Err(W::Unreadable));
        check("03-1234-5678 内線 12", Err(W::Unreadable));
        check("090-1234-567", Err(W::Length));
        check("03-1234-56789", Err(W::Length));
        check("1234-5678", Err(W::NoAreaCode));
        check("90-1234-5678", Err(W::NoAreaCode));
        check("+1234", Err(W::Length));
        check("+1234567890123456", Err(W::Length));
        check("0081901234", Err(W::Length));
    }

    #[test]
    fn a_number_is_shown_with_hyphens() {
        let check = |text: &str, expected: &str| {
            assert_eq!(text.parse::<PhoneNumber>().expect("a number").to_string(), expected);
        };
        check("09012345678", "090-1234-5678");
        check("05012345678", "050-1234-5678");
        check("0312345678", "03-1234-5678");
        check("0451234567", "045-123-4567");
        check("0120123456", "0120-123-456");
        check("08001234567", "0800-123-4567");
        check("+84901234567", "+84901234567");
    }

    proptest! {
        #[test]
        fn marks_between_digits_change_nothing(
            marks in proptest::collection::vec("[ \u{3000}\\-–−ー‐.\u{200b}\u{202a}\u{feff}]{0,3}", 12),
        ) {
            let written: String = "09012345678"
                .chars()
                .zip(&marks)
                .flat_map(|(digit, mark)| mark.chars().chain([digit]))
                .collect();
            let read = written.parse::<PhoneNumber>();
            prop_assert_eq!(read.as_ref().map(PhoneNumber::as_str), Ok("09012345678"));
        }

        #[test]
        fn a_number_is_read_again_as_it_is_shown(text in "\\PC{0,30}|[0+][0-9 -]{8,16}") {
            if let Ok(number) = text.parse::<PhoneNumber>() {
                prop_assert_eq!(number.to_string().parse(), Ok(number));
            }
        }
    }
}
