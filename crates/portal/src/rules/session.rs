//! One errand in the app, from the link to the way back.
//!
//! ```text
//! Opening ──claimed──▶ Asked ──card looked at──▶ Pin ──PIN confirmed──▶ Reading ──signed──▶ Signed ──taken──▶ Answered
//!    ▲  └─unreachable     ▲  ▲                    │  ▲                    │ │                 ▲  └─unreachable, sent again
//!    └──again             │  └──another card──────┘  └─────wrong PIN──────┘ │                 └──────────────────────────┘
//!                         └───────────────card lost, in use, unreadable─────┘
//! Every stage but the last may end: Ended (cancelled, locked, no certificate, refused, too late).
//! ```
//!
//! The request is shown before the PIN is asked for: there is no way from `Opening` to `Pin` but through `Asked`. A PIN is
//! presented once for each confirmation: `Reading` begins by a move that only one of two submissions can make.

use base::{Span, Timestamp};
use card::TokenLabel;
use errand::{AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse};
use serde::{Deserialize, Serialize};

use super::phone::CardId;

/// How long a visit is kept that no reception has said the end of: a ticket's five minutes.
pub(crate) const SESSION_LIFE: Span = Span::from_mins(5);

/// How long the reception may take to say what is asked; then the process that asked is taken to be gone.
pub(crate) const OPENING_TIMEOUT: Span = Span::from_secs(20);

/// How long a reading may take; then the process that read is taken to be gone. Longer than a card's lease.
pub(crate) const READING_TIMEOUT: Span = Span::from_secs(45);

/// How long a return code is good (the reception says so in its own rules).
pub(crate) const RETURN_CODE_LIFE: Span = Span::from_secs(60);

/// Where a visit stands.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionStage {
    /// The ticket is being taken to the reception, since `trying`; or the reception could not be reached.
    Opening {
        #[serde(rename = "trying")]
        trying_since: Option<Timestamp>,
    },
    /// The person sees who asks and for what.
    #[serde(rename = "asked")]
    Requested {
        request: AuthenticationRequest,
        #[serde(rename = "last")]
        retry_reason: Option<ReadFailure>,
    },
    /// The card was looked at, and the PIN is asked for.
    Pin {
        request: AuthenticationRequest,
        card: CardId,
        #[serde(default)]
        token: TokenLabel,
        /// The last second of the card's certificate, where the card shows it before the PIN.
        #[serde(default)]
        ends: Option<Timestamp>,
        tries_left: u8,
        #[serde(rename = "last")]
        last_failure: Option<PinRetryReason>,
    },
    /// The card is being read.
    Reading {
        request: AuthenticationRequest,
        card: CardId,
        #[serde(default)]
        token: TokenLabel,
        #[serde(default)]
        ends: Option<Timestamp>,
        #[serde(rename = "since")]
        started: Timestamp,
    },
    /// The card has signed. Its answer is being sent, since `sending`; or the reception could not be reached.
    Signed {
        request: AuthenticationRequest,
        answer: AuthenticationResponse,
        #[serde(rename = "sending")]
        sending_since: Option<Timestamp>,
    },
    /// The reception has taken the answer.
    #[serde(rename = "answered")]
    Completed {
        outcome: AuthenticationOutcome,
        #[serde(rename = "at")]
        completed_at: Timestamp,
    },
    /// It came to nothing.
    Ended(SessionEnd),
}

/// Why a reading did not come to its end. No ticket is lost by any of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReadFailure {
    /// The card left the field.
    #[serde(rename = "pulled")]
    Removed(PinState),
    /// Another session, or another program, has the card.
    InUse,
    /// There is no card where it was chosen.
    NoCard,
    /// Another card lies where it was chosen.
    Changed,
    /// What lies on the reader does not answer.
    Mute,
    /// The reader, or what drives it, is gone.
    ReaderLost(PinState),
    /// It is no card that the app can read.
    OtherCard,
    /// The card answered what it should not have.
    Failed(PinState),
    /// Nobody knows how the last reading ended.
    Interrupted,
}

/// What is known of the PIN when a reading broke off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PinState {
    /// It was not given to the card: no try is spent.
    NotPresented,
    /// It was on its way: a try may be spent.
    Unanswered,
    /// It was right: all tries are there.
    Right,
}

/// Why the PIN is asked for once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PinRetryReason {
    /// It was wrong.
    Wrong,
    /// The card has other tries left than were shown, so it was not presented.
    #[serde(rename = "other_tries")]
    TriesChanged,
}

