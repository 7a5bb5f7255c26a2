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
use errand::{Answer, Outcome, Request};
use serde::{Deserialize, Serialize};

use super::phone::CardId;

/// How long a visit is kept that no reception has said the end of: a ticket's five minutes.
pub(crate) const LIFE: Span = Span::from_mins(5);

/// How long the reception may take to say what is asked; then the process that asked is taken to be gone.
pub(crate) const OPENING_PATIENCE: Span = Span::from_secs(20);

/// How long a reading may take; then the process that read is taken to be gone. Longer than a card's lease.
pub(crate) const READING_PATIENCE: Span = Span::from_secs(45);

/// How long a return code is good (the reception says so in its own rules).
pub(crate) const CODE_LIFE: Span = Span::from_secs(60);

/// Where a visit stands.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// The ticket is being taken to the reception, since `trying`; or the reception could not be reached.
    Opening { trying: Option<Timestamp> },
    /// The person sees who asks and for what.
    Asked { request: Request, last: Option<Mishap> },
    /// The card was looked at, and the PIN is asked for.
    Pin {
        request: Request,
        card: CardId,
        #[serde(default)]
        token: TokenLabel,
        /// The last second of the card's certificate, where the card shows it before the PIN.
        #[serde(default)]
        ends: Option<Timestamp>,
        tries_left: u8,
        last: Option<Miss>,
    },
    /// The card is being read.
    Reading {
        request: Request,
        card: CardId,
        #[serde(default)]
        token: TokenLabel,
        #[serde(default)]
        ends: Option<Timestamp>,
        since: Timestamp,
    },
    /// The card has signed. Its answer is being sent, since `sending`; or the reception could not be reached.
    Signed { request: Request, answer: Answer, sending: Option<Timestamp> },
    /// The reception has taken the answer.
    Answered { outcome: Outcome, at: Timestamp },
    /// It came to nothing.
    Ended(End),
}

/// Why a reading did not come to its end. No ticket is lost by any of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Mishap {
    /// The card left the field.
    Pulled(PinState),
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
pub(crate) enum Miss {
    /// It was wrong.
    Wrong,
    /// The card has other tries left than were shown, so it was not presented.
    OtherTries,
}

/// Why a visit came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum End {
    /// The person pressed やめる.
    Cancelled,
    /// The PIN is locked.
    Locked(LockedWhen),
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
pub(crate) enum LockedWhen {
    /// By the miss just made.
    Now,
    /// It was locked when the card was looked at.
    Before,
}

/// A move that does not fit the stage: the back button, two windows, a double submit. The page of the visit shows where
/// it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the visit is not at this step")]
pub struct Misstep;

impl From<errand::Refused> for End {
    fn from(refused: errand::Refused) -> Self {
        let errand::Refused { code, japanese, english } = refused;
        Self::Refused { code, japanese, english }
    }
}

impl Stage {
    /// A visit as it begins.
    pub(crate) fn open(now: Timestamp) -> Self {
        Self::Opening { trying: Some(now) }
    }

    /// Whether the ticket may be taken to the reception again: nobody is doing it.
    pub(crate) fn may_open_again(&self) -> bool {
        matches!(self, Self::Opening { trying: None })
    }

    /// The reception could not be reached.
    pub(crate) fn unopened(self) -> Result<Self, Misstep> {
        let Self::Opening { .. } = self else { return Err(Misstep) };
        Ok(Self::Opening { trying: None })
    }

    /// The reception said who asks and for what.
    pub(crate) fn claimed(self, request: Request) -> Result<Self, Misstep> {
        let Self::Opening { .. } = self else { return Err(Misstep) };
        Ok(Self::Asked { request, last: None })
    }

    /// The card was looked at and can be read.
    pub(crate) fn looked_at(
        self,
        card: CardId,
        token: TokenLabel,
        ends: Option<Timestamp>,
        tries_left: u8,
    ) -> Result<Self, Misstep> {
        let Self::Asked { request, .. } = self else { return Err(Misstep) };
        Ok(Self::Pin { request, card, token, ends, tries_left, last: None })
    }

    /// How a card is gone on with that can be read: on to the PIN, or not at all where its certificate is over. The
    /// reception's own time counts, as a person's computer may be wrong about it.
    pub(crate) fn ready(
        self,
        card: CardId,
        token: TokenLabel,
        ends: Option<Timestamp>,
        tries_left: u8,
    ) -> Result<Self, Misstep> {
        let began = self.request().map(|request| request.began);
        match (ends, began) {
            (Some(not_after), Some(began)) if began > jpki::end_of_grace(not_after) => {
                self.end(End::Expired { not_after })
            }
            _ => self.looked_at(card, token, ends, tries_left),
        }
    }

    /// Back to the request, to take another card.
    pub(crate) fn another_card(self) -> Result<Self, Misstep> {
        let Self::Pin { request, .. } = self else { return Err(Misstep) };
        Ok(Self::Asked { request, last: None })
    }

