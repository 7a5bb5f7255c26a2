//! Every page in every state, from invented responses: for the gallery, the snapshots and the accessibility checks.

pub(crate) mod fixtures;
pub(crate) mod frames;

use maud::Markup;
use text::Language;

use crate::{
    Refusal, Role, addresses, appointments, documents, follow_ups, medical, receptions, settings, sign_in, statement,
};
use fixtures::unreachable_system;
use frames::{Pages, frame};

/// Every page of the terminal in every state, each with a name.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let mut pages = Vec::new();
    sign_in::samples::add_pages(language, &mut pages);
    receptions::samples::add_list_pages(language, &mut pages);
    receptions::samples::add_sheet_pages(language, &mut pages);
    receptions::samples::add_confirmation_pages(language, &mut pages);
    medical::samples::add_overview_pages(language, &mut pages);
    medical::samples::add_medical_pages(language, &mut pages);
    settings::samples::add_pages(language, &mut pages);
    receptions::samples::add_appointment_pages(language, &mut pages);
    appointments::samples::add_pages(language, &mut pages);
    follow_ups::samples::add_pages(language, &mut pages);
    addresses::samples::add_pages(language, &mut pages);
    receptions::samples::add_home_visit_pages(language, &mut pages);
    documents::samples::add_pages(language, &mut pages);
    statement::samples::add_pages(language, &mut pages);
    pages.extend(refusal_pages(language));
    pages
}

/// The refusals with a page of their own, one per status.
fn refusal_pages(language: Language) -> Pages {
    let frame = frame(language, Role::Staff, "/");
    let folder = Refusal::Folder(std::io::Error::from(std::io::ErrorKind::PermissionDenied));
    let database = Refusal::Database(database::Error::Stopped);
    web::refusal_samples(
        &frame,
        &[
            &Refusal::NotFound,
            &Refusal::StaleLink,
            &Refusal::SignInsBusy(accounts::password::HashingBusy),
            &unreachable_system(),
            &folder,
            &database,
        ],
    )
}
