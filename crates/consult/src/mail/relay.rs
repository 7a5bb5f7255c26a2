//! The conversation with a relay, stage by stage (RFC 5321 §3).
//!
//! lettre's transport gives one result for a whole conversation and builds MAIL FROM and RCPT TO from one envelope, so
//! whoever uses it can tell neither the stage that failed nor write an address in another spelling. Its connection gives
//! both, except that greeting and EHLO are one step; what follows from a failure there is the same.

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

use super::message::ComposedMessage;
use crate::rules::delivery::{
    Consequence, DeliveryFailure, DeliveryStage, EnhancedCode, SmtpReply, Spelling, decide_consequence,
};

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadlines {
    /// For the connection, its TLS, the greeting and EHLO.
    pub(super) connect: Duration,
    /// For each command.
    pub(super) command: Duration,
    /// For the answer to the whole letter. A relay that has taken the letter and is not heard gets it twice.
    pub(super) content: Duration,
    /// For all of it; shorter than a claim lasts (`store::mail`), so that no other node takes the letter up meanwhile.
    pub(super) attempt: Duration,
    /// For the goodbye.
    pub(super) quit: Duration,
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

/// How the way to a relay is secured, with what it is checked against.
pub(super) enum Encryption {
    ImplicitTls(TlsParameters),
    StartTls(TlsParameters),
    None,
}

/// An SMTP relay.
pub(super) struct SmtpRelay {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Encryption,
    pub(super) credentials: Option<Credentials>,
    /// By what the service calls itself in EHLO.
    pub(super) helo: ClientId,
    pub(super) deadlines: Deadlines,
}

/// An attempt that failed: where, and how.
#[derive(Debug)]
pub(super) struct FailedAttempt {
    pub(super) stage: DeliveryStage,
    pub(super) failure: DeliveryFailure,
    pub(super) consequence: Consequence,
    /// What the system says of it. Never a relay's text, which repeats the address.
    pub(super) cause: Option<String>,
}

impl FailedAttempt {
    pub(super) fn new(stage: DeliveryStage, failure: DeliveryFailure) -> Self {
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
        // An unreadable answer is quoted in the error, so it is not repeated.
        let cause = (error.status().is_none() && !error.is_response()).then(|| error.to_string());
        Self { cause, ..Self::new(stage, failure) }
    }
}

/// The way of one attempt, with the time that it has left.
struct SmtpAttempt<'a> {
    relay: &'a SmtpRelay,
    deadline: Instant,
}

impl SmtpRelay {
    /// Hands a letter over. `commit` is called before the letter itself is sent: from then on only the relay knows whether
    /// it has it.
    pub(super) async fn deliver(&self, letter: &ComposedMessage, commit: impl FnOnce()) -> Result<(), FailedAttempt> {
        let attempt = SmtpAttempt { relay: self, deadline: Instant::now() + self.deadlines.attempt };
        let mut connection = attempt.connect().await?;
        let outcome = attempt.transact(&mut connection, letter, commit).await;
        // What became of the letter is known; a relay that does not say goodbye changes nothing.
        let _ = timeout(self.deadlines.quit, connection.abort()).await;
        outcome
    }
}

impl SmtpAttempt<'_> {
    async fn connect(&self) -> Result<AsyncSmtpConnection, FailedAttempt> {
        let SmtpRelay { host, port, tls, credentials, helo, deadlines } = self.relay;
        let first = match tls {
            Encryption::ImplicitTls(parameters) => Some(parameters.clone()),
            Encryption::StartTls(_) | Encryption::None => None,
        };
        let connecting =
            AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(deadlines.connect), helo, first, None);
        let connected = self.run_step(deadlines.connect, DeliveryStage::Connect, connecting).await;
        let mut connection = connected.map_err(|setback| match setback.failure {
            DeliveryFailure::Refused(_) => FailedAttempt { stage: DeliveryStage::Greeting, ..setback },
            _ => setback,
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
        // A letter is ASCII and so are its addresses: no extension has to be asked for.
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
        let mut left = spellings.len();
        for address in spellings {
            left -= 1;
            let recipient = Rcpt::new(address.clone(), Vec::new());
            let named = self
                .run_step(self.relay.deadlines.command, DeliveryStage::Recipient, connection.command(recipient))
                .await;
            let Err(setback) = named else { return Ok(()) };
            let spelling = if left > 0 { Spelling::FirstOfTwo } else { Spelling::Last };
            let consequence = decide_consequence(DeliveryStage::Recipient, setback.failure, spelling);
            if consequence != Consequence::OtherSpelling {
                return Err(FailedAttempt { consequence, ..setback });
            }
        }
        Ok(())
    }

    /// One step, in the time that it may take and that is left.
    async fn run_step<T>(
        &self,
        limit: Duration,
        stage: DeliveryStage,
        doing: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, FailedAttempt> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match timeout(limit.min(left), doing).await {
            Ok(done) => done.map_err(|error| FailedAttempt::from_error(stage, &error)),
            Err(_) => Err(FailedAttempt::new(stage, DeliveryFailure::TimedOut)),
        }
    }
}
