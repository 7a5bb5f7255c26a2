//! The protocol of vsmartcard's `vpcd`, the alternative driver for a stock `pcscd`: two bytes of length, then the payload. A
//! payload of one byte is a control, any other a command. Bytes and values only; the caller has the socket.

use zeroize::Zeroizing;

use crate::{Transmit, TransmitError, VirtualCard};

/// A message of the daemon to the card.
#[derive(Clone, PartialEq, Eq)]
pub enum VpcdMessage {
    /// 0: power off. Without response.
    PowerOff,
    /// 1: power on. Without response.
    PowerOn,
    /// 2: a warm reset. Without response.
    Reset,
    /// 4: requests the ATR, also to check whether the card is present.
    Atr,
    /// A command, with a response. It may contain a PIN.
    Command(Zeroizing<Vec<u8>>),
}

/// Bytes that vpcd does not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableVpcdMessage {
    /// A message without payload.
    #[error("an empty message")]
    Empty,
    /// An unknown control byte.
    #[error("an unknown control byte: {0:02X}")]
    Control(u8),
}

/// Decodes the message at the beginning of `bytes`, with the length of its frame; `None` while the frame is incomplete.
pub fn decode(bytes: &[u8]) -> Result<Option<(VpcdMessage, usize)>, UnreadableVpcdMessage> {
    let Some((length, rest)) = bytes.split_first_chunk::<2>() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes(*length));
    let Some(payload) = rest.get(..length) else { return Ok(None) };
    let message = match *payload {
        [] => return Err(UnreadableVpcdMessage::Empty),
        [0] => VpcdMessage::PowerOff,
        [1] => VpcdMessage::PowerOn,
        [2] => VpcdMessage::Reset,
        [4] => VpcdMessage::Atr,
        [control] => return Err(UnreadableVpcdMessage::Control(control)),
        _ => VpcdMessage::Command(Zeroizing::new(payload.to_vec())),
    };
    Ok(Some((message, 2 + length)))
}

/// Encodes the card's response as a frame; `None` where it is too long.
pub fn encode(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(payload.len()).ok()?;
    Some([&length.to_be_bytes(), payload].concat())
}

/// The card's response to a message, not yet framed; `None` for messages without response. When the card is removed, the
/// caller closes the socket, by which vpcd notices.
pub fn respond(card: &mut VirtualCard, message: &VpcdMessage) -> Result<Option<Vec<u8>>, TransmitError> {
    if !card.is_in_field() {
        return Err(TransmitError::Removed);
    }
    match message {
        VpcdMessage::PowerOff => card.power_off(),
        VpcdMessage::PowerOn => drop(card.power_on()),
        VpcdMessage::Reset => drop(card.reset().unwrap_or_else(|_| card.power_on())),
        VpcdMessage::Atr => return Ok(Some(card.data().atr.as_bytes().to_vec())),
        VpcdMessage::Command(command) => return card.transmit(command).map(Some),
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &Result<Option<(VpcdMessage, usize)>, UnreadableVpcdMessage>) {
        assert!(decode(bytes) == *expected, "{bytes:02X?}");
    }

    #[test]
    fn a_message_is_a_control_or_a_command() {
        check(&[0, 1, 0], &Ok(Some((VpcdMessage::PowerOff, 3))));
        check(&[0, 1, 1], &Ok(Some((VpcdMessage::PowerOn, 3))));
        check(&[0, 1, 2, 9], &Ok(Some((VpcdMessage::Reset, 3))));
        check(&[0, 1, 4], &Ok(Some((VpcdMessage::Atr, 3))));
        check(&[0, 4, 0, 0xA4, 4, 0xC, 0], &Ok(Some((VpcdMessage::Command(Zeroizing::new(vec![0, 0xA4, 4, 0xC])), 6))));
        check(&[0, 1, 3], &Err(UnreadableVpcdMessage::Control(3)));
        check(&[0, 0], &Err(UnreadableVpcdMessage::Empty));
    }

    #[test]
    fn a_message_in_pieces_is_waited_for() {
        for piece in [&[][..], &[0], &[0, 4], &[0, 4, 0, 0xA4, 4]] {
            check(piece, &Ok(None));
        }
    }

    #[test]
    fn an_answer_is_framed_with_its_length() {
        assert_eq!(encode(&[0x90, 0]), Some(vec![0, 2, 0x90, 0]));
        assert_eq!(encode(&vec![0; 0x1_0000]), None);
    }
}
