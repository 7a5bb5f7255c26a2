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
        texts,
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
    if signed_in::find_signed_in_account(&context, &visitor).await?.is_some() {
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
        let problem = texts::PLEASE_CHECK_THE_ADDRESS;
        let chosen = chosen_visit::find_chosen_visit(&context, &visitor, &onward).await?;
        let view = SignInAddressPage { onward, chosen_visit: chosen, address: form.mail, problem: Some(problem) };
        return Ok(render_address_page(&page_frame(&visitor, None), &view).into_response());
    };
    let code = new_code(visitor.site().randomness());
    let requester = build_code_requester(&visitor);
    let browser = visitor.browser().clone();
    context.store.send_code(browser, address, code, onward, visitor.language(), visitor.now(), requester).await?;
    Ok(Redirect::to("/sign-in/code").into_response())
}

/// A new code: six digits.
fn new_code(randomness: &Randomness) -> String {
    format!("{:06}", randomness.number_below(1_000_000))
}

fn build_code_requester(visitor: &Visitor) -> CodeRequester {
    CodeRequester { device: visitor.device().map(Token::digest), peer: visitor.peer() }
}

pub(crate) fn render_address_page(frame: &Frame, view: &SignInAddressPage) -> Markup {
    let language = frame.language;
    let message = view.problem.as_ref().map(|problem| problem.in_language(language));
    let mut document = Document::new(frame, texts::SIGN_IN_OR_SIGN_UP.in_language(language))
        .above_heading(chosen_visit::render_chosen_visit(language, view.chosen_visit.as_ref(), BookingStep::Address))
        .description(texts::SIGN_IN_OR_SIGN_UP_TO_BOOK.in_language(language))
        .lead(texts::WE_EMAIL_YOU_6_DIGIT_CODE.in_language(language));
    if message.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        @if let Some(message) = message { (components::error_summary(language, &[components::Problem { field: "mail", message }])) }
        (components::form(frame, "/sign-in", html! {
            (components::hidden_field("onward", &view.onward))
            (Field::new(language, Input::Email, "mail", texts::E_MAIL_ADDRESS.in_language(language))
                .support(texts::ANY_ADDRESS_WORKS.in_language(language))
                .value(&view.address).error(message).autocomplete("email").width(Width::Long).max_length(320))
            (render_purpose_notice(language))
            (components::bottom_bar(components::primary_button(
                texts::SEND_THE_CODE.in_language(language),
                Some(texts::NEXT_ENTER_THE_CODE.in_language(language)))))
        }))
    })
}

/// Why personal data is asked for, where it is asked for first (個人情報保護法 §21 (2), §20 (2)).
fn render_purpose_notice(language: Language) -> Markup {
    html! {
        p {
            (texts::WE_COLLECT_YOUR_EMAIL_ADDRESS.in_language(language))
            a href=(notices::pages::PRIVACY_PATH) { (notices::pages::PRIVACY_NAME.in_language(language)) }
            (texts::CONTINUE_IF_YOU_AGREE.in_language(language))
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
        let resend = texts::code_is_on_its_way(seconds);
        let view = load_code_page(&context, &visitor, Some(awaited), None).await?;
        let view = SignInCodePage { resend_notice: Some(resend), ..view };
        return Ok(render_code_page(&page_frame(&visitor, None), &view).into_response());
    }
    let code = new_code(visitor.site().randomness());
    let AwaitedCode { address, onward, .. } = awaited;
    let requester = build_code_requester(&visitor);
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
    let device = visitor.device().cloned().unwrap_or_else(|| Token::new(visitor.site().randomness()));
    let outcome = match parse_one_time_code(&form.code) {
        Some(code) => {
            let new = NewAccount {
                language: visitor.language(),
                accepted_notice: context.notices.privacy_version(),
                device: device.digest(),
            };
            Some(context.store.try_code(browser.clone(), new_browser.clone(), code, new, visitor.now()).await?)
        }
        // Input that is no code does not count as an attempt.
        None => None,
    };
    let problem = match outcome {
        Some(PatientSignIn::Done { profile, onward }) => {
            let target = match profile {
                ProfileState::Present => onward,
                ProfileState::Missing => path_with_query("/profile", &[("onward", &onward)]),
            };
            return Ok(remember_device(change_browser(Redirect::to(&target).into_response(), new_browser), device));
        }
        Some(PatientSignIn::WrongCode { tries_left }) => texts::that_is_not_the_code(tries_left),
        Some(PatientSignIn::CodeUnusable) => texts::CODE_CANNOT_BE_USED_ANY_MORE,
        None => texts::ENTER_6_DIGITS_FROM_EMAIL,
    };
    let awaited = context.store.find_awaited_code(browser.digest(), visitor.now()).await?;
    if awaited.is_none() && signed_in::find_signed_in_account(&context, &visitor).await?.is_some() {
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
            texts::EMAIL_IS_TAKING_LONGER_THAN_USUAL.in_language(language),
            html! { p { (texts::WE_ARE_STILL_TRYING_TO_SEND_IT.in_language(language)) } },
        ),
        Some(LetterState::Refused) => components::notice(
            components::Tone::Warning,
            texts::COULD_NOT_DELIVER_TO_THIS_ADDRESS.in_language(language),
            html! { p { (texts::MAIL_SERVER_DID_NOT_ACCEPT_IT.in_language(language)) } },
        ),
        Some(LetterState::Dropped) => components::notice(
            components::Tone::Warning,
            texts::WE_COULD_NOT_SEND_EMAIL.in_language(language),
            html! { p { (texts::WAIT_THEN_SEND_ANOTHER_CODE.in_language(language)) } },
        ),
    }
}

