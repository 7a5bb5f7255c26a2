//! ログイン中の端末: the sessions of the patient, and signing out all others.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Digest;
use maud::{Markup, html};
use text::Language;
use ui::{
    Document, Frame,
    components::{self, BadgeTone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor, session::SessionEntry};

use crate::{
    context::Context,
    pages::{date_text, frame::page_frame, signed_in},
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/sessions", Access::SignedIn, get(show_sessions)).action(
        "/profile/sessions",
        Access::SignedIn,
        post(end_other_sessions),
    )
}

async fn show_sessions(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_page(&context, &visitor).await?;
    let sessions = context.store.list_sessions(person.id, visitor.now()).await?;
    Ok(render_sessions_page(&page_frame(&visitor, Some(&person)), &sessions, visitor.browser().digest())
        .into_response())
}

async fn end_other_sessions(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let person = signed_in::require_patient_for_action(&context, &visitor).await?;
    context.store.end_other_sessions(person.id, visitor.browser().digest()).await?;
    Ok(Redirect::to("/profile/sessions").into_response())
}

pub(crate) fn render_sessions_page(frame: &Frame, sessions: &[SessionEntry], own_browser: Digest) -> Markup {
    let language = frame.language;
    let others = sessions.iter().filter(|session| session.browser != own_browser).count();
    Document::new(frame, language.t("ログイン中の端末", "Signed-in devices"))
        .above_heading(components::back_link("/profile", language.t("登録情報に戻る", "Back to your details")))
        .lead(language.t(
            "スマートフォンをなくしたときや、心当たりのない端末があるときは、ここからログアウトできます。",
            "If you lost a phone, or see a device that you do not know, sign it out here.",
        ))
        .main(html! {
            @if others > 0 {
                (components::form(frame, "/profile/sessions", components::primary_button(
                    language.t("ほかの端末からログアウト", "Sign out other devices"),
                    Some(language.t("この端末では、ログインしたままです。", "You stay signed in on this device.")))))
            } @else {
                p { (language.t("ほかにログイン中の端末はありません。", "You are not signed in anywhere else.")) }
            }
            @for session in sessions { (render_session(language, session, own_browser)) }
        })
}

fn render_session(language: Language, session: &SessionEntry, own_browser: Digest) -> Markup {
    let name = if session.browser == own_browser {
        language.t("この端末", "This device")
    } else {
        language.t("ほかの端末", "Another device")
    };
    let used = session.used_on.unwrap_or_else(|| session.started_at.japan_date());
    components::panel(
        name,
        html! {
            @if session.browser == own_browser { p { (components::badge(BadgeTone::Good, language.t("使用中", "In use"))) } }
            (components::description_list(&[
                (language.t("ログインした日時", "Signed in"), html! { (date_text::format_date_time(language, session.started_at)) }),
                (language.t("最後に使った日", "Last used"), html! { (date_text::format_date(language, used)) }),
            ]))
        },
    )
}
