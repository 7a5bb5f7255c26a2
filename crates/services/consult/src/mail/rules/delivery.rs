//! The outcome of an attempt to send a letter.
//!
//! A refusal of the recipient is final. Any other failure is about the service, its relay or the network, and the letter
//! is retried as long as it is of use.
//!
//! | stage | 4yz, closed, timed out | 5yz |
//! |---|---|---|
//! | connecting, TLS, greeting, EHLO, STARTTLS, AUTH, MAIL FROM | retry | retry |
//! | RCPT TO | retry | 501, 553: once more in the other spelling, if the address has two. About the service (see [`SmtpReply`]): retry. Otherwise the recipient is refused |
//! | DATA, end of data | retry | about the recipient: refused. Otherwise retry |

use base::{Span, Timestamp};

base::text_enum! {
    /// The stages of an SMTP session (RFC 5321 §3).
    pub enum DeliveryStage {
        /// The connection, and implicit TLS.
        Connect = "connect",
        /// The relay's greeting and its reply to EHLO.
        Greeting = "greeting",
        /// STARTTLS, and the TLS handshake after it.
        StartTls = "starttls",
        /// AUTH
        Auth = "auth",
        /// MAIL FROM
        Sender = "mail-from",
        /// RCPT TO
        Recipient = "rcpt-to",
        /// DATA
        Data = "data",
        /// The content and the final dot.
        Content = "end-of-data",
        /// Writing to a folder in place of a relay.
        Folder = "folder",
    }
}

impl DeliveryStage {
    /// Whether a relay that fails here fails for every letter.
    pub fn is_before_recipient(self) -> bool {
        matches!(self, Self::Connect | Self::Greeting | Self::StartTls | Self::Auth | Self::Sender | Self::Folder)
    }
}

/// A relay's negative reply. Only its codes, since its text may repeat the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpReply {
    /// The reply code (RFC 5321 §4.2).
    pub code: u16,
    /// The enhanced status code (RFC 3463), if there is one.
    pub enhanced: Option<EnhancedCode>,
}

/// `5.1.1`: class, subject, detail (RFC 3463 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnhancedCode {
    /// 4 or 5.
    pub class: u8,
    /// 1 address, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    pub detail: u16,
}

impl EnhancedCode {
    /// The code that a reply's text begins with.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split_whitespace().next()?.split('.');
        let (class, subject, detail) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !matches!(class, "4" | "5") {
            return None;
        }
        Some(Self { class: class.parse().ok()?, subject: subject.parse().ok()?, detail: detail.parse().ok()? })
    }
}

impl std::fmt::Display for EnhancedCode {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl SmtpReply {
    fn is_permanent(self) -> bool {
        (500..600).contains(&self.code)
    }

    /// Whether the relay could not parse the address (RFC 5321 §4.2.3).
    fn is_about_syntax(self) -> bool {
        matches!(self.code, 501 | 553)
    }

    /// Whether a reply to RCPT TO is about the client or the sender. Relays that delay such refusals until then are common
    /// (Postfix's `smtpd_delay_reject`): relaying denied, a sender or client that is blocked, missing authentication.
    fn is_about_service(self) -> bool {
        match self.enhanced {
            // X.1.7 and X.1.8 are the sender's address (RFC 3463 §3.2).
            Some(EnhancedCode { subject: 1, detail, .. }) => matches!(detail, 7 | 8),
            Some(EnhancedCode { subject: 2, .. }) => false,
            Some(EnhancedCode { subject: 3 | 4 | 7, .. }) => true,
            // An address that cannot be parsed is also reported as a wrong argument (X.5.2, X.5.4).
            Some(EnhancedCode { subject: 5, .. }) => !self.is_about_syntax(),
            _ => matches!(self.code, 500 | 502 | 503 | 504 | 521 | 530 | 534 | 535 | 538 | 555),
        }
    }

