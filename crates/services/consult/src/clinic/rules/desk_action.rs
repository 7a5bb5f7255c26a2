//! Desk actions on a visit: when each can be done, and for how long it can be undone.
//!
//! Within [`UNDO_WINDOW`] the newest action of a visit can be undone, once; then the one before it is the newest.

use base::{Span, Timestamp};
use text::Text;

use crate::{
    appointments::rules::{AppointmentStatus, UNDO_WINDOW},
    audit::rules::action::DeskActionKind,
    booking::rules::PatientEvent,
    clinic::texts,
    pictures::rules::{
        judgement::PictureJudgement,
        note::Note,
        picture::{InsurancePicture, PictureId, PictureRefusal, PictureState},
    },
    proof::rules::ledgers::{
        ConfirmationMethod, DeskSide, InsuranceProof, RefusedReason, RequestReason, RequestedProof,
    },
};

/// How long the letter about an action is delayed: a mistake is noticed within moments, and undoing it then cancels the
/// letter.
pub const LETTER_DELAY: Span = Span::from_mins(1);
/// How long before the visit a patient may be called, so that a document can be shown on the screen.
pub const CALL_OPENS_BEFORE: Span = Span::from_mins(15);

/// An action of a desk on a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeskAction {
    /// Request consent, or a picture.
    Request(RequestedProof, RequestReason),
    /// Request one picture again.
    RequestPictureAgain {
        picture: PictureId,
        reason: RequestReason,
        /// The desk's note to the patient.
        note: Option<Note>,
    },
    /// Confirm: the insurance was seen at the institution's own terminal.
    ConfirmAtTerminal,
    /// Confirm: the insurance was seen on a document that was held up in the call.
    ConfirmOnScreen,
    /// Confirm: the insurance was seen on pictures.
    ConfirmByPictures {
        /// The pictures that the desk opened.
        viewed: Vec<PictureId>,
        /// The document was compared with the patient.
        check: DocumentCheck,
    },
    /// Refuse the proof.
    RefuseProof(RefusedReason),
    /// Mark the visit as held.
    Complete,
    /// Record that the patient was not there.
    NoShow,
}

/// Evidence that a document was compared with the patient: 氏名, 生年月日 and 有効期限, each ticked.
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

impl DeskAction {
    /// The status that the action gives to the visit, if it ends it.
    pub(crate) fn outcome(&self) -> Option<AppointmentStatus> {
        match self {
            Self::Complete => Some(AppointmentStatus::Completed),
            Self::NoShow => Some(AppointmentStatus::NoShow),
            _ => None,
        }
    }

    /// The kind of the action.
    pub fn kind(&self) -> DeskActionKind {
        match self {
            Self::Request(RequestedProof::Consent, _) => DeskActionKind::RequestConsent,
            Self::Request(RequestedProof::Picture, _) => DeskActionKind::RequestPicture,
            Self::RequestPictureAgain { .. } => DeskActionKind::RequestPictureAgain,
            Self::ConfirmAtTerminal => DeskActionKind::ConfirmAtTerminal,
            Self::ConfirmByPictures { .. } => DeskActionKind::ConfirmByPictures,
            Self::ConfirmOnScreen => DeskActionKind::ConfirmOnScreen,
            Self::RefuseProof(_) => DeskActionKind::Refuse,
            Self::Complete => DeskActionKind::Complete,
            Self::NoShow => DeskActionKind::NoShow,
        }
    }
}

/// What an action does to a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActionEffect {
    /// The ledgers after it.
    pub(crate) proof: InsuranceProof,
    /// What the patient is notified of.
    pub(crate) event: PatientEvent,
    pub(crate) pictures: Vec<PictureJudgement>,
}

impl ActionEffect {
    fn new(proof: InsuranceProof, event: PatientEvent) -> Self {
        Self { proof, event, pictures: Vec::new() }
    }
}

