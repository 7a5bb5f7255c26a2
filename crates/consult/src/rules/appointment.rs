use base::{Date, Id, InstitutionCode, Span, Timestamp};
use shell::Language;

use super::{institution::Charge, patient::PatientId, string_enum::string_enum};
use crate::Limits;

/// For how long the desk can take back what it did.
pub const UNDO_WINDOW: Span = Span::from_mins(10);

/// One appointment's id.
pub type AppointmentId = Id<Appointment>;

/// 予約番号: three digits by which a patient tells one appointment from another, in letters and on its page. They are no
/// key to anything.
pub fn booking_number(id: AppointmentId) -> String {
    let digest = base::digest(&[b"booking number", id.to_string().as_bytes()]);
    let [first, second, ..] = *digest.as_bytes();
    format!("{:03}", u16::from_be_bytes([first, second]) % 1000)
}

string_enum! {
    /// How far an appointment has come.
    pub enum AppointmentStatus {
        /// It is to be.
        Booked = "booked",
        /// It will not be.
        Cancelled = "cancelled",
        /// The visit was held; payment follows.
        Completed = "completed",
    }
}

/// 予約: one patient, one institution, one time.
///
/// What was told at the booking (menu, fees) is kept with it and does not change when the menu does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Whose it is.
    pub patient: PatientId,
    /// Where.
    pub institution: InstitutionCode,
    /// What was booked, as it was told.
    pub menu: BookedMenu,
    /// When the visit begins.
    pub visit_start: Timestamp,
    /// How far it has come.
    pub status: AppointmentStatus,
    /// When it was booked.
    pub made_at: Timestamp,
    /// Rises with every change.
    pub version: i64,
    /// When the desk said that the visit was held.
    pub completed_at: Option<Timestamp>,
}

/// A menu as it was told at the booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedMenu {
    /// Its number at the institution.
    pub number: u32,
    /// Insured or paid by the patient.
    pub charge: Charge,
    /// Its name.
    pub name: String,
    /// Its name in English.
    pub name_english: String,
    /// How long the visit takes.
    pub minutes: u32,
    /// What is charged, in words.
    pub fee: String,
    /// The same in English.
    pub fee_english: String,
    /// 情報通信機器の運用に要する費用: the service's fee in yen, told beforehand and apart from the rest.
    pub system_fee: u32,
    /// The doctor's name, where one is named.
    pub doctor: Option<String>,
}

impl BookedMenu {
    /// Its name in that language.
    pub fn name_in(&self, language: Language) -> &str {
        language.t(&self.name, &self.name_english)
    }

    /// What is charged, in that language.
    pub fn fee_in(&self, language: Language) -> &str {
        language.t(&self.fee, &self.fee_english)
    }
}

impl Appointment {
    /// The day of the visit, in Japan.
    pub fn visit_date(&self) -> Date {
        self.visit_start.japan_date()
    }

    /// Whether the visit is to come, going on or past at `now`, by the clock alone.
    pub fn phase(&self, now: Timestamp) -> VisitPhase {
        let end = self.visit_start.plus(Span::from_mins(i64::from(self.menu.minutes)));
        match () {
            () if now < self.visit_start => VisitPhase::Before,
            () if now < end => VisitPhase::During,
            () => VisitPhase::After,
        }
    }

    /// The appointment as its patient is shown it at `now`: as long as the desk can take back that the visit was held,
    /// nothing is closed to the patient.
    #[must_use]
    pub fn as_shown_to_patient(self, now: Timestamp) -> Self {
        Self { status: self.status_for_patient(now), ..self }
    }

    fn status_for_patient(&self, now: Timestamp) -> AppointmentStatus {
        let may_be_taken_back = self.completed_at.is_some_and(|at| now < at.plus(UNDO_WINDOW));
        match self.status {
            AppointmentStatus::Completed if may_be_taken_back => AppointmentStatus::Booked,
            status => status,
        }
    }

    /// What its patient may still do with it at `now`.
    pub fn openness(&self, now: Timestamp) -> Openness {
        match self.status_for_patient(now) {
            AppointmentStatus::Booked if now < self.visit_start => Openness::Changeable,
            AppointmentStatus::Booked if now < base::end_of_day(self.visit_date()) => Openness::Provable,
            _ => Openness::Closed,
        }
    }
}

/// Where the clock stands to the time that was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitPhase {
    /// Before it begins.
    Before,
    /// Between its beginning and its end.
    During,
    /// After its end.
    After,
}

string_enum! {
    /// What a patient does with an appointment, as it is counted for a day.
    pub enum PatientAction {
        /// Booked it.
        Booked = "booked",
        /// Moved it to another time.
        Rescheduled = "moved",
        /// Cancelled it.
        Cancelled = "cancelled",
    }
}

impl PatientAction {
    /// How often it may be done on one day from one mailbox.
    pub fn daily_limit(self, limits: &Limits) -> u16 {
        match self {
            Self::Booked => limits.bookings_per_day,
            Self::Rescheduled => limits.reschedules_per_day,
            Self::Cancelled => limits.cancellations_per_day,
        }
    }
}

/// Whether two visits, each with its start and its minutes, have an instant in common.
pub fn visits_overlap(one: (Timestamp, u32), other: (Timestamp, u32)) -> bool {
    let end = |(start, minutes): (Timestamp, u32)| start.plus(Span::from_mins(i64::from(minutes)));
    one.0 < end(other) && other.0 < end(one)
}

/// What a patient may still do with an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// Move it, cancel it, prove insurance for it.
    Changeable,
    /// The visit has begun: insurance may still be proven until the day is over.
    Provable,
    /// Nothing.
    Closed,
}

impl Openness {
    /// Whether insurance may still be proven.
    pub fn can_be_proven(self) -> bool {
        matches!(self, Self::Changeable | Self::Provable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_overlap_that_have_an_instant_in_common() {
        let at = |minute: i64| Timestamp::from_seconds(60 * minute);
        let check = |one, other, expected| {
            assert_eq!(visits_overlap(one, other), expected, "{one:?} {other:?}");
            assert_eq!(visits_overlap(other, one), expected, "{other:?} {one:?}");
        };
        check((at(0), 15), (at(0), 15), true);
        check((at(0), 30), (at(15), 15), true);
        check((at(0), 30), (at(10), 5), true);
        check((at(0), 15), (at(15), 15), false);
        check((at(0), 15), (at(60), 15), false);
    }
}
