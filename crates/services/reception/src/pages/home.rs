use maud::{Markup, html};
use ui::{Document, Frame, components};
use web::Visitor;

use crate::pages::texts;

pub(super) async fn show(visitor: Visitor) -> Markup {
    page(&super::menu_frame(&visitor))
}

pub(super) fn page(frame: &Frame) -> Markup {
    let language = frame.language;
    let document = Document::new(frame, texts::RECEPTION_FOR_ONLINE_CARE.in_language(language));
    let document = document.description(texts::REGISTER_CONSENT_WITH_YOUR_CARD.in_language(language));
    document.main(html! {
        p { (texts::HERE_YOU_REGISTER_YOUR_CONSENT.in_language(language)) }
        (components::section(texts::REGISTER_A_CONSENT.in_language(language), html! {
            p { (texts::WHERE_TO_START.in_language(language)) }
            h3 { (texts::WHAT_YOU_NEED.in_language(language)) }
            ul {
                li { (texts::YOUR_INDIVIDUAL_NUMBER_CARD.in_language(language)) }
                li { (texts::YOUR_PHONE_WITH_PORTAL_APP.in_language(language)) }
                li { (texts::YOUR_PIN_FOR_USER_AUTHENTICATION.in_language(language)) }
            }
        }))
        (components::section(texts::SEE_OR_CHANGE_WHAT_YOU_REGISTERED.in_language(language), html! {
            p { (texts::SEEN_AFTER_SCANNING_YOUR_CARD.in_language(language)) }
            (components::buttons(html! {
                (components::secondary_link("/review", texts::SEE_AND_CHANGE_CONSENTS.in_language(language), None))
                (components::secondary_link("/review/withdraw", texts::WITHDRAW_ALL_CONSENTS.in_language(language), None))
            }))
        }))
    })
}
