//! The sample pages of the notices.

use maud::Markup;
use text::{Language, Text};

use super::{
    pages::{
        CONTACT_PATH, LEGAL_NAME, NoticePage, PRIVACY_NAME, PRIVACY_PATH, TERMS_NAME, render_contact_page,
        render_notice_page,
    },
    rules::{Contact, ContactMethod, Notice},
};
use crate::sample_data;

pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let notices = sample_data::notices();
    let frame_for = |path: &str| sample_data::frame(language, path, None);
    let privacy = |notice| NoticePage {
        name: &PRIVACY_NAME,
        description: Text::from_static("見本", "A sample"),
        notice,
        effective_date: Some(notices.privacy_effective_date),
    };
    let about = Text::from_static("見本", "A sample");
    let terms =
        NoticePage { name: &TERMS_NAME, description: about.clone(), notice: &notices.terms, effective_date: None };
    let legal = NoticePage { name: &LEGAL_NAME, description: about, notice: &notices.legal, effective_date: None };
    let only_japanese = Notice { english: None, ..notices.privacy.clone() };
    let by_mail = Contact {
        method: ContactMethod::Mail("help@example.jp".parse().expect("a sample's address is one")),
        ..notices.contact.clone()
    };
    vec![
        ("notices/privacy".to_owned(), render_notice_page(&frame_for(PRIVACY_PATH), &privacy(&notices.privacy))),
        (
            "notices/privacy-only-japanese".to_owned(),
            render_notice_page(&frame_for(PRIVACY_PATH), &privacy(&only_japanese)),
        ),
        ("notices/terms".to_owned(), render_notice_page(&frame_for("/terms"), &terms)),
        ("notices/legal".to_owned(), render_notice_page(&frame_for("/legal"), &legal)),
        ("notices/contact".to_owned(), render_contact_page(&frame_for(CONTACT_PATH), &notices.contact)),
        ("notices/contact-by-mail".to_owned(), render_contact_page(&frame_for(CONTACT_PATH), &by_mail)),
    ]
}
