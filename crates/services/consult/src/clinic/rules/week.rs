//! The visits of a week, counted for each doctor and day, and what of it is closed.

use base::{Date, Timestamp, end_of_day, start_of_day};
use jiff::ToSpan;

use super::urgency::{VisitTime, needs_action, urgency_band};
use crate::{
    appointments::rules::AppointmentStatus,
    directory::rules::institution::ProofMethodKind,
    practitioners::rules::practitioner::PractitionerId,
    proof::rules::{
        ledgers::InsuranceProof,
        next_steps::{DeskNextStep, Visit, decide_next_steps},
    },
    schedule::rules::{practitioner_schedule::Period, slot::monday_of_week},
};

/// A week, from Monday on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Week {
    monday: Date,
}

impl Week {
    /// The week of a day.
    pub(crate) fn from_day(day: Date) -> Self {
        Self { monday: monday_of_week(day) }
    }

    /// The days, from Monday on.
    pub(crate) fn days(self) -> [Date; 7] {
        let mut days = [self.monday; 7];
        for (offset, day) in (0_i64..).zip(&mut days) {
            *day = self.monday.saturating_add(offset.days());
        }
        days
    }

    /// Monday.
    pub(crate) fn first_day(self) -> Date {
        self.monday
    }

    /// Sunday.
    pub(crate) fn last_day(self) -> Date {
        self.monday.saturating_add(6.days())
    }

    /// The week before.
    pub(crate) fn previous(self) -> Self {
        Self { monday: self.monday.saturating_sub(7.days()) }
    }

    /// The week after.
    pub(crate) fn next(self) -> Self {
        Self { monday: self.monday.saturating_add(7.days()) }
    }
}

/// A visit, as far as a week counts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WeekVisit {
    pub(crate) practitioner: PractitionerId,
    pub(crate) time: VisitTime,
    /// None for a self-pay visit.
    pub(crate) proof: Option<InsuranceProof>,
}

/// Numbers of visits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct VisitCounts {
    /// Those that were not cancelled.
    pub(crate) visits: usize,
    /// Those to come for which the patient has yet to prove insurance.
    pub(crate) missing_proof: usize,
    /// Those that the list of the day shows as in need of the desk.
    pub(crate) needs_action: usize,
    /// Those that were marked as held.
    pub(crate) held: usize,
}

/// Counts visits as they are at `now`.
pub(crate) fn count_visits<'v>(
    visits: impl IntoIterator<Item = &'v WeekVisit>,
    proof_method: ProofMethodKind,
    now: Timestamp,
) -> VisitCounts {
    let mut counts = VisitCounts::default();
    for WeekVisit { time, proof, .. } in visits {
        if time.status == AppointmentStatus::Cancelled {
            continue;
        }
        let visit = Visit { date: time.start.japan_date(), status: time.status, proof_method };
        let step = decide_next_steps(visit, proof.as_ref(), now).desk_step;
        let band = urgency_band(*time, proof.as_ref(), now);
        counts.visits += 1;
        counts.missing_proof += usize::from(matches!(step, DeskNextStep::AskPatient | DeskNextStep::WaitForPatient));
        counts.needs_action += usize::from(needs_action(band, time.status, step));
        counts.held += usize::from(time.status == AppointmentStatus::Completed);
    }
    counts
}

/// The part of a day in which a closure lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClosedPart {
    WholeDay,
    /// From an instant of the day to another.
    Hours(Period),
}

/// The part of a day that a closed period covers, if it covers some.
pub(crate) fn closed_part(closed: Period, day: Date) -> Option<ClosedPart> {
    let (midnight, end) = (start_of_day(day), end_of_day(day));
    let part = Period::new(closed.start().max(midnight), closed.end().min(end))?;
    Some(if part.start() == midnight && part.end() == end { ClosedPart::WholeDay } else { ClosedPart::Hours(part) })
}

#[cfg(test)]
mod tests {
    use base::Span;

    use super::*;
    use crate::{
        directory::samples::institutions,
        practitioners::samples::practitioners,
        proof::rules::ledgers::{ConfirmationMethod, RequestReason, RequestedProof},
        sample_data,
    };

    fn date(text: &str) -> Date {
        base::parse_date(text).expect("a date")
    }

    #[test]
    fn a_week_begins_on_monday() {
        for day in ["2026-11-23", "2026-11-25", "2026-11-29"] {
            let week = Week::from_day(date(day));
            assert_eq!((week.first_day(), week.last_day()), (date("2026-11-23"), date("2026-11-29")), "{day}");
            assert_eq!(week.days().first(), Some(&week.first_day()));
            assert_eq!(week.days().last(), Some(&week.last_day()));
            assert_eq!(week.next().first_day(), date("2026-11-30"));
            assert_eq!(week.previous().last_day(), date("2026-11-22"));
        }
    }

    #[test]
    fn visits_are_counted_by_what_is_missing() {
        let start = sample_data::visit_start();
        let check = |status, proof: Option<InsuranceProof>, minutes, expected: (usize, usize, usize, usize)| {
            let booked_at = start.minus(Span::from_hours(72));
            let visit = WeekVisit {
                practitioner: practitioners(institutions()[0].code)[0].id,
                time: VisitTime { start, minutes: 15, status, booked_at },
                proof: proof.clone(),
            };
            let now = start.plus(Span::from_mins(minutes));
            let VisitCounts { visits, missing_proof, needs_action, held } =
                count_visits([&visit], ProofMethodKind::HandOver, now);
            assert_eq!((visits, missing_proof, needs_action, held), expected, "{status:?} {minutes} {proof:?}");
        };
        let confirmed = InsuranceProof::new().confirm(ConfirmationMethod::Terminal, "受付".to_owned(), start);
        let requested = InsuranceProof::new().request_proof(RequestedProof::Picture, RequestReason::NothingYet, start);
        let sent = InsuranceProof::new().receive_picture(start);
        let day_before = -24 * 60;
        check(AppointmentStatus::Cancelled, Some(InsuranceProof::new()), day_before, (0, 0, 0, 0));
        check(AppointmentStatus::Booked, None, day_before, (1, 0, 0, 0));
        check(AppointmentStatus::Booked, Some(requested), day_before, (1, 1, 0, 0));
        check(AppointmentStatus::Booked, Some(sent), day_before, (1, 0, 1, 0));
        check(AppointmentStatus::Booked, Some(confirmed.clone()), day_before, (1, 0, 0, 0));
        // Nobody has marked it as held.
        check(AppointmentStatus::Booked, Some(confirmed.clone()), 60, (1, 0, 1, 0));
        check(AppointmentStatus::Completed, Some(confirmed), 60, (1, 0, 0, 1));
    }

    #[test]
    fn a_closure_covers_days_or_hours() {
        let day = date("2026-11-25");
        let hour = |hours: i64| start_of_day(day).plus(Span::from_hours(hours));
        let check = |from, to, expected: Option<Option<(i64, i64)>>| {
            let closed = Period::new(hour(from), hour(to)).expect("a period");
            let hours = |(from, to)| Period::new(hour(from), hour(to)).expect("a period");
            let expected =
                expected.map(|part| part.map_or(ClosedPart::WholeDay, |part| ClosedPart::Hours(hours(part))));
            assert_eq!(closed_part(closed, day), expected, "{from} {to}");
        };
        check(0, 24, Some(None));
        check(-48, 48, Some(None));
        check(9, 12, Some(Some((9, 12))));
        check(-24, 12, Some(Some((0, 12))));
        check(18, 40, Some(Some((18, 24))));
        check(-24, 0, None);
        check(24, 48, None);
    }
}
