//! An app authentication: one request to the portal app, from the ticket to the browser that continues.
//!
//! ```text
//! Open ──claim──▶ Claimed ──mark_verified──▶ Verified ──complete_return, in the same browser──▶ Done
//!   └───────────────┴──────────────────────────┴──▶ Ended (given up, refused, wrong number twice, too late)
//! ```
//!
//! The app's response alone authenticates nobody. [`AuthenticationStage::complete_return`] needs the one-time code (or the
//! three digits) *and* is only called for an app authentication that the store found by the cookie of the browser that
//! began it.
//!
//! # Whose card was it?
//!
//! Somebody who sees the screen may scan its QR code before the person does, read another card and send the person a link
//! with the return code, so that the browser that began registers that card. Two measures prevent this:
//!
//! * The QR code and the link carry different tickets. What was opened with the QR code's ticket yields three digits and
//!   never a code ([`AuthenticationStage::return_method`]), so there is no link to send; and no app can respond with the
//!   QR code's ticket to what another app opened with the link's.
//! * The page after the return shows the masked name of the card's holder, and cancels the registration at one press
//!   ([`super::procedure::ProcedureStage::cancel_registration`]) before the service receives it.
//!
//! A confirmation before the registration would prevent it as well. It was not chosen: it costs every patient a tap, and a
//! person who closes the page after the card was read has registered (as the guide says).
//!
//! # Returning on an iPhone
//!
//! An app on an iPhone opens a link in the default browser. That is the browser that began in most cases, but not if the
//! person began in a browser within another app, in a private tab, or in a browser that is not the default one. So a link
//! is offered only where the page was shown by Safari itself ([`ReturnLink::Trusted`]), with the digits as an alternative.
//! It is safe in any browser: the code is worthless without the cookie of the browser that began. A code that arrives in
//! another browser is spent, and the first browser still asks for the digits: no additional try is gained by it.

use app_auth::{AbortReason, Device, OpenMethod};
use base::{Digest, Span, Timestamp};
use jpki::VerifiedHolder;
use serde::{Deserialize, Serialize};

use super::refusal_reason::RefusalReason;

/// How long a ticket lives: five minutes.
pub const TICKET_LIFE: Span = Span::from_mins(5);

/// How long a return code lives: the app hands it over at once.
pub const RETURN_CODE_LIFE: Span = Span::from_secs(60);

/// How often the three digits may be typed: a guess succeeds once in five hundred times.
pub const NUMBER_TRIES: u8 = 2;

/// What a certificate is accepted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateValidity {
    Valid,
    /// Eligibility, but no medical data.
    Grace,
}

/// What the person returns to the browser with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnCredential {
    /// The app sends the browser back with a code.
    Code {
        digest: [u8; 32],
        #[serde(rename = "until")]
        valid_until: Timestamp,
    },
    /// The person types three digits into the page where they began.
    Number {
        /// Of the digits, bound to this app authentication.
        digest: [u8; 32],
        tries_left: u8,
    },
    /// The app's link leads back with a code; if it opens another browser, the person types three digits.
    CodeOrNumber {
        /// Digest of the code.
        code: [u8; 32],
        #[serde(rename = "until")]
        code_valid_until: Timestamp,
        /// Digest of the digits, bound to this app authentication.
        number: [u8; 32],
        tries_left: u8,
    },
}

base::text_enum! {
    /// Whether a link that an app on an iPhone opens can be expected to open the browser that began; by its stored text.
    pub enum ReturnLink {
        /// The page was shown by Safari itself.
        Trusted = "trusted",
        /// The page was shown by another browser, or within an app.
        Untrusted = "untrusted",
    }
}

impl ReturnLink {
    /// Reads the stored text. Anything unknown is untrusted.
    pub fn from_text(text: &str) -> Self {
        text.parse().unwrap_or(Self::Untrusted)
    }
}

/// How a person may return once the card has responded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReturnMethod {
    /// The app sends the browser back with a code.
    Code,
    /// The person types three digits.
    Number,
    /// The app offers a link, and shows three digits beside it.
    CodeOrNumber,
}

