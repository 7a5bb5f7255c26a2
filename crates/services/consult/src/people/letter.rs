//! The letter with the code that signs a patient in.

use text::{Language, Text};

use crate::{
    mail::letter::{Letter, Letterhead},
    people::texts,
};

/// The letter with a code. The code is in its subject, and first in its text.
pub(crate) fn render_sign_in_code_letter(recipient: &str, language: Language, code: &str, head: &Letterhead) -> Letter {
    let t = |text: &Text| text.in_language(language).to_owned();
    let subject = format!("{}{code}", t(&texts::YOUR_CODE_IS));
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, &subject),
        body: head.format_body(
            language,
            &[code.to_owned(), t(&texts::THIS_IS_YOUR_SIGN_IN_CODE), t(&texts::DONT_SHARE_IT_WITH_ANYONE)],
            texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(language),
        ),
        calendar: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::{assert_has_letterhead, assert_reveals_nothing};

    #[test]
    fn a_code_stands_in_the_subject_and_first_in_the_text() {
        for language in [Language::Japanese, Language::English] {
            let letter = render_sign_in_code_letter("a@example.jp", language, "123456", &Letterhead::for_tests());
            assert_reveals_nothing(&letter);
            assert_has_letterhead(&letter);
            assert!(letter.subject.ends_with("123456"), "{}", letter.subject);
            assert!(letter.body.starts_with("123456\n"), "{}", letter.body);
            assert_eq!(text::parse_one_time_code(&letter.body).as_deref(), Some("123456"));
            assert!(!letter.body.contains("上のページ") && !letter.body.contains("page above"));
        }
    }
}
