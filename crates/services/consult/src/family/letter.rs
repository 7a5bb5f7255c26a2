//! Letters about who acts for a patient. They name nobody: who else reads the mailbox is not known.

use base::Date;
use text::{Language, dates};

use super::texts;
use crate::{
    mail::letter::{Letter, Letterhead},
    people::rules::account::comes_of_age_on,
};

/// What a parent is told about the access to a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GuardianshipNotice {
    EndsSoon,
    Ended,
}

/// The invitation to act for a patient, in both languages, since the reader's is not known.
pub(crate) fn render_family_invitation(head: &Letterhead, recipient: &str, page: &str) -> Letter {
    let [japanese, english] = [Language::Japanese, Language::English]
        .map(|language| texts::YOU_ARE_INVITED_TO_ACT.in_language(language).to_owned());
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(Language::Japanese, texts::INVITATION_SUBJECT.in_language(Language::Japanese)),
        body: head.format_body(
            Language::Japanese,
            &[japanese, english, page.to_owned()],
            texts::PLEASE_DONT_REPLY_TO_THIS_EMAIL.in_language(Language::Japanese),
        ),
        calendar: None,
    }
}

/// The letter to a parent whose child with this birthday comes of age.
pub(crate) fn render_guardianship_letter(
    head: &Letterhead,
    (recipient, language): (&str, Language),
    (notice, birth_date): (GuardianshipNotice, Date),
    page: &str,
) -> Letter {
    let day = dates::format_date(language, comes_of_age_on(birth_date));
    let (subject, text) = match notice {
        GuardianshipNotice::EndsSoon => {
            (texts::ACCESS_ENDS_SOON.in_language(language), texts::a_child_comes_of_age(language, day))
        }
        GuardianshipNotice::Ended => {
            (texts::ACCESS_HAS_ENDED.in_language(language), texts::a_child_has_come_of_age(language, day))
        }
    };
    Letter {
        to: recipient.to_owned(),
        subject: head.format_subject(language, subject),
        body: head.format_body(
            language,
            &[text, page.to_owned()],
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
    fn an_invitation_has_its_link_and_no_word_of_health() {
        let page = "https://example.jp/family-invitations/abc";
        let letter = render_family_invitation(&Letterhead::for_tests(), "taro@example.jp", page);
        assert!(letter.body.contains(page), "{}", letter.body);
        assert_reveals_nothing(&letter);
    }

    #[test]
    fn a_parent_is_told_the_day_in_the_account_s_language() {
        let born = base::parse_date("2008-11-25").expect("a date");
        for language in [Language::Japanese, Language::English] {
            for notice in [GuardianshipNotice::EndsSoon, GuardianshipNotice::Ended] {
                let head = Letterhead::for_tests();
                let page = "https://example.jp/profile/family";
                let letter = render_guardianship_letter(&head, ("hanako@example.jp", language), (notice, born), page);
                assert!(letter.body.contains("11月25日") || letter.body.contains("25 Nov"), "{}", letter.body);
                assert!(letter.body.contains(page));
                assert_reveals_nothing(&letter);
                assert_has_letterhead(&letter);
            }
        }
    }
}
