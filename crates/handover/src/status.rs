use base::{ReceptionNumber, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    ResponseRefusal,
    response::{parse_json, response_body},
};

/// Whether a registered reception still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationStatus {
    /// It stands.
    Registered,
    /// The patient took the consent back.
    Withdrawn,
    /// The visit day is over.
    Expired,
}

/// All that an access token can ask: whether the reception it was handed out for still stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceptionStatus {
    /// Whether it stands.
    pub status: RegistrationStatus,
    /// Which reception it is about.
    pub reception_number: ReceptionNumber,
    /// The first second in which the consent holds no more, or would have.
    pub valid_until: Timestamp,
}

impl ReceptionStatus {
    /// Reads what a reception answered about the one called `asked`.
    pub fn read(status: u16, answer: &[u8], asked: ReceptionNumber) -> Result<Self, ResponseRefusal> {
        let found: Self = parse_json(response_body(status, &[200], answer)?)?;
        if found.reception_number != asked {
            return Err(ResponseRefusal::Mismatch("reception_number"));
        }
        Ok(Self { valid_until: Timestamp::from_seconds(found.valid_until.seconds()), ..found })
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn number(seed: &str) -> ReceptionNumber {
        ReceptionNumber::new(&Randomness::repeatable(seed))
    }

    #[test]
    fn a_status_is_read_as_it_was_written() {
        for (standing, word) in [
            (RegistrationStatus::Registered, "registered"),
            (RegistrationStatus::Withdrawn, "withdrawn"),
            (RegistrationStatus::Expired, "expired"),
        ] {
            let valid_until = "2026-11-25T00:00:00+09:00".parse().unwrap();
            let status = ReceptionStatus { status: standing, reception_number: number("a"), valid_until };
            let json = serde_json::to_string(&status).unwrap();
            assert!(json.starts_with(&format!(r#"{{"status":"{word}","reception_number":"#)), "{json}");
            assert_eq!(ReceptionStatus::read(200, json.as_bytes(), number("a")), Ok(status));
            let another = ReceptionStatus::read(200, json.as_bytes(), number("b"));
            assert_eq!(another, Err(ResponseRefusal::Mismatch("reception_number")));
        }
    }

    #[test]
    fn an_answer_that_is_none_says_why() {
        let read = |status, body: &[u8]| ReceptionStatus::read(status, body, number("a")).unwrap_err().to_string();
        assert!(read(502, b"<html>").contains("HTTP status 502"));
        assert!(read(200, b"<html>").contains("not the JSON"));
        assert!(read(401, br#"{"error":"invalid_token"}"#).contains("refuses: invalid_token: no description"));
        assert!(read(200, &vec![b' '; 20_000]).contains("longer than"));
    }
}
