//! The notices of the operator, and whom to ask.

use std::str::FromStr;

use base::{Date, Digest, digest};
use text::{Language, Text};
use url::Url;

use super::markdown;
use crate::{directory::rules::emergency::Emergency, mail::rules::address::MailAddress, notices::texts};

/// Everything that the operator publishes about the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notices {
    /// 個人情報の取扱い
    pub privacy: Notice,
    /// From which day the privacy notice holds in its present wording.
    pub privacy_effective_date: Date,
    /// 利用規約
    pub terms: Notice,
    /// 特定商取引法に基づく表記
    pub legal: Notice,
    /// お問い合わせ
    pub contact: Contact,
    /// When to call an ambulance instead of booking.
    pub emergency: Emergency,
}

/// Identifies a wording of the privacy notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PrivacyVersion {
    pub(crate) effective_date: Date,
    /// Of the Japanese wording, so that a change under the same date is noticed.
    pub(crate) digest: Digest,
}

impl Notices {
    pub(crate) fn privacy_version(&self) -> PrivacyVersion {
        let wording = match &self.privacy.japanese {
            NoticeSource::Text(text) => text.source.as_str(),
            NoticeSource::Address(address) => address.as_str(),
        };
        PrivacyVersion {
            effective_date: self.privacy_effective_date,
            digest: digest(&[b"privacy notice", wording.as_bytes()]),
        }
    }
}

/// A notice in Japanese, and in English where the operator has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The binding text.
    pub japanese: NoticeSource,
    pub english: Option<NoticeSource>,
}

impl Notice {
    pub(crate) fn in_language(&self, language: Language) -> &NoticeSource {
        match language {
            Language::Japanese => &self.japanese,
            Language::English => self.english.as_ref().unwrap_or(&self.japanese),
        }
    }
}

/// Where a notice is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeSource {
    /// On a page of the service.
    Text(NoticeText),
    /// At an address of the operator's own.
    Address(NoticeAddress),
}

/// A notice as a page shows it: headings, paragraphs, lists, emphasis and links, written as Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeText {
    source: String,
    html: String,
}

/// The longest text of a notice, in bytes.
const MAX_NOTICE_BYTES: usize = 200_000;

/// A text that is no notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongNotice {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {MAX_NOTICE_BYTES} bytes")]
    TooLong,
}

impl FromStr for NoticeText {
    type Err = WrongNotice;

    fn from_str(source: &str) -> Result<Self, WrongNotice> {
        if source.trim().is_empty() {
            return Err(WrongNotice::Empty);
        }
        if source.len() > MAX_NOTICE_BYTES {
            return Err(WrongNotice::TooLong);
        }
        Ok(Self { source: source.to_owned(), html: markdown::render_markdown(source) })
    }
}

impl NoticeText {
    /// The notice as HTML. `markdown` lets no HTML of the text through.
    pub(crate) fn html(&self) -> &str {
        &self.html
    }
}

/// The address of a notice: https, so that nobody in between can change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeAddress(String);

/// A text that is not an https address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a notice is at an address that begins with https://")]
pub struct WrongNoticeAddress;

impl FromStr for NoticeAddress {
    type Err = WrongNoticeAddress;

    fn from_str(text: &str) -> Result<Self, WrongNoticeAddress> {
        let url = Url::parse(text).map_err(|_| WrongNoticeAddress)?;
        if url.scheme() == "https" && url.has_host() { Ok(Self(url.into())) } else { Err(WrongNoticeAddress) }
    }
}

impl NoticeAddress {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whom to ask about the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: Text,
    /// The postal address.
    pub address: Text,
    pub method: ContactMethod,
    /// When questions are answered.
    pub hours: Text,
}

/// How the operator can be reached. There is always one method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactMethod {
    Telephone(String),
    Mail(MailAddress),
    Both { telephone: String, mail: MailAddress },
}

impl Contact {
    /// The number to call, if there is one.
    pub fn telephone(&self) -> Option<&str> {
        match &self.method {
            ContactMethod::Telephone(telephone) | ContactMethod::Both { telephone, .. } => Some(telephone),
            ContactMethod::Mail(_) => None,
        }
    }

    /// The address to write to, if there is one.
    pub fn mail(&self) -> Option<&MailAddress> {
        match &self.method {
            ContactMethod::Mail(mail) | ContactMethod::Both { mail, .. } => Some(mail),
            ContactMethod::Telephone(_) => None,
        }
    }

    /// Name and method in one line, for an error page.
    pub(crate) fn format_in_one_line(&self) -> Text {
        let line = |language: Language| {
            let name = self.name.in_language(language);
            let telephone = self
                .telephone()
                .map(|number| format!("{} {number}", texts::TELEPHONE_WITHIN_A_LINE.in_language(language)));
            let method = telephone.or_else(|| self.mail().map(ToString::to_string)).unwrap_or_default();
            format!("{name}{}", language.in_brackets(&method))
        };
        Text::from_strings(line(Language::Japanese), line(Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample_data;

    #[test]
    fn an_address_of_a_notice_is_https() {
        let check = |text: &str, expected: bool| assert_eq!(text.parse::<NoticeAddress>().is_ok(), expected, "{text}");
        check("https://example.jp/privacy", true);
        check("http://example.jp/privacy", false);
        check("javascript:alert(1)", false);
        check("https://", false);
        check("privacy.md", false);
    }

    #[test]
    fn a_text_with_nothing_in_it_is_no_notice() {
        assert_eq!(" \n".parse::<NoticeText>(), Err(WrongNotice::Empty));
        assert_eq!("a".repeat(MAX_NOTICE_BYTES + 1).parse::<NoticeText>(), Err(WrongNotice::TooLong));
    }

    #[test]
    fn another_wording_of_the_privacy_notice_is_another_version() {
        let notices = sample_data::notices();
        let mut changed = notices.clone();
        changed.privacy.japanese = NoticeSource::Text("# 別の文".parse().expect("a notice"));
        let mut dated = notices.clone();
        dated.privacy_effective_date = base::parse_date("2027-01-01").expect("a date");
        let versions = [notices.privacy_version(), changed.privacy_version(), dated.privacy_version()];
        assert!(versions[0] != versions[1] && versions[0] != versions[2], "{versions:?}");
        assert_eq!(notices.privacy_version(), notices.clone().privacy_version());
    }
}
