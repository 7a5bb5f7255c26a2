//! A request file that was taken, parsed once.

use oqs::{CharacterCode, Identifier, Message, ParsedMessage, RequestHints};

use super::folders::{RequestContent, RequestFile};

/// A request file with its message.
#[derive(Debug)]
pub(crate) struct ReceivedRequest {
    pub(crate) file: RequestFile,
    /// `None` if the file is too long, or is no message of its interface.
    pub(crate) message: Option<Message>,
    /// The response is written in the same.
    pub(crate) character_code: CharacterCode,
    /// 任意のファイル識別子, which the response repeats: of the message, or as far as it can be found in a file without one.
    pub(crate) identifier: Option<Identifier>,
}

impl ReceivedRequest {
    pub(crate) fn parse(file: RequestFile) -> Self {
        let parsed = match &file.content {
            RequestContent::Whole(bytes) => oqs::parse(file.name.interface(), bytes).ok(),
            RequestContent::TooLong(_) => None,
        };
        if let Some(ParsedMessage { message, character_code, .. }) = parsed {
            let identifier = message.header_items().identifier.cloned();
            Self { file, message: Some(message), character_code, identifier }
        } else {
            let RequestHints { character_code, identifier } = oqs::find_hints(file.content.bytes());
            Self { file, message: None, character_code, identifier }
        }
    }
}
