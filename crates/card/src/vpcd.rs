//! The wire of vsmartcard's `vpcd`, the second way behind a stock `pcscd`: two bytes of length, then the payload. A
//! payload of one byte is a control, any other a command. Bytes and values only; the socket is its user's.

use zeroize::Zeroizing;

use crate::{Transmit, TransmitError, VirtualCard};

/// What the daemon says to the card.
#[derive(Clone, PartialEq, Eq)]
pub enum VpcdMessage {
    /// 0: no power. Not answered.
    PowerOff,
    /// 1: power. Not answered.
    PowerOn,
    /// 2: a warm reset. Not answered.
    Reset,
    /// 4: asks for the ATR, also to learn whether the card is there.
    Atr,
    /// A command, to be answered. It may hold a PIN.
    Command(Zeroizing<Vec<u8>>),
}

/// Bytes that vpcd does not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableVpcdMessage {
    /// A message without payload.
    #[error("an empty message")]
    Empty,
    /// A control byte that is none.
    #[error("an unknown control byte: {0:02X}")]
    Control(u8),
}

/// Reads the message at the beginning of `bytes`, and says how many bytes it took; none where it has not all come yet.
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

/// Frames what the card answers; none where it is longer than a frame can be.
pub fn encode(payload: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(payload.len()).ok()?;
    Some([&length.to_be_bytes(), payload].concat())
}

/// What the card answers to a message, not yet framed; none where nothing is answered. When the card is lost, its user
/// closes the socket: so vpcd learns that it was pulled out.
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
