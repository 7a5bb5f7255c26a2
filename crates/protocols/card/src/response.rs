use std::fmt;

use crate::StatusWord;

/// A response (R-APDU): data, and the status of the command.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The data, empty if there is none.
    pub data: Vec<u8>,
    /// The status of the command.
    pub status: StatusWord,
}

/// A response without its two status bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the card's answer has no status word")]
pub struct TruncatedResponse;

impl Response {
    /// Parses a response.
    pub fn parse(bytes: &[u8]) -> Result<Self, TruncatedResponse> {
        let (data, status) = bytes.split_last_chunk::<2>().ok_or(TruncatedResponse)?;
        Ok(Self { data: data.to_vec(), status: (*status).into() })
    }

    /// Encodes it.
    pub fn encode(&self) -> Vec<u8> {
        [&self.data[..], &self.status.to_bytes()].concat()
    }
}

impl From<StatusWord> for Response {
    fn from(status: StatusWord) -> Self {
        Self { data: Vec::new(), status }
    }
}

/// Shows the status and the length of the data: personal data must not be logged.
impl fmt::Debug for Response {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Response({} with {} bytes)", self.status, self.data.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_has_at_least_its_status() {
        let response = Response::parse(&[1, 2, 0x90, 0]).unwrap();
        assert_eq!(response, Response { data: vec![1, 2], status: StatusWord::SUCCESS });
        assert_eq!(response.encode(), [1, 2, 0x90, 0]);
        assert_eq!(format!("{response:?}"), "Response(9000 with 2 bytes)");
        assert_eq!(Response::parse(&[0x90]), Err(TruncatedResponse));
    }
}
