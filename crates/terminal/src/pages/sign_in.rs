//! ログイン: which institution's terminal, with which of its accounts.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::{InstitutionCode, Timestamp, Token};
use http::StatusCode;
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Document, Form, Frame, Visitor, change_browser,
    parts::{self, Choice, ChoiceGroup, Field, Input, Problem, Select, Tone},
    remember_device,
};

use super::{see, whoever, words};
use crate::{
    Refusal, Role, Room,
    store::account::{Account, SignIn, SigningIn},
};

#[derive(Deserialize)]
pub(super) struct Preset {
    institution: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Filled {
    #[serde(default)]
    institution: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    password: String,
}

/// What is wrong with what was filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    Nothing,
    Institution,
    Account,
    Password,
    TooMany { again_at: Timestamp },
}

pub(super) struct View {
    pub(super) stations: Vec<(InstitutionCode, String)>,
    pub(super) institution: String,
    pub(super) role: String,
    pub(super) wrong: Wrong,
}

/// The first page: on to the account's own, or to signing in.
pub(super) async fn home(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Refusal> {
    let account = whoever(&room, &visitor).await?;
    Ok(see(account.map_or("/sign-in", |account| account.role.home())))
}

pub(super) async fn show(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Query(preset): Query<Preset>,
) -> Result<Response, Refusal> {
    if let Some(account) = whoever(&room, &visitor).await? {
        return Ok(see(account.role.home()));
    }
    let institution = preset.institution.unwrap_or_default();
    let view = View { stations: stations(&room), institution, role: String::new(), wrong: Wrong::Nothing };
    Ok(page(&visitor.frame(), &view).into_response())
}

pub(super) async fn done(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(filled): Form<Filled>,
) -> Result<Response, Refusal> {
    let again = |wrong, status: StatusCode| {
        let Filled { institution, role, .. } = &filled;
        let view = View { stations: stations(&room), institution: institution.clone(), role: role.clone(), wrong };
        (status, page(&visitor.frame(), &view)).into_response()
    };
    let institution = filled.institution.parse::<InstitutionCode>().ok();
    let Some(institution) = institution.filter(|code| room.station(*code).is_some()) else {
        return Ok(again(Wrong::Institution, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let Ok(role) = filled.role.parse::<Role>() else {
        return Ok(again(Wrong::Account, StatusCode::UNPROCESSABLE_ENTITY));
    };
    let fresh = Token::new(visitor.site().randomness());
    let account = Account { institution, role };
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let signing_in = SigningIn {
        before: visitor.browser(),
        after: &fresh,
        device: visitor.device(),
        device_after: &device,
        peer: visitor.peer(),
    };
    match room.store.sign_in(account, &filled.password, signing_in, visitor.now()).await? {
        SignIn::Done => Ok(remember_device(change_browser(see(role.home()), fresh), device)),
        SignIn::Wrong => Ok(again(Wrong::Password, StatusCode::UNPROCESSABLE_ENTITY)),
        SignIn::TooMany { again_at } => Ok(again(Wrong::TooMany { again_at }, StatusCode::TOO_MANY_REQUESTS)),
    }
}

#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn out(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Nothing {}): Form<Nothing>,
) -> Result<Response, Refusal> {
    room.store.sign_out(visitor.browser().digest()).await?;
    room.store.bring(visitor.browser().digest(), None, visitor.now()).await?;
    Ok(change_browser(see("/sign-in"), Token::new(visitor.site().randomness())))
}

fn stations(room: &Room) -> Vec<(InstitutionCode, String)> {
    room.stations.iter().map(|station| (station.institution, station.name.clone())).collect()
}

pub(super) fn page(frame: &Frame, view: &View) -> Markup {
    let language = frame.language;
    let message = |wrong: Wrong| match wrong {
        Wrong::Nothing => None,
        Wrong::Institution => {
            Some(("institution", language.t("医療機関を選んでください", "Choose the institution").to_owned()))
        }
        Wrong::Account => Some(("role", language.t("アカウントを選んでください", "Choose the account").to_owned())),
        Wrong::Password => Some((
            "password",
            language.t("アカウントまたはパスワードが違います", "Account or password is wrong").to_owned(),
        )),
        Wrong::TooMany { again_at } => Some((
            "password",
            match language {
                shell::Language::Japanese => format!(
                    "続けて間違えたため、このアカウントは{}までログインできません",
                    words::time(language, again_at)
                ),
                shell::Language::English => format!(
                    "After several misses nobody can sign in with this account until {}",
                    words::time(language, again_at)
                ),
            },
        )),
    };
    let problem = message(view.wrong);
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
    let roles = Role::ALL.map(|role| Choice::new(role.word(), words::role(language, role)).support(support(role)));
    let mut document = Document::new(frame, language.t("ログイン", "Sign in")).description(language.t(
        "医療機関の資格確認端末のログイン画面です。",
        "Sign in to the terminal that confirms insurance at an institution.",
    ));
    if view.wrong != Wrong::Nothing {
        document = document.with_problems();
    }
    document.main(html! {
        @if institutions.is_empty() {
            (parts::notice(Tone::Warning, language.t("医療機関が設定されていません", "No institution is set up"), html! {
                p { (language.t(
                    "この端末の設定に医療機関を追加して、起動し直してください。",
                    "Add an institution to this terminal's settings and start it again."
                )) }
            }))
        } @else {
            (parts::error_summary(language, &summary))
            (parts::form(frame, "/sign-in", html! {
                (Select::new(language, "institution", language.t("医療機関", "Institution"), &institutions)
                    .chosen(&view.institution)
                    .nothing_chosen(language.t("選んでください", "Choose"))
                    .error(error("institution")))
                (ChoiceGroup::radio(language, "role", language.t("アカウント", "Account"), &roles)
                    .chosen(&view.role)
                    .error(error("role")))
                (Field::new(language, Input::Password, "password", language.t("パスワード", "Password"))
                    .error(error("password")))
                (parts::primary_button(language.t("ログインする", "Sign in"), Some(language.t(
                    "アカウントで見られる画面に進みます。12時間で自動的にログアウトします。",
                    "Leads to what this account may see. You are signed out after 12 hours."
                ))))
            }))
        }
    })
}
