use quick_xml::{Reader, events::Event};

use crate::{CharacterCode, Identifier, characters, layout::Value, xml};

const IDENTIFIER: &str = "ArbitraryFileIdentifier";

/// The parts of an unreadable request that its response needs: a requester that pairs files by their identifier would
/// otherwise wait for the response until it gives up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHints {
    /// The character code by byte order mark or declaration, UTF-8 without either.
    pub character_code: CharacterCode,
    /// 任意のファイル識別子, if it can be found in the bytes.
    pub identifier: Option<Identifier>,
}

/// Searches the bytes of a request for the hints, whatever else is wrong with it.
pub fn find_hints(bytes: &[u8]) -> RequestHints {
    let (text, character_code) = characters::decode_lossy(bytes);
    RequestHints { character_code, identifier: find_identifier(&text) }
}

/// The first element of that name, found as text: its surroundings may be no XML.
fn find_identifier(text: &str) -> Option<Identifier> {
    text.match_indices(IDENTIFIER).find_map(|(start, name)| {
        let preceding = text.get(..start)?;
        let opens = preceding.ends_with('<') || preceding.rsplit_once('<').is_some_and(|(_, prefix)| is_prefix(prefix));
        let (attributes, rest) = text.get(start + name.len()..)?.split_once('>')?;
        let whole_name = attributes.is_empty() || attributes.starts_with(char::is_whitespace);
        if !opens || !whole_name || attributes.ends_with('/') {
            return None;
        }
        let (content, _) = rest.split_once('<')?;
        Identifier::from_text(&unescape(content)?)
    })
}

/// A namespace prefix with its colon.
fn is_prefix(text: &str) -> bool {
    text.strip_suffix(':').is_some_and(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric))
}

/// Text with its references resolved; `None` where one cannot be.
fn unescape(content: &str) -> Option<String> {
    let mut reader = Reader::from_str(content);
    let mut text = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Text(part) => text.push_str(&part.xml10_content()),
            Event::GeneralRef(reference) => text.push(xml::resolve_known_reference(&reference)?),
            Event::Eof => return Some(text),
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: (CharacterCode, Option<&str>)) {
        let hints = find_hints(bytes);
        let identifier = hints.identifier.as_ref().map(ToString::to_string);
        assert_eq!((hints.character_code, identifier.as_deref()), expected, "{}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn the_identifier_is_found_in_a_request_that_is_wrong_elsewhere() {
        use CharacterCode::{ShiftJis, Utf8};
        check(b"<XmlMsg><ArbitraryFileIdentifier>a-1</ArbitraryFileIdentifier><broken", (Utf8, Some("a-1")));
        check(b"<ArbitraryFileIdentifier >a-1</ArbitraryFileIdentifier>", (Utf8, Some("a-1")));
        check(b"<x:ArbitraryFileIdentifier>a&amp;1</x:ArbitraryFileIdentifier>", (Utf8, Some("a&1")));
        check(
            b"<?xml version='1.0' encoding='Shift_JIS'?><ArbitraryFileIdentifier>a</ArbitraryFileIdentifier>\x81",
            (ShiftJis, Some("a")),
        );
        check(b"<?xml version='1.0' encoding='EUC-JP'?><ArbitraryFileIdentifier>a</A>", (Utf8, Some("a")));
        check(b"\xef\xbb\xbf<ArbitraryFileIdentifier>a</ArbitraryFileIdentifier>\xff", (Utf8, Some("a")));
    }

    #[test]
    fn what_is_no_such_element_is_none() {
        use CharacterCode::Utf8;
        check(b"", (Utf8, None));
        check(b"<ArbitraryFileIdentifier/>", (Utf8, None));
        check(b"<ArbitraryFileIdentifier></ArbitraryFileIdentifier>", (Utf8, None));
        check(b"<ArbitraryFileIdentifier>a", (Utf8, None));
        check(b"<MyArbitraryFileIdentifier>a</MyArbitraryFileIdentifier>", (Utf8, None));
        check(b"<ArbitraryFileIdentifiers>a</ArbitraryFileIdentifiers>", (Utf8, None));
        check(b"<ArbitraryFileIdentifier>a&other;</ArbitraryFileIdentifier>", (Utf8, None));
    }
}
