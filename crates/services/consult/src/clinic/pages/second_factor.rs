//! 二段階認証: setting up an authenticator app, renewing recovery codes, turning it off.

use std::sync::Arc;

use accounts::{recovery_code::RecoveryCode, totp::TotpSecret};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use serde::Deserialize;
use ui::{
    Document, Frame, QrCode,
    components::{self, BadgeTone, Field, Input, Problem, Tone},
};
use web::{Access, ButtonForm, Form, Routes, Visitor};

use super::frame::{desk_frame, require_staff};
use crate::{
    clinic::{
        store::{
            second_factor::{SecondFactor, SecondFactorChange},
            staff::{SignInClient, StaffMember},
        },
        texts,
    },
    context::Context,
    refusal::Refusal,
};

/// The address of the page.
const PAGE: &str = "/desk/settings/second-factor";

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page(PAGE, Access::SignedIn, get(show_second_factor))
        .action("/desk/settings/second-factor/begin", Access::SignedIn, post(begin_setup))
        .action("/desk/settings/second-factor/confirm", Access::SignedIn, post(confirm_setup))
        .action("/desk/settings/second-factor/recovery-codes", Access::SignedIn, post(renew_recovery_codes))
        .action("/desk/settings/second-factor/turn-off", Access::SignedIn, post(turn_off))
}

/// What the page shows.
pub(crate) enum SecondFactorPage {
    Off,
    SettingUp {
        secret: TotpSecret,
        account: String,
    },
    On {
        recovery_codes: u32,
    },
    /// Recovery codes that were just made. They are shown this once.
    NewRecoveryCodes(Vec<RecoveryCode>),
}

/// What is wrong with what was typed, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecondFactorProblem {
    WrongCode,
    /// The password in the form for recovery codes.
    Renewal(PasswordProblem),
    /// The password in the form that turns it off.
    TurningOff(PasswordProblem),
}

/// Why a password was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordProblem {
    Wrong,
    TooManyAttempts,
}

async fn show_second_factor(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    Ok(respond_with_page(&context, &visitor, &staff, None).await?)
}

async fn respond_with_page(
    context: &Context,
    visitor: &Visitor,
    staff: &StaffMember,
    problem: Option<SecondFactorProblem>,
) -> Result<Response, Refusal> {
    let page = match context.store.find_second_factor(staff).await? {
        SecondFactor::Off => SecondFactorPage::Off,
        SecondFactor::SettingUp(secret) => {
            SecondFactorPage::SettingUp { secret, account: context.store.find_staff_address(staff).await? }
        }
        SecondFactor::On { recovery_codes } => SecondFactorPage::On { recovery_codes },
    };
    Ok(respond(visitor, staff, &page, problem))
}

fn respond(
    visitor: &Visitor,
    staff: &StaffMember,
    page: &SecondFactorPage,
    problem: Option<SecondFactorProblem>,
) -> Response {
    let frame = desk_frame(Frame { path_and_query: PAGE.to_owned(), ..visitor.frame() }, Some(staff));
    render_second_factor_page(&frame, page, problem).into_response()
}

async fn begin_setup(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    context.store.begin_second_factor(&staff).await?;
    Ok(Redirect::to(PAGE).into_response())
}

#[derive(Deserialize)]
struct ConfirmForm {
    #[serde(default)]
    code: String,
}

async fn confirm_setup(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<ConfirmForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let browser = visitor.browser().digest();
    match context.store.confirm_second_factor(&staff, &form.code, browser, visitor.now()).await? {
        SecondFactorChange::Done(codes) => {
            Ok(respond(&visitor, &staff, &SecondFactorPage::NewRecoveryCodes(codes), None))
        }
        SecondFactorChange::WrongCode => {
            Ok(respond_with_page(&context, &visitor, &staff, Some(SecondFactorProblem::WrongCode)).await?)
        }
        SecondFactorChange::WrongPassword | SecondFactorChange::TooManyAttempts | SecondFactorChange::Changed => {
            Ok(Redirect::to(PAGE).into_response())
        }
    }
}

/// A form that asks for the current password. Each form of the page has its own field, because the name of a field is also its
/// HTML id.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct PasswordForm {
    renewal_password: String,
    removal_password: String,
}

async fn renew_recovery_codes(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let change = context.store.renew_recovery_codes(&staff, &form.renewal_password, client, visitor.now()).await?;
    match find_password_problem(&change) {
        Some(problem) => {
            let problem = SecondFactorProblem::Renewal(problem);
            Ok(respond_with_page(&context, &visitor, &staff, Some(problem)).await?)
        }
        None => Ok(match change {
            SecondFactorChange::Done(codes) => {
                respond(&visitor, &staff, &SecondFactorPage::NewRecoveryCodes(codes), None)
            }
            _ => Redirect::to(PAGE).into_response(),
        }),
    }
}

