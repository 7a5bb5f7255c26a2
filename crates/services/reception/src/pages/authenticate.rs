//! ④〜⑥ The portal app is opened, the card is read, and the person returns.

use std::{collections::HashMap, sync::Arc};

use app_auth::{AuthenticationTicket, Device, Purpose};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Id, Token};
use http::{HeaderMap, header};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use text::Language;
use text::find_digit_code;
use ui::{Document, Frame, QrCode, components};
use web::{ButtonForm, Form, Visitor};

use super::{confirm::new_authentication, procedure_response, redirect, request_context};
use crate::{
    AuthenticationKind, Inner, Refusal,
    pages::texts,
    refusal::explain_end,
    rules::{
        authentication::{AuthenticationEnd, AuthenticationStage, ReturnCredential, ReturnLink},
        procedure::{self, ConsentRequest, format_choices},
    },
    store::{AppAuthentication, ReturnOutcome},
};

type AuthenticationId = Id<AuthenticationKind>;

/// How often the waiting page polls for the app's progress.
const POLL_MILLISECONDS: u32 = 1500;

/// The ticket in the link: derived from the browser's own secret, so it is not stored and yet the same on reload.
pub(super) fn link_ticket(browser: &Token, authentication: AuthenticationId) -> Token {
    derive_ticket(browser, "ticket", authentication)
}

/// The ticket in the QR code, which anyone who sees the screen can read.
pub(super) fn scan_ticket(browser: &Token, authentication: AuthenticationId) -> Token {
    derive_ticket(browser, "scan-ticket", authentication)
}

fn derive_ticket(browser: &Token, kind: &str, authentication: AuthenticationId) -> Token {
    // A derived value has the form of a token: 32 bytes in base64url.
    browser.derive(&format!("{kind}:{authentication}")).parse().expect("a derived value parses as a token")
}

fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The browser, roughly, as the app shows it: enough to notice somebody else's, too little to identify anybody.
pub(super) fn browser_label(headers: &HeaderMap) -> String {
    let agent = user_agent(headers);
    let browsers = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let find_name =
        |list: &[(&str, &'static str)]| list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    match (find_name(&browsers), find_name(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} / {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

/// Whether a link that an iPhone's app opens can be expected to open this browser: only if it is Safari itself. Other
/// browsers, and windows within apps, add their own name to the user agent.
pub(super) fn return_link(headers: &HeaderMap) -> ReturnLink {
    let agent = user_agent(headers);
    let is_iphone = agent.contains("iPhone") || agent.contains("iPad");
    let is_safari = agent.contains("Version/") && agent.contains("Safari/");
    let other_browsers = [
        "CriOS/",
        "FxiOS/",
        "EdgiOS/",
        "OPT/",
        "OPiOS/",
        "DuckDuckGo/",
        "Brave/",
        "YaBrowser/",
        "GSA/",
        "YJApp",
        "Line/",
    ];
    let other_apps = ["FBAN/", "FBAV/", "Instagram", "Twitter", "MicroMessenger/", "Snapchat"];
    let is_other = other_browsers.iter().chain(&other_apps).any(|sign| agent.contains(sign));
    if is_iphone && is_safari && !is_other { ReturnLink::Trusted } else { ReturnLink::Untrusted }
}

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let context = request_context(&visitor);
    let (authentication, request) = inner.store.find_authentication_with_request(id, context).await?;
    if let AuthenticationStage::Done { .. } = authentication.stage {
        return Ok(redirect(&next_path(&authentication)));
    }
    if let (AuthenticationStage::Ended(AuthenticationEnd::Superseded), Some(procedure)) =
        (&authentication.stage, authentication.procedure)
    {
        return Ok(redirect(&format!("/procedures/{procedure}")));
    }
    let ticket = AuthenticationTicket(link_ticket(visitor.browser(), id));
    let view = AuthenticationPage {
        authentication,
        device: Device::from_user_agent(user_agent(&headers)),
        open_link: ticket.open_link(inner.portal.as_str()),
        reader_link: ticket.open_link(&app_auth::computer_app_url(inner.computer_port)),
        scan_link: AuthenticationTicket(scan_ticket(visitor.browser(), id)).scan_link(inner.portal.as_str()),
        number: NumberFieldState::Initial,
    };
    Ok(page_response(&inner, &visitor, &view, request.as_ref()))
}

fn page_response(
    inner: &Inner,
    visitor: &Visitor,
    view: &AuthenticationPage,
    request: Option<&ConsentRequest>,
) -> Response {
    // Whatever the request was, the language switch leads back to this page.
    let frame =
        Frame { path_and_query: format!("/authenticate/{}", view.authentication.id), ..super::step_frame(visitor) };
    let markup = page(&frame, view);
    match request {
        Some(request) => procedure_response(inner, request, markup),
        None => markup.into_response(),
    }
}

/// The next page of a person who has returned.
fn next_path(authentication: &AppAuthentication) -> String {
    authentication
        .procedure
        .map_or_else(|| review_path(&authentication.purpose).to_owned(), |procedure| format!("/procedures/{procedure}"))
}

/// The page for a purpose without a procedure.
fn review_path(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Withdraw => "/review/withdraw",
        Purpose::Review | Purpose::Register { .. } => "/review/list",
    }
}

/// The QR code for another device, as long as no app has claimed it.
pub(super) async fn show_qr_code(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
) -> Result<Response, Refusal> {
    let authentication = inner.store.find_authentication(id, request_context(&visitor)).await?;
    let AuthenticationStage::Open = authentication.stage else { return Err(Refusal::NoSuchAuthentication) };
    let ticket = AuthenticationTicket(scan_ticket(visitor.browser(), id));
    let code = QrCode::encode(&ticket.scan_link(inner.portal.as_str()));
    let svg = code.map(|code| code.to_svg()).unwrap_or_default();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}

/// The app's progress, for polling. It is informative and authenticates nobody.
pub(super) async fn show_progress(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
) -> Result<Json<Value>, Refusal> {
    let authentication = inner.store.find_authentication(id, request_context(&visitor)).await?;
    Ok(Json(match authentication.stage {
        AuthenticationStage::Open
        | AuthenticationStage::Claimed { .. }
        | AuthenticationStage::Verified { credential: ReturnCredential::Code { .. }, .. } => {
            json!({ "state": "waiting" })
        }
        AuthenticationStage::Verified {
            credential: ReturnCredential::Number { .. } | ReturnCredential::CodeOrNumber { .. },
            ..
        }
        | AuthenticationStage::Ended(_) => {
            json!({ "next": format!("/authenticate/{id}") })
        }
        AuthenticationStage::Done { .. } => json!({ "next": next_path(&authentication) }),
    }))
}

/// How many digits the app shows.
const NUMBER_LENGTH: usize = 3;

/// How much may be pasted into the field for the digits: a line that contains them.
const LONGEST_PASTE: usize = 100;

#[derive(Deserialize)]
pub(super) struct NumberForm {
    digits: String,
}

/// The person types the digits that the app shows.
pub(super) async fn submit_number(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
    headers: HeaderMap,
    Form(form): Form<NumberForm>,
) -> Result<Response, Refusal> {
    let Some(digits) = find_digit_code(&form.digits, NUMBER_LENGTH) else {
        // A typing error costs no try.
        return respond_with_problem(&inner, &visitor, id, &headers, NumberFieldState::Malformed).await;
    };
    match inner.store.return_with_number(id, digits, request_context(&visitor)).await? {
        ReturnOutcome::WrongNumber(id) => {
            respond_with_problem(&inner, &visitor, id, &headers, NumberFieldState::Wrong).await
        }
        outcome => Ok(redirect_after_return(&outcome)),
    }
}

async fn respond_with_problem(
    inner: &Inner,
    visitor: &Visitor,
    id: AuthenticationId,
    headers: &HeaderMap,
    number: NumberFieldState,
) -> Result<Response, Refusal> {
    let (authentication, request) = inner.store.find_authentication_with_request(id, request_context(visitor)).await?;
    let (open, open_here, scan) = Default::default();
    let view = AuthenticationPage {
        authentication,
        device: Device::from_user_agent(user_agent(headers)),
        open_link: open,
        reader_link: open_here,
        scan_link: scan,
        number,
    };
    let mut response = page_response(inner, visitor, &view, request.as_ref());
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// The app sends the browser back. Both the code and this browser's own cookie are needed. Without a code, as after a card
/// that could not be read, the person finds the page from which they opened the app.
pub(super) async fn return_from_app(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let Some(code) = query.get("code") else {
        let newest =
            inner.store.find_newest_authentication(request_context(&visitor)).await?.ok_or(Refusal::ReturnUnknown)?;
        return Ok(redirect(&format!("/authenticate/{newest}")));
    };
    let code: Token = code.parse().map_err(|_| Refusal::ReturnUnknown)?;
    let outcome = inner.store.return_with_code(code.digest(), request_context(&visitor)).await?;
    Ok(redirect_after_return(&outcome))
}

fn redirect_after_return(outcome: &ReturnOutcome) -> Response {
    redirect(&match outcome {
        ReturnOutcome::Registered(procedure) => format!("/procedures/{procedure}/registered"),
        ReturnOutcome::Review(purpose) => review_path(purpose).to_owned(),
        ReturnOutcome::WrongNumber(authentication) | ReturnOutcome::Ended(authentication) => {
            format!("/authenticate/{authentication}")
        }
    })
}

/// Opens the app again, with new tickets; the old ones become invalid.
pub(super) async fn restart_authentication(
    State(inner): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
    headers: HeaderMap,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let context = request_context(&visitor);
    let authentication = inner.store.find_authentication(id, context).await?;
    let new = new_authentication(&visitor, &headers);
    let next = format!("/authenticate/{}", new.id);
    match authentication.procedure {
        None => inner.store.begin_review_authentication(new, authentication.purpose, context).await?,
        Some(id) => {
            let procedure = inner.store.find_procedure(id, context).await?;
            let procedure::ProcedureStage::Confirmed(choices) = procedure.stage else {
                return Ok(redirect(&format!("/procedures/{id}")));
            };
            let outcome = inner.store.confirm(id, format_choices(choices), new, context).await;
            return super::or_redirect_to_step(outcome.map(|()| redirect(&next)), id);
        }
    }
    Ok(redirect(&next))
}

/// The state of the field for the digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberFieldState {
    Initial,
    Malformed,
    Wrong,
}

pub(super) struct AuthenticationPage {
    pub(super) authentication: AppAuthentication,
    /// The device that displays the page. It only decides what is offered first.
    pub(super) device: Device,
    pub(super) open_link: String,
    /// The address of the app on the computer that displays the page.
    pub(super) reader_link: String,
    pub(super) scan_link: String,
    pub(super) number: NumberFieldState,
}

pub(super) fn page(frame: &Frame, view: &AuthenticationPage) -> Markup {
    let language = frame.language;
    let title = match &view.authentication.stage {
        AuthenticationStage::Verified {
            credential: ReturnCredential::Number { .. } | ReturnCredential::CodeOrNumber { .. },
            ..
        } => texts::ENTER_THE_NUMBER.in_language(language),
        AuthenticationStage::Ended(_) => texts::SCANNING_YOUR_CARD_WAS_NOT_COMPLETED.in_language(language),
        _ => texts::SCAN_YOUR_CARD.in_language(language),
    };
    let document = Document::new(frame, title);
    let document = match view.authentication.purpose {
        Purpose::Register { .. } => {
            document.above_heading(components::reception_steps(language, components::ReceptionStep::Authenticate))
        }
        Purpose::Review => document.lead(texts::SEE_AND_CHANGE_CONSENTS.in_language(language)),
        Purpose::Withdraw => document.lead(texts::WITHDRAW_ALL_CONSENTS.in_language(language)),
    };
    document.main(html! {
        @match &view.authentication.stage {
            AuthenticationStage::Open => (open_section(frame, view)),
            AuthenticationStage::Claimed { .. } | AuthenticationStage::Verified { credential: ReturnCredential::Code { .. }, .. } | AuthenticationStage::Done { .. } => (app_section(frame, view)),
            AuthenticationStage::Verified { credential: ReturnCredential::Number { tries_left, .. } | ReturnCredential::CodeOrNumber { tries_left, .. }, .. } => {
                (number_section(frame, view, *tries_left))
            }
            AuthenticationStage::Ended(end) => (ended_section(frame, view, end)),
        }
    })
}

fn poll(view: &AuthenticationPage) -> components::Poll {
    components::Poll {
        url: format!("/authenticate/{}/progress", view.authentication.id),
        every_milliseconds: POLL_MILLISECONDS,
    }
}

fn open_section(frame: &Frame, view: &AuthenticationPage) -> Markup {
    let language = frame.language;
    html! {
        p { (texts::OPEN_APP_ENTER_PIN_AND_SCAN.in_language(language)) }
        @match view.device {
            Device::Android => {
                (components::primary_link(&view.open_link, texts::OPEN_PORTAL_APP.in_language(language), Some(texts::RETURNS_HERE_AUTOMATICALLY.in_language(language))))
                (other_device_section(language, view))
            }
            Device::Iphone => {
                (components::primary_link_in_new_tab(language, &view.open_link, texts::OPEN_PORTAL_APP.in_language(language), Some(texts::APP_TELLS_HOW_TO_RETURN.in_language(language))))
                (other_device_section(language, view))
            }
            Device::Computer => {
                (components::section(texts::SCAN_WITH_YOUR_PHONE.in_language(language), html! {
                    p { (texts::SCAN_CODE_WITH_YOUR_PHONE.in_language(language)) }
                    @if let Some(code) = QrCode::encode(&view.scan_link) { (components::qr(&code, qr_label(language))) }
                }))
                (reader_section(language, view))
                (tablet_section(language, view))
            }
        }
        (components::waiting_panel(frame, &poll(view), texts::WAITING_FOR_YOUR_CARD.in_language(language), html! {
            p { (texts::PLEASE_LEAVE_THIS_PAGE_OPEN.in_language(language)) }
        }))
        (pin_help(language))
        (exit_link(frame, view))
    }
}

/// The app on this computer, which has its own window; and, as this is a simulation, the app without a reader.
fn reader_section(language: Language, view: &AuthenticationPage) -> Markup {
    components::section(
        texts::USE_CARD_READER_ON_THIS_COMPUTER.in_language(language),
        html! {
            (components::secondary_link(&view.reader_link, texts::USE_THIS_COMPUTERS_CARD_READER.in_language(language), Some(texts::THIS_OPENS_APP_ON_COMPUTER.in_language(language))))
            (components::disclosure(texts::IF_COMPUTERS_APP_DOES_NOT_OPEN.in_language(language), html! {
                p { (texts::COMPUTERS_APP_IS_NOT_RUNNING.in_language(language)) }
                p { (texts::TO_START_COMPUTERS_APP.in_language(language)) code { "uketsuke portal --reception ORIGIN" } }
            }))
            (components::disclosure(texts::SIMULATION_WITHOUT_A_CARD_READER.in_language(language), html! {
                (components::secondary_link(&view.open_link, texts::OPEN_PORTAL_APP_FOR_COMPUTERS.in_language(language), Some(texts::THIS_USES_VIRTUAL_CARD.in_language(language))))
            }))
        },
    )
}

/// Some tablets identify themselves as computers, which cannot be detected without scripts.
fn tablet_section(language: Language, view: &AuthenticationPage) -> Markup {
    components::disclosure(
        texts::IF_THIS_IS_A_TABLET.in_language(language),
        components::secondary_link(
            &view.open_link,
            texts::CONTINUE_ON_THIS_TABLET.in_language(language),
            Some(texts::THIS_OPENS_APP_ON_TABLET.in_language(language)),
        ),
    )
}

fn other_device_section(language: Language, view: &AuthenticationPage) -> Markup {
    components::disclosure(
        texts::SCAN_WITH_ANOTHER_PHONE.in_language(language),
        html! {
            p { (texts::SCAN_CODE_WITH_OTHER_PHONE.in_language(language)) }
            // On a phone it is seldom used, and costs more to draw than the rest of the page.
            (components::lazy_qr(&format!("/authenticate/{}/code.svg", view.authentication.id), qr_label(language)))
        },
    )
}

fn qr_label(language: Language) -> &'static str {
    texts::CODE_TO_SCAN.in_language(language)
}

