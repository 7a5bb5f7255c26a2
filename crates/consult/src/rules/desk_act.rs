//! What a desk does with a visit: when each act may be done, and how long it can be taken back.
//!
//! ```text
//! (an act is done) ──▶ InForce ──take_back, within TAKE_BACK_WINDOW──▶ TakenBack
//! ```
//!
//! Only the newest act of a visit that is in force can be taken back; the one before it is the newest then.

use base::{Span, Timestamp};
use shell::Text;

use super::{
    appointment::{Status, TAKE_BACK_WINDOW},
    picture::{Note, PictureId},
    proof::{DeskSide, Proof, RefusedReason, RequestReason, Wanted},
    word::words,
};

/// How long the letter about an act waits before it is sent: a slip of the hand is noticed within moments, and nobody
/// has to be told of it then.
pub const LETTER_DELAY: Span = Span::from_mins(1);
/// How long before the visit a patient may be called, so that a document can be shown on the screen.
pub const CALL_OPENS_BEFORE: Span = Span::from_mins(15);

/// What a desk does with a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskAct {
    /// Ask for consent, or for a picture.
    Ask(Wanted, RequestReason),
    /// Ask for one picture again.
    AskAgain {
        /// Which.
        picture: PictureId,
        /// Why.
        reason: RequestReason,
        /// What the desk wrote beside it.
        note: Option<Note>,
    },
    /// The insurance was seen at the institution's own terminal.
    ConfirmAtTerminal,
    /// The insurance was seen on a document that was held up in the call.
    ConfirmOnScreen,
    /// The insurance was seen on pictures.
    ConfirmByPictures {
        /// Which pictures the desk saw.
        seen: Vec<PictureId>,
        /// That the document was compared with the patient.
        check: DocumentCheck,
    },
    /// The proof cannot be accepted.
    Refuse(RefusedReason),
    /// The visit was held.
    Complete,
}

/// That a document was compared with the patient: 氏名, 生年月日 and 有効期限, each ticked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentCheck(());

impl DocumentCheck {
    /// The check, if each part of it was ticked.
    pub fn from_ticks(ticks: DocumentTicks) -> Option<Self> {
        (ticks == DocumentTicks { name: true, birth_date: true, expiry: true }).then_some(Self(()))
    }
}

/// Which parts of a document were ticked as compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DocumentTicks {
    /// 氏名
    pub name: bool,
    /// 生年月日
    pub birth_date: bool,
    /// 有効期限
    pub expiry: bool,
}

words! {
    /// An act by its kind, as it is stored and audited.
    pub enum DeskActKind {
        /// Consent was asked for.
        AskConsent = "desk.ask_consent",
        /// A picture was asked for.
        AskPicture = "desk.ask_picture",
        /// A picture was asked for again.
        AskAgain = "desk.ask_again",
        /// Confirmed at the terminal.
        ConfirmAtTerminal = "desk.confirm_terminal",
        /// Confirmed by pictures.
        ConfirmByPictures = "desk.confirm_picture",
        /// Confirmed on the screen.
        ConfirmOnScreen = "desk.confirm_screen",
        /// Refused.
        Refuse = "desk.refuse",
        /// The visit was held.
        Complete = "desk.complete",
    }
}

impl DeskAct {
    /// Its kind.
    pub fn kind(&self) -> DeskActKind {
        match self {
            Self::Ask(Wanted::Consent, _) => DeskActKind::AskConsent,
            Self::Ask(Wanted::Picture, _) => DeskActKind::AskPicture,
            Self::AskAgain { .. } => DeskActKind::AskAgain,
            Self::ConfirmAtTerminal => DeskActKind::ConfirmAtTerminal,
            Self::ConfirmByPictures { .. } => DeskActKind::ConfirmByPictures,
            Self::ConfirmOnScreen => DeskActKind::ConfirmOnScreen,
            Self::Refuse(_) => DeskActKind::Refuse,
            Self::Complete => DeskActKind::Complete,
        }
    }
}

