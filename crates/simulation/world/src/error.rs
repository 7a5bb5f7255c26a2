//! Why the world could not be added to the services.

use jpki::KeyIdentifier;

/// Why the world could not be created. The next start resumes where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A certificate was not issued, or not revoked.
    #[error("the authority refused")]
    Authority(#[from] authority::Refusal),
    /// A key could not be made or written.
    #[error("a card's key could not be made")]
    Key(#[from] jpki::Unissuable),
    /// A key cannot be stored on a card.
    #[error("a card did not take its key")]
    Card(#[from] card::UnreadableKey),
    /// The authority has no CA certificate with this key.
    #[error("the authority shows no certificate of its key '{0}'")]
    NoIssuer(KeyIdentifier),
    /// An institution or a person was not added on the national side.
    #[error("the eligibility system refused")]
    Eligibility(#[from] eligibility::Refusal),
    /// A card was not added to the app.
    #[error("the app refused")]
    Portal(#[from] portal::Refusal),
    /// An institution was not added to the directory.
    #[error("the service refused")]
    Consult(#[from] consult::Refusal),
    /// An account of a desk was not added.
    #[error("an account of a desk was not made")]
    Desk(#[from] consult::AddStaffError),
    /// The terminals' accounts cannot be read.
    #[error("the terminal refused")]
    Terminal(#[from] terminal::Refusal),
    /// An account of a terminal was not added.
    #[error("an account of a terminal was not made")]
    TerminalAccount(#[from] terminal::AccountError),
    /// The demo's password is too short for the terminals.
    #[error("the terminals do not take the demo's password")]
    TerminalPassword(#[from] accounts::password::ShortPassword),
    /// A background task was aborted.
    #[error("work on another thread was cut short")]
    Interrupted(#[from] tokio::task::JoinError),
}
