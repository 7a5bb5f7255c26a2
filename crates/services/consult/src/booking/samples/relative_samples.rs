//! The sample pages of an account that acts for several patients.

use maud::Markup;
use text::Language;

use super::{appointment_views, booking_confirmation_page};
use crate::{
    booking::pages::{
        appointment::{render_appointment_list, render_appointment_page},
        booking::{BookingConfirmationPage, render_booking_confirmation},
        patient_choice::{PatientChoicePage, render_patient_choice},
        view::AppointmentView,
    },
    directory, sample_data,
    schedule::rules::slot::BookingRequest,
};

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::family_account();
    let frame = |path: &str| sample_data::frame(language, path, Some(&account));
    let child = account.patients[1].clone();
    let profile = child.patient.profile.clone();
    let chosen = directory::samples::chosen_visit();
    let choice = PatientChoicePage {
        request: BookingRequest {
            institution: chosen.institution.code,
            menu: 1,
            practitioner: None,
            start: chosen.start,
        },
        chosen_visit: Some(chosen),
        patients: account.patients.clone(),
        today: sample_data::now().japan_date(),
    };
    let confirmation = BookingConfirmationPage {
        profile: profile.clone().unwrap_or_else(sample_data::profile),
        acts_for: child,
        ..booking_confirmation_page(0, 0)
    };
    let views: Vec<_> = appointment_views()
        .into_iter()
        .map(|(_, view)| AppointmentView { relative: profile.clone(), ..view })
        .collect();
    let appointments = frame("/appointments");
    vec![
        ("booking/patient-choice".to_owned(), render_patient_choice(&frame("/book/patient"), &choice)),
        ("booking/confirm-child".to_owned(), render_booking_confirmation(&frame("/book"), &confirmation)),
        ("appointments/list-family".to_owned(), render_appointment_list(&appointments, &views[..2])),
        ("appointment/child".to_owned(), render_appointment_page(&appointments, &views[0])),
    ]
}
