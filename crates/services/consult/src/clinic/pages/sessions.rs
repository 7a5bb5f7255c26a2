//! ログイン中のブラウザーと端末: where an account is signed in, and ending each.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use ui::{
    Document, Frame,
    components::{self, BadgeTone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::frame::{desk_frame, require_staff};
use crate::{
    clinic::{
        store::sessions::{SessionOwner, StaffSession},
        texts,
    },
    context::Context,
    people::pages::sessions::render_session_facts,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/settings/sessions", Access::SignedIn, get(show_sessions)).action(
        "/desk/settings/sessions/{session}/end",
        Access::SignedIn,
        post(end_session),
    )
}

async fn show_sessions(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let sessions = context.store.list_staff_sessions(&staff, visitor.browser().digest(), visitor.now()).await?;
    Ok(render_staff_sessions_page(&desk_frame(visitor.frame(), Some(&staff)), &sessions).into_response())
}

async fn end_session(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Path(session): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    // One that has ended meanwhile is what was asked for.
    context.store.end_staff_session(&staff, session, visitor.now()).await?;
    Ok(Redirect::to("/desk/settings/sessions").into_response())
}

/// ログイン中のブラウザーと端末
pub(crate) fn render_staff_sessions_page(frame: &Frame, sessions: &[StaffSession]) -> Markup {
    let language = frame.language;
    Document::new(frame, texts::SIGNED_IN_BROWSERS.in_language(language))
        .above_heading(components::back_link("/desk/settings", texts::BACK_TO_SETTINGS.in_language(language)))
        .lead(texts::END_WHAT_YOU_DO_NOT_KNOW.in_language(language))
        .main(html! { @for session in sessions { (render_session(frame, session)) } })
}

fn render_session(frame: &Frame, session: &StaffSession) -> Markup {
    let language = frame.language;
    let facts = render_session_facts(language, &session.entry);
    match session.owner {
        SessionOwner::ThisBrowser => components::panel(
            texts::THIS_BROWSER.in_language(language),
            html! {
                p { (components::badge(BadgeTone::Good, texts::IN_USE.in_language(language))) }
                (facts)
            },
        ),
        SessionOwner::Another => components::panel(
            texts::ANOTHER_BROWSER_OR_TERMINAL.in_language(language),
            html! {
                (facts)
                (components::form(
                    frame,
                    &format!("/desk/settings/sessions/{}/end", session.name),
                    components::secondary_button(texts::END_THE_SESSION.in_language(language), None),
                ))
            },
        ),
    }
}