impl DeskAction {
    /// The effect on a visit with these ledgers and pictures; `staff` is the display name. `None` if a picture that the action
    /// is about was replaced or erased in the meantime, and for [`Self::Complete`] and [`Self::NoShow`], which change neither.
    pub(crate) fn decide_effect(
        &self,
        before: InsuranceProof,
        pictures: &[InsurancePicture],
        staff: &str,
        now: Timestamp,
    ) -> Option<ActionEffect> {
        let confirm = |before: InsuranceProof, method| {
            ActionEffect::new(before.confirm(method, staff.to_owned(), now), PatientEvent::Confirmed)
        };
        // Insurance is confirmed by pictures that were sent; a refused one is to be replaced, a draft is the patient's.
        let sent: Vec<_> = pictures
            .iter()
            .filter(|picture| matches!(picture.state, PictureState::Sent | PictureState::Accepted))
            .collect();
        match self {
            Self::Request(requested_proof, reason) => {
                Some(ActionEffect::new(before.request_proof(*requested_proof, *reason, now), PatientEvent::Requested))
            }
            Self::RequestPictureAgain { picture, reason, note } => {
                let picture = sent.iter().find(|sent| sent.id == *picture)?;
                let requested = before.request_proof(RequestedProof::Picture, *reason, now);
                let mut effect = ActionEffect::new(requested, PatientEvent::Requested);
                // With a missing side, the picture of the present side is not refused.
                if *reason != RequestReason::SideMissing {
                    let refusal = PictureRefusal { reason: *reason, note: note.clone() };
                    effect.pictures.push(PictureJudgement::refuse(picture, refusal));
                }
                Some(effect)
            }
            Self::ConfirmByPictures { viewed, check: _ } => {
                let all_seen = sent.iter().all(|picture| viewed.contains(&picture.id));
                if sent.is_empty() || !all_seen || viewed.len() != sent.len() {
                    return None;
                }
                let mut effect = confirm(before, ConfirmationMethod::Picture);
                let new = sent.iter().filter(|picture| picture.state == PictureState::Sent);
                effect.pictures.extend(new.map(|picture| PictureJudgement::accept(picture)));
                Some(effect)
            }
            Self::ConfirmAtTerminal => Some(confirm(before, ConfirmationMethod::Terminal)),
            Self::ConfirmOnScreen => Some(confirm(before, ConfirmationMethod::ShownOnScreen)),
            Self::RefuseProof(reason) => {
                Some(ActionEffect::new(before.refuse(*reason, staff.to_owned(), now), PatientEvent::Refused))
            }
            Self::Complete | Self::NoShow => None,
        }
    }
}

impl DeskActionKind {
    /// The action in words, in the past tense.
    pub fn text(self) -> Text {
        match self {
            Self::RequestConsent => texts::ASKED_FOR_CONSENT,
            Self::RequestPicture => texts::ASKED_FOR_A_PICTURE,
            Self::RequestPictureAgain => texts::ASKED_FOR_THE_PICTURE_AGAIN,
            Self::ConfirmAtTerminal => texts::CONFIRMED_AT_THE_TERMINAL,
            Self::ConfirmByPictures => texts::CONFIRMED_BY_THE_PICTURE,
            Self::ConfirmOnScreen => texts::CONFIRMED_BY_DOCUMENT_ON_SCREEN,
            Self::Refuse => texts::SAID_THAT_IT_COULD_NOT_BE_CONFIRMED,
            Self::Complete => texts::MARKED_THE_VISIT_AS_HELD,
            Self::NoShow => texts::RECORDED_THE_NO_SHOW,
        }
    }
}

/// Why an action cannot be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionTimingError {
    /// The visit was held or cancelled.
    Closed,
    /// It is before [`earliest_time`].
    TooEarly,
}

/// From when an action can be done on a visit that begins at `start`; `None` if at any time.
pub fn earliest_time(kind: DeskActionKind, start: Timestamp) -> Option<Timestamp> {
    match kind {
        DeskActionKind::Complete | DeskActionKind::NoShow => Some(start),
        DeskActionKind::ConfirmOnScreen => Some(start.minus(CALL_OPENS_BEFORE)),
        _ => None,
    }
}

