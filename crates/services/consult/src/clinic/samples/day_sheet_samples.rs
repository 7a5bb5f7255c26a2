//! Sample lists of a day for printing.

use maud::Markup;
use ui::Frame;

use super::{day_line_starting_at, institution_code, staff_member};
use crate::{
    clinic::{
        pages::day_sheet::{DaySheet, render_day_sheet},
        store::{day_copy::DayCopy, visits::DayVisit},
    },
    practitioners::samples::practitioners,
    sample_data,
};

pub(super) fn samples(frame: &Frame) -> Vec<(String, Markup)> {
    let doctors = practitioners(institution_code());
    let mut no_phone = day_line_starting_at("picture-sent", 30);
    if let Some(profile) = &mut no_phone.patient.profile {
        profile.phone = None;
    }
    let mut of_second_doctor = day_line_starting_at("confirmed-terminal", 45);
    of_second_doctor.appointment.practitioner = doctors[1].id;
    let visits = vec![
        day_line_starting_at("registered", 0),
        day_line_starting_at("not-started", 15),
        no_phone,
        of_second_doctor,
        day_line_starting_at("self-pay", 60),
    ];
    let sheet = |visits: Vec<DayVisit>, practitioner| DaySheet {
        date: sample_data::visit_start().japan_date(),
        practitioner,
        printed_at: sample_data::now(),
        printed_by: staff_member(),
        copy: DayCopy { visits, practitioners: doctors.clone() },
    };
    [
        ("desk/print", sheet(visits.clone(), None)),
        ("desk/print-doctor", sheet(visits, Some(doctors[1].id))),
        ("desk/print-empty", sheet(Vec::new(), None)),
    ]
    .into_iter()
    .map(|(name, sheet)| (name.to_owned(), render_day_sheet(frame, &sheet)))
    .collect()
}
