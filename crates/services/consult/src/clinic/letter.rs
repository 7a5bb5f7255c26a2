//! The letters about accounts of a clinic: the invitation, and the warning of wrong passwords.

use text::Language;

use crate::{
    clinic::texts,
    mail::letter::{Letter, Letterhead},
};

/// The invitation, in both languages, since the reader's is not known. The clinic and the role are on the page that it leads to.
pub(crate) fn render_invitation_letter(head: &Letterhead, recipient: &str, page: &str) -> Letter {
    let [japanese, english] =
        [Language::Japanese, Language::English].map(|language| texts::YOU_ARE_INVITED.in_language(language).to_owned());
    let closing = texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(Language::Japanese);
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(Language::Japanese, "受付アカウントへの招待"),
        body: head.format_body(Language::Japanese, &[japanese, english, page.to_owned()], closing),
        calendar: None,
    }
}

/// The warning, in both languages, since the reader's is not known.
pub(crate) fn render_sign_ins_limited_letter(recipient: &str, page: &str) -> Letter {
    let [japanese, english] = [Language::Japanese, Language::English]
        .map(|language| texts::WRONG_PASSWORDS_WERE_ENTERED.in_language(language));
    let closing = texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(Language::Japanese);
    Letter {
        to: recipient.to_owned(),
        subject: "受付アカウントへのログインについて".to_owned(),
        body: format!("{japanese}\n\n{english}\n\n{page}\n\n{closing}\n"),
        calendar: None,
    }
}

/// The warning of wrong codes after the right password, in both languages.
pub(crate) fn render_codes_limited_letter(recipient: &str, page: &str) -> Letter {
    let [japanese, english] =
        [Language::Japanese, Language::English].map(|language| texts::WRONG_CODES_WERE_ENTERED.in_language(language));
    let closing = texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(Language::Japanese);
    Letter {
        to: recipient.to_owned(),
        subject: "受付アカウントへのログインについて".to_owned(),
        body: format!("{japanese}\n\n{english}\n\n{page}\n\n{closing}\n"),
        calendar: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::letter::{assert_has_letterhead, assert_reveals_nothing};

    #[test]
    fn a_warning_of_wrong_passwords_leads_to_the_sign_in_page_and_says_no_word_of_health() {
        let letter = render_sign_ins_limited_letter("desk@example.jp", "https://example.jp/desk/sign-in");
        assert!(letter.body.contains("https://example.jp/desk/sign-in"), "{}", letter.body);
        assert_reveals_nothing(&letter);
    }

    #[test]
    fn a_warning_of_wrong_codes_says_no_word_of_health() {
        let letter = render_codes_limited_letter("desk@example.jp", "https://example.jp/desk/sign-in");
        assert!(letter.body.contains("https://example.jp/desk/sign-in"), "{}", letter.body);
        assert_reveals_nothing(&letter);
    }

    #[test]
    fn an_invitation_has_its_link_and_says_no_word_of_health() {
        let link = "https://example.jp/desk/invitations/x";
        let letter = render_invitation_letter(&Letterhead::for_tests(), "desk@example.jp", link);
        assert!(letter.body.contains(&format!("\n{link}\n")), "{}", letter.body);
        assert_has_letterhead(&letter);
        assert_reveals_nothing(&letter);
    }
}
