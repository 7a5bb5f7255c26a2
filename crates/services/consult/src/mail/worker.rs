//! How letters leave the outbox, and the worker that sends them.

use std::{
    net::IpAddr,
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Causes, Clock, Timestamp};
use jobs::PeriodicJob;
use lettre::{
    Address, AsyncFileTransport, AsyncTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{authentication::Credentials, client::TlsParameters, extension::ClientId},
};

use super::{
    message::ComposedMessage,
    relay::{Deadlines, Encryption, FailedAttempt, SmtpRelay},
    rules::{
        address::is_host_label,
        delivery::{Consequence, DeliveryFailure, DeliveryStage, plan_retry},
    },
    store::{ClaimedLetter, DeliveryOutcome, LetterId},
};
use crate::store::Store;

/// The pause when nothing is due, after a failure of the relay, and between two attempts to reach the database.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How many letters are sent at once: one that waits for a slow relay does not delay a one-time code.
const MAX_CONCURRENT_LETTERS: usize = 2;
/// Counts the letters that only a node with another key can open.
const FOREIGN_LETTER_COUNT: PeriodicJob = PeriodicJob { name: "foreign_letter_count", pause: Duration::from_mins(10) };

/// How letters leave the service.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// Not at all: they stay readable in the outbox. For the demonstration, which shows them on a page.
    Outbox,
    Relay(Relay),
}

impl MailTransport {
    /// The sender of letters, unless they stay in the outbox.
    pub(crate) fn sender_address(&self) -> Option<String> {
        match self {
            Self::Outbox => None,
            Self::Relay(relay) => Some(relay.0.sender.email.to_string()),
        }
    }
}

/// A mail relay, or a folder in its place.
#[derive(Clone)]
pub struct Relay(Arc<RelayInner>);

struct RelayInner {
    transport: RelayTransport,
    sender: Mailbox,
    /// The name of the host, or the path of the folder.
    label: String,
}

enum RelayTransport {
    Smtp(Box<SmtpRelay>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// How the connection to a relay is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314; port 465).
    Tls,
    /// STARTTLS, or nothing is sent (RFC 3207; port 587).
    StartTls,
    /// Clear text: only to a relay on this machine.
    None,
}

/// A relay that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongRelay {
    /// The sender is not a mail address.
    #[error("the sender '{0}' is not a mail address, such as 'uketsuke <no-reply@example.jp>'")]
    Sender(String),
    /// The host is not a name that a certificate can be checked against.
    #[error("'{0}' is not the name of a host")]
    Host(String),
    /// Clear text to another machine.
    #[error("mail to '{0}' must go over TLS; only a relay on this machine may do without")]
    ClearText(String),
    /// The EHLO name is neither a host name nor an IP address.
    #[error("'{0}' is not a host name or address that a relay takes in EHLO")]
    Helo(String),
}

impl Relay {
    /// The SMTP relay at `host`. `sign_in` is user and password, if it requires them; `helo` is the name of the
    /// service in EHLO (RFC 5321 §4.1.1.1), a host name or an IP address.
    pub fn new(
        host: &str,
        port: u16,
        security: Security,
        sign_in: Option<(String, String)>,
        sender: &str,
        helo: &str,
    ) -> Result<Self, WrongRelay> {
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|_| WrongRelay::Host(host.to_owned()));
        let tls = match security {
            Security::Tls => Encryption::ImplicitTls(parameters()?),
            Security::StartTls => Encryption::StartTls(parameters()?),
            Security::None if matches!(host, "localhost" | "127.0.0.1" | "::1") => Encryption::None,
            Security::None => return Err(WrongRelay::ClearText(host.to_owned())),
        };
        let relay = SmtpRelay {
            host: host.to_owned(),
            port,
            tls,
            credentials: sign_in.map(|(user, password)| Credentials::new(user, password)),
            helo: parse_helo(helo).ok_or_else(|| WrongRelay::Helo(helo.to_owned()))?,
            deadlines: Deadlines::default(),
        };
        Ok(Self::from_smtp(relay, parse_sender(sender)?))
    }

    fn from_smtp(relay: SmtpRelay, sender: Mailbox) -> Self {
        let label = relay.host.clone();
        Self(Arc::new(RelayInner { transport: RelayTransport::Smtp(Box::new(relay)), sender, label }))
    }

    /// A folder that gets a file for each letter (`.eml`, RFC 5322). For trying the service without a mail server.
    pub fn folder(folder: PathBuf, sender: &str) -> Result<Self, WrongRelay> {
        let sender = parse_sender(sender)?;
        let label = folder.display().to_string();
        Ok(Self(Arc::new(RelayInner {
            transport: RelayTransport::Folder(AsyncFileTransport::new(folder)),
            sender,
            label,
        })))
    }

    async fn deliver(&self, letter: &ComposedMessage, commit: impl FnOnce()) -> Result<(), FailedAttempt> {
        match &self.0.transport {
            RelayTransport::Smtp(smtp) => smtp.deliver(letter, commit).await,
            RelayTransport::Folder(folder) => {
                let Some(envelope) = letter.envelope() else {
                    return Err(FailedAttempt::new(DeliveryStage::Folder, DeliveryFailure::ConnectionFailed));
                };
                commit();
                let result = folder.send_raw(&envelope, &letter.content).await;
                result.map(|_| ()).map_err(|error| FailedAttempt {
                    cause: Some(error.to_string()),
                    ..FailedAttempt::new(DeliveryStage::Folder, DeliveryFailure::ConnectionFailed)
                })
            }
        }
    }
}

