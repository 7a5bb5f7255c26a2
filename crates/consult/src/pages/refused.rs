//! What is refused on a page of its own, with each status. The pages themselves are the shell's.

use maud::Markup;
use shell::{Language, password::HashingBusy};

use super::specimen;
use crate::{
    Refusal,
    client::ReceptionFailure,
    picture::OutOfOrder,
    rules::{appointment::PatientAct, slot::NotASlot},
};

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let id = specimen::appointment_id();
    shell::refusal_samples(
        &specimen::frame(language, "/", None),
        &[
            &Refusal::NotFound,
            &Refusal::SlotTaken,
            &Refusal::NotASlot(NotASlot::Past),
            &Refusal::Closed(id),
            &Refusal::Changed,
            &Refusal::TooMany { most: 10 },
            &Refusal::SameTime(id),
            &Refusal::Overlaps(id),
            &Refusal::SameDay(id),
            &Refusal::ClinicDayFull { most: 2 },
            &Refusal::TooManyToday { act: PatientAct::Booked, most: 6 },
            &Refusal::TooManyToday { act: PatientAct::Moved, most: 6 },
            &Refusal::TooManyToday { act: PatientAct::Cancelled, most: 6 },
            &Refusal::TooOften,
            &Refusal::CodesBusy,
            &Refusal::SignInsBusy(HashingBusy),
            &Refusal::WrongWay(id),
            &Refusal::AnotherBrowser,
            &Refusal::UnbelievedReturn(None),
            &Refusal::ReceptionAway(id, ReceptionFailure::TooLong),
            &Refusal::NotConfirmed(id, ReceptionFailure::TooLong),
            &Refusal::Database(database::Error::Stopped),
            &Refusal::UploadStalled(id),
            &Refusal::UploadsFull(id),
            &Refusal::Workshop(OutOfOrder::Busy),
        ],
    )
}
