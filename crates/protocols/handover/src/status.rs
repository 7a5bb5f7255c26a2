use base::{ReceptionNumber, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    ResponseRefusal,
    response::{parse_json, response_body},
};

/// The state of a registered reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationStatus {
    /// It is valid.
    Registered,
    /// The patient withdrew the consent.
    Withdrawn,
    /// The visit day is over.
    Expired,
}

/// The response to an access token: the status of its reception.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceptionStatus {
    /// The state of the registration.
    pub status: RegistrationStatus,
    pub reception_number: ReceptionNumber,
    /// The first second in which the consent is no longer valid, or would have been.
    pub valid_until: Timestamp,
}

impl ReceptionStatus {
    /// Parses a reception's response about the reception `reception_number`.
    pub fn read(status: u16, response: &[u8], reception_number: ReceptionNumber) -> Result<Self, ResponseRefusal> {
        let parsed: Self = parse_json(response_body(status, &[200], response)?)?;
        if parsed.reception_number != reception_number {
            return Err(ResponseRefusal::Mismatch("reception_number"));
        }
        Ok(Self { valid_until: Timestamp::from_seconds(parsed.valid_until.seconds()), ..parsed })
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
        for (registration, text) in [
            (RegistrationStatus::Registered, "registered"),
            (RegistrationStatus::Withdrawn, "withdrawn"),
            (RegistrationStatus::Expired, "expired"),
        ] {
            let valid_until = "2026-11-25T00:00:00+09:00".parse().unwrap();
            let status = ReceptionStatus { status: registration, reception_number: number("a"), valid_until };
            let json = serde_json::to_string(&status).unwrap();
            assert!(json.starts_with(&format!(r#"{{"status":"{text}","reception_number":"#)), "{json}");
            assert_eq!(ReceptionStatus::read(200, json.as_bytes(), number("a")), Ok(status));
            let mismatch = ReceptionStatus::read(200, json.as_bytes(), number("b"));
            assert_eq!(mismatch, Err(ResponseRefusal::Mismatch("reception_number")));
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
