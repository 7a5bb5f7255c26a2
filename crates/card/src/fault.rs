use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Access, CardData, Content, File, PinReference, StatusWord, TokenLabel, aid, file};

/// What goes wrong with a card, on demand. Commands are counted from 1 from when the card was made or the faults laid
/// in; each fault happens once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The card is pulled out after this command was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "pulled_after")]
    pub removed_after: Option<u32>,
    /// The card is pulled out in the middle of this command: no answer comes. A VERIFY has then spent its try and not
    /// yet compared the PIN; any other command was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "pulled_during")]
    pub removed_during: Option<u32>,
    /// How long every command takes. The card has no clock: whoever carries the bytes waits.
    #[serde(skip_serializing_if = "is_zero")]
    pub delay_milliseconds: u32,
    /// These commands are not carried out but answered so.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(rename = "answers")]
    pub statuses: BTreeMap<u32, StatusWord>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// What is wrong with a card from the beginning.
impl CardData {
    /// This card without 署名用電子証明書, as a child under 15 has it.
    #[must_use]
    pub fn without_signature(mut self) -> Self {
        let empty = |file: &mut File| {
            if let File::Transparent { content, .. } = file {
                *content = Content::default();
            }
        };
        for id in [file::SIGNATURE_CERTIFICATE, file::SIGNATURE_CA_CERTIFICATE] {
            self.file_mut(aid::JPKI, id).map(empty);
        }
        if let Some(key) = self.file_mut(aid::JPKI, file::SIGNATURE_KEY) {
            *key = File::Internal;
        }
        if let Some(File::Transparent { content, .. }) = self.file_mut(aid::JPKI, file::AVAILABILITY)
            && let Some(signature) = content.0.first_mut()
        {
            *signature = 0x00;
        }
        self
    }

    /// This card as a token of another kind. A phone has the JPKI application alone and shows its authentication certificate
    /// after the PIN.
    #[must_use]
    pub fn with_label(mut self, label: TokenLabel) -> Self {
        if let Some(information) = self.file_mut(aid::JPKI, file::TOKEN_INFORMATION) {
            *information = File::TokenInformation { label };
        }
        if label != TokenLabel::Plastic {
            self.applications.retain(|application| application.aid == aid::JPKI);
            if let Some(File::Transparent { read, .. }) = self.file_mut(aid::JPKI, file::AUTHENTICATION_CERTIFICATE) {
                *read = Access::AfterPin(vec![file::AUTHENTICATION_PIN]);
            }
        }
        self
    }

    /// This card with so many tries left at a PIN that it has, and no more than the PIN has.
    #[must_use]
    pub fn with_tries_left(mut self, pin: PinReference, tries: u8) -> Self {
        if let Some(limit) = self.pin(pin).map(|pin| u8::from(pin.tries)) {
            self.counters = self.counters().with_tries_left(pin, tries.min(limit));
        }
        self
    }
}
