/// A card that a command can be sent to: virtual, or plastic in a reader.
pub trait Transmit {
    /// Sends one command once and waits for its answer: data, SW1, SW2.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransmitError>;
}

/// Why no answer came. Whether the card carried the command out is not known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransmitError {
    /// The card left the field.
    #[error("the card was taken away")]
    Removed,
    /// The reader failed, in its own words.
    #[error("the card reader failed: {0}")]
    Reader(String),
}
