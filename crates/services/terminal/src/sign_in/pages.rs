//! ログイン: the institution, the role and the password.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::{InstitutionCode, Timestamp, Token};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use text::dates;
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Field, Input, Problem, Select, Tone},
};
use web::{Form, Visitor, change_browser, remember_device};

use super::{
    session::find_signed_in_account,
    store::{Account, SignInContext, SignInOutcome},
    wording::role_label,
};
use crate::{Refusal, Role, TerminalState, pages::redirect, sign_in::texts};

#[derive(Deserialize)]
pub(crate) struct SignInQuery {
    institution: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct SignInForm {
    #[serde(default)]
    institution: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    password: String,
}

/// What is wrong with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SignInProblem {
    None,
    Institution,
    Account,
    Password,
    TooManyAttempts { retry_at: Timestamp },
}

pub(crate) struct SignInPage {
    pub(crate) stations: Vec<(InstitutionCode, String)>,
    pub(crate) institution: String,
    pub(crate) role: String,
    pub(crate) problem: SignInProblem,
}

/// Redirects from `/` to the account's first page, or to sign in.
pub(crate) async fn redirect_home(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
) -> Result<Response, Refusal> {
    let account = find_signed_in_account(&terminal, &visitor).await?;
    Ok(redirect(account.map_or("/sign-in", |account| account.role.home_path())))
}

pub(crate) async fn show(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Query(query): Query<SignInQuery>,
) -> Result<Response, Refusal> {
    if let Some(account) = find_signed_in_account(&terminal, &visitor).await? {
        return Ok(redirect(account.role.home_path()));
    }
    let institution = query.institution.unwrap_or_default();
    let view = SignInPage {
        stations: list_stations(&terminal),
        institution,
        role: String::new(),
        problem: SignInProblem::None,
    };
    Ok(render_page(&visitor.frame(), &view).into_response())
}

pub(crate) async fn submit_sign_in(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(form): Form<SignInForm>,
) -> Result<Response, Refusal> {
    let render_error = |problem, status: StatusCode| {
        let SignInForm { institution, role, .. } = &form;
        let view = SignInPage {
            stations: list_stations(&terminal),
            institution: institution.clone(),
            role: role.clone(),
            problem,
        };
        (status, render_page(&visitor.frame(), &view)).into_response()
    };
    let institution = form.institution.parse::<InstitutionCode>().ok();
    let Some(institution) = institution.filter(|code| terminal.find_station(*code).is_some()) else {
        return Ok(render_error(SignInProblem::Institution, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let Ok(role) = form.role.parse::<Role>() else {
        return Ok(render_error(SignInProblem::Account, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let new_secret = Token::new(visitor.site().randomness());
    let account = Account { institution, role };
    let new_device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let context = SignInContext {
        old_secret: visitor.browser(),
        new_secret: &new_secret,
        device: visitor.device(),
        new_device: &new_device,
        peer: visitor.peer(),
    };
    match terminal.store.sign_in(account, &form.password, context, visitor.now()).await? {
        SignInOutcome::SignedIn => {
            Ok(remember_device(change_browser(redirect(role.home_path()), new_secret), new_device))
        }
        SignInOutcome::WrongCredentials => Ok(render_error(SignInProblem::Password, StatusCode::UNPROCESSABLE_ENTITY)),
        SignInOutcome::TooManyAttempts { retry_at } => {
            Ok(render_error(SignInProblem::TooManyAttempts { retry_at }, StatusCode::TOO_MANY_REQUESTS))
        }
    }
}

fn list_stations(terminal: &TerminalState) -> Vec<(InstitutionCode, String)> {
    terminal.stations.iter().map(|station| (station.institution, station.name.clone())).collect()
}

pub(crate) fn render_page(frame: &Frame, view: &SignInPage) -> Markup {
    let language = frame.language;
    let message = |problem: SignInProblem| match problem {
        SignInProblem::None => None,
        SignInProblem::Institution => {
            Some(("institution", texts::CHOOSE_THE_INSTITUTION.in_language(language).to_owned()))
        }
        SignInProblem::Account => Some(("role", texts::CHOOSE_THE_ACCOUNT.in_language(language).to_owned())),
        SignInProblem::Password => {
            Some(("password", texts::ACCOUNT_OR_PASSWORD_IS_WRONG.in_language(language).to_owned()))
        }
        SignInProblem::TooManyAttempts { retry_at } => {
            Some(("password", texts::account_is_blocked_until(language, dates::format_date_time(language, retry_at))))
        }
    };
    let problem = message(view.problem);
    let problem = problem.as_ref().map(|(field, message)| (*field, message.as_str()));
    let error = |name: &str| problem.filter(|(field, _)| *field == name).map(|(_, message)| message);
    let summary: Vec<Problem<'_>> = problem.iter().map(|(field, message)| Problem { field, message }).collect();
    let stations: Vec<(String, String)> =
        view.stations.iter().map(|(code, name)| (code.to_string(), format!("{name}（{code}）"))).collect();
    let institutions: Vec<Choice<'_>> = stations.iter().map(|(code, name)| Choice::new(code, name)).collect();
    let support = |role| match role {
        Role::Staff => texts::SEE_RECEPTIONS_AND_ELIGIBILITY.in_language(language),
        Role::MedicalViewer => texts::SEE_CONSENTED_MEDICAL_INFORMATION.in_language(language),
        Role::Administrator => texts::SEE_AND_CHANGE_SETTINGS.in_language(language),
    };
    let roles = Role::ALL.map(|role| Choice::new(role.as_str(), role_label(language, role)).support(support(role)));
    let mut document = Document::new(frame, texts::SIGN_IN.in_language(language))
        .description(texts::WHAT_THE_TERMINAL_IS.in_language(language));
    if view.problem != SignInProblem::None {
        document = document.with_problems();
    }
    document.main(html! {
        @if institutions.is_empty() {
            (components::notice(Tone::Warning, texts::NO_INSTITUTION_IS_SET_UP.in_language(language), html! {
                p { (texts::ADD_INSTITUTION_TO_SETTINGS.in_language(language)) }
            }))
        } @else {
            (components::error_summary(language, &summary))
            (components::form(frame, "/sign-in", html! {
                (Select::new(language, "institution", texts::INSTITUTION.in_language(language), &institutions)
                    .selected(&view.institution)
                    .empty_option(texts::CHOOSE_OPTION.in_language(language))
                    .error(error("institution")))
                (ChoiceGroup::radio(language, "role", texts::ACCOUNT.in_language(language), &roles)
                    .selected(&view.role)
                    .error(error("role")))
                (Field::new(language, Input::Password, "password", texts::PASSWORD.in_language(language))
                    .error(error("password")))
                (components::primary_button(texts::SIGN_IN_BUTTON.in_language(language), Some(texts::LEADS_TO_WHAT_THIS_ACCOUNT_MAY_SEE.in_language(language))))
            }))
        }
    })
}
