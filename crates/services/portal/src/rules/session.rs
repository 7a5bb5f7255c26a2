//! One app authentication, from the link to the return to the browser.
//!
//! ```text
//! Opening ──claimed──▶ Requested ──card inspected──▶ Pin ──PIN confirmed──▶ Reading ──signed──▶ Signed ──taken──▶ Completed
//!    ▲  └─unreachable     ▲  ▲                        │  ▲                    │ │                 ▲  └─unreachable, sent again
//!    └──again             │  └──another card──────────┘  └─────wrong PIN──────┘ │                 └──────────────────────────┘
//!                         └───────────────────card lost, in use, unreadable─────┘
//! Every stage but the last may end: Ended (cancelled, locked, no certificate, refused, too late).
//! ```
//!
//! The request is shown before the PIN is asked for: `Pin` can only be reached through `Requested`. A PIN is presented once
//! for each confirmation: of two submissions only one can make the transition to `Reading`.

use app_auth::{AuthenticationOutcome, AuthenticationRequest, AuthenticationResponse, ErrorSubject};
use base::{Span, Timestamp};
use card::TokenLabel;
use serde::{Deserialize, Serialize};

use super::phone::CardId;

/// The lifetime of a session until the reception states its expiry: five minutes, as of a ticket.
pub(crate) const SESSION_LIFE: Span = Span::from_mins(5);

/// How long the claim of a ticket may take; then its process is assumed dead.
pub(crate) const OPENING_TIMEOUT: Span = Span::from_secs(20);

/// How long a reading may take; then its process is assumed dead. Longer than a card's lease.
pub(crate) const READING_TIMEOUT: Span = Span::from_secs(45);

/// The lifetime of a return code, by the rules of the reception.
pub(crate) const RETURN_CODE_LIFE: Span = Span::from_secs(60);

/// The stage of a session.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionStage {
    /// The ticket is being claimed since `trying_since`; `None` if the reception could not be reached.
    Opening {
        #[serde(rename = "trying")]
        trying_since: Option<Timestamp>,
    },
    /// The request is shown.
    #[serde(rename = "asked")]
    Requested {
        request: AuthenticationRequest,
        #[serde(rename = "last")]
        retry_reason: Option<ReadFailure>,
    },
    /// The card was inspected, and the PIN is asked for.
    Pin {
        request: AuthenticationRequest,
        card: CardId,
        #[serde(default)]
        token: TokenLabel,
        /// The last second of the card's certificate, if the card shows it before the PIN.
        #[serde(default)]
        ends: Option<Timestamp>,
        tries_left: u8,
        #[serde(rename = "last")]
        last_failure: Option<PinRetryReason>,
    },
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
    /// The card has signed. The response is being sent since `sending_since`; `None` if the reception could not be reached.
    Signed {
        request: AuthenticationRequest,
        #[serde(rename = "answer")]
        response: AuthenticationResponse,
        #[serde(rename = "sending")]
        sending_since: Option<Timestamp>,
    },
    /// The reception has accepted the response.
    #[serde(rename = "answered")]
    Completed {
        outcome: AuthenticationOutcome,
        #[serde(rename = "at")]
        completed_at: Timestamp,
    },
    /// It ended without a response.
    Ended(SessionEnd),
}

/// Why a reading failed. The ticket stays valid after any of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ReadFailure {
    /// The card was removed.
    #[serde(rename = "pulled")]
    Removed(PinState),
    /// Another session or program uses the card.
    InUse,
    /// The chosen reader has no card.
    NoCard,
    /// The chosen reader has another card.
    Changed,
    /// The card does not respond.
    Mute,
    /// The reader or its service is gone.
    ReaderLost(PinState),
    /// The card is of a kind that the app cannot read.
    OtherCard,
    /// The card gave an unexpected response.
    Failed(PinState),
    /// The process ended during the reading.
    Interrupted,
}

/// What is known of the PIN when a reading failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PinState {
    /// No try is spent.
    NotPresented,
    /// It was presented without a response: a try may be spent.
    Unanswered,
    /// It was right: all tries are left.
    Right,
}

/// Why the PIN is asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PinRetryReason {
    Wrong,
    /// The remaining tries differ from those that were shown; the PIN was not presented.
    #[serde(rename = "other_tries")]
    TriesChanged,
}

/// Why a session ended without a response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SessionEnd {
    /// The person pressed やめる.
    Cancelled,
    Locked(LockTime),
    /// The card has no usable certificate for user authentication.
    NoCertificate,
    /// The card's certificate expired so long ago that no reception accepts it.
    Expired {
        not_after: Timestamp,
    },
    /// The reception refused, with these texts.
    Refused {
        code: String,
        #[serde(default)]
        subject: ErrorSubject,
        japanese: String,
        english: String,
    },
    /// The time is over.
    TooLate,
}

