//! One request to the portal app: from the ticket to the browser that goes on.
//!
//! ```text
//! Open ──claim──▶ Claimed ──answer──▶ Answered ──return in the same browser──▶ Done
//!   └───────────────┴───────────────────┴──▶ Ended (given up, refused, wrong number twice, too late)
//! ```
//!
//! The app's answer alone lets nobody in. [`Stage::come_back`] needs the one-time code (or the three digits) *and* is
//! only ever called for an errand that the store found by the cookie of the browser that began it.
//!
//! # Whose card was it?
//!
//! Somebody who sees the screen may scan its QR code before the person does, read another card and send the person a link
//! with the return code, so that the browser that began registers that card. Against this:
//!
//! * The QR code and the link carry different tickets. What was opened with the QR code's ticket earns three digits and
//!   never a code ([`Stage::return_by`]), so there is no link to send; and no app can answer with the QR code's ticket what
//!   another app opened with the link's.
//! * The page behind the return says whose card was registered, by a masked name, and takes the registration back at one
//!   press ([`super::procedure::Stage::disown`]) before the service has heard of it.
//!
//! A press before the registration would guard as well. It was not chosen: it costs every patient a tap, and a person who
//! closes the page after the card was read has registered (the guide says so).
//!
//! # The way back on an iPhone
//!
//! An app on an iPhone opens a link in the default browser. That is the browser that began in most cases, and not where the
//! person began in a browser within another app, in a private tab, or in another browser than the default one. So a link
//! is offered only where the page was shown by Safari itself ([`ReturnLink::Trusted`]), and the digits stay beside it. It
//! is safe in any browser: the code is worth nothing without the cookie of the browser that began. A code that comes in
//! another browser is spent, and the digits go on being asked for where the person began: nobody has gained a try by it.

use base::{Digest, Span, Timestamp};
use errand::{Device, Opened};
use serde::{Deserialize, Serialize};

/// How long a ticket lives: five minutes.
pub const LIFE: Span = Span::from_mins(5);

/// How long a return code lives: the app hands it over at once.
pub const CODE_LIFE: Span = Span::from_secs(60);

/// How often the three digits may be typed. One in five hundred for somebody who guesses.
pub const NUMBER_TRIES: u8 = 2;

/// The holder of a card that was verified, as far as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Holder {
    /// The key identifier of the authority that issued the certificate.
    pub issuer: Vec<u8>,
    /// The certificate's serial number. It never leaves the national side.
    pub serial: Vec<u8>,
    /// Whether the certificate is in its three months after the end.
    pub certificate: Validity,
    /// The certificate's last second, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
}

/// What a certificate is good for today.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// Everything.
    Valid,
    /// Eligibility, and no medical data.
    Grace,
}

/// How the person comes back into the browser.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The app leads the browser back with a code.
    Code {
        /// Of the code.
        digest: [u8; 32],
        /// Until when it is good.
        until: Timestamp,
    },
    /// The person types three digits into the page where she began.
    Number {
        /// Of the digits, bound to this errand.
        digest: [u8; 32],
        /// How often they may still be typed.
        tries_left: u8,
    },
    /// The app's link leads back with a code; where it opens another browser, the person types three digits.
    CodeOrNumber {
        /// Of the code.
        code: [u8; 32],
        /// Until when the code is good.
        until: Timestamp,
        /// Of the digits, bound to this errand.
        number: [u8; 32],
        /// How often they may still be typed.
        tries_left: u8,
    },
}

/// Whether a link that an app on an iPhone opens can be expected to open the browser that began.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReturnLink {
    /// The page was shown by Safari itself.
    Trusted,
    /// The page was shown by another browser, or within an app.
    Untrusted,
}

impl ReturnLink {
    /// How it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Untrusted => "untrusted",
        }
    }

    /// What was stored. What is not known is not trusted.
    pub fn from_text(text: &str) -> Self {
        if text == Self::Trusted.as_str() { Self::Trusted } else { Self::Untrusted }
    }
}

