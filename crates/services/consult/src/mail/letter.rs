//! A letter, and what letters have in common.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use text::{Language, Text, dates};

use crate::mail::texts;

/// One letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub body: String,
    /// Letters that were stored before this field existed have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarAttachment>,
}

/// A calendar file that a letter carries (RFC 5545).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarAttachment {
    /// The value of its METHOD, which the media type repeats (RFC 5545 §8.1).
    pub method: String,
    pub content: String,
}

/// Subject prefix and signature of letters to patients, as the operator's settings say.
#[derive(Debug, Clone)]
pub(crate) struct Letterhead {
    pub(crate) service: Text,
    pub(crate) operator: String,
    /// Telephone number or address for questions.
    pub(crate) contact: Text,
    pub(crate) address: String,
    /// The address that letters come from.
    pub(crate) sender: String,
}

impl Letterhead {
    /// A made-up letterhead.
    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self {
            service: Text::from_static("見本サービス", "Mihon"),
            operator: "Mihon".to_owned(),
            contact: Text::from_static("0120-000-000", "0120-000-000"),
            address: "https://example.jp".to_owned(),
            sender: "no-reply@example.jp".to_owned(),
        }
    }

    /// `【見本オンライン診療】予約を受け付けました`, so that a list of mails shows the sender's service.
    pub(crate) fn format_subject(&self, language: Language, subject: &str) -> String {
        texts::subject_of_service(language, self.service.in_language(language), subject)
    }

    /// The body of a letter to a patient, with signature. `-- ` marks a signature (RFC 3676 §4.3).
    pub(crate) fn format_body(&self, language: Language, paragraphs: &[String], closing: &str) -> String {
        let signature = [
            self.service.in_language(language).to_owned(),
            format!("{}{}", texts::RUN_BY.in_language(language), self.operator),
            format!("{}{}", texts::CONTACT.in_language(language), self.contact.in_language(language)),
            self.address.clone(),
        ];
        format!("{}\n\n{closing}\n\n-- \n{}\n", paragraphs.join("\n\n"), signature.join("\n"))
    }
}

/// The domain of the service in the headers of letters.
pub(crate) fn mail_domain(origin: &web::Origin) -> &str {
    let authority = origin.authority();
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

/// The address that letters come from where no relay's settings name one.
pub(crate) fn default_sender(origin: &web::Origin) -> String {
    format!("no-reply@{}", mail_domain(origin))
}

/// `11月24日（火） 10:30`, or `Tue 24 Nov 10:30 (Japan)`: a letter is read anywhere.
pub(crate) fn format_date_time(time: Timestamp, language: Language) -> String {
    texts::time_in_japan(language, dates::format_short_date_time(language, time))
}

/// Words that reveal health, insurance, who treats, or what was consented to.
#[cfg(test)]
pub(crate) const FORBIDDEN_WORDS: &[&str] = &[
    "診",
    "医",
    "病",
    "症",
    "薬",
    "処方",
    "保険",
    "資格",
    "手術",
    "健診",
    "限度額",
    "疾病",
    "受療",
    "クリニック",
    "内科",
    "科",
    "同意",
    "治療",
    "検査",
    "マイナ",
    "患者",
    "体調",
    "記号",
    "番号",
    "clinic",
    "doctor",
    "hospital",
    "medic",
    "health",
    "insur",
    "patient",
    "prescri",
    "treat",
    "disease",
    "illness",
    "symptom",
    "consult",
    "consent",
    "eligib",
    "surgery",
    "drug",
    "diagnos",
    "my number",
];

/// Fails if a letter has a word of [`FORBIDDEN_WORDS`].
#[cfg(test)]
pub(crate) fn assert_reveals_nothing(letter: &Letter) {
    // 予約番号 is no number of an insurance document.
    let text = format!("{}\n{}", letter.subject, letter.body).replace("予約番号", "").to_lowercase();
    for forbidden in FORBIDDEN_WORDS {
        assert!(!text.contains(forbidden), "'{forbidden}' in:\n{text}");
    }
}

/// Fails if a letter to a patient does not say who sends it and where questions go, or is not in one language.
#[cfg(test)]
pub(crate) fn assert_has_letterhead(letter: &Letter) {
    let is_english = letter.subject.starts_with("[Mihon] ");
    assert!(is_english || letter.subject.starts_with("【見本サービス】"), "{}", letter.subject);
    for line in ["0120-000-000", "https://example.jp\n", "\n-- \n"] {
        assert!(letter.body.contains(line), "{line} in {}", letter.body);
    }
    if is_english {
        assert!(letter.body.is_ascii() && letter.subject.is_ascii(), "{}\n{}", letter.subject, letter.body);
    }
}
