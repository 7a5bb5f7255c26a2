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
    appointment::{AppointmentStatus, UNDO_WINDOW},
    picture::{Note, PictureId},
    proof::{DeskSide, InsuranceProof, RefusedReason, RequestReason, RequestedProof},
    string_enum::string_enum,
};

/// How long the letter about an act waits before it is sent: a slip of the hand is noticed within moments, and nobody
/// has to be told of it then.
pub const LETTER_DELAY: Span = Span::from_mins(1);
/// How long before the visit a patient may be called, so that a document can be shown on the screen.
pub const CALL_OPENS_BEFORE: Span = Span::from_mins(15);

/// What a desk does with a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskAction {
    /// Ask for consent, or for a picture.
    Request(RequestedProof, RequestReason),
    /// Ask for one picture again.
    RequestPictureAgain {
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
        viewed: Vec<PictureId>,
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

string_enum! {
    /// An act by its kind, as it is stored and audited.
    pub enum DeskActionKind {
        /// Consent was asked for.
        RequestConsent = "desk.ask_consent",
        /// A picture was asked for.
        RequestPicture = "desk.ask_picture",
        /// A picture was asked for again.
        RequestPictureAgain = "desk.ask_again",
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

impl DeskAction {
    /// Its kind.
    pub fn kind(&self) -> DeskActionKind {
        match self {
            Self::Request(RequestedProof::Consent, _) => DeskActionKind::RequestConsent,
            Self::Request(RequestedProof::Picture, _) => DeskActionKind::RequestPicture,
            Self::RequestPictureAgain { .. } => DeskActionKind::RequestPictureAgain,
            Self::ConfirmAtTerminal => DeskActionKind::ConfirmAtTerminal,
            Self::ConfirmByPictures { .. } => DeskActionKind::ConfirmByPictures,
            Self::ConfirmOnScreen => DeskActionKind::ConfirmOnScreen,
            Self::Refuse(_) => DeskActionKind::Refuse,
            Self::Complete => DeskActionKind::Complete,
        }
    }
}

impl DeskActionKind {
    /// What was done, in the past tense.
    pub fn text(self) -> Text {
        match self {
            Self::RequestConsent => Text::from_static("同意登録をお願いした", "asked for consent"),
            Self::RequestPicture => Text::from_static("画像をお願いした", "asked for a picture"),
            Self::RequestPictureAgain => Text::from_static("画像の送り直しをお願いした", "asked for the picture again"),
            Self::ConfirmAtTerminal => Text::from_static("端末で確認した", "confirmed at the terminal"),
            Self::ConfirmByPictures => Text::from_static("画像で確認した", "confirmed by the picture"),
            Self::ConfirmOnScreen => {
                Text::from_static("画面で書類を確認した", "confirmed by the document on the screen")
            }
            Self::Refuse => Text::from_static("確認できないことを知らせた", "said that it could not be confirmed"),
            Self::Complete => Text::from_static("診察済みにした", "marked the visit as held"),
        }
    }
}

/// Why an act cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionTimingError {
    /// The visit was held or cancelled.
    Closed,
    /// The time for it has not come.
    TooEarly,
}

/// From when an act can be done on a visit that begins at `start`; `None` where it can be done at any time.
pub fn earliest_time(kind: DeskActionKind, start: Timestamp) -> Option<Timestamp> {
    match kind {
        DeskActionKind::Complete => Some(start),
        DeskActionKind::ConfirmOnScreen => Some(start.minus(CALL_OPENS_BEFORE)),
        _ => None,
    }
}

/// Whether an act can be done at `now` on a visit with this status that begins at `start`.
pub fn check_timing(
    kind: DeskActionKind,
    status: AppointmentStatus,
    start: Timestamp,
    now: Timestamp,
) -> Result<(), ActionTimingError> {
    if status != AppointmentStatus::Booked {
        return Err(ActionTimingError::Closed);
    }
    match earliest_time(kind, start) {
        Some(from) if now < from => Err(ActionTimingError::TooEarly),
        _ => Ok(()),
    }
}

/// An act as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDeskAction {
    /// Its number among the acts of the visit.
    pub number: u32,
    /// What was done.
    pub kind: DeskActionKind,
    /// When.
    pub done_at: Timestamp,
    /// The shown name of who did it.
    pub done_by: String,
    /// Whether it is in force.
    pub state: DeskActionState,
}

/// Whether an act is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskActionState {
    /// It is.
    InForce,
    /// It was taken back.
    Undone {
        /// When.
        undone_at: Timestamp,
    },
}

/// Why an act cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndoError {
    /// It was taken back before.
    AlreadyUndone,
    /// [`UNDO_WINDOW`] is over.
    TooLate,
}

impl RecordedDeskAction {
    /// The first moment in which it can no longer be taken back.
    pub fn undo_deadline(&self) -> Timestamp {
        self.done_at.plus(UNDO_WINDOW)
    }

    /// Whether it can be taken back at `now`.
    pub fn can_undo(&self, now: Timestamp) -> bool {
        self.clone().undo(now).is_ok()
    }

