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
    message::Composed,
    relay::{Deadlines, Encryption, Setback, SmtpRelay},
};
use crate::{
    rules::delivery::{Consequence, Failure, Stage, plan_retry},
    store::{
        Store,
        mail::{Claimed, Fate, LetterId},
    },
};

/// How long the worker rests when nothing is due, after trouble with the relay, and between two tries of the database.
const REST: Duration = Duration::from_secs(2);
/// How many letters are tried at once: one that waits for a slow relay does not hold up a code.
const AT_ONCE: usize = 2;
/// How often letters are counted that another node has to open.
const COUNT_EVERY: base::Span = base::Span::from_mins(10);

/// How letters leave the service.
#[derive(Debug, Clone)]
pub enum Carrier {
    /// Nowhere: they stay readable in the outbox. For the demo, which shows them on a page.
    Outbox,
    /// To whoever takes them on.
    Relay(Relay),
}

impl Carrier {
    /// The address that letters come from, where they leave the service.
    pub(crate) fn sender_address(&self) -> Option<String> {
        match self {
            Self::Outbox => None,
            Self::Relay(relay) => Some(relay.0.from.email.to_string()),
        }
    }
}

/// Who takes letters on.
#[derive(Clone)]
pub struct Relay(Arc<Known>);

struct Known {
    transport: Transport,
    from: Mailbox,
    /// What it is known by: the name of a host, the path of a folder.
    place: String,
}

enum Transport {
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
            Security::Tls => Encryption::FromTheFirstByte(parameters()?),
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
        Ok(Self::of_smtp(relay, parse_sender(from)?))
    }

    fn of_smtp(relay: SmtpRelay, from: Mailbox) -> Self {
        let place = relay.host.clone();
        Self(Arc::new(Known { transport: Transport::Smtp(Box::new(relay)), from, place }))
    }

    /// A folder that gets a file for each letter (`.eml`, RFC 5322). For trying the service without a mail server.
    pub fn folder(folder: PathBuf, from: &str) -> Result<Self, WrongRelay> {
        let from = parse_sender(from)?;
        let place = folder.display().to_string();
        Ok(Self(Arc::new(Known { transport: Transport::Folder(AsyncFileTransport::new(folder)), from, place })))
    }

    async fn deliver(&self, letter: &Composed, commit: impl FnOnce()) -> Result<(), Setback> {
        match &self.0.transport {
            Transport::Smtp(smtp) => smtp.deliver(letter, commit).await,
            Transport::Folder(folder) => {
                let Some(envelope) = letter.envelope() else {
                    return Err(Setback::new(Stage::Folder, Failure::Broken));
                };
                commit();
                let written = folder.send_raw(&envelope, &letter.content).await;
                written.map(|_| ()).map_err(|error| Setback {
                    cause: Some(error.to_string()),
                    ..Setback::new(Stage::Folder, Failure::Broken)
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
        formatter.debug_struct("Relay").field("place", &self.0.place).finish_non_exhaustive()
    }
}

/// Since when this node's relay has taken no letter, and where it failed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayTrouble {
    /// When the first attempt failed after the last that did not.
    pub since: Timestamp,
    /// The stage of the last failure: `connect`, `auth`, `mail-from` and the like.
    pub stage: &'static str,
    /// The relay's code, if it answered.
    pub code: Option<u16>,
}

/// The letters that this node tries now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct InHand {
    id: LetterId,
    attempts: u32,
    progress: Progress,
}

/// How far an attempt is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Progress {
    /// Nobody has the letter yet.
    Trying,
    /// The relay may have it.
    Committed,
    /// It is known what became of it, and not yet written down.
    Decided(Fate),
}

/// Carries letters for as long as it is polled. Any number of nodes may do so at once.
#[derive(Clone)]
pub(crate) struct MailWorker {
    store: Store,
    carrier: Carrier,
    clock: Clock,
    trouble: Arc<Mutex<Option<RelayTrouble>>>,
    in_hand: Arc<Mutex<Vec<InHand>>>,
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried {
    One,
    NothingDue,
    /// The relay takes no letter now.
    RelayTrouble,
}

impl MailWorker {
    pub(crate) fn new(store: Store, carrier: Carrier, clock: Clock) -> Self {
        Self { store, carrier, clock, trouble: Arc::default(), in_hand: Arc::default() }
    }

