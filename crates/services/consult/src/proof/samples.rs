//! The sample pages of departures.

use maud::Markup;
use text::Language;

use super::pages::departure::{FixedUrlPage, render_fixed_url_page};
use crate::{
    appointments,
    directory::{self, rules::institution::ProofMethod},
    sample_data,
};

pub(crate) fn samples(language: Language) -> Vec<(String, Markup)> {
    let account = sample_data::account();
    let institution = directory::samples::institutions().remove(1);
    let ProofMethod::FixedUrl { url } = institution.proof_method.clone() else { return Vec::new() };
    let view = FixedUrlPage {
        institution,
        appointment_id: appointments::samples::appointment_id(),
        visit_date: sample_data::visit_start().japan_date(),
        url,
    };
    let frame = sample_data::frame(language, "/appointments", Some(&account));
    vec![("leave/fixed-url".to_owned(), render_fixed_url_page(&frame, &view))]
}
