//! Text ↔ elements. The tree between the XML library and the messages: names, text and children, no attributes.

use quick_xml::{
    Reader, Writer,
    events::{BytesDecl, BytesEnd, BytesRef, BytesStart, BytesText, Event},
};

use crate::{CharacterCode, Unreadable, characters};

/// The deepest message, a medicine of a day of a month, has eight levels.
const MAX_DEPTH: usize = 16;

/// The maximum size of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limit {
    pub(crate) bytes: usize,
    pub(crate) elements: usize,
}

/// An element with its text (of leaves) and its children, in their order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    /// The children of a name.
    pub(crate) fn children_named<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Whether it has neither children nor text other than white space.
    pub(crate) fn is_empty(&self) -> bool {
        self.children.is_empty() && self.text.trim().is_empty()
    }
}

/// The root element of a document. Attributes, comments and processing instructions are ignored.
pub(crate) fn read(bytes: &[u8], limit: Limit) -> Result<(Element, CharacterCode), Unreadable> {
    if bytes.len() > limit.bytes {
        return Err(Unreadable::TooLarge { limit: limit.bytes, unit: "bytes" });
    }
    let (text, code) = characters::decode(bytes)?;
    let mut reader = Reader::from_str(&text);
    let mut tree = TreeBuilder { root: None, open: Vec::new(), elements: 0, limit };
    loop {
        let position = reader.buffer_position();
        let malformed = |reason: String| Unreadable::Malformed { position, reason };
        match reader.read_event().map_err(|error| malformed(error.to_string()))? {
            Event::Start(start) => tree.open(&start, position)?,
            Event::Empty(start) => {
                tree.open(&start, position)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.add(&text.xml10_content(), position)?,
            Event::CData(text) => tree.add(&text.xml10_content(), position)?,
            Event::GeneralRef(reference) => {
                tree.add(resolve_reference(&reference, position)?.encode_utf8(&mut [0; 4]), position)?;
            }
            Event::DocType(_) => return Err(Unreadable::DocumentType),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof if tree.open.is_empty() => {
                return tree.root.map(|root| (root, code)).ok_or_else(|| malformed("no element".to_owned()));
            }
            Event::Eof => return Err(malformed("it ends within an element".to_owned())),
        }
    }
}

struct TreeBuilder {
    root: Option<Element>,
    open: Vec<Element>,
    elements: usize,
    limit: Limit,
}

impl TreeBuilder {
    fn open(&mut self, start: &BytesStart<'_>, position: u64) -> Result<(), Unreadable> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Unreadable::TooDeep(MAX_DEPTH));
        }
        if self.root.is_some() {
            return Err(Unreadable::Malformed { position, reason: "a second outermost element".to_owned() });
        }
        self.elements += 1;
        if self.elements > self.limit.elements {
            return Err(Unreadable::TooLarge { limit: self.limit.elements, unit: "elements" });
        }
        self.open.push(Element::new(start.local_name().as_ref()));
        Ok(())
    }

    fn close(&mut self) {
        // The reader checks that every end tag has its start tag.
        let Some(mut element) = self.open.pop() else { return };
        if !element.children.is_empty() {
            element.text = String::new();
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn add(&mut self, text: &str, position: u64) -> Result<(), Unreadable> {
        if !text.chars().all(characters::is_xml_char) {
            return Err(Unreadable::Malformed { position, reason: "a character that XML does not have".to_owned() });
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => {
                return Err(Unreadable::Malformed { position, reason: "text outside of the element".to_owned() });
            }
        }
        Ok(())
    }
}

fn resolve_reference(reference: &BytesRef<'_>, position: u64) -> Result<char, Unreadable> {
    let malformed = |error: quick_xml::Error| Unreadable::Malformed { position, reason: error.to_string() };
    if let Some(character) = reference.resolve_char_ref().map_err(malformed)? {
        return Ok(character);
    }
    predefined_entity(reference).ok_or(Unreadable::Entity)
}

/// XML 1.0 §4.6: the five entities that need no declaration.
fn predefined_entity(reference: &BytesRef<'_>) -> Option<char> {
    match reference.as_ref() {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => None,
    }
}

/// The character of a reference, if it is a known one.
pub(crate) fn resolve_known_reference(reference: &BytesRef<'_>) -> Option<char> {
    resolve_reference(reference, 0).ok()
}

/// The bytes of a document.
pub(crate) fn write(root: &Element, code: CharacterCode) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 4);
    let declaration = Event::Decl(BytesDecl::new("1.0", Some(code.name()), Some("no")));
    // Writing to memory does not fail, and the writer produces UTF-8 from UTF-8.
    writer.write_event(declaration).expect("writing to memory cannot fail");
    write_element(root, &mut writer);
    let text = String::from_utf8(writer.into_inner()).expect("the writer produces UTF-8");
    characters::encode(text, code)
}