impl DeskActKind {
    /// What was done, in the past tense.
    pub fn text(self) -> Text {
        match self {
            Self::AskConsent => Text::fixed("同意登録をお願いした", "asked for consent"),
            Self::AskPicture => Text::fixed("画像をお願いした", "asked for a picture"),
            Self::AskAgain => Text::fixed("画像の送り直しをお願いした", "asked for the picture again"),
            Self::ConfirmAtTerminal => Text::fixed("端末で確認した", "confirmed at the terminal"),
            Self::ConfirmByPictures => Text::fixed("画像で確認した", "confirmed by the picture"),
            Self::ConfirmOnScreen => Text::fixed("画面で書類を確認した", "confirmed by the document on the screen"),
            Self::Refuse => Text::fixed("確認できないことを知らせた", "said that it could not be confirmed"),
            Self::Complete => Text::fixed("診察済みにした", "marked the visit as held"),
        }
    }
}

/// Why an act cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotNow {
    /// The visit was held or cancelled.
    Closed,
    /// The time for it has not come.
    TooEarly,
}

/// From when an act can be done on a visit that begins at `start`; `None` where it can be done at any time.
pub fn possible_from(kind: DeskActKind, start: Timestamp) -> Option<Timestamp> {
    match kind {
        DeskActKind::Complete => Some(start),
        DeskActKind::ConfirmOnScreen => Some(start.minus(CALL_OPENS_BEFORE)),
        _ => None,
    }
}

/// Whether an act can be done at `now` on a visit with this status that begins at `start`.
pub fn check_timing(kind: DeskActKind, status: Status, start: Timestamp, now: Timestamp) -> Result<(), NotNow> {
    if status != Status::Booked {
        return Err(NotNow::Closed);
    }
    match possible_from(kind, start) {
        Some(from) if now < from => Err(NotNow::TooEarly),
        _ => Ok(()),
    }
}

/// An act as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedAct {
    /// Its number among the acts of the visit.
    pub number: u32,
    /// What was done.
    pub kind: DeskActKind,
    /// When.
    pub done_at: Timestamp,
    /// The shown name of who did it.
    pub done_by: String,
    /// Whether it is in force.
    pub state: ActState,
}

/// Whether an act is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActState {
    /// It is.
    InForce,
    /// It was taken back.
    TakenBack {
        /// When.
        at: Timestamp,
    },
}

/// Why an act cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTakenBack {
    /// It was taken back before.
    Already,
    /// [`TAKE_BACK_WINDOW`] is over.
    TooLate,
}

impl RecordedAct {
    /// The first moment in which it can no longer be taken back.
    pub fn take_back_ends(&self) -> Timestamp {
        self.done_at.plus(TAKE_BACK_WINDOW)
    }

    /// Whether it can be taken back at `now`.
    pub fn can_be_taken_back(&self, now: Timestamp) -> bool {
        self.clone().take_back(now).is_ok()
    }

    /// The act, taken back.
    pub fn take_back(self, now: Timestamp) -> Result<Self, NotTakenBack> {
        match self.state {
            ActState::TakenBack { .. } => Err(NotTakenBack::Already),
            ActState::InForce if now >= self.take_back_ends() => Err(NotTakenBack::TooLate),
            ActState::InForce => Ok(Self { state: ActState::TakenBack { at: now }, ..self }),
        }
    }
}

/// Whether the patient's side changed between an act and its being taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meanwhile {
    /// Nothing happened.
    Unchanged,
    /// Something did.
    Changed,
}

impl Proof {
    /// The ledgers after the desk's last act was taken back. What the desk knew before holds again; where the patient's
    /// side has changed since, that may no longer be true, and the desk looks again.
    #[must_use]
    pub fn restore_desk(self, before: DeskSide, meanwhile: Meanwhile) -> Self {
        let desk = match meanwhile {
            Meanwhile::Unchanged => before,
            Meanwhile::Changed => DeskSide::Unseen,
        };
        Self { desk, ..self }
    }
}