fn app_section(frame: &Frame, view: &AuthenticationPage) -> Markup {
    let language = frame.language;
    html! {
        (components::waiting_panel(frame, &poll(view), texts::CONTINUE_IN_THE_APP.in_language(language), html! {
            p { (texts::ENTER_PIN_AND_SCAN_CARD.in_language(language)) }
        }))
        (components::disclosure(texts::IF_APP_DOES_NOT_OPEN.in_language(language), html! {
            p { (texts::OPENING_AGAIN_CANCELS_EARLIER_SCAN.in_language(language)) }
            (components::post_button(frame, &format!("/authenticate/{}/again", view.authentication.id), components::ButtonStyle::Secondary, texts::OPEN_THE_APP_AGAIN.in_language(language)))
        }))
        (pin_help(language))
        (exit_link(frame, view))
    }
}

fn number_section(frame: &Frame, view: &AuthenticationPage, tries_left: u8) -> Markup {
    let language = frame.language;
    let problem = match view.number {
        NumberFieldState::Initial => None,
        NumberFieldState::Malformed => Some(texts::ENTER_THREE_DIGITS.in_language(language)),
        NumberFieldState::Wrong => Some(texts::NUMBER_IS_WRONG_ONE_TRY_LEFT.in_language(language)),
    };
    html! {
        p { (texts::CARD_WAS_SCANNED_ENTER_NUMBER.in_language(language)) }
        (components::form(frame, &format!("/authenticate/{}/number", view.authentication.id), html! {
            (components::Field::new(language, components::Input::OneTimeCode, "digits", texts::THE_NUMBER_IN_THE_APP.in_language(language))
                .width(components::Width::Short)
                .max_length(LONGEST_PASTE)
                .autofocus()
                .support(texts::THREE_DIGITS.in_language(language))
                .error(problem))
            (components::bottom_bar(components::primary_button(
                texts::CONTINUE.in_language(language),
                Some(match view.authentication.purpose {
                    Purpose::Register { .. } => texts::RIGHT_NUMBER_REGISTERS_CONSENT.in_language(language),
                    Purpose::Review => texts::RIGHT_NUMBER_SHOWS_CONSENTS.in_language(language),
                    Purpose::Withdraw => texts::RIGHT_NUMBER_SHOWS_WHAT_TO_WITHDRAW.in_language(language),
                }),
            )))
        }))
        @if tries_left > 1 {
            p { (texts::YOU_HAVE_TWO_TRIES.in_language(language)) }
        }
        (components::notice(components::Tone::Warning, texts::IF_SOMEBODY_ASKS_YOU_FOR_THIS_NUMBER.in_language(language), html! {
            p { (texts::ENTER_NUMBER_ON_THIS_PAGE_ONLY.in_language(language)) }
        }))
        (exit_link(frame, view))
    }
}

