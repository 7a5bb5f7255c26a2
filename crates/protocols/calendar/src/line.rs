//! Content lines (RFC 5545 §3.1) and the escaping of texts (§3.3.11).

use crate::UnwritableValue;

/// How many octets a line has at most, its CRLF left out.
pub(crate) const MAX_LINE_OCTETS: usize = 75;

/// Appends a line. What is longer than [`MAX_LINE_OCTETS`] goes on in the next line after a space, which is part of that line
/// and not of the value; a character is never divided.
pub(crate) fn push_line(file: &mut String, line: &str) {
    let mut octets = 0;
    for character in line.chars() {
        if octets + character.len_utf8() > MAX_LINE_OCTETS {
            file.push_str("\r\n ");
            octets = 1;
        }
        file.push(character);
        octets += character.len_utf8();
    }
    file.push_str("\r\n");
}

/// A text with backslash, semicolon, comma and line feed escaped.
///
/// # Errors
/// [`UnwritableValue`] for any other control character but a tab, and for U+2028 and U+2029, at which some readers end a
/// line.
pub(crate) fn escape_text(property: &'static str, text: &str) -> Result<String, UnwritableValue> {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => escaped.extend(['\\', character]),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push('\t'),
            '\u{2028}' | '\u{2029}' => return Err(UnwritableValue { property }),
            character if character.is_control() => return Err(UnwritableValue { property }),
            character => escaped.push(character),
        }
    }
    Ok(escaped)
}
