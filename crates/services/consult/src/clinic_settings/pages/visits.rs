//! Booked visits that a change concerns, each with the link to its page.

use maud::{Markup, Render, html};
use text::{Language, dates};
use ui::components::{self, Column, Table};

use crate::{
    clinic_settings::{store::ConcernedVisit, texts},
    people::rules::patient::format_phone,
    practitioners::rules::practitioner::Practitioner,
};

/// A table of visits.
pub(super) fn render_concerned_visits(
    language: Language,
    visits: &[ConcernedVisit],
    doctors: &[Practitioner],
) -> Markup {
    let columns = [
        Column::single_line(texts::TIME.in_language(language)),
        Column::text(texts::PATIENT.in_language(language)),
        Column::text(texts::DOCTOR.in_language(language)),
        Column::single_line(texts::TELEPHONE.in_language(language)),
        Column::single_line(texts::NEXT.in_language(language)),
    ];
    let row = |visit: &ConcernedVisit| {
        let appointment = &visit.appointment;
        let doctor = doctors.iter().find(|doctor| doctor.id == appointment.practitioner);
        vec![
            html! { (dates::format_visit_time(language, appointment.visit_start, appointment.menu.minutes)) },
            html! { (visit.patient_name.as_deref().unwrap_or("—")) },
            html! { (doctor.map_or("—", |doctor| doctor.details.name_in(language))) },
            html! { (visit.phone.as_deref().map_or_else(|| "—".to_owned(), format_phone)) },
            components::secondary_link(
                &format!("/desk/visits/{}", appointment.id),
                texts::OPEN_THE_VISIT.in_language(language),
                None,
            ),
        ]
    };
    let caption = texts::visits_are_booked(language, visits.len());
    Table::new(&caption, &columns).rows(visits.iter().map(row).collect()).render()
}
