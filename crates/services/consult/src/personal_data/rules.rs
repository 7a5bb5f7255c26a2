//! 退会: when an account can be closed.

use base::Timestamp;

use crate::appointments::rules::{Appointment, AppointmentId, Openness};

/// What to do with future visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UpcomingVisitChoice {
    /// The patient has not agreed to their cancellation.
    Keep,
    /// The patient has agreed to the cancellation of these visits.
    Cancel(Vec<AppointmentId>),
}

/// The outcome of closing an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CloseOutcome {
    Closed,
    /// There are future visits whose cancellation was not agreed to. Nothing was changed.
    StillBooked,
    /// A visit has begun today. Nothing was changed.
    VisitUnderWay,
}

/// The outcome of closing an account at `now` whose patient has these open appointments.
pub(crate) fn decide_closing(open: &[Appointment], upcoming: &UpcomingVisitChoice, now: Timestamp) -> CloseOutcome {
    if open.iter().any(|appointment| appointment.openness(now) == Openness::Provable) {
        return CloseOutcome::VisitUnderWay;
    }
    let agreed = |appointment: &Appointment| match upcoming {
        UpcomingVisitChoice::Keep => false,
        UpcomingVisitChoice::Cancel(listed) => listed.contains(&appointment.id),
    };
    if open.iter().all(agreed) { CloseOutcome::Closed } else { CloseOutcome::StillBooked }
}
