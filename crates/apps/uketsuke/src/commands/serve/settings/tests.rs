use std::fs;

use base::Causes;
use text::Language;

use super::*;

/// The examples of the guide, which must be valid.
const SERVICE: &str = include_str!("../../../../../../../docs/guide/operate/service.toml");
const INSTITUTIONS: &str = include_str!("../../../../../../../docs/guide/operate/institutions.toml");

const NOTICES: [(&str, &str); 6] = [
    ("privacy.md", include_str!("../../../../../../../docs/guide/operate/notices/privacy.md")),
    ("privacy.en.md", include_str!("../../../../../../../docs/guide/operate/notices/privacy.en.md")),
    ("terms.md", include_str!("../../../../../../../docs/guide/operate/notices/terms.md")),
    ("terms.en.md", include_str!("../../../../../../../docs/guide/operate/notices/terms.en.md")),
    ("legal.md", include_str!("../../../../../../../docs/guide/operate/notices/legal.md")),
    ("legal.en.md", include_str!("../../../../../../../docs/guide/operate/notices/legal.en.md")),
];

fn read_text(text: &str) -> Result<ServiceSettings, SettingsError> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("institutions.toml"), INSTITUTIONS).unwrap();
    fs::write(folder.path().join("relay.password"), "secret\n").unwrap();
    fs::create_dir(folder.path().join("notices")).unwrap();
    for (name, text) in NOTICES {
        fs::write(folder.path().join("notices").join(name), text).unwrap();
    }
    let path = folder.path().join("service.toml");
    fs::write(&path, text).unwrap();
    ServiceSettings::read(&path)
}

/// Asserts that the example with `wrong` in the place of `right` is refused with these texts.
fn check_message(right: &str, wrong: &str, expected_texts: &[&str]) {
    assert!(SERVICE.contains(right), "{right}");
    let message = read_text(&SERVICE.replacen(right, wrong, 1)).map(|_| ()).expect_err(wrong);
    let message = Causes(&message).to_string();
    for expected in expected_texts {
        assert!(message.contains(expected), "{wrong}: {expected}: {message}");
    }
}

#[test]
fn the_example_of_the_guide_is_read_as_it_says() {
    let settings = read_text(SERVICE).unwrap();
    assert_eq!(settings.address.as_str(), "http://clinics.localhost:8420");
    assert_eq!(settings.listen.port(), 8420);
    let name = |language| settings.name.in_language(language);
    assert_eq!((name(Language::Japanese), name(Language::English)), ("見本オンライン診療", "Mihon Online Care"));
    assert!(settings.data.ends_with("service-data") && settings.data.is_absolute(), "{:?}", settings.data);
    assert_eq!(settings.client.to_string(), "my-service");
    assert_eq!(settings.receptions[0].origin.as_str(), "http://reception.localhost:8400");
    assert_eq!(settings.institutions.len(), 3);
    assert!(settings.letter_folder.is_some_and(|folder| folder.ends_with("letters")));
    assert_eq!((settings.database, settings.keep_pictures_days), (None, 30));
    // The example's values of connections and limits are the defaults.
    assert_eq!(settings.connections, ConnectionSettings::default());
    assert_eq!(settings.limits, Limits::default());
    assert_eq!((settings.listen_health, settings.least_free_mb), (None, health::DEFAULT_LEAST_FREE_MB));
    let notices = settings.notices;
    assert_eq!(notices.privacy_effective_date.to_string(), "2026-11-01");
    assert!(matches!(notices.privacy.japanese, consult::NoticeSource::Text(_)) && notices.privacy.english.is_some());
    assert_eq!(notices.contact.telephone(), Some("03-0000-0001"));
    assert_eq!(notices.emergency, consult::Emergency::default());
}

#[test]
fn a_database_of_another_key_is_told_with_both_remedies() {
    let settings = read_text(SERVICE).unwrap();
    let error = WrongSettings::Database(MigrationError::OtherKey("consult"));
    let check = |settings: &ServiceSettings, key: &str, remedies: [&str; 2]| {
        let (actual_key, remedy) = key_and_remedy(&error, settings);
        assert_eq!(actual_key, key);
        assert!(remedies.iter().all(|part| remedy.contains(part)), "{remedy}");
    };
    check(&settings, "data", ["restore the master.key", "name another folder"]);
    let location = Location::Sqlite("elsewhere.db".into());
    let named = ServiceSettings { database: Some(location), ..settings };
    check(&named, "database", ["share the data folder whose master.key", "name another database"]);
}