    /// The act, taken back.
    pub fn undo(self, now: Timestamp) -> Result<Self, UndoError> {
        match self.state {
            DeskActionState::Undone { .. } => Err(UndoError::AlreadyUndone),
            DeskActionState::InForce if now >= self.undo_deadline() => Err(UndoError::TooLate),
            DeskActionState::InForce => Ok(Self { state: DeskActionState::Undone { undone_at: now }, ..self }),
        }
    }
}

/// Whether the patient's side changed between an act and its being taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientSideChange {
    /// Nothing happened.
    Unchanged,
    /// Something did.
    Changed,
}

impl InsuranceProof {
    /// The ledgers after the desk's last act was taken back. What the desk knew before holds again; where the patient's
    /// side has changed since, that may no longer be true, and the desk looks again.
    #[must_use]
    pub fn restore_desk_side(self, before: DeskSide, meanwhile: PatientSideChange) -> Self {
        let desk = match meanwhile {
            PatientSideChange::Unchanged => before,
            PatientSideChange::Changed => DeskSide::Unseen,
        };
        Self { desk, ..self }
    }
}

impl DeskSide {
    /// When the desk brought it about; `None` where it did nothing.
    pub fn changed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Unseen => None,
            Self::Requested { requested_at: at, .. }
            | Self::Confirmed { confirmed_at: at, .. }
            | Self::Refused { refused_at: at, .. } => Some(*at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::proof::ConfirmationMethod, *};

    fn start() -> Timestamp {
        "2026-11-24T10:00:00+09:00".parse().expect("a timestamp")
    }

    fn minutes_from_start(from_start: i64) -> Timestamp {
        start().plus(Span::from_mins(from_start))
    }

    #[test]
    fn no_act_is_done_before_its_time_or_on_a_closed_visit() {
        use DeskActionKind as Kind;
        let check = |kind, status, from_start, expected| {
            assert_eq!(
                check_timing(kind, status, start(), minutes_from_start(from_start)),
                expected,
                "{kind} {from_start}"
            );
        };
        let days_before = -4 * 24 * 60;
        check(Kind::Complete, AppointmentStatus::Booked, days_before, Err(ActionTimingError::TooEarly));
        check(Kind::Complete, AppointmentStatus::Booked, -1, Err(ActionTimingError::TooEarly));
        check(Kind::Complete, AppointmentStatus::Booked, 0, Ok(()));
        check(Kind::Complete, AppointmentStatus::Booked, 24 * 60, Ok(()));
        check(Kind::ConfirmOnScreen, AppointmentStatus::Booked, -16, Err(ActionTimingError::TooEarly));
        check(Kind::ConfirmOnScreen, AppointmentStatus::Booked, -15, Ok(()));
        for kind in Kind::ALL {
            for closed in [AppointmentStatus::Cancelled, AppointmentStatus::Completed] {
                check(*kind, closed, 5, Err(ActionTimingError::Closed));
            }
            check(*kind, AppointmentStatus::Booked, 5, Ok(()));
            if !matches!(kind, Kind::Complete | Kind::ConfirmOnScreen) {
                check(*kind, AppointmentStatus::Booked, days_before, Ok(()));
            }
        }
    }

    fn recorded_action() -> RecordedDeskAction {
        RecordedDeskAction {
            number: 1,
            kind: DeskActionKind::Complete,
            done_at: start(),
            done_by: "受付".to_owned(),
            state: DeskActionState::InForce,
        }
    }

    #[test]
    fn an_act_can_be_taken_back_once_and_for_ten_minutes() {
        let last = start().plus(UNDO_WINDOW).minus(Span::from_millis(1));
        let taken_back = recorded_action().undo(last).expect("within the window");
        assert_eq!(taken_back.state, DeskActionState::Undone { undone_at: last });
        assert_eq!(taken_back.undo(last), Err(UndoError::AlreadyUndone));
        assert_eq!(recorded_action().undo(start().plus(UNDO_WINDOW)), Err(UndoError::TooLate));
        assert!(recorded_action().can_undo(start()) && !recorded_action().can_undo(minutes_from_start(10)));
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
        let asked = InsuranceProof::new().request_proof(RequestedProof::Picture, RequestReason::Blurred, start());
        let confirmed =
            asked.clone().confirm(ConfirmationMethod::ShownOnScreen, "受付".to_owned(), minutes_from_start(1));
        let back = confirmed.clone().restore_desk_side(asked.desk.clone(), PatientSideChange::Unchanged);
        assert_eq!(back, asked);
        let sent = confirmed.receive_picture(minutes_from_start(2));
        let back = sent.clone().restore_desk_side(asked.desk, PatientSideChange::Changed);
        assert_eq!(back, InsuranceProof { desk: DeskSide::Unseen, ..sent });
    }

    #[test]
    fn every_kind_has_its_own_words() {
        let texts: std::collections::HashSet<_> = DeskActionKind::ALL
            .iter()
            .map(|kind| kind.text().in_language(shell::Language::Japanese).to_owned())
            .collect();
        assert_eq!(texts.len(), DeskActionKind::ALL.len());
    }
}
