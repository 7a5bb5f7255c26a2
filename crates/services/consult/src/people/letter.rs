//! The letter with the code that signs a patient in.

use text::Language;

use crate::mail::letter::{Letter, Letterhead};

/// The letter with a code. The code is in its subject, and first in its text.
pub(crate) fn render_sign_in_code_letter(recipient: &str, language: Language, code: &str, head: &Letterhead) -> Letter {
    let t = |japanese: &str, english: &str| language.t(japanese, english).to_owned();
    let subject = format!("{}{code}", t("確認コード ", "Your code is "));
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, &subject),
        body: head.format_body(
            language,
            &[
                code.to_owned(),
                t(
                    "ログインのための確認コードです。画面に入力してください。10分間使えます。",
                    "This is your sign-in code. Enter it on the page within 10 minutes.",
                ),
                t(
                    "だれにも教えないでください。お心当たりがない場合は、何もする必要はありません。",
                    "Don't share it with anyone. If you did not ask for it, you don't need to do anything.",
                ),
            ],
            language.t("このメールは送信専用です。", "Please don't reply to this email."),
        ),
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