/// Why a visit came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionEnd {
    /// The person pressed やめる.
    Cancelled,
    /// The PIN is locked.
    Locked(LockTime),
    /// The card has no usable certificate for user authentication.
    NoCertificate,
    /// The card's certificate ended so long ago that no reception accepts it.
    Expired {
        /// Its last second.
        not_after: Timestamp,
    },
    /// The reception said no, in these words.
    Refused { code: String, japanese: String, english: String },
    /// It was not done in time.
    TooLate,
}

/// When the PIN was locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LockTime {
    /// By the miss just made.
    #[serde(rename = "now")]
    JustNow,
    /// It was locked when the card was looked at.
    #[serde(rename = "before")]
    Earlier,
}

/// A move that does not fit the stage: the back button, two windows, a double submit. The page of the visit shows where
/// it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the visit is not at this step")]
pub struct TransitionError;

impl From<errand::ErrorResponse> for SessionEnd {
    fn from(refused: errand::ErrorResponse) -> Self {
        let errand::ErrorResponse { code, japanese, english } = refused;
        Self::Refused { code, japanese, english }
    }
}

impl SessionStage {
    /// A visit as it begins.
    pub(crate) fn open(now: Timestamp) -> Self {
        Self::Opening { trying_since: Some(now) }
    }

    /// Whether the ticket may be taken to the reception again: nobody is doing it.
    pub(crate) fn may_open_again(&self) -> bool {
        matches!(self, Self::Opening { trying_since: None })
    }

    /// The reception could not be reached.
    pub(crate) fn mark_unreachable(self) -> Result<Self, TransitionError> {
        let Self::Opening { .. } = self else { return Err(TransitionError) };
        Ok(Self::Opening { trying_since: None })
    }

    /// The reception said who asks and for what.
    pub(crate) fn mark_claimed(self, request: AuthenticationRequest) -> Result<Self, TransitionError> {
        let Self::Opening { .. } = self else { return Err(TransitionError) };
        Ok(Self::Requested { request, retry_reason: None })
    }

    /// The card was looked at and can be read.
    pub(crate) fn ask_pin(
        self,
        card: CardId,
        token: TokenLabel,
        ends: Option<Timestamp>,
        tries_left: u8,
    ) -> Result<Self, TransitionError> {
        let Self::Requested { request, .. } = self else { return Err(TransitionError) };
        Ok(Self::Pin { request, card, token, ends, tries_left, last_failure: None })
    }

    /// How a card is gone on with that can be read: on to the PIN, or not at all where its certificate is over. The
    /// reception's own time counts, as a person's computer may be wrong about it.
    pub(crate) fn accept_card(
        self,
        card: CardId,
        token: TokenLabel,
        ends: Option<Timestamp>,
        tries_left: u8,
    ) -> Result<Self, TransitionError> {
        let began = self.request().map(|request| request.started_at);
        match (ends, began) {
            (Some(not_after), Some(began)) if began > jpki::end_of_grace(not_after) => {
                self.end(SessionEnd::Expired { not_after })
            }
            _ => self.ask_pin(card, token, ends, tries_left),
        }
    }

    /// Back to the request, to take another card.
    pub(crate) fn choose_another_card(self) -> Result<Self, TransitionError> {
        let Self::Pin { request, .. } = self else { return Err(TransitionError) };
        Ok(Self::Requested { request, retry_reason: None })
    }

    /// The person confirmed a PIN: the one move that lets it be presented, once.
    pub(crate) fn start_reading(self, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Pin { request, card, token, ends, .. } = self else { return Err(TransitionError) };
        Ok(Self::Reading { request, card, token, ends, started: now })
    }

    /// The PIN is asked for once more.
    pub(crate) fn retry_pin(self, miss: PinRetryReason, tries_left: u8) -> Result<Self, TransitionError> {
        let Self::Reading { request, card, token, ends, .. } = self else { return Err(TransitionError) };
        Ok(Self::Pin { request, card, token, ends, tries_left, last_failure: Some(miss) })
    }

    /// The card could not be looked at, or not be read to the end.
    pub(crate) fn fail_reading(self, mishap: ReadFailure) -> Result<Self, TransitionError> {
        match self {
            Self::Requested { request, .. } | Self::Reading { request, .. } => {
                Ok(Self::Requested { request, retry_reason: Some(mishap) })
            }
            _ => Err(TransitionError),
        }
    }

    /// The card has signed, and its answer goes out.
    pub(crate) fn mark_signed(self, answer: AuthenticationResponse, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Reading { request, .. } = self else { return Err(TransitionError) };
        Ok(Self::Signed { request, answer, sending_since: Some(now) })
    }

    /// The answer goes out again. Not while it is still going out.
    pub(crate) fn send_again(self, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Signed { request, answer, sending_since: None } = self else { return Err(TransitionError) };
        Ok(Self::Signed { request, answer, sending_since: Some(now) })
    }

