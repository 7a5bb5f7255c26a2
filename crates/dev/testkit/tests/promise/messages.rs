//! Parses the recorded messages between the service and the reception.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use testkit::Page;

/// The bodies of consecutive HTTP/1.1 messages, each of its Content-Length.
fn split_bodies(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut bodies = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a message has a head") + 4;
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        assert!(!head.contains("transfer-encoding"), "{head}");
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.map_or(0, |length| length.parse().expect("a length is a number"));
        bodies.push(&bytes[end..end + length]);
        bytes = &bytes[end + length..];
    }
    bodies
}

/// The reception's responses.
pub fn parse_responses(bytes: &[u8]) -> Vec<Value> {
    split_bodies(bytes)
        .into_iter()
        .map(|body| serde_json::from_slice(body).expect("a reception answers in JSON"))
        .collect()
}

/// The service's requests.
pub fn parse_forms(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let bodies = split_bodies(bytes).into_iter().filter(|body| !body.is_empty());
    bodies.map(|body| url::form_urlencoded::parse(body).into_owned().collect()).collect()
}

pub fn field_names(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// The claims of a JWT.
pub fn token_claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("claims are JSON")
}

/// A response with each random value and each duration replaced by its length.
pub fn response_shape(value: &Value) -> String {
    const RANDOM_FIELDS: [&str; 5] = ["request_uri", "access_token", "reference", "reception_number", "expires_in"];
    match value {
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| {
                if RANDOM_FIELDS.contains(&key.as_str()) {
                    format!("{key}=<{}>", value.to_string().len())
                } else {
                    format!("{key}={}", response_shape(value))
                }
            };
            format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(response_shape).collect::<Vec<_>>().join(",")),
        scalar => scalar.to_string(),
    }
}

/// A page with ids and tokens replaced by `~` and digits by `0`: pages of appointments on one day differ in nothing else.
pub fn mask_page(page: &Page) -> String {
    let is_word_character = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    let mut masked = String::new();
    let body = mask_doctor(&page.body);
    let mut remaining = body.as_str();
    while let Some(first) = remaining.chars().next() {
        let end = remaining
            .find(|character| is_word_character(character) != is_word_character(first))
            .unwrap_or(remaining.len());
        let (run, after) = remaining.split_at(end);
        if is_word_character(first) && run.len() >= 20 && run.bytes().any(|byte| byte.is_ascii_digit()) {
            masked.push('~');
        } else {
            masked.extend(run.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }));
        }
        remaining = after;
    }
    masked
}

/// The page without the doctor of the visit: who wants none in particular gets whoever has least to do.
fn mask_doctor(page: &str) -> String {
    const LABEL: &str = ">医師</dt>";
    let Some((before, after)) = page.split_once(LABEL) else { return page.to_owned() };
    let (_, rest) = after.split_once("</dd>").expect("a term has its description");
    format!("{before}{LABEL}{rest}")
}
