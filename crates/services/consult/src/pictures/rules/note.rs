//! The note of a desk to a patient, and its review before it is sent: it must not contain the number of a card or an insured
//! person.

use unicode_normalization::UnicodeNormalization;

/// The longest note of a desk, in characters.
pub const MAX_NOTE_CHARACTERS: usize = 200;

/// A note of the desk to the patient, possibly of several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note(String);

/// A text without visible characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing is said")]
pub struct EmptyNote;

impl std::fmt::Display for Note {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for Note {
    type Err = EmptyNote;

    /// Drops control characters and the excess over [`MAX_NOTE_CHARACTERS`] without an error, so as not to interrupt the
    /// staff member.
    fn from_str(input: &str) -> Result<Self, EmptyNote> {
        let is_visible = |c: &char| !c.is_control() || *c == '\n';
        let text: String = input.trim().chars().filter(is_visible).take(MAX_NOTE_CHARACTERS).collect();
        let text = text.trim();
        if text.is_empty() { Err(EmptyNote) } else { Ok(Self(text.to_owned())) }
    }
}

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

    #[test]
    fn a_note_keeps_its_lines_and_loses_what_cannot_be_shown() {
        let check = |input: &str, expected: Option<&str>| {
            assert_eq!(input.parse::<Note>().ok().map(|note| note.to_string()).as_deref(), expected, "{input:?}");
        };
        check("右下が\r\n読めません", Some("右下が\n読めません"));
        check(" a\0b\u{1b}[31m\t", Some("ab[31m"));
        check("\0 \u{7f}", None);
        check(" ", None);
        check(&"あ".repeat(MAX_NOTE_CHARACTERS + 1), Some(&"あ".repeat(MAX_NOTE_CHARACTERS)));
    }
}
