//! The SMTP session with a relay, stage by stage (RFC 5321 §3).
//!
//! lettre's transport has one result for a whole session and builds MAIL FROM and RCPT TO from one envelope, so it neither
//! says which stage failed nor allows another spelling of an address. Its connection allows both, except that greeting
//! and EHLO are one step; the consequence of a failure is the same for either.

use std::{error::Error, time::Duration};

use lettre::{
    address::Address,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::ClientId,
    },
};
use tokio::time::{Instant, timeout};

use super::{
    message::ComposedMessage,
    rules::delivery::{
        Consequence, DeliveryFailure, DeliveryStage, EnhancedCode, SmtpReply, Spelling, decide_consequence,
    },
};

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadlines {
    /// For connection, TLS handshake, greeting and EHLO.
    pub(crate) connect: Duration,
    /// For each command.
    pub(crate) command: Duration,
    /// For the response to the content. If a relay takes the letter and its response is lost, the letter is sent twice.
    pub(crate) content: Duration,
    /// For the whole attempt; shorter than a claim lasts (`mail::store`), so that no other node claims the letter meanwhile.
    pub(crate) attempt: Duration,
    /// For QUIT.
    pub(crate) quit: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(20),
            content: Duration::from_mins(1),
            attempt: Duration::from_secs(100),
            quit: Duration::from_secs(2),
        }
    }
}

/// How the connection to a relay is secured, with the parameters of the check.
pub(crate) enum Encryption {
    ImplicitTls(TlsParameters),
    StartTls(TlsParameters),
    None,
}

/// An SMTP relay.
pub(crate) struct SmtpRelay {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Encryption,
    pub(crate) credentials: Option<Credentials>,
    /// The name in EHLO.
    pub(crate) helo: ClientId,
    pub(crate) deadlines: Deadlines,
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) struct FailedAttempt {
    pub(crate) stage: DeliveryStage,
    pub(crate) failure: DeliveryFailure,
    pub(crate) consequence: Consequence,
    /// The error text of the system or the library. Never a relay's text, which may repeat the address.
    pub(crate) cause: Option<String>,
}

impl FailedAttempt {
    pub(crate) fn new(stage: DeliveryStage, failure: DeliveryFailure) -> Self {
        let consequence = decide_consequence(stage, failure, Spelling::Last);
        Self { stage, failure, consequence, cause: None }
    }

    fn from_error(stage: DeliveryStage, error: &SmtpError) -> Self {
        let failure = match error.status() {
            Some(code) => {
                let enhanced = error.source().and_then(|text| EnhancedCode::parse(&text.to_string()));
                DeliveryFailure::Refused(SmtpReply { code: code.into(), enhanced })
            }
            None if error.is_timeout() => DeliveryFailure::TimedOut,
            None if error.is_client() => DeliveryFailure::Unsupported,
            None => DeliveryFailure::ConnectionFailed,
        };
        // The error for an unreadable response quotes it, so its text is dropped.
        let cause = (error.status().is_none() && !error.is_response()).then(|| error.to_string());
        Self { cause, ..Self::new(stage, failure) }
    }
}

/// One attempt with its deadline.
struct SmtpAttempt<'a> {
    relay: &'a SmtpRelay,
    deadline: Instant,
}

impl SmtpRelay {
    /// Sends a letter. `commit` is called before the content is sent: from then on it is uncertain whether the relay has
    /// the letter.
    pub(crate) async fn deliver(&self, letter: &ComposedMessage, commit: impl FnOnce()) -> Result<(), FailedAttempt> {
        let attempt = SmtpAttempt { relay: self, deadline: Instant::now() + self.deadlines.attempt };
        let mut connection = attempt.connect().await?;
        let outcome = attempt.transact(&mut connection, letter, commit).await;
        // The outcome is known; a failed QUIT does not change it.
        let _ = timeout(self.deadlines.quit, connection.abort()).await;
        outcome
    }
}

impl SmtpAttempt<'_> {
    async fn connect(&self) -> Result<AsyncSmtpConnection, FailedAttempt> {
        let SmtpRelay { host, port, tls, credentials, helo, deadlines } = self.relay;
        let implicit_tls = match tls {
            Encryption::ImplicitTls(parameters) => Some(parameters.clone()),
            Encryption::StartTls(_) | Encryption::None => None,
        };
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (host.as_str(), *port),
            Some(deadlines.connect),
            helo,
            implicit_tls,
            None,
        );
        let connected = self.run_step(deadlines.connect, DeliveryStage::Connect, connecting).await;
        let mut connection = connected.map_err(|attempt| match attempt.failure {
            DeliveryFailure::Refused(_) => FailedAttempt { stage: DeliveryStage::Greeting, ..attempt },
            _ => attempt,
        })?;
        if let Encryption::StartTls(parameters) = tls {
            if !connection.can_starttls() {
                return Err(FailedAttempt::new(DeliveryStage::StartTls, DeliveryFailure::Unsupported));
            }
            self.run_step(deadlines.command, DeliveryStage::StartTls, connection.starttls(parameters.clone(), helo))
                .await?;
        }
        if let Some(credentials) = credentials {
            self.run_step(deadlines.command, DeliveryStage::Auth, connection.auth(DEFAULT_MECHANISMS, credentials))
                .await?;
        }
        Ok(connection)
    }

    async fn transact(
        &self,
        connection: &mut AsyncSmtpConnection,
        letter: &ComposedMessage,
        commit: impl FnOnce(),
    ) -> Result<(), FailedAttempt> {
        let deadlines = &self.relay.deadlines;
        // A letter is ASCII and so are its addresses: no extension is needed.
        let sender = Mail::new(Some(letter.sender.clone()), Vec::new());
        self.run_step(deadlines.command, DeliveryStage::Sender, connection.command(sender)).await?;
        self.send_recipient(connection, &letter.spellings).await?;
        self.run_step(deadlines.command, DeliveryStage::Data, connection.command(Data)).await?;
        commit();
        self.run_step(deadlines.content, DeliveryStage::Content, connection.message(&letter.content)).await?;
        Ok(())
    }

    async fn send_recipient(
        &self,
        connection: &mut AsyncSmtpConnection,
        spellings: &[Address],
    ) -> Result<(), FailedAttempt> {
        let mut remaining = spellings.len();
        for address in spellings {
            remaining -= 1;
            let recipient = Rcpt::new(address.clone(), Vec::new());
            let accepted = self
                .run_step(self.relay.deadlines.command, DeliveryStage::Recipient, connection.command(recipient))
                .await;
            let Err(attempt) = accepted else { return Ok(()) };
            let spelling = if remaining > 0 { Spelling::FirstOfTwo } else { Spelling::Last };
            let consequence = decide_consequence(DeliveryStage::Recipient, attempt.failure, spelling);
            if consequence != Consequence::OtherSpelling {
                return Err(FailedAttempt { consequence, ..attempt });
            }
        }
        Ok(())
    }

    /// Runs one step within its limit and what remains until the deadline.
    async fn run_step<T>(
        &self,
        limit: Duration,
        stage: DeliveryStage,
        step: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, FailedAttempt> {
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        match timeout(limit.min(remaining), step).await {
            Ok(result) => result.map_err(|error| FailedAttempt::from_error(stage, &error)),
            Err(_) => Err(FailedAttempt::new(stage, DeliveryFailure::TimedOut)),
        }
    }
}
