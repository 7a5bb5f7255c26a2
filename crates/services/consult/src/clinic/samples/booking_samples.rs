//! The sample pages on which a desk books for a patient, and of visits that a clinic booked.

use maud::Markup;
use text::Language;

use super::{find_case, visit_page};
use crate::{
    appointments::rules::AppointmentStatus,
    booking::{
        rules::{NearbyVisits, UpcomingVisit},
        store::slot_choice::WantedSlot,
    },
    clinic::{
        pages::{
            desk_booking::{
                DeskBookingPage, MenuChoicePage, render_desk_booking_confirmation, render_menu_choice_page,
            },
            frame::desk_frame,
            patients::{NewPatientPage, PatientSearchPage, render_new_patient_page, render_patient_search_page},
            view::DeskVisitNotice,
            visit::render_visit_page,
        },
        store::{
            desk_booking::{ClinicPatient, DeskBookingCheck},
            staff::StaffMember,
            visits::{ContactByLetter, VisitBooker},
        },
    },
    directory,
    people::rules::{
        account::Relationship,
        patient::{Profile, ProfileInput},
    },
    sample_data,
};

fn clinic_patient(contact: ContactByLetter) -> ClinicPatient {
    ClinicPatient { patient: sample_data::patient(), latest_visit: Some(sample_data::visit_start()), contact }
}

pub(super) fn samples(language: Language, staff: &StaffMember) -> Vec<(String, Markup)> {
    let frame = |path: &str| desk_frame(sample_data::frame(language, path, None), Some(staff));
    let today = sample_data::now().japan_date();
    let search = |text: &str, found| {
        let page = PatientSearchPage { text: text.to_owned(), found, today };
        render_patient_search_page(&frame("/desk/book"), &page)
    };
    let unknown = ClinicPatient { latest_visit: None, ..clinic_patient(ContactByLetter::Missing) };
    let empty = ProfileInput::default();
    let problems = Profile::from_input(&empty, today).err().unwrap_or_default();
    let new_patient = |problems| NewPatientPage { problems, today, ..NewPatientPage::default() };
    let new = |page: &NewPatientPage| render_new_patient_page(&frame("/desk/book/new"), page);
    let menus = |contact| {
        let menus = directory::samples::offers().remove(0).menus;
        let page = MenuChoicePage { patient: clinic_patient(contact), menus, today };
        render_menu_choice_page(&frame("/desk/book/sample"), &page)
    };
    let confirm = |contact, nearby, mail_problem| {
        let offer = directory::samples::offers().remove(0);
        let practitioner = offer.practitioners[0].clone();
        let page = DeskBookingPage {
            check: DeskBookingCheck {
                patient: clinic_patient(contact),
                menu: offer.menus[0].menu.clone(),
                practitioner,
                nearby,
            },
            wanted: WantedSlot::from(sample_data::visit_start()),
            mail: String::new(),
            mail_problem,
            today,
        };
        render_desk_booking_confirmation(&frame("/desk/book/sample/menus/1"), &page)
    };
    let institution = directory::samples::institutions().remove(0);
    let another = UpcomingVisit {
        id: crate::appointments::samples::appointment_id(),
        institution: institution.code,
        name: institution.name,
        name_english: institution.name_english,
        start: sample_data::visit_start(),
        minutes: 15,
    };
    let nearby = NearbyVisits { overlap: None, same_day: Some(another) };
    let wrong = crate::clinic::texts::PLEASE_ENTER_AN_ADDRESS.in_language(language);
    vec![
        ("desk/book-search".to_owned(), search("", None)),
        ("desk/book-found".to_owned(), search("見本", Some(vec![clinic_patient(ContactByLetter::Account), unknown]))),
        ("desk/book-nobody".to_owned(), search("山田", Some(Vec::new()))),
        ("desk/book-new".to_owned(), new(&new_patient(Vec::new()))),
        ("desk/book-new-problems".to_owned(), new(&new_patient(problems))),
        ("desk/book-menus".to_owned(), menus(ContactByLetter::Account)),
        ("desk/book-menus-no-account".to_owned(), menus(ContactByLetter::Missing)),
        ("desk/book-confirm".to_owned(), confirm(ContactByLetter::Account, nearby, None)),
        ("desk/book-confirm-no-account".to_owned(), confirm(ContactByLetter::Missing, NearbyVisits::default(), None)),
        (
            "desk/book-confirm-wrong-address".to_owned(),
            confirm(ContactByLetter::Missing, NearbyVisits::default(), Some(wrong)),
        ),
    ]
    .into_iter()
    .chain(visit_samples(&frame("/desk/visits/sample")))
    .collect()
}

fn visit_samples(frame: &ui::Frame) -> Vec<(String, Markup)> {
    let mut booked = visit_page(find_case("not-started"), DeskVisitNotice::Booked);
    booked.visit.booked_by = None;
    booked.visit.patient_contact = ContactByLetter::Missing;
    let mut child = visit_page(find_case("not-started"), DeskVisitNotice::Nothing);
    child.visit.patient = sample_data::child();
    child.visit.booked_by =
        Some(VisitBooker { name: Some("見本　花子".to_owned()), relationship: Relationship::Child });
    let mut late = visit_page(find_case("confirmed-terminal"), DeskVisitNotice::Done);
    late.now = late.visit.appointment.visit_start;
    late.visit.appointment.expected_at = Some(late.visit.appointment.visit_start.plus(base::Span::from_mins(15)));
    let mut missed = visit_page(find_case("confirmed-terminal"), DeskVisitNotice::Nothing);
    missed.visit.appointment.status = AppointmentStatus::NoShow;
    [("visit-booked", booked), ("visit-child", child), ("visit-late", late), ("visit-no-show", missed)]
        .into_iter()
        .map(|(name, view)| (format!("desk/{name}"), render_visit_page(frame, &view)))
        .collect()
}
