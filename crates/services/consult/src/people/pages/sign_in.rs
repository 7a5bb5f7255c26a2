//! Signing in without a password: a mail address, and a one-time code that is mailed to it.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Randomness, Token};
use maud::{Markup, html};
use serde::Deserialize;
use text::{Language, Text, parse_one_time_code};
use ui::{
    Document, Frame,
    components::{self, Field, Input, Width},
};
use web::{Access, ButtonForm, Form, Routes, Visitor, change_browser, remember_device};

use crate::{
    context::Context,
    directory::pages::chosen_visit::{self, BookingStep, ChosenVisit},
    mail::rules::{address::MailAddress, delivery::LetterState},
    notices,
    pages::{
        addresses::{parse_onward_path, path_with_query},
        frame::page_frame,
        signed_in,
    },
    people::{
        rules::sign_in::seconds_until_resend,
        store::{AwaitedCode, CodeRequester, CodeState, NewAccount, PatientSignIn, ProfileState},
    },
};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .page("/sign-in", Access::Anyone, get(show_address_form))
        .action("/sign-in", Access::Anyone, post(send_code))
        .page("/sign-in/code", Access::Anyone, get(show_code_form))
        .action("/sign-in/code", Access::Anyone, post(submit_code))
        .action("/sign-in/code/again", Access::Anyone, post(resend_code))
        .action("/sign-out", Access::Anyone, post(sign_out))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SignInQuery {
    onward: Option<String>,
}

pub(crate) struct SignInAddressPage {
    pub(crate) onward: String,
    /// The visit that is booked after signing in.
    pub(crate) chosen_visit: Option<ChosenVisit>,
    pub(crate) address: String,
    pub(crate) problem: Option<Text>,
}

async fn show_address_form(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    query: Result<Query<SignInQuery>, QueryRejection>,
) -> Result<Response, Response> {
    let onward = parse_onward_path(query.unwrap_or_default().onward.as_deref());
    if signed_in::find_signed_in_patient(&context, &visitor).await?.is_some() {
        return Ok(Redirect::to(&onward).into_response());
    }
    let chosen = chosen_visit::find_chosen_visit(&context, &visitor, &onward).await?;
    let view = SignInAddressPage { onward, chosen_visit: chosen, address: String::new(), problem: None };
    Ok(render_address_page(&page_frame(&visitor, None), &view).into_response())
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct SignInAddressForm {
    mail: String,
    onward: String,
}

async fn send_code(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<SignInAddressForm>,
) -> Result<Response, Response> {
    let onward = parse_onward_path(Some(&form.onward));
    let Ok(address) = form.mail.parse::<MailAddress>() else {
        let problem = Text::from_static(
            "メールアドレスを確認してください。例：hanako@example.jp",
            "Please check the address, such as hanako@example.jp.",
        );
        let chosen = chosen_visit::find_chosen_visit(&context, &visitor, &onward).await?;
        let view = SignInAddressPage { onward, chosen_visit: chosen, address: form.mail, problem: Some(problem) };
        return Ok(render_address_page(&page_frame(&visitor, None), &view).into_response());
    };
    let code = new_code(visitor.site().randomness());
    let requester = build_code_requester(&context, &visitor);
    let browser = visitor.browser().clone();
    context.store.send_code(browser, address, code, onward, visitor.language(), visitor.now(), requester).await?;
    Ok(Redirect::to("/sign-in/code").into_response())
}

/// A new code: six digits.
fn new_code(randomness: &Randomness) -> String {
    format!("{:06}", randomness.number_below(1_000_000))
}

fn build_code_requester(context: &Context, visitor: &Visitor) -> CodeRequester {
    CodeRequester { device: visitor.device().map(Token::digest), peer: visitor.peer(), limits: context.limits.clone() }
}

pub(crate) fn render_address_page(frame: &Frame, view: &SignInAddressPage) -> Markup {
    let language = frame.language;
    let message = view.problem.as_ref().map(|problem| problem.in_language(language));
    let mut document = Document::new(frame, language.t("ログイン・新規登録", "Sign in or sign up"))
        .above_heading(chosen_visit::render_chosen_visit(language, view.chosen_visit.as_ref(), BookingStep::Address))
        .description(language.t(
            "オンライン診療の予約のためのログインと新規登録です。メールで届く確認コードを使い、パスワードはありません。",
            "Sign in or sign up to book online care: with a code that we email you, without a password.",
        ))
        .lead(language.t(
            "メールで6桁の確認コードをお送りします。はじめての方は、このコードでアカウントができます。",
            "We email you a 6-digit code. If you are new, the code creates your account.",
        ));
    if message.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        @if let Some(message) = message { (components::error_summary(language, &[components::Problem { field: "mail", message }])) }
        (components::form(frame, "/sign-in", html! {
            (components::hidden_field("onward", &view.onward))
            (Field::new(language, Input::Email, "mail", language.t("メールアドレス", "E-mail address"))
                .support(language.t("携帯電話会社のアドレスも使えます。", "Any address works, also one from your phone company."))
                .value(&view.address).error(message).autocomplete("email").width(Width::Long).max_length(320))
            (render_purpose_notice(language))
            (components::bottom_bar(components::primary_button(
                language.t("確認コードを送る", "Send the code"),
                Some(language.t("次の画面で、届いたコードを入力します。パスワードはありません。", "Next, enter the code. There is no password.")))))
        }))
    })
}

