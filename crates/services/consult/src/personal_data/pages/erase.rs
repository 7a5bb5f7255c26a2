//! The erasure of all pictures.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use text::Language;
use ui::{Document, Frame, components};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::parts::render_back_to_data;
use crate::{
    context::Context,
    pages::{frame::page_frame, signed_in},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/data/erase", Access::SignedIn, get(show_erase_pictures)).action(
        "/profile/data/erase",
        Access::SignedIn,
        post(submit_erase_pictures),
    )
}

async fn show_erase_pictures(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_page(&context, &visitor).await?;
    let pictures = context.store.list_pictures(person.id).await?.len();
    Ok(render_erase_pictures_page(&page_frame(&visitor, Some(&person)), pictures).into_response())
}

pub(crate) fn render_erase_pictures_page(frame: &Frame, pictures: usize) -> Markup {
    let language = frame.language;
    let question = match language {
        Language::Japanese => format!("保存している画像{pictures}件を、今すぐすべて消します。"),
        Language::English if pictures == 1 => "This erases the 1 picture that is kept, now.".to_owned(),
        Language::English => format!("This erases all {pictures} pictures that are kept, now."),
    };
    Document::new(frame, language.t("画像を消す", "Erase your pictures")).above_heading(render_back_to_data(language)).main(html! {
        @if pictures == 0 {
            p { (language.t("保存している画像はありません。", "No pictures are kept.")) }
        } @else {
            p { (question) }
            (components::form(frame, "/profile/data/erase", components::danger_button(
                language.t("画像をすべて消す", "Erase all pictures"),
                Some(language.t("元に戻せません。これからの診察では、もう一度送っていただくことがあります。",
                    "This cannot be undone. For a visit to come you may be asked to send them again.")))))
        }
        (components::section(language.t("ほかの情報を消すには", "To erase other data"), html! {
            ul {
                li { (language.t("お名前、生年月日、メールアドレスは、医療機関がご本人を確認するために必要です。退会すると消えます。", "Your name, date of birth and email address are needed so that the clinic can identify you. They are erased when you close your account.")) }
                li { (language.t("電話番号などは、登録情報で変更できます。", "You can change your telephone number and other details under Your details.")) }
                li { (language.t("予約の記録と、だれが見たかの記録は、医療機関と安全のために残します。退会後は、名前と結び付きません。", "Records of appointments and of who looked are kept for the clinic and for your safety. After you close your account they are tied to no name.")) }
            }
            (components::quiet_link("/profile/close", language.t("退会について", "About closing your account")))
        }))
    })
}

async fn submit_erase_pictures(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_action(&context, &visitor).await?;
    for (appointment, picture) in context.store.list_pictures(person.id).await? {
        context.store.erase_picture(person.id, appointment, picture, visitor.now()).await?;
    }
    Ok(Redirect::to("/profile/data/erase").into_response())
}
