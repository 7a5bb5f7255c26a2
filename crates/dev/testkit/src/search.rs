use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};

/// Searches bytes for marks, in every encoding in which a program may write them.
pub struct MarkSearch {
    names: Vec<String>,
    automaton: AhoCorasick,
    /// The index of the mark that each pattern encodes.
    mark_of_pattern: Vec<usize>,
}

impl MarkSearch {
    /// A search for marks, each with a name and all its forms.
    pub fn new<'m>(marks: impl IntoIterator<Item = (&'m str, &'m [String])>) -> Self {
        let (mut names, mut patterns, mut mark_of_pattern) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (name, forms)) in marks.into_iter().enumerate() {
            for encoding in forms.iter().flat_map(|form| encodings(form)) {
                patterns.push(encoding);
                mark_of_pattern.push(index);
            }
            names.push(name.to_owned());
        }
        let automaton = AhoCorasick::new(&patterns).expect("some thousand short patterns");
        Self { names, automaton, mark_of_pattern }
    }

    /// The names of the marks that occur in these bytes.
    pub fn find_marks(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let hits = self.automaton.find_overlapping_iter(bytes);
        hits.map(|hit| self.names[self.mark_of_pattern[hit.pattern().as_usize()]].as_str()).collect()
    }

    /// The names of the marks that do not occur.
    pub fn find_missing_marks(&self, bytes: &[u8]) -> BTreeSet<&str> {
        let occurring = self.find_marks(bytes);
        self.names.iter().map(String::as_str).filter(|name| !occurring.contains(name)).collect()
    }
}

/// As it is, percent-encoded, escaped for JSON and HTML, in UTF-16, in hexadecimal, in base64 at each of the three
/// possible offsets, and its SHA-256 digest.
fn encodings(text: &str) -> BTreeSet<Vec<u8>> {
    let bytes = text.as_bytes();
    let map_bytes = |write: &dyn Fn(u8) -> String| bytes.iter().map(|byte| write(*byte)).collect::<String>();
    let map_units = |write: &dyn Fn(u16) -> String| text.encode_utf16().map(write).collect::<String>();
    let map_characters = |write: &dyn Fn(u32) -> String| text.chars().map(u32::from).map(write).collect::<String>();
    let percent_encode = |upper: bool| {
        map_bytes(&|byte| match (byte, upper) {
            (b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~', _) => char::from(byte).to_string(),
            (_, true) => format!("%{byte:02X}"),
            (_, false) => format!("%{byte:02x}"),
        })
    };
    let texts = [
        text.to_owned(),
        percent_encode(true),
        percent_encode(false),
        map_units(&|unit| format!("\\u{unit:04x}")),
        map_units(&|unit| format!("\\u{unit:04X}")),
        map_characters(&|character| format!("&#{character};")),
        map_characters(&|character| format!("&#x{character:x};")),
        map_characters(&|character| format!("&#x{character:X};")),
        map_bytes(&|byte| format!("{byte:02x}")),
        map_bytes(&|byte| format!("{byte:02X}")),
    ];
    let mut all: BTreeSet<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    all.insert(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
    all.insert(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
    all.insert(base::digest(&[bytes]).as_bytes().to_vec());
    for before in 0..3 {
        let mut shifted = vec![0; before];
        shifted.extend_from_slice(bytes);
        let encoded = BASE64_STANDARD_NO_PAD.encode(&shifted);
        // The first and last letters also hold bits of the bytes around the text.
        let start = [0, 2, 3][before];
        let end = shifted.len() * 8 / 6;
        let inner_part = &encoded[start..end];
        if inner_part.len() >= 8 {
            all.insert(inner_part.as_bytes().to_vec());
            all.insert(inner_part.replace('+', "-").replace('/', "_").into_bytes());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use base64::prelude::BASE64_URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn a_text_is_found_in_every_writing() {
        let forms = ["山吹ヤマブキ-7731".to_owned()];
        let search = MarkSearch::new([("name", forms.as_slice())]);
        let check = |bytes: &[u8]| assert_eq!(search.find_marks(bytes).len(), 1, "{}", String::from_utf8_lossy(bytes));
        let text = "山吹ヤマブキ-7731";
        check(format!("<p>{text}</p>").as_bytes());
        let pairs = [("q", text)];
        check(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().as_bytes());
        check(&text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        for surrounding in ["", "x", "xy", "xyz"] {
            check(BASE64_STANDARD_NO_PAD.encode(format!("{surrounding}{text}{surrounding}")).as_bytes());
            check(BASE64_URL_SAFE_NO_PAD.encode(format!("{surrounding}{text}{surrounding}")).as_bytes());
        }
        assert!(search.find_marks("山吹ヤマブキ-7732".as_bytes()).is_empty());
    }
}
