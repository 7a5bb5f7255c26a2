//! Who carries letters out of the outbox, and the worker that does it.

use std::{
    net::IpAddr,
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base::{Causes, Clock, Timestamp};
use lettre::{
    Address, AsyncFileTransport, AsyncTransport, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{authentication::Credentials, client::TlsParameters, extension::ClientId},
};

use super::{
    message::ComposedMessage,
    relay::{Deadlines, Encryption, FailedAttempt, SmtpRelay},
};
use crate::{
    rules::delivery::{Consequence, DeliveryFailure, DeliveryStage, plan_retry},
    store::{
        Store,
        mail::{ClaimedLetter, DeliveryOutcome, LetterId},
    },
};

/// How long the worker rests when nothing is due, after trouble with the relay, and between two tries of the database.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// How many letters are tried at once: one that waits for a slow relay does not hold up a code.
const MAX_CONCURRENT_LETTERS: usize = 2;
/// How often letters are counted that another node has to open.
const COUNT_INTERVAL: base::Span = base::Span::from_mins(10);

/// How letters leave the service.
#[derive(Debug, Clone)]
pub enum MailTransport {
    /// Nowhere: they stay readable in the outbox. For the demo, which shows them on a page.
    Outbox,
    /// To whoever takes them on.
    Relay(Relay),
}

impl MailTransport {
    /// The address that letters come from, where they leave the service.
    pub(crate) fn sender_address(&self) -> Option<String> {
        match self {
            Self::Outbox => None,
            Self::Relay(relay) => Some(relay.0.sender.email.to_string()),
        }
    }
}

/// Who takes letters on.
#[derive(Clone)]
pub struct Relay(Arc<RelayInner>);

struct RelayInner {
    transport: RelayTransport,
    sender: Mailbox,
    /// What it is known by: the name of a host, the path of a folder.
    label: String,
}

enum RelayTransport {
    Smtp(Box<SmtpRelay>),
    Folder(AsyncFileTransport<Tokio1Executor>),
}

/// How the way to a relay is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314; port 465).
    Tls,
    /// STARTTLS, or nothing is sent (RFC 3207; port 587).
    StartTls,
    /// Not at all: only to a relay on this machine.
    None,
}

/// A relay that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongRelay {
    /// The sender is no address.
    #[error("the sender '{0}' is not a mail address, such as 'uketsuke <no-reply@example.jp>'")]
    Sender(String),
    /// The host is no name that a certificate can be checked against.
    #[error("'{0}' is not the name of a host")]
    Host(String),
    /// Clear text to another machine.
    #[error("mail to '{0}' must go over TLS; only a relay on this machine may do without")]
    ClearText(String),
    /// What the service calls itself is no host's name.
    #[error("'{0}' is not a host name or address that a relay takes in EHLO")]
    Helo(String),
}

impl Relay {
    /// The SMTP relay at `host`. `sign_in` is user and password, if it asks for them; `helo` is what the service calls
    /// itself to it (RFC 5321 §4.1.1.1), a host name or an IP address.
    pub fn new(
        host: &str,
        port: u16,
        security: Security,
        sign_in: Option<(String, String)>,
        from: &str,
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
        Ok(Self::from_smtp(relay, parse_sender(from)?))
    }

    fn from_smtp(relay: SmtpRelay, from: Mailbox) -> Self {
        let place = relay.host.clone();
        Self(Arc::new(RelayInner { transport: RelayTransport::Smtp(Box::new(relay)), sender: from, label: place }))
    }

    /// A folder that gets a file for each letter (`.eml`, RFC 5322). For trying the service without a mail server.
    pub fn folder(folder: PathBuf, from: &str) -> Result<Self, WrongRelay> {
        let from = parse_sender(from)?;
        let place = folder.display().to_string();
        Ok(Self(Arc::new(RelayInner {
            transport: RelayTransport::Folder(AsyncFileTransport::new(folder)),
            sender: from,
            label: place,
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
                let written = folder.send_raw(&envelope, &letter.content).await;
                written.map(|_| ()).map_err(|error| FailedAttempt {
                    cause: Some(error.to_string()),
                    ..FailedAttempt::new(DeliveryStage::Folder, DeliveryFailure::ConnectionFailed)
                })
            }
        }
    }
}

fn parse_sender(from: &str) -> Result<Mailbox, WrongRelay> {
    Mailbox::from_str(from).map_err(|_| WrongRelay::Sender(from.to_owned()))
}

/// A host name (RFC 1123 §2.1, so without `_`) or an IP address, with or without brackets.
fn parse_helo(name: &str) -> Option<ClientId> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    match bare.parse() {
        Ok(IpAddr::V4(address)) => return Some(ClientId::Ipv4(address)),
        Ok(IpAddr::V6(address)) => return Some(ClientId::Ipv6(address)),
        Err(_) => {}
    }
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (name.len() <= 253 && name.split('.').all(is_label)).then(|| ClientId::Domain(name.to_owned()))
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Relay").field("place", &self.0.label).finish_non_exhaustive()
    }
}