/// When the PIN was locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LockTime {
    /// By the wrong PIN just entered.
    #[serde(rename = "now")]
    JustNow,
    /// Before this session.
    #[serde(rename = "before")]
    Earlier,
}

/// A transition that does not fit the stage, as by the back button, a second window or a double submit. The session's page
/// shows the current stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the visit is not at this step")]
pub struct TransitionError;

impl From<app_auth::ErrorResponse> for SessionEnd {
    fn from(response: app_auth::ErrorResponse) -> Self {
        let app_auth::ErrorResponse { code, subject, japanese, english } = response;
        Self::Refused { code, subject, japanese, english }
    }
}

impl SessionStage {
    /// The first stage.
    pub(crate) fn open(now: Timestamp) -> Self {
        Self::Opening { trying_since: Some(now) }
    }

    /// Whether the ticket may be claimed again: no claim is under way.
    pub(crate) fn may_open_again(&self) -> bool {
        matches!(self, Self::Opening { trying_since: None })
    }

    pub(crate) fn mark_unreachable(self) -> Result<Self, TransitionError> {
        let Self::Opening { .. } = self else { return Err(TransitionError) };
        Ok(Self::Opening { trying_since: None })
    }

    pub(crate) fn mark_claimed(self, request: AuthenticationRequest) -> Result<Self, TransitionError> {
        let Self::Opening { .. } = self else { return Err(TransitionError) };
        Ok(Self::Requested { request, retry_reason: None })
    }

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

    /// Continues with a readable card: to the PIN, or to the end if its certificate is expired beyond the grace period. The
    /// reception's time counts, as the clock of a person's computer may be wrong.
    pub(crate) fn accept_card(
        self,
        card: CardId,
        token: TokenLabel,
        ends: Option<Timestamp>,
        tries_left: u8,
    ) -> Result<Self, TransitionError> {
        let started_at = self.request().map(|request| request.started_at);
        match (ends, started_at) {
            (Some(not_after), Some(started_at)) if started_at > jpki::end_of_grace(not_after) => {
                self.end(SessionEnd::Expired { not_after })
            }
            _ => self.ask_pin(card, token, ends, tries_left),
        }
    }

    /// Back to the request, to choose another card.
    pub(crate) fn choose_another_card(self) -> Result<Self, TransitionError> {
        let Self::Pin { request, .. } = self else { return Err(TransitionError) };
        Ok(Self::Requested { request, retry_reason: None })
    }

    /// The person confirmed a PIN. This transition permits to present it once.
    pub(crate) fn start_reading(self, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Pin { request, card, token, ends, .. } = self else { return Err(TransitionError) };
        Ok(Self::Reading { request, card, token, ends, started: now })
    }

    pub(crate) fn retry_pin(self, reason: PinRetryReason, tries_left: u8) -> Result<Self, TransitionError> {
        let Self::Reading { request, card, token, ends, .. } = self else { return Err(TransitionError) };
        Ok(Self::Pin { request, card, token, ends, tries_left, last_failure: Some(reason) })
    }

    /// The card could not be inspected, or not be read to the end.
    pub(crate) fn fail_reading(self, failure: ReadFailure) -> Result<Self, TransitionError> {
        match self {
            Self::Requested { request, .. } | Self::Reading { request, .. } => {
                Ok(Self::Requested { request, retry_reason: Some(failure) })
            }
            _ => Err(TransitionError),
        }
    }

    pub(crate) fn mark_signed(self, response: AuthenticationResponse, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Reading { request, .. } = self else { return Err(TransitionError) };
        Ok(Self::Signed { request, response, sending_since: Some(now) })
    }

    /// Sends the response again, unless it is being sent.
    pub(crate) fn send_again(self, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Signed { request, response, sending_since: None } = self else { return Err(TransitionError) };
        Ok(Self::Signed { request, response, sending_since: Some(now) })
    }

    pub(crate) fn mark_unsent(self) -> Result<Self, TransitionError> {
        let Self::Signed { request, response, .. } = self else { return Err(TransitionError) };
        Ok(Self::Signed { request, response, sending_since: None })
    }

    pub(crate) fn complete(self, outcome: AuthenticationOutcome, now: Timestamp) -> Result<Self, TransitionError> {
        let Self::Signed { .. } = self else { return Err(TransitionError) };
        Ok(Self::Completed { outcome, completed_at: now })
    }