/// Whether an action can be done at `now` on a visit with this status that begins at `start`.
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
        Some(earliest) if now < earliest => Err(ActionTimingError::TooEarly),
        _ => Ok(()),
    }
}

/// An action in force, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedDeskAction {
    /// Unique among the actions of the visit, increasing.
    pub number: u32,
    pub kind: DeskActionKind,
    pub done_at: Timestamp,
    /// The display name of the staff member.
    pub done_by: String,
}

impl RecordedDeskAction {
    /// The first instant at which the action can no longer be undone.
    pub fn undo_deadline(&self) -> Timestamp {
        self.done_at.plus(UNDO_WINDOW)
    }

    /// Whether the action can be undone at `now`.
    pub fn can_undo(&self, now: Timestamp) -> bool {
        now < self.undo_deadline()
    }

    /// Whether the desk's side is as this action left it. It is not after the visit was rescheduled to another day, or after the
    /// patient sent new proof.
    pub(crate) fn is_in_effect(&self, proof: &InsuranceProof) -> bool {
        proof.desk.changed_at() == Some(self.done_at)
    }
}

/// Whether the patient's side changed between an action and its undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatientSideChange {
    Unchanged,
    Changed,
}

impl InsuranceProof {
    /// The ledgers after the desk's last action was undone. The desk's side is restored; if the patient's side has changed
    /// since, it may be outdated, and the desk has to look again.
    #[must_use]
    pub fn restore_desk_side(self, before: DeskSide, patient_side_change: PatientSideChange) -> Self {
        let desk = match patient_side_change {
            PatientSideChange::Unchanged => before,
            PatientSideChange::Changed => DeskSide::Unseen,
        };
        Self { desk, ..self }
    }
}

impl DeskSide {
    /// When the desk brought about this state; `None` if it did nothing.
    pub fn changed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Unseen => None,
            Self::Requested { requested_at: time, .. }
            | Self::Confirmed { confirmed_at: time, .. }
            | Self::Refused { refused_at: time, .. } => Some(*time),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pictures::rules::{
        judgement::PictureVerdict,
        picture::{DocumentKind, DocumentSide, PictureHints},
    };

    fn start() -> Timestamp {
        "2026-11-24T10:00:00+09:00".parse().expect("a timestamp")
    }

    fn minutes_from_start(minutes: i64) -> Timestamp {
        start().plus(Span::from_mins(minutes))
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
        check(Kind::NoShow, AppointmentStatus::Booked, -1, Err(ActionTimingError::TooEarly));
        check(Kind::NoShow, AppointmentStatus::Booked, 0, Ok(()));
        check(Kind::Complete, AppointmentStatus::Booked, 24 * 60, Ok(()));
        check(Kind::ConfirmOnScreen, AppointmentStatus::Booked, -16, Err(ActionTimingError::TooEarly));
        check(Kind::ConfirmOnScreen, AppointmentStatus::Booked, -15, Ok(()));
        for kind in Kind::ALL {
            for closed in [AppointmentStatus::Cancelled, AppointmentStatus::Completed, AppointmentStatus::NoShow] {
                check(kind, closed, 5, Err(ActionTimingError::Closed));
            }
            check(kind, AppointmentStatus::Booked, 5, Ok(()));
            if !matches!(kind, Kind::Complete | Kind::NoShow | Kind::ConfirmOnScreen) {
                check(kind, AppointmentStatus::Booked, days_before, Ok(()));
            }
        }
    }

    fn recorded_action() -> RecordedDeskAction {
        RecordedDeskAction { number: 1, kind: DeskActionKind::Complete, done_at: start(), done_by: "受付".to_owned() }
    }

