use base::{Date, InstitutionCode, ReceptionNumber, Timestamp, WrongInstitutionCode};
use serde::{Deserialize, Serialize};

use crate::{Reference, WrongName, error::quote_excerpt};

/// The only type of `authorization_details` (RFC 9396 §2) in this profile.
pub const DETAILS_TYPE: &str = "online_eligibility_reception";

const MAX_BYTES: usize = 2048;

/// A service's request: that one patient may register consent for one institution and one visit date.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReceptionRequest {
    /// The institution of the visit.
    pub institution: InstitutionCode,
    /// A date in Japan.
    pub visit_date: Date,
    /// The service's own reference.
    pub reference: Reference,
}

/// A service's result: that consent was registered, under which number and until when (RFC 9396 §7).
///
/// It has no member for the patient's identity or the consented items, and must never have one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RegisteredReception {
    pub request: ReceptionRequest,
    /// 受付番号, the number of the reception at all parties.
    pub reception_number: ReceptionNumber,
    /// The first second in which the consent is no longer valid.
    pub valid_until: Timestamp,
}

/// Why a text is not the `authorization_details` of this profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongDetails {
    /// Longer than one element can be.
    #[error("authorization_details is longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Not a JSON list of objects.
    #[error("authorization_details is not a JSON list of objects: {0}")]
    Form(String),
    /// Not exactly one element.
    #[error("authorization_details must have exactly one element, not {0}")]
    Count(usize),
    /// Another type.
    #[error("the type of authorization_details must be '{DETAILS_TYPE}', not {0}")]
    Type(String),
    /// A missing, unknown, duplicate or mistyped member.
    #[error("authorization_details: {0}")]
    Member(String),
    /// An invalid institution code.
    #[error("institution_code: {0}")]
    Institution(#[from] WrongInstitutionCode),
    /// An invalid date.
    #[error("visit_date: not a day of the calendar as YYYY-MM-DD")]
    VisitDate,
    /// An invalid reference.
    #[error("reference: {0}")]
    Reference(#[from] WrongName),
    /// An invalid reception number.
    #[error("reception_number: {0}")]
    ReceptionNumber(#[from] base::WrongReceptionNumber),
    /// An invalid time.
    #[error("valid_until: not a point in time as RFC 3339 has it")]
    ValidUntil,
}

/// The requested details: an unknown member might change the meaning, so it is refused (RFC 9396 §5).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestedDetails {
    #[serde(rename = "type")]
    _type: String,
    institution_code: String,
    visit_date: String,
    reference: String,
}

/// The details of a response: unknown members are ignored (RFC 6749 §5.1).
#[derive(Deserialize)]
struct RegisteredDetails {
    institution_code: String,
    visit_date: String,
    reference: String,
    reception_number: String,
    valid_until: String,
}

#[derive(Serialize)]
struct DetailsJson<'a> {
    r#type: &'static str,
    institution_code: InstitutionCode,
    visit_date: Date,
    reference: &'a Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    reception_number: Option<ReceptionNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
}

impl ReceptionRequest {
    /// Parses the parameter `authorization_details` of a pushed request.
    pub fn parse(json: &str) -> Result<Self, WrongDetails> {
        let RequestedDetails { institution_code, visit_date, reference, .. } = only_element(json)?;
        Self::from_members(&institution_code, &visit_date, &reference)
    }

    /// The parameter `authorization_details`: a list of one.
    pub fn to_json(&self) -> String {
        // The values are strings, so serialisation cannot fail.
        serde_json::to_string(&[self.to_details_json()]).expect("details are plain JSON")
    }

    fn from_members(institution_code: &str, visit_date: &str, reference: &str) -> Result<Self, WrongDetails> {
        Ok(Self {
            institution: institution_code.parse()?,
            visit_date: parse_day(visit_date).ok_or(WrongDetails::VisitDate)?,
            reference: reference.parse()?,
        })
    }

    fn to_details_json(&self) -> DetailsJson<'_> {
        DetailsJson {
            r#type: DETAILS_TYPE,
            institution_code: self.institution,
            visit_date: self.visit_date,
            reference: &self.reference,
            reception_number: None,
            valid_until: None,
        }
    }
}

impl RegisteredReception {
    /// Parses the member `authorization_details` of a token response.
    pub fn parse(json: &str) -> Result<Self, WrongDetails> {
        let details: RegisteredDetails = only_element(json)?;
        let valid_until: Timestamp = details.valid_until.parse().map_err(|_| WrongDetails::ValidUntil)?;
        Ok(Self {
            request: ReceptionRequest::from_members(
                &details.institution_code,
                &details.visit_date,
                &details.reference,
            )?,
            reception_number: details.reception_number.parse()?,
            valid_until: Timestamp::from_seconds(valid_until.seconds()),
        })
    }