    /// The answer did not reach the reception.
    pub(crate) fn mark_unsent(self) -> Result<Self, TransitionError> {
        let Self::Signed { request, answer, .. } = self else { return Err(TransitionError) };
        Ok(Self::Signed { request, answer, sending_since: None })
    }

    /// The reception took the answer.
    pub(crate) fn complete(self, outcome: AuthenticationOutcome, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Signed { .. } = self else { return Err(TransitionError) };
        Ok(Self::Completed { outcome, completed_at: now })
    }

    /// It comes to nothing. What was answered stays answered, what ended stays ended.
    pub(crate) fn end(self, end: SessionEnd) -> Result<Self, TransitionError> {
        match self {
            Self::Completed { .. } | Self::Ended(_) => Err(TransitionError),
            _ => Ok(Self::Ended(end)),
        }
    }

    /// Whether the person may still give up: not while the card is read or its answer is under way.
    pub(crate) fn may_cancel(&self) -> bool {
        matches!(
            self,
            Self::Opening { trying_since: None }
                | Self::Requested { .. }
                | Self::Pin { .. }
                | Self::Signed { sending_since: None, .. }
        )
    }

    /// The stage as it is at `now`: what nobody works on any more is free again, what is past its end is over.
    #[must_use]
    pub(crate) fn at_time(self, now: Timestamp, ends: Timestamp) -> Self {
        let stage = match self {
            Self::Opening { trying_since: Some(since) } if now >= since.plus(OPENING_TIMEOUT) => {
                Self::Opening { trying_since: None }
            }
            Self::Reading { request, started: since, .. } if now >= since.plus(READING_TIMEOUT) => {
                Self::Requested { request, retry_reason: Some(ReadFailure::Interrupted) }
            }
            Self::Signed { request, answer, sending_since: Some(since) } if now >= since.plus(READING_TIMEOUT) => {
                Self::Signed { request, answer, sending_since: None }
            }
            stage => stage,
        };
        match stage {
            Self::Completed { .. } | Self::Ended(_) => stage,
            _ if now >= ends => Self::Ended(SessionEnd::TooLate),
            stage => stage,
        }
    }

    /// What is asked, while it is still asked.
    pub(crate) fn request(&self) -> Option<&AuthenticationRequest> {
        match self {
            Self::Requested { request, .. }
            | Self::Pin { request, .. }
            | Self::Reading { request, .. }
            | Self::Signed { request, .. } => Some(request),
            Self::Opening { .. } | Self::Completed { .. } | Self::Ended(_) => None,
        }
    }

    /// Whether the page should ask again in a moment.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(
            self,
            Self::Opening { trying_since: Some(_) }
                | Self::Reading { .. }
                | Self::Signed { sending_since: Some(_), .. }
        )
    }
}

#[cfg(test)]
mod tests {
    use base::{Randomness, Token};
    use errand::Purpose;

    use super::*;

    fn timestamp(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn request() -> AuthenticationRequest {
        AuthenticationRequest {
            purpose: Purpose::Review,
            nonce: [7; 32],
            browser: "Chrome".into(),
            started_at: timestamp(0),
            expires_at: timestamp(300),
        }
    }

    fn answer() -> AuthenticationResponse {
        AuthenticationResponse {
            ticket: Token::new(&Randomness::repeatable("ticket")),
            certificate: vec![1],
            signature: vec![2],
        }
    }

    fn card() -> CardId {
        "hanako".parse().unwrap()
    }

    fn every_stage() -> Vec<SessionStage> {
        let (request, card) = (request(), card());
        vec![
            SessionStage::Opening { trying_since: Some(timestamp(1)) },
            SessionStage::Opening { trying_since: None },
            SessionStage::Requested { request: request.clone(), retry_reason: None },
            SessionStage::Pin {
                request: request.clone(),
                card: card.clone(),
                token: TokenLabel::Plastic,
                ends: None,
                tries_left: 3,
                last_failure: None,
            },
            SessionStage::Reading {
                request: request.clone(),
                card,
                token: TokenLabel::Plastic,
                ends: None,
                started: timestamp(1),
            },
            SessionStage::Signed { request: request.clone(), answer: answer(), sending_since: Some(timestamp(1)) },
            SessionStage::Signed { request, answer: answer(), sending_since: None },
            SessionStage::Completed {
                outcome: AuthenticationOutcome::ConfirmationDigits { digits: "123".into() },
                completed_at: timestamp(1),
            },
            SessionStage::Ended(SessionEnd::Cancelled),
        ]
    }

    fn stage_name(stage: &SessionStage) -> &'static str {
        match stage {
            SessionStage::Opening { trying_since: Some(_) } => "opening",
            SessionStage::Opening { trying_since: None } => "unopened",
            SessionStage::Requested { .. } => "asked",
            SessionStage::Pin { .. } => "pin",
            SessionStage::Reading { .. } => "reading",
            SessionStage::Signed { sending_since: Some(_), .. } => "sending",
            SessionStage::Signed { sending_since: None, .. } => "unsent",
            SessionStage::Completed { .. } => "answered",
            SessionStage::Ended(_) => "ended",
        }
    }

