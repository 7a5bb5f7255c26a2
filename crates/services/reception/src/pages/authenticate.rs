//! ④〜⑥ The portal app is opened, the card is read, and the person returns.

use std::{collections::HashMap, sync::Arc};

use app_auth::{AuthenticationTicket, Purpose};
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
use ui::{Document, Frame, components};
use web::{ButtonForm, Form, Visitor};

use super::{confirm::new_authentication, procedure_response, redirect, request_context};
use crate::{
    AuthenticationKind, Inner, Refusal,
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

/// The kind of device that displays the page. It only decides what is offered first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Screen {
    Android,
    Iphone,
    Computer,
}

fn user_agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn screen(headers: &HeaderMap) -> Screen {
    let agent = user_agent(headers);
    match () {
        () if agent.contains("Android") => Screen::Android,
        () if agent.contains("iPhone") || agent.contains("iPad") => Screen::Iphone,
        () => Screen::Computer,
    }
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
        screen: screen(&headers),
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
    let svg = qr_svg(&ticket.scan_link(inner.portal.as_str()));
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
        screen: screen(headers),
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
    pub(super) screen: Screen,
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
        } => language.t("番号の入力", "Enter the number"),
        AuthenticationStage::Ended(_) => {
            language.t("読み取りが終わりませんでした", "Scanning your card was not completed")
        }
        _ => language.t("マイナンバーカードの読み取り", "Scan your card"),
    };
    let document = Document::new(frame, title);
    let document = match view.authentication.purpose {
        Purpose::Register { .. } => {
            document.above_heading(components::reception_steps(language, components::ReceptionStep::Authenticate))
        }
        Purpose::Review => document.lead(language.t("同意照会・更新", "See and change consents")),
        Purpose::Withdraw => document.lead(language.t("すべての同意を取消す", "Withdraw all consents")),
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
        p { (language.t(
            "マイナポータルアプリを開き、暗証番号（利用者証明用電子証明書のパスワード、数字4桁）を入力して、カードを読み取ります。",
            "Open マイナポータルアプリ, enter your PIN (the four digits of the certificate for user authentication) and scan your card."
        )) }
        @match view.screen {
            Screen::Android => {
                (components::primary_link(&view.open_link, language.t("マイナポータルアプリを開く", "Open マイナポータルアプリ"), Some(language.t(
                    "読み取りが終わると、この画面に自動で戻ります。アプリがない場合は、アプリストアが開きます。",
                    "You will return here automatically. If the app is not installed, its store page opens.",
                ))))
                (other_device_section(language, view))
            }
            Screen::Iphone => {
                (components::primary_link_in_new_tab(language, &view.open_link, language.t("マイナポータルアプリを開く", "Open マイナポータルアプリ"), Some(language.t(
                    "読み取りが終わったら、アプリの案内に従ってこの画面に戻ります。アプリがない場合は、アプリストアが開きます。",
                    "The app tells you how to come back here. If the app is not installed, its store page opens.",
                ))))
                (other_device_section(language, view))
            }
            Screen::Computer => {
                (components::section(language.t("スマートフォンで読み取る", "Scan with your phone"), html! {
                    p { (language.t(
                        "スマートフォンのマイナポータルアプリで、この二次元コードを読み取ってください。",
                        "Scan this code with マイナポータルアプリ on your phone."
                    )) }
                    (components::qr(&qr_svg(&view.scan_link), qr_label(language)))
                }))
                (reader_section(language, view))
                (tablet_section(language, view))
            }
        }
        (components::waiting_panel(frame, &poll(view), language.t("カードの読み取りを待っています", "Waiting for your card"), html! {
            p { (language.t("この画面は開いたままにしてください。", "Please leave this page open.")) }
        }))
        (pin_help(language))
        (exit_link(frame, view))
    }
}

/// The app on this computer, which has its own window; and, as this is a simulation, the app without a reader.
fn reader_section(language: Language, view: &AuthenticationPage) -> Markup {
    components::section(
        language.t("このパソコンのICカードリーダーで読み取る", "Use a card reader on this computer"),
        html! {
            (components::secondary_link(&view.reader_link, language.t("このパソコンのカードリーダーで読み取る", "Use this computer's card reader"), Some(language.t(
                "このパソコンで動いているマイナポータルアプリが開きます。読み取りが終わると、この画面に自動で戻ります。",
                "This opens マイナポータルアプリ on this computer. You will return here automatically.",
            ))))
            (components::disclosure(language.t("押しても開かないとき", "If it does not open"), html! {
                p { (language.t(
                    "このパソコンでマイナポータルアプリが動いていません。ブラウザの「戻る」でこの画面に戻り、アプリを起動してから、もう一度押してください。何も失われていません。",
                    "マイナポータルアプリ is not running on this computer. Come back here with the browser's back button, start it, and press again. Nothing was lost."
                )) }
                p { (language.t("起動のしかた（コマンド）：", "To start it: ")) code { "uketsuke portal --reception ORIGIN" } }
            }))
            (components::disclosure(language.t("模擬環境：カードリーダーなしで試す", "Simulation: without a card reader"), html! {
                (components::secondary_link(&view.open_link, language.t("パソコン版のマイナポータルアプリを開く", "Open マイナポータルアプリ for computers"), Some(language.t(
                    "模擬カードで読み取ります。終わると、この画面に自動で戻ります。",
                    "This uses a virtual card. You will return here automatically.",
                ))))
            }))
        },
    )
}