/// The stage of an app authentication, with the holder of the card once its response was verified.
///
/// `Holder` is how the store has the holder between the verification and the registration. Pages have the stage without it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationStage<Holder = ()> {
    /// The link is displayed; no app has claimed it.
    Open,
    /// An app has claimed it.
    Claimed { device: Device, opened: OpenMethod },
    /// The card's response was verified.
    #[serde(rename = "answered")]
    Verified {
        holder: Holder,
        #[serde(rename = "way")]
        credential: ReturnCredential,
    },
    /// The person returned to the browser that began.
    Done { holder: Holder },
    /// It ended without an authentication.
    Ended(AuthenticationEnd),
}

/// Why an app authentication ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationEnd {
    /// The person or the card gave up in the app.
    GaveUp(AbortReason),
    /// The card's response was refused.
    Refused(RefusalReason),
    /// The three digits were wrong twice.
    WrongNumber,
    /// The ticket's time was over.
    TooLate,
    /// A newer app authentication replaced it.
    Superseded,
}

impl AuthenticationEnd {
    /// Whether reading the same card again can succeed.
    pub fn can_retry(&self) -> bool {
        match self {
            Self::Refused(reason) => reason.can_retry(),
            Self::GaveUp(AbortReason::Cancelled) | Self::WrongNumber | Self::TooLate | Self::Superseded => true,
            Self::GaveUp(AbortReason::Locked | AbortReason::NoCertificate | AbortReason::Expired) => false,
        }
    }
}

/// Why a transition is not allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AuthenticationTransitionError {
    /// Another app has claimed it.
    #[error("the app authentication was claimed already")]
    AlreadyClaimed,
    #[error("the app authentication is not at this step")]
    OutOfTurn,
    #[error("the app authentication is over")]
    Ended,
    #[error("the return code or number is wrong")]
    WrongCredential,
}

/// What the browser presents on its return.
pub enum PresentedCredential {
    /// The digest of the return code.
    Code(Digest),
    /// The digest of the three digits, bound to the app authentication.
    Number(Digest),
}

impl<Holder> AuthenticationStage<Holder> {
    /// An app claims it, once.
    pub fn claim(self, device: Device, open_method: OpenMethod) -> Result<Self, AuthenticationTransitionError> {
        match self {
            Self::Open => Ok(Self::Claimed { device, opened: open_method }),
            Self::Claimed { .. } | Self::Verified { .. } => Err(AuthenticationTransitionError::AlreadyClaimed),
            Self::Done { .. } | Self::Ended(_) => Err(AuthenticationTransitionError::Ended),
        }
    }

    /// The card's response was verified: it has a holder, whom only a complete verification makes.
    pub fn mark_verified(
        self,
        holder: &VerifiedHolder,
        credential: ReturnCredential,
    ) -> Result<Self, AuthenticationTransitionError>
    where
        Holder: for<'h> From<&'h VerifiedHolder>,
    {
        match self {
            Self::Claimed { .. } => Ok(Self::Verified { holder: holder.into(), credential }),
            Self::Open | Self::Verified { .. } => Err(AuthenticationTransitionError::OutOfTurn),
            Self::Done { .. } | Self::Ended(_) => Err(AuthenticationTransitionError::Ended),
        }
    }

    /// How the person returns: by the app's link, or by typing three digits.
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

    /// The return code came in a browser that did not begin. It is spent; where there are no digits either, the app
    /// authentication ends for this reason.
    #[must_use]
    pub fn spend_code(self, reason: AuthenticationEnd) -> Self {
        match self {
            Self::Verified { holder, credential: ReturnCredential::CodeOrNumber { number, tries_left, .. } } => {
                Self::Verified { holder, credential: ReturnCredential::Number { digest: number, tries_left } }
            }
            // It was spent before.
            Self::Verified { credential: ReturnCredential::Number { .. }, .. } => self,
            stage => stage.end(reason),
        }
    }

