//! Properties that must hold for any foreign bytes: one check for each parser of this crate. The fuzz targets run them on
//! inputs of libFuzzer; the crate's own tests run them on the corpus and on mutations of it.
//!
//! A check panics where its property is violated. What is read by its file's name has the name as its first line.

use oqs::{CharacterCode, FileName};

/// A check with the name of its corpus.
pub type FuzzCheck = (&'static str, fn(&[u8]));

/// All checks.
pub const FUZZ_CHECKS: [FuzzCheck; 4] =
    [("message", message), ("archive", archive), ("hints", hints), ("file_name", file_name)];

/// A message is refused, or is written so that it reads as the same.
pub fn message(bytes: &[u8]) {
    let Some((name, content)) = split_name(bytes) else { return };
    let Ok(parsed) = oqs::parse(name.interface(), content) else { return };
    // What a file may say and a message does not keep (spaces, other spellings) is lost the first time, and nothing later.
    let first = oqs::write(&parsed.message, CharacterCode::Utf8);
    let read = oqs::parse(name.interface(), &first).expect("what is written can be read");
    assert!(read.character_code == CharacterCode::Utf8);
    assert!(oqs::write(&read.message, CharacterCode::Utf8) == first);
    // Shift_JIS lacks characters, but never so that a file could not be read.
    let narrow = oqs::write(&parsed.message, CharacterCode::ShiftJis);
    assert!(!encoding_rs::SHIFT_JIS.decode_without_bom_handling(&narrow).1, "a file in Shift_JIS is one");
}

/// An archive is refused, or its message is packed so that it unpacks to the same.
pub fn archive(bytes: &[u8]) {
    let Some((name, content)) = split_name(bytes) else { return };
    if let Ok(message) = oqs::unpack(&name, content) {
        assert!(message.len() <= name.interface().max_bytes());
        assert!(oqs::unpack(&name, &oqs::pack(&name, &message)) == Ok(message));
    }
}

/// What is found in an unreadable request is as long as an identifier may be.
pub fn hints(bytes: &[u8]) {
    let hints = oqs::find_hints(bytes);
    if let Some(identifier) = hints.identifier {
        assert!(oqs::Identifier::new(identifier.as_str()).is_some());
    }
}

/// A name of a file is written as it was read, and leads out of no folder.
pub fn file_name(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(name) = text.parse::<FileName>() else { return };
    assert!(name.to_string() == text);
    assert!(!text.contains(['/', '\\', '\0']) && !text.starts_with('.'));
    assert!(name.response().to_string().parse() == Ok(name.response()));
}

/// The first line as the name of a file, and what follows.
fn split_name(bytes: &[u8]) -> Option<(FileName, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let name = str::from_utf8(&bytes[..end]).ok()?.parse().ok()?;
    Some((name, &bytes[end + 1..]))
}
