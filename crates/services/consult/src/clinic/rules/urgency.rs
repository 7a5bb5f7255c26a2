//! How urgent a visit is for the desk: its band in the list of visits.

use base::{Span, Timestamp};

use crate::{
    appointments::rules::{Appointment, AppointmentStatus},
    proof::rules::{
        ledgers::{DeskSide, InsuranceProof, PatientSide, is_departure_under_way},
        next_steps::DeskNextStep,
    },
};

/// How long before a visit it counts as near.
pub const NEAR_WINDOW: Span = Span::from_mins(30);
/// How long before a visit the desk telephones a patient who has not done what is needed: from the last reminder on.
pub const CALL_WINDOW: Span = Span::from_hours(2);
/// For how long after the booking of a visit that is not near the desk leaves the patient time to begin.
const TIME_TO_BEGIN: Span = Span::from_mins(30);
/// How long after its end a visit counts as going on, since visits run late.
const LATE_ALLOWANCE: Span = Span::from_mins(15);

/// A band of the list, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UrgencyBand {
    /// The visit is soon or has begun, and there is nothing by which insurance could be confirmed.
    Telephone,
    Now,
    Soon,
    Later,
    /// The visit was held, was cancelled, or its time is over.
    Over,
}

/// Time and status of a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitTime {
    pub start: Timestamp,
    pub minutes: u32,
    pub status: AppointmentStatus,
    pub booked_at: Timestamp,
}

impl From<&Appointment> for VisitTime {
    fn from(appointment: &Appointment) -> Self {
        Self {
            start: appointment.visit_start,
            minutes: appointment.menu.minutes,
            status: appointment.status,
            booked_at: appointment.made_at,
        }
    }
}

/// The band of a visit at `now`. A self-pay visit has no ledgers.
pub fn urgency_band(visit: VisitTime, proof: Option<&InsuranceProof>, now: Timestamp) -> UrgencyBand {
    let end = visit.start.plus(Span::from_mins(i64::from(visit.minutes)));
    if visit.status != AppointmentStatus::Booked || now >= end.plus(LATE_ALLOWANCE) {
        return UrgencyBand::Over;
    }
    let begun = now >= visit.start;
    let near = visit.start.duration_since(now) <= NEAR_WINDOW;
    let can_call = near
        || (visit.start.duration_since(now) <= CALL_WINDOW && now.duration_since(visit.booked_at) >= TIME_TO_BEGIN);
    if can_call && proof.is_some_and(|proof| needs_telephone(proof, begun, now)) {
        UrgencyBand::Telephone
    } else if begun {
        UrgencyBand::Now
    } else if near {
        UrgencyBand::Soon
    } else {
        UrgencyBand::Later
    }
}

/// Whether there is nothing that the desk could review, and nothing to be expected.
fn needs_telephone(proof: &InsuranceProof, begun: bool, now: Timestamp) -> bool {
    match (&proof.desk, &proof.patient) {
        (DeskSide::Confirmed { .. }, _) => false,
        (_, PatientSide::NotStarted(_)) => true,
        (_, PatientSide::Departed { departed_at }) => begun || !is_departure_under_way(*departed_at, now),
        (DeskSide::Unseen, _) => false,
        // The request or refusal has had no new proof.
        (DeskSide::Requested { .. } | DeskSide::Refused { .. }, _) => true,
    }
}

/// Whole minutes until a visit begins, rounded up; `None` once it has begun.
pub fn minutes_until(start: Timestamp, now: Timestamp) -> Option<u64> {
    let remaining = u64::try_from(start.duration_since(now).as_millis()).ok().filter(|remaining| *remaining > 0)?;
    Some(remaining.div_ceil(60_000))
}

