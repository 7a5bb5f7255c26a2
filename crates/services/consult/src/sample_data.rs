//! What the sample pages of all features share: the time, the frame, an invented operator and an invented patient.

use base::{Randomness, Timestamp};
use text::{Language, Text};
use ui::{Frame, Theme};

use crate::{
    directory::rules::emergency::Emergency,
    notices::{
        pages::footer,
        rules::{Contact, ContactMethod, Notice, NoticeSource, Notices},
    },
    pages::frame::frame_with_menu,
    people::rules::{
        account::{Account, AccountId, ActsFor, ClinicInMail, LetterChoices, Relationship, ReminderChoice},
        patient::{Patient, PatientId, Profile},
    },
};

fn parse_timestamp(text: &str) -> Timestamp {
    text.parse().expect("a sample's time is RFC 3339")
}

/// The time at which samples are rendered.
pub(crate) fn now() -> Timestamp {
    parse_timestamp("2026-11-23T09:00:00+09:00")
}

pub(crate) fn visit_start() -> Timestamp {
    parse_timestamp("2026-11-25T10:00:00+09:00")
}

pub(crate) fn frame(language: Language, path: &str, account: Option<&Account>) -> Frame {
    let frame = Frame {
        theme: Theme::Service,
        name: None,
        language,
        csrf: "sample".to_owned(),
        path_and_query: path.to_owned(),
        signed_in: None,
        menu: Vec::new(),
        footer: footer(&notices()),
    };
    frame_with_menu(frame, account)
}

/// The notices of an invented operator.
pub(crate) fn notices() -> Notices {
    let text = |markdown: &str| NoticeSource::Text(markdown.parse().expect("a sample's notice is one"));
    let notice = |japanese, english| Notice { japanese: text(japanese), english: Some(text(english)) };
    Notices {
        privacy: notice(
            "# 取得する情報\n\n- メールアドレス\n- 氏名、生年月日\n\n# お問い合わせ\n\n[窓口](/contact)へご連絡ください。",
            "# What we collect\n\n- Email address\n- Name, date of birth\n\n# Contact\n\nPlease [write to us](/contact).",
        ),
        privacy_effective_date: base::parse_date("2026-11-01").expect("a sample's date is one"),
        terms: notice("# この規約について\n\n見本の規約です。", "# About these terms\n\nSample terms."),
        legal: notice("# 販売事業者\n\n見本運営", "# Seller\n\nSample operator"),
        contact: Contact {
            name: Text::from_static("見本運営 お客さま窓口", "Sample operator, customer service"),
            address: Text::from_static("東京都千代田区見本町1-2-3", "1-2-3 Mihon-cho, Chiyoda, Tokyo"),
            method: ContactMethod::Both {
                telephone: "03-0000-0001".to_owned(),
                mail: "help@example.jp".parse().expect("a sample's address is one"),
            },
            hours: Text::from_static("平日 9:00〜17:00", "Weekdays 9:00-17:00"),
        },
        emergency: Emergency::default(),
    }
}

/// The longest name that an operator may give the service.
pub(crate) fn custom_service_name() -> Text {
    Text::from_static("二十四の文字でできた見本のとても長い名前の診療所", "Twenty-Four Letters Long")
}

pub(crate) fn randomness() -> Randomness {
    Randomness::repeatable("specimen")
}

/// An account that acts for its holder alone.
pub(crate) fn account() -> Account {
    Account {
        id: AccountId::new(now(), &randomness()),
        mail: "hanako@example.jp".parse().expect("a sample's address is one"),
        language: Language::Japanese,
        letters: LetterChoices { clinic: ClinicInMail::Named, reminders: ReminderChoice::On },
        patients: vec![ActsFor { patient: patient(), relationship: Relationship::Oneself }],
    }
}

/// An account that acts for its holder and a child.
pub(crate) fn family_account() -> Account {
    let child = ActsFor { patient: child(), relationship: Relationship::Child };
    let mut account = account();
    account.patients.push(child);
    account
}

pub(crate) fn patient() -> Patient {
    Patient { id: PatientId::new(now(), &randomness()), profile: Some(profile()), erased_at: None }
}

pub(crate) fn child() -> Patient {
    let profile = Profile {
        name: "見本　小春".to_owned(),
        kana: Some("ミホン　コハル".to_owned()),
        birth_date: base::parse_date("2019-05-08").expect("a sample's date is one"),
        phone: Some("09000000000".to_owned()),
    };
    Patient { id: PatientId::new(now(), &Randomness::repeatable("child")), profile: Some(profile), erased_at: None }
}

pub(crate) fn profile() -> Profile {
    Profile {
        name: "見本　花子".to_owned(),
        kana: Some("ミホン　ハナコ".to_owned()),
        birth_date: base::parse_date("1985-04-03").expect("a sample's date is one"),
        phone: Some("09000000000".to_owned()),
    }
}