/// Why personal data is asked for, where it is asked for first (個人情報保護法 §21 (2), §20 (2)).
fn render_purpose_notice(language: Language) -> Markup {
    html! {
        p {
            (language.t(
                "メールアドレス、お名前、予約の内容（健康に関わる情報を含みます）を、予約とご本人の確認のために取得し、予約した医療機関に提供します。くわしくは",
                "We collect your email address, name and appointments (which may tell something of your health) to book for you and to identify you, and give them to the clinic that you book with. See the "))
            a href=(notices::pages::PRIVACY_PATH) { (notices::pages::PRIVACY_NAME.in_language(language)) }
            (language.t("をご覧のうえ、同意いただける場合は次へお進みください。", ". Continue if you agree."))
        }
    }
}

pub(crate) struct SignInCodePage {
    /// The code that was sent for this browser.
    pub(crate) awaited_code: Option<AwaitedCode>,
    /// The visit that is booked after signing in.
    pub(crate) chosen_visit: Option<ChosenVisit>,
    /// The address that letters come from.
    pub(crate) sender: Option<String>,
    pub(crate) problem: Option<Text>,
    /// The delivery of the letter with the code, if known.
    pub(crate) letter_state: Option<LetterState>,
    /// Why another code cannot be sent yet.
    pub(crate) resend_notice: Option<Text>,
}

async fn load_code_page(
    context: &Context,
    visitor: &Visitor,
    awaited: Option<AwaitedCode>,
    problem: Option<Text>,
) -> Result<SignInCodePage, Response> {
    let onward = awaited.as_ref().map(|awaited| awaited.onward.as_str()).unwrap_or_default();
    let chosen = chosen_visit::find_chosen_visit(context, visitor, onward).await?;
    let letter = context.store.find_code_letter_state(visitor.browser().digest(), visitor.now()).await?;
    Ok(SignInCodePage {
        awaited_code: awaited,
        chosen_visit: chosen,
        sender: context.sender_address.clone(),
        problem,
        letter_state: letter,
        resend_notice: None,
    })
}

async fn show_code_form(State(context): State<Arc<Context>>, visitor: Visitor) -> Result<Response, Response> {
    let awaited = context.store.find_awaited_code(visitor.browser().digest(), visitor.now()).await?;
    let view = load_code_page(&context, &visitor, awaited, None).await?;
    Ok(render_code_page(&page_frame(&visitor, None), &view).into_response())
}

/// Sends another code to the same address, at the earliest 30 seconds after the last one.
async fn resend_code(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let (browser, now) = (visitor.browser(), visitor.now());
    let Some(awaited) = context.store.find_awaited_code(browser.digest(), now).await? else {
        return Ok(Redirect::to("/sign-in").into_response());
    };
    let seconds = seconds_until_resend(awaited.sent_at, now);
    if seconds > 0 {
        let resend = Text::from_strings(
            format!(
                "コードは送信済みです。あと{seconds}秒たつと、もう一度送れます。届くまで1分ほどかかることがあります。"
            ),
            format!(
                "A code is on its way. You can ask for another in {seconds} seconds. It may take a minute to arrive."
            ),
        );
        let view = load_code_page(&context, &visitor, Some(awaited), None).await?;
        let view = SignInCodePage { resend_notice: Some(resend), ..view };
        return Ok(render_code_page(&page_frame(&visitor, None), &view).into_response());
    }
    let code = new_code(visitor.site().randomness());
    let AwaitedCode { address, onward, .. } = awaited;
    let requester = build_code_requester(&context, &visitor);
    context.store.send_code(browser.clone(), address, code, onward, visitor.language(), now, requester).await?;
    Ok(Redirect::to("/sign-in/code").into_response())
}

