//! Other services at the demo's reception: a developer registers a service by a file (`--service`).
//!
//! An error in it is reported with the file, the key and the remedy.

use std::{
    collections::BTreeMap,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use handover::{Client, ClientId, ClientKeys, RedirectUri};
use serde_json::value::RawValue;
use text::Text;
use web::Origin;

/// Why a file does not register a service.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationFileError {
    /// It cannot be read.
    #[error("'{0}' cannot be read")]
    File(PathBuf, #[source] io::Error),
    /// It is not a JSON object of this form.
    #[error("'{0}' must hold one JSON object, with client_id, name, home, redirect_uris and jwks")]
    Content(PathBuf, #[source] serde_json::Error),
    /// A key is missing, invalid or unknown.
    #[error("'{file}': {key}: {remedy}")]
    Key {
        file: PathBuf,
        key: String,
        remedy: &'static str,
        #[source]
        source: Option<Box<dyn Error + Send + Sync>>,
    },
}

/// The keys of a file, each with the remedy where it is missing or invalid.
const KEYS: [(&str, &str); 6] = [
    ("client_id", "give the service a name for programs, such as my-service"),
    ("name", "give the name that patients read, as a text"),
    ("name_english", "give the name that patients read in English, as a text, or leave it out"),
    ("home", "give where the service is, such as https://service.example.jp or http://localhost:3000"),
    (
        "redirect_uris",
        "list at least one address that patients come back to, such as https://service.example.jp/return",
    ),
    ("jwks", "give the service's public keys as a JWK set, such as {\"keys\": [{\"kty\": \"EC\", …}]}"),
];

/// A parsed file.
struct RegistrationFile<'f> {
    path: &'f Path,
    members: BTreeMap<String, Box<RawValue>>,
}

/// The service that a file registers.
pub(super) fn read_registration_file(path: &Path) -> Result<reception::Service, RegistrationFileError> {
    let content = fs::read(path).map_err(|error| RegistrationFileError::File(path.to_owned(), error))?;
    let members =
        serde_json::from_slice(&content).map_err(|error| RegistrationFileError::Content(path.to_owned(), error))?;
    let file = RegistrationFile { path, members };
    file.check_keys()?;
    let client_id: ClientId = file.parse_member("client_id")?;
    let name = file.parse_text("name")?;
    let english =
        if file.members.contains_key("name_english") { file.parse_text("name_english")? } else { name.clone() };
    let home: Origin = file.parse_member("home")?;
    let redirect_uris = file.parse_redirect_uris()?;
    let jwks = file.find_member("jwks")?;
    let keys = ClientKeys::parse(jwks.get().as_bytes()).map_err(|error| file.key_error("jwks", Some(error.into())))?;
    let client = Client::new(client_id, keys, redirect_uris);
    Ok(reception::Service {
        client: client.map_err(|error| file.key_error("redirect_uris", Some(error.into())))?,
        name: Text::from_strings(name, english),
        home,
    })
}

impl RegistrationFile<'_> {
    fn key_error(&self, key: &str, source: Option<Box<dyn Error + Send + Sync>>) -> RegistrationFileError {
        let name = key.split('[').next().unwrap_or(key);
        let remedy = KEYS.iter().find(|(known_key, _)| *known_key == name).map(|(_, remedy)| *remedy);
        RegistrationFileError::Key {
            file: self.path.to_owned(),
            key: key.to_owned(),
            remedy: remedy
                .unwrap_or("take it out: client_id, name, name_english, home, redirect_uris and jwks are known"),
            source,
        }
    }

    fn check_keys(&self) -> Result<(), RegistrationFileError> {
        let unknown_key = self.members.keys().find(|key| KEYS.iter().all(|(known_key, _)| known_key != key));
        unknown_key.map_or(Ok(()), |key| Err(self.key_error(key, None)))
    }

    fn find_member(&self, key: &str) -> Result<&RawValue, RegistrationFileError> {
        self.members.get(key).map(|value| &**value).ok_or_else(|| self.key_error(key, Some("it is missing".into())))
    }

    fn parse_text(&self, key: &str) -> Result<String, RegistrationFileError> {
        let text = serde_json::from_str::<String>(self.find_member(key)?.get());
        let text = text.map_err(|_| self.key_error(key, Some("it is no text".into())))?;
        if text.trim().is_empty() { Err(self.key_error(key, Some("it is empty".into()))) } else { Ok(text) }
    }

    fn parse_member<T: FromStr<Err: Error + Send + Sync + 'static>>(
        &self,
        key: &str,
    ) -> Result<T, RegistrationFileError> {
        self.parse_text(key)?.parse().map_err(|error: T::Err| self.key_error(key, Some(error.into())))
    }

    fn parse_redirect_uris(&self) -> Result<Vec<RedirectUri>, RegistrationFileError> {
        const KEY: &str = "redirect_uris";
        let texts = serde_json::from_str::<Vec<String>>(self.find_member(KEY)?.get());
        let texts = texts.map_err(|_| self.key_error(KEY, Some("it is no list of texts".into())))?;
        let parsed = texts.iter().enumerate().map(|(index, text)| {
            text.parse().map_err(|error: <RedirectUri as FromStr>::Err| {
                self.key_error(&format!("{KEY}[{index}]"), Some(error.into()))
            })
        });
        parsed.collect()
    }
}