fn write_element(tree: &Element, writer: &mut Writer<Vec<u8>>) {
    let mut event = |event: Event<'_>| writer.write_event(event).expect("writing to memory cannot fail");
    if tree.children.is_empty() && tree.text.is_empty() {
        return event(Event::Empty(BytesStart::new(&tree.name)));
    }
    event(Event::Start(BytesStart::new(&tree.name)));
    if tree.children.is_empty() {
        let text: String = tree.text.chars().map(characters::to_writable).collect();
        event(Event::Text(BytesText::new(&text)));
    }
    for child in &tree.children {
        write_element(child, writer);
    }
    writer.write_event(Event::End(BytesEnd::new(&tree.name))).expect("writing to memory cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Limit = Limit { bytes: 10_000, elements: 100 };

    fn leaf(text: &str) -> Element {
        Element { text: text.to_owned(), ..Element::new("a") }
    }

    fn check(document: &str, expected: &Result<Element, Unreadable>) {
        assert_eq!(read(document.as_bytes(), LIMIT).map(|(root, _)| root), *expected, "{document}");
    }

    fn check_malformed(document: &str) {
        let outcome = read(document.as_bytes(), LIMIT);
        assert!(matches!(outcome, Err(Unreadable::Malformed { .. })), "{document}: {outcome:?}");
    }

    #[test]
    fn text_is_read_as_xml_means_it() {
        check("<a>  12</a>", &Ok(leaf("  12")));
        check("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</a>", &Ok(leaf("<&>\"'AB")));
        check("<a><![CDATA[1 < 2]]>3</a>", &Ok(leaf("1 < 23")));
        check("<a>1<!-- not said -->2<?and not?>3</a>", &Ok(leaf("123")));
        check("<a>1\r\n2</a>", &Ok(leaf("1\n2")));
        check("<a one='1' two='&other;'>1</a>", &Ok(leaf("1")));
        check("<x:a xmlns:x='urn:x'>1</x:a>", &Ok(leaf("1")));
        check("<a/>", &Ok(leaf("")));
        check("\n<a></a>\n", &Ok(leaf("")));
    }

    #[test]
    fn what_is_between_elements_is_passed_over() {
        let tree = Element { children: vec![Element { text: "1".to_owned(), ..Element::new("b") }], ..leaf("") };
        check("<a>\n  <b>1</b>\n  words\n</a>", &Ok(tree));
    }

    #[test]
    fn declarations_and_entities_are_refused() {
        check("<!DOCTYPE a><a/>", &Err(Unreadable::DocumentType));
        check("<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", &Err(Unreadable::DocumentType));
        check("<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>", &Err(Unreadable::DocumentType));
        check("<a>&b;</a>", &Err(Unreadable::Entity));
        check("<a>&nbsp;</a>", &Err(Unreadable::Entity));
    }

    #[test]
    fn what_is_too_much_is_refused() {
        check(&" ".repeat(10_001), &Err(Unreadable::TooLarge { limit: 10_000, unit: "bytes" }));
        check(&format!("<a>{}</a>", "<b/>".repeat(100)), &Err(Unreadable::TooLarge { limit: 100, unit: "elements" }));
        check(&"<a>".repeat(17), &Err(Unreadable::TooDeep(16)));
        check(&format!("{}{}", "<a>".repeat(17), "</a>".repeat(17)), &Err(Unreadable::TooDeep(16)));
    }

    #[test]
    fn what_is_no_document_is_malformed() {
        for document in [
            "",
            "   ",
            "words",
            "<a>",
            "<a><b></a></b>",
            "</a>",
            "<a/><b/>",
            "<a/>words",
            "<a>1</a",
            "<a>\u{1}</a>",
            "<a>&#0;</a>",
            "<a>&#1;</a>",
            "<a>&#xFFFFFFFF;</a>",
            "<a>1 & 2</a>",
            "<!-- ",
            "<a><![CDATA[</a>",
        ] {
            check_malformed(document);
        }
    }

    #[test]
    fn what_is_written_reads_back_but_for_what_xml_cannot_say() {
        let check = |text: &str, expected: &str| {
            for code in [CharacterCode::Utf8, CharacterCode::ShiftJis] {
                let bytes = write(&leaf(text), code);
                assert_eq!(read(&bytes, LIMIT).map(|(root, _)| root.text), Ok(expected.to_owned()), "{text:?}");
            }
        };
        check("  123456", "  123456");
        check("<&>\"'", "<&>\"'");
        check("]]>", "]]>");
        check("a\tb\r\nc", "a b  c");
        check("a\u{0}\u{1}\u{FFFE}", "a●●●");
        check("診療　太郎", "診療　太郎");
    }

    #[test]
    fn the_declaration_says_the_code_and_standalone_no() {
        let check = |code, expected: &str| assert_eq!(write(&leaf("1"), code), expected.as_bytes());
        check(CharacterCode::Utf8, "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>\n<a>1</a>");
        check(CharacterCode::ShiftJis, "<?xml version=\"1.0\" encoding=\"Shift_JIS\" standalone=\"no\"?>\n<a>1</a>");
    }
}