/// In characters: patients may paste the whole mail into the field.
const MAX_PASTE_LENGTH: usize = 2_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct SignInCodeForm {
    code: String,
}

async fn submit_code(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(form): Form<SignInCodeForm>,
) -> Result<Response, Response> {
    let browser = visitor.browser().clone();
    let new_browser = Token::new(visitor.site().randomness());
    let code = parse_one_time_code(&form.code);
    // Input that is no code does not count as an attempt.
    let outcome = if code.is_none() {
        None
    } else {
        let new = NewAccount { language: visitor.language(), accepted_notice: context.notices.privacy_version() };
        Some(context.store.try_code(browser.clone(), new_browser.clone(), code, new, visitor.now()).await?)
    };
    let problem = match outcome {
        Some(PatientSignIn::Done { profile, onward }) => {
            let target = match profile {
                ProfileState::Present => onward,
                ProfileState::Missing => path_with_query("/profile", &[("onward", &onward)]),
            };
            let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
            context.store.remember_patient_device(new_browser.digest(), device.digest(), visitor.now()).await?;
            return Ok(remember_device(change_browser(Redirect::to(&target).into_response(), new_browser), device));
        }
        Some(PatientSignIn::WrongCode { tries_left }) => Text::from_strings(
            format!("コードが違います。あと{tries_left}回入力できます。届いた最新のメールを確認してください。"),
            format!("That is not the code. You have {tries_left} more tries. Please check the newest email."),
        ),
        Some(PatientSignIn::CodeUnusable) => Text::from_static(
            "このコードは使えません。下のボタンで、新しいコードを送れます。",
            "This code cannot be used any more. Press the button below to get a new one.",
        ),
        None => {
            Text::from_static("メールに書かれた6桁の数字を入力してください。", "Enter the 6 digits from the email.")
        }
    };
    let awaited = context.store.find_awaited_code(browser.digest(), visitor.now()).await?;
    if awaited.is_none() && signed_in::find_signed_in_patient(&context, &visitor).await?.is_some() {
        // The form was sent twice, and the first request has signed in.
        return Ok(Redirect::to("/appointments").into_response());
    }
    let view = load_code_page(&context, &visitor, awaited, Some(problem)).await?;
    Ok(render_code_page(&page_frame(&visitor, None), &view).into_response())
}

/// A notice if the letter is delayed or was not delivered.
fn render_letter_notice(language: Language, letter: Option<LetterState>) -> Markup {
    match letter {
        None | Some(LetterState::Pending | LetterState::Sent) => Markup::default(),
        Some(LetterState::Delayed) => components::notice(
            components::Tone::Info,
            language.t("メールの送信に時間がかかっています", "The email is taking longer than usual"),
            html! { p { (language.t(
            "自動で送信を続けています。数分待っても届かないときは、アドレスを確認してください。",
            "We are still trying to send it. If it has not arrived in a few minutes, check the address.")) } },
        ),
        Some(LetterState::Refused) => components::notice(
            components::Tone::Warning,
            language.t("このアドレスにはメールを届けられませんでした", "We could not deliver an email to this address"),
            html! { p { (language.t(
            "送り先のメールサーバーが受け取りませんでした。アドレスが正しいか、受信を制限していないかを確認してください。",
            "Its mail server did not accept the email. Check the address, and whether it blocks emails.")) } },
        ),
        Some(LetterState::Dropped) => components::notice(
            components::Tone::Warning,
            language.t("メールを送信できませんでした", "We could not send the email"),
            html! { p { (language.t(
            "少し待ってから、もう一度コードを送ってください。",
            "Please wait a little, then send another code.")) } },
        ),
    }
}