    /// Whether a reply after DATA is about the recipient's address or mailbox, not about sender or content.
    fn is_about_recipient(self) -> bool {
        match self.enhanced {
            Some(EnhancedCode { subject: 1, detail, .. }) => !matches!(detail, 7 | 8),
            Some(EnhancedCode { subject, .. }) => subject == 2,
            None => matches!(self.code, 550..=553),
        }
    }
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryFailure {
    /// The relay gave a negative reply.
    Refused(SmtpReply),
    /// There was no reply in time.
    TimedOut,
    /// The relay cannot be reached, closed the connection, is not trusted, or sent an unreadable reply.
    ConnectionFailed,
    /// The relay does not offer what the settings require: STARTTLS, or an authentication mechanism.
    Unsupported,
}

/// The spelling of an address given to the relay. An old carrier address (`a..b@docomo.ne.jp`) is not a dot-atom, so it has
/// two: as its owner writes it, and quoted (RFC 5321 §4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As written; the quoted spelling can still be tried.
    FirstOfTwo,
    /// The only one, or the last.
    Last,
}

/// What follows from a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// The other spelling of the address is tried within the same session.
    OtherSpelling,
    /// The letter is sent again later.
    Retry,
    /// The recipient's server does not accept letters for this address.
    RecipientRefused,
}

/// The consequence of a failure at a stage.
pub fn decide_consequence(stage: DeliveryStage, failure: DeliveryFailure, spelling: Spelling) -> Consequence {
    let DeliveryFailure::Refused(reply) = failure else { return Consequence::Retry };
    match stage {
        _ if !reply.is_permanent() => Consequence::Retry,
        DeliveryStage::Recipient if reply.is_about_service() => Consequence::Retry,
        DeliveryStage::Recipient if reply.is_about_syntax() && spelling == Spelling::FirstOfTwo => {
            Consequence::OtherSpelling
        }
        DeliveryStage::Recipient => Consequence::RecipientRefused,
        DeliveryStage::Data | DeliveryStage::Content if reply.is_about_recipient() => Consequence::RecipientRefused,
        _ => Consequence::Retry,
    }
}

/// For how long a letter is retried whose content does not expire.
const MAX_RETRY_SPAN: Span = Span::from_hours(24);
/// The longest wait between two attempts.
const MAX_WAIT_SECONDS: i64 = 30 * 60;
/// A letter that expires within this time is urgent, as one with a one-time code is.
pub const SHORT_LIFE: Span = Span::from_mins(15);
/// How many attempts of an urgent letter follow each other quickly.
const QUICK_ATTEMPTS: u32 = 4;

/// When a letter is sent again after its attempt number `attempts`; None if it is not. `expires_at` is when its content
/// ceases to be of use: a one-time code after ten minutes, a reminder when the visit begins.
pub fn plan_retry(
    queued_at: Timestamp,
    expires_at: Option<Timestamp>,
    attempts: u32,
    now: Timestamp,
) -> Option<Timestamp> {
    let doubled = 30_i64.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    let later = now.plus(Span::from_secs(doubled.min(MAX_WAIT_SECONDS)));
    match expires_at {
        Some(expires_at) if expires_at.duration_since(queued_at) <= SHORT_LIFE => {
            let wait = if attempts <= QUICK_ATTEMPTS { 15 } else { 30 };
            Some(now.plus(Span::from_secs(wait))).filter(|retry_at| *retry_at < expires_at)
        }
        Some(expires_at) => Some(later).filter(|retry_at| *retry_at < expires_at),
        None if now >= queued_at.plus(MAX_RETRY_SPAN) => None,
        None => Some(later),
    }
}

/// The state of a letter, for the page that waits for its one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterState {
    /// It is about to be sent.
    Pending,
    /// It could not be sent yet and is retried.
    Delayed,
    /// The relay has it.
    Sent,
    /// The recipient's server does not accept it.
    Refused,
    /// It is not retried any more.
    Dropped,
}

/// After how long a letter counts as late that has not been attempted.
const DELAYED_AFTER: Span = Span::from_secs(20);

