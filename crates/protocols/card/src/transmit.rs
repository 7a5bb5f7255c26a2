/// A card that accepts commands: virtual, or plastic in a reader.
pub trait Transmit {
    /// Sends one command once and waits for its response: data, SW1, SW2.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError>;
}

/// Why there was no response. Whether the card executed the command is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransmitError {
    /// The card was removed.
    #[error("the card was taken away")]
    Removed,
    /// The reader failed, with its error text.
    #[error("the card reader failed: {0}")]
    Reader(String),
}