    /// The browser that began presents a code or digits. The returned stage is stored in either case: a wrong number costs a
    /// try.
    pub fn complete_return(
        self,
        presented: &PresentedCredential,
        now: Timestamp,
    ) -> (Self, Result<(), AuthenticationTransitionError>) {
        let Self::Verified { holder, credential } = self else {
            let error = if matches!(self, Self::Ended(_) | Self::Done { .. }) {
                AuthenticationTransitionError::Ended
            } else {
                AuthenticationTransitionError::OutOfTurn
            };
            return (self, Err(error));
        };
        match (credential, presented) {
            (
                ReturnCredential::CodeOrNumber { code, code_valid_until, .. },
                PresentedCredential::Code(presented_digest),
            ) if now < code_valid_until && base::constant_time_eq(&code, presented_digest.as_bytes()) => {
                (Self::Done { holder }, Ok(()))
            }
            // The code has expired, the digits have not.
            (ReturnCredential::CodeOrNumber { number, tries_left, .. }, PresentedCredential::Code(_)) => (
                Self::Verified { holder, credential: ReturnCredential::Number { digest: number, tries_left } },
                Err(AuthenticationTransitionError::WrongCredential),
            ),
            // Typing the digits makes the code unnecessary.
            (ReturnCredential::CodeOrNumber { number, tries_left, .. }, PresentedCredential::Number(_)) => {
                Self::Verified { holder, credential: ReturnCredential::Number { digest: number, tries_left } }
                    .complete_return(presented, now)
            }
            (ReturnCredential::Code { digest, valid_until }, PresentedCredential::Code(presented_digest)) => {
                if now >= valid_until {
                    (Self::Ended(AuthenticationEnd::TooLate), Err(AuthenticationTransitionError::Ended))
                } else if base::constant_time_eq(&digest, presented_digest.as_bytes()) {
                    (Self::Done { holder }, Ok(()))
                } else {
                    (
                        Self::Verified { holder, credential: ReturnCredential::Code { digest, valid_until } },
                        Err(AuthenticationTransitionError::WrongCredential),
                    )
                }
            }
            (ReturnCredential::Number { digest, .. }, PresentedCredential::Number(presented_digest))
                if base::constant_time_eq(&digest, presented_digest.as_bytes()) =>
            {
                (Self::Done { holder }, Ok(()))
            }
            (ReturnCredential::Number { digest, tries_left }, PresentedCredential::Number(_)) if tries_left > 1 => {
                let credential = ReturnCredential::Number { digest, tries_left: tries_left - 1 };
                (Self::Verified { holder, credential }, Err(AuthenticationTransitionError::WrongCredential))
            }
            (ReturnCredential::Number { .. }, PresentedCredential::Number(_)) => {
                (Self::Ended(AuthenticationEnd::WrongNumber), Err(AuthenticationTransitionError::Ended))
            }
            (credential, _) => (Self::Verified { holder, credential }, Err(AuthenticationTransitionError::OutOfTurn)),
        }
    }

    /// Ends it. A completed app authentication stays completed.
    #[must_use]
    pub fn end(self, reason: AuthenticationEnd) -> Self {
        match self {
            Self::Done { .. } | Self::Ended(_) => self,
            Self::Open | Self::Claimed { .. } | Self::Verified { .. } => Self::Ended(reason),
        }
    }

    /// The same stage with the holder in another form.
    pub fn map_holder<Other>(self, map: impl FnOnce(Holder) -> Other) -> AuthenticationStage<Other> {
        match self {
            Self::Open => AuthenticationStage::Open,
            Self::Claimed { device, opened } => AuthenticationStage::Claimed { device, opened },
            Self::Verified { holder, credential } => AuthenticationStage::Verified { holder: map(holder), credential },
            Self::Done { holder } => AuthenticationStage::Done { holder: map(holder) },
            Self::Ended(end) => AuthenticationStage::Ended(end),
        }
    }