    /// The person confirmed a PIN: the one move that lets it be presented, once.
    pub(crate) fn read(self, now: Timestamp) -> Result<Self, Misstep> {
        let Self::Pin { request, card, token, ends, .. } = self else { return Err(Misstep) };
        Ok(Self::Reading { request, card, token, ends, since: now })
    }

    /// The PIN is asked for once more.
    pub(crate) fn missed(self, miss: Miss, tries_left: u8) -> Result<Self, Misstep> {
        let Self::Reading { request, card, token, ends, .. } = self else { return Err(Misstep) };
        Ok(Self::Pin { request, card, token, ends, tries_left, last: Some(miss) })
    }

    /// The card could not be looked at, or not be read to the end.
    pub(crate) fn mishap(self, mishap: Mishap) -> Result<Self, Misstep> {
        match self {
            Self::Asked { request, .. } | Self::Reading { request, .. } => {
                Ok(Self::Asked { request, last: Some(mishap) })
            }
            _ => Err(Misstep),
        }
    }

    /// The card has signed, and its answer goes out.
    pub(crate) fn signed(self, answer: Answer, now: Timestamp) -> Result<Self, Misstep> {
        let Self::Reading { request, .. } = self else { return Err(Misstep) };
        Ok(Self::Signed { request, answer, sending: Some(now) })
    }

    /// The answer goes out again. Not while it is still going out.
    pub(crate) fn send_again(self, now: Timestamp) -> Result<Self, Misstep> {
        let Self::Signed { request, answer, sending: None } = self else { return Err(Misstep) };
        Ok(Self::Signed { request, answer, sending: Some(now) })
    }

    /// The answer did not reach the reception.
    pub(crate) fn unsent(self) -> Result<Self, Misstep> {
        let Self::Signed { request, answer, .. } = self else { return Err(Misstep) };
        Ok(Self::Signed { request, answer, sending: None })
    }

    /// The reception took the answer.
    pub(crate) fn answered(self, outcome: Outcome, now: Timestamp) -> Result<Self, Misstep> {
        let Self::Signed { .. } = self else { return Err(Misstep) };
        Ok(Self::Answered { outcome, at: now })
    }

    /// It comes to nothing. What was answered stays answered, what ended stays ended.
    pub(crate) fn end(self, end: End) -> Result<Self, Misstep> {
        match self {
            Self::Answered { .. } | Self::Ended(_) => Err(Misstep),
            _ => Ok(Self::Ended(end)),
        }
    }

    /// Whether the person may still give up: not while the card is read or its answer is under way.
    pub(crate) fn may_cancel(&self) -> bool {
        matches!(
            self,
            Self::Opening { trying: None } | Self::Asked { .. } | Self::Pin { .. } | Self::Signed { sending: None, .. }
        )
    }

    /// The stage as it is at `now`: what nobody works on any more is free again, what is past its end is over.
    #[must_use]
    pub(crate) fn at(self, now: Timestamp, ends: Timestamp) -> Self {
        let stage = match self {
            Self::Opening { trying: Some(since) } if now >= since.plus(OPENING_PATIENCE) => {
                Self::Opening { trying: None }
            }
            Self::Reading { request, since, .. } if now >= since.plus(READING_PATIENCE) => {
                Self::Asked { request, last: Some(Mishap::Interrupted) }
            }
            Self::Signed { request, answer, sending: Some(since) } if now >= since.plus(READING_PATIENCE) => {
                Self::Signed { request, answer, sending: None }
            }
            stage => stage,
        };
        match stage {
            Self::Answered { .. } | Self::Ended(_) => stage,
            _ if now >= ends => Self::Ended(End::TooLate),
            stage => stage,
        }
    }

    /// What is asked, while it is still asked.
    pub(crate) fn request(&self) -> Option<&Request> {
        match self {
            Self::Asked { request, .. }
            | Self::Pin { request, .. }
            | Self::Reading { request, .. }
            | Self::Signed { request, .. } => Some(request),
            Self::Opening { .. } | Self::Answered { .. } | Self::Ended(_) => None,
        }
    }

    /// Whether the page should ask again in a moment.
    pub(crate) fn is_under_way(&self) -> bool {
        matches!(self, Self::Opening { trying: Some(_) } | Self::Reading { .. } | Self::Signed { sending: Some(_), .. })
    }
}

#[cfg(test)]
mod tests {
    use base::{Randomness, Token};
    use errand::Purpose;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn request() -> Request {
        Request { purpose: Purpose::Review, nonce: [7; 32], browser: "Chrome".into(), began: at(0), expires: at(300) }
    }

    fn answer() -> Answer {
        Answer { ticket: Token::new(&Randomness::repeatable("ticket")), certificate: vec![1], signature: vec![2] }
    }

    fn card() -> CardId {
        "hanako".parse().unwrap()
    }

