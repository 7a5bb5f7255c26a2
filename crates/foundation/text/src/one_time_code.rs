use super::{half_width_digit, is_dash, is_invisible};

/// The number of digits in a mailed code.
const MAILED: usize = 6;

/// Finds the code of six digits in what was typed or pasted: the code alone, grouped by blanks or dashes, or within a line
/// or mail. A number with more digits is no code. The first of several is taken.
pub fn parse_one_time_code(text: &str) -> Option<String> {
    find_digit_code(text, MAILED)
}

/// Finds a code of `length` digits likewise.
pub fn find_digit_code(text: &str, length: usize) -> Option<String> {
    let plain: Vec<char> = text.chars().map(half_width_digit).filter(|c| !is_invisible(*c)).collect();
    // Ungrouped digits take precedence over grouped ones: a mail has dates and times too.
    find_run(&plain, length, |_| false).or_else(|| find_run(&plain, length, |c| c.is_whitespace() || is_dash(c)))
}

/// The first run of exactly `length` digits, with single separators allowed between them.
fn find_run(text: &[char], length: usize, is_separator: impl Fn(char) -> bool) -> Option<String> {
    let mut run = String::new();
    let mut before_was_separator = false;
    for c in text.iter().copied().chain(['\n', '\n']) {
        if c.is_ascii_digit() {
            run.push(c);
            before_was_separator = false;
        } else if !run.is_empty() && is_separator(c) && !before_was_separator {
            before_was_separator = true;
        } else {
            if run.len() == length {
                return Some(run);
            }
            run.clear();
            before_was_separator = false;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_found_in_whatever_was_pasted() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse_one_time_code(text).as_deref(), expected, "{text}");
        };
        check("012345", Some("012345"));
        check(" ０１２ ３４５ ", Some("012345"));
        check("012-345", Some("012345"));
        check("012–345", Some("012345"));
        check("0 1 2 3 4 5", Some("012345"));
        check("01 23 45\n", Some("012345"));
        check("確認コード：０１２３４５（10分間使えます）", Some("012345"));
        check("【見本】確認コード 012345", Some("012345"));
        check("11月24日 9:00 に届いた 012345 です", Some("012345"));
        check("2026-11-24 012345", Some("012345"));
        check("\u{200b}012\u{200b}345\u{feff}", Some("012345"));
        check("Your code is 012345.", Some("012345"));
        check("012345 654321", Some("012345"));
        check("12345", None);
        check("1234567", None);
        check("012--345", None);
        check("abcdef", None);
        check("", None);
    }

    #[test]
    fn a_code_of_another_length_is_found_alike() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(find_digit_code(text, 3).as_deref(), expected, "{text}");
        };
        check("047", Some("047"));
        check(" ０４７ ", Some("047"));
        check("0 4 7", Some("047"));
        check("0-4–7", Some("047"));
        check("\u{200b}0\u{200b}47\u{feff}", Some("047"));
        check("番号：０４７", Some("047"));
        check("047です。", Some("047"));
        check("0047", None);
        check("04", None);
        check("012345", None);
        check("", None);
    }

    proptest! {
        #[test]
        fn a_code_is_found_whatever_words_stand_around_it(
            code in "[0-9]{6}",
            before in "[^0-9０-９]{0,20}",
            after in "[^0-9０-９]{0,20}",
            wide in any::<bool>(),
        ) {
            let digits: String = if wide {
                code.chars().map(|c| char::from_u32(u32::from(c) - 0x30 + 0xff10).expect("a full-width digit")).collect()
            } else {
                code.clone()
            };
            prop_assert_eq!(parse_one_time_code(&format!("{before}{digits}{after}")), Some(code));
        }

        #[test]
        fn what_is_found_is_six_digits(text in "\\PC{0,60}") {
            if let Some(code) = parse_one_time_code(&text) {
                prop_assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
    }
}
