//! Bytes ↔ text: the two character codes of the files.

use std::borrow::Cow;

use encoding_rs::{EncoderResult, Encoding, SHIFT_JIS, UTF_8};
use quick_xml::{Reader, events::Event};

use crate::{CharacterCode, Unreadable};

/// The replacement of a character that cannot be encoded.
pub(crate) const UNWRITABLE: char = '●';

impl CharacterCode {
    /// The name in the XML declaration.
    pub fn name(self) -> &'static str {
        self.encoding().name()
    }

    fn encoding(self) -> &'static Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::ShiftJis => SHIFT_JIS,
        }
    }
}

/// The text of a file, by its byte order mark, else its XML declaration, else as UTF-8 (XML 1.0 §4.3.3).
pub(crate) fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, CharacterCode), Unreadable> {
    let (code, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, length)) => {
            (character_code_from_label(encoding.name())?, bytes.get(length..).unwrap_or_default())
        }
        None => (declared_character_code(bytes)?, bytes),
    };
    let text = code.encoding().decode_without_bom_handling_and_without_replacement(bytes);
    Ok((text.ok_or(Unreadable::Bytes(code))?, code))
}

/// The text of a file that may be damaged: invalid bytes are replaced.
pub(crate) fn decode_lossy(bytes: &[u8]) -> (Cow<'_, str>, CharacterCode) {
    let code = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => character_code_from_label(encoding.name()),
        None => declared_character_code(bytes),
    };
    let code = code.unwrap_or(CharacterCode::Utf8);
    (code.encoding().decode_with_bom_removal(bytes).0, code)
}

/// The bytes of a text; characters that Shift_JIS does not have become ●.
pub(crate) fn encode(text: String, code: CharacterCode) -> Vec<u8> {
    match code {
        CharacterCode::Utf8 => text.into_bytes(),
        CharacterCode::ShiftJis => encode_shift_jis(&text),
    }
}

/// A character as allowed by XML 1.0 §2.2, without line breaks.
pub(crate) fn to_writable(character: char) -> char {
    match character {
        '\t' | '\n' | '\r' => ' ',
        _ if is_xml_char(character) => character,
        _ => UNWRITABLE,
    }
}

/// XML 1.0 §2.2: the characters that a document may contain.
pub(crate) fn is_xml_char(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn encode_shift_jis(text: &str) -> Vec<u8> {
    let text: String = text.chars().map(to_windows_variant).collect();
    let mut encoder = SHIFT_JIS.new_encoder();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_str();
    loop {
        bytes.reserve(encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len()) + 4);
        let (result, consumed) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut bytes, true);
        rest = rest.get(consumed..).unwrap_or_default();
        match result {
            EncoderResult::InputEmpty => return bytes,
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(_) => bytes.extend(BLACK_CIRCLE),
        }
    }
}

/// ● in Shift_JIS.
const BLACK_CIRCLE: [u8; 2] = [0x81, 0x9C];

/// Characters that JIS X 0208 has once and Unicode twice, in the form of the Windows tables.
fn to_windows_variant(character: char) -> char {
    match character {
        '\u{00A2}' => '\u{FFE0}', // cent
        '\u{00A3}' => '\u{FFE1}', // pound
        '\u{00A5}' => '\u{FFE5}', // yen; else it would come back as a backslash
        '\u{00AC}' => '\u{FFE2}', // not
        '\u{2014}' => '\u{2015}', // dash
        '\u{2016}' => '\u{2225}', // parallel
        '\u{203E}' => '\u{FFE3}', // overline; else it would come back as a tilde
        '\u{2212}' => '\u{FF0D}', // minus
        '\u{301C}' => '\u{FF5E}', // wave dash
        _ => character,
    }
}

fn declared_character_code(bytes: &[u8]) -> Result<CharacterCode, Unreadable> {
    // A declaration is ASCII in both codes, and short.
    let head = bytes.get(..200).unwrap_or(bytes);
    let end = head.windows(2).position(|pair| pair == b"?>").filter(|_| head.starts_with(b"<?xml"));
    let Some(declaration) = end.and_then(|end| std::str::from_utf8(head.get(..end + 2)?).ok()) else {
        return Ok(CharacterCode::Utf8);
    };
    match Reader::from_str(declaration).read_event() {
        Ok(Event::Decl(declaration)) => match declaration.encoding() {
            Some(Ok(label)) => character_code_from_label(&label),
            Some(Err(_)) => Err(Unreadable::Encoding(String::new())),
            None => Ok(CharacterCode::Utf8),
        },
        _ => Ok(CharacterCode::Utf8),
    }
}

fn character_code_from_label(label: &str) -> Result<CharacterCode, Unreadable> {
    // Windows' own name for its Shift_JIS is no label of the Encoding Standard.
    if label.eq_ignore_ascii_case("cp932") {
        return Ok(CharacterCode::ShiftJis);
    }
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == UTF_8 => Ok(CharacterCode::Utf8),
        Some(encoding) if encoding == SHIFT_JIS => Ok(CharacterCode::ShiftJis),
        _ => Err(Unreadable::Encoding(label.chars().take(40).collect())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, comes_back_as: &str) {
        let bytes = encode_shift_jis(text);
        let decoded = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(&bytes).expect("Shift_JIS");
        assert_eq!(decoded, comes_back_as, "{text}");
    }

    #[test]
    fn what_shift_jis_does_not_have_becomes_a_black_circle() {
        check("診療　太郎ｼﾝﾘｮｳ ﾀﾛｳ", "診療　太郎ｼﾝﾘｮｳ ﾀﾛｳ");
        check("髙﨑①", "髙﨑①");
        check("𠮷田　渡邉", "●田　渡邉");
        check("가é😀", "●●●");
        check("１日２〜３回、¥100−", "１日２～３回、￥100－");
        check("", "");
    }

    fn check_code(bytes: &[u8], expected: &Result<CharacterCode, Unreadable>) {
        assert_eq!(decode(bytes).map(|(_, code)| code), *expected, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn the_declaration_names_the_code() {
        check_code(b"<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?><a/>", &Ok(CharacterCode::Utf8));
        check_code(b"<?xml version='1.0' encoding='shift_jis'?><a>\xb1</a>", &Ok(CharacterCode::ShiftJis));
        check_code(b"<?xml version=\"1.0\" encoding=\"Windows-31J\"?><a/>", &Ok(CharacterCode::ShiftJis));
        check_code(b"<?xml version=\"1.0\" encoding=\"cp932\"?><a/>", &Ok(CharacterCode::ShiftJis));
        check_code(b"<?xml version=\"1.0\"?><a/>", &Ok(CharacterCode::Utf8));
        check_code(b"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a/>", &Ok(CharacterCode::Utf8));
        check_code(b"<a/>", &Ok(CharacterCode::Utf8));
        check_code(b"", &Ok(CharacterCode::Utf8));
    }

    #[test]
    fn other_codes_and_broken_bytes_are_refused() {
        let unsupported = |label: &str| Err(Unreadable::Encoding(label.to_owned()));
        check_code(b"<?xml version=\"1.0\" encoding=\"EUC-JP\"?><a/>", &unsupported("EUC-JP"));
        check_code(b"<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>", &unsupported("UTF-7"));
        check_code(b"\xff\xfe<\0a\0", &unsupported("UTF-16LE"));
        check_code(b"<a>\xb1</a>", &Err(Unreadable::Bytes(CharacterCode::Utf8)));
        check_code(
            b"<?xml version='1.0' encoding='shift_jis'?><a>\x81</a>",
            &Err(Unreadable::Bytes(CharacterCode::ShiftJis)),
        );
    }
}
