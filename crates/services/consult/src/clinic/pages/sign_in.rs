//! Signing in at a desk.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    Document, Frame,
    components::{self, Field, Input, Tone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor, change_browser_until_closed, remember_device};

use super::frame::desk_frame;
use crate::{
    clinic::{
        store::staff::{SignInClient, StaffSignIn},
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/sign-in", Access::Anyone, get(show_sign_in))
        .action("/desk/sign-in", Access::Anyone, post(submit_sign_in))
        .action("/desk/sign-out", Access::Anyone, post(sign_out))
}

#[derive(Deserialize)]
struct DeskSignInQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_sign_in(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskSignInQuery>,
) -> Result<Response, Response> {
    let staff = context.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await;
    if staff.map_err(|error| Refusal::from(error).into_response())?.is_some() {
        return Ok(Redirect::to("/desk/visits").into_response());
    }
    let notice = match query.notice.as_deref() {
        Some("wrong") => DeskSignInNotice::WrongCredentials,
        Some("waited") => DeskSignInNotice::WaitedTooLong,
        Some("too-many") => DeskSignInNotice::TooManyAttempts,
        _ => DeskSignInNotice::Nothing,
    };
    Ok(render_sign_in_page(&desk_frame(visitor.frame(), None), notice).into_response())
}

#[derive(Deserialize)]
struct DeskSignInForm {
    mail: String,
    password: String,
}

async fn submit_sign_in(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<DeskSignInForm>,
) -> Result<Response, Refusal> {
    let new_browser = Token::new(visitor.site().randomness());
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let outcome = match form.mail.parse() {
        Ok(mail) => {
            let tokens = (visitor.browser(), &new_browser, &device);
            context.store.sign_in_staff((&mail, form.password.as_str()), client, tokens, visitor.now()).await?
        }
        Err(_) => StaffSignIn::WrongCredentials,
    };
    Ok(match outcome {
        StaffSignIn::Done => {
            let signed_in = change_browser_until_closed(Redirect::to("/desk/visits").into_response(), new_browser);
            remember_device(signed_in, device)
        }
        StaffSignIn::CodeRequired => {
            change_browser_until_closed(Redirect::to("/desk/sign-in/code").into_response(), new_browser)
        }
        StaffSignIn::WrongCredentials => Redirect::to("/desk/sign-in?said=wrong").into_response(),
        StaffSignIn::TooManyAttempts => Redirect::to("/desk/sign-in?said=too-many").into_response(),
    })
}

async fn sign_out(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let new_browser = Token::new(visitor.site().randomness());
    context.store.sign_out_staff(visitor.browser(), &new_browser).await?;
    Ok(change_browser_until_closed(Redirect::to("/desk/sign-in").into_response(), new_browser))
}

/// The outcome of the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskSignInNotice {
    Nothing,
    WrongCredentials,
    TooManyAttempts,
    /// The code of the second factor came too late.
    WaitedTooLong,
}

/// 受付ログイン
pub(crate) fn render_sign_in_page(frame: &Frame, notice: DeskSignInNotice) -> Markup {
    let language = frame.language;
    let main = html! {
        @match notice {
            DeskSignInNotice::Nothing => {}
            DeskSignInNotice::WrongCredentials => (components::notice(
                Tone::Error,
                texts::ADDRESS_OR_PASSWORD_IS_WRONG.in_language(language),
                html! { p { (texts::PLEASE_ENTER_THEM_AGAIN.in_language(language)) } },
            )),
            DeskSignInNotice::WaitedTooLong => (components::notice(
                Tone::Error,
                texts::THE_CODE_CAME_TOO_LATE.in_language(language),
                html! { p { (texts::PLEASE_BEGIN_WITH_THE_PASSWORD.in_language(language)) } },
            )),
            DeskSignInNotice::TooManyAttempts => (components::notice(
                Tone::Error,
                texts::TOO_MANY_MISSES_PLEASE_WAIT.in_language(language),
                html! { p { (texts::PLEASE_TRY_AGAIN_IN_FIFTEEN_MINUTES.in_language(language)) } },
            )),
        }
        (components::form(frame, "/desk/sign-in", html! {
            (Field::new(language, Input::Email, "mail", texts::E_MAIL_ADDRESS.in_language(language)).autocomplete("username"))
            (Field::new(language, Input::Password, "password", texts::PASSWORD.in_language(language)).autocomplete("current-password"))
            (components::primary_button(
                texts::SIGN_IN.in_language(language),
                Some(texts::TODAYS_VISITS_OPEN.in_language(language)),
            ))
        }))
        (components::quiet_link("/", texts::FOR_PATIENTS.in_language(language)))
    };
    let mut document = Document::new(frame, texts::THE_CLINICS_DESK_SIGN_IN.in_language(language))
        .description(texts::SIGN_IN_AS_CLINIC.in_language(language));
    if notice != DeskSignInNotice::Nothing {
        document = document.with_problems();
    }
    document.main(main)
}
