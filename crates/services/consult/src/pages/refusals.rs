//! Samples of the error pages, one for each status. `web` renders them.

use accounts::password::HashingBusy;
use maud::Markup;
use text::Language;

use super::sample_data;
use crate::{
    Refusal,
    client::ReceptionFailure,
    picture::ImageWorkerUnavailable,
    rules::{booking::PatientAction, slot::NotASlot},
};

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let id = sample_data::appointment_id();
    web::refusal_samples(
        &sample_data::frame(language, "/", None),
        &[
            &Refusal::NotFound,
            &Refusal::SlotTaken,
            &Refusal::NotASlot(NotASlot::Past),
            &Refusal::Closed(id),
            &Refusal::Changed,
            &Refusal::TooManyAppointments { max: 10 },
            &Refusal::SameTime(id),
            &Refusal::Overlaps(id),
            &Refusal::SameDay(id),
            &Refusal::ClinicDayFull { max: 2 },
            &Refusal::TooManyActionsToday { action: PatientAction::Booked, max: 6 },
            &Refusal::TooManyActionsToday { action: PatientAction::Rescheduled, max: 6 },
            &Refusal::TooManyActionsToday { action: PatientAction::Cancelled, max: 6 },
            &Refusal::TooManyCodes,
            &Refusal::CodesBusy,
            &Refusal::SignInsBusy(HashingBusy),
            &Refusal::WrongProofMethod(id),
            &Refusal::AnotherBrowser,
            &Refusal::InvalidReturn(None),
            &Refusal::ReceptionUnreachable(id, ReceptionFailure::ResponseTooLong),
            &Refusal::RegistrationNotConfirmed(id, ReceptionFailure::ResponseTooLong),
            &Refusal::Database(database::Error::Stopped),
            &Refusal::UploadStalled(id),
            &Refusal::UploadsFull(id),
            &Refusal::ImageWorker(ImageWorkerUnavailable::Busy),
        ],
    )
}
