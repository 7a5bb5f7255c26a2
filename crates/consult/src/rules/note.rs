//! What a desk writes to a patient, before it is sent: it must not carry the number of a card or an insured person.

use unicode_normalization::UnicodeNormalization;

use super::picture::Note;

/// How many digits in a row look like a number that identifies somebody. A time, a date and an amount have fewer.
const MIN_NUMBER_DIGITS: usize = 5;

/// What is to be done with what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteReview {
    /// Nothing was written.
    Empty,
    /// It can be sent.
    Clear(Note),
    /// It looks as if it carries a number; its writer says whether it shall be sent.
    HasNumber(Note),
}

/// Looks at what was written. Digits of any width count as one number when only spaces, hyphens, dots or slashes stand
/// between them.
pub fn review_note(written: &str) -> NoteReview {
    match written.parse::<Note>() {
        Err(_) => NoteReview::Empty,
        Ok(note) if has_number(&note.to_string()) => NoteReview::HasNumber(note),
        Ok(note) => NoteReview::Clear(note),
    }
}

fn has_number(text: &str) -> bool {
    let mut digits = 0;
    for character in text.nfkc() {
        if character.is_numeric() {
            digits += 1;
            if digits >= MIN_NUMBER_DIGITS {
                return true;
            }
        } else if !is_digit_separator(character) {
            digits = 0;
        }
    }
    false
}

fn is_digit_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | 'ー' | '.' | ',' | '・' | '/' | '_' | '\u{200b}'..='\u{200d}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: bool) {
        let review = review_note(written);
        assert_eq!(matches!(review, NoteReview::HasNumber(_)), expected, "{written}: {review:?}");
    }

    #[test]
    fn five_digits_in_a_row_are_a_number_in_any_width_and_with_anything_between() {
        check("1183046", true);
        check("保険者番号 06139999 が読めません", true);
        check("１２３４５", true);
        check("1234 5678 9012", true);
        check("12-34-5", true);
        check("1 2 3 4 5", true);
        check("１２３－４５", true);
        check("1２ー3、4 5", false);
        check("12‐345", true);
        check("1.2.3.4.5", true);
        check("12\n345", true);
        check("①②③④⑤", true);
    }

    #[test]
    fn times_and_days_are_no_numbers() {
        check("右下が読めません", false);
        check("10時30分までにお願いします", false);
        check("10:30に電話します", false);
        check("11月24日 10時", false);
        check("2枚目の4行目", false);
        check("1234", false);
    }

    #[test]
    fn nothing_written_is_nothing() {
        assert_eq!(review_note("  \n "), NoteReview::Empty);
        assert!(matches!(review_note("読めません"), NoteReview::Clear(_)));
    }
}
