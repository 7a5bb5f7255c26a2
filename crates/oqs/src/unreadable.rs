use crate::CharacterCode;

/// Why bytes are no message of the interface they came by.
///
/// It names elements and never carries what stood in them, so that it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More bytes or elements than a message of this kind can honestly have.
    #[error("the file is larger than a message of this kind can be (at most {limit} {unit})")]
    TooLarge {
        /// How many are read.
        limit: usize,
        /// Of what: bytes or elements.
        unit: &'static str,
    },
    /// The declaration names a character code other than UTF-8 and Shift_JIS.
    #[error("the character code '{0}' is neither UTF-8 nor Shift_JIS")]
    Encoding(String),
    /// The bytes are not in the character code that the file declares.
    #[error("the file says that it is {}, and its bytes are not", .0.name())]
    Bytes(CharacterCode),
    /// It is no well-formed XML, or ends too early.
    #[error("no well-formed XML near byte {at} of its text: {why}")]
    Malformed {
        /// Where in the decoded text, in bytes of UTF-8.
        at: u64,
        /// What the XML library says.
        why: String,
    },
    /// It brings a document type declaration. No message of the interface does.
    #[error("a document type declaration is not taken")]
    DocumentType,
    /// It refers to an entity that XML itself does not define.
    #[error("an entity that XML itself does not define is not taken")]
    Entity,
    /// Elements within elements, deeper than any message goes.
    #[error("elements are nested deeper than {0}")]
    TooDeep(usize),
    /// The outermost element is another one.
    #[error("the outermost element is not XmlMsg")]
    Root,
    /// An element that the message cannot be without.
    #[error("the element {element} is missing")]
    Missing {
        /// The path of the element below `XmlMsg`.
        element: String,
    },
    /// An element that may stand once stands several times.
    #[error("the element {element} stands more than once")]
    Repeated {
        /// The path of the element below `XmlMsg`.
        element: String,
    },
    /// An element that the message cannot be without has a value of another form.
    #[error("the element {element} is not {expected}")]
    Wrong {
        /// The path of the element below `XmlMsg`.
        element: String,
        /// What should stand there.
        expected: &'static str,
    },
}

/// A value in an element that may be missing, which could not be read. The message is read without it.
///
/// Unlike [`Unreadable`] it carries the text, for the desk to see. Never log it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// The path of the element below `XmlMsg`.
    pub element: String,
    /// What stood there.
    pub text: String,
    /// What should have stood there.
    pub expected: &'static str,
}