#[test]
fn every_notice_that_is_missing_is_named_in_one_run() {
    let (start, remaining) = SERVICE.split_once("[notices]").unwrap();
    let end = &remaining[remaining.find("[hand_over]").unwrap()..];
    let message = Causes(&read_text(&format!("{start}{end}")).map(|_| ()).unwrap_err()).to_string();
    for key in [
        "notices.privacy: name a Markdown file",
        "notices.privacy_dated: write the day",
        "notices.terms: name a Markdown file",
        "notices.legal: name a Markdown file",
        "notices.contact.name: write",
        "notices.contact.address: write",
        "notices.contact.telephone: write",
        "notices.contact.hours: write",
    ] {
        assert!(message.contains(&format!("service.toml': {key}")), "{key}: {message}");
    }
}

#[test]
fn a_notice_that_cannot_be_read_is_missing() {
    check_message(
        "\"notices/terms.md\"",
        "\"notices/none.md\"",
        &["notices.terms:", "利用規約", "none.md' cannot be read"],
    );
    check_message("\"notices/terms.en.md\"", "\"none.md\"", &["notices.terms_english:", "or take it out"]);
    check_message("\"notices/legal.md\"", "\"http://example.jp/legal\"", &["notices.legal:", "begins with https://"]);
    check_message("\"2026-11-01\"", "\"November\"", &["notices.privacy_dated:", "2026-11-01"]);
    check_message("mail = \"help@", "mail = \"help at ", &["notices.contact.mail:"]);
    check_message("\"03-0000-0001\"", "\"0000-0001\"", &["notices.contact.telephone: write one", "\"03-1234-5678\""]);
    let with_address = SERVICE.replacen("\"notices/terms.md\"", "\"https://clinics.example.jp/terms\"", 1);
    assert!(matches!(read_text(&with_address).unwrap().notices.terms.japanese, consult::NoticeSource::Address(_)));
}

#[test]
fn words_about_emergencies_are_the_built_in_ones_or_the_operators() {
    let (start, end) = SERVICE.split_once("[hand_over]").unwrap();
    let toml = "[emergency]\nadvice = \"相談窓口 #7000\"\n[[emergency.specialty]]\nname = \"眼科\"\nsigns = [{ text = \"目が赤い\" }]\n";
    let emergency = read_text(&format!("{start}{toml}[hand_over]{end}")).unwrap().notices.emergency;
    assert_eq!(emergency.advice.in_language(Language::English), "相談窓口 #7000");
    assert_eq!(emergency.specialties[&consult::Specialty::Ophthalmology].len(), 1);
    assert_eq!(emergency.ambulance, consult::Emergency::default().ambulance);
    let wrong = toml.replace("眼科", "魔法科");
    let error = read_text(&format!("{start}{wrong}[hand_over]{end}")).map(|_| ()).unwrap_err();
    assert!(Causes(&error).to_string().contains("'魔法科' is none of them"), "{}", Causes(&error));
}

#[test]
fn what_the_example_leaves_out_works_where_it_is_put_in() {
    let relay = SERVICE.replace("folder = \"letters\"", "# no folder").replace("# relay =", "relay =");
    let with_sign_in = relay.replace("# user =", "user =").replace("# password_file =", "password_file =");
    for text in [&relay, &with_sign_in, &with_sign_in.replace("# security = \"starttls\"", "security = \"tls\"")] {
        assert!(read_text(text).unwrap().letter_folder.is_none());
    }
    let server = SERVICE.replace("# database =", "database =");
    assert!(matches!(read_text(&server).unwrap().database, Some(Location::Postgres(_))));
    // Without institutions that use hand-over no reception is needed.
    let without_hand_over =
        SERVICE.split("[hand_over]").next().unwrap().to_owned() + "[mail]\nfrom = \"a@example.jp\"\nfolder = \"l\"\n";
    let error = read_text(&without_hand_over).map(|_| ()).unwrap_err();
    assert!(Causes(&error).to_string().contains("none of them"), "its institutions name one: {}", Causes(&error));
}

