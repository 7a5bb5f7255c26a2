use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::StatusWord;

/// What goes wrong with a card, on demand. Commands are counted from 1 from when the card was made or the faults laid
/// in; each fault happens once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The card is pulled out after this command was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulled_after: Option<u32>,
    /// The card is pulled out in the middle of this command: no answer comes. A VERIFY has then spent its try and not
    /// yet compared the PIN; any other command was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pulled_during: Option<u32>,
    /// How long every command takes. The card has no clock: whoever carries the bytes waits.
    #[serde(skip_serializing_if = "is_zero")]
    pub delay_milliseconds: u32,
    /// These commands are not carried out but answered so.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<u32, StatusWord>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