    fn every_stage() -> Vec<Stage> {
        let (request, card) = (request(), card());
        vec![
            Stage::Opening { trying: Some(at(1)) },
            Stage::Opening { trying: None },
            Stage::Asked { request: request.clone(), last: None },
            Stage::Pin {
                request: request.clone(),
                card: card.clone(),
                token: TokenLabel::Plastic,
                ends: None,
                tries_left: 3,
                last: None,
            },
            Stage::Reading { request: request.clone(), card, token: TokenLabel::Plastic, ends: None, since: at(1) },
            Stage::Signed { request: request.clone(), answer: answer(), sending: Some(at(1)) },
            Stage::Signed { request, answer: answer(), sending: None },
            Stage::Answered { outcome: Outcome::Number { digits: "123".into() }, at: at(1) },
            Stage::Ended(End::Cancelled),
        ]
    }

    fn word(stage: &Stage) -> &'static str {
        match stage {
            Stage::Opening { trying: Some(_) } => "opening",
            Stage::Opening { trying: None } => "unopened",
            Stage::Asked { .. } => "asked",
            Stage::Pin { .. } => "pin",
            Stage::Reading { .. } => "reading",
            Stage::Signed { sending: Some(_), .. } => "sending",
            Stage::Signed { sending: None, .. } => "unsent",
            Stage::Answered { .. } => "answered",
            Stage::Ended(_) => "ended",
        }
    }

    /// From which stages a move can be made, and to which it leads.
    fn check(step: impl Fn(Stage) -> Result<Stage, Misstep>, expected: &[(&str, &str)]) {
        let made: Vec<_> = every_stage()
            .into_iter()
            .filter_map(|stage| {
                let from = word(&stage);
                step(stage).ok().map(|to| (from, word(&to)))
            })
            .collect();
        assert_eq!(made, expected);
    }

    #[test]
    fn a_card_whose_certificate_is_over_ends_before_the_pin() {
        let check = |ends: &str, expected| {
            let ends: Timestamp = ends.parse().unwrap();
            let began = "2026-11-24T09:00:00+09:00".parse().unwrap();
            let asked = Stage::Asked { request: Request { began, ..request() }, last: None };
            let stage = asked.ready(card(), TokenLabel::Plastic, Some(ends), 3).unwrap();
            assert_eq!(word(&stage), expected, "{ends}");
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
        check(|stage| stage.claimed(request()), &[("opening", "asked"), ("unopened", "asked")]);
        check(Stage::unopened, &[("opening", "unopened"), ("unopened", "unopened")]);
        check(|stage| stage.looked_at(card(), TokenLabel::Plastic, None, 3), &[("asked", "pin")]);
        check(Stage::another_card, &[("pin", "asked")]);
        check(|stage| stage.read(at(2)), &[("pin", "reading")]);
        check(|stage| stage.missed(Miss::Wrong, 2), &[("reading", "pin")]);
        check(|stage| stage.mishap(Mishap::InUse), &[("asked", "asked"), ("reading", "asked")]);
        check(|stage| stage.signed(answer(), at(2)), &[("reading", "sending")]);
        check(|stage| stage.send_again(at(2)), &[("unsent", "sending")]);
        check(Stage::unsent, &[("sending", "unsent"), ("unsent", "unsent")]);
        let number = || Outcome::Number { digits: "1".into() };
        check(|stage| stage.answered(number(), at(2)), &[("sending", "answered"), ("unsent", "answered")]);
    }

    #[test]
    fn what_was_answered_or_ended_stays_so() {
        for stage in every_stage() {
            let settled = matches!(stage, Stage::Answered { .. } | Stage::Ended(_));
            assert_eq!(stage.clone().end(End::TooLate).is_err(), settled);
            let later = stage.clone().at(at(10_000), at(300));
            assert_eq!(word(&later), if settled { word(&stage) } else { "ended" });
        }
    }

    #[test]
    fn what_nobody_works_on_is_free_again() {
        let after = |stage: Stage, seconds| word(&stage.at(at(seconds), at(10_000)));
        assert_eq!(after(Stage::open(at(0)), 19), "opening");
        assert_eq!(after(Stage::open(at(0)), 20), "unopened");
        let reading = || Stage::Reading {
            request: request(),
            card: card(),
            token: TokenLabel::Plastic,
            ends: None,
            since: at(0),
        };
        assert_eq!(after(reading(), 44), "reading");
        assert_eq!(after(reading(), 45), "asked");
        let sending = || Stage::Signed { request: request(), answer: answer(), sending: Some(at(0)) };
        assert_eq!(after(sending(), 45), "unsent");
    }

    #[test]
    fn a_stage_reads_what_it_writes() {
        for stage in every_stage() {
            let text = serde_json::to_string(&stage).unwrap();
            assert_eq!(word(&serde_json::from_str(&text).unwrap()), word(&stage));
        }
    }
}