#[test]
fn the_service_calls_itself_by_the_host_of_its_address() {
    let check = |address: &str, expected: &str| {
        assert_eq!(host_without_port(&address.parse().unwrap()), expected, "{address}");
    };
    check("https://consult.example.jp", "consult.example.jp");
    check("http://clinics.localhost:8420", "clinics.localhost");
    check("http://127.0.0.1:8420", "127.0.0.1");
    let contact = read_text(&SERVICE.replace("# contact =", "contact =")).unwrap().contact;
    assert!(contact.is_some_and(|contact| contact.starts_with("0120-000-000")));
}

#[test]
fn what_is_wrong_is_told_with_file_key_and_remedy() {
    check_message(
        "address = \"http://clinics.localhost",
        "address = \"http://clinics.example.jp",
        &["service.toml': address:"],
    );
    check_message("listen = \"127.0.0.1:8420\"", "listen = \"8420\"", &["listen:", "127.0.0.1:8420"]);
    check_message("# database = \"postgres", "database = \"mysql", &["database:", "postgres://USER@HOST/NAME"]);
    check_message("name = \"見本オンライン診療\"", "name = \"\"", &["name: write what patients call", "it has 0"]);
    check_message(
        "\"Mihon Online Care\"",
        "\"A Name Longer Than Any Phone Shows\"",
        &["name_english:", "24", "it has 34"],
    );
    check_message("operator = \"見本オンライン診療運営\"", "operator = \"\"", &["operator:", "it is empty"]);
    check_message(
        "\"institutions.toml\"",
        "\"elsewhere.toml\"",
        &["elsewhere.toml' cannot be read", "the key institutions"],
    );
    check_message("client = \"my-service\"", "client = \"my service\"", &["hand_over.client:"]);
    check_message(
        "[\"http://reception.localhost:8400\"]",
        "[\"http://a.localhost\", \"reception\"]",
        &["hand_over.receptions[1]:", "issuer"],
    );
    check_message("<no-reply@clinics.example.jp>", "<no-reply>", &["mail.from:", "angle brackets"]);
    check_message("folder = \"letters\"", "", &["mail:", "either a relay or"]);
    check_message("# relay =", "relay =", &["mail:", "letters go one way"]);
    check_message("keep_pictures_days = 30", "keep_pictures_days = 70000", &["docs/guide/operate.md lists the keys"]);
    check_message(
        "# listen_health = \"127.0.0.1:8421\"",
        "listen_health = \"8421\"",
        &["listen_health:", "a port of their own"],
    );
    check_message(
        "trusted_proxies = [\"127.0.0.0/8\"",
        "trusted_proxies = [\"proxy.example.jp\"",
        &["'proxy.example.jp' is neither an address", "docs/guide/operate.md lists the keys"],
    );
    check_message("\"x-forwarded-for\"", "\"x-real-ip\"", &["proxy_header", "docs/guide/operate.md lists the keys"]);
    check_message("most = 4000", "most = -1", &["docs/guide/operate.md lists the keys"]);
    check_message("[mail]", "[post]", &["docs/guide/operate.md lists the keys", "post"]);
    let relay = SERVICE.replace("folder = \"letters\"", "").replace("# relay =", "relay =");
    for (right, wrong, expected_texts) in [
        ("# security = \"starttls\"", "security = \"ssl\"", &["mail.security:", "'ssl' is none of them"][..]),
        ("# security = \"starttls\"", "security = \"none\"", &["mail.security:", "starttls"]),
        ("# user =", "user =", &["mail.password_file:", "both user and password_file"]),
        ("relay = \"smtp.example.jp\"", "relay = \"not a host\"", &["mail.relay:"]),
        ("# helo = \"clinics.example.jp\"", "helo = \"my_machine\"", &["mail.helo:", "'my_machine'", "host name"]),
        (
            "# password_file = \"relay.password\"",
            "user = \"a\"\npassword_file = \"nowhere\"",
            &["mail.password_file:", "nowhere' cannot be read", "in one line"],
        ),
    ] {
        let message = read_text(&relay.replacen(right, wrong, 1)).map(|_| ()).expect_err(wrong);
        let message = Causes(&message).to_string();
        for expected in expected_texts {
            assert!(message.contains(expected), "{wrong}: {expected}: {message}");
        }
    }
    let missing = ServiceSettings::read(Path::new("/nowhere/service.toml")).map(|_| ()).unwrap_err();
    assert!(missing.to_string().contains("name the service's settings with --config"), "{missing}");
}
