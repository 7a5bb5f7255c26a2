//! What to check before booking with a card: PIN, phone, certificate.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, Tone},
    drawing,
};
use web::{Access, Routes, Visitor};

use super::{frame::page_frame, signed_in};
use crate::{context::Context, pages::texts};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/help/card", Access::Anyone, get(show_card_help))
}

async fn show_card_help(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::find_signed_in_account(&context, &visitor).await?;
    Ok(render_card_help(&page_frame(&visitor, account.as_ref())).into_response())
}

pub(crate) fn render_card_help(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::CHECK_BEFORE_BOOKING.in_language(language))
        .description(texts::WHAT_TO_CHECK.in_language(language))
        .lead(texts::IF_ANY_ANSWER_IS_NO.in_language(language))
        .main(html! {
            (drawing::identity_card(language))
            (render_check_item(texts::DO_YOU_KNOW_YOUR_4_DIGIT_PIN.in_language(language), texts::IT_IS_ONE_OF_FOUR_PINS.in_language(language)))
            (render_check_item(texts::IS_YOUR_CARD_REGISTERED.in_language(language), texts::MYNA_PORTAL_APP_SHOWS_WHETHER_IT_IS.in_language(language)))
            (render_check_item(texts::CAN_YOUR_PHONE_READ_CARD.in_language(language), texts::YOU_NEED_A_PHONE_WITH_NFC.in_language(language)))
            (render_check_item(texts::IS_THE_CERTIFICATE_STILL_VALID.in_language(language), texts::ITS_DATE_IS_ON_FRONT_OF_CARD.in_language(language)))
            (components::notice(Tone::Info, texts::PICTURE_IS_ALWAYS_THE_OTHER_WAY.in_language(language), html! {
                p { (texts::YOU_SEND_PHOTO_OF_YOUR_INSURANCE_DOCUMENT.in_language(language)) }
            }))
            (components::bottom_bar(components::primary_link("/", texts::FIND_A_CLINIC.in_language(language), None)))
        })
}

fn render_check_item(question: &str, answer: &str) -> Markup {
    components::panel(question, html! { p { (answer) } })
}
