//! 端末用のパスワード: the password with which programs sign in at the clinic interface.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Timestamp, Token};
use maud::{Markup, html};
use serde::Deserialize;
use text::dates;
use ui::{
    Document, Frame,
    components::{self, Field, Input, Problem, Tone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::{
    frame::{desk_frame, require_staff},
    second_factor::PasswordProblem,
};
use crate::{
    clinic::{
        store::{
            program::ProgramPasswordChange,
            staff::{SignInClient, StaffMember},
        },
        texts,
    },
    context::Context,
    refusal::Refusal,
};

/// The address of the page.
const PAGE: &str = "/desk/settings/program-password";

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page(PAGE, Access::SignedIn, get(show_program_password))
        .action(PAGE, Access::SignedIn, post(make_program_password))
        .action("/desk/settings/program-password/delete", Access::SignedIn, post(delete_program_password))
}

/// What the page shows.
pub(crate) enum ProgramPasswordPage {
    /// None was made.
    Nothing,
    MadeAt(Timestamp),
    /// One that was just made. It is shown this once.
    NewPassword(Token),
}

async fn show_program_password(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    Ok(respond_with_page(&context, &visitor, &staff, None).await?)
}

async fn respond_with_page(
    context: &Context,
    visitor: &Visitor,
    staff: &StaffMember,
    problem: Option<PasswordProblem>,
) -> Result<Response, Refusal> {
    let made_at = context.store.find_program_password(staff).await?;
    let page = made_at.map_or(ProgramPasswordPage::Nothing, ProgramPasswordPage::MadeAt);
    Ok(respond(visitor, staff, &page, problem))
}

fn respond(
    visitor: &Visitor,
    staff: &StaffMember,
    page: &ProgramPasswordPage,
    problem: Option<PasswordProblem>,
) -> Response {
    let frame = desk_frame(Frame { path_and_query: PAGE.to_owned(), ..visitor.frame() }, Some(staff));
    render_program_password_page(&frame, page, problem).into_response()
}

#[derive(Deserialize)]
struct MakeForm {
    #[serde(default)]
    current_password: String,
}

async fn make_program_password(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<MakeForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let change = context.store.make_program_password(&staff, &form.current_password, client, visitor.now()).await?;
    let problem = match change {
        ProgramPasswordChange::Done(token) => {
            return Ok(respond(&visitor, &staff, &ProgramPasswordPage::NewPassword(token), None));
        }
        ProgramPasswordChange::WrongPassword => PasswordProblem::Wrong,
        ProgramPasswordChange::TooManyAttempts => PasswordProblem::TooManyAttempts,
    };
    Ok(respond_with_page(&context, &visitor, &staff, Some(problem)).await?)
}

async fn delete_program_password(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    context.store.delete_program_password(&staff, visitor.now()).await?;
    Ok(Redirect::to(PAGE).into_response())
}

/// 端末用のパスワード
pub(crate) fn render_program_password_page(
    frame: &Frame,
    page: &ProgramPasswordPage,
    problem: Option<PasswordProblem>,
) -> Markup {
    let language = frame.language;
    let message = problem.map(|problem| match problem {
        PasswordProblem::Wrong => texts::CURRENT_PASSWORD_IS_WRONG.in_language(language),
        PasswordProblem::TooManyAttempts => texts::TOO_MANY_WRONG_ATTEMPTS.in_language(language),
    });
    let problems: Vec<_> = message.iter().map(|message| Problem { field: "current_password", message }).collect();
    let main = html! {
        (components::error_summary(language, &problems))
        @match page {
            ProgramPasswordPage::NewPassword(token) => (components::notice(
                Tone::Success,
                texts::PROGRAM_PASSWORD_WAS_MADE.in_language(language),
                html! {
                    p { (texts::ENTER_IT_IN_THE_TERMINAL_NOW.in_language(language)) }
                    p { code { (token.reveal()) } }
                },
            )),
            ProgramPasswordPage::MadeAt(time) => {
                p { (texts::program_password_made_at(language, dates::format_date_time(language, *time))) }
                (components::form(frame, "/desk/settings/program-password/delete", components::secondary_button(
                    texts::DELETE_PROGRAM_PASSWORD.in_language(language),
                    Some(texts::TERMINAL_IS_REFUSED_FROM_ITS_NEXT_SIGN_IN.in_language(language)),
                )))
            }
            ProgramPasswordPage::Nothing => {}
        }
        (components::panel(texts::MAKE_PROGRAM_PASSWORD.in_language(language), components::form(frame, PAGE, html! {
            (Field::new(language, Input::Password, "current_password", texts::CURRENT_PASSWORD.in_language(language))
                .error(message))
            (components::secondary_button(
                texts::MAKE_PROGRAM_PASSWORD.in_language(language),
                Some(texts::PROGRAM_PASSWORD_BEFORE_ENDS.in_language(language)),
            ))
        })))
    };
    let mut document = Document::new(frame, texts::PROGRAM_PASSWORD.in_language(language))
        .above_heading(components::back_link("/desk/settings", texts::BACK_TO_SETTINGS.in_language(language)))
        .lead(texts::PROGRAMS_CANNOT_ENTER_CODES.in_language(language));
    if problem.is_some() {
        document = document.with_problems();
    }
    document.main(main)
}
