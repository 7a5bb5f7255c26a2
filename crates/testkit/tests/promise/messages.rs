//! What the service and the reception said to each other, message by message.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use testkit::Page;

/// The bodies of HTTP/1.1 messages one after another, each of the length that it names.
fn split_bodies(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut all = Vec::new();
    while !bytes.is_empty() {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").expect("a message has a head") + 4;
        let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
        assert!(!head.contains("transfer-encoding"), "{head}");
        let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        let length: usize = length.map_or(0, |length| length.parse().expect("a length is a number"));
        all.push(&bytes[end..end + length]);
        bytes = &bytes[end + length..];
    }
    all
}

/// What the reception answered.
pub fn parse_responses(bytes: &[u8]) -> Vec<Value> {
    split_bodies(bytes)
        .into_iter()
        .map(|body| serde_json::from_slice(body).expect("a reception answers in JSON"))
        .collect()
}

/// The forms that the service sent.
pub fn parse_forms(bytes: &[u8]) -> Vec<BTreeMap<String, String>> {
    let sent = split_bodies(bytes).into_iter().filter(|body| !body.is_empty());
    sent.map(|body| url::form_urlencoded::parse(body).into_owned().collect()).collect()
}

/// The names of an object's fields.
pub fn field_names(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

/// What a signed token claims.
pub fn token_claims(token: &str) -> Value {
    let middle = token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(middle).expect("base64url")).expect("claims are JSON")
}

/// An answer in which whatever is drawn by lot is told only by its length, and a time only by its digits.
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
        other => other.to_string(),
    }
}

/// A page without ids and tokens, and with a nought for every digit: appointments of one day differ in nothing else.
pub fn mask_page(page: &Page) -> String {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    let mut plain = String::new();
    let mut rest = page.body.as_str();
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|character| is_word(character) != is_word(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_word(first) && run.len() >= 20 && run.bytes().any(|byte| byte.is_ascii_digit()) {
            plain.push('~');
        } else {
            plain.extend(run.chars().map(|character| if character.is_ascii_digit() { '0' } else { character }));
        }
        rest = after;
    }
    plain
}