/// By what a person may come back once the card has answered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReturnBy {
    /// The app leads the browser back with a code.
    Code,
    /// The person types three digits.
    Number,
    /// The app offers a link, and shows three digits beside it.
    CodeOrNumber,
}

/// Where an errand stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The link is shown.
    Open,
    /// An app has it.
    Claimed {
        /// On what device.
        device: Device,
        /// Opened how.
        opened: Opened,
    },
    /// The card has answered and was verified.
    Answered {
        /// Whose card.
        holder: Holder,
        /// How the person comes back.
        way: Way,
    },
    /// The person came back.
    Done {
        /// Whose card.
        holder: Holder,
    },
    /// It came to nothing.
    Ended(End),
}

/// Why an errand came to nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The person or the card gave up in the app.
    GaveUp(errand::Why),
    /// The card's answer was refused, with the reason's code.
    Refused(String),
    /// The three digits were wrong twice.
    WrongNumber,
    /// It was not done in time.
    TooLate,
    /// It was started again.
    Superseded,
}

/// Why a move cannot be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Misstep {
    /// Another app has it already.
    #[error("the errand was claimed already")]
    ClaimedBefore,
    /// It is not at this step.
    #[error("the errand is not at this step")]
    OutOfTurn,
    /// It is over.
    #[error("the errand is over")]
    Over,
    /// The code or the digits are wrong.
    #[error("the return code or number is wrong")]
    WrongWord,
}

/// By what the person comes back.
pub enum Word {
    /// The digest of the return code.
    Code(Digest),
    /// The digest of the three digits, bound to the errand.
    Number(Digest),
}

impl Stage {
    /// An app takes it on: once.
    pub fn claim(self, device: Device, opened: Opened) -> Result<Self, Misstep> {
        match self {
            Self::Open => Ok(Self::Claimed { device, opened }),
            Self::Claimed { .. } | Self::Answered { .. } => Err(Misstep::ClaimedBefore),
            Self::Done { .. } | Self::Ended(_) => Err(Misstep::Over),
        }
    }

    /// The card's verified answer.
    pub fn answer(self, holder: Holder, way: Way) -> Result<Self, Misstep> {
        match self {
            Self::Claimed { .. } => Ok(Self::Answered { holder, way }),
            Self::Open | Self::Answered { .. } => Err(Misstep::OutOfTurn),
            Self::Done { .. } | Self::Ended(_) => Err(Misstep::Over),
        }
    }

    /// How the person comes back: by the app's link, or by three digits that are typed.
    pub fn return_by(&self, link: ReturnLink) -> Result<ReturnBy, Misstep> {
        match (self, link) {
            (Self::Claimed { device: Device::Android | Device::Computer, opened: Opened::Link }, _) => {
                Ok(ReturnBy::Code)
            }
            (Self::Claimed { device: Device::Iphone, opened: Opened::Link }, ReturnLink::Trusted) => {
                Ok(ReturnBy::CodeOrNumber)
            }
            (Self::Claimed { .. }, _) => Ok(ReturnBy::Number),
            _ => Err(Misstep::OutOfTurn),
        }
    }

    /// The return code came in a browser that did not begin. It is spent; where there is nothing else to come back by, the
    /// errand is over for this reason.
    #[must_use]
    pub fn spend_code(self, why: End) -> Self {
        match self {
            Self::Answered { holder, way: Way::CodeOrNumber { number, tries_left, .. } } => {
                Self::Answered { holder, way: Way::Number { digest: number, tries_left } }
            }
            // It was spent before.
            Self::Answered { way: Way::Number { .. }, .. } => self,
            stage => stage.end(why),
        }
    }

