//! Booking and rescheduling: which visits of a patient are close to a planned one, how many one mailbox may have, and what the
//! patient is notified of.

use base::{Digest, InstitutionCode, Span, Timestamp};

use crate::{
    appointments::rules::{Appointment, AppointmentId},
    limits::Limits,
    people::rules::{account::AccountId, patient::PatientId},
};

/// Why a visit cannot be booked, rescheduled or cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BookingObstacle {
    /// Another visit of the patient at the same institution at the same time.
    #[error("the patient has a visit at this institution at the same time")]
    SameTime(AppointmentId),
    /// A visit at another institution at the same time, which the patient has not accepted.
    #[error("the patient has a visit elsewhere at the same time")]
    Overlaps(AppointmentId),
    /// A visit at the same institution on the same day, which the patient has not accepted.
    #[error("the patient has another visit at this institution on that day")]
    SameDay(AppointmentId),
    /// As many future visits as one mailbox may have.
    #[error("the patient has too many appointments to come")]
    TooManyAppointments { max: u16 },
    /// As many visits at one institution on one day as one mailbox may have.
    #[error("the patient has too many visits at this institution on that day")]
    ClinicDayFull { max: u16 },
    /// The limit until which the visit can be moved has passed.
    #[error("the visit can no longer be moved")]
    AfterLimit(AppointmentId),
    /// Cancelling costs a fee that the patient has not accepted.
    #[error("cancelling costs a fee of {fee} yen now")]
    CancellationFee { appointment: AppointmentId, fee: u32 },
    /// As many actions on one day as one mailbox may do.
    #[error("the patient has {action} too many visits today")]
    TooManyActionsToday { action: PatientAction, max: u16 },
}

impl BookingObstacle {
    /// Whether it is a limit, which stands whatever the patient accepts.
    pub(crate) fn is_limit(self) -> bool {
        match self {
            Self::Overlaps(_) | Self::SameDay(_) | Self::AfterLimit(_) | Self::CancellationFee { .. } => false,
            Self::SameTime(_)
            | Self::TooManyAppointments { .. }
            | Self::ClinicDayFull { .. }
            | Self::TooManyActionsToday { .. } => true,
        }
    }
}

/// Who books or reschedules a visit, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Booker {
    pub(crate) account: AccountId,
    /// The patient of a new visit; None for the account's holder.
    pub(crate) patient: Option<PatientId>,
    /// The browser, which may have a hold of the slot.
    pub(crate) browser: Option<Digest>,
    pub(crate) accepted_visits: AcceptedVisits,
}

/// Nearby visits of which the patient has said that they are intended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AcceptedVisits {
    /// At another institution at the same time.
    pub(crate) overlap: Option<AppointmentId>,
    /// At the same institution on the same day.
    pub(crate) same_day: Option<AppointmentId>,
}

impl AcceptedVisits {
    /// Parses the fields of a form: an id, or an empty text if there is no such visit.
    pub(crate) fn parse(overlap: &str, same_day: &str) -> Self {
        Self { overlap: overlap.parse().ok(), same_day: same_day.parse().ok() }
    }
}

impl Booker {
    pub(crate) fn with_browser(account: AccountId, browser: Digest) -> Self {
        Self { account, patient: None, browser: Some(browser), accepted_visits: AcceptedVisits::default() }
    }
}

impl From<AccountId> for Booker {
    fn from(account: AccountId) -> Self {
        Self { account, patient: None, browser: None, accepted_visits: AcceptedVisits::default() }
    }
}

/// Visits of the same patient close to a planned one, which may be a mistake.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NearbyVisits {
    /// At another institution at the same time.
    pub(crate) overlap: Option<UpcomingVisit>,
    /// At the same institution on the same day, at another time.
    pub(crate) same_day: Option<UpcomingVisit>,
}

impl NearbyVisits {
    /// Finds them among the patient's `others`. `rescheduled` is the appointment that moves to `planned`: it is no other visit,
    /// and within its own day it has no new visit on the same day.
    ///
    /// # Errors
    /// [`BookingObstacle::SameTime`] if a visit at the same institution overlaps.
    pub(crate) fn find(
        planned: PlannedVisit,
        others: impl IntoIterator<Item = UpcomingVisit>,
        rescheduled: Option<&Appointment>,
    ) -> Result<Self, BookingObstacle> {
        let day = planned.start.japan_date();
        let changes_day = rescheduled.is_none_or(|rescheduled| rescheduled.visit_date() != day);
        let is_another = |visit: &UpcomingVisit| rescheduled.is_none_or(|rescheduled| rescheduled.id != visit.id);
        let mut nearby = Self::default();
        for visit in others.into_iter().filter(is_another) {
            let overlaps = visits_overlap((visit.start, visit.minutes), (planned.start, planned.minutes));
            if visit.institution == planned.institution {
                if overlaps {
                    return Err(BookingObstacle::SameTime(visit.id));
                }
                if changes_day && visit.start.japan_date() == day {
                    nearby.same_day.get_or_insert(visit);
                }
            } else if overlaps {
                nearby.overlap.get_or_insert(visit);
            }
        }
        Ok(nearby)
    }

