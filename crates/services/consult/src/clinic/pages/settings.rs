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
        store::staff::{PasswordChange, SignInClient, StaffMember},
        texts,
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
        DeskSettingsNotice::Password(PasswordChange::WrongPassword) => {
            Some(("current_password", texts::CURRENT_PASSWORD_IS_WRONG.in_language(language)))
        }
        DeskSettingsNotice::Password(PasswordChange::TooManyAttempts) => {
            Some(("current_password", texts::TOO_MANY_WRONG_ATTEMPTS.in_language(language)))
        }
        DeskSettingsNotice::Password(PasswordChange::TooShort) => {
            Some(("new_password", texts::NEW_PASSWORD_NEEDS_AT_LEAST_10_CHARACTERS.in_language(language)))
        }
        _ => None,
    };
    let problems: Vec<_> = wrong.iter().map(|(field, message)| Problem { field, message }).collect();
    let error = |field: &str| wrong.filter(|(wrong_field, _)| *wrong_field == field).map(|(_, message)| message);
    let choices = [
        Choice::new(LetterChoice::On.as_str(), texts::SEND_THEM.in_language(language))
            .support(texts::GATHERED_INTO_ONE_MAIL.in_language(language)),
        Choice::new(LetterChoice::Off.as_str(), texts::DO_NOT_SEND_THEM.in_language(language))
            .support(texts::NEWS_STANDS_IN_THE_LIST.in_language(language)),
    ];
    let main = html! {
        (components::error_summary(language, &problems))
        (render_success_notice(frame, view.notice))
        (components::panel(texts::NOTIFICATION_MAILS.in_language(language), components::form(frame, "/desk/settings/letters", html! {
            (ChoiceGroup::radio(language, "letters", texts::ABOUT_VISITS_AND_PICTURES.in_language(language), &choices)
                .without_mark()
                .selected(view.letter_choice.as_str()))
            (components::secondary_button(texts::SAVE.in_language(language), None))
        })))
        (components::panel(texts::CHANGE_THE_PASSWORD.in_language(language), components::form(frame, "/desk/settings/password", html! {
            (Field::new(language, Input::Password, "current_password", texts::CURRENT_PASSWORD.in_language(language))
                .error(error("current_password")))
            (Field::new(language, Input::NewPassword, "new_password", texts::NEW_PASSWORD.in_language(language))
                .support(texts::AT_LEAST_10_CHARACTERS.in_language(language))
                .error(error("new_password")))
            (components::secondary_button(texts::CHANGE_THE_PASSWORD_BUTTON.in_language(language), Some(texts::OTHER_BROWSERS_AND_TERMINAL_SIGNED_OUT.in_language(language))))
        })))
        (components::panel(texts::SECOND_FACTOR.in_language(language), html! {
            p { (texts::SECOND_FACTOR_PROTECTS.in_language(language)) }
            (components::secondary_link("/desk/settings/second-factor", texts::OPEN_SECOND_FACTOR.in_language(language), None))
        }))
        (components::panel(texts::PROGRAM_PASSWORD.in_language(language), html! {
            p { (texts::PROGRAMS_CANNOT_ENTER_CODES.in_language(language)) }
            (components::secondary_link("/desk/settings/program-password", texts::OPEN_PROGRAM_PASSWORD.in_language(language), None))
        }))
        (components::panel(texts::SIGNED_IN_BROWSERS.in_language(language), html! {
            p { (texts::END_WHAT_YOU_DO_NOT_KNOW.in_language(language)) }
            (components::secondary_link("/desk/settings/sessions", texts::SEE_SIGNED_IN_BROWSERS.in_language(language), None))
        }))
        (components::panel(texts::OTHER_BROWSERS.in_language(language), components::form(frame, "/desk/settings/sign-out-elsewhere", html! {
            p { (texts::IF_YOU_FORGOT_TO_SIGN_OUT.in_language(language)) }
            (components::secondary_button(
                texts::SIGN_OUT_EVERYWHERE_ELSE.in_language(language),
                Some(texts::THIS_BROWSER_STAYS_SIGNED_IN.in_language(language)),
            ))
        })))
    };
    let mut document = Document::new(frame, texts::SETTINGS.in_language(language));
    if wrong.is_some() {
        document = document.with_problems();
    }
    document.main(main)
}

fn render_success_notice(frame: &Frame, notice: DeskSettingsNotice) -> Markup {
    let language = frame.language;
    let heading = match notice {
        DeskSettingsNotice::LetterChoiceSaved => texts::YOUR_CHOICE_WAS_SAVED.in_language(language),
        DeskSettingsNotice::SignedOutElsewhere => texts::ALL_OTHER_BROWSERS_WERE_SIGNED_OUT.in_language(language),
        DeskSettingsNotice::Password(PasswordChange::Done) => texts::THE_PASSWORD_WAS_CHANGED.in_language(language),
        DeskSettingsNotice::Nothing | DeskSettingsNotice::Password(_) => return html! {},
    };
    components::notice(Tone::Success, heading, html! {})
}

// The texts of the page state this length.
const _: () = assert!(accounts::password::MIN_PASSWORD_CHARACTERS == 10);