    /// The browser that began it brings the word. What stands afterwards is kept either way: a wrong number costs a try.
    pub fn come_back(self, word: &Word, now: Timestamp) -> (Self, Result<(), Misstep>) {
        let Self::Answered { holder, way } = self else {
            let misstep =
                if matches!(self, Self::Ended(_) | Self::Done { .. }) { Misstep::Over } else { Misstep::OutOfTurn };
            return (self, Err(misstep));
        };
        match (way, word) {
            (Way::CodeOrNumber { code, until, .. }, Word::Code(brought))
                if now < until && base::same(&code, brought.as_bytes()) =>
            {
                (Self::Done { holder }, Ok(()))
            }
            // Too late for the code, and not for the digits.
            (Way::CodeOrNumber { number, tries_left, .. }, Word::Code(_)) => {
                (Self::Answered { holder, way: Way::Number { digest: number, tries_left } }, Err(Misstep::WrongWord))
            }
            // Whoever types the digits does without the code.
            (Way::CodeOrNumber { number, tries_left, .. }, Word::Number(_)) => {
                Self::Answered { holder, way: Way::Number { digest: number, tries_left } }.come_back(word, now)
            }
            (Way::Code { digest, until }, Word::Code(brought)) => {
                if now >= until {
                    (Self::Ended(End::TooLate), Err(Misstep::Over))
                } else if base::same(&digest, brought.as_bytes()) {
                    (Self::Done { holder }, Ok(()))
                } else {
                    (Self::Answered { holder, way: Way::Code { digest, until } }, Err(Misstep::WrongWord))
                }
            }
            (Way::Number { digest, .. }, Word::Number(brought)) if base::same(&digest, brought.as_bytes()) => {
                (Self::Done { holder }, Ok(()))
            }
            (Way::Number { digest, tries_left }, Word::Number(_)) if tries_left > 1 => {
                let way = Way::Number { digest, tries_left: tries_left - 1 };
                (Self::Answered { holder, way }, Err(Misstep::WrongWord))
            }
            (Way::Number { .. }, Word::Number(_)) => (Self::Ended(End::WrongNumber), Err(Misstep::Over)),
            (way, _) => (Self::Answered { holder, way }, Err(Misstep::OutOfTurn)),
        }
    }

    /// It comes to nothing. What is done stays done.
    #[must_use]
    pub fn end(self, why: End) -> Self {
        match self {
            Self::Done { .. } | Self::Ended(_) => self,
            Self::Open | Self::Claimed { .. } | Self::Answered { .. } => Self::Ended(why),
        }
    }