pub(crate) fn render_code_page(frame: &Frame, view: &SignInCodePage) -> Markup {
    let language = frame.language;
    let title = texts::ENTER_THE_CODE.in_language(language);
    let message = view.problem.as_ref().map(|problem| problem.in_language(language));
    let description = texts::ENTER_6_DIGIT_CODE_FROM_EMAIL.in_language(language);
    let Some(awaited) = &view.awaited_code else {
        return Document::new(frame, title).description(description).main(html! {
            p { (message.unwrap_or(texts::CODE_IS_OVER_OR_ANOTHER_BROWSER.in_language(language))) }
            (components::primary_link("/sign-in", texts::SEND_ANOTHER_CODE.in_language(language), None))
        });
    };
    let usable = awaited.state == CodeState::Usable;
    let spent = texts::CODE_CANNOT_BE_USED_ANY_MORE.in_language(language);
    let mut document = Document::new(frame, title)
        .description(description)
        .above_heading(chosen_visit::render_chosen_visit(language, view.chosen_visit.as_ref(), BookingStep::Code));
    if usable && message.is_some() {
        document = document.with_problems();
    }
    document.main(html! {
        @if usable {
            p {
                (texts::WE_SENT_A_CODE_TO.in_language(language)) strong { (awaited.address) }
                (texts::ENTER_IT_WITHIN_TEN_MINUTES.in_language(language))
            }
            @if let Some(message) = message { (components::error_summary(language, &[components::Problem { field: "code", message }])) }
            (render_letter_notice(language, view.letter_state))
            (components::form(frame, "/sign-in/code", html! {
                (Field::new(language, Input::OneTimeCode, "code", texts::CODE.in_language(language))
                    .error(message).autocomplete("one-time-code").width(Width::Short).max_length(MAX_PASTE_LENGTH))
                (components::bottom_bar(components::primary_button(texts::SIGN_IN.in_language(language), None)))
            }))
        } @else {
            p { (message.unwrap_or(spent)) }
        }
        (render_resend_form(frame, view, awaited.state))
        (components::disclosure(texts::DIDNT_GET_THE_EMAIL.in_language(language), html! {
            ul {
                li { (texts::IT_MAY_TAKE_MINUTE_TO_ARRIVE.in_language(language)) }
                li { (texts::CHECK_YOUR_SPAM_FOLDER.in_language(language)) }
                @if let Some(sender) = &view.sender { li { (allow_sender_text(language, sender)) } }
                li { (texts::CHECK_THAT_ADDRESS_IS_RIGHT.in_language(language)) }
            }
            (components::quiet_link(&path_with_query("/sign-in", &[("onward", &awaited.onward)]), texts::ENTER_THE_ADDRESS_AGAIN.in_language(language)))
        }))
    })
}

/// The button that sends another code; the primary one if the last code is unusable.
fn render_resend_form(frame: &Frame, view: &SignInCodePage, state: CodeState) -> Markup {
    let language = frame.language;
    let label = texts::SEND_AGAIN.in_language(language);
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
    texts::email_comes_from(language, sender, domain)
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
