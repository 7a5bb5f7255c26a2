//! When a reminder is due, what it is about, and whether it is sent.
//!
//! | rung | due |
//! |---|---|
//! | [`ReminderRung::TwoDays`] | 48 hours before the visit |
//! | [`ReminderRung::DayBefore`] | at 18:00 in Japan on the day before |
//! | [`ReminderRung::TwoHours`] | 2 hours before the visit |
//!
//! A rung is looked at from then on for [`MAX_LATENESS`], and never after the visit has begun.

use base::{Span, Timestamp, end_of_day, start_of_day};

use crate::{
    appointments::rules::AppointmentStatus,
    directory::rules::institution::ProofMethodKind,
    people::rules::account::ReminderChoice,
    proof::rules::ledgers::{DeskSide, InsuranceProof, PatientSide, RequestedProof, is_departure_under_way},
};

/// The shortest time between a reminder and the letter before it: another reminder, or the letter that named the time of the
/// visit.
pub const MIN_PAUSE: Span = Span::from_hours(3);

/// For how long after its time a rung is still decided: a service that was stopped does not send reminders of yesterday. It is
/// no longer than [`MIN_PAUSE`], so a rung whose time was over when the visit was booked is never sent.
pub const MAX_LATENESS: Span = MIN_PAUSE;

/// The time of [`ReminderRung::DayBefore`], before the midnight at which the day of the visit begins.
const EVENING_BEFORE_MIDNIGHT: Span = Span::from_hours(6);

base::text_enum! {
    /// The reminders of a visit, in their order.
    pub enum ReminderRung {
        TwoDays = "two_days",
        DayBefore = "day_before",
        TwoHours = "two_hours",
    }
}

impl ReminderRung {
    /// When the rung of a visit is due.
    pub fn due_at(self, visit_start: Timestamp) -> Timestamp {
        match self {
            Self::TwoDays => visit_start.minus(Span::from_hours(48)),
            Self::DayBefore => start_of_day(visit_start.japan_date()).minus(EVENING_BEFORE_MIDNIGHT),
            Self::TwoHours => visit_start.minus(Span::from_hours(2)),
        }
    }

    /// The rung after this one.
    fn next(self) -> Option<Self> {
        match self {
            Self::TwoDays => Some(Self::DayBefore),
            Self::DayBefore => Some(Self::TwoHours),
            Self::TwoHours => None,
        }
    }

    /// The visits whose rung is to be decided at `now`: those that begin after the first instant and not after the second.
    /// `None` if there are none at this time of the day.
    pub fn due_visits(self, now: Timestamp) -> Option<(Timestamp, Timestamp)> {
        match self {
            Self::TwoDays => {
                let latest = now.plus(Span::from_hours(48));
                Some((latest.minus(MAX_LATENESS), latest))
            }
            Self::DayBefore => {
                let midnight = end_of_day(now.japan_date());
                let since_evening = now.duration_since(midnight.minus(EVENING_BEFORE_MIDNIGHT));
                let is_evening = since_evening >= Span::ZERO && since_evening < MAX_LATENESS;
                let last_before = |time: Timestamp| time.minus(Span::from_millis(1));
                is_evening.then(|| (last_before(midnight), last_before(midnight.plus(Span::from_hours(24)))))
            }
            Self::TwoHours => Some((now, now.plus(Span::from_hours(2)))),
        }
    }
}

/// What is missing before a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MissingStep {
    /// Nothing that the patient could do.
    Nothing,
    /// The procedure has not begun, or what was done is void.
    NotBegun,
    /// The patient departed to the reception and has not returned.
    NotReturned,
    /// The patient departed to the reception just now.
    UnderWay,
    /// The desk asks for the online procedure.
    ProcedureRequested,
    /// The desk asks for a picture.
    PictureRequested,
    /// The desk could not accept what was sent.
    Refused,
}

impl MissingStep {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::Nothing,
        Self::NotBegun,
        Self::NotReturned,
        Self::UnderWay,
        Self::ProcedureRequested,
        Self::PictureRequested,
        Self::Refused,
    ];

    /// What is missing at `now` according to the ledgers. A self-pay visit has none.
    pub fn find(method: ProofMethodKind, proof: Option<&InsuranceProof>, now: Timestamp) -> Self {
        let Some(proof) = proof else { return Self::Nothing };
        match (&proof.desk, &proof.patient) {
            (
                DeskSide::Unseen | DeskSide::Requested { requested_proof: RequestedProof::Consent, .. },
                PatientSide::Departed { departed_at },
            ) if is_departure_under_way(*departed_at, now) => Self::UnderWay,
            (DeskSide::Requested { requested_proof: RequestedProof::Consent, .. }, _) if method.accepts_card() => {
                Self::ProcedureRequested
            }
            (DeskSide::Requested { .. }, _) => Self::PictureRequested,
            (DeskSide::Refused { .. }, _) => Self::Refused,
            (DeskSide::Unseen, PatientSide::NotStarted(_)) => Self::NotBegun,
            (DeskSide::Unseen, PatientSide::Departed { .. }) => Self::NotReturned,
            (DeskSide::Confirmed { .. }, _)
            | (
                DeskSide::Unseen,
                PatientSide::Registered { .. } | PatientSide::ReportedDone { .. } | PatientSide::PictureSent { .. },
            ) => Self::Nothing,
        }
    }

    /// Whether the desk should telephone a patient who has not done it shortly before the visit.
    pub fn needs_call(self) -> bool {
        !matches!(self, Self::Nothing | Self::UnderWay)
    }
}

/// What is known about a visit when a rung is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RungFacts {
    pub status: AppointmentStatus,
    pub visit_start: Timestamp,
    pub choice: ReminderChoice,
    pub missing: MissingStep,
    /// When the patient was last sent a reminder of this visit, or the letter that named its time.
    pub last_letter_at: Timestamp,
}

/// What happens at a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RungDecision {
    /// The visit is not as it was found: nothing happens, and nothing is stored.
    Obsolete,
    Decided {
        letter: LetterDecision,
        /// Whether the desk is told to telephone the patient.
        call: bool,
    },
}

base::text_enum! {
    /// Whether a rung sends a letter, and why it does not.
    pub enum LetterDecision {
        Sent = "sent",
        /// The patient wants no reminders.
        Unwanted = "unwanted",
        /// There was a letter just before.
        TooSoon = "too_soon",
        /// The next rung is near.
        Superseded = "superseded",
    }
}

/// Decides about a rung at `now`, at which it was found due.
pub fn decide_rung(rung: ReminderRung, facts: RungFacts, now: Timestamp) -> RungDecision {
    let is_due =
        rung.due_visits(now).is_some_and(|(after, until)| after < facts.visit_start && facts.visit_start <= until);
    if facts.status != AppointmentStatus::Booked || now >= facts.visit_start || !is_due {
        return RungDecision::Obsolete;
    }
    let next_is_near = rung.next().is_some_and(|next| next.due_at(facts.visit_start).duration_since(now) < MIN_PAUSE);
    let letter = if facts.choice == ReminderChoice::Off {
        LetterDecision::Unwanted
    } else if now.duration_since(facts.last_letter_at) < MIN_PAUSE {
        LetterDecision::TooSoon
    } else if next_is_near {
        LetterDecision::Superseded
    } else {
        LetterDecision::Sent
    };
    RungDecision::Decided { letter, call: rung == ReminderRung::TwoHours && facts.missing.needs_call() }
}

#[cfg(test)]
mod tests;