/// Some tablets identify themselves as computers, which cannot be detected without scripts.
fn tablet_section(language: Language, view: &AuthenticationPage) -> Markup {
    components::disclosure(
        language.t("タブレットをお使いのとき", "If this is a tablet"),
        components::secondary_link(&view.open_link, language.t("このタブレットで続ける", "Continue on this tablet"), Some(language.t(
            "マイナポータルアプリが開きます。読み取りが終わると、この画面に戻ります。アプリがない場合は、アプリストアが開きます。",
            "This opens マイナポータルアプリ. You will return here afterwards. If the app is not installed, its store page opens.",
        ))),
    )
}

fn other_device_section(language: Language, view: &AuthenticationPage) -> Markup {
    components::disclosure(
        language.t("別のスマートフォンで読み取る", "Scan with another phone"),
        html! {
            p { (language.t(
                "別のスマートフォンのマイナポータルアプリで、この二次元コードを読み取ってください。",
                "Scan this code with マイナポータルアプリ on the other phone."
            )) }
            // On a phone it is seldom used, and costs more to draw than the rest of the page.
            (components::lazy_qr(&format!("/authenticate/{}/code.svg", view.authentication.id), qr_label(language)))
        },
    )
}

fn qr_label(language: Language) -> &'static str {
    language.t("マイナポータルアプリで読み取る二次元コード", "Code to scan with マイナポータルアプリ")
}

