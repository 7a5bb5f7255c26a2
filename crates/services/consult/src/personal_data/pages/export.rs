//! The export of personal data.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base::Timestamp;
use http::{HeaderValue, header};
use maud::{Markup, html};
use ui::{Document, Frame, components};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::parts::render_back_to_data;
use crate::{
    context::Context,
    pages::{frame::page_frame, signed_in},
    personal_data::store::PersonalData,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/data/export", Access::SignedIn, get(show_export)).action(
        "/profile/data/export",
        Access::SignedIn,
        post(submit_export),
    )
}

async fn show_export(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_page(&context, &visitor).await?;
    Ok(render_export_page(&page_frame(&visitor, Some(&person))).into_response())
}

pub(crate) fn render_export_page(frame: &Frame) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("情報をファイルで受け取る", "Download your data"))
        .above_heading(render_back_to_data(language))
        .lead(language.t(
            "このサービスが保存している、あなたの情報をすべて1つのファイル（JSON形式）にします。",
            "One file (JSON) with everything that this service keeps about you.",
        ))
        .main(html! {
            (components::form(frame, "/profile/data/export", components::primary_button(
                language.t("ファイルを受け取る", "Download"),
                Some(language.t("お名前や予約の内容が入ったファイルです。ほかの人が使う端末には保存しないでください。",
                    "The file has your name and appointments. Do not save it on a device that others use.")))))
            (components::section(language.t("入っているもの", "What is in it"), html! {
                ul {
                    li { (language.t("メールアドレス、登録情報、予約、保険の手続きの状況", "Your email address, details, appointments and insurance steps")) }
                    li { (language.t("画像の記録（種類、日時）。画像そのものは、予約の画像のページで保存できます", "Records of pictures (kind, dates). The pictures themselves can be saved from the page of each appointment")) }
                    li { (language.t("だれが、いつ見たかの記録、ログインの記録", "Who looked and when, and your sign-ins")) }
                }
            }))
        })
}

async fn submit_export(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_action(&context, &visitor).await?;
    let data = context.store.export_personal_data(person.id, visitor.now()).await?;
    Ok(export_response(&data, visitor.now()))
}

fn export_response(data: &PersonalData, now: Timestamp) -> Response {
    let content = serde_json::to_vec_pretty(data).expect("maps of strings and numbers serialise to JSON");
    let name = format!("attachment; filename=\"my-data-{}.json\"", now.japan_date());
    let mut response = content.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