    /// Refuses visits that the patient has not accepted.
    pub(crate) fn check_accepted(&self, accepted: AcceptedVisits) -> Result<(), BookingObstacle> {
        if let Some(visit) = self.overlap.as_ref().filter(|visit| accepted.overlap != Some(visit.id)) {
            return Err(BookingObstacle::Overlaps(visit.id));
        }
        if let Some(visit) = self.same_day.as_ref().filter(|visit| accepted.same_day != Some(visit.id)) {
            return Err(BookingObstacle::SameDay(visit.id));
        }
        Ok(())
    }
}

/// A future visit of the patient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UpcomingVisit {
    pub(crate) id: AppointmentId,
    pub(crate) institution: InstitutionCode,
    pub(crate) name: String,
    pub(crate) name_english: String,
    pub(crate) start: Timestamp,
    pub(crate) minutes: u32,
}

impl UpcomingVisit {
    pub(crate) fn institution_name(&self, language: text::Language) -> &str {
        language.t(&self.name, &self.name_english)
    }
}

/// A visit to book, or to reschedule to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PlannedVisit {
    pub(crate) institution: InstitutionCode,
    pub(crate) start: Timestamp,
    pub(crate) minutes: u32,
}

base::text_enum! {
    /// A patient's actions with a daily limit.
    pub enum PatientAction {
        Booked = "booked",
        Rescheduled = "moved",
        Cancelled = "cancelled",
    }
}

impl PatientAction {
    /// Refuses one more action of a mailbox on a day on which it did this `count` times.
    pub(crate) fn check_daily_limit(self, count: u32, limits: &Limits) -> Result<(), BookingObstacle> {
        let max = match self {
            Self::Booked => limits.bookings_per_day,
            Self::Rescheduled => limits.reschedules_per_day,
            Self::Cancelled => limits.cancellations_per_day,
        };
        if count >= u32::from(max) {
            return Err(BookingObstacle::TooManyActionsToday { action: self, max });
        }
        Ok(())
    }
}

/// Refuses one more visit of a mailbox that has `count` future ones.
pub(crate) fn check_upcoming_visits(count: u32, limits: &Limits) -> Result<(), BookingObstacle> {
    let max = limits.bookings_to_come;
    if count >= u32::from(max) { Err(BookingObstacle::TooManyAppointments { max }) } else { Ok(()) }
}

/// Refuses one more visit of a mailbox that has `count` at the institution on that day.
pub(crate) fn check_visits_on_day(count: u32, limits: &Limits) -> Result<(), BookingObstacle> {
    let max = limits.bookings_per_clinic_and_day;
    if count >= u32::from(max) { Err(BookingObstacle::ClinicDayFull { max }) } else { Ok(()) }
}

/// Whether two visits, each with its start and its minutes, have an instant in common.
pub fn visits_overlap(first: (Timestamp, u32), second: (Timestamp, u32)) -> bool {
    let end = |(start, minutes): (Timestamp, u32)| start.plus(Span::from_mins(i64::from(minutes)));
    first.0 < end(second) && second.0 < end(first)
}

/// The events that a patient is notified of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PatientEvent {
    Booked,
    Rescheduled,
    /// Rescheduled to another day, for which the consent of the old day is void.
    RescheduledWithLoss,
    /// The desk has booked for the patient.
    BookedByClinic,
    /// The desk has moved the visit.
    MovedByClinic,
    /// The desk has moved the visit to another day, and what the patient had done for the old one is void.
    MovedByClinicWithLoss,
    /// The desk has cancelled the visit.
    CancelledByClinic,
    Cancelled,
    /// The desk asks for consent or for a picture; the ledger says which and why.
    Requested,
    Confirmed,
    Refused,
    /// The desk has recorded that the patient was not there.
    NoShow,
    /// The desk has undone the action that the last letter reported.
    Undone,
}

impl PatientEvent {
    /// Whether the letter carries a calendar file: a calendar that has the old one gets the new one.
    pub(crate) fn changes_calendar(self) -> bool {
        self.announces_time() || matches!(self, Self::Cancelled | Self::CancelledByClinic)
    }

    /// Whether the letter says a time of the visit that is new to the patient.
    pub(crate) fn announces_time(self) -> bool {
        matches!(
            self,
            Self::Booked
                | Self::Rescheduled
                | Self::RescheduledWithLoss
                | Self::BookedByClinic
                | Self::MovedByClinic
                | Self::MovedByClinicWithLoss
        )
    }

