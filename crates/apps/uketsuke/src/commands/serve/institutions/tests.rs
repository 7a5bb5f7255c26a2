use base::Causes;

use super::*;

/// The example of the guide, which must be valid.
const EXAMPLE: &str = include_str!("../../../../../../../docs/guide/operate/institutions.toml");

fn sample_receptions() -> Vec<KnownReception> {
    let text = "http://reception.localhost:8400";
    vec![KnownReception { issuer: text.parse().unwrap(), origin: text.parse().unwrap() }]
}

fn read_text(text: &str) -> Result<Vec<NewInstitution>, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("institutions.toml");
    std::fs::write(&path, text).unwrap();
    let mut missing = MissingKeys::default();
    let institutions = read_institutions(&path, "the guide", &sample_receptions(), &mut missing)?;
    missing.into_result()?;
    Ok(institutions)
}

#[test]
fn the_example_of_the_guide_is_read_as_it_says() {
    let institutions = read_text(EXAMPLE).unwrap();
    let [first, second, third] = &institutions[..] else { panic!("{institutions:#?}") };
    assert_eq!(first.institution.name_in(Language::English), "Hoshinagi Internal Medicine Clinic");
    assert_eq!(first.institution.prefecture.japanese(), "東京都");
    assert_eq!(first.institution.opening_text, "月・火・木・金 9:00〜12:30、14:00〜18:00／土 9:00〜13:00（祝日休診）");
    assert_eq!(first.institution.specialties, [Specialty::InternalMedicine, Specialty::Allergology]);
    assert_eq!(first.institution.languages, [SpokenLanguage::English, SpokenLanguage::Chinese]);
    assert_eq!(second.institution.languages, []);
    assert_eq!(first.institution.proof_method, ProofMethod::HandOver { issuer: sample_receptions().remove(0).issuer });
    assert_eq!(first.menus.len(), 2);
    assert_eq!((first.menus[0].menu.charge, first.menus[1].menu.charge), (Charge::Insured, Charge::SelfPay));
    assert_eq!(first.practitioners[0].details.name, "見本　一郎");
    assert_eq!(first.practitioners[1].hours.as_ref().map(Vec::len), Some(2));
    assert_eq!((first.menus[0].practitioners.as_slice(), first.menus[1].practitioners.as_slice()), (&[1][..], &[][..]));
    assert_eq!(second.practitioners.len(), 1, "担当医");
    assert_eq!(
        second.institution.proof_method,
        ProofMethod::FixedUrl { url: "http://reception.localhost:8400/i/mnmjbk2345fkkcd6789w".to_owned() }
    );
    // A text without English stays Japanese.
    assert_eq!(second.institution.name_in(Language::English), second.institution.name);
    assert!(!second.opening.closed_on_holidays);
    assert_eq!(third.institution.proof_method, ProofMethod::PictureOnly);
    assert_eq!((first.notice.manager.as_str(), first.notice.manager_english.as_str()), ("見本 一郎", "Ichiro Mihon"));
    assert_eq!(first.notice.owner.as_deref(), Some("医療法人星凪会"));
    assert_eq!(second.notice.manager_english, second.notice.manager);
}

#[test]
fn every_clinic_that_leaves_out_a_notice_is_named_in_one_run() {
    let text: String = EXAMPLE
        .lines()
        .filter(|line| !line.starts_with("manager"))
        .fold(String::new(), |text, line| text + line + "\n");
    let text = text.replacen("cancellation =", "# cancellation =", 1);
    let message = Causes(&read_text(&text).unwrap_err()).to_string();
    for expected in [
        "institution[1319900013].manager: write",
        "institution[1319900013].cancellation: write",
        "institution[4019900051].manager: write",
        "institution[3419900133].manager: write",
    ] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
    assert!(!message.contains("institution[4019900051].cancellation"), "{message}");
}