/// A QR code as SVG, one path of runs of modules with a quiet zone of four (ISO/IEC 18004 §6.3.8).
fn qr_svg(text: &str) -> String {
    use std::fmt::Write;
    let Ok(code) = fast_qr::QRBuilder::new(text).ecl(fast_qr::ECL::M).build() else { return String::new() };
    let size = code.size;
    let mut path = String::new();
    for (y, row) in (4..).zip(code.data.chunks(size).take(size)) {
        let mut x = 4;
        for run in row.chunk_by(|current, next| current.value() == next.value()) {
            let length = run.len();
            if run[0].value() {
                // Writing to a `String` cannot fail.
                let _ = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            x += length;
        }
    }
    let edge = size + 8;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {edge} {edge}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{edge}\" height=\"{edge}\" fill=\"#fff\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    )
}

fn app_section(frame: &Frame, view: &AuthenticationPage) -> Markup {
    let language = frame.language;
    html! {
        (components::waiting_panel(frame, &poll(view), language.t("アプリで操作しています", "Continue in the app"), html! {
            p { (language.t(
                "マイナポータルアプリで、暗証番号の入力とカードの読み取りを進めてください。終わると、この画面が自動で進みます。",
                "Enter your PIN and scan your card in マイナポータルアプリ. This page then continues by itself."
            )) }
        }))
        (components::disclosure(language.t("アプリが開かない、閉じてしまったとき", "If the app does not open or you closed it"), html! {
            p { (language.t("もう一度開くと、前の読み取りは無効になります。何も登録されていません。", "Opening it again cancels the earlier scan. Nothing was registered.")) }
            (components::post_button(frame, &format!("/authenticate/{}/again", view.authentication.id), components::ButtonStyle::Secondary, language.t("もう一度アプリを開く", "Open the app again")))
        }))
        (pin_help(language))
        (exit_link(frame, view))
    }
}

fn number_section(frame: &Frame, view: &AuthenticationPage, tries_left: u8) -> Markup {
    let language = frame.language;
    let problem = match view.number {
        NumberFieldState::Initial => None,
        NumberFieldState::Malformed => Some(
            language
                .t("アプリに表示されている3桁の数字を入力してください。", "Enter the three digits that the app shows."),
        ),
        NumberFieldState::Wrong => Some(language.t(
            "番号が違います。アプリの画面をもう一度見てください。あと1回入力できます。",
            "The number is wrong. Check it in the app. You have one try left.",
        )),
    };
    html! {
        p { (language.t(
            "カードの読み取りが終わりました。アプリに表示されている3桁の番号を入力してください。",
            "Your card was scanned. Enter the three digits that the app shows."
        )) }
        (components::form(frame, &format!("/authenticate/{}/number", view.authentication.id), html! {
            (components::Field::new(language, components::Input::OneTimeCode, "digits", language.t("アプリに表示された番号", "The number in the app"))
                .width(components::Width::Short)
                .max_length(LONGEST_PASTE)
                .autofocus()
                .support(language.t("3桁の数字", "Three digits"))
                .error(problem))
            (components::bottom_bar(components::primary_button(
                language.t("次へ進む", "Continue"),
                Some(match view.authentication.purpose {
                    Purpose::Register { .. } => language.t("番号が正しければ、同意が登録されます。", "If the number is right, your consent is registered."),
                    Purpose::Review => language.t("番号が正しければ、登録した内容が表示されます。", "If the number is right, you see what is registered."),
                    Purpose::Withdraw => language.t(
                        "番号が正しければ、取り消す内容が表示されます。まだ取り消されません。",
                        "If the number is right, you see what would be withdrawn. Nothing is withdrawn yet.",
                    ),
                }),
            )))
        }))
        @if tries_left > 1 {
            p { (language.t("2回まで入力できます。", "You have two tries.")) }
        }
        (components::notice(components::Tone::Warning, language.t("ほかの人から番号を聞かれたら", "If somebody asks you for this number"), html! {
            p { (language.t("番号は、この画面だけに入力してください。電話やメールで番号を聞かれても教えないでください。", "Enter it on this page only. Don't share it with anyone by phone or email.")) }
        }))
        (exit_link(frame, view))
    }
}

fn ended_section(frame: &Frame, view: &AuthenticationPage, end: &AuthenticationEnd) -> Markup {
    let language = frame.language;
    let (title, explanation) = explain_end(end);
    let label = language.t("もう一度カードを読み取る", "Scan the card again");
    let action = format!("/authenticate/{}/again", view.authentication.id);
    html! {
        (components::notice(components::Tone::Warning, title.in_language(language), html! { p { (explanation.in_language(language)) } }))
        @match (&view.authentication.procedure, end.can_retry()) {
            (Some(procedure), false) => {
                (components::form(frame, &format!("/procedures/{procedure}/abandon"), html! {
                    (components::bottom_bar(components::primary_button(
                        language.t("予約したサービスに戻る", "Back to the service where you booked"),
                        Some(language.t("資格確認書などの画像を送って受診できます。何も登録されません。", "There you can send a picture of your insurance document. Nothing is registered.")),
                    )))
                }))
                (components::post_button(frame, &action, components::ButtonStyle::Secondary, label))
            }
            (None, false) => {
                (components::bottom_bar(components::primary_link("/", language.t("トップに戻る", "Back to the first page"), Some(language.t(
                    "登録した内容はそのままです。", "What you registered stays as it is."
                )))))
                (components::post_button(frame, &action, components::ButtonStyle::Secondary, language.t("別のカードを読み取る", "Scan another card")))
            }
            (_, true) => {
                (components::form(frame, &action, html! {
                    (components::bottom_bar(components::primary_button(label, Some(language.t("新しい読み取りが始まります。", "This starts a new scan.")))))
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
        language
            .t("暗証番号が分からない、読み取れないとき", "If you do not know the PIN or the card cannot be scanned"),
        html! {
            ul {
                li { (language.t("使うのは「利用者証明用電子証明書」の数字4桁です。4つある暗証番号のうち、マイナポータルにログインするときと同じ番号です。", "It is the four-digit PIN for user authentication, the same as for signing in to マイナポータル. The card has four PINs.")) }
                li { (language.t("3回続けて間違えるとロックされます。自信がないときは、無理に入力しないでください。", "After three wrong attempts it locks. If you are not sure, do not guess.")) }
                li { (language.t("カードはケースから出し、金属の机を避け、終わりの表示が出るまで動かさないでください。", "Take the card out of its case, keep away from metal tables, and hold still until the app says it is finished.")) }
                li { (language.t("うまくいかないときは、手続きを中止して、予約したサービスから資格確認書などの画像を送れば受診できます。", "If it does not work, press “End without registering” and send a picture of your insurance document through the service where you booked.")) }
            }
        },
    )
}

fn exit_link(frame: &Frame, view: &AuthenticationPage) -> Markup {
    match view.authentication.procedure {
        Some(procedure) => super::abandon_button(frame, procedure),
        None => components::quiet_link("/", frame.language.t("トップに戻る", "Back to the first page")),
    }
}

#[cfg(test)]
mod tests {
    use base::Randomness;

    use super::*;

    fn user_agent_headers(text: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::USER_AGENT, text.parse().unwrap())])
    }

    fn check(text: &str, expected: Screen, label: &str) {
        assert_eq!(screen(&user_agent_headers(text)), expected, "{text}");
        assert_eq!(browser_label(&user_agent_headers(text)), label, "{text}");
    }

    #[test]
    fn a_screen_and_a_browser_are_told_by_their_own_words() {
        check(
            "Mozilla/5.0 (Linux; Android 16; Pixel 9) Chrome/156.0 Mobile Safari/537.36",
            Screen::Android,
            "Chrome / Android",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1",
            Screen::Iphone,
            "Safari / iPhone",
        );
        check("Mozilla/5.0 (Windows NT 10.0) Chrome/156.0 Safari/537.36 Edg/156.0", Screen::Computer, "Edge / Windows");
        check("curl/8.0", Screen::Computer, "?");
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

    #[test]
    fn a_code_is_a_square_of_dark_modules() {
        let svg = qr_svg("https://portal.example/scan?ticket=x");
        // A finder pattern's upper edge, seven modules wide, after the quiet zone.
        assert!(svg.starts_with("<svg") && svg.contains("d=\"M4 4h7v1h-7z"), "{svg}");
    }
}