impl LetterState {
    /// The state of a letter that has not been sent.
    pub fn from_waiting(queued_at: Timestamp, has_failed: bool, now: Timestamp) -> Self {
        if has_failed || now >= queued_at.plus(DELAYED_AFTER) { Self::Delayed } else { Self::Pending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_reply(text: &str) -> DeliveryFailure {
        let (code, rest) = text.split_at(3);
        DeliveryFailure::Refused(SmtpReply {
            code: code.parse().expect("a code"),
            enhanced: EnhancedCode::parse(rest.trim()),
        })
    }

    fn check_consequence(stage: DeliveryStage, reply: &str, expected: Consequence) {
        assert_eq!(decide_consequence(stage, parse_reply(reply), Spelling::Last), expected, "{stage} {reply}");
    }

    #[test]
    fn only_a_refusal_of_the_recipient_is_final() {
        use Consequence::{RecipientRefused, Retry};
        for stage in [
            DeliveryStage::Connect,
            DeliveryStage::Greeting,
            DeliveryStage::StartTls,
            DeliveryStage::Auth,
            DeliveryStage::Sender,
        ] {
            for reply in ["421", "454", "500", "535 5.7.8", "550 5.4.5", "550 5.1.1", "554"] {
                check_consequence(stage, reply, Retry);
            }
        }
        for reply in
            ["550", "550 5.1.1", "551 5.1.6", "552 5.2.2", "553", "554", "550 5.2.1", "501 5.1.3", "556 5.1.10"]
        {
            check_consequence(DeliveryStage::Recipient, reply, RecipientRefused);
        }
        for reply in [
            "421",
            "450",
            "451 4.7.1",
            "452 4.2.2",
            "503",
            "530 5.7.0",
            "535 5.7.8",
            "550 5.1.8",
            "553 5.1.7",
            "554 5.7.1",
            "550 5.3.4",
            "550 5.4.1",
            "503 5.5.1",
        ] {
            check_consequence(DeliveryStage::Recipient, reply, Retry);
        }
        for stage in [DeliveryStage::Data, DeliveryStage::Content] {
            for reply in ["550", "550 5.1.1", "552 5.2.2", "554 5.2.1"] {
                check_consequence(stage, reply, RecipientRefused);
            }
            for reply in ["451", "452", "554", "550 5.7.1", "554 5.6.0", "550 5.1.8", "503 5.5.1"] {
                check_consequence(stage, reply, Retry);
            }
        }
        for failure in [DeliveryFailure::TimedOut, DeliveryFailure::ConnectionFailed, DeliveryFailure::Unsupported] {
            for stage in DeliveryStage::ALL {
                assert_eq!(decide_consequence(stage, failure, Spelling::Last), Retry, "{stage} {failure:?}");
            }
        }
    }

    #[test]
    fn an_address_that_a_relay_cannot_read_is_written_in_its_other_spelling() {
        let check = |reply: &str, expected| {
            assert_eq!(
                decide_consequence(DeliveryStage::Recipient, parse_reply(reply), Spelling::FirstOfTwo),
                expected,
                "{reply}"
            );
        };
        for reply in ["501", "501 5.1.3", "501 5.5.4", "553", "553 5.1.3"] {
            check(reply, Consequence::OtherSpelling);
        }
        check("550 5.1.1", Consequence::RecipientRefused);
        check("451", Consequence::Retry);
        check("553 5.1.7", Consequence::Retry);
    }

    fn at_second(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn what_dies_soon_is_tried_often_and_not_after_its_death() {
        let check = |attempts, now, expected: Option<i64>| {
            assert_eq!(
                plan_retry(at_second(0), Some(at_second(600)), attempts, at_second(now)),
                expected.map(at_second),
                "{attempts} {now}"
            );
        };
        check(1, 0, Some(15));
        check(4, 50, Some(65));
        check(5, 70, Some(100));
        check(20, 560, Some(590));
        check(21, 570, None);
        check(1, 700, None);
    }

    #[test]
    fn what_is_of_use_for_long_is_tried_with_growing_waits_until_then() {
        let check = |attempts, now, expected: Option<i64>| {
            assert_eq!(
                plan_retry(at_second(0), Some(at_second(7_200)), attempts, at_second(now)),
                expected.map(at_second),
                "{attempts} {now}"
            );
        };
        check(1, 0, Some(30));
        check(2, 30, Some(90));
        check(7, 2_000, Some(3_800));
        check(9, 5_399, Some(7_199));
        check(9, 5_400, None);
    }

    #[test]
    fn what_lasts_is_tried_for_a_day_with_growing_waits() {
        let check = |attempts, now, expected: Option<i64>| {
            assert_eq!(
                plan_retry(at_second(0), None, attempts, at_second(now)),
                expected.map(at_second),
                "{attempts} {now}"
            );
        };
        check(1, 0, Some(30));
        check(2, 30, Some(90));
        check(3, 90, Some(210));
        check(7, 2_000, Some(3_800));
        check(100, 86_399, Some(88_199));
        check(101, 86_400, None);
    }

    #[test]
    fn an_enhanced_code_is_read_from_the_beginning_of_a_text() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(EnhancedCode::parse(text).map(|code| code.to_string()).as_deref(), expected, "{text}");
        };
        check("5.1.1 <a@b.example>: no such user", Some("5.1.1"));
        check("4.7.1", Some("4.7.1"));
        check("no such user", None);
        check("5.1", None);
        check("5.1.1.1 x", None);
        check("2.1.5 good", None);
        check("", None);
    }
}
