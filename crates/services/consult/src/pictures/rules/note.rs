//! Reviews the note of a desk to a patient before it is sent: it must not contain the number of a card or an insured person.

use unicode_normalization::UnicodeNormalization;

use super::picture::Note;

/// From how many digits on a number may identify somebody. Times, dates and amounts have fewer.
const MIN_NUMBER_DIGITS: usize = 5;

/// The result of the review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoteReview {
    Empty,
    /// It can be sent.
    Clear(Note),
    /// It may contain such a number; the writer decides whether it is sent.
    HasNumber(Note),
}

/// Reviews a text. Digits of any width count as one number if only spaces, hyphens, dots or slashes are between them.
pub fn review_note(text: &str) -> NoteReview {
    match text.parse::<Note>() {
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

    fn check(text: &str, expected: bool) {
        let review = review_note(text);
        assert_eq!(matches!(review, NoteReview::HasNumber(_)), expected, "{text}: {review:?}");
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
