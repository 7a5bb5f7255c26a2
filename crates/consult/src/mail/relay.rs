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

use super::message::Composed;
use crate::rules::delivery::{Consequence, EnhancedCode, Failure, Reply, Spelling, Stage, judge_failure};

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
    pub(super) goodbye: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(20),
            command: Duration::from_secs(20),
            content: Duration::from_mins(1),
            attempt: Duration::from_secs(100),
            goodbye: Duration::from_secs(2),
        }
    }
}

/// How the way to a relay is secured, with what it is checked against.
pub(super) enum Encryption {
    FromTheFirstByte(TlsParameters),
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
pub(super) struct Setback {
    pub(super) stage: Stage,
    pub(super) failure: Failure,
    pub(super) consequence: Consequence,
    /// What the system says of it. Never a relay's text, which repeats the address.
    pub(super) cause: Option<String>,
}

impl Setback {
    pub(super) fn new(stage: Stage, failure: Failure) -> Self {
        let consequence = judge_failure(stage, failure, Spelling::Last);
        Self { stage, failure, consequence, cause: None }
    }

    fn of_error(stage: Stage, error: &SmtpError) -> Self {
        let failure = match error.status() {
            Some(code) => {
                let enhanced = error.source().and_then(|text| EnhancedCode::parse(&text.to_string()));
                Failure::Refused(Reply { code: code.into(), enhanced })
            }
            None if error.is_timeout() => Failure::Silent,
            None if error.is_client() => Failure::Unsupported,
            None => Failure::Broken,
        };
        // An unreadable answer is quoted in the error, so it is not repeated.
        let cause = (error.status().is_none() && !error.is_response()).then(|| error.to_string());
        Self { cause, ..Self::new(stage, failure) }
    }
}

/// The way of one attempt, with the time that it has left.
struct Attempt<'a> {
    relay: &'a SmtpRelay,
    ends: Instant,
}

impl SmtpRelay {
    /// Hands a letter over. `commit` is called before the letter itself is sent: from then on only the relay knows whether
    /// it has it.
    pub(super) async fn deliver(&self, letter: &Composed, commit: impl FnOnce()) -> Result<(), Setback> {
        let attempt = Attempt { relay: self, ends: Instant::now() + self.deadlines.attempt };
        let mut connection = attempt.connect().await?;
        let outcome = attempt.transact(&mut connection, letter, commit).await;
        // What became of the letter is known; a relay that does not say goodbye changes nothing.
        let _ = timeout(self.deadlines.goodbye, connection.abort()).await;
        outcome
    }
}

impl Attempt<'_> {
    async fn connect(&self) -> Result<AsyncSmtpConnection, Setback> {
        let SmtpRelay { host, port, tls, credentials, helo, deadlines } = self.relay;
        let first = match tls {
            Encryption::FromTheFirstByte(parameters) => Some(parameters.clone()),
            Encryption::StartTls(_) | Encryption::None => None,
        };
        let connecting =
            AsyncSmtpConnection::connect_tokio1((host.as_str(), *port), Some(deadlines.connect), helo, first, None);
        let connected = self.step(deadlines.connect, Stage::Connect, connecting).await;
        let mut connection = connected.map_err(|setback| match setback.failure {
            Failure::Refused(_) => Setback { stage: Stage::Greeting, ..setback },
            _ => setback,
        })?;
        if let Encryption::StartTls(parameters) = tls {
            if !connection.can_starttls() {
                return Err(Setback::new(Stage::StartTls, Failure::Unsupported));
            }
            self.step(deadlines.command, Stage::StartTls, connection.starttls(parameters.clone(), helo)).await?;
        }
        if let Some(credentials) = credentials {
            self.step(deadlines.command, Stage::Auth, connection.auth(DEFAULT_MECHANISMS, credentials)).await?;
        }
        Ok(connection)
    }

    async fn transact(
        &self,
        connection: &mut AsyncSmtpConnection,
        letter: &Composed,
        commit: impl FnOnce(),
    ) -> Result<(), Setback> {
        let deadlines = &self.relay.deadlines;
        // A letter is ASCII and so are its addresses: no extension has to be asked for.
        let sender = Mail::new(Some(letter.from.clone()), Vec::new());
        self.step(deadlines.command, Stage::Sender, connection.command(sender)).await?;
        self.name_recipient(connection, &letter.spellings).await?;
        self.step(deadlines.command, Stage::Data, connection.command(Data)).await?;
        commit();
        self.step(deadlines.content, Stage::Content, connection.message(&letter.content)).await?;
        Ok(())
    }

    async fn name_recipient(&self, connection: &mut AsyncSmtpConnection, spellings: &[Address]) -> Result<(), Setback> {
        let mut left = spellings.len();
        for address in spellings {
            left -= 1;
            let recipient = Rcpt::new(address.clone(), Vec::new());
            let named = self.step(self.relay.deadlines.command, Stage::Recipient, connection.command(recipient)).await;
            let Err(setback) = named else { return Ok(()) };
            let spelling = if left > 0 { Spelling::FirstOfTwo } else { Spelling::Last };
            let consequence = judge_failure(Stage::Recipient, setback.failure, spelling);
            if consequence != Consequence::OtherSpelling {
                return Err(Setback { consequence, ..setback });
            }
        }
        Ok(())
    }

    /// One step, in the time that it may take and that is left.
    async fn step<T>(
        &self,
        limit: Duration,
        stage: Stage,
        doing: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, Setback> {
        let left = self.ends.saturating_duration_since(Instant::now());
        match timeout(limit.min(left), doing).await {
            Ok(done) => done.map_err(|error| Setback::of_error(stage, &error)),
            Err(_) => Err(Setback::new(stage, Failure::Silent)),
        }
    }
}