pub(crate) fn render_code_page(frame: &Frame, view: &SignInCodePage) -> Markup {
    let language = frame.language;
    let title = language.t("確認コードを入力", "Enter the code");
    let message = view.problem.as_ref().map(|problem| problem.in_language(language));
    let description = language.t(
        "メールで届いた6桁の確認コードを入力して、オンライン診療の予約にログインします。",
        "Enter the 6-digit code from the email to sign in to online care.",
    );
    let Some(awaited) = &view.awaited_code else {
        return Document::new(frame, title).description(description).main(html! {
            p { (message.unwrap_or(language.t(
                "コードの有効期限（10分）が切れたか、別のブラウザで開いています。",
                "The code was good for ten minutes and is over, or this is another browser."))) }
            (components::primary_link("/sign-in", language.t("もう一度コードを送る", "Send another code"), None))
        });
    };
    let usable = awaited.state == CodeState::Usable;
    let spent = language.t(
        "このコードは使えません。下のボタンで、新しいコードを送れます。",
        "This code cannot be used any more. Press the button below to get a new one.",
    );
    let mut document = Document::new(frame, title)
        .description(description)
        .above_heading(chosen_visit::render_chosen_visit(language, view.chosen_visit.as_ref(), BookingStep::Code));
    if usable && message.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        @if usable {
            p { @match language {
                Language::Japanese => { strong { (awaited.address) } " に6桁の確認コードを送りました。10分以内に入力してください。" }
                Language::English => { "We sent a 6-digit code to " strong { (awaited.address) } ". Enter it within ten minutes." }
            } }
            @if let Some(message) = message { (components::error_summary(language, &[components::Problem { field: "code", message }])) }
            (render_letter_notice(language, view.letter_state))
            (components::form(frame, "/sign-in/code", html! {
                (Field::new(language, Input::OneTimeCode, "code", language.t("確認コード", "Code"))
                    .error(message).autocomplete("one-time-code").width(Width::Short).max_length(MAX_PASTE_LENGTH))
                (components::bottom_bar(components::primary_button(language.t("ログインする", "Sign in"), None)))
            }))
        } @else {
            p { (message.unwrap_or(spent)) }
        }
        (render_resend_form(frame, view, awaited.state))
        (components::disclosure(language.t("メールが届かないとき", "Didn't get the email?"), html! {
            ul {
                li { (language.t("届くまで1分ほどかかることがあります。", "It may take a minute to arrive.")) }
                li { (language.t("迷惑メールのフォルダーを確認してください。", "Check your spam folder.")) }
                @if let Some(sender) = &view.sender { li { (allow_sender_text(language, sender)) } }
                li { (language.t("アドレスの打ち間違いがないか、確認してください。", "Check that the address is right.")) }
            }
            (components::quiet_link(&path_with_query("/sign-in", &[("onward", &awaited.onward)]), language.t("アドレスを入力し直す", "Enter the address again")))
        }))
    })
}

/// The button that sends another code; the primary one if the last code is unusable.
fn render_resend_form(frame: &Frame, view: &SignInCodePage, state: CodeState) -> Markup {
    let language = frame.language;
    let label = language.t("もう一度送る", "Send another code");
    components::form(
        frame,
        "/sign-in/code/again",
        html! {
            @if let Some(resend) = &view.resend_notice { p role="status" { (resend.in_language(language)) } }
            @match state {
                CodeState::Unusable => (components::primary_button(label, None)),
                CodeState::Usable => (components::secondary_button(label, None)),
            }
        },
    )
}

/// The address and the domain that patients who filter mail have to allow.
fn allow_sender_text(language: Language, sender: &str) -> String {
    let domain = sender.rsplit_once('@').map_or(sender, |(_, domain)| domain);
    match language {
        Language::Japanese => format!(
            "メールは {sender} から届きます。受信を制限している方は、このアドレスか、ドメイン {domain} を受信できるように設定してください。"
        ),
        Language::English => {
            format!(
                "The email comes from {sender}. If your mail is filtered, allow this address or the domain {domain}."
            )
        }
    }
}

async fn sign_out(
    State(context): State<Arc<Context>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Response> {
    let new_browser = Token::new(visitor.site().randomness());
    context.store.sign_out(visitor.browser().clone(), new_browser.clone()).await?;
    Ok(change_browser(Redirect::to("/").into_response(), new_browser))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_code_has_six_digits() {
        let randomness = Randomness::repeatable("code");
        assert!((0..200).all(|_| text::parse_one_time_code(&new_code(&randomness)).is_some()));
    }
}