    /// The stage as it is at `now`. Digits can be typed as long as the ticket is valid.
    #[must_use]
    pub fn at_time(self, now: Timestamp, ends: Timestamp) -> Self {
        if now >= ends { self.end(AuthenticationEnd::TooLate) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{rules::refusal_reason::ReceptionRefusal, test_card::verified_holder};

    #[derive(Clone, PartialEq, Eq, Debug)]
    struct TestHolder(VerifiedHolder);

    impl From<&VerifiedHolder> for TestHolder {
        fn from(holder: &VerifiedHolder) -> Self {
            Self(holder.clone())
        }
    }

    fn holder() -> TestHolder {
        TestHolder(verified_holder(1))
    }

    fn open() -> AuthenticationStage<TestHolder> {
        AuthenticationStage::Open
    }

    fn timestamp(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn digest(text: &str) -> Digest {
        base::digest(&[text.as_bytes()])
    }

    fn verified_with_code() -> AuthenticationStage<TestHolder> {
        let credential = ReturnCredential::Code { digest: *digest("code").as_bytes(), valid_until: timestamp(60) };
        open().claim(Device::Android, OpenMethod::Link).unwrap().mark_verified(&verified_holder(1), credential).unwrap()
    }

    fn verified_with_number() -> AuthenticationStage<TestHolder> {
        let credential = ReturnCredential::Number { digest: *digest("123").as_bytes(), tries_left: NUMBER_TRIES };
        open().claim(Device::Iphone, OpenMethod::Link).unwrap().mark_verified(&verified_holder(1), credential).unwrap()
    }

    fn verified_with_code_or_number() -> AuthenticationStage<TestHolder> {
        let (code, number) = (*digest("code").as_bytes(), *digest("123").as_bytes());
        let credential =
            ReturnCredential::CodeOrNumber { code, code_valid_until: timestamp(60), number, tries_left: NUMBER_TRIES };
        open().claim(Device::Iphone, OpenMethod::Link).unwrap().mark_verified(&verified_holder(1), credential).unwrap()
    }

    #[test]
    fn a_code_is_earned_only_where_the_app_was_opened_by_the_link() {
        let check = |device, open_method, link, expected| {
            let claimed = open().claim(device, open_method).unwrap();
            assert_eq!(claimed.return_method(link), Ok(expected), "{device:?} {open_method:?} {link:?}");
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
        // The code has expired: the digits are asked for, and wrong digits cost a try as usual.
        let (number, outcome) =
            verified_with_code_or_number().complete_return(&PresentedCredential::Code(digest("code")), timestamp(60));
        assert_eq!((&number, outcome), (&verified_with_number(), Err(AuthenticationTransitionError::WrongCredential)));
        let (pending, outcome) =
            verified_with_code_or_number().complete_return(&PresentedCredential::Number(digest("999")), timestamp(1));
        assert_eq!(outcome, Err(AuthenticationTransitionError::WrongCredential));
        assert_eq!(
            pending.clone().complete_return(&PresentedCredential::Code(digest("code")), timestamp(1)).1,
            Err(AuthenticationTransitionError::OutOfTurn)
        );
        let (ended, _) = pending.complete_return(&PresentedCredential::Number(digest("998")), timestamp(1));
        assert_eq!(ended, AuthenticationStage::Ended(AuthenticationEnd::WrongNumber));
    }

    #[test]
    fn a_code_that_came_in_another_browser_is_spent_and_gives_nobody_a_try() {
        let reason = || AuthenticationEnd::Refused(ReceptionRefusal::OtherBrowser.into());
        assert_eq!(verified_with_code().spend_code(reason()), AuthenticationStage::Ended(reason()));
        assert_eq!(verified_with_code_or_number().spend_code(reason()), verified_with_number());
        assert_eq!(verified_with_code_or_number().spend_code(reason()).spend_code(reason()), verified_with_number());
        let done = AuthenticationStage::Done { holder: holder() };
        assert_eq!(done.clone().spend_code(reason()), done);
    }

    #[test]
    fn an_authentication_is_claimed_once() {
        let claimed = open().claim(Device::Android, OpenMethod::Link).unwrap();
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
        let (pending, outcome) =
            verified_with_number().complete_return(&PresentedCredential::Number(digest("999")), timestamp(1));
        assert_eq!(outcome, Err(AuthenticationTransitionError::WrongCredential));
        assert_eq!(
            pending.clone().complete_return(&PresentedCredential::Number(digest("123")), timestamp(1)).1,
            Ok(())
        );
        let (ended, outcome) = pending.complete_return(&PresentedCredential::Number(digest("998")), timestamp(1));
        assert_eq!(
            (ended, outcome),
            (AuthenticationStage::Ended(AuthenticationEnd::WrongNumber), Err(AuthenticationTransitionError::Ended))
        );
    }

    #[test]
    fn polling_lets_nobody_in() {
        // Only `complete_return` makes `Done`: time, ends and claims do not.
        for stage in [verified_with_code(), verified_with_number(), verified_with_code_or_number()] {
            assert!(!matches!(stage.clone().at_time(timestamp(1), timestamp(300)), AuthenticationStage::Done { .. }));
            assert!(!matches!(stage.clone().end(AuthenticationEnd::TooLate), AuthenticationStage::Done { .. }));
            assert!(stage.claim(Device::Android, OpenMethod::Link).is_err());
        }
    }
}