#[cfg(test)]
mod tests {
    use base::Causes;
    use handover::ClientKey;
    use serde_json::{Value, json};

    use super::*;

    fn whole_registration() -> Value {
        let jwks: Value = serde_json::from_str(&ClientKey::generate().public_jwks()).unwrap();
        json!({
            "client_id": "my-service",
            "name": "試験用サービス",
            "home": "https://service.example.jp",
            "redirect_uris": ["https://service.example.jp/return", "http://localhost:3000/return"],
            "jwks": jwks,
        })
    }

    /// The error message for a file with this content, with all causes.
    fn error_text(content: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.json");
        fs::write(&path, content).unwrap();
        Causes(&read_registration_file(&path).map(|_| ()).unwrap_err()).to_string()
    }

    #[test]
    fn a_whole_file_registers_its_service() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("service.json");
        let mut file = whole_registration();
        for (english, expected) in [(None, "試験用サービス"), (Some("A service"), "A service")] {
            if let Some(english) = english {
                file["name_english"] = json!(english);
            }
            fs::write(&path, file.to_string()).unwrap();
            let service = read_registration_file(&path).unwrap();
            assert_eq!(service.client.id().to_string(), "my-service");
            assert_eq!(service.name.in_language(text::Language::Japanese), "試験用サービス");
            assert_eq!(service.name.in_language(text::Language::English), expected);
            assert_eq!(service.home.as_str(), "https://service.example.jp");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_file_key_and_remedy() {
        // Null removes the key.
        let check = |key: &str, value: Value, expected_texts: &[&str]| {
            let mut file = whole_registration();
            match value {
                Value::Null => drop(file.as_object_mut().unwrap().remove(key)),
                value => file[key] = value,
            }
            let message = error_text(&file.to_string());
            for expected in expected_texts.iter().chain(&["service.json'", key]) {
                assert!(message.contains(expected), "{expected}: {message}");
            }
            // A key set is parsed as a whole, with the parser's error.
            assert!(key == "jwks" || !message.contains("column"), "{message}");
        };
        for (key, remedy) in KEYS.iter().filter(|(key, _)| *key != "name_english") {
            check(key, Value::Null, &["it is missing", remedy]);
            check(key, json!(7), &[remedy]);
        }
        check("client_id", json!("mein dienst"), &["my-service"]);
        check("name", json!(" "), &["it is empty"]);
        check("name_english", json!([]), &["leave it out"]);
        check("home", json!("http://service.example.jp"), &["https://service.example.jp"]);
        check("redirect_uris", json!([]), &["at least one"]);
        check("redirect_uris", json!(["https://a.example/", "nowhere"]), &["redirect_uris[1]", "/return"]);
        check("jwks", json!({ "keys": [] }), &["public keys"]);
        check("jwks", json!({ "keys": [{ "kty": "oct", "k": "AAAA" }] }), &["shared secret"]);
        check("redirect_uri", json!("https://a.example/"), &["take it out", "redirect_uris"]);
    }

    #[test]
    fn what_is_no_file_of_this_kind_is_told_with_what_it_must_hold() {
        for content in ["", "[]", "{\"client_id\": "] {
            let message = error_text(content);
            assert!(message.contains("service.json' must hold one JSON object"), "{message}");
        }
        let missing = read_registration_file(Path::new("/nowhere/service.json")).map(|_| ()).unwrap_err();
        assert!(matches!(missing, RegistrationFileError::File(..)), "{missing}");
    }
}
