//! ログイン中の端末: the sessions of the patient, and signing out all others.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Digest;
use maud::{Markup, html};
use text::{Language, dates};
use ui::{
    Document, Frame,
    components::{self, BadgeTone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor, session::SessionEntry};

use crate::{
    context::Context,
    pages::{frame::page_frame, signed_in},
    people::texts,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/profile/sessions", Access::SignedIn, get(show_sessions)).action(
        "/profile/sessions",
        Access::SignedIn,
        post(end_other_sessions),
    )
}

async fn show_sessions(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let account = signed_in::require_account_for_page(&context, &visitor).await?;
    let sessions = context.store.list_sessions(account.id, visitor.now()).await?;
    Ok(render_sessions_page(&page_frame(&visitor, Some(&account)), &sessions, visitor.browser().digest())
        .into_response())
}

async fn end_other_sessions(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let account = signed_in::require_account_for_action(&context, &visitor).await?;
    context.store.end_other_sessions(account.id, visitor.browser().digest()).await?;
    Ok(Redirect::to("/profile/sessions").into_response())
}

pub(crate) fn render_sessions_page(frame: &Frame, sessions: &[SessionEntry], own_browser: Digest) -> Markup {
    let language = frame.language;
    let others = sessions.iter().filter(|session| session.browser != own_browser).count();
    Document::new(frame, texts::SIGNED_IN_DEVICES.in_language(language))
        .above_heading(components::back_link("/profile", texts::BACK_TO_YOUR_DETAILS.in_language(language)))
        .lead(texts::IF_YOU_LOST_A_PHONE.in_language(language))
        .main(html! {
            @if others > 0 {
                (components::form(frame, "/profile/sessions", components::primary_button(
                    texts::SIGN_OUT_OTHER_DEVICES.in_language(language),
                    Some(texts::YOU_STAY_SIGNED_IN_ON_THIS_DEVICE.in_language(language)))))
            } @else {
                p { (texts::NOT_SIGNED_IN_ANYWHERE_ELSE.in_language(language)) }
            }
            @for session in sessions { (render_session(language, session, own_browser)) }
        })
}

fn render_session(language: Language, session: &SessionEntry, own_browser: Digest) -> Markup {
    let name = if session.browser == own_browser {
        texts::THIS_DEVICE.in_language(language)
    } else {
        texts::ANOTHER_DEVICE.in_language(language)
    };
    components::panel(
        name,
        html! {
            @if session.browser == own_browser { p { (components::badge(BadgeTone::Good, texts::IN_USE.in_language(language))) } }
            (render_session_facts(language, session))
        },
    )
}

/// When a session began and was used last.
pub(crate) fn render_session_facts(language: Language, session: &SessionEntry) -> Markup {
    let used = session.used_on.unwrap_or_else(|| session.started_at.japan_date());
    components::description_list(&[
        (texts::SIGNED_IN.in_language(language), html! { (dates::format_date_time(language, session.started_at)) }),
        (texts::LAST_USED.in_language(language), html! { (dates::format_date(language, used)) }),
    ])
}