    /// Ends the session. A completed or ended session stays as it is.
    pub(crate) fn end(self, end: SessionEnd) -> Result<Self, TransitionError> {
        match self {
            Self::Completed { .. } | Self::Ended(_) => Err(TransitionError),
            _ => Ok(Self::Ended(end)),
        }
    }

    /// Whether the person may still cancel: not while the card is read or the response is sent.
    pub(crate) fn may_cancel(&self) -> bool {
        matches!(
            self,
            Self::Opening { trying_since: None }
                | Self::Requested { .. }
                | Self::Pin { .. }
                | Self::Signed { sending_since: None, .. }
        )
    }

    /// The stage at `now`: work whose process is assumed dead can be repeated, and an expired session has ended.
    #[must_use]
    pub(crate) fn at_time(self, now: Timestamp, ends: Timestamp) -> Self {
        let stage = match self {
            Self::Opening { trying_since: Some(started_at) } if now >= started_at.plus(OPENING_TIMEOUT) => {
                Self::Opening { trying_since: None }
            }
            Self::Reading { request, started: started_at, .. } if now >= started_at.plus(READING_TIMEOUT) => {
                Self::Requested { request, retry_reason: Some(ReadFailure::Interrupted) }
            }
            Self::Signed { request, response, sending_since: Some(started_at) }
                if now >= started_at.plus(READING_TIMEOUT) =>
            {
                Self::Signed { request, response, sending_since: None }
            }
            stage => stage,
        };
        match stage {
            Self::Completed { .. } | Self::Ended(_) => stage,
            _ if now >= ends => Self::Ended(SessionEnd::TooLate),
            stage => stage,
        }
    }

    /// The request, while it is open.
    pub(crate) fn request(&self) -> Option<&AuthenticationRequest> {
        match self {
            Self::Requested { request, .. }
            | Self::Pin { request, .. }
            | Self::Reading { request, .. }
            | Self::Signed { request, .. } => Some(request),
            Self::Opening { .. } | Self::Completed { .. } | Self::Ended(_) => None,
        }
    }

    /// Whether the page should poll for progress.
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
    use app_auth::Purpose;
    use base::{Randomness, Token};

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

    fn response() -> AuthenticationResponse {
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
            SessionStage::Signed { request: request.clone(), response: response(), sending_since: Some(timestamp(1)) },
            SessionStage::Signed { request, response: response(), sending_since: None },
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

    /// Checks from which stages a transition is possible, and to which it leads.
    fn check(step: impl Fn(SessionStage) -> Result<SessionStage, TransitionError>, expected: &[(&str, &str)]) {
        let transitions: Vec<_> = every_stage()
            .into_iter()
            .filter_map(|stage| {
                let from = stage_name(&stage);
                step(stage).ok().map(|to| (from, stage_name(&to)))
            })
            .collect();
        assert_eq!(transitions, expected);
    }

    #[test]
    fn a_card_whose_certificate_is_over_ends_before_the_pin() {
        let check = |ends: &str, expected| {
            let ends: Timestamp = ends.parse().unwrap();
            let started_at = "2026-11-24T09:00:00+09:00".parse().unwrap();
            let stage = SessionStage::Requested {
                request: AuthenticationRequest { started_at, ..request() },
                retry_reason: None,
            };
            let stage = stage.accept_card(card(), TokenLabel::Plastic, Some(ends), 3).unwrap();
            assert_eq!(stage_name(&stage), expected, "{ends}");
        };
        check("2026-12-01T23:59:59+09:00", "pin");
        // Within three months of grace.
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
        check(|stage| stage.mark_signed(response(), timestamp(2)), &[("reading", "sending")]);
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
        let stage_after =
            |stage: SessionStage, seconds| stage_name(&stage.at_time(timestamp(seconds), timestamp(10_000)));
        assert_eq!(stage_after(SessionStage::open(timestamp(0)), 19), "opening");
        assert_eq!(stage_after(SessionStage::open(timestamp(0)), 20), "unopened");
        let reading = || SessionStage::Reading {
            request: request(),
            card: card(),
            token: TokenLabel::Plastic,
            ends: None,
            started: timestamp(0),
        };
        assert_eq!(stage_after(reading(), 44), "reading");
        assert_eq!(stage_after(reading(), 45), "asked");
        let sending =
            || SessionStage::Signed { request: request(), response: response(), sending_since: Some(timestamp(0)) };
        assert_eq!(stage_after(sending(), 45), "unsent");
    }

    #[test]
    fn a_stage_reads_what_it_writes() {
        for stage in every_stage() {
            let text = serde_json::to_string(&stage).unwrap();
            assert_eq!(stage_name(&serde_json::from_str(&text).unwrap()), stage_name(&stage));
        }
    }
}
