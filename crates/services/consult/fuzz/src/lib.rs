//! Properties that must hold for any foreign bytes: one check for each parser of this crate that strangers reach. The fuzz
//! targets run them on inputs of libFuzzer; the crate's own tests run them on the corpus and on mutations of it.
//!
//! A check panics where its property is violated.

use consult::{MailAddress, fuzzing};

/// A check with the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All checks.
pub const FUZZ_CHECKS: [FuzzCheck; 6] = [
    ("jpeg", jpeg),
    ("picture", picture),
    ("worker_request", worker_request),
    ("worker_response", worker_response),
    ("mail_address", mail_address),
    ("letter", letter),
];

/// The largest picture that a request of the worker carries.
const MAX_PICTURE_BYTES: usize = 20 * 1024 * 1024;

/// The longest subject, in characters.
const MAX_SUBJECT: usize = 200;

/// The headers of a letter.
const HEADERS: [&str; 9] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// A JPEG is refused, or is rebuilt so that it needs no rebuilding.
pub fn jpeg(bytes: &[u8]) {
    if let Some(rebuilt) = fuzzing::rebuild_jpeg(bytes) {
        assert!(rebuilt.starts_with(&[0xFF, 0xD8]) && rebuilt.ends_with(&[0xFF, 0xD9]));
        assert!(fuzzing::rebuild_jpeg(&rebuilt).as_ref() == Some(&rebuilt));
    }
}

/// A picture is refused, or becomes a JPEG of a bounded size.
pub fn picture(bytes: &[u8]) {
    if let Some((width, height, picture, thumbnail)) = fuzzing::normalise_picture(bytes) {
        assert!((1..=10_000).contains(&width) && (1..=10_000).contains(&height));
        assert!(picture.len() <= MAX_PICTURE_BYTES);
        for jpeg in [picture, thumbnail] {
            assert!(fuzzing::rebuild_jpeg(&jpeg).is_some());
        }
    }
}

/// A request to the worker is refused, or is a picture no larger than pictures may be.
pub fn worker_request(bytes: &[u8]) {
    if let Some(picture) = fuzzing::read_worker_request(bytes) {
        assert!(picture.len() <= MAX_PICTURE_BYTES && bytes[4..].starts_with(&picture));
    }
}

/// A response of the worker is refused, or is written so that it reads as the same.
pub fn worker_response(bytes: &[u8]) {
    if let Some(written) = fuzzing::rewrite_worker_response(bytes) {
        assert!(written.len() == bytes.len());
        assert!(fuzzing::rewrite_worker_response(&written).as_ref() == Some(&written));
    }
}

/// An address is refused, or reads as itself and has one mailbox.
pub fn mail_address(bytes: &[u8]) {
    if let Ok(address) = String::from_utf8_lossy(bytes).parse::<MailAddress>() {
        assert!(address.to_string().parse().as_ref() == Ok(&address));
        assert!(address.as_str().is_ascii() && !address.as_str().contains(char::is_whitespace));
        assert!(fuzzing::compose_letter(address.as_str(), "件名", "本文\n").is_some());
    }
}

/// Recipient, subject and body, on lines of their own: a letter has the headers that it was given and no other, in ASCII, on
/// lines no longer than RFC 5322 allows.
pub fn letter(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, '\n');
    let [recipient, subject, body] = [(); 3].map(|()| parts.next().unwrap_or_default());
    // A subject is a text of ours with the name of a clinic.
    let subject: String = subject.chars().take(MAX_SUBJECT).collect();
    let Some(message) = fuzzing::compose_letter(recipient, &subject, body) else { return };
    assert!(message.is_ascii());
    let message = String::from_utf8_lossy(&message);
    let (headers, body) = message.split_once("\r\n\r\n").expect("a message has headers and a body");
    for line in headers.split("\r\n") {
        assert!(line.len() <= 998 && !line.contains(['\r', '\n']));
        let name = line.split(':').next().unwrap_or_default();
        assert!(line.starts_with(' ') || HEADERS.contains(&name), "{line}");
    }
    assert!(body.split("\r\n").all(|line| line.len() <= 998));
}
