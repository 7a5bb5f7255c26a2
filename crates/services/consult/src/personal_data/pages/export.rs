//! The export of personal data.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::Timestamp;
use maud::{Markup, html};
use ui::{Document, Frame, components};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::parts::render_back_to_data;
use crate::{
    context::Context,
    pages::{download::respond_with_file, frame::page_frame, signed_in},
    personal_data::{store::PersonalData, texts},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/data/export", Access::SignedIn, get(show_export)).action(
        "/profile/data/export",
        Access::SignedIn,
        post(submit_export),
    )
}

async fn show_export(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    Ok(render_export_page(&page_frame(&visitor, Some(&account))).into_response())
}

pub(crate) fn render_export_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::DOWNLOAD_YOUR_DATA.in_language(language))
        .above_heading(render_back_to_data(language))
        .lead(texts::ONE_FILE_JSON_WITH_EVERYTHING.in_language(language))
        .main(html! {
            (components::form(frame, "/profile/data/export", components::primary_button(
                texts::DOWNLOAD.in_language(language),
                Some(texts::FILE_HAS_YOUR_NAME_AND_APPOINTMENTS.in_language(language)))))
            (components::section(texts::WHAT_IS_IN_IT.in_language(language), html! {
                ul {
                    li { (texts::YOUR_DETAILS_APPOINTMENTS_AND_STEPS.in_language(language)) }
                    li { (texts::RECORDS_OF_PICTURES.in_language(language)) }
                    li { (texts::WHO_LOOKED_AND_YOUR_SIGN_INS.in_language(language)) }
                }
            }))
        })
}

async fn submit_export(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    let data = context.store.export_personal_data(account.id, visitor.now()).await?;
    Ok(export_response(&data, visitor.now()))
}

fn export_response(data: &PersonalData, now: Timestamp) -> Response {
    let content = serde_json::to_vec_pretty(data).expect("maps of strings and numbers serialise to JSON");
    let name = format!("my-data-{}.json", now.japan_date());
    respond_with_file(content, "application/json; charset=utf-8", &name)
}
