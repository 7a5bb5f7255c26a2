//! An invented appointment.

use super::rules::{Appointment, AppointmentId, AppointmentStatus};
use crate::{
    directory::{
        rules::institution::Charge,
        samples::{institutions, menus},
    },
    practitioners::samples::practitioners,
    sample_data::{account, now, patient, randomness, visit_start},
};

pub(crate) fn appointment_id() -> AppointmentId {
    AppointmentId::new(now(), &randomness())
}

/// An appointment at the first institution.
pub(crate) fn appointment(charge: Charge, status: AppointmentStatus) -> Appointment {
    let menu = menus().into_iter().find(|menu| menu.charge == charge).expect("both kinds are on the menu");
    let institution = institutions().remove(0).code;
    Appointment {
        id: appointment_id(),
        patient: patient().id,
        account: Some(account().id),
        institution,
        menu,
        practitioner: practitioners(institution)[0].id,
        visit_start: visit_start(),
        status,
        made_at: now(),
        version: 1,
        completed_at: None,
        expected_at: None,
        cancellation_fee_due: 0,
    }
}
