//! Signing in without a password: an address, and a code that is mailed to it.

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Token, text::parse_one_time_code};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{
    Access, Document, Form, Frame, Language, Routes, Text, Visitor, change_browser,
    parts::{self, Field, Input, Width},
    remember_device,
};

use super::{frame, notices, onward, patient, specimen, with_query};
use crate::{
    room::Room,
    rules::{delivery::LetterState, patient::MailAddress, sign_in::new_code},
    store::account::{CodeAsker, HasProfile, NewAccount, SignIn},
};

pub(super) fn routes() -> Routes<Arc<Room>> {
    Routes::new()
        .page("/sign-in", Access::Anyone, get(ask_address))
        .action("/sign-in", Access::Anyone, post(send_code))
        .page("/sign-in/code", Access::Anyone, get(ask_code))
        .action("/sign-in/code", Access::Anyone, post(try_code))
        .action("/sign-out", Access::Anyone, post(sign_out))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    onward: Option<String>,
}

struct AddressView {
    onward: String,
    address: String,
    problem: Option<Text>,
}

async fn ask_address(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Response> {
    let onward = onward(asked.unwrap_or_default().onward.as_deref());
    if patient::visiting(&room, &visitor).await?.is_some() {
        return Ok(Redirect::to(&onward).into_response());
    }
    let view = AddressView { onward, address: String::new(), problem: None };
    Ok(address_page(&frame(&visitor, None), &view).into_response())
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct WrittenAddress {
    mail: String,
    onward: String,
}

async fn send_code(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(written): Form<WrittenAddress>,
) -> Result<Response, Response> {
    let onward = onward(Some(&written.onward));
    let Ok(address) = written.mail.parse::<MailAddress>() else {
        let problem = Text::fixed(
            "メールアドレスを確認してください。例：hanako@example.jp",
            "Please check the address, such as hanako@example.jp.",
        );
        let view = AddressView { onward, address: written.mail, problem: Some(problem) };
        return Ok(address_page(&frame(&visitor, None), &view).into_response());
    };
    let code = new_code(visitor.site().randomness());
    let asker =
        CodeAsker { device: visitor.device().map(Token::digest), peer: visitor.peer(), limits: room.limits.clone() };
    let browser = visitor.browser().clone();
    room.store.send_code(browser, address, code, onward, visitor.language(), visitor.now(), asker).await?;
    Ok(Redirect::to("/sign-in/code").into_response())
}

fn address_page(frame: &Frame, view: &AddressView) -> Markup {
    let language = frame.language;
    let message = view.problem.as_ref().map(|problem| problem.in_language(language));
    let mut document = Document::new(frame, language.t("ログイン・新規登録", "Sign in or sign up")).lead(language.t(
        "メールアドレスに6けたの確認コードをお送りします。パスワードはありません。はじめての方も同じ手順です。",
        "We mail you a code of six digits. There is no password. New patients do just the same.",
    ));
    if message.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        @if let Some(message) = message { (parts::error_summary(language, &[parts::Problem { field: "mail", message }])) }
        (parts::form(frame, "/sign-in", html! {
            (parts::hidden("onward", &view.onward))
            (Field::new(language, Input::Email, "mail", language.t("メールアドレス", "E-mail address"))
                .support(language.t("携帯電話会社のアドレスも使えます。", "Addresses of phone companies work too."))
                .value(&view.address).error(message).autocomplete("email").width(Width::Long).longest(320))
            (purpose(language))
            (parts::primary_button(
                language.t("確認コードを送る", "Send the code"),
                Some(language.t("次の画面で、届いたコードを入力します。", "You enter the code on the next page."))))
        }))
    })
}

/// Why personal data is asked for, where it is asked for first (個人情報保護法 §21 (2), §20 (2)).
fn purpose(language: Language) -> Markup {
    html! {
        p {
            (language.t(
                "メールアドレス、お名前、予約の内容（健康に関わる情報を含みます）を、予約とご本人の確認のために取得し、予約した医療機関に提供します。くわしくは",
                "We collect your email address, name and appointments (which may tell something of your health) to book for you and to identify you, and give them to the clinic that you book with. See the "))
            a href=(notices::PRIVACY) { (notices::PRIVACY_NAME.in_language(language)) }
            (language.t("をご覧のうえ、同意いただける場合は次へお進みください。", ". Continue if you agree."))
        }
    }
}