    /// From which stages a move can be made, and to which it leads.
    fn check(step: impl Fn(SessionStage) -> Result<SessionStage, TransitionError>, expected: &[(&str, &str)]) {
        let made: Vec<_> = every_stage()
            .into_iter()
            .filter_map(|stage| {
                let from = stage_name(&stage);
                step(stage).ok().map(|to| (from, stage_name(&to)))
            })
            .collect();
        assert_eq!(made, expected);
    }

    #[test]
    fn a_card_whose_certificate_is_over_ends_before_the_pin() {
        let check = |ends: &str, expected| {
            let ends: Timestamp = ends.parse().unwrap();
            let began = "2026-11-24T09:00:00+09:00".parse().unwrap();
            let asked = SessionStage::Requested {
                request: AuthenticationRequest { started_at: began, ..request() },
                retry_reason: None,
            };
            let stage = asked.accept_card(card(), TokenLabel::Plastic, Some(ends), 3).unwrap();
            assert_eq!(stage_name(&stage), expected, "{ends}");
        };
        check("2026-12-01T23:59:59+09:00", "pin");
        // In its three months of grace.
        check("2026-09-01T23:59:59+09:00", "pin");
        check("2026-08-24T23:59:59+09:00", "pin");
        check("2026-08-23T23:59:59+09:00", "ended");
        check("2026-06-01T23:59:59+09:00", "ended");
    }

    #[test]
    fn the_drawing_is_the_moves() {
        check(|stage| stage.mark_claimed(request()), &[("opening", "asked"), ("unopened", "asked")]);
        check(SessionStage::mark_unreachable, &[("opening", "unopened"), ("unopened", "unopened")]);
        check(|stage| stage.ask_pin(card(), TokenLabel::Plastic, None, 3), &[("asked", "pin")]);
        check(SessionStage::choose_another_card, &[("pin", "asked")]);
        check(|stage| stage.start_reading(timestamp(2)), &[("pin", "reading")]);
        check(|stage| stage.retry_pin(PinRetryReason::Wrong, 2), &[("reading", "pin")]);
        check(|stage| stage.fail_reading(ReadFailure::InUse), &[("asked", "asked"), ("reading", "asked")]);
        check(|stage| stage.mark_signed(answer(), timestamp(2)), &[("reading", "sending")]);
        check(|stage| stage.send_again(timestamp(2)), &[("unsent", "sending")]);
        check(SessionStage::mark_unsent, &[("sending", "unsent"), ("unsent", "unsent")]);
        let number = || AuthenticationOutcome::ConfirmationDigits { digits: "1".into() };
        check(|stage| stage.complete(number(), timestamp(2)), &[("sending", "answered"), ("unsent", "answered")]);
    }

    #[test]
    fn what_was_answered_or_ended_stays_so() {
        for stage in every_stage() {
            let settled = matches!(stage, SessionStage::Completed { .. } | SessionStage::Ended(_));
            assert_eq!(stage.clone().end(SessionEnd::TooLate).is_err(), settled);
            let later = stage.clone().at_time(timestamp(10_000), timestamp(300));
            assert_eq!(stage_name(&later), if settled { stage_name(&stage) } else { "ended" });
        }
    }

    #[test]
    fn what_nobody_works_on_is_free_again() {
        let after = |stage: SessionStage, seconds| stage_name(&stage.at_time(timestamp(seconds), timestamp(10_000)));
        assert_eq!(after(SessionStage::open(timestamp(0)), 19), "opening");
        assert_eq!(after(SessionStage::open(timestamp(0)), 20), "unopened");
        let reading = || SessionStage::Reading {
            request: request(),
            card: card(),
            token: TokenLabel::Plastic,
            ends: None,
            started: timestamp(0),
        };
        assert_eq!(after(reading(), 44), "reading");
        assert_eq!(after(reading(), 45), "asked");
        let sending =
            || SessionStage::Signed { request: request(), answer: answer(), sending_since: Some(timestamp(0)) };
        assert_eq!(after(sending(), 45), "unsent");
    }

    #[test]
    fn a_stage_reads_what_it_writes() {
        for stage in every_stage() {
            let text = serde_json::to_string(&stage).unwrap();
            assert_eq!(stage_name(&serde_json::from_str(&text).unwrap()), stage_name(&stage));
        }
    }
}