    /// The stage as it is at `now`. An answered errand whose number is still to be typed lives on as long as its ticket.
    #[must_use]
    pub fn at(self, now: Timestamp, ends: Timestamp) -> Self {
        if now >= ends { self.end(End::TooLate) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> Holder {
        Holder { issuer: vec![1], serial: vec![2], certificate: Validity::Valid, ends: None }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn word(text: &str) -> Digest {
        base::digest(&[text.as_bytes()])
    }

    fn by_code() -> Stage {
        let way = Way::Code { digest: *word("code").as_bytes(), until: at(60) };
        Stage::Open.claim(Device::Android, Opened::Link).unwrap().answer(holder(), way).unwrap()
    }

    fn by_number() -> Stage {
        let way = Way::Number { digest: *word("123").as_bytes(), tries_left: NUMBER_TRIES };
        Stage::Open.claim(Device::Iphone, Opened::Link).unwrap().answer(holder(), way).unwrap()
    }

    fn by_either() -> Stage {
        let (code, number) = (*word("code").as_bytes(), *word("123").as_bytes());
        let way = Way::CodeOrNumber { code, until: at(60), number, tries_left: NUMBER_TRIES };
        Stage::Open.claim(Device::Iphone, Opened::Link).unwrap().answer(holder(), way).unwrap()
    }

    #[test]
    fn a_code_is_earned_only_where_the_app_was_opened_by_the_link() {
        let check = |device, opened, link, expected| {
            let claimed = Stage::Open.claim(device, opened).unwrap();
            assert_eq!(claimed.return_by(link), Ok(expected), "{device:?} {opened:?} {link:?}");
        };
        for link in [ReturnLink::Trusted, ReturnLink::Untrusted] {
            check(Device::Android, Opened::Link, link, ReturnBy::Code);
            check(Device::Computer, Opened::Link, link, ReturnBy::Code);
            for device in [Device::Android, Device::Iphone, Device::Computer] {
                check(device, Opened::Scan, link, ReturnBy::Number);
            }
        }
        check(Device::Iphone, Opened::Link, ReturnLink::Trusted, ReturnBy::CodeOrNumber);
        check(Device::Iphone, Opened::Link, ReturnLink::Untrusted, ReturnBy::Number);
    }

    #[test]
    fn where_the_app_offers_both_either_lets_in_once() {
        let (done, outcome) = by_either().come_back(&Word::Code(word("code")), at(59));
        assert_eq!((&done, outcome), (&Stage::Done { holder: holder() }, Ok(())));
        assert_eq!(done.come_back(&Word::Number(word("123")), at(59)).1, Err(Misstep::Over));
        assert_eq!(by_either().come_back(&Word::Number(word("123")), at(200)).1, Ok(()));
        // Too late for the code, the digits are asked for; wrong digits cost a try as ever.
        let (number, outcome) = by_either().come_back(&Word::Code(word("code")), at(60));
        assert_eq!((&number, outcome), (&by_number(), Err(Misstep::WrongWord)));
        let (again, outcome) = by_either().come_back(&Word::Number(word("999")), at(1));
        assert_eq!(outcome, Err(Misstep::WrongWord));
        assert_eq!(again.clone().come_back(&Word::Code(word("code")), at(1)).1, Err(Misstep::OutOfTurn));
        let (over, _) = again.come_back(&Word::Number(word("998")), at(1));
        assert_eq!(over, Stage::Ended(End::WrongNumber));
    }

    #[test]
    fn a_code_that_came_in_another_browser_is_spent_and_gives_nobody_a_try() {
        let why = || End::Refused("elsewhere".into());
        assert_eq!(by_code().spend_code(why()), Stage::Ended(why()));
        assert_eq!(by_either().spend_code(why()), by_number());
        assert_eq!(by_either().spend_code(why()).spend_code(why()), by_number());
        let done = Stage::Done { holder: holder() };
        assert_eq!(done.clone().spend_code(why()), done);
    }

    #[test]
    fn an_errand_is_claimed_once() {
        let claimed = Stage::Open.claim(Device::Android, Opened::Link).unwrap();
        assert_eq!(claimed.claim(Device::Iphone, Opened::Scan), Err(Misstep::ClaimedBefore));
    }

    #[test]
    fn the_code_lets_in_once_and_for_a_minute() {
        let (done, outcome) = by_code().come_back(&Word::Code(word("code")), at(59));
        assert_eq!((&done, outcome), (&Stage::Done { holder: holder() }, Ok(())));
        assert_eq!(done.come_back(&Word::Code(word("code")), at(59)).1, Err(Misstep::Over));
        assert_eq!(by_code().come_back(&Word::Code(word("code")), at(60)).1, Err(Misstep::Over));
        assert_eq!(by_code().come_back(&Word::Code(word("other")), at(1)).1, Err(Misstep::WrongWord));
        assert_eq!(by_code().come_back(&Word::Number(word("123")), at(1)).1, Err(Misstep::OutOfTurn));
    }

    #[test]
    fn a_number_may_be_wrong_once() {
        let (again, outcome) = by_number().come_back(&Word::Number(word("999")), at(1));
        assert_eq!(outcome, Err(Misstep::WrongWord));
        assert_eq!(again.clone().come_back(&Word::Number(word("123")), at(1)).1, Ok(()));
        let (over, outcome) = again.come_back(&Word::Number(word("998")), at(1));
        assert_eq!((over, outcome), (Stage::Ended(End::WrongNumber), Err(Misstep::Over)));
    }

    #[test]
    fn polling_lets_nobody_in() {
        // Nothing but `come_back` makes `Done`: time, ends and claims do not.
        for stage in [by_code(), by_number(), by_either()] {
            assert!(!matches!(stage.clone().at(at(1), at(300)), Stage::Done { .. }));
            assert!(!matches!(stage.clone().end(End::TooLate), Stage::Done { .. }));
            assert!(stage.claim(Device::Android, Opened::Link).is_err());
        }
    }
}
