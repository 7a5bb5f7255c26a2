//! The error page of each refusal.

use text::Text;
use web::Link;

use super::Refusal;
use crate::{
    appointments::rules::AppointmentId,
    booking::rules::{BookingObstacle, PatientAction},
    refusal::texts,
};

impl Refusal {
    /// Title and explanation of the error page, where the person is the cause.
    pub(super) fn title_and_explanation(&self) -> (Text, Text) {
        match self {
            Self::NotFound => (texts::PAGE_NOT_FOUND, texts::ADDRESS_MAY_BE_WRONG),
            Self::SlotTaken => (texts::SOMEBODY_ELSE_BOOKED_THIS_TIME_FIRST, texts::NOTHING_WAS_BOOKED_OR_CHARGED),
            Self::NotASlot(_) => (texts::THIS_TIME_CANNOT_BE_BOOKED, texts::TIME_HAS_PASSED_OR_CLINIC_IS_CLOSED),
            Self::Closed(_) => (texts::APPOINTMENT_CAN_NO_LONGER_BE_CHANGED, texts::VISIT_HAS_PASSED_OR_WAS_CANCELLED),
            Self::TooManyEntries { max } => (texts::NO_MORE_CAN_BE_ADDED, texts::nothing_was_added(*max)),
            Self::Changed => (texts::IT_WAS_CHANGED_IN_ANOTHER_WINDOW, texts::WHAT_YOU_JUST_DID_WAS_NOT_APPLIED),
            Self::TooEarly(_) => (texts::IT_IS_TOO_EARLY_FOR_THIS, texts::TRY_AGAIN_WHEN_THE_VISIT_BEGINS),
            Self::TooLate(_) => (texts::THIS_CAN_NO_LONGER_BE_UNDONE, texts::UNDO_WITHIN_TEN_MINUTES),
            Self::Booking(obstacle) => booking_obstacle_texts(*obstacle),
            Self::TooManyCodes => (texts::WE_HAVE_SENT_SEVERAL_CODES_ALREADY, texts::WAIT_15_MINUTES_AND_TRY_AGAIN),
            Self::CodesBusy => (texts::WE_CANNOT_SEND_CODE_JUST_NOW, texts::MANY_CODES_ARE_BEING_SENT_TO_OTHERS),
            Self::SignInsBusy(_) => (texts::MANY_PEOPLE_ARE_SIGNING_IN, texts::YOUR_PASSWORD_WAS_NOT_CHECKED),
            Self::WrongProofMethod(_) => {
                (texts::THIS_IS_NOT_POSSIBLE_WITH_THIS_CLINIC, texts::FOLLOW_THE_APPOINTMENTS_PAGE)
            }
            Self::AnotherBrowser => (texts::PROCEDURE_ENDED_IN_ANOTHER_BROWSER, texts::NOT_THE_BROWSER_YOU_BEGAN_IN),
            Self::InvalidReturn(_) => (texts::OUTCOME_COULD_NOT_BE_CHECKED, texts::ADDRESS_MAY_HAVE_BEEN_CHANGED),
            Self::UploadStalled(_) => (texts::YOUR_PICTURE_STOPPED_ARRIVING, texts::CONNECTION_SEEMS_TO_HAVE_BEEN_LOST),
            Self::ReceptionUnreachable(..)
            | Self::RegistrationNotConfirmed(..)
            | Self::UploadsFull(_)
            | Self::ImageWorker(_)
            | Self::Database(_)
            | Self::CorruptRecord(_)
            | Self::Vault(_) => self.service_fault_texts(),
        }
    }

    /// Title and explanation where the reception or this service is the cause.
    fn service_fault_texts(&self) -> (Text, Text) {
        match self {
            Self::ReceptionUnreachable(..) => {
                (texts::THE_RECEPTION_CANNOT_BE_REACHED, texts::YOUR_APPOINTMENT_IS_NOT_LOST)
            }
            Self::RegistrationNotConfirmed(..) => {
                (texts::CANNOT_TELL_WHETHER_YOU_ARE_REGISTERED, texts::RECEPTION_DID_NOT_GIVE_US_OUTCOME)
            }
            Self::UploadsFull(_) => (texts::MANY_PEOPLE_ARE_SENDING_PICTURES, texts::YOUR_PICTURE_HAS_NOT_ARRIVED),
            Self::ImageWorker(_) => {
                (texts::PICTURES_CANNOT_BE_RECEIVED_JUST_NOW, texts::FAULT_IS_OURS_OR_MANY_ARE_SENDING)
            }
            _ => (texts::THIS_COULD_NOT_BE_COMPLETED, texts::FAULT_IS_OURS),
        }
    }

