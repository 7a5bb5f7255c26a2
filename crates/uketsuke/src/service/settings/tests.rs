use std::fs;

use base::Causes;
use shell::Language;

use super::*;

/// The examples of the guide: what is shown to operators is right.
const SERVICE: &str = include_str!("../../../../../docs/guide/operate/service.toml");
const INSTITUTIONS: &str = include_str!("../../../../../docs/guide/operate/institutions.toml");

fn read_text(text: &str) -> Result<Settings, WrongFile> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("institutions.toml"), INSTITUTIONS).unwrap();
    fs::write(folder.path().join("relay.password"), "secret\n").unwrap();
    let path = folder.path().join("service.toml");
    fs::write(&path, text).unwrap();
    Settings::read(&path)
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
    assert!(settings.letters.is_some_and(|folder| folder.ends_with("letters")));
    assert_eq!((settings.database, settings.keep_pictures_days), (None, 30));
    // What the example says of connections and limits is what is so without it.
    assert_eq!(settings.connections, ConnectionSettings::default());
    assert_eq!(settings.limits, Limits::default());
    assert_eq!((settings.listen_health, settings.least_free_mb), (None, health::LEAST_FREE_MB));
}

#[test]
fn what_the_example_leaves_out_works_where_it_is_put_in() {
    let relay = SERVICE.replace("folder = \"letters\"", "# no folder").replace("# relay =", "relay =");
    let named = relay.replace("# user =", "user =").replace("# password_file =", "password_file =");
    for text in [&relay, &named, &named.replace("# security = \"starttls\"", "security = \"tls\"")] {
        assert!(read_text(text).unwrap().letters.is_none());
    }
    let server = SERVICE.replace("# database =", "database =");
    assert!(matches!(read_text(&server).unwrap().database, Some(Location::Postgres(_))));
    // Who has institutions for pictures alone needs no reception.
    let alone =
        SERVICE.split("[hand_over]").next().unwrap().to_owned() + "[mail]\nfrom = \"a@example.jp\"\nfolder = \"l\"\n";
    let said = read_text(&alone).map(|_| ()).unwrap_err();
    assert!(Causes(&said).to_string().contains("none of them"), "its institutions name one: {}", Causes(&said));
}

#[test]
fn what_is_wrong_is_told_with_file_key_and_remedy() {
    let check = |right: &str, wrong: &str, words: &[&str]| {
        assert!(SERVICE.contains(right), "{right}");
        let said = read_text(&SERVICE.replacen(right, wrong, 1)).map(|_| ()).expect_err(wrong);
        let said = Causes(&said).to_string();
        for word in words {
            assert!(said.contains(word), "{wrong}: {word}: {said}");
        }
    };
    check(
        "address = \"http://clinics.localhost",
        "address = \"http://clinics.example.jp",
        &["service.toml': address:"],
    );
    check("listen = \"127.0.0.1:8420\"", "listen = \"8420\"", &["listen:", "127.0.0.1:8420"]);
    check("# database = \"postgres", "database = \"mysql", &["database:", "postgres://USER@HOST/NAME"]);
    check("name = \"見本オンライン診療\"", "name = \"\"", &["name: write what patients call", "it has 0"]);
    check("\"Mihon Online Care\"", "\"A Name Longer Than Any Phone Shows\"", &["name_english:", "24", "it has 34"]);
    check("operator = \"見本オンライン診療運営\"", "operator = \"\"", &["operator:", "it is empty"]);
    check("\"institutions.toml\"", "\"elsewhere.toml\"", &["elsewhere.toml' cannot be read", "the key institutions"]);
    check("client = \"my-service\"", "client = \"my service\"", &["hand_over.client:"]);
    check(
        "[\"http://reception.localhost:8400\"]",
        "[\"http://a.localhost\", \"reception\"]",
        &["hand_over.receptions[1]:", "issuer"],
    );
    check("<no-reply@clinics.example.jp>", "<no-reply>", &["mail.from:", "angle brackets"]);
    check("folder = \"letters\"", "", &["mail:", "either a relay or"]);
    check("# relay =", "relay =", &["mail:", "letters go one way"]);
    check("keep_pictures_days = 30", "keep_pictures_days = 70000", &["docs/guide/operate.md lists the keys"]);
    check(
        "# listen_health = \"127.0.0.1:8421\"",
        "listen_health = \"8421\"",
        &["listen_health:", "a port of their own"],
    );
    check(
        "trusted_proxies = [\"127.0.0.0/8\"",
        "trusted_proxies = [\"proxy.example.jp\"",
        &["'proxy.example.jp' is neither an address", "docs/guide/operate.md lists the keys"],
    );
    check("\"x-forwarded-for\"", "\"x-real-ip\"", &["proxy_header", "docs/guide/operate.md lists the keys"]);
    check("most = 4000", "most = -1", &["docs/guide/operate.md lists the keys"]);
    check("[mail]", "[post]", &["docs/guide/operate.md lists the keys", "post"]);
    let relay = SERVICE.replace("folder = \"letters\"", "").replace("# relay =", "relay =");
    for (right, wrong, words) in [
        ("# security = \"starttls\"", "security = \"ssl\"", &["mail.security:", "'ssl' is none of them"][..]),
        ("# security = \"starttls\"", "security = \"none\"", &["mail.security:", "starttls"]),
        ("# user =", "user =", &["mail.password_file:", "both user and password_file"]),
        ("relay = \"smtp.example.jp\"", "relay = \"not a host\"", &["mail.relay:"]),
        (
            "# password_file = \"relay.password\"",
            "user = \"a\"\npassword_file = \"nowhere\"",
            &["mail.password_file:", "nowhere' cannot be read", "in one line"],
        ),
    ] {
        let said = read_text(&relay.replacen(right, wrong, 1)).map(|_| ()).expect_err(wrong);
        let said = Causes(&said).to_string();
        for word in words {
            assert!(said.contains(word), "{wrong}: {word}: {said}");
        }
    }
    let missing = Settings::read(Path::new("/nowhere/service.toml")).map(|_| ()).unwrap_err();
    assert!(missing.to_string().contains("name the service's settings with --config"), "{missing}");
}
