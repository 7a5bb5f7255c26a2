use crate::CharacterCode;

/// Why bytes are no message of their interface.
///
/// It names elements and never contains their values, so that it may be logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More bytes or elements than a message of this kind may have.
    #[error("the file is larger than a message of this kind can be (at most {limit} {unit})")]
    TooLarge {
        limit: usize,
        /// Bytes or elements.
        unit: &'static str,
    },
    /// The declaration names a character code other than UTF-8 and Shift_JIS.
    #[error("the character code '{0}' is neither UTF-8 nor Shift_JIS")]
    Encoding(String),
    /// The bytes are not in the character code that the file declares.
    #[error("the file says that it is {}, and its bytes are not", .0.name())]
    Bytes(CharacterCode),
    /// It is no well-formed XML, or ends too early.
    #[error("no well-formed XML near byte {position} of its text: {reason}")]
    Malformed {
        /// The position in the decoded text, in bytes of UTF-8.
        position: u64,
        /// The XML library's error.
        reason: String,
    },
    /// It has a document type declaration. No message of the interface does.
    #[error("a document type declaration is not taken")]
    DocumentType,
    /// It refers to an entity that XML itself does not define.
    #[error("an entity that XML itself does not define is not taken")]
    Entity,
    /// Elements are nested deeper than in any message.
    #[error("elements are nested deeper than {0}")]
    TooDeep(usize),
    /// The root element is not `XmlMsg`.
    #[error("the outermost element is not XmlMsg")]
    Root,
    /// A required element is missing.
    #[error("the element {element} is missing")]
    Missing {
        /// The path of the element below `XmlMsg`.
        element: String,
    },
    /// An element that may occur once occurs several times.
    #[error("the element {element} stands more than once")]
    Repeated {
        /// The path of the element below `XmlMsg`.
        element: String,
    },
    /// A required element has an invalid value.
    #[error("the element {element} is not {expected}")]
    InvalidValue {
        /// The path of the element below `XmlMsg`.
        element: String,
        expected: &'static str,
    },
}

impl Unreadable {
    /// The error in Japanese, as in a response file. It names the element.
    pub fn japanese(&self) -> String {
        match self {
            Self::TooLarge { limit, unit } => {
                let unit = if *unit == "bytes" { "バイト" } else { "要素" };
                format!("ファイルが大きすぎます（最大{limit}{unit}）。")
            }
            Self::Encoding(code) => format!("文字コード「{code}」は使えません。UTF-8かShift_JISにしてください。"),
            Self::Bytes(code) => format!("ファイルの文字コードが、宣言された{}ではありません。", code.name()),
            Self::Malformed { position, .. } => format!("XMLとして正しくありません（{position}バイト目の付近）。"),
            Self::DocumentType => "文書型宣言（DOCTYPE）は使えません。".to_owned(),
            Self::Entity => "XMLが定めていない実体参照は使えません。".to_owned(),
            Self::TooDeep(most) => format!("要素の入れ子が{most}段を超えています。"),
            Self::Root => "最も外側の要素がXmlMsgではありません。".to_owned(),
            Self::Missing { element } => format!("要素 {element} がありません。"),
            Self::Repeated { element } => format!("要素 {element} が2つ以上あります。"),
            Self::InvalidValue { element, .. } => format!("要素 {element} の値の形式が正しくありません。"),
        }
    }
}

/// An invalid value of an optional element. The message was read without it.
///
/// Unlike [`Unreadable`] it contains the text, to be shown at the desk. Never log it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadWarning {
    /// The path of the element below `XmlMsg`.
    pub element: String,
    /// The invalid text.
    pub text: String,
    pub expected: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_a_japanese_sentence() {
        let element = || "MessageBody/StartDate".to_owned();
        let all = [
            Unreadable::TooLarge { limit: 10, unit: "bytes" },
            Unreadable::TooLarge { limit: 10, unit: "elements" },
            Unreadable::Encoding("EUC-JP".to_owned()),
            Unreadable::Bytes(CharacterCode::ShiftJis),
            Unreadable::Malformed { position: 7, reason: "expected '>'".to_owned() },
            Unreadable::DocumentType,
            Unreadable::Entity,
            Unreadable::TooDeep(32),
            Unreadable::Root,
            Unreadable::Missing { element: element() },
            Unreadable::Repeated { element: element() },
            Unreadable::InvalidValue { element: element(), expected: "a month as YYYYMM" },
        ];
        for fault in all {
            let text = fault.japanese();
            assert!(text.ends_with('。') && !text.contains("the ") && !text.contains("expected"), "{text}");
            assert_eq!(text.contains("MessageBody/StartDate"), fault.to_string().contains("MessageBody/StartDate"));
        }
    }
}