    /// The links of the error page.
    pub(super) fn links(&self) -> Vec<Link> {
        let home = || Link::new("/", texts::FIND_A_CLINIC);
        let appointments = || Link::new("/appointments", texts::SEE_YOUR_APPOINTMENTS);
        let detail = |id: &AppointmentId| Link::new(format!("/appointments/{id}"), texts::BACK_TO_THE_APPOINTMENT);
        let picture = |id: &AppointmentId| {
            Link::new(format!("/appointments/{id}/picture"), texts::UPLOAD_PICTURE_OF_INSURANCE_DOCUMENT)
        };
        match self {
            Self::NotFound
            | Self::AnotherBrowser
            | Self::InvalidReturn(_)
            | Self::ImageWorker(_)
            | Self::Database(_)
            | Self::CorruptRecord(_)
            | Self::Vault(_) => vec![appointments(), home()],
            Self::TooEarly(id) | Self::TooLate(id) => {
                vec![Link::new(format!("/desk/visits/{id}"), texts::BACK_TO_THE_VISIT)]
            }
            Self::SlotTaken | Self::NotASlot(_) => vec![home(), appointments()],
            Self::TooManyEntries { .. } => vec![Link::new("/desk/clinic", texts::BACK_TO_THE_CLINIC_SETTINGS)],
            Self::Closed(id) | Self::WrongProofMethod(id) => vec![detail(id), appointments()],
            Self::UploadStalled(id) | Self::UploadsFull(id) => vec![picture(id), detail(id)],
            Self::Changed => vec![appointments()],
            Self::Booking(obstacle) => match obstacle {
                BookingObstacle::SameTime(id) | BookingObstacle::Overlaps(id) | BookingObstacle::SameDay(id) => {
                    vec![Link::new(format!("/appointments/{id}"), texts::SEE_THAT_APPOINTMENT), home()]
                }
                BookingObstacle::AfterLimit(id) | BookingObstacle::CancellationFee { appointment: id, .. } => {
                    vec![detail(id), appointments()]
                }
                BookingObstacle::TooManyAppointments { .. }
                | BookingObstacle::ClinicDayFull { .. }
                | BookingObstacle::TooManyActionsToday { .. } => vec![appointments()],
            },
            Self::TooManyCodes => {
                vec![Link::new("/sign-in/code", texts::ENTER_THE_CODE_THAT_ARRIVED), home()]
            }
            Self::CodesBusy => {
                vec![Link::new("/sign-in", texts::TRY_AGAIN), home()]
            }
            Self::SignInsBusy(_) => {
                vec![Link::new("/desk/sign-in", texts::BACK_TO_THE_DESKS_SIGN_IN)]
            }
            Self::ReceptionUnreachable(id, _) | Self::RegistrationNotConfirmed(id, _) => vec![detail(id), picture(id)],
        }
    }
}

fn booking_obstacle_texts(obstacle: BookingObstacle) -> (Text, Text) {
    match obstacle {
        BookingObstacle::TooManyAppointments { max } => {
            (texts::AS_MANY_APPOINTMENTS_AS_POSSIBLE, texts::visits_to_come(max))
        }
        BookingObstacle::SameTime(_) => {
            (texts::VISIT_AT_THIS_CLINIC_AT_SAME_TIME, texts::NOTHING_BOOKED_CHOOSE_ANOTHER_TIME)
        }
        BookingObstacle::Overlaps(_) => (texts::ANOTHER_VISIT_AT_THE_SAME_TIME, texts::GO_BACK_TO_ACCEPT_THE_OVERLAP),
        BookingObstacle::SameDay(_) => (texts::ANOTHER_VISIT_ON_THE_SAME_DAY, texts::GO_BACK_TO_ACCEPT_THE_SAME_DAY),
        BookingObstacle::AfterLimit(_) => (texts::VISIT_CAN_NO_LONGER_BE_MOVED, texts::VISIT_STANDS_CALL_THE_CLINIC),
        BookingObstacle::CancellationFee { .. } => {
            (texts::CANCELLING_COSTS_A_FEE_NOW, texts::NOTHING_CANCELLED_SEE_THE_FEE)
        }
        BookingObstacle::ClinicDayFull { max } => {
            (texts::YOU_CANNOT_BOOK_MORE_VISITS_THAT_DAY, texts::visits_at_a_clinic_on_one_day(max))
        }
        BookingObstacle::TooManyActionsToday { action, max } => match action {
            PatientAction::Booked => (texts::YOU_CANNOT_BOOK_MORE_VISITS_TODAY, texts::bookings_on_one_day(max)),
            PatientAction::Rescheduled => (texts::YOU_CANNOT_MOVE_VISITS_AGAIN_TODAY, texts::moves_on_one_day(max)),
            PatientAction::Cancelled => {
                (texts::YOU_CANNOT_CANCEL_MORE_VISITS_TODAY, texts::cancellations_on_one_day(max))
            }
        },
    }
}
