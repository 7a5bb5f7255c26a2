//! What an appointment is, and what may still be done with it.

use base::{Date, Id, InstitutionCode, Span, Timestamp};

use crate::{
    directory::rules::institution::Menu,
    people::rules::{account::AccountId, patient::PatientId},
    practitioners::rules::practitioner::PractitionerId,
    schedule::rules::slot::{BookingWindow, SlotTerms},
};

/// For how long the desk can undo an action.
pub const UNDO_WINDOW: Span = Span::from_mins(10);

/// The id of an appointment.
pub type AppointmentId = Id<Appointment>;

/// 予約番号: three digits by which a patient distinguishes appointments, in letters and on pages. Not unique, and never used
/// for a look-up.
pub fn booking_number(id: AppointmentId) -> String {
    let digest = base::digest(&[b"booking number", id.to_string().as_bytes()]);
    let [high, low, ..] = *digest.as_bytes();
    format!("{:03}", u16::from_be_bytes([high, low]) % 1000)
}

base::text_enum! {
    /// The status of an appointment.
    pub enum AppointmentStatus {
        /// The visit has not been held.
        Booked = "booked",
        Cancelled = "cancelled",
        /// The visit was held; payment follows.
        Completed = "completed",
        /// The patient was not there (FHIR: noshow).
        NoShow = "no_show",
    }
}

/// 予約 (FHIR: Appointment): one patient, one doctor, one time.
///
/// The menu and its fees are stored as shown at the booking, and do not change when the menu does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    pub id: AppointmentId,
    pub patient: PatientId,
    /// The account that booked it; None if the clinic did. Letters go to it as long as it acts for the patient.
    pub account: Option<AccountId>,
    pub institution: InstitutionCode,
    /// The menu as it was when booked.
    pub menu: Menu,
    /// The doctor who takes the visit.
    pub practitioner: PractitionerId,
    pub visit_start: Timestamp,
    pub status: AppointmentStatus,
    pub made_at: Timestamp,
    /// Increases with every change.
    pub version: i64,
    /// When the desk recorded that the visit was held, or that the patient was not there.
    pub completed_at: Option<Timestamp>,
    /// When a patient who comes late is expected.
    pub expected_at: Option<Timestamp>,
    /// In yen: what the patient owes for having cancelled after the limit.
    pub cancellation_fee_due: u32,
}

impl Appointment {
    /// The day of the visit, in Japan.
    pub fn visit_date(&self) -> Date {
        self.visit_start.japan_date()
    }

    /// What the visit needs of another slot.
    pub fn slot_terms(&self, window: BookingWindow) -> SlotTerms {
        let Menu { minutes, buffer_minutes, .. } = self.menu;
        SlotTerms { minutes, buffer_minutes, window, capacity: None }
    }

    /// The phase of the visit at `now`, by the clock alone.
    pub fn phase(&self, now: Timestamp) -> VisitPhase {
        let end = self.visit_start.plus(Span::from_mins(i64::from(self.menu.minutes)));
        match () {
            () if now < self.visit_start => VisitPhase::Before,
            () if now < end => VisitPhase::During,
            () => VisitPhase::After,
        }
    }

    /// The appointment as shown to the patient at `now`: as long as the desk can undo the visit's outcome, the
    /// appointment counts as booked.
    #[must_use]
    pub fn as_shown_to_patient(self, now: Timestamp) -> Self {
        Self { status: self.status_for_patient(now), ..self }
    }

    fn status_for_patient(&self, now: Timestamp) -> AppointmentStatus {
        let can_undo = self.completed_at.is_some_and(|completed_at| now < completed_at.plus(UNDO_WINDOW));
        match self.status {
            AppointmentStatus::Completed | AppointmentStatus::NoShow if can_undo => AppointmentStatus::Booked,
            status => status,
        }
    }

    /// What cancelling at `now` costs the patient, in yen.
    pub fn cancellation_fee_at(&self, now: Timestamp) -> u32 {
        self.menu.cancellation.fee_at(self.visit_start, now)
    }

    /// Whether the patient may still move the visit at `now`: after the limit it can only be cancelled.
    pub fn can_be_rescheduled(&self, now: Timestamp) -> bool {
        self.openness(now) == Openness::Changeable && now < self.menu.cancellation.limit(self.visit_start)
    }

    /// What the patient may still do at `now`.
    pub fn openness(&self, now: Timestamp) -> Openness {
        match self.status_for_patient(now) {
            AppointmentStatus::Booked if now < self.visit_start => Openness::Changeable,
            AppointmentStatus::Booked if now < base::end_of_day(self.visit_date()) => Openness::Provable,
            _ => Openness::Closed,
        }
    }
}

/// The clock in relation to the booked time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitPhase {
    Before,
    /// Between start and end.
    During,
    After,
}

/// What a patient may still do with an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Openness {
    /// Reschedule, cancel, prove insurance.
    Changeable,
    /// The visit has begun; insurance may be proven until the end of the day.
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