async fn turn_off(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Response> {
    let staff = require_staff(&context, &visitor).await?;
    let client = SignInClient { device: visitor.device(), peer: visitor.peer() };
    let change = context.store.turn_off_second_factor(&staff, &form.removal_password, client, visitor.now()).await?;
    match find_password_problem(&change) {
        Some(problem) => {
            let problem = SecondFactorProblem::TurningOff(problem);
            Ok(respond_with_page(&context, &visitor, &staff, Some(problem)).await?)
        }
        None => Ok(Redirect::to(PAGE).into_response()),
    }
}

fn find_password_problem(change: &SecondFactorChange) -> Option<PasswordProblem> {
    match change {
        SecondFactorChange::WrongPassword => Some(PasswordProblem::Wrong),
        SecondFactorChange::TooManyAttempts => Some(PasswordProblem::TooManyAttempts),
        SecondFactorChange::Done(_) | SecondFactorChange::WrongCode | SecondFactorChange::Changed => None,
    }
}

impl SecondFactorProblem {
    fn field_and_message(self) -> (&'static str, &'static text::Text) {
        let password_message = |problem| match problem {
            PasswordProblem::Wrong => &texts::CURRENT_PASSWORD_IS_WRONG,
            PasswordProblem::TooManyAttempts => &texts::TOO_MANY_WRONG_ATTEMPTS,
        };
        match self {
            Self::WrongCode => ("code", &texts::CODE_DOES_NOT_FIT_THE_APP),
            Self::Renewal(problem) => ("renewal_password", password_message(problem)),
            Self::TurningOff(problem) => ("removal_password", password_message(problem)),
        }
    }
}

/// 二段階認証
pub(crate) fn render_second_factor_page(
    frame: &Frame,
    page: &SecondFactorPage,
    problem: Option<SecondFactorProblem>,
) -> Markup {
    let language = frame.language;
    let wrong = problem.map(SecondFactorProblem::field_and_message);
    let problems: Vec<_> =
        wrong.iter().map(|(field, message)| Problem { field, message: message.in_language(language) }).collect();
    let error =
        |name: &str| wrong.filter(|(field, _)| *field == name).map(|(_, message)| message.in_language(language));
    let main = html! {
        (components::error_summary(language, &problems))
        @match page {
            SecondFactorPage::Off => (render_off(frame)),
            SecondFactorPage::SettingUp { secret, account } => (render_setup(frame, secret, account, error("code"))),
            SecondFactorPage::On { recovery_codes } => {
                p { (components::badge(BadgeTone::Good, texts::SECOND_FACTOR_IS_ON.in_language(language))) }
                p { (texts::recovery_codes_left(language, recovery_codes)) }
                (render_password_form(frame, &RENEWAL, error(RENEWAL.field)))
                (render_password_form(frame, &REMOVAL, error(REMOVAL.field)))
            }
            SecondFactorPage::NewRecoveryCodes(codes) => (render_recovery_codes(frame, codes)),
        }
    };
    let mut document = Document::new(frame, texts::SECOND_FACTOR.in_language(language))
        .above_heading(components::back_link("/desk/settings", texts::BACK_TO_SETTINGS.in_language(language)));
    if problem.is_some() {
        document = document.with_problems();
    }
    document.main(main)
}

fn render_off(frame: &Frame) -> Markup {
    let language = frame.language;
    html! {
        p { (texts::SECOND_FACTOR_PROTECTS.in_language(language)) }
        (components::form(frame, "/desk/settings/second-factor/begin", components::primary_button(
            texts::SET_UP_THE_APP.in_language(language),
            Some(texts::A_QR_CODE_APPEARS.in_language(language)),
        )))
    }
}

fn render_setup(frame: &Frame, secret: &TotpSecret, account: &str, error: Option<&str>) -> Markup {
    let language = frame.language;
    // Apps show the name of the service before the account.
    let issuer = frame.name.as_ref().map_or("uketsuke", |name| name.in_language(language));
    html! {
        p { (texts::SCAN_WITH_YOUR_APP.in_language(language)) }
        @if let Some(code) = QrCode::encode(&secret.to_uri(issuer, account)) {
            (components::qr(&code, texts::QR_CODE_FOR_YOUR_APP.in_language(language)))
        }
        (components::disclosure(texts::OR_TYPE_THE_SECRET.in_language(language), html! {
            p { code { (secret.to_base32()) } }
        }))
        (components::form(frame, "/desk/settings/second-factor/confirm", html! {
            (Field::new(language, Input::OneTimeCode, "code", texts::CODE_OF_THE_APP.in_language(language))
                .support(texts::SIX_DIGITS_OF_THE_APP.in_language(language))
                .error(error))
            (components::primary_button(
                texts::TURN_SECOND_FACTOR_ON.in_language(language),
                Some(texts::RECOVERY_CODES_APPEAR.in_language(language)),
            ))
        }))
    }
}

fn render_recovery_codes(frame: &Frame, codes: &[RecoveryCode]) -> Markup {
    let language = frame.language;
    html! {
        (components::notice(Tone::Success, texts::SECOND_FACTOR_IS_ON.in_language(language), html! {
            p { (texts::KEEP_THE_RECOVERY_CODES.in_language(language)) }
        }))
        ul { @for code in codes { li { code { (code.format_grouped()) } } } }
        (components::primary_link("/desk/settings/second-factor", texts::I_HAVE_KEPT_THEM.in_language(language), None))
    }
}

/// A form that asks for the current password.
struct PasswordFormTexts {
    action: &'static str,
    field: &'static str,
    label: text::Text,
    next: text::Text,
}

const RENEWAL: PasswordFormTexts = PasswordFormTexts {
    action: "/desk/settings/second-factor/recovery-codes",
    field: "renewal_password",
    label: texts::MAKE_NEW_RECOVERY_CODES,
    next: texts::THE_CODES_BEFORE_END,
};

const REMOVAL: PasswordFormTexts = PasswordFormTexts {
    action: "/desk/settings/second-factor/turn-off",
    field: "removal_password",
    label: texts::TURN_SECOND_FACTOR_OFF,
    next: texts::PASSWORD_ALONE_SIGNS_IN,
};

fn render_password_form(frame: &Frame, form: &PasswordFormTexts, error: Option<&str>) -> Markup {
    let language = frame.language;
    let label = form.label.in_language(language);
    components::panel(
        label,
        components::form(
            frame,
            form.action,
            html! {
                (Field::new(language, Input::Password, form.field, texts::CURRENT_PASSWORD.in_language(language))
                    .error(error))
                (components::secondary_button(label, Some(form.next.in_language(language))))
            },
        ),
    )
}
