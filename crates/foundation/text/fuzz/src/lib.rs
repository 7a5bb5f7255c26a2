//! Properties that must hold for any text that a person types or pastes: one check for each parser of this crate. The fuzz
//! targets run them on inputs of libFuzzer; the crate's own tests run them on the corpus and on mutations of it.
//!
//! A check panics where its property is violated.

use base::{Date, parse_date};
use text::PhoneNumber;

/// A check with the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All checks.
pub const FUZZ_CHECKS: [FuzzCheck; 5] = [
    ("birth_date", birth_date),
    ("phone_number", phone_number),
    ("name", name),
    ("reading", reading),
    ("one_time_code", one_time_code),
];

/// A birth date is not in the future, and reads as the same when it is written in digits.
pub fn birth_date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let today: Date = parse_date("2026-11-24").expect("a date");
    if let Ok(date) = text::parse_birth_date(&text, today) {
        assert!(date <= today);
        assert!(text::parse_birth_date(&date.to_string(), today) == Ok(date));
    }
    let mut parts = text.splitn(3, '\n');
    let [year, month, day] = [(); 3].map(|()| parts.next().unwrap_or_default());
    if let Ok(date) = text::parse_date_parts(year, month, day, today) {
        assert!(date <= today);
    }
    if let Ok(date) = text::parse_written_date(&text) {
        assert!(text::parse_written_date(&date.to_string()) == Ok(date));
    }
}

/// A telephone number is digits, after a `+` where a country's code begins it, and reads as the same when it is displayed.
pub fn phone_number(bytes: &[u8]) {
    if let Ok(number) = String::from_utf8_lossy(bytes).parse::<PhoneNumber>() {
        let digits = number.as_str().trim_start_matches('+');
        assert!(digits.bytes().all(|byte| byte.is_ascii_digit()) && (1..=15).contains(&digits.len()));
        assert!(number.to_string().parse().as_ref() == Ok(&number));
    }
}

/// A name has no control character, and reads as itself.
pub fn name(bytes: &[u8]) {
    if let Ok(name) = text::parse_name(&String::from_utf8_lossy(bytes)) {
        assert!(!name.is_empty() && !name.contains(char::is_control));
        assert!(text::parse_name(&name).as_ref() == Ok(&name));
    }
}

/// A reading reads as itself, and folding it twice changes no more than once.
pub fn reading(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(reading) = text::parse_reading(&text) {
        assert!(text::parse_reading(&reading).as_ref() == Some(&reading));
    }
    let folded = text::fold_reading(&text);
    assert!(text::fold_reading(&folded) == folded);
}

/// A one-time code is six digits, and reads as itself.
pub fn one_time_code(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Some(code) = text::parse_one_time_code(&text) {
        assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
        assert!(text::parse_one_time_code(&code).as_ref() == Some(&code));
    }
    if let Some(digits) = text::find_digit_code(&text, 3) {
        assert!(digits.len() == 3 && digits.bytes().all(|byte| byte.is_ascii_digit()));
    }
}
