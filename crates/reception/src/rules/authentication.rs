//! One request to the portal app: from the ticket to the browser that goes on.
//!
//! ```text
//! Open ──claim──▶ Claimed ──answer──▶ Answered ──return in the same browser──▶ Done
//!   └───────────────┴───────────────────┴──▶ Ended (given up, refused, wrong number twice, too late)
//! ```
//!
//! The app's answer alone lets nobody in. [`AuthenticationStage::complete_return`] needs the one-time code (or the three digits) *and* is
//! only ever called for an errand that the store found by the cookie of the browser that began it.
//!
//! # Whose card was it?
//!
//! Somebody who sees the screen may scan its QR code before the person does, read another card and send the person a link
//! with the return code, so that the browser that began registers that card. Against this:
//!
//! * The QR code and the link carry different tickets. What was opened with the QR code's ticket earns three digits and
//!   never a code ([`AuthenticationStage::return_method`]), so there is no link to send; and no app can answer with the QR code's ticket what
//!   another app opened with the link's.
//! * The page behind the return says whose card was registered, by a masked name, and takes the registration back at one
//!   press ([`super::procedure::ProcedureStage::cancel_registration`]) before the service has heard of it.
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
use errand::{Device, OpenMethod};
use serde::{Deserialize, Serialize};

/// How long a ticket lives: five minutes.
pub const TICKET_LIFE: Span = Span::from_mins(5);

/// How long a return code lives: the app hands it over at once.
pub const RETURN_CODE_LIFE: Span = Span::from_secs(60);

/// How often the three digits may be typed. One in five hundred for somebody who guesses.
pub const NUMBER_TRIES: u8 = 2;

/// The holder of a card that was verified, as far as it is kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoredHolder {
    /// The key identifier of the authority that issued the certificate.
    pub issuer: Vec<u8>,
    /// The certificate's serial number. It never leaves the national side.
    pub serial: Vec<u8>,
    /// Whether the certificate is in its three months after the end.
    pub certificate: CertificateValidity,
    /// The certificate's last second, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
}

/// What a certificate is good for today.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateValidity {
    /// Everything.
    Valid,
    /// Eligibility, and no medical data.
    Grace,
}

