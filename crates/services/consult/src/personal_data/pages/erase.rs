//! The erasure of all pictures.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use ui::{Document, Frame, components};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::parts::render_back_to_data;
use crate::{
    context::Context,
    pages::{frame::page_frame, signed_in},
    personal_data::texts,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/data/erase", Access::SignedIn, get(show_erase_pictures)).action(
        "/profile/data/erase",
        Access::SignedIn,
        post(submit_erase_pictures),
    )
}

async fn show_erase_pictures(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let pictures = context.store.list_pictures(account.id).await?.len();
    Ok(render_erase_pictures_page(&page_frame(&visitor, Some(&account)), pictures).into_response())
}

pub(crate) fn render_erase_pictures_page(frame: &Frame, pictures: usize) -> Markup {
    let language = frame.language;
    let explanation = if pictures == 1 {
        texts::THIS_ERASES_THE_1_PICTURE.in_language(language).to_owned()
    } else {
        texts::this_erases_all_pictures(language, pictures)
    };
    Document::new(frame, texts::ERASE_YOUR_PICTURES.in_language(language))
        .above_heading(render_back_to_data(language))
        .main(html! {
            @if pictures == 0 {
                p { (texts::NO_PICTURES_ARE_KEPT.in_language(language)) }
            } @else {
                p { (explanation) }
                (components::form(frame, "/profile/data/erase", components::danger_button(
                    texts::ERASE_ALL_PICTURES.in_language(language),
                    Some(texts::THIS_CANNOT_BE_UNDONE.in_language(language)))))
            }
            (components::section(texts::TO_ERASE_OTHER_DATA.in_language(language), html! {
                ul {
                    li { (texts::NAME_AND_BIRTH_DATE_ARE_NEEDED.in_language(language)) }
                    li { (texts::YOU_CAN_CHANGE_OTHER_DETAILS.in_language(language)) }
                    li { (texts::RECORDS_OF_APPOINTMENTS_ARE_KEPT.in_language(language)) }
                }
                (components::quiet_link("/profile/close", texts::ABOUT_CLOSING_YOUR_ACCOUNT.in_language(language)))
            }))
        })
}

async fn submit_erase_pictures(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    for (appointment, picture) in context.store.list_pictures(account.id).await? {
        context.store.erase_picture(account.id, appointment, picture, visitor.now()).await?;
    }
    Ok(Redirect::to("/profile/data/erase").into_response())
}
