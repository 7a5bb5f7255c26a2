//! The settings of an account.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    Document, Frame,
    components::{self, Choice, ChoiceGroup, Field, Input, Problem, Tone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::frame::{desk_frame, require_staff};
use crate::{
    clinic::{
        rules::letter_choice::LetterChoice,
        store::staff::{MIN_PASSWORD_CHARACTERS, PasswordChange, SignInClient, StaffMember},
    },
    context::Context,
    refusal::Refusal,
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/desk/settings", Access::SignedIn, get(show_settings))
        .action("/desk/settings/letters", Access::SignedIn, post(set_letter_choice))
        .action("/desk/settings/password", Access::SignedIn, post(change_password))
        .action("/desk/settings/sign-out-elsewhere", Access::SignedIn, post(sign_out_elsewhere))
}

#[derive(Deserialize)]
struct DeskSettingsQuery {
    #[serde(rename = "said")]
    notice: Option<String>,
}

async fn show_settings(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Query(query): Query<DeskSettingsQuery>,
) -> Result<Response, Response> {
    let notice = match query.notice.as_deref() {
        Some("letters") => DeskSettingsNotice::LetterChoiceSaved,
        Some("signed-out") => DeskSettingsNotice::SignedOutElsewhere,
        Some("password") => DeskSettingsNotice::Password(PasswordChange::Done),
        _ => DeskSettingsNotice::Nothing,
    };
    let staff = require_staff(&context, &visitor).await?;
    respond_with_settings_page(&context, &visitor, staff, notice).await
}

async fn respond_with_settings_page(
    context: &Context,
    visitor: &Visitor,
    staff: StaffMember,
    notice: DeskSettingsNotice,
) -> Result<Response, Response> {
    let letter_choice = context.store.find_letter_choice(staff.clone()).await.map_err(Refusal::from)?;
    let frame = desk_frame(Frame { path_and_query: "/desk/settings".to_owned(), ..visitor.frame() }, Some(&staff));
    Ok(render_settings_page(&frame, &DeskSettingsPage { letter_choice, notice }).into_response())
}

#[derive(Deserialize)]
struct LetterChoiceForm {
    letters: String,
}

async fn set_letter_choice(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<LetterChoiceForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let Ok(choice) = form.letters.parse::<LetterChoice>() else {
        return Ok(Redirect::to("/desk/settings").into_response());
    };
    context.store.set_letter_choice(staff, choice).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=letters").into_response())
}

#[derive(Deserialize)]
struct ChangePasswordForm {
    current_password: String,
    new_password: String,
}

async fn change_password(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<ChangePasswordForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let browser = visitor.browser().digest();
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let passwords = (form.current_password.as_str(), form.new_password.as_str());
    let outcome = context.store.change_password(staff.clone(), passwords, client, browser, visitor.now()).await?;
    match outcome {
        PasswordChange::Done => Ok(Redirect::to("/desk/settings?said=password").into_response()),
        failure => respond_with_settings_page(&context, &visitor, staff, DeskSettingsNotice::Password(failure)).await,
    }
}

async fn sign_out_elsewhere(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    context.store.end_other_staff_sessions(staff, visitor.browser().digest()).await.map_err(Refusal::from)?;
    Ok(Redirect::to("/desk/settings?said=signed-out").into_response())
}

pub(crate) struct DeskSettingsPage {
    pub(crate) letter_choice: LetterChoice,
    pub(crate) notice: DeskSettingsNotice,
}

/// The outcome of the form that was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeskSettingsNotice {
    Nothing,
    LetterChoiceSaved,
    SignedOutElsewhere,
    Password(PasswordChange),
}

