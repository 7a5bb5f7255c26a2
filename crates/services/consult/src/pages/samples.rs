//! Every page in each of its states, as (name, page): those of all features, and here those that belong to no feature, help
//! and one error page for each status. `web` renders the latter.

use accounts::password::HashingBusy;
use maud::Markup;
use text::Language;

use super::help::render_card_help;
use crate::{
    appointments, booking,
    booking::rules::{BookingObstacle, PatientAction},
    clinic, clinic_audit, clinic_settings, directory, family, notices, people, personal_data, pictures,
    pictures::image_worker::ImageWorkerUnavailable,
    proof,
    proof::client::ReceptionFailure,
    refusal::Refusal,
    sample_data,
    schedule::rules::slot::NotASlot,
};

fn help_samples(language: Language) -> Vec<(String, Markup)> {
    vec![("help/card".to_owned(), render_card_help(&sample_data::frame(language, "/help/card", None)))]
}

fn refusal_samples(language: Language) -> Vec<(String, Markup)> {
    let id = appointments::samples::appointment_id();
    web::refusal_samples(
        &sample_data::frame(language, "/", None),
        &[
            &Refusal::NotFound,
            &Refusal::SlotTaken,
            &Refusal::NotASlot(NotASlot::Past),
            &Refusal::Closed(id),
            &Refusal::Changed,
            &Refusal::Booking(BookingObstacle::TooManyAppointments { max: 10 }),
            &Refusal::Booking(BookingObstacle::SameTime(id)),
            &Refusal::Booking(BookingObstacle::Overlaps(id)),
            &Refusal::Booking(BookingObstacle::SameDay(id)),
            &Refusal::Booking(BookingObstacle::ClinicDayFull { max: 2 }),
            &Refusal::Booking(BookingObstacle::AfterLimit(id)),
            &Refusal::Booking(BookingObstacle::CancellationFee { appointment: id, fee: 1_100 }),
            &Refusal::Booking(BookingObstacle::TooManyActionsToday { action: PatientAction::Booked, max: 6 }),
            &Refusal::Booking(BookingObstacle::TooManyActionsToday { action: PatientAction::Rescheduled, max: 6 }),
            &Refusal::Booking(BookingObstacle::TooManyActionsToday { action: PatientAction::Cancelled, max: 6 }),
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

/// Every page in each of its states, as (name, page).
pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    [
        help_samples(language),
        refusal_samples(language),
        directory::samples::samples(language),
        notices::samples::samples(language),
        people::samples::samples(language),
        family::samples::samples(language),
        proof::samples::samples(language),
        pictures::samples::samples(language),
        booking::samples::samples(language),
        clinic::samples::samples(language),
        clinic_audit::samples::samples(language),
        clinic_settings::samples::samples(language),
        personal_data::samples::samples(language),
    ]
    .concat()
}