struct CodeView {
    address: Option<MailAddress>,
    problem: Option<Text>,
    /// How the letter with the code fares, as far as it is known.
    letter: Option<LetterState>,
}

async fn ask_code(State(room): State<Arc<Room>>, visitor: Visitor) -> Result<Response, Response> {
    let awaited = room.store.awaited(visitor.browser().digest(), visitor.now()).await;
    let address = awaited?;
    let letter = room.store.code_letter_state(visitor.browser().digest(), visitor.now()).await?;
    Ok(code_page(&frame(&visitor, None), &CodeView { address, problem: None, letter }).into_response())
}

/// A whole mail may be pasted into the field for the code.
const LONGEST_PASTE: usize = 2_000;

#[derive(Default, Deserialize)]
#[serde(default)]
struct WrittenCode {
    code: String,
}

async fn try_code(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(written): Form<WrittenCode>,
) -> Result<Response, Response> {
    let browser = visitor.browser().clone();
    let next = Token::new(visitor.site().randomness());
    let typed = parse_one_time_code(&written.code);
    // What is no code at all is no try.
    let outcome = if typed.is_none() {
        None
    } else {
        let new = NewAccount { language: visitor.language(), accepted: room.notices.privacy_version() };
        let tried = room.store.try_code(browser.clone(), next.clone(), typed, new, visitor.now()).await;
        Some(tried?)
    };
    let problem = match outcome {
        Some(SignIn::Done { profile, onward }) => {
            let to = match profile {
                HasProfile::Yes => onward,
                HasProfile::NotYet => with_query("/profile", &[("onward", &onward)]),
            };
            let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
            room.store.remember_patient_device(next.digest(), device.digest(), visitor.now()).await?;
            return Ok(remember_device(change_browser(Redirect::to(&to).into_response(), next), device));
        }
        Some(SignIn::Wrong { left }) => Text::filled(
            format!("コードが違います。あと{left}回入力できます。届いた最新のメールを確認してください。"),
            format!("That is not the code. {left} more tries. Please look at the newest mail."),
        ),
        Some(SignIn::Spent) => Text::fixed(
            "このコードは使えなくなりました。もう一度コードをお送りします。",
            "This code works no more. We can send you another.",
        ),
        None => Text::fixed("メールに書かれた6けたの数字を入力してください。", "Enter the six digits from the mail."),
    };
    let address = room.store.awaited(browser.digest(), visitor.now()).await?;
    if address.is_none() && patient::visiting(&room, &visitor).await?.is_some() {
        // The form was sent twice, and the first has signed in.
        return Ok(Redirect::to("/appointments").into_response());
    }
    let letter = room.store.code_letter_state(browser.digest(), visitor.now()).await?;
    Ok(code_page(&frame(&visitor, None), &CodeView { address, problem: Some(problem), letter }).into_response())
}

/// What the page says of a letter that does not come as it should.
fn letter_notice(language: Language, letter: Option<LetterState>) -> Markup {
    match letter {
        None | Some(LetterState::OnItsWay | LetterState::Sent) => Markup::default(),
        Some(LetterState::Late) => parts::notice(
            parts::Tone::Info,
            language.t("メールの送信に時間がかかっています", "The email is taking longer than usual"),
            html! { p { (language.t(
            "自動で送信を続けています。数分待っても届かないときは、アドレスを確認してください。",
            "We are still trying to send it. If it has not arrived in a few minutes, check the address.")) } },
        ),
        Some(LetterState::Refused) => parts::notice(
            parts::Tone::Warning,
            language.t("このアドレスにはメールを届けられませんでした", "We could not deliver an email to this address"),
            html! { p { (language.t(
            "送り先のメールサーバーが受け取りませんでした。アドレスが正しいか、受信を制限していないかを確認してください。",
            "Its mail server did not accept the email. Check the address, and whether it blocks emails.")) } },
        ),
        Some(LetterState::Dropped) => parts::notice(
            parts::Tone::Warning,
            language.t("メールを送信できませんでした", "We could not send the email"),
            html! { p { (language.t(
            "少し待ってから、もう一度コードを送ってください。",
            "Please wait a little, then send another code.")) } },
        ),
    }
}

