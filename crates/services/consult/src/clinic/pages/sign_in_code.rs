//! The second step of signing in at a desk: a code of the authenticator app, or a recovery code.

use std::sync::Arc;

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Token;
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    Document, Frame,
    components::{self, Field, Input, Problem},
};
use web::{Access, Form, Routes, Visitor, change_browser_until_closed, remember_device};

use super::frame::desk_frame;
use crate::{
    clinic::{
        store::{second_factor::CodeSignIn, staff::SignInClient},
        texts,
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().page("/desk/sign-in/code", Access::Session, get(show_code_form)).action(
        "/desk/sign-in/code",
        Access::Session,
        post(submit_code),
    )
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeProblem {
    WrongCode,
    WrongRecoveryCode,
}

async fn show_code_form(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Refusal> {
    if !context.store.has_pending_sign_in(visitor.browser().digest(), visitor.now()).await? {
        return Ok(Redirect::to("/desk/sign-in").into_response());
    }
    Ok(render_code_page(&desk_frame(visitor.frame(), None), None).into_response())
}

#[derive(Deserialize)]
struct CodeForm {
    code: Option<String>,
    recovery_code: Option<String>,
}

async fn submit_code(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<CodeForm>,
) -> Result<Response, Refusal> {
    let randomness = visitor.site().randomness();
    let new_browser = Token::new(randomness);
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(randomness));
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let tokens = (visitor.browser(), &new_browser, &device);
    let (typed, problem) = match (&form.code, &form.recovery_code) {
        (None, Some(recovery)) => (recovery.as_str(), CodeProblem::WrongRecoveryCode),
        (code, _) => (code.as_deref().unwrap_or_default(), CodeProblem::WrongCode),
    };
    Ok(match context.store.sign_in_with_code(typed, client, tokens, visitor.now()).await? {
        CodeSignIn::Done => {
            let signed_in = change_browser_until_closed(Redirect::to("/desk/visits").into_response(), new_browser);
            remember_device(signed_in, device)
        }
        CodeSignIn::WrongCode => render_code_page(&desk_frame(visitor.frame(), None), Some(problem)).into_response(),
        CodeSignIn::TooManyAttempts => Redirect::to("/desk/sign-in?said=too-many").into_response(),
        CodeSignIn::NotPending => Redirect::to("/desk/sign-in?said=waited").into_response(),
    })
}

/// 確認コードの入力
pub(crate) fn render_code_page(frame: &Frame, problem: Option<CodeProblem>) -> Markup {
    let language = frame.language;
    let error =
        |asked: CodeProblem, text: &'static text::Text| (problem == Some(asked)).then(|| text.in_language(language));
    let wrong_code = error(CodeProblem::WrongCode, &texts::CODE_IS_WRONG_OR_WAS_USED);
    let wrong_recovery_code = error(CodeProblem::WrongRecoveryCode, &texts::RECOVERY_CODE_IS_WRONG_OR_WAS_USED);
    let problems: Vec<_> = [("code", wrong_code), ("recovery_code", wrong_recovery_code)]
        .into_iter()
        .filter_map(|(field, message)| Some(Problem { field, message: message? }))
        .collect();
    let main = html! {
        (components::error_summary(language, &problems))
        (components::form(frame, "/desk/sign-in/code", html! {
            (Field::new(language, Input::OneTimeCode, "code", texts::CODE_OF_THE_APP.in_language(language))
                .support(texts::SIX_DIGITS_OF_THE_APP.in_language(language))
                .error(wrong_code))
            (components::primary_button(
                texts::SIGN_IN.in_language(language),
                Some(texts::TODAYS_VISITS_OPEN.in_language(language)),
            ))
        }))
        (components::panel(texts::WITHOUT_THE_APP.in_language(language), components::form(frame, "/desk/sign-in/code", html! {
            (Field::new(language, Input::Text, "recovery_code", texts::RECOVERY_CODE.in_language(language))
                .support(texts::EACH_RECOVERY_CODE_WORKS_ONCE.in_language(language))
                .autocomplete("off")
                .error(wrong_recovery_code))
            (components::secondary_button(texts::SIGN_IN_WITH_A_RECOVERY_CODE.in_language(language), None))
        })))
        (components::quiet_link("/desk/sign-in", texts::BACK_TO_THE_PASSWORD.in_language(language)))
    };
    let mut document = Document::new(frame, texts::SECOND_STEP_OF_SIGNING_IN.in_language(language));
    if problem.is_some() {
        document = document.with_problems();
    }
    document.main(main)
}