fn parse_sender(sender: &str) -> Result<Mailbox, WrongRelay> {
    Mailbox::from_str(sender).map_err(|_| WrongRelay::Sender(sender.to_owned()))
}

/// A host name or an IP address, with or without brackets.
fn parse_helo(name: &str) -> Option<ClientId> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    match bare.parse() {
        Ok(IpAddr::V4(address)) => return Some(ClientId::Ipv4(address)),
        Ok(IpAddr::V6(address)) => return Some(ClientId::Ipv6(address)),
        Err(_) => {}
    }
    (name.len() <= 253 && name.split('.').all(is_host_label)).then(|| ClientId::Domain(name.to_owned()))
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Relay").field("place", &self.0.label).finish_non_exhaustive()
    }
}

/// An outage of this node's relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayOutage {
    /// The first failed attempt after the last successful one.
    pub since: Timestamp,
    /// The stage of the last failure: `connect`, `auth`, `mail-from` and the like.
    pub stage: &'static str,
    /// The relay's reply code, if there was a reply.
    pub code: Option<u16>,
}

/// A letter that this node is sending.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AttemptInProgress {
    id: LetterId,
    attempts: u32,
    progress: AttemptProgress,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum AttemptProgress {
    /// No relay has the letter.
    Trying,
    /// The relay may have it.
    Committed,
    /// The outcome is known, and not yet stored.
    Decided(DeliveryOutcome),
}

/// Sends letters as long as [`Self::run`] is polled. Any number of nodes may do so at once.
#[derive(Clone)]
pub(crate) struct MailWorker {
    store: Store,
    transport: MailTransport,
    clock: Clock,
    outage: Arc<Mutex<Option<RelayOutage>>>,
    attempts: Arc<Mutex<Vec<AttemptInProgress>>>,
}

/// What one round of the worker did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendOutcome {
    Processed,
    NothingDue,
    /// The relay takes no letter now.
    RelayUnavailable,
}

impl MailWorker {
    pub(crate) fn new(store: Store, transport: MailTransport, clock: Clock) -> Self {
        Self { store, transport, clock, outage: Arc::default(), attempts: Arc::default() }
    }

