use text::Language;

use super::pages;
use crate::{
    Role,
    eligibility::rules::Care,
    pages::SystemResponse,
    samples::{
        fixtures::unreachable_system,
        frames::{Pages, frame},
    },
};

pub(crate) fn add_pages(language: Language, samples: &mut Pages) {
    let frame = frame(language, Role::Administrator, "/addresses/online");
    let received =
        || SystemResponse::Received(Some("http://reception.localhost:8400/i/23456789bcdfghjkmnpq".to_owned()));
    for (name, care, notice, address) in [
        ("shown", Care::Online, pages::AddressNotice::None, received()),
        ("changed", Care::Online, pages::AddressNotice::Changed, received()),
        ("home-visit", Care::HomeVisit, pages::AddressNotice::None, received()),
        ("none", Care::Online, pages::AddressNotice::None, SystemResponse::Received(None)),
        ("trouble", Care::Online, pages::AddressNotice::None, SystemResponse::Failed(unreachable_system())),
    ] {
        samples.push((
            format!("address/{name}"),
            pages::render_page(&frame, &pages::AddressPage { care, notice, address }),
        ));
    }
    samples.push(("address/change".to_owned(), pages::render_change_page(&frame, Care::Online, None)));
    let refusal = unreachable_system();
    samples
        .push(("address/change-trouble".to_owned(), pages::render_change_page(&frame, Care::Online, Some(&refusal))));
}