/// How the person comes back into the browser.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCredential {
    /// The app leads the browser back with a code.
    Code {
        /// Of the code.
        digest: [u8; 32],
        /// Until when it is good.
        #[serde(rename = "until")]
        valid_until: Timestamp,
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
        #[serde(rename = "until")]
        code_valid_until: Timestamp,
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
pub enum ReturnMethod {
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
pub enum AuthenticationStage {
    /// The link is shown.
    Open,
    /// An app has it.
    Claimed {
        /// On what device.
        device: Device,
        /// Opened how.
        opened: OpenMethod,
    },
    /// The card has answered and was verified.
    #[serde(rename = "answered")]
    Verified {
        /// Whose card.
        holder: StoredHolder,
        /// How the person comes back.
        #[serde(rename = "way")]
        credential: ReturnCredential,
    },
    /// The person came back.
    Done {
        /// Whose card.
        holder: StoredHolder,
    },
    /// It came to nothing.
    Ended(AuthenticationEnd),
}

/// Why an errand came to nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationEnd {
    /// The person or the card gave up in the app.
    GaveUp(errand::AbortReason),
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
pub enum AuthenticationTransitionError {
    /// Another app has it already.
    #[error("the errand was claimed already")]
    AlreadyClaimed,
    /// It is not at this step.
    #[error("the errand is not at this step")]
    OutOfTurn,
    /// It is over.
    #[error("the errand is over")]
    Ended,
    /// The code or the digits are wrong.
    #[error("the return code or number is wrong")]
    WrongCredential,
}

/// By what the person comes back.
pub enum PresentedCredential {
    /// The digest of the return code.
    Code(Digest),
    /// The digest of the three digits, bound to the errand.
    Number(Digest),
}

impl AuthenticationStage {
    /// An app takes it on: once.
    pub fn claim(self, device: Device, opened: OpenMethod) -> Result<Self, AuthenticationTransitionError> {
        match self {
            Self::Open => Ok(Self::Claimed { device, opened }),
            Self::Claimed { .. } | Self::Verified { .. } => Err(AuthenticationTransitionError::AlreadyClaimed),
            Self::Done { .. } | Self::Ended(_) => Err(AuthenticationTransitionError::Ended),
        }
    }

    /// The card's verified answer.
    pub fn mark_verified(
        self,
        holder: StoredHolder,
        way: ReturnCredential,
    ) -> Result<Self, AuthenticationTransitionError> {
        match self {
            Self::Claimed { .. } => Ok(Self::Verified { holder, credential: way }),
            Self::Open | Self::Verified { .. } => Err(AuthenticationTransitionError::OutOfTurn),
            Self::Done { .. } | Self::Ended(_) => Err(AuthenticationTransitionError::Ended),
        }
    }

    /// How the person comes back: by the app's link, or by three digits that are typed.
    pub fn return_method(&self, link: ReturnLink) -> Result<ReturnMethod, AuthenticationTransitionError> {
        match (self, link) {
            (Self::Claimed { device: Device::Android | Device::Computer, opened: OpenMethod::Link }, _) => {
                Ok(ReturnMethod::Code)
            }
            (Self::Claimed { device: Device::Iphone, opened: OpenMethod::Link }, ReturnLink::Trusted) => {
                Ok(ReturnMethod::CodeOrNumber)
            }
            (Self::Claimed { .. }, _) => Ok(ReturnMethod::Number),
            _ => Err(AuthenticationTransitionError::OutOfTurn),
        }
    }

    /// The return code came in a browser that did not begin. It is spent; where there is nothing else to come back by, the
    /// errand is over for this reason.
    #[must_use]
    pub fn spend_code(self, why: AuthenticationEnd) -> Self {
        match self {
            Self::Verified { holder, credential: ReturnCredential::CodeOrNumber { number, tries_left, .. } } => {
                Self::Verified { holder, credential: ReturnCredential::Number { digest: number, tries_left } }
            }
            // It was spent before.
            Self::Verified { credential: ReturnCredential::Number { .. }, .. } => self,
            stage => stage.end(why),
        }
    }

    /// The browser that began it brings the word. What stands afterwards is kept either way: a wrong number costs a try.
    pub fn complete_return(
        self,
        word: &PresentedCredential,
        now: Timestamp,
    ) -> (Self, Result<(), AuthenticationTransitionError>) {
        let Self::Verified { holder, credential: way } = self else {
            let misstep = if matches!(self, Self::Ended(_) | Self::Done { .. }) {
                AuthenticationTransitionError::Ended
            } else {
                AuthenticationTransitionError::OutOfTurn
            };
            return (self, Err(misstep));
        };
        match (way, word) {
            (
                ReturnCredential::CodeOrNumber { code, code_valid_until: until, .. },
                PresentedCredential::Code(brought),
            ) if now < until && base::constant_time_eq(&code, brought.as_bytes()) => (Self::Done { holder }, Ok(())),
            // Too late for the code, and not for the digits.
            (ReturnCredential::CodeOrNumber { number, tries_left, .. }, PresentedCredential::Code(_)) => (
                Self::Verified { holder, credential: ReturnCredential::Number { digest: number, tries_left } },
                Err(AuthenticationTransitionError::WrongCredential),
            ),
            // Whoever types the digits does without the code.
            (ReturnCredential::CodeOrNumber { number, tries_left, .. }, PresentedCredential::Number(_)) => {
                Self::Verified { holder, credential: ReturnCredential::Number { digest: number, tries_left } }
                    .complete_return(word, now)
            }
            (ReturnCredential::Code { digest, valid_until: until }, PresentedCredential::Code(brought)) => {
                if now >= until {
                    (Self::Ended(AuthenticationEnd::TooLate), Err(AuthenticationTransitionError::Ended))
                } else if base::constant_time_eq(&digest, brought.as_bytes()) {
                    (Self::Done { holder }, Ok(()))
                } else {
                    (
                        Self::Verified { holder, credential: ReturnCredential::Code { digest, valid_until: until } },
                        Err(AuthenticationTransitionError::WrongCredential),
                    )
                }
            }
            (ReturnCredential::Number { digest, .. }, PresentedCredential::Number(brought))
                if base::constant_time_eq(&digest, brought.as_bytes()) =>
            {
                (Self::Done { holder }, Ok(()))
            }
            (ReturnCredential::Number { digest, tries_left }, PresentedCredential::Number(_)) if tries_left > 1 => {
                let way = ReturnCredential::Number { digest, tries_left: tries_left - 1 };
                (Self::Verified { holder, credential: way }, Err(AuthenticationTransitionError::WrongCredential))
            }
            (ReturnCredential::Number { .. }, PresentedCredential::Number(_)) => {
                (Self::Ended(AuthenticationEnd::WrongNumber), Err(AuthenticationTransitionError::Ended))
            }
            (way, _) => (Self::Verified { holder, credential: way }, Err(AuthenticationTransitionError::OutOfTurn)),
        }
    }

    /// It comes to nothing. What is done stays done.
    #[must_use]
    pub fn end(self, why: AuthenticationEnd) -> Self {
        match self {
            Self::Done { .. } | Self::Ended(_) => self,
            Self::Open | Self::Claimed { .. } | Self::Verified { .. } => Self::Ended(why),
        }
    }

    /// The stage as it is at `now`. An answered errand whose number is still to be typed lives on as long as its ticket.
    #[must_use]
    pub fn at_time(self, now: Timestamp, ends: Timestamp) -> Self {
        if now >= ends { self.end(AuthenticationEnd::TooLate) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder() -> StoredHolder {
        StoredHolder { issuer: vec![1], serial: vec![2], certificate: CertificateValidity::Valid, ends: None }
    }

    fn timestamp(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn digest(text: &str) -> Digest {
        base::digest(&[text.as_bytes()])
    }

    fn verified_with_code() -> AuthenticationStage {
        let way = ReturnCredential::Code { digest: *digest("code").as_bytes(), valid_until: timestamp(60) };
        AuthenticationStage::Open
            .claim(Device::Android, OpenMethod::Link)
            .unwrap()
            .mark_verified(holder(), way)
            .unwrap()
    }

    fn verified_with_number() -> AuthenticationStage {
        let way = ReturnCredential::Number { digest: *digest("123").as_bytes(), tries_left: NUMBER_TRIES };
        AuthenticationStage::Open.claim(Device::Iphone, OpenMethod::Link).unwrap().mark_verified(holder(), way).unwrap()
    }

    fn verified_with_code_or_number() -> AuthenticationStage {
        let (code, number) = (*digest("code").as_bytes(), *digest("123").as_bytes());
        let way =
            ReturnCredential::CodeOrNumber { code, code_valid_until: timestamp(60), number, tries_left: NUMBER_TRIES };
        AuthenticationStage::Open.claim(Device::Iphone, OpenMethod::Link).unwrap().mark_verified(holder(), way).unwrap()
    }

    #[test]
    fn a_code_is_earned_only_where_the_app_was_opened_by_the_link() {
        let check = |device, opened, link, expected| {
            let claimed = AuthenticationStage::Open.claim(device, opened).unwrap();
            assert_eq!(claimed.return_method(link), Ok(expected), "{device:?} {opened:?} {link:?}");
        };
        for link in [ReturnLink::Trusted, ReturnLink::Untrusted] {
            check(Device::Android, OpenMethod::Link, link, ReturnMethod::Code);
            check(Device::Computer, OpenMethod::Link, link, ReturnMethod::Code);
            for device in [Device::Android, Device::Iphone, Device::Computer] {
                check(device, OpenMethod::Scan, link, ReturnMethod::Number);
            }
        }
        check(Device::Iphone, OpenMethod::Link, ReturnLink::Trusted, ReturnMethod::CodeOrNumber);
        check(Device::Iphone, OpenMethod::Link, ReturnLink::Untrusted, ReturnMethod::Number);
    }

    #[test]
    fn where_the_app_offers_both_either_lets_in_once() {
        let (done, outcome) =
            verified_with_code_or_number().complete_return(&PresentedCredential::Code(digest("code")), timestamp(59));
        assert_eq!((&done, outcome), (&AuthenticationStage::Done { holder: holder() }, Ok(())));
        assert_eq!(
            done.complete_return(&PresentedCredential::Number(digest("123")), timestamp(59)).1,
            Err(AuthenticationTransitionError::Ended)
        );
        assert_eq!(
            verified_with_code_or_number()
                .complete_return(&PresentedCredential::Number(digest("123")), timestamp(200))
                .1,
            Ok(())
        );
        // Too late for the code, the digits are asked for; wrong digits cost a try as ever.
        let (number, outcome) =
            verified_with_code_or_number().complete_return(&PresentedCredential::Code(digest("code")), timestamp(60));
        assert_eq!((&number, outcome), (&verified_with_number(), Err(AuthenticationTransitionError::WrongCredential)));
        let (again, outcome) =
            verified_with_code_or_number().complete_return(&PresentedCredential::Number(digest("999")), timestamp(1));
        assert_eq!(outcome, Err(AuthenticationTransitionError::WrongCredential));
        assert_eq!(
            again.clone().complete_return(&PresentedCredential::Code(digest("code")), timestamp(1)).1,
            Err(AuthenticationTransitionError::OutOfTurn)
        );
        let (over, _) = again.complete_return(&PresentedCredential::Number(digest("998")), timestamp(1));
        assert_eq!(over, AuthenticationStage::Ended(AuthenticationEnd::WrongNumber));
    }

    #[test]
    fn a_code_that_came_in_another_browser_is_spent_and_gives_nobody_a_try() {
        let why = || AuthenticationEnd::Refused("elsewhere".into());
        assert_eq!(verified_with_code().spend_code(why()), AuthenticationStage::Ended(why()));
        assert_eq!(verified_with_code_or_number().spend_code(why()), verified_with_number());
        assert_eq!(verified_with_code_or_number().spend_code(why()).spend_code(why()), verified_with_number());
        let done = AuthenticationStage::Done { holder: holder() };
        assert_eq!(done.clone().spend_code(why()), done);
    }

    #[test]
    fn an_errand_is_claimed_once() {
        let claimed = AuthenticationStage::Open.claim(Device::Android, OpenMethod::Link).unwrap();
        assert_eq!(claimed.claim(Device::Iphone, OpenMethod::Scan), Err(AuthenticationTransitionError::AlreadyClaimed));
    }

    #[test]
    fn the_code_lets_in_once_and_for_a_minute() {
        let (done, outcome) =
            verified_with_code().complete_return(&PresentedCredential::Code(digest("code")), timestamp(59));
        assert_eq!((&done, outcome), (&AuthenticationStage::Done { holder: holder() }, Ok(())));
        assert_eq!(
            done.complete_return(&PresentedCredential::Code(digest("code")), timestamp(59)).1,
            Err(AuthenticationTransitionError::Ended)
        );
        assert_eq!(
            verified_with_code().complete_return(&PresentedCredential::Code(digest("code")), timestamp(60)).1,
            Err(AuthenticationTransitionError::Ended)
        );
        assert_eq!(
            verified_with_code().complete_return(&PresentedCredential::Code(digest("other")), timestamp(1)).1,
            Err(AuthenticationTransitionError::WrongCredential)
        );
        assert_eq!(
            verified_with_code().complete_return(&PresentedCredential::Number(digest("123")), timestamp(1)).1,
            Err(AuthenticationTransitionError::OutOfTurn)
        );
    }

    #[test]
    fn a_number_may_be_wrong_once() {
        let (again, outcome) =
            verified_with_number().complete_return(&PresentedCredential::Number(digest("999")), timestamp(1));
        assert_eq!(outcome, Err(AuthenticationTransitionError::WrongCredential));
        assert_eq!(again.clone().complete_return(&PresentedCredential::Number(digest("123")), timestamp(1)).1, Ok(()));
        let (over, outcome) = again.complete_return(&PresentedCredential::Number(digest("998")), timestamp(1));
        assert_eq!(
            (over, outcome),
            (AuthenticationStage::Ended(AuthenticationEnd::WrongNumber), Err(AuthenticationTransitionError::Ended))
        );
    }

    #[test]
    fn polling_lets_nobody_in() {
        // Nothing but `complete_return` makes `Done`: time, ends and claims do not.
        for stage in [verified_with_code(), verified_with_number(), verified_with_code_or_number()] {
            assert!(!matches!(stage.clone().at_time(timestamp(1), timestamp(300)), AuthenticationStage::Done { .. }));
            assert!(!matches!(stage.clone().end(AuthenticationEnd::TooLate), AuthenticationStage::Done { .. }));
            assert!(stage.claim(Device::Android, OpenMethod::Link).is_err());
        }
    }
}