    /// The present outage of the relay, if there is one.
    pub(crate) fn relay_outage(&self) -> Option<RelayOutage> {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends letters, without an end.
    pub(crate) async fn run(&self) {
        let workers: [_; MAX_CONCURRENT_LETTERS] = std::array::from_fn(|_| self.send_letters());
        let [first, second] = workers;
        tokio::join!(first, second, self.log_foreign_letters());
    }

    async fn send_letters(&self) {
        loop {
            match self.send_next_letter().await {
                Ok(SendOutcome::Processed) => {}
                Ok(SendOutcome::NothingDue | SendOutcome::RelayUnavailable) => tokio::time::sleep(POLL_INTERVAL).await,
                Err(error) => {
                    tracing::error!(error = %Causes(&error), "the next letter of the outbox cannot be claimed");
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
            }
        }
    }

    /// Logs how many letters wait that were sealed under another key: a node that has it sends them.
    async fn log_foreign_letters(&self) {
        jobs::run_periodically(FOREIGN_LETTER_COUNT, || async {
            let letters = self.store.count_foreign_letters(self.clock.now()).await?;
            if letters > 0 {
                tracing::warn!(
                    letters,
                    "letters wait that were sealed under another master key; a node that has it sends them"
                );
            }
            Ok::<_, database::Error>(())
        })
        .await;
    }

    /// Claims one letter that is due, tries to send it and stores the outcome.
    pub(crate) async fn send_next_letter(&self) -> Result<SendOutcome, database::Error> {
        let claim = self.store.claim_letter(self.clock.now()).await?;
        if claim.expired > 0 {
            tracing::warn!(letters = claim.expired, "letters were dropped: their content has expired");
            count_abandoned("expired", claim.expired);
        }
        if claim.has_foreign_letter {
            tracing::warn!("a letter was sealed under another master key and is left for a node that has it");
            return Ok(SendOutcome::Processed);
        }
        let Some(claimed) = claim.letter else { return Ok(SendOutcome::NothingDue) };
        self.track_attempt(&claimed);
        let (outcome, send_outcome) = self.attempt_delivery(&claimed).await;
        self.update_progress(claimed.id, AttemptProgress::Decided(outcome.clone()));
        self.store_outcome(&claimed, &outcome).await;
        self.untrack_attempt(claimed.id);
        Ok(send_outcome)
    }

    /// Stores the outcome of a letter, however long the database is unavailable: a sent letter that is not recorded as such
    /// would be sent again.
    async fn store_outcome(&self, claimed: &ClaimedLetter, outcome: &DeliveryOutcome) {
        while let Err(error) =
            self.store.store_delivery_outcome(claimed.id, claimed.attempts, outcome.clone(), self.clock.now()).await
        {
            tracing::error!(error = %Causes(&error), "the outcome of a letter cannot be stored yet");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn attempt_delivery(&self, claimed: &ClaimedLetter) -> (DeliveryOutcome, SendOutcome) {
        let domain = self.store.mail_domain();
        let sender = match &self.transport {
            MailTransport::Outbox => Mailbox::new(None, Address::new_dangerous("no-reply", domain)),
            MailTransport::Relay(relay) => relay.0.sender.clone(),
        };
        let letter = match ComposedMessage::new(&sender, &claimed.letter, claimed.id, domain, self.clock.now()) {
            Ok(letter) => letter,
            Err(error) => {
                tracing::error!(%error, attempts = claimed.attempts, "a letter was given up");
                count_abandoned("unwritable", 1);
                return (DeliveryOutcome::GivenUp { reason: error.to_string() }, SendOutcome::Processed);
            }
        };
        let MailTransport::Relay(relay) = &self.transport else {
            return (DeliveryOutcome::LeftInOutbox, SendOutcome::Processed);
        };
        let commit = || self.update_progress(claimed.id, AttemptProgress::Committed);
        match relay.deliver(&letter, commit).await {
            Ok(()) => {
                self.record_relay_state(None);
                metrics::counter!("uketsuke_mail_sent_total").increment(1);
                (DeliveryOutcome::Sent, SendOutcome::Processed)
            }
            Err(attempt) => {
                let send_outcome = if attempt.stage.is_before_recipient() {
                    self.record_relay_state(Some(&attempt));
                    SendOutcome::RelayUnavailable
                } else {
                    self.record_relay_state(None);
                    SendOutcome::Processed
                };
                (self.decide_outcome(claimed, &attempt), send_outcome)
            }
        }
    }

    /// The outcome of a letter after a failed attempt. Logs one line.
    fn decide_outcome(&self, claimed: &ClaimedLetter, attempt: &FailedAttempt) -> DeliveryOutcome {
        let now = self.clock.now();
        let (stage, attempts) = (attempt.stage.as_str(), claimed.attempts);
        let (code, enhanced) = match attempt.failure {
            DeliveryFailure::Refused(reply) => (Some(reply.code), reply.enhanced.map(|code| code.to_string())),
            _ => (None, None),
        };
        let failure = match attempt.failure {
            DeliveryFailure::Refused(_) => "refused",
            DeliveryFailure::TimedOut => "silent",
            DeliveryFailure::ConnectionFailed => "broken",
            DeliveryFailure::Unsupported => "unsupported",
        };
        metrics::counter!("uketsuke_mail_setbacks_total", "stage" => stage, "failure" => failure).increment(1);
        let reason = match (code, &enhanced) {
            (Some(code), Some(enhanced)) => format!("{stage} {code} {enhanced}"),
            (Some(code), None) => format!("{stage} {code}"),
            (None, _) => format!("{stage} {failure}"),
        };
        let cause = attempt.cause.as_deref();
        let refused = attempt.consequence == Consequence::RecipientRefused;
        let retry_at = plan_retry(claimed.queued_at, claimed.expires_at, attempts, now).filter(|_| !refused);
        match (retry_at, claimed.expires_at) {
            (Some(retry_at), _) => {
                tracing::warn!(
                    stage,
                    failure,
                    code,
                    enhanced,
                    cause,
                    attempts,
                    "a letter was not sent and is tried again"
                );
                DeliveryOutcome::Retry { retry_at, reason }
            }
            (None, _) if refused => {
                tracing::warn!(stage, code, enhanced, attempts, "the recipient's server refused a letter");
                count_abandoned("refused", 1);
                DeliveryOutcome::Refused { reason }
            }
            (None, Some(_)) => {
                tracing::warn!(
                    stage,
                    failure,
                    code,
                    enhanced,
                    cause,
                    attempts,
                    "a letter was dropped: it would come too late"
                );
                count_abandoned("expired", 1);
                DeliveryOutcome::Expired { reason }
            }
            (None, None) => {
                tracing::error!(stage, failure, code, enhanced, cause, attempts, "a letter was given up after a day");
                count_abandoned("given-up", 1);
                DeliveryOutcome::GivenUp { reason }
            }
        }
    }

    fn record_relay_state(&self, attempt: Option<&FailedAttempt>) {
        let mut outage = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        metrics::gauge!("uketsuke_mail_relay_down").set(if attempt.is_some() { 1.0 } else { 0.0 });
        match attempt {
            Some(attempt) => {
                let code = match attempt.failure {
                    DeliveryFailure::Refused(reply) => Some(reply.code),
                    _ => None,
                };
                let since = outage.map_or_else(|| self.clock.now(), |outage| outage.since);
                *outage = Some(RelayOutage { since, stage: attempt.stage.as_str(), code });
            }
            None => {
                if let Some(outage) = outage.take() {
                    tracing::info!(since = %outage.since, "the mail relay takes letters again");
                }
            }
        }
    }

    fn track_attempt(&self, claimed: &ClaimedLetter) {
        let tracked =
            AttemptInProgress { id: claimed.id, attempts: claimed.attempts, progress: AttemptProgress::Trying };
        self.lock_attempts().push(tracked);
    }

    fn update_progress(&self, id: LetterId, progress: AttemptProgress) {
        if let Some(tracked) = self.lock_attempts().iter_mut().find(|tracked| tracked.id == id) {
            tracked.progress = progress;
        }
    }

    fn untrack_attempt(&self, id: LetterId) {
        self.lock_attempts().retain(|tracked| tracked.id != id);
    }

    fn lock_attempts(&self) -> std::sync::MutexGuard<'_, Vec<AttemptInProgress>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After [`Self::run`] was ended from outside: releases the claims of letters that no relay has, and stores the outcomes
    /// that are known. A letter that the relay may have stays claimed until the claim expires.
    pub(crate) async fn release_letters(&self) -> Result<(), database::Error> {
        let tracked = std::mem::take(&mut *self.lock_attempts());
        for AttemptInProgress { id, attempts, progress } in tracked {
            let now = self.clock.now();
            let outcome = match progress {
                AttemptProgress::Trying => DeliveryOutcome::Retry { retry_at: now, reason: "stopped".to_owned() },
                AttemptProgress::Decided(outcome) => outcome,
                AttemptProgress::Committed => continue,
            };
            self.store.store_delivery_outcome(id, attempts, outcome, now).await?;
        }
        Ok(())
    }
}

fn count_abandoned(reason: &'static str, letters: u64) {
    metrics::counter!("uketsuke_mail_abandoned_total", "reason" => reason).increment(letters);
}

#[cfg(test)]
mod tests;