/// Since when this node's relay has taken no letter, and where it failed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayOutage {
    /// When the first attempt failed after the last that did not.
    pub since: Timestamp,
    /// The stage of the last failure: `connect`, `auth`, `mail-from` and the like.
    pub stage: &'static str,
    /// The relay's code, if it answered.
    pub code: Option<u16>,
}

/// The letters that this node tries now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AttemptInProgress {
    id: LetterId,
    attempts: u32,
    progress: AttemptProgress,
}

/// How far an attempt is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum AttemptProgress {
    /// Nobody has the letter yet.
    Trying,
    /// The relay may have it.
    Committed,
    /// It is known what became of it, and not yet written down.
    Decided(DeliveryOutcome),
}

/// Carries letters for as long as it is polled. Any number of nodes may do so at once.
#[derive(Clone)]
pub(crate) struct MailWorker {
    store: Store,
    transport: MailTransport,
    clock: Clock,
    outage: Arc<Mutex<Option<RelayOutage>>>,
    attempts: Arc<Mutex<Vec<AttemptInProgress>>>,
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SendOutcome {
    Processed,
    NothingDue,
    /// The relay takes no letter now.
    RelayUnavailable,
}

impl MailWorker {
    pub(crate) fn new(store: Store, carrier: MailTransport, clock: Clock) -> Self {
        Self { store, transport: carrier, clock, outage: Arc::default(), attempts: Arc::default() }
    }