    fn to_details_json(&self) -> DetailsJson<'_> {
        DetailsJson {
            reception_number: Some(self.reception_number),
            valid_until: Some(self.valid_until),
            ..self.request.to_details_json()
        }
    }
}

impl Serialize for ReceptionRequest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_details_json().serialize(serializer)
    }
}

impl Serialize for RegisteredReception {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_details_json().serialize(serializer)
    }
}

/// Parses a date in its only form on the wire, where `base::parse_date` accepts two.
fn parse_day(text: &str) -> Option<Date> {
    base::parse_date(text).ok().filter(|_| text.len() == 10)
}

fn only_element<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, WrongDetails> {
    if json.len() > MAX_BYTES {
        return Err(WrongDetails::TooLong);
    }
    // Count and type are checked first, as their errors say more than "unknown field"; then the members are parsed strictly.
    let elements: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_str(json).map_err(|error| WrongDetails::Form(error.to_string()))?;
    let [element] = elements.as_slice() else { return Err(WrongDetails::Count(elements.len())) };
    match element.get("type").and_then(|value| value.as_str()) {
        Some(DETAILS_TYPE) => {}
        Some(name) => return Err(WrongDetails::Type(quote_excerpt(name))),
        None => return Err(WrongDetails::Type("a missing one".into())),
    }
    let [element]: [T; 1] = serde_json::from_str(json).map_err(|error| WrongDetails::Member(error.to_string()))?;
    Ok(element)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALID_DETAILS: &str = r#"[{"type":"online_eligibility_reception","institution_code":"0110113719","visit_date":"2026-11-24","reference":"visit-7"}]"#;

    fn check(json: &str, expected: Result<(), &str>) {
        match (ReceptionRequest::parse(json), expected) {
            (Ok(_), Ok(())) => {}
            (Err(error), Err(part)) => assert!(error.to_string().contains(part), "{error} / {part}"),
            (actual, expected) => panic!("{json}: {actual:?}, not {expected:?}"),
        }
    }

    #[test]
    fn details_are_one_reception_and_nothing_else() {
        check(VALID_DETAILS, Ok(()));
        check("", Err("not a JSON list"));
        check("{}", Err("not a JSON list"));
        check("[1]", Err("not a JSON list"));
        check("[]", Err("exactly one element, not 0"));
        check("[{},{}]", Err("exactly one element, not 2"));
        check("[{}]", Err("a missing one"));
        check(&VALID_DETAILS.replace("online_", "offline_"), Err("not 'offline_eligibility_reception'"));
        check(&VALID_DETAILS.replace("visit_date", "visitDate"), Err("unknown field `visitDate`"));
        check(&VALID_DETAILS.replace(r#","reference":"visit-7""#, ""), Err("missing field `reference`"));
        check(&VALID_DETAILS.replace("}]", r#","locations":[]}]"#), Err("unknown field `locations`"));
        check(&VALID_DETAILS.replace("}]", r#","reference":"8"}]"#), Err("duplicate field `reference`"));
        check(&VALID_DETAILS.replace(r#""0110113719""#, "110113719"), Err("expected a string"));
        check(&VALID_DETAILS.replace("13719", "13718"), Err("institution_code: the check digit"));
        check(&VALID_DETAILS.replace("visit-7", "visit 7"), Err("reference: a reference is 1 to 64"));
        check(&VALID_DETAILS.replace("visit-7", ""), Err("reference: a reference is 1 to 64"));
        check(&VALID_DETAILS.replace("visit-7", &"x".repeat(MAX_BYTES)), Err("longer than"));
        for day in ["20261124", "2026-02-30", "2026-11-24T00:00", "24.11.2026", ""] {
            check(&VALID_DETAILS.replace("2026-11-24", day), Err("visit_date: not a day"));
        }
    }

    #[test]
    fn details_are_written_as_they_are_read() {
        let request = ReceptionRequest::parse(VALID_DETAILS).unwrap();
        assert_eq!(request.to_json(), VALID_DETAILS);
    }

    #[test]
    fn the_answer_adds_number_and_end_and_has_room_for_nothing_more() {
        let json = VALID_DETAILS
            .replace("}]", r#","reception_number":"100000000009","valid_until":"2026-11-25T00:00:00+09:00"}]"#);
        let number = ReceptionNumber::new(&base::Randomness::repeatable("number"));
        let json = json.replace("100000000009", &number.to_string());
        let registered = RegisteredReception::parse(&json).unwrap();
        assert_eq!(serde_json::to_string(&[&registered]).unwrap(), json);
        let extended = json.replace("}]", r#","name":"a","items":["medicine"]}]"#);
        assert_eq!(RegisteredReception::parse(&extended), Ok(registered));
        assert_eq!(RegisteredReception::parse(&json.replace("2026-11-25T", "")), Err(WrongDetails::ValidUntil));
        assert!(matches!(RegisteredReception::parse(VALID_DETAILS), Err(WrongDetails::Member(_))));
    }
}