    #[cfg(test)]
    pub(crate) const ALL: [Self; 13] = [
        Self::Booked,
        Self::BookedByClinic,
        Self::NoShow,
        Self::Rescheduled,
        Self::RescheduledWithLoss,
        Self::MovedByClinic,
        Self::MovedByClinicWithLoss,
        Self::CancelledByClinic,
        Self::Cancelled,
        Self::Requested,
        Self::Confirmed,
        Self::Refused,
        Self::Undone,
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_overlap_that_have_an_instant_in_common() {
        let at_minute = |minute: i64| Timestamp::from_seconds(60 * minute);
        let check = |first, second, expected| {
            assert_eq!(visits_overlap(first, second), expected, "{first:?} {second:?}");
            assert_eq!(visits_overlap(second, first), expected, "{second:?} {first:?}");
        };
        check((at_minute(0), 15), (at_minute(0), 15), true);
        check((at_minute(0), 30), (at_minute(15), 15), true);
        check((at_minute(0), 30), (at_minute(10), 5), true);
        check((at_minute(0), 15), (at_minute(15), 15), false);
        check((at_minute(0), 15), (at_minute(60), 15), false);
    }

    fn id(seed: &str) -> AppointmentId {
        AppointmentId::new(Timestamp::from_seconds(0), &base::Randomness::repeatable(seed))
    }

    fn timestamp(text: &str) -> Timestamp {
        text.parse().expect("a timestamp")
    }

    fn clinic(serial: u32) -> InstitutionCode {
        let tokyo = base::Prefecture::from_code(13).expect("Tokyo is a prefecture");
        InstitutionCode::from_parts(tokyo, base::ScoreTable::Medical, serial)
    }

    fn upcoming(seed: &str, institution: InstitutionCode, start: &str) -> UpcomingVisit {
        UpcomingVisit {
            id: id(seed),
            institution,
            name: seed.to_owned(),
            name_english: seed.to_owned(),
            start: timestamp(start),
            minutes: 15,
        }
    }

    #[test]
    fn visits_at_that_time_elsewhere_and_on_that_day_at_the_clinic_are_nearby() {
        let planned =
            PlannedVisit { institution: clinic(1), start: timestamp("2026-11-25T10:00:00+09:00"), minutes: 30 };
        let check = |institution, start: &str, overlap: bool, same_day: bool| {
            let nearby = NearbyVisits::find(planned, [upcoming("a", institution, start)], None).expect("no obstacle");
            assert_eq!((nearby.overlap.is_some(), nearby.same_day.is_some()), (overlap, same_day), "{start}");
            let accepted = AcceptedVisits { overlap: Some(id("a")), same_day: Some(id("a")) };
            assert_eq!(nearby.check_accepted(accepted), Ok(()));
            let expected = match (overlap, same_day) {
                (true, _) => Err(BookingObstacle::Overlaps(id("a"))),
                (_, true) => Err(BookingObstacle::SameDay(id("a"))),
                _ => Ok(()),
            };
            assert_eq!(nearby.check_accepted(AcceptedVisits::default()), expected, "{start}");
        };
        check(clinic(2), "2026-11-25T10:15:00+09:00", true, false);
        check(clinic(2), "2026-11-25T10:30:00+09:00", false, false);
        check(clinic(1), "2026-11-25T10:30:00+09:00", false, true);
        check(clinic(1), "2026-11-25T23:45:00+09:00", false, true);
        check(clinic(1), "2026-11-26T09:00:00+09:00", false, false);
        let same_time = NearbyVisits::find(planned, [upcoming("a", clinic(1), "2026-11-25T10:15:00+09:00")], None);
        assert_eq!(same_time, Err(BookingObstacle::SameTime(id("a"))));
    }

    #[test]
    fn the_last_visit_of_a_limit_is_allowed_and_the_next_is_not() {
        let limits =
            Limits { bookings_to_come: 2, bookings_per_clinic_and_day: 1, bookings_per_day: 3, ..Limits::default() };
        assert_eq!(check_upcoming_visits(1, &limits), Ok(()));
        assert_eq!(check_upcoming_visits(2, &limits), Err(BookingObstacle::TooManyAppointments { max: 2 }));
        assert_eq!(check_visits_on_day(0, &limits), Ok(()));
        assert_eq!(check_visits_on_day(1, &limits), Err(BookingObstacle::ClinicDayFull { max: 1 }));
        let action = PatientAction::Booked;
        assert_eq!(action.check_daily_limit(2, &limits), Ok(()));
        assert_eq!(action.check_daily_limit(3, &limits), Err(BookingObstacle::TooManyActionsToday { action, max: 3 }));
    }
}
