//! The notices of the demo's service, whose operator is fictitious.

use consult::{Contact, ContactMethod, Emergency, Notice, NoticeSource, Notices};
use text::Text;

macro_rules! notice {
    ($name:literal) => {
        Notice {
            japanese: markdown_notice(include_str!(concat!("notices/", $name, ".md"))),
            english: Some(markdown_notice(include_str!(concat!("notices/", $name, ".en.md")))),
        }
    };
}

fn markdown_notice(markdown: &str) -> NoticeSource {
    NoticeSource::Text(markdown.parse().expect("the demo's notices are texts"))
}

/// The notices of the fictitious operator.
pub fn notices() -> Notices {
    Notices {
        privacy: notice!("privacy"),
        privacy_effective_date: base::parse_date("2026-11-01").expect("it is a date"),
        terms: notice!("terms"),
        legal: notice!("legal"),
        contact: Contact {
            name: Text::from_static(
                "uketsuke デモ運営 お客さま窓口（架空）",
                "uketsuke demo, customer service (invented)",
            ),
            address: Text::from_static(
                "東京都千代田区見本町1-2-3（架空）",
                "1-2-3 Mihon-cho, Chiyoda, Tokyo (invented)",
            ),
            method: ContactMethod::Both {
                telephone: "03-0000-0002".to_owned(),
                mail: "help@consult.example.jp".parse().expect("it is an address"),
            },
            hours: Text::from_static("平日 9:00〜17:00", "Weekdays 9:00-17:00"),
        },
        emergency: Emergency::default(),
    }
}