    /// Since when the relay takes no letter, if it takes none.
    pub(crate) fn relay_outage(&self) -> Option<RelayOutage> {
        *self.outage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works without an end.
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
                    tracing::error!(error = %Causes(&error), "the outbox cannot be worked on");
                    tokio::time::sleep(POLL_INTERVAL).await;
                }
            }
        }
    }

    /// Says from time to time that letters wait which were sealed under another key: a node that has it sends them.
    async fn log_foreign_letters(&self) {
        loop {
            let now = self.clock.now();
            match self.store.count_foreign_letters(now).await {
                Ok(0) => {}
                Ok(letters) => tracing::warn!(
                    letters,
                    "letters wait that were sealed under another master key; a node that has it sends them"
                ),
                Err(error) => tracing::warn!(error = %Causes(&error), "the outbox cannot be counted"),
            }
            tokio::time::sleep(Duration::from_secs(COUNT_INTERVAL.as_secs().unsigned_abs())).await;
        }
    }

    /// Claims one letter that is due, tries to send it and writes down what became of it.
    pub(crate) async fn send_next_letter(&self) -> Result<SendOutcome, database::Error> {
        let claim = self.store.claim_letter(self.clock.now()).await?;
        if claim.expired > 0 {
            tracing::warn!(letters = claim.expired, "letters were dropped: what they said is of no use any more");
            count_abandoned("expired", claim.expired);
        }
        if claim.has_foreign_letter {
            tracing::warn!("a letter was sealed under another master key and is left for a node that has it");
            return Ok(SendOutcome::Processed);
        }
        let Some(claimed) = claim.letter else { return Ok(SendOutcome::NothingDue) };
        self.track_attempt(&claimed);
        let (fate, carried) = self.attempt_delivery(&claimed).await;
        self.update_progress(claimed.id, AttemptProgress::Decided(fate.clone()));
        self.store_outcome(&claimed, &fate).await;
        self.untrack_attempt(claimed.id);
        Ok(carried)
    }

    /// Writes down what became of a letter, however long the database is away: a letter that was sent and is not known to
    /// be would be sent again.
    async fn store_outcome(&self, claimed: &ClaimedLetter, fate: &DeliveryOutcome) {
        while let Err(error) =
            self.store.store_delivery_outcome(claimed.id, claimed.attempts, fate.clone(), self.clock.now()).await
        {
            tracing::error!(error = %Causes(&error), "what became of a letter cannot be written down yet");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn attempt_delivery(&self, claimed: &ClaimedLetter) -> (DeliveryOutcome, SendOutcome) {
        let domain = self.store.mail_domain();
        let from = match &self.transport {
            MailTransport::Outbox => Mailbox::new(None, Address::new_dangerous("no-reply", domain)),
            MailTransport::Relay(relay) => relay.0.sender.clone(),
        };
        let letter = match ComposedMessage::new(&from, &claimed.letter, claimed.id, domain, self.clock.now()) {
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
            Err(setback) => {
                let carried = if setback.stage.is_before_recipient() {
                    self.record_relay_state(Some(&setback));
                    SendOutcome::RelayUnavailable
                } else {
                    self.record_relay_state(None);
                    SendOutcome::Processed
                };
                (self.decide_outcome(claimed, &setback), carried)
            }
        }
    }

    /// What becomes of a letter after a setback, with one line in the log.
    fn decide_outcome(&self, claimed: &ClaimedLetter, setback: &FailedAttempt) -> DeliveryOutcome {
        let now = self.clock.now();
        let (stage, attempts) = (setback.stage.as_str(), claimed.attempts);
        let (code, enhanced) = match setback.failure {
            DeliveryFailure::Refused(reply) => (Some(reply.code), reply.enhanced.map(|code| code.to_string())),
            _ => (None, None),
        };
        let failure = match setback.failure {
            DeliveryFailure::Refused(_) => "refused",
            DeliveryFailure::TimedOut => "silent",
            DeliveryFailure::ConnectionFailed => "broken",
            DeliveryFailure::Unsupported => "unsupported",
        };
        metrics::counter!("uketsuke_mail_setbacks_total", "stage" => stage, "failure" => failure).increment(1);
        let why = match (code, &enhanced) {
            (Some(code), Some(enhanced)) => format!("{stage} {code} {enhanced}"),
            (Some(code), None) => format!("{stage} {code}"),
            (None, _) => format!("{stage} {failure}"),
        };
        let cause = setback.cause.as_deref();
        let refused = setback.consequence == Consequence::RecipientRefused;
        let again = plan_retry(claimed.queued_at, claimed.expires_at, attempts, now).filter(|_| !refused);
        match (again, claimed.expires_at) {
            (Some(at), _) => {
                tracing::warn!(
                    stage,
                    failure,
                    code,
                    enhanced,
                    cause,
                    attempts,
                    "a letter was not sent and is tried again"
                );
                DeliveryOutcome::Retry { retry_at: at, reason: why }
            }
            (None, _) if refused => {
                tracing::warn!(stage, code, enhanced, attempts, "the recipient's server refused a letter");
                count_abandoned("refused", 1);
                DeliveryOutcome::Refused { reason: why }
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
                DeliveryOutcome::Expired { reason: why }
            }
            (None, None) => {
                tracing::error!(stage, failure, code, enhanced, cause, attempts, "a letter was given up after a day");
                count_abandoned("given-up", 1);
                DeliveryOutcome::GivenUp { reason: why }
            }
        }
    }

    fn record_relay_state(&self, setback: Option<&FailedAttempt>) {
        let mut trouble = self.outage.lock().unwrap_or_else(PoisonError::into_inner);
        metrics::gauge!("uketsuke_mail_relay_down").set(if setback.is_some() { 1.0 } else { 0.0 });
        match setback {
            Some(setback) => {
                let code = match setback.failure {
                    DeliveryFailure::Refused(reply) => Some(reply.code),
                    _ => None,
                };
                let since = trouble.map_or_else(|| self.clock.now(), |trouble| trouble.since);
                *trouble = Some(RelayOutage { since, stage: setback.stage.as_str(), code });
            }
            None => {
                if let Some(trouble) = trouble.take() {
                    tracing::info!(since = %trouble.since, "the mail relay takes letters again");
                }
            }
        }
    }

    fn track_attempt(&self, claimed: &ClaimedLetter) {
        let held = AttemptInProgress { id: claimed.id, attempts: claimed.attempts, progress: AttemptProgress::Trying };
        self.lock_attempts().push(held);
    }

    fn update_progress(&self, id: LetterId, progress: AttemptProgress) {
        if let Some(held) = self.lock_attempts().iter_mut().find(|held| held.id == id) {
            held.progress = progress;
        }
    }

    fn untrack_attempt(&self, id: LetterId) {
        self.lock_attempts().retain(|held| held.id != id);
    }

    fn lock_attempts(&self) -> std::sync::MutexGuard<'_, Vec<AttemptInProgress>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After the work was ended from outside: what this node had claimed and nobody else has is free for others at once,
    /// and what is known of a letter is written down. A letter that the relay may have is left until its claim ends.
    pub(crate) async fn release_letters(&self) -> Result<(), database::Error> {
        let held = std::mem::take(&mut *self.lock_attempts());
        for AttemptInProgress { id, attempts, progress } in held {
            let now = self.clock.now();
            let fate = match progress {
                AttemptProgress::Trying => DeliveryOutcome::Retry { retry_at: now, reason: "stopped".to_owned() },
                AttemptProgress::Decided(fate) => fate,
                AttemptProgress::Committed => continue,
            };
            self.store.store_delivery_outcome(id, attempts, fate, now).await?;
        }
        Ok(())
    }
}

fn count_abandoned(reason: &'static str, letters: u64) {
    metrics::counter!("uketsuke_mail_abandoned_total", "reason" => reason).increment(letters);
}

#[cfg(test)]
mod tests;
