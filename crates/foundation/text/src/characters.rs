use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// A full-width digit as a half-width one; any other character unchanged.
pub fn half_width_digit(c: char) -> char {
    match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        _ => c,
    }
}

/// The text with half-width digits.
pub fn half_width_digits(text: &str) -> String {
    text.chars().map(half_width_digit).collect()
}

/// Whether a character is invisible: format characters (Unicode category Cf), variation selectors, and the fillers that
/// Unicode counts as letters or symbols.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}'
    ) || c.general_category() == GeneralCategory::Format
}

/// Whether a character is typed as a dash, a hyphen, a minus or the long vowel mark.
pub fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{ad}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{207b}'
                | '\u{2212}'
                | '\u{2500}'
                | '\u{2501}'
                | '\u{30fc}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{ff70}'
                | '~'
                | '〜'
                | '～'
    )
}

/// The digits of a number in any width, grouped by blanks, dashes or dots; `None` where it contains anything else. Empty for
/// an empty text.
pub fn grouped_digits(text: &str) -> Option<String> {
    let mut digits = String::new();
    for c in text.chars().map(half_width_digit) {
        match c {
            '0'..='9' => digits.push(c),
            '.' | '．' | '·' | '・' | '･' => {}
            c if c.is_whitespace() || is_dash(c) || is_invisible(c) => {}
            _ => return None,
        }
    }
    Some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_digits_become_half_width() {
        assert_eq!(half_width_digits("０１２３４５６７８９"), "0123456789");
        assert_eq!(half_width_digits("12 ３／Ａ四"), "12 3／Ａ四");
    }

    #[test]
    fn digits_are_found_among_marks_and_among_nothing_else() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(grouped_digits(text).as_deref(), expected, "{text}");
        };
        check("33120015", Some("33120015"));
        check(" ３３１２－００１５ ", Some("33120015"));
        check("3312\u{200b}0015\u{feff}", Some("33120015"));
        check("3312–0015", Some("33120015"));
        check("3312ー0015", Some("33120015"));
        check("3312.0015", Some("33120015"));
        check("\u{202a}3312 0015\u{202c}", Some("33120015"));
        check("", Some(""));
        check("3312a", None);
        check("+1", None);
        check("三", None);
    }

    #[test]
    fn what_nobody_sees_is_known() {
        for c in
            "\u{ad}\u{200b}\u{200d}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\u{fe0f}\u{e0100}\u{3164}\u{e0041}".chars()
        {
            assert!(is_invisible(c), "U+{:04X}", u32::from(c));
        }
        for c in "a あ・①　-".chars() {
            assert!(!is_invisible(c), "U+{:04X}", u32::from(c));
        }
    }
}