#[test]
fn what_is_wrong_is_told_with_file_institution_key_and_remedy() {
    let check = |right: &str, wrong: &str, expected_texts: &[&str]| {
        assert!(EXAMPLE.contains(right), "{right}");
        let message = read_text(&EXAMPLE.replacen(right, wrong, 1)).expect_err(wrong);
        let message = Causes(&message).to_string();
        for expected in expected_texts.iter().chain(&["institutions.toml'"]) {
            assert!(message.contains(expected), "{wrong}: {expected}: {message}");
        }
    };
    let first = "institution[1319900013]";
    check("\"1319900013\"", "\"1319900010\"", &["institution[1319900010].code", "10 digits"]);
    check("\"1319900013\"", "\"4019900051\"", &["institution[4019900051]: list it once", "twice"]);
    check("kana = \"ホシナギ", "kanna = \"ホシナギ", &["kanna", "the guide lists the keys"]);
    check("city = \"杉並区\"", "city = \" \"", &[first, ".city", "it is empty"]);
    for (wrong, reason) in [
        ("1234-5678", "without its area code"),
        ("03-0000-210", "too few or too many digits"),
        ("03-0000-2101 内線 12", "not one telephone number"),
        ("お電話ください", "not one telephone number"),
    ] {
        let wrong = format!("phone = \"{wrong}\"");
        check(
            "phone = \"03-0000-2101\"",
            &wrong,
            &["institution[1319900013].phone: write", "\"03-1234-5678\"", reason],
        );
    }
    check("days = \"月火木金\"", "days = \"月火Th\"", &[first, "hours[0].days", "'T' is no day", "月火木金"]);
    check("days = \"月火木金\"", "days = \"\"", &["hours[0].days", "at least one day"]);
    check("from = \"09:00\"", "from = \"9\"", &["hours[0].from", "'9' is no time", "\"09:00\""]);
    check("to = \"12:30\"", "to = \"24:15\"", &["hours[0].to", "no time of a day"]);
    check("from = \"09:00\"", "from = \"09:10\"", &[".hours", "quarters of an hour"]);
    check("from = \"14:00\"", "from = \"12:00\"", &[".hours", "overlap"]);
    check("to = \"12:30\"", "to = \"08:30\"", &[".hours", "end after they begin"]);
    check("\"アレルギー科\"", "\"魔法科\"", &[".specialties", "'魔法科' is none of them", "operate.md"]);
    check("[\"内科\", \"アレルギー科\"]", "[]", &[".specialties", "at least one"]);
    check("[\"en\", \"zh\"]", "[\"en\", \"xx\"]", &[first, ".languages", "'xx' is none of them", "operate.md"]);
    check(
        "reception = \"http://reception.localhost:8400\"",
        "reception = \"https://other.example.jp\"",
        &[".reception", "hand_over.receptions", "'https://other.example.jp' is none of them"],
    );
    let both = "reception = \"http://reception.localhost:8400\"\nfixed_url = \"https://reception.example.jp/i/a\"";
    check("reception = \"http://reception.localhost:8400\"", both, &["either reception or fixed_url", "one way"]);
    check("http://reception.localhost:8400/i/", "http://reception.example.jp/i/", &[".fixed_url", "with https://"]);
    check("number = 2\nname = \"見本 桜", "number = 1\nname = \"見本 桜", &["practitioner[1].number", "of its own"]);
    check("registration_year = 2006", "registration_year = 206", &["practitioner[1].registration_year", "four digits"]);
    check("name_kana = \"ミホン イチロウ", "name_kana = \"見本", &["practitioner[1].name_kana", "in kana"]);
    check("from = \"18:00\"", "from = \"18:10\"", &["practitioner[2].hours", "quarters of an hour"]);
    check("practitioners = [1]", "practitioners = [3]", &["menu[1].practitioners", "no doctor 3"]);
    check("number = 2\ncharge", "number = 1\ncharge", &["menu[1].number", "a number of its own"]);
    check("number = 1                        # a menu", "number = 0 # a menu", &["menu[0].number", "from 1"]);
    check("minutes = 15\nfee", "minutes = 241\nfee", &["menu[2].minutes", "240 minutes"]);
    check("charge = \"insured\"", "charge = \"free\"", &["menu[1].charge", "保険診療"]);
    check("fee = \"健康保険", "fee = \"\" # \"健康保険", &["menu[1].fee", "it is empty"]);
    let message = read_text("institution = [{ code = \"1\" }]").unwrap_err();
    assert!(Causes(&message).to_string().contains("missing field"), "{}", Causes(&message));
}

#[test]
fn a_telephone_number_stays_as_its_clinic_writes_it() {
    for phone in ["0422-12-3456", "（03）0000−2101", "TEL：03-0000-2101", "+81 3 0000 2101"] {
        let text = EXAMPLE.replacen("\"03-0000-2101\"", &format!("\"{phone}\""), 1);
        assert_eq!(read_text(&text).expect("it can be dialled")[0].institution.phone, phone);
    }
}

#[test]
fn a_time_of_a_day_is_written_with_hours_and_minutes() {
    for (text, expected) in [
        ("9:00", Some(540)),
        ("09:05", Some(545)),
        ("00:00", Some(0)),
        ("24:00", Some(1440)),
        ("24:01", None),
        ("9", None),
        ("9:5", None),
        ("9:60", None),
        ("+9:00", None),
        ("009:00", None),
        (":00", None),
    ] {
        assert_eq!(parse_minute_of_day(text), expected, "{text}");
    }
}