fn ended_section(frame: &Frame, view: &AuthenticationPage, end: &AuthenticationEnd) -> Markup {
    let language = frame.language;
    let (title, explanation) = explain_end(end);
    let label = texts::SCAN_THE_CARD_AGAIN.in_language(language);
    let action = format!("/authenticate/{}/again", view.authentication.id);
    html! {
        (components::notice(components::Tone::Warning, title.in_language(language), html! { p { (explanation.in_language(language)) } }))
        @match (&view.authentication.procedure, end.can_retry()) {
            (Some(procedure), false) => {
                (components::form(frame, &format!("/procedures/{procedure}/abandon"), html! {
                    (components::bottom_bar(components::primary_button(
                        texts::BACK_TO_THE_SERVICE.in_language(language),
                        Some(texts::THERE_YOU_CAN_SEND_A_PICTURE.in_language(language)),
                    )))
                }))
                (components::post_button(frame, &action, components::ButtonStyle::Secondary, label))
            }
            (None, false) => {
                (components::bottom_bar(components::primary_link("/", texts::BACK_TO_THE_FIRST_PAGE.in_language(language), Some(texts::WHAT_YOU_REGISTERED_STAYS.in_language(language)))))
                (components::post_button(frame, &action, components::ButtonStyle::Secondary, texts::SCAN_ANOTHER_CARD.in_language(language)))
            }
            (_, true) => {
                (components::form(frame, &action, html! {
                    (components::bottom_bar(components::primary_button(label, Some(texts::THIS_STARTS_A_NEW_SCAN.in_language(language)))))
                }))
                (exit_link(frame, view))
            }
        }
        @if let AuthenticationEnd::Refused(reason) = end {
            (components::error_code(language, reason.as_str()))
        }
    }
}

