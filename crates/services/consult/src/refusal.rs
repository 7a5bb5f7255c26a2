//! Every way in which the service can refuse.

pub(crate) mod catalogue;
mod page;
pub(crate) mod texts;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use web::{ErrorPage, Fault, Refuse};

use crate::{
    appointments::rules::AppointmentId,
    booking::rules::{BookingObstacle, PatientAction},
    pictures::{image_worker::ImageWorkerUnavailable, vault::error::VaultError},
    proof::client::ReceptionFailure,
    schedule::rules::slot::NotASlot,
};

/// Everything that the service refuses, and why.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    // Caused by the person.
    /// It does not exist, or this person may not see it.
    #[error("it does not exist for this person")]
    NotFound,
    /// Another patient booked or holds the slot.
    #[error("the slot is taken")]
    SlotTaken,
    /// The time is not a slot of the institution: no visit can begin then.
    #[error("no visit can begin at that time")]
    NotASlot(#[from] NotASlot),
    /// The appointment can no longer be changed.
    #[error("the appointment can no longer be changed")]
    Closed(AppointmentId),
    /// The appointment was changed since the page was loaded, mostly in another window.
    #[error("the appointment was changed meanwhile")]
    Changed,
    /// The desk cannot do this before the visit begins.
    #[error("it is too early for this action")]
    TooEarly(AppointmentId),
    /// The desk action can no longer be undone.
    #[error("the action can no longer be undone")]
    TooLate(AppointmentId),
    /// The clinic has as many doctors or menus as there can be.
    #[error("there can be no more than {max}")]
    TooManyEntries { max: u32 },
    /// A visit nearby or a limit prevents the booking, rescheduling or cancellation.
    #[error(transparent)]
    Booking(#[from] BookingObstacle),
    /// Too many one-time codes were requested by this address or browser.
    #[error("too many codes were asked for")]
    TooManyCodes,
    /// The institution does not take this method of proof.
    #[error("the institution does not take this method of proof")]
    WrongProofMethod(AppointmentId),
    /// The browser that returned from the reception is not the one that departed.
    #[error("the browser that returned is not the one that departed")]
    AnotherBrowser,
    /// The authorization response that the browser brought is invalid.
    #[error("the authorization response is invalid")]
    InvalidReturn(#[source] Option<handover::AuthorizationResponseRefusal>),

    /// An upload arrived too slowly.
    #[error("an upload stalled")]
    UploadStalled(AppointmentId),
    /// The service sends too many one-time codes at this moment.
    #[error("too many codes are sent just now")]
    CodesBusy,
    /// Too many passwords wait to be checked.
    #[error("too many sign in at once")]
    SignInsBusy(#[from] accounts::password::HashingBusy),

    // Caused by the other party.
    /// The reception could not be reached before departure.
    #[error("the reception cannot be reached")]
    ReceptionUnreachable(AppointmentId, #[source] ReceptionFailure),
    /// The reception did not confirm the registration: the code could not be redeemed.
    #[error("the reception did not confirm the registration")]
    RegistrationNotConfirmed(AppointmentId, #[source] ReceptionFailure),

    // Caused by this service.
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] database::Error),
    /// A stored record cannot be parsed.
    #[error("a stored record cannot be parsed: {0}")]
    CorruptRecord(&'static str),
    /// A picture could not be stored or read.
    #[error("the vault of pictures failed")]
    Vault(#[from] VaultError),
    /// The memory for uploads is full, or the same account already uploads other pictures.
    #[error("the memory for uploads is full")]
    UploadsFull(AppointmentId),
    /// The image worker cannot normalise pictures.
    #[error("the image worker is unavailable")]
    ImageWorker(#[from] ImageWorkerUnavailable),
}

impl Refuse for Refusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "consult.page.none",
            Self::SlotTaken => "consult.slot.taken",
            Self::NotASlot(_) => "consult.slot.none",
            Self::TooManyEntries { .. } => "consult.clinic.too_many",
            Self::Closed(_) => "consult.appointment.closed",
            Self::Changed => "consult.appointment.changed",
            Self::TooEarly(_) => "consult.desk.too_early",
            Self::TooLate(_) => "consult.desk.too_late",
            Self::Booking(obstacle) => match obstacle {
                BookingObstacle::TooManyAppointments { .. } => "consult.appointment.too_many",
                BookingObstacle::SameTime(_) => "consult.appointment.same_time",
                BookingObstacle::Overlaps(_) => "consult.appointment.overlap",
                BookingObstacle::SameDay(_) => "consult.appointment.same_day",
                BookingObstacle::ClinicDayFull { .. } => "consult.appointment.clinic_day",
                BookingObstacle::AfterLimit(_) => "consult.appointment.after_limit",
                BookingObstacle::CancellationFee { .. } => "consult.appointment.fee",
                BookingObstacle::TooManyActionsToday { action, .. } => match action {
                    PatientAction::Booked => "consult.appointment.bookings_today",
                    PatientAction::Rescheduled => "consult.appointment.moves_today",
                    PatientAction::Cancelled => "consult.appointment.cancellations_today",
                },
            },
            Self::TooManyCodes => "consult.sign_in.too_often",
            Self::CodesBusy => "consult.sign_in.codes_busy",
            Self::SignInsBusy(_) => "consult.sign_in.busy",
            Self::WrongProofMethod(_) => "consult.leave.way",
            Self::AnotherBrowser => "consult.return.browser",
            Self::InvalidReturn(_) => "consult.return.unbelieved",
            Self::UploadStalled(_) => "consult.picture.stalled",
            Self::ReceptionUnreachable(..) => "consult.leave.reception",
            Self::RegistrationNotConfirmed(..) => "consult.return.unconfirmed",
            Self::Database(_) => "consult.store.database",
            Self::CorruptRecord(_) => "consult.store.record",
            Self::Vault(_) => "consult.picture.vault",
            Self::UploadsFull(_) => "consult.picture.full",
            Self::ImageWorker(_) => "consult.picture.workshop",
        }
    }

    fn fault(&self) -> Fault {
        match self {
            Self::ReceptionUnreachable(..) | Self::RegistrationNotConfirmed(..) => Fault::OtherParty,
            Self::Database(_)
            | Self::CorruptRecord(_)
            | Self::Vault(_)
            | Self::UploadsFull(_)
            | Self::ImageWorker(_) => Fault::ThisService,
            _ => Fault::Person,
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Database(error) if error.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooManyCodes | Self::Booking(BookingObstacle::TooManyActionsToday { .. }) => {
                StatusCode::TOO_MANY_REQUESTS
            }
            Self::SlotTaken
            | Self::Closed(_)
            | Self::Changed
            | Self::TooManyEntries { .. }
            | Self::TooEarly(_)
            | Self::TooLate(_)
            | Self::Booking(_)
            | Self::WrongProofMethod(_) => StatusCode::CONFLICT,
            Self::NotASlot(_) | Self::InvalidReturn(_) => StatusCode::BAD_REQUEST,
            Self::AnotherBrowser => StatusCode::FORBIDDEN,
            Self::ReceptionUnreachable(..) | Self::RegistrationNotConfirmed(..) => StatusCode::BAD_GATEWAY,
            Self::UploadStalled(_) => StatusCode::REQUEST_TIMEOUT,
            Self::UploadsFull(_) | Self::ImageWorker(_) | Self::CodesBusy | Self::SignInsBusy(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Database(_) | Self::CorruptRecord(_) | Self::Vault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn is_outage(&self) -> bool {
        matches!(self, Self::Database(error) if error.is_outage())
    }

    fn error_page(&self) -> ErrorPage {
        let (title, explanation) = self.title_and_explanation();
        ErrorPage { title, explanation, links: self.links() }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            Self::CodesBusy => Some(60),
            Self::SignInsBusy(_) => Some(10),
            Self::UploadsFull(_) | Self::ImageWorker(ImageWorkerUnavailable::Busy) => Some(30),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        web::refusal_response(self)
    }
}

/// For handlers whose error may also be a redirect.
impl From<Refusal> for Response {
    fn from(refusal: Refusal) -> Self {
        refusal.into_response()
    }
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::{catalogue::CATALOGUE, *};

    #[test]
    fn who_finds_no_room_for_a_picture_is_told_when_to_try_again() {
        let id = AppointmentId::new(base::Timestamp::from_seconds(0), &base::Randomness::repeatable("refusal"));
        for refusal in [Refusal::UploadsFull(id), Refusal::ImageWorker(ImageWorkerUnavailable::Busy)] {
            let response = refusal.into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], "30");
        }
        assert!(!Refusal::NotFound.into_response().headers().contains_key(header::RETRY_AFTER));
    }

    #[test]
    fn an_outage_of_the_database_is_one_that_passes() {
        let stopped = Refusal::Database(database::Error::Stopped);
        assert_eq!((stopped.status(), stopped.is_outage()), (StatusCode::SERVICE_UNAVAILABLE, true));
        let panicked = Refusal::Database(database::Error::Panicked);
        assert_eq!((panicked.status(), panicked.is_outage()), (StatusCode::INTERNAL_SERVER_ERROR, false));
    }

    #[test]
    fn every_code_has_its_entry_and_every_entry_its_code() {
        let randomness = base::Randomness::repeatable("refusal");
        let id = AppointmentId::new(base::Timestamp::from_seconds(0), &randomness);
        let all = [
            Refusal::NotFound,
            Refusal::SlotTaken,
            Refusal::NotASlot(NotASlot::Past),
            Refusal::TooManyEntries { max: 500 },
            Refusal::Closed(id),
            Refusal::Changed,
            Refusal::TooEarly(id),
            Refusal::TooLate(id),
            Refusal::Booking(BookingObstacle::TooManyAppointments { max: 10 }),
            Refusal::Booking(BookingObstacle::SameTime(id)),
            Refusal::Booking(BookingObstacle::Overlaps(id)),
            Refusal::Booking(BookingObstacle::SameDay(id)),
            Refusal::Booking(BookingObstacle::ClinicDayFull { max: 2 }),
            Refusal::Booking(BookingObstacle::AfterLimit(id)),
            Refusal::Booking(BookingObstacle::CancellationFee { appointment: id, fee: 1_100 }),
            Refusal::Booking(BookingObstacle::TooManyActionsToday { action: PatientAction::Booked, max: 6 }),
            Refusal::Booking(BookingObstacle::TooManyActionsToday { action: PatientAction::Rescheduled, max: 6 }),
            Refusal::Booking(BookingObstacle::TooManyActionsToday { action: PatientAction::Cancelled, max: 6 }),
            Refusal::TooManyCodes,
            Refusal::CodesBusy,
            Refusal::SignInsBusy(accounts::password::HashingBusy),
            Refusal::WrongProofMethod(id),
            Refusal::AnotherBrowser,
            Refusal::InvalidReturn(None),
            Refusal::UploadStalled(id),
            Refusal::ReceptionUnreachable(id, ReceptionFailure::Unknown),
            Refusal::RegistrationNotConfirmed(id, ReceptionFailure::Unknown),
            Refusal::Database(database::Error::Stopped),
            Refusal::CorruptRecord("x"),
            Refusal::Vault(VaultError::Changed),
            Refusal::UploadsFull(id),
            Refusal::ImageWorker(ImageWorkerUnavailable::Busy),
        ];
        let codes: Vec<_> = all.iter().map(Refuse::code).collect();
        let entries: Vec<_> = CATALOGUE.iter().map(|entry| entry.code).collect();
        assert_eq!(codes, entries);
        for refusal in all {
            assert!(!refusal.error_page().links.is_empty(), "{refusal}");
        }
    }
}