    /// Since when the relay takes no letter, if it takes none.
    pub(crate) fn relay_trouble(&self) -> Option<RelayTrouble> {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works without an end.
    pub(crate) async fn work(&self) {
        let workers: [_; AT_ONCE] = std::array::from_fn(|_| self.carry_letters());
        let [first, second] = workers;
        tokio::join!(first, second, self.watch_foreign_letters());
    }

    async fn carry_letters(&self) {
        loop {
            match self.carry_one().await {
                Ok(Carried::One) => {}
                Ok(Carried::NothingDue | Carried::RelayTrouble) => tokio::time::sleep(REST).await,
                Err(error) => {
                    tracing::error!(error = %Causes(&error), "the outbox cannot be worked on");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Says from time to time that letters wait which were sealed under another key: a node that has it sends them.
    async fn watch_foreign_letters(&self) {
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
            tokio::time::sleep(Duration::from_secs(COUNT_EVERY.as_secs().unsigned_abs())).await;
        }
    }

    /// Claims one letter that is due, tries to send it and writes down what became of it.
    pub(crate) async fn carry_one(&self) -> Result<Carried, database::Error> {
        let claim = self.store.claim_letter(self.clock.now()).await?;
        if claim.expired > 0 {
            tracing::warn!(letters = claim.expired, "letters were dropped: what they said is of no use any more");
            count_abandoned("expired", claim.expired);
        }
        if claim.foreign {
            tracing::warn!("a letter was sealed under another master key and is left for a node that has it");
            return Ok(Carried::One);
        }
        let Some(claimed) = claim.letter else { return Ok(Carried::NothingDue) };
        self.hold(&claimed);
        let (fate, carried) = self.attempt(&claimed).await;
        self.progress(claimed.id, Progress::Decided(fate.clone()));
        self.settle(&claimed, &fate).await;
        self.release(claimed.id);
        Ok(carried)
    }

    /// Writes down what became of a letter, however long the database is away: a letter that was sent and is not known to
    /// be would be sent again.
    async fn settle(&self, claimed: &Claimed, fate: &Fate) {
        while let Err(error) =
            self.store.settle_letter(claimed.id, claimed.attempts, fate.clone(), self.clock.now()).await
        {
            tracing::error!(error = %Causes(&error), "what became of a letter cannot be written down yet");
            tokio::time::sleep(REST).await;
        }
    }

    async fn attempt(&self, claimed: &Claimed) -> (Fate, Carried) {
        let domain = self.store.mail_domain();
        let from = match &self.carrier {
            Carrier::Outbox => Mailbox::new(None, Address::new_dangerous("no-reply", domain)),
            Carrier::Relay(relay) => relay.0.from.clone(),
        };
        let letter = match Composed::new(&from, &claimed.letter, claimed.id, domain, self.clock.now()) {
            Ok(letter) => letter,
            Err(error) => {
                tracing::error!(%error, attempts = claimed.attempts, "a letter was given up");
                count_abandoned("unwritable", 1);
                return (Fate::GivenUp { why: error.to_string() }, Carried::One);
            }
        };
        let Carrier::Relay(relay) = &self.carrier else { return (Fate::Kept, Carried::One) };
        let commit = || self.progress(claimed.id, Progress::Committed);
        match relay.deliver(&letter, commit).await {
            Ok(()) => {
                self.note_relay(None);
                metrics::counter!("uketsuke_mail_sent_total").increment(1);
                (Fate::Sent, Carried::One)
            }
            Err(setback) => {
                let carried = if setback.stage.is_before_recipient() {
                    self.note_relay(Some(&setback));
                    Carried::RelayTrouble
                } else {
                    self.note_relay(None);
                    Carried::One
                };
                (self.judge(claimed, &setback), carried)
            }
        }
    }

    /// What becomes of a letter after a setback, with one line in the log.
    fn judge(&self, claimed: &Claimed, setback: &Setback) -> Fate {
        let now = self.clock.now();
        let (stage, attempts) = (setback.stage.word(), claimed.attempts);
        let (code, enhanced) = match setback.failure {
            Failure::Refused(reply) => (Some(reply.code), reply.enhanced.map(|code| code.to_string())),
            _ => (None, None),
        };
        let failure = match setback.failure {
            Failure::Refused(_) => "refused",
            Failure::Silent => "silent",
            Failure::Broken => "broken",
            Failure::Unsupported => "unsupported",
        };
        metrics::counter!("uketsuke_mail_setbacks_total", "stage" => stage, "failure" => failure).increment(1);
        let why = match (code, &enhanced) {
            (Some(code), Some(enhanced)) => format!("{stage} {code} {enhanced}"),
            (Some(code), None) => format!("{stage} {code}"),
            (None, _) => format!("{stage} {failure}"),
        };
        let cause = setback.cause.as_deref();
        let refused = setback.consequence == Consequence::RecipientRefused;
        let again = plan_retry(claimed.queued_at, claimed.dies_at, attempts, now).filter(|_| !refused);
        match (again, claimed.dies_at) {
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
                Fate::Again { at, why }
            }
            (None, _) if refused => {
                tracing::warn!(stage, code, enhanced, attempts, "the recipient's server refused a letter");
                count_abandoned("refused", 1);
                Fate::Refused { why }
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
                Fate::Expired { why }
            }
            (None, None) => {
                tracing::error!(stage, failure, code, enhanced, cause, attempts, "a letter was given up after a day");
                count_abandoned("given-up", 1);
                Fate::GivenUp { why }
            }
        }
    }

    fn note_relay(&self, setback: Option<&Setback>) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        metrics::gauge!("uketsuke_mail_relay_down").set(if setback.is_some() { 1.0 } else { 0.0 });
        match setback {
            Some(setback) => {
                let code = match setback.failure {
                    Failure::Refused(reply) => Some(reply.code),
                    _ => None,
                };
                let since = trouble.map_or_else(|| self.clock.now(), |trouble| trouble.since);
                *trouble = Some(RelayTrouble { since, stage: setback.stage.word(), code });
            }
            None => {
                if let Some(trouble) = trouble.take() {
                    tracing::info!(since = %trouble.since, "the mail relay takes letters again");
                }
            }
        }
    }

    fn hold(&self, claimed: &Claimed) {
        let held = InHand { id: claimed.id, attempts: claimed.attempts, progress: Progress::Trying };
        self.lock_hand().push(held);
    }

    fn progress(&self, id: LetterId, progress: Progress) {
        if let Some(held) = self.lock_hand().iter_mut().find(|held| held.id == id) {
            held.progress = progress;
        }
    }

    fn release(&self, id: LetterId) {
        self.lock_hand().retain(|held| held.id != id);
    }

    fn lock_hand(&self) -> std::sync::MutexGuard<'_, Vec<InHand>> {
        self.in_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// After the work was ended from outside: what this node had claimed and nobody else has is free for others at once,
    /// and what is known of a letter is written down. A letter that the relay may have is left until its claim ends.
    pub(crate) async fn give_back(&self) -> Result<(), database::Error> {
        let held = std::mem::take(&mut *self.lock_hand());
        for InHand { id, attempts, progress } in held {
            let now = self.clock.now();
            let fate = match progress {
                Progress::Trying => Fate::Again { at: now, why: "stopped".to_owned() },
                Progress::Decided(fate) => fate,
                Progress::Committed => continue,
            };
            self.store.settle_letter(id, attempts, fate, now).await?;
        }
        Ok(())
    }
}

fn count_abandoned(reason: &'static str, letters: u64) {
    metrics::counter!("uketsuke_mail_abandoned_total", "reason" => reason).increment(letters);
}

#[cfg(test)]
mod tests;
