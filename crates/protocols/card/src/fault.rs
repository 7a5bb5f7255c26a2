use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Access, CardData, Content, File, PinReference, StatusWord, TokenLabel, aid, file};

/// Faults of a card, on demand. Commands are counted from 1 since the card was created or the faults were injected; each
/// fault happens once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The card is removed after the response to this command.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "pulled_after")]
    pub removed_after: Option<u32>,
    /// The card is removed during this command: there is no response. A VERIFY has then spent its try and not yet compared the
    /// PIN; any other command was executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "pulled_during")]
    pub removed_during: Option<u32>,
    /// The duration of every command. The card has no clock: the transport waits.
    #[serde(skip_serializing_if = "is_zero")]
    pub delay_milliseconds: u32,
    /// These commands are not executed but get this status.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[serde(rename = "answers")]
    pub statuses: BTreeMap<u32, StatusWord>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Changes to a card from the beginning.
impl CardData {
    /// This card without 署名用電子証明書, as for a child under 15.
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

    /// This card as a token of another kind. A phone has the JPKI application alone, whose authentication certificate can be
    /// read only after the PIN.
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

    /// This card with so many tries left at a PIN that it has, limited to the PIN's maximum.
    #[must_use]
    pub fn with_tries_left(mut self, pin: PinReference, tries: u8) -> Self {
        if let Some(limit) = self.pin(pin).map(|pin| u8::from(pin.tries)) {
            self.counters = self.counters().with_tries_left(pin, tries.min(limit));
        }
        self
    }
}