impl DeskSide {
    /// When the desk brought it about; `None` where it did nothing.
    pub fn changed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Unseen => None,
            Self::Requested { at, .. } | Self::Confirmed { at, .. } | Self::Refused { at, .. } => Some(*at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::proof::How, *};

    fn start() -> Timestamp {
        "2026-11-24T10:00:00+09:00".parse().expect("a timestamp")
    }

    fn minutes(from_start: i64) -> Timestamp {
        start().plus(Span::from_mins(from_start))
    }

    #[test]
    fn no_act_is_done_before_its_time_or_on_a_closed_visit() {
        use DeskActKind as Kind;
        let check = |kind, status, from_start, expected| {
            assert_eq!(check_timing(kind, status, start(), minutes(from_start)), expected, "{kind} {from_start}");
        };
        let days_before = -4 * 24 * 60;
        check(Kind::Complete, Status::Booked, days_before, Err(NotNow::TooEarly));
        check(Kind::Complete, Status::Booked, -1, Err(NotNow::TooEarly));
        check(Kind::Complete, Status::Booked, 0, Ok(()));
        check(Kind::Complete, Status::Booked, 24 * 60, Ok(()));
        check(Kind::ConfirmOnScreen, Status::Booked, -16, Err(NotNow::TooEarly));
        check(Kind::ConfirmOnScreen, Status::Booked, -15, Ok(()));
        for kind in Kind::ALL {
            for closed in [Status::Cancelled, Status::Completed] {
                check(*kind, closed, 5, Err(NotNow::Closed));
            }
            check(*kind, Status::Booked, 5, Ok(()));
            if !matches!(kind, Kind::Complete | Kind::ConfirmOnScreen) {
                check(*kind, Status::Booked, days_before, Ok(()));
            }
        }
    }

    fn recorded() -> RecordedAct {
        RecordedAct {
            number: 1,
            kind: DeskActKind::Complete,
            done_at: start(),
            done_by: "受付".to_owned(),
            state: ActState::InForce,
        }
    }

    #[test]
    fn an_act_can_be_taken_back_once_and_for_ten_minutes() {
        let last = start().plus(TAKE_BACK_WINDOW).minus(Span::from_millis(1));
        let taken_back = recorded().take_back(last).expect("within the window");
        assert_eq!(taken_back.state, ActState::TakenBack { at: last });
        assert_eq!(taken_back.take_back(last), Err(NotTakenBack::Already));
        assert_eq!(recorded().take_back(start().plus(TAKE_BACK_WINDOW)), Err(NotTakenBack::TooLate));
        assert!(recorded().can_be_taken_back(start()) && !recorded().can_be_taken_back(minutes(10)));
    }

    #[test]
    fn a_document_is_compared_in_three_parts() {
        let check = |name, birth_date, expiry, expected| {
            let check = DocumentCheck::from_ticks(DocumentTicks { name, birth_date, expiry });
            assert_eq!(check.is_some(), expected);
        };
        check(true, true, true, true);
        check(false, true, true, false);
        check(true, false, true, false);
        check(true, true, false, false);
        check(false, false, false, false);
    }

    #[test]
    fn taking_back_restores_what_the_desk_knew_unless_the_patient_did_something_meanwhile() {
        let asked = Proof::new().request(Wanted::Picture, RequestReason::Blurred, start());
        let confirmed = asked.clone().confirm(How::ShownOnScreen, "受付".to_owned(), minutes(1));
        let back = confirmed.clone().restore_desk(asked.desk.clone(), Meanwhile::Unchanged);
        assert_eq!(back, asked);
        let sent = confirmed.picture_sent(minutes(2));
        let back = sent.clone().restore_desk(asked.desk, Meanwhile::Changed);
        assert_eq!(back, Proof { desk: DeskSide::Unseen, ..sent });
    }

    #[test]
    fn every_kind_has_its_own_words() {
        let texts: std::collections::HashSet<_> =
            DeskActKind::ALL.iter().map(|kind| kind.text().in_language(shell::Language::Japanese).to_owned()).collect();
        assert_eq!(texts.len(), DeskActKind::ALL.len());
    }
}