/// Whether the desk has something to do about a visit.
pub fn needs_action(band: UrgencyBand, status: AppointmentStatus, next: DeskNextStep) -> bool {
    match band {
        UrgencyBand::Telephone => true,
        // The visit is over and has not been marked as held.
        UrgencyBand::Over => status == AppointmentStatus::Booked,
        UrgencyBand::Now | UrgencyBand::Soon | UrgencyBand::Later => {
            matches!(next, DeskNextStep::AskPatient | DeskNextStep::CheckTerminal | DeskNextStep::ReviewPicture)
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Randomness, ReceptionNumber};

    use super::*;
    use crate::proof::rules::ledgers::{ConfirmationMethod, RefusedReason, RequestReason, RequestedProof};

    fn start() -> Timestamp {
        "2026-11-24T10:30:00+09:00".parse().expect("a timestamp")
    }

    /// The instant so many minutes after the start of the visit.
    fn minutes_after_start(minutes: i64) -> Timestamp {
        start().plus(Span::from_mins(minutes))
    }

    fn visit(status: AppointmentStatus) -> VisitTime {
        VisitTime { start: start(), minutes: 15, status, booked_at: minutes_after_start(-3000) }
    }

    fn registered_proof() -> InsuranceProof {
        InsuranceProof::new()
            .register_consent(ReceptionNumber::new(&Randomness::repeatable("urgency")), minutes_after_start(1000))
    }

    fn with_picture_requested(proof: InsuranceProof) -> InsuranceProof {
        proof.request_proof(RequestedProof::Picture, RequestReason::NothingYet, minutes_after_start(-120))
    }

    fn with_refusal(proof: InsuranceProof) -> InsuranceProof {
        proof.refuse(RefusedReason::NotInsured, "受付".to_owned(), minutes_after_start(-120))
    }

    #[test]
    fn the_bands_by_time() {
        let check = |minutes, expected| {
            let confirmed =
                registered_proof().confirm(ConfirmationMethod::Terminal, "受付".to_owned(), minutes_after_start(-100));
            assert_eq!(
                urgency_band(visit(AppointmentStatus::Booked), Some(&confirmed), minutes_after_start(minutes)),
                expected,
                "{minutes}"
            );
            assert_eq!(
                urgency_band(visit(AppointmentStatus::Booked), None, minutes_after_start(minutes)),
                expected,
                "self-pay, {minutes}"
            );
        };
        check(-24 * 60, UrgencyBand::Later);
        check(-31, UrgencyBand::Later);
        check(-30, UrgencyBand::Soon);
        check(-1, UrgencyBand::Soon);
        check(0, UrgencyBand::Now);
        check(15, UrgencyBand::Now);
        check(29, UrgencyBand::Now);
        check(30, UrgencyBand::Over);
        for closed in [AppointmentStatus::Cancelled, AppointmentStatus::Completed] {
            assert_eq!(
                urgency_band(visit(closed), Some(&InsuranceProof::new()), minutes_after_start(-5)),
                UrgencyBand::Over
            );
        }
    }

    #[test]
    fn who_must_be_telephoned() {
        let check = |proof: InsuranceProof, minutes, expected| {
            assert_eq!(
                urgency_band(visit(AppointmentStatus::Booked), Some(&proof), minutes_after_start(minutes)),
                expected,
                "{proof:?} {minutes}"
            );
        };
        // No proof.
        check(InsuranceProof::new(), -121, UrgencyBand::Later);
        check(InsuranceProof::new(), -120, UrgencyBand::Telephone);
        check(InsuranceProof::new(), 1, UrgencyBand::Telephone);
        check(InsuranceProof::new(), 30, UrgencyBand::Over);
        // Requested, and nothing received: a visit in six minutes must not show as "waiting".
        check(with_picture_requested(InsuranceProof::new()), -6, UrgencyBand::Telephone);
        check(with_picture_requested(InsuranceProof::new()), 1, UrgencyBand::Telephone);
        // At the reception just now, or for long; once the visit begins, a departure no longer counts.
        check(InsuranceProof::new().depart(minutes_after_start(-20)), -10, UrgencyBand::Soon);
        check(InsuranceProof::new().depart(minutes_after_start(-25)), -10, UrgencyBand::Telephone);
        check(InsuranceProof::new().depart(minutes_after_start(-2)), 0, UrgencyBand::Telephone);
        check(
            InsuranceProof::new().depart(minutes_after_start(-20)).end_without_registering(),
            -10,
            UrgencyBand::Telephone,
        );
        // There is something to review.
        check(registered_proof(), -10, UrgencyBand::Soon);
        check(registered_proof(), 1, UrgencyBand::Now);
        check(InsuranceProof::new().receive_picture(minutes_after_start(-60)), -10, UrgencyBand::Soon);
        check(InsuranceProof::new().report_done(minutes_after_start(-60)), -10, UrgencyBand::Soon);
        // Reviewed, and not sufficient.
        check(with_picture_requested(registered_proof()), -10, UrgencyBand::Telephone);
        check(
            with_refusal(InsuranceProof::new().receive_picture(minutes_after_start(-130))),
            -10,
            UrgencyBand::Telephone,
        );
        check(
            registered_proof().confirm(ConfirmationMethod::Terminal, "受付".to_owned(), minutes_after_start(-100)),
            -10,
            UrgencyBand::Soon,
        );
    }

    #[test]
    fn who_booked_just_now_has_time_to_begin_until_the_visit_is_near() {
        let check = |booked: i64, minutes, expected| {
            let visit = VisitTime { booked_at: minutes_after_start(booked), ..visit(AppointmentStatus::Booked) };
            let band = urgency_band(visit, Some(&InsuranceProof::new()), minutes_after_start(minutes));
            assert_eq!(band, expected, "{booked} {minutes}");
        };
        check(-100, -71, UrgencyBand::Later);
        check(-100, -70, UrgencyBand::Telephone);
        check(-40, -31, UrgencyBand::Later);
        check(-40, -30, UrgencyBand::Telephone);
    }

    #[test]
    fn minutes_left_are_rounded_up() {
        let check = |now: Timestamp, expected| assert_eq!(minutes_until(start(), now), expected);
        check(minutes_after_start(-12), Some(12));
        check(minutes_after_start(-12).plus(Span::from_secs(1)), Some(12));
        check(minutes_after_start(0).minus(Span::from_millis(1)), Some(1));
        check(minutes_after_start(0), None);
        check(minutes_after_start(5), None);
    }

    #[test]
    fn what_the_desk_has_to_do() {
        let check = |band, status, next, expected| {
            assert_eq!(needs_action(band, status, next), expected, "{band:?} {status:?} {next:?}");
        };
        check(UrgencyBand::Telephone, AppointmentStatus::Booked, DeskNextStep::WaitForPatient, true);
        check(UrgencyBand::Later, AppointmentStatus::Booked, DeskNextStep::WaitForPatient, false);
        check(UrgencyBand::Later, AppointmentStatus::Booked, DeskNextStep::AskPatient, true);
        check(UrgencyBand::Soon, AppointmentStatus::Booked, DeskNextStep::CheckTerminal, true);
        check(UrgencyBand::Now, AppointmentStatus::Booked, DeskNextStep::ReviewPicture, true);
        check(UrgencyBand::Now, AppointmentStatus::Booked, DeskNextStep::SeePatient, false);
        check(UrgencyBand::Over, AppointmentStatus::Booked, DeskNextStep::Nothing, true);
        check(UrgencyBand::Over, AppointmentStatus::Completed, DeskNextStep::Nothing, false);
        check(UrgencyBand::Over, AppointmentStatus::Cancelled, DeskNextStep::Nothing, false);
    }
}
