//! Who carries a letter out of the outbox, and how often it is tried.

use std::{path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use base::{Clock, Span, Timestamp};
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, SinglePart, header},
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

use super::Letter;
use crate::store::{
    Store,
    mail::{Claimed, Fate},
};

/// How long one attempt may take. The claim of a letter lasts longer (`store::mail`), so that no other node takes it up
/// while this one still speaks with the relay.
const LONGEST_ATTEMPT: Duration = Duration::from_mins(1);
/// How long the worker rests when nothing is due.
const REST: Duration = Duration::from_secs(2);
/// How many attempts are made: the last one after about a day.
const MOST_ATTEMPTS: u32 = 12;

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
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
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
}

impl Relay {
    /// The SMTP relay at `host`. `sign_in` is user and password, if it asks for them.
    pub fn new(
        host: &str,
        port: u16,
        security: Security,
        sign_in: Option<(String, String)>,
        from: &str,
    ) -> Result<Self, WrongRelay> {
        let from = sender(from)?;
        let parameters = || TlsParameters::new(host.to_owned()).map_err(|_| WrongRelay::Host(host.to_owned()));
        let tls = match security {
            Security::Tls => Tls::Wrapper(parameters()?),
            Security::StartTls => Tls::Required(parameters()?),
            Security::None if matches!(host, "localhost" | "127.0.0.1" | "::1") => Tls::None,
            Security::None => return Err(WrongRelay::ClearText(host.to_owned())),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(port)
            .tls(tls)
            .timeout(Some(LONGEST_ATTEMPT / 3));
        if let Some((user, password)) = sign_in {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self(Arc::new(Known { transport: Transport::Smtp(builder.build()), from, place: host.to_owned() })))
    }

    /// A folder that gets a file for each letter (`.eml`, RFC 5322). For trying the service without a mail server.
    pub fn folder(folder: PathBuf, from: &str) -> Result<Self, WrongRelay> {
        let from = sender(from)?;
        let place = folder.display().to_string();
        Ok(Self(Arc::new(Known { transport: Transport::Folder(AsyncFileTransport::new(folder)), from, place })))
    }

    async fn send(&self, claimed: &Claimed, domain: &str, now: Timestamp) -> Result<(), Failed> {
        let message = self.message(claimed, domain, now).ok_or(Failed::ForGood("the letter has no usable address"))?;
        let smtp = match &self.0.transport {
            Transport::Smtp(smtp) => smtp,
            Transport::Folder(folder) => {
                let written = folder.send(message).await;
                return written.map(|_| ()).map_err(|_| Failed::ForNow("the folder of letters cannot be written"));
            }
        };
        match tokio::time::timeout(LONGEST_ATTEMPT, smtp.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            // RFC 5321 §4.2.1: 5yz says not to try the same again.
            Ok(Err(error)) if error.is_permanent() => Err(Failed::ForGood("the relay refused it")),
            Ok(Err(error)) if error.is_tls() => Err(Failed::ForNow("the relay's TLS cannot be trusted")),
            Ok(Err(error)) if error.is_transient() => Err(Failed::ForNow("the relay asked to try later")),
            Ok(Err(_)) => Err(Failed::ForNow("the relay cannot be reached")),
            Err(_) => Err(Failed::ForNow("the relay did not answer in time")),
        }
    }

    fn message(&self, claimed: &Claimed, domain: &str, now: Timestamp) -> Option<Message> {
        let Letter { to, subject, body } = &claimed.letter;
        let seconds = u64::try_from(now.seconds()).ok()?;
        Message::builder()
            .from(self.0.from.clone())
            .to(Mailbox::new(None, to.parse().ok()?))
            .subject(subject)
            .date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
            // The same letter keeps its id: who gets it twice can tell.
            .message_id(Some(format!("<{}@{domain}>", claimed.id)))
            // RFC 3834 §5: nobody's holiday notice shall answer it.
            .raw_header(header::HeaderValue::new(
                header::HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .singlepart(SinglePart::plain(body.clone()))
            .ok()
    }
}

fn sender(from: &str) -> Result<Mailbox, WrongRelay> {
    Mailbox::from_str(from).map_err(|_| WrongRelay::Sender(from.to_owned()))
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Relay").field("place", &self.0.place).finish_non_exhaustive()
    }
}

/// Why an attempt failed, in words of ours: a relay's answer repeats the address.
enum Failed {
    ForNow(&'static str),
    ForGood(&'static str),
}

/// Carries letters for as long as it is polled. Any number of nodes may do so at once.
pub(crate) async fn work(store: Store, carrier: Carrier, clock: Clock) {
    loop {
        match carry_one(&store, &carrier, &clock).await {
            Ok(Carried::One) => {}
            Ok(Carried::NothingDue) => tokio::time::sleep(REST).await,
            Err(error) => {
                tracing::error!(%error, "the outbox cannot be worked on");
                tokio::time::sleep(REST).await;
            }
        }
    }
}

/// What one round did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Carried {
    One,
    NothingDue,
}

/// Claims one letter that is due and tries to send it.
pub(crate) async fn carry_one(store: &Store, carrier: &Carrier, clock: &Clock) -> Result<Carried, database::Error> {
    let Some(claimed) = store.claim_letter(clock.now()).await? else { return Ok(Carried::NothingDue) };
    let sent = match carrier {
        Carrier::Outbox => Ok(Fate::Kept),
        Carrier::Relay(relay) => relay.send(&claimed, store.mail_domain(), clock.now()).await.map(|()| Fate::Sent),
    };
    let now = clock.now();
    let fate = match sent {
        Ok(fate) => fate,
        Err(Failed::ForNow(why)) if claimed.attempts < MOST_ATTEMPTS => {
            tracing::warn!(why, attempts = claimed.attempts, "a letter was not sent and is tried again");
            Fate::Again { at: now.plus(wait_after(claimed.attempts)), why }
        }
        Err(Failed::ForNow(why) | Failed::ForGood(why)) => {
            tracing::error!(why, attempts = claimed.attempts, "a letter was given up");
            Fate::GivenUp { why }
        }
    };
    store.settle_letter(claimed.id, claimed.attempts, fate, now).await?;
    Ok(Carried::One)
}

/// 30 seconds, a minute, two, four … and never more than twelve hours.
fn wait_after(attempts: u32) -> Span {
    let doubled = 30_i64.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    Span::from_secs(doubled.min(12 * 3600))
}

#[cfg(test)]
mod tests;