fn pin_help(language: Language) -> Markup {
    components::disclosure(
        texts::IF_PIN_UNKNOWN_OR_SCAN_FAILS.in_language(language),
        html! {
            ul {
                li { (texts::WHICH_PIN_IT_IS.in_language(language)) }
                li { (texts::PIN_LOCKS_AFTER_THREE_ATTEMPTS.in_language(language)) }
                li { (texts::TAKE_CARD_OUT_OF_ITS_CASE.in_language(language)) }
                li { (texts::IF_SCAN_FAILS_SEND_PICTURE.in_language(language)) }
            }
        },
    )
}

fn exit_link(frame: &Frame, view: &AuthenticationPage) -> Markup {
    match view.authentication.procedure {
        Some(procedure) => super::abandon_button(frame, procedure),
        None => components::quiet_link("/", texts::BACK_TO_THE_FIRST_PAGE.in_language(frame.language)),
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn user_agent_headers(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::USER_AGENT, text.parse().unwrap())])
    }

    fn check(text: &str, expected: Device, label: &str) {
        assert_eq!(Device::from_user_agent(text), expected, "{text}");
        assert_eq!(browser_label(&user_agent_headers(text)), label, "{text}");
    }

    #[test]
    fn a_screen_and_a_browser_are_told_by_their_own_words() {
        check(
            "Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/156.0 Mobile Safari/537.36",
            Device::Android,
            "Chrome / Android",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            Device::Iphone,
            "Safari / iPhone",
        );
        check("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", Device::Computer, "Edge / Windows");
        check("curl/8.0", Device::Computer, "?");
    }

    #[test]
    fn a_ticket_is_the_same_on_reload_and_another_for_another_authentication_or_browser() {
        let randomness = Randomness::repeatable("tickets");
        let (browser, other_browser) = (Token::new(&randomness), Token::new(&randomness));
        let now = base::Timestamp::from_seconds(0);
        let (first, second) = (Id::new(now, &randomness), Id::new(now, &randomness));
        assert_eq!(link_ticket(&browser, first).digest(), link_ticket(&browser, first).digest());
        assert_ne!(link_ticket(&browser, first).digest(), link_ticket(&browser, second).digest());
        assert_ne!(link_ticket(&browser, first).digest(), link_ticket(&other_browser, first).digest());
        // Reading the QR code from the screen does not reveal the link's ticket.
        assert_ne!(link_ticket(&browser, first).digest(), scan_ticket(&browser, first).digest());
    }

    #[test]
    fn a_link_leads_back_to_safari_itself_and_to_no_window_within_an_app() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        let check = |rest: &str, expected| {
            assert_eq!(return_link(&user_agent_headers(&format!("{iphone} {rest}"))), expected, "{rest}");
        };
        check("Version/19.0 Mobile/15E148 Safari/604.1", ReturnLink::Trusted);
        for agent in [
            "CriOS/156.0 Mobile/15E148 Safari/604.1",
            "FxiOS/150.0 Mobile/15E148 Safari/605.1.15",
            "Version/19.0 EdgiOS/150.0 Mobile/15E148 Safari/604.1",
            "Mobile/15E148 Safari Line/15.1.0",
            "Version/19.0 Mobile/15E148 Safari/604.1 GSA/300",
            "Mobile/15E148 [FBAN/FBIOS;FBAV/500]",
            "Mobile/15E148",
        ] {
            check(agent, ReturnLink::Untrusted);
        }
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15";
        assert_eq!(return_link(&user_agent_headers(mac)), ReturnLink::Untrusted);
    }
}
