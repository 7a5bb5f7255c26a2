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
use crate::{Refusal, Role, TerminalState, pages::redirect, wording::format_time};

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
            Some(("institution", language.t("医療機関を選んでください", "Choose the institution").to_owned()))
        }
        SignInProblem::Account => {
            Some(("role", language.t("アカウントを選んでください", "Choose the account").to_owned()))
        }
        SignInProblem::Password => Some((
            "password",
            language.t("アカウントまたはパスワードが違います", "Account or password is wrong").to_owned(),
        )),
        SignInProblem::TooManyAttempts { retry_at } => Some((
            "password",
            match language {
                text::Language::Japanese => format!(
                    "続けて間違えたため、このアカウントは{}までログインできません",
                    format_time(language, retry_at)
                ),
                text::Language::English => format!(
                    "After several misses nobody can sign in with this account until {}",
                    format_time(language, retry_at)
                ),
            },
        )),
    };
    let problem = message(view.problem);
    let problem = problem.as_ref().map(|(field, message)| (*field, message.as_str()));
    let error = |name: &str| problem.filter(|(field, _)| *field == name).map(|(_, message)| message);
    let summary: Vec<Problem<'_>> = problem.iter().map(|(field, message)| Problem { field, message }).collect();
    let texts: Vec<(String, String)> =
        view.stations.iter().map(|(code, name)| (code.to_string(), format!("{name}（{code}）"))).collect();
    let institutions: Vec<Choice<'_>> = texts.iter().map(|(code, name)| Choice::new(code, name)).collect();
    let support = |role| match role {
        Role::Staff => language.t("受付の一覧と資格情報を見る", "See receptions and eligibility"),
        Role::MedicalViewer => language.t(
            "同意された薬剤・診療・手術・健診の情報を見る",
            "See consented medicines, treatment, operations, check-ups",
        ),
        Role::Administrator => language.t(
            "環境設定と、患者が登録に使うURLを見る・変更する",
            "See and change the settings, and the address where patients register",
        ),
    };
    let roles = Role::ALL.map(|role| Choice::new(role.as_str(), role_label(language, role)).support(support(role)));
    let mut document = Document::new(frame, language.t("ログイン", "Sign in")).description(language.t(
        "医療機関の資格確認端末のログイン画面です。",
        "Sign in to the terminal that confirms insurance at an institution.",
    ));
    if view.problem != SignInProblem::None {
        document = document.with_problems();
    }
    document.main(html! {
        @if institutions.is_empty() {
            (components::notice(Tone::Warning, language.t("医療機関が設定されていません", "No institution is set up"), html! {
                p { (language.t(
                    "この端末の設定に医療機関を追加して、起動し直してください。",
                    "Add an institution to this terminal's settings and start it again."
                )) }
            }))
        } @else {
            (components::error_summary(language, &summary))
            (components::form(frame, "/sign-in", html! {
                (Select::new(language, "institution", language.t("医療機関", "Institution"), &institutions)
                    .selected(&view.institution)
                    .empty_option(language.t("選んでください", "Choose"))
                    .error(error("institution")))
                (ChoiceGroup::radio(language, "role", language.t("アカウント", "Account"), &roles)
                    .selected(&view.role)
                    .error(error("role")))
                (Field::new(language, Input::Password, "password", language.t("パスワード", "Password"))
                    .error(error("password")))
                (components::primary_button(language.t("ログインする", "Sign in"), Some(language.t(
                    "アカウントで見られる画面に進みます。12時間で自動的にログアウトします。",
                    "Leads to what this account may see. You are signed out after 12 hours."
                ))))
            }))
        }
    })
}
