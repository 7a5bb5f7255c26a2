//! What becomes of a letter after an attempt to hand it over.
//!
//! A refusal of the recipient ends it. Whatever else goes wrong is about the service, its relay or the way there, and is
//! tried again for as long as the letter is of use.
//!
//! | the relay at | 4yz, closed, silent | 5yz |
//! |---|---|---|
//! | connecting, TLS, greeting, EHLO, STARTTLS, AUTH, MAIL FROM | again | again |
//! | RCPT TO | again | 501, 553: once more in the other spelling, where the address has two. About the service (see [`SmtpReply`]): again. Else the recipient is refused |
//! | DATA, end of data | again | about the recipient: refused. Else again |

use base::{Span, Timestamp};

use super::string_enum::string_enum;

string_enum! {
    /// How far a conversation with a relay came (RFC 5321 §3).
    pub enum DeliveryStage {
        /// The connection, and TLS where it comes first.
        Connect = "connect",
        /// The relay's greeting and its answer to EHLO.
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
        /// The letter itself and the dot behind it.
        Content = "end-of-data",
        /// Not a relay but a folder.
        Folder = "folder",
    }
}

impl DeliveryStage {
    /// Whether a relay that fails here fails for every letter.
    pub fn is_before_recipient(self) -> bool {
        matches!(self, Self::Connect | Self::Greeting | Self::StartTls | Self::Auth | Self::Sender | Self::Folder)
    }
}

/// A relay's negative answer, by its codes alone: its text repeats the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmtpReply {
    /// The reply code (RFC 5321 §4.2).
    pub code: u16,
    /// The enhanced code behind it (RFC 3463), if there is one.
    pub enhanced: Option<EnhancedCode>,
}

/// `5.1.1`: class, subject, detail (RFC 3463 §2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnhancedCode {
    /// 4 or 5.
    pub class: u8,
    /// What it is about: 1 address, 2 mailbox, 3 mail system, 4 network, 5 protocol, 6 content, 7 policy.
    pub subject: u16,
    /// What exactly.
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

    /// Whether the relay could not read the address (RFC 5321 §4.2.3).
    fn is_about_syntax(self) -> bool {
        matches!(self.code, 501 | 553)
    }

    /// Whether an answer to RCPT TO is about who sends and how. Relays that put such refusals off until then are common
    /// (Postfix's `smtpd_delay_reject`): relaying denied, a sender or client that is not liked, a missing sign-in.
    fn is_about_service(self) -> bool {
        match self.enhanced {
            // X.1.7 and X.1.8 are the sender's address (RFC 3463 §3.2).
            Some(EnhancedCode { subject: 1, detail, .. }) => matches!(detail, 7 | 8),
            Some(EnhancedCode { subject: 2, .. }) => false,
            Some(EnhancedCode { subject: 3 | 4 | 7, .. }) => true,
            // An address that cannot be read is told as a wrong argument too (X.5.2, X.5.4).
            Some(EnhancedCode { subject: 5, .. }) => !self.is_about_syntax(),
            _ => matches!(self.code, 500 | 502 | 503 | 504 | 521 | 530 | 534 | 535 | 538 | 555),
        }
    }

    /// Whether an answer after DATA is about the recipient's address or mailbox and not about sender or content.
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
    /// The relay said no.
    Refused(SmtpReply),
    /// It did not answer in time.
    TimedOut,
    /// It cannot be reached, closed the connection, is not trusted, or said what is no answer.
    ConnectionFailed,
    /// It does not offer what the settings ask for: STARTTLS, or a way to sign in.
    Unsupported,
}

/// In which spelling an address was given to the relay. An old carrier address (`a..b@docomo.ne.jp`) is no dot-atom, so it
/// has two: as its owner writes it, and quoted (RFC 5321 §4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// As written, and quoted is left to try.
    FirstOfTwo,
    /// The only one, or the last.
    Last,
}