/// 設定
pub(crate) fn render_settings_page(frame: &Frame, view: &DeskSettingsPage) -> Markup {
    let language = frame.language;
    let wrong = match view.notice {
        DeskSettingsNotice::Password(PasswordChange::WrongPassword) => Some((
            "current_password",
            language.t(
                "いまのパスワードが違います。もう一度入力してください。",
                "The current password is wrong. Please enter it again.",
            ),
        )),
        DeskSettingsNotice::Password(PasswordChange::TooManyAttempts) => Some((
            "current_password",
            language.t(
                "続けて間違えたため、15分たってからもう一度お試しください。",
                "Too many wrong attempts. Please try again in fifteen minutes.",
            ),
        )),
        DeskSettingsNotice::Password(PasswordChange::TooShort) => Some((
            "new_password",
            language.t(
                "新しいパスワードは10文字以上で入力してください。",
                "The new password needs at least 10 characters.",
            ),
        )),
        _ => None,
    };
    let problems: Vec<_> = wrong.iter().map(|(field, message)| Problem { field, message }).collect();
    let error = |field: &str| wrong.filter(|(wrong_field, _)| *wrong_field == field).map(|(_, message)| message);
    let choices = [
        Choice::new(LetterChoice::On.as_str(), language.t("受け取る", "Send them")).support(language.t(
            "まとめて届きます。診察が近いときは、すぐに届きます。",
            "Gathered into one mail; at once when a visit is near.",
        )),
        Choice::new(LetterChoice::Off.as_str(), language.t("受け取らない", "Do not send them"))
            .support(language.t("新しいことは、予約一覧に表示されます。", "What is new stands in the list of visits.")),
    ];
    let main = html! {
        (components::error_summary(language, &problems))
        (render_success_notice(frame, view.notice))
        (components::panel(language.t("お知らせのメール", "Notification mails"), components::form(frame, "/desk/settings/letters", html! {
            (ChoiceGroup::radio(language, "letters", language.t("予約や画像のお知らせ", "About visits and pictures"), &choices)
                .without_mark()
                .selected(view.letter_choice.as_str()))
            (components::secondary_button(language.t("保存する", "Save"), None))
        })))
        (components::panel(language.t("パスワードの変更", "Change the password"), components::form(frame, "/desk/settings/password", html! {
            (Field::new(language, Input::Password, "current_password", language.t("いまのパスワード", "Current password"))
                .error(error("current_password")))
            (Field::new(language, Input::NewPassword, "new_password", language.t("新しいパスワード", "New password"))
                .support(language.t("10文字以上で入力してください。", "At least 10 characters."))
                .error(error("new_password")))
            (components::secondary_button(language.t("パスワードを変更する", "Change the password"), Some(language.t(
                "ほかのブラウザーと、資格確認端末とのつながりは切れます。端末の設定にも新しいパスワードを入れてください。",
                "Other browsers and the connection of your own terminal are signed out. Enter the new password in the terminal's settings too.",
            ))))
        })))
        (components::panel(language.t("ほかのブラウザー", "Other browsers"), components::form(frame, "/desk/settings/sign-out-elsewhere", html! {
            p { (language.t(
                "共用のパソコンなどでログアウトを忘れたときに使います。",
                "For when you forgot to sign out on a shared computer.",
            )) }
            (components::secondary_button(
                language.t("ほかのブラウザーをすべてログアウトする", "Sign out everywhere else"),
                Some(language.t("このブラウザーはログインしたままです。", "This browser stays signed in.")),
            ))
        })))
    };
    let mut document = Document::new(frame, language.t("設定", "Settings"));
    if wrong.is_some() {
        document = document.with_problems();
    }
    document.main(main)
}

fn render_success_notice(frame: &Frame, notice: DeskSettingsNotice) -> Markup {
    let language = frame.language;
    let heading = match notice {
        DeskSettingsNotice::LetterChoiceSaved => language.t("お知らせの設定を保存しました", "Your choice was saved"),
        DeskSettingsNotice::SignedOutElsewhere => {
            language.t("ほかのブラウザーをログアウトしました", "All other browsers were signed out")
        }
        DeskSettingsNotice::Password(PasswordChange::Done) => {
            language.t("パスワードを変更しました", "The password was changed")
        }
        DeskSettingsNotice::Nothing | DeskSettingsNotice::Password(_) => return html! {},
    };
    components::notice(Tone::Success, heading, html! {})
}

// The texts of the page state this length.
const _: () = assert!(MIN_PASSWORD_CHARACTERS == 10);