fn code_page(frame: &Frame, view: &CodeView) -> Markup {
    let language = frame.language;
    let title = language.t("確認コードを入力", "Enter the code");
    let message = view.problem.as_ref().map(|problem| problem.in_language(language));
    let Some(address) = &view.address else {
        return Document::new(frame, title).main(html! {
            p { (message.unwrap_or(language.t(
                "コードの有効期限（10分）が切れたか、別のブラウザで開いています。",
                "The code was good for ten minutes and is over, or this is another browser."))) }
            (parts::primary_link("/sign-in", language.t("もう一度コードを送る", "Send another code"), None))
        });
    };
    let mut document = Document::new(frame, title);
    if message.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        p { strong { (address) } (language.t(" に6けたの確認コードを送りました。10分以内に入力してください。", ": we sent a code of six digits there. Enter it within ten minutes.")) }
        @if let Some(message) = message { (parts::error_summary(language, &[parts::Problem { field: "code", message }])) }
        (letter_notice(language, view.letter))
        (parts::form(frame, "/sign-in/code", html! {
            (Field::new(language, Input::OneTimeCode, "code", language.t("確認コード", "Code"))
                .error(message).autocomplete("one-time-code").width(Width::Short).longest(LONGEST_PASTE))
            (parts::primary_button(language.t("ログインする", "Sign in"), None))
        }))
        (parts::disclosure(language.t("メールが届かないとき", "No mail?"), html! {
            p { (language.t(
                "迷惑メールのフォルダーと、アドレスの打ち間違いを確認してください。",
                "Look into the folder for unwanted mail, and check the address.")) }
            (parts::quiet_link("/sign-in", language.t("アドレスを入力し直す", "Enter the address again")))
        }))
    })
}

/// A form that only proves that the button is ours.
#[derive(Deserialize)]
struct Pressed {}

async fn sign_out(
    State(room): State<Arc<Room>>,
    visitor: Visitor,
    Form(Pressed {}): Form<Pressed>,
) -> Result<Response, Response> {
    let next = Token::new(visitor.site().randomness());
    room.store.sign_out(visitor.browser().clone(), next.clone()).await?;
    Ok(change_browser(Redirect::to("/").into_response(), next))
}

pub(super) fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = specimen::frame(language, "/sign-in", None);
    let address = || Some("hanako@example.jp".parse().expect("an address"));
    let wrong = Text::fixed(
        "コードが違います。あと4回入力できます。届いた最新のメールを確認してください。",
        "That is not the code. 4 more tries. Please look at the newest mail.",
    );
    let problem = Text::fixed(
        "メールアドレスを確認してください。例：hanako@example.jp",
        "Please check the address, such as hanako@example.jp.",
    );
    let ask = |address: &str, problem| AddressView { onward: "/appointments".into(), address: address.into(), problem };
    let code = |address, problem, letter| code_page(&frame, &CodeView { address, problem, letter });
    vec![
        ("sign-in/address".to_owned(), address_page(&frame, &ask("", None))),
        ("sign-in/address-wrong".to_owned(), address_page(&frame, &ask("hanako@", Some(problem)))),
        ("sign-in/code".to_owned(), code(address(), None, Some(LetterState::OnItsWay))),
        ("sign-in/code-late".to_owned(), code(address(), None, Some(LetterState::Late))),
        ("sign-in/code-refused".to_owned(), code(address(), None, Some(LetterState::Refused))),
        ("sign-in/code-dropped".to_owned(), code(address(), None, Some(LetterState::Dropped))),
        ("sign-in/code-wrong".to_owned(), code(address(), Some(wrong), None)),
        ("sign-in/code-over".to_owned(), code(None, None, None)),
    ]
}
