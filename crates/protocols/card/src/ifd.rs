//! The protocol between the workspace's reader driver (an IFD handler that a stock `pcscd` loads) and the card: four bytes of
//! length (big-endian, of the rest), one of kind, then the payload. Bytes and values only; the caller has the socket.

use zeroize::Zeroizing;

use crate::{Transmit, TransmitError, VirtualCard};

/// The longest payload: an extended command with all its data, and some reserve.
const MAX_PAYLOAD: usize = 0x1_0000 + 64;

/// A request of the driver.
#[derive(Clone, PartialEq, Eq)]
pub enum IfdRequest {
    /// 01: is a card present? → [`IfdResponse::Present`] or [`IfdResponse::Absent`]
    Presence,
    /// 02: power on, or a cold reset → [`IfdResponse::Atr`]
    PowerOn,
    /// 03: power off → [`IfdResponse::Done`]
    PowerOff,
    /// 04: a warm reset → [`IfdResponse::Atr`]
    Reset,
    /// 05: a command, which may contain a PIN → [`IfdResponse::Response`]
    Transmit(Zeroizing<Vec<u8>>),
}

/// A response of the card.
#[derive(Clone, PartialEq, Eq)]
pub enum IfdResponse {
    /// 81: a card is present.
    Present,
    /// 82: no card is present.
    Absent,
    /// 83: the card is powered; its ATR.
    Atr(Vec<u8>),
    /// 84: done.
    Done,
    /// 85: the card's response to a command.
    Response(Vec<u8>),
    /// 86: the card cannot respond.
    Failed,
}

/// Bytes that are no frame of this protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UnreadableIfdFrame {
    /// A length of 0, or beyond the longest command.
    #[error("a frame of impossible length: {0}")]
    Length(u32),
    /// An unknown kind, or a payload with a kind that has none.
    #[error("a frame of unknown kind: {0:02X}")]
    Kind(u8),
}

impl IfdRequest {
    /// Encodes it as a frame.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Presence => frame(0x01, &[]),
            Self::PowerOn => frame(0x02, &[]),
            Self::PowerOff => frame(0x03, &[]),
            Self::Reset => frame(0x04, &[]),
            Self::Transmit(command) => frame(0x05, command),
        }
    }

    /// Decodes the request at the beginning of `bytes`, with the length of its frame; `None` while the frame is incomplete.
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, UnreadableIfdFrame> {
        let Some((kind, payload, length)) = unframe(bytes)? else { return Ok(None) };
        let request = match (kind, payload) {
            (0x01, []) => Self::Presence,
            (0x02, []) => Self::PowerOn,
            (0x03, []) => Self::PowerOff,
            (0x04, []) => Self::Reset,
            (0x05, command) => Self::Transmit(Zeroizing::new(command.to_vec())),
            (kind, _) => return Err(UnreadableIfdFrame::Kind(kind)),
        };
        Ok(Some((request, length)))
    }
}

impl IfdResponse {
    /// Encodes it as a frame.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Present => frame(0x81, &[]),
            Self::Absent => frame(0x82, &[]),
            Self::Atr(atr) => frame(0x83, atr),
            Self::Done => frame(0x84, &[]),
            Self::Response(response) => frame(0x85, response),
            Self::Failed => frame(0x86, &[]),
        }
        .to_vec()
    }

    /// Decodes the response at the beginning of `bytes`, with the length of its frame; `None` while the frame is incomplete.
    pub fn decode(bytes: &[u8]) -> Result<Option<(Self, usize)>, UnreadableIfdFrame> {
        let Some((kind, payload, length)) = unframe(bytes)? else { return Ok(None) };
        let response = match (kind, payload) {
            (0x81, []) => Self::Present,
            (0x82, []) => Self::Absent,
            (0x83, atr) => Self::Atr(atr.to_vec()),
            (0x84, []) => Self::Done,
            (0x85, response) => Self::Response(response.to_vec()),
            (0x86, []) => Self::Failed,
            (kind, _) => return Err(UnreadableIfdFrame::Kind(kind)),
        };
        Ok(Some((response, length)))
    }
}

/// The card's response to a request of the driver.
pub fn respond(card: &mut VirtualCard, request: &IfdRequest) -> IfdResponse {
    if !card.is_in_field() {
        return IfdResponse::Absent;
    }
    match request {
        IfdRequest::Presence => IfdResponse::Present,
        IfdRequest::PowerOn => IfdResponse::Atr(card.power_on().as_bytes().to_vec()),
        IfdRequest::PowerOff => {
            card.power_off();
            IfdResponse::Done
        }
        IfdRequest::Reset => {
            let atr = card.reset().unwrap_or_else(|_| card.power_on());
            IfdResponse::Atr(atr.as_bytes().to_vec())
        }
        IfdRequest::Transmit(command) => match card.transmit(command) {
            Ok(response) => IfdResponse::Response(response),
            Err(TransmitError::Removed) => IfdResponse::Absent,
            Err(TransmitError::Reader(_)) => IfdResponse::Failed,
        },
    }
}

fn frame(kind: u8, payload: &[u8]) -> Zeroizing<Vec<u8>> {
    let length = u32::try_from(payload.len() + 1).expect("a payload is a command or a response");
    Zeroizing::new([&length.to_be_bytes()[..], &[kind], payload].concat())
}

/// Kind, payload, and the length of the frame.
type Frame<'a> = (u8, &'a [u8], usize);

fn unframe(bytes: &[u8]) -> Result<Option<Frame<'_>>, UnreadableIfdFrame> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let announced = u32::from_be_bytes(*length);
    let length = usize::try_from(announced).unwrap_or(usize::MAX);
    if length == 0 || length > MAX_PAYLOAD {
        return Err(UnreadableIfdFrame::Length(announced));
    }
    Ok(rest.get(..length).and_then(<[u8]>::split_first).map(|(kind, payload)| (*kind, payload, 4 + length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_read_what_they_write() {
        let command = IfdRequest::Transmit(Zeroizing::new(vec![0, 0xA4, 4, 0xC]));
        for request in [IfdRequest::Presence, IfdRequest::PowerOn, IfdRequest::PowerOff, IfdRequest::Reset, command] {
            let bytes = request.encode();
            assert!(IfdRequest::decode(&bytes) == Ok(Some((request, bytes.len()))));
            assert!((0..bytes.len()).all(|length| IfdRequest::decode(&bytes[..length]) == Ok(None)));
        }
    }

    #[test]
    fn answers_read_what_they_write() {
        let (atr, response) = (IfdResponse::Atr(vec![0x3B, 0]), IfdResponse::Response(vec![0x90, 0]));
        for response in
            [IfdResponse::Present, IfdResponse::Absent, atr, IfdResponse::Done, response, IfdResponse::Failed]
        {
            let bytes = response.encode();
            assert!(IfdResponse::decode(&bytes) == Ok(Some((response, bytes.len()))));
        }
    }

    #[test]
    fn foreign_frames_are_refused() {
        assert!(IfdRequest::decode(&[0, 0, 0, 0]) == Err(UnreadableIfdFrame::Length(0)));
        assert!(IfdRequest::decode(&[0xFF; 5]) == Err(UnreadableIfdFrame::Length(u32::MAX)));
        assert!(IfdRequest::decode(&[0, 0, 0, 1, 9]) == Err(UnreadableIfdFrame::Kind(9)));
        assert!(IfdRequest::decode(&[0, 0, 0, 2, 1, 1]) == Err(UnreadableIfdFrame::Kind(1)));
        assert!(IfdResponse::decode(&[0, 0, 0, 1, 1]) == Err(UnreadableIfdFrame::Kind(1)));
    }
}