/// What follows from a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consequence {
    /// The other spelling of the address is tried within the same conversation.
    OtherSpelling,
    /// The letter is tried again later.
    Retry,
    /// The recipient's server takes no letter for this address.
    RecipientRefused,
}

/// What follows from a failure at a stage.
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

/// For how long a letter is tried whose content does not die.
const MAX_RETRY_SPAN: Span = Span::from_hours(24);
/// The longest wait between two attempts.
const MAX_WAIT_SECONDS: i64 = 30 * 60;
/// How many attempts of a letter that dies follow quickly.
const QUICK_ATTEMPTS: u32 = 4;

/// When a letter is tried again after its attempt number `attempts`; None where it is not. `dies_at` is when its content is
/// of no use any more: a code of ten minutes is not worth sending after them.
pub fn plan_retry(
    queued_at: Timestamp,
    dies_at: Option<Timestamp>,
    attempts: u32,
    now: Timestamp,
) -> Option<Timestamp> {
    match dies_at {
        Some(end) => {
            let wait = if attempts <= QUICK_ATTEMPTS { 15 } else { 30 };
            Some(now.plus(Span::from_secs(wait))).filter(|at| *at < end)
        }
        None if now >= queued_at.plus(MAX_RETRY_SPAN) => None,
        None => {
            let doubled = 30_i64.saturating_mul(1 << attempts.saturating_sub(1).min(16));
            Some(now.plus(Span::from_secs(doubled.min(MAX_WAIT_SECONDS))))
        }
    }
}

/// How a letter fares, as far as the page needs to know that waits for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterState {
    /// It is about to be handed over.
    Pending,
    /// It could not be handed over yet and is tried again.
    Delayed,
    /// The recipient's server has it.
    Sent,
    /// The recipient's server does not take it.
    Refused,
    /// It is not tried any more.
    Dropped,
}

/// After how long a letter that nobody tried is late.
const DELAYED_AFTER: Span = Span::from_secs(20);

impl LetterState {
    /// The state of a letter that waits.
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

    fn check_consequence(stage: DeliveryStage, answer: &str, expected: Consequence) {
        assert_eq!(decide_consequence(stage, parse_reply(answer), Spelling::Last), expected, "{stage} {answer}");
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
            for answer in ["421", "454", "500", "535 5.7.8", "550 5.4.5", "550 5.1.1", "554"] {
                check_consequence(stage, answer, Retry);
            }
        }
        for answer in
            ["550", "550 5.1.1", "551 5.1.6", "552 5.2.2", "553", "554", "550 5.2.1", "501 5.1.3", "556 5.1.10"]
        {
            check_consequence(DeliveryStage::Recipient, answer, RecipientRefused);
        }
        for answer in [
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
            check_consequence(DeliveryStage::Recipient, answer, Retry);
        }
        for stage in [DeliveryStage::Data, DeliveryStage::Content] {
            for answer in ["550", "550 5.1.1", "552 5.2.2", "554 5.2.1"] {
                check_consequence(stage, answer, RecipientRefused);
            }
            for answer in ["451", "452", "554", "550 5.7.1", "554 5.6.0", "550 5.1.8", "503 5.5.1"] {
                check_consequence(stage, answer, Retry);
            }
        }
        for failure in [DeliveryFailure::TimedOut, DeliveryFailure::ConnectionFailed, DeliveryFailure::Unsupported] {
            for stage in DeliveryStage::ALL {
                assert_eq!(decide_consequence(*stage, failure, Spelling::Last), Retry, "{stage} {failure:?}");
            }
        }
    }

    #[test]
    fn an_address_that_a_relay_cannot_read_is_written_in_its_other_spelling() {
        let check = |answer: &str, expected| {
            assert_eq!(
                decide_consequence(DeliveryStage::Recipient, parse_reply(answer), Spelling::FirstOfTwo),
                expected,
                "{answer}"
            );
        };
        for answer in ["501", "501 5.1.3", "501 5.5.4", "553", "553 5.1.3"] {
            check(answer, Consequence::OtherSpelling);
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
