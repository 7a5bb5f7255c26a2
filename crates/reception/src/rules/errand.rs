//! One request to the portal app: from the ticket to the browser that goes on.
//!
//! ```text
//! Open ──claim──▶ Claimed ──answer──▶ Answered ──return in the same browser──▶ Done
//!   └───────────────┴───────────────────┴──▶ Ended (given up, refused, wrong number twice, too late)
//! ```
//!
//! The app's answer alone lets nobody in. [`Stage::come_back`] needs the one-time code (or the three digits) *and* is
//! only ever called for an errand that the store found by the cookie of the browser that began it.

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

    /// Whether the app can lead back by itself, or the person must carry three digits.
    pub fn carries_code(&self) -> Result<bool, Misstep> {
        match self {
            Self::Claimed { device: Device::Android | Device::Computer, opened: Opened::Link } => Ok(true),
            Self::Claimed { .. } => Ok(false),
            _ => Err(Misstep::OutOfTurn),
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

    #[test]
    fn only_an_app_on_the_same_android_or_computer_carries_the_code() {
        let check = |device, opened, expected| {
            assert_eq!(
                Stage::Open.claim(device, opened).unwrap().carries_code(),
                Ok(expected),
                "{device:?} {opened:?}"
            );
        };
        check(Device::Android, Opened::Link, true);
        check(Device::Computer, Opened::Link, true);
        check(Device::Iphone, Opened::Link, false);
        check(Device::Android, Opened::Scan, false);
        check(Device::Iphone, Opened::Scan, false);
        check(Device::Computer, Opened::Scan, false);
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
        for stage in [by_code(), by_number()] {
            assert!(!matches!(stage.clone().at(at(1), at(300)), Stage::Done { .. }));
            assert!(!matches!(stage.clone().end(End::TooLate), Stage::Done { .. }));
            assert!(stage.claim(Device::Android, Opened::Link).is_err());
        }
    }
}