    #[test]
    fn an_act_can_be_taken_back_for_ten_minutes() {
        let last = start().plus(UNDO_WINDOW).minus(Span::from_millis(1));
        assert!(recorded_action().can_undo(last) && !recorded_action().can_undo(start().plus(UNDO_WINDOW)));
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
        let requested = InsuranceProof::new().request_proof(RequestedProof::Picture, RequestReason::Blurred, start());
        let confirmed =
            requested.clone().confirm(ConfirmationMethod::ShownOnScreen, "受付".to_owned(), minutes_from_start(1));
        let restored = confirmed.clone().restore_desk_side(requested.desk.clone(), PatientSideChange::Unchanged);
        assert_eq!(restored, requested);
        let sent = confirmed.receive_picture(minutes_from_start(2));
        let restored = sent.clone().restore_desk_side(requested.desk, PatientSideChange::Changed);
        assert_eq!(restored, InsuranceProof { desk: DeskSide::Unseen, ..sent });
    }

    #[test]
    fn every_kind_has_its_own_words() {
        let texts: std::collections::HashSet<_> = DeskActionKind::ALL
            .iter()
            .map(|kind| kind.text().in_language(text::Language::Japanese).to_owned())
            .collect();
        assert_eq!(texts.len(), DeskActionKind::ALL.len());
    }

    fn picture(seed: &str, state: PictureState) -> InsurancePicture {
        InsurancePicture {
            id: PictureId::new(start(), &base::Randomness::repeatable(seed)),
            document: DocumentKind::Certificate,
            side: DocumentSide::Front,
            state,
            hints: PictureHints::default(),
            size: (1600, 1000),
            made_at: start(),
            refusal: None,
        }
    }

    #[test]
    fn insurance_is_confirmed_by_all_pictures_that_were_sent_and_by_no_other() {
        let check = DocumentCheck::from_ticks(DocumentTicks { name: true, birth_date: true, expiry: true });
        let check = check.expect("all is ticked");
        let pictures = [
            picture("sent", PictureState::Sent),
            picture("accepted", PictureState::Accepted),
            picture("refused", PictureState::Refused),
            picture("draft", PictureState::Draft),
        ];
        let confirm = |viewed: &[&InsurancePicture], pictures: &[InsurancePicture]| {
            let viewed = viewed.iter().map(|picture| picture.id).collect();
            let action = DeskAction::ConfirmByPictures { viewed, check };
            action.decide_effect(InsuranceProof::new(), pictures, "受付", start())
        };
        let effect = confirm(&[&pictures[0], &pictures[1]], &pictures).expect("all was seen");
        assert!(matches!(effect.proof.desk, DeskSide::Confirmed { method: ConfirmationMethod::Picture, .. }));
        assert_eq!(effect.pictures, [PictureJudgement::accept(&pictures[0])]);
        assert_eq!(confirm(&[&pictures[0]], &pictures), None);
        assert_eq!(confirm(&[&pictures[0], &pictures[1], &pictures[2]], &pictures), None);
        assert_eq!(confirm(&[], &pictures[2..]), None);
    }

    #[test]
    fn a_picture_is_refused_unless_only_its_other_side_is_missing() {
        let sent = picture("sent", PictureState::Sent);
        let ask = |picture: &InsurancePicture, reason| {
            let action = DeskAction::RequestPictureAgain { picture: picture.id, reason, note: None };
            action.decide_effect(InsuranceProof::new(), std::slice::from_ref(&sent), "受付", start())
        };
        let blurred = ask(&sent, RequestReason::Blurred).expect("the picture is there");
        let refusal = PictureRefusal { reason: RequestReason::Blurred, note: None };
        assert_eq!(blurred.pictures[0].verdict, PictureVerdict::Refused(refusal));
        assert_eq!(blurred.pictures[0].state_before, PictureState::Sent);
        let missing = ask(&sent, RequestReason::SideMissing).expect("the picture is there");
        assert_eq!((missing.event, missing.pictures.len()), (PatientEvent::Requested, 0));
        assert_eq!(ask(&picture("replaced", PictureState::Sent), RequestReason::Blurred), None);
    }
}
