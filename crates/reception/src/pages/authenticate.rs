//! ④〜⑥ The portal app is opened, the card is read, and the person comes back.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use base::{Id, Token, text::find_digit_code};
use errand::{AuthenticationTicket, Purpose};
use http::{HeaderMap, header};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};
use shell::{ButtonForm, Document, Form, Frame, Language, Visitor, components};

use super::{confirm::new_authentication, procedure_response, redirect, request_context};
use crate::{
    AuthenticationKind, Inner, Refusal,
    refusal::explain_code,
    rules::{
        authentication::{AuthenticationEnd, AuthenticationStage, ReturnCredential, ReturnLink},
        procedure::{self, ConsentRequest, format_choices},
    },
    store::{AppAuthentication, ReturnOutcome},
};

type AuthenticationId = Id<AuthenticationKind>;

/// How often the waiting page asks how far the app is.
const POLL_MILLISECONDS: u32 = 1500;

/// The ticket in the link of an errand: it follows from the browser's own secret, so it is nowhere kept and yet the same on
/// reload.
pub(super) fn link_ticket(browser: &Token, errand: AuthenticationId) -> Token {
    derive_ticket(browser, "ticket", errand)
}

/// The ticket in the QR code of an errand, which whoever sees the screen can read.
pub(super) fn scan_ticket(browser: &Token, errand: AuthenticationId) -> Token {
    derive_ticket(browser, "scan-ticket", errand)
}

fn derive_ticket(browser: &Token, kind: &str, errand: AuthenticationId) -> Token {
    // What is derived has the form of a token: 32 bytes in base64url.
    browser.derive(&format!("{kind}:{errand}")).parse().expect("a derived value reads as a token")
}

/// What kind of device the page is shown on. It decides what is offered first, and nothing else.
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

/// The browser in coarse words, as the app shows it: enough to notice a stranger's, too little to follow anybody.
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
    let named =
        |list: &[(&str, &'static str)]| list.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name);
    match (named(&browsers), named(&systems)) {
        (Some(browser), Some(system)) => format!("{browser} / {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

/// Whether a link that an iPhone's app opens can be expected to open this browser: only where it is Safari itself. The other
/// browsers there, and the windows within apps, name themselves beside it.
pub(super) fn return_link(headers: &HeaderMap) -> ReturnLink {
    let agent = user_agent(headers);
    let is_iphone = agent.contains("iPhone") || agent.contains("iPad");
    let is_safari = agent.contains("Version/") && agent.contains("Safari/");
    let others = [
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
    let named = others.iter().chain(&other_apps).any(|sign| agent.contains(sign));
    if is_iphone && is_safari && !named { ReturnLink::Trusted } else { ReturnLink::Untrusted }
}

pub(super) async fn show(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let asking = request_context(&visitor);
    let (errand, asked) = room.store.find_authentication_with_request(id, asking).await?;
    if let AuthenticationStage::Done { .. } = errand.stage {
        return Ok(redirect(&next_path(&errand)));
    }
    if let (AuthenticationStage::Ended(AuthenticationEnd::Superseded), Some(procedure)) =
        (&errand.stage, errand.procedure)
    {
        return Ok(redirect(&format!("/procedures/{procedure}")));
    }
    let ticket = AuthenticationTicket(link_ticket(visitor.browser(), id));
    let view = AuthenticationPage {
        authentication: errand,
        screen: screen(&headers),
        open_link: ticket.open_link(room.portal.as_str()),
        reader_link: ticket.open_link(&errand::computer_app_url(room.computer_port)),
        scan_link: AuthenticationTicket(scan_ticket(visitor.browser(), id)).scan_link(room.portal.as_str()),
        number: NumberFieldState::Initial,
    };
    Ok(page_response(&room, &visitor, &view, asked.as_ref()))
}

fn page_response(
    room: &Inner,
    visitor: &Visitor,
    view: &AuthenticationPage,
    asked: Option<&ConsentRequest>,
) -> Response {
    // Whatever was sent to get here, this is the page to come back to.
    let frame =
        Frame { path_and_query: format!("/authenticate/{}", view.authentication.id), ..super::step_frame(visitor) };
    let markup = page(&frame, view);
    match asked {
        Some(asked) => procedure_response(room, asked, markup),
        None => markup.into_response(),
    }
}

/// Where a person who came back goes on.
fn next_path(errand: &AppAuthentication) -> String {
    errand
        .procedure
        .map_or_else(|| review_path(&errand.purpose).to_owned(), |procedure| format!("/procedures/{procedure}"))
}

/// What the card was read for, where no procedure is behind it.
fn review_path(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Withdraw => "/review/withdraw",
        Purpose::Review | Purpose::Register { .. } => "/review/list",
    }
}

/// The code that another device scans, as long as the app has not been opened.
pub(super) async fn show_qr_code(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
) -> Result<Response, Refusal> {
    let errand = room.store.find_authentication(id, request_context(&visitor)).await?;
    let AuthenticationStage::Open = errand.stage else { return Err(Refusal::NoSuchAuthentication) };
    let ticket = AuthenticationTicket(scan_ticket(visitor.browser(), id));
    let drawn = qr_svg(&ticket.scan_link(room.portal.as_str()));
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}

/// How far the app is. It tells; it never lets anybody in.
pub(super) async fn show_progress(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
) -> Result<Json<Value>, Refusal> {
    let errand = room.store.find_authentication(id, request_context(&visitor)).await?;
    Ok(Json(match errand.stage {
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
        AuthenticationStage::Done { .. } => json!({ "next": next_path(&errand) }),
    }))
}

/// How many digits the number has that the app shows.
const NUMBER_LENGTH: usize = 3;

/// How much may be pasted into the field for the number: a line that it stands in.
const LONGEST_PASTE: usize = 100;

#[derive(Deserialize)]
pub(super) struct NumberForm {
    digits: String,
}

/// The person types the number that the app shows.
pub(super) async fn submit_number(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
    headers: HeaderMap,
    Form(typed): Form<NumberForm>,
) -> Result<Response, Refusal> {
    let Some(digits) = find_digit_code(&typed.digits, NUMBER_LENGTH) else {
        // A slip of the finger is not a try.
        return respond_with_problem(&room, &visitor, id, &headers, NumberFieldState::Malformed).await;
    };
    match room.store.return_with_number(id, digits, request_context(&visitor)).await? {
        ReturnOutcome::WrongNumber(id) => {
            respond_with_problem(&room, &visitor, id, &headers, NumberFieldState::Wrong).await
        }
        landing => Ok(redirect_after_return(&landing)),
    }
}

async fn respond_with_problem(
    room: &Inner,
    visitor: &Visitor,
    id: AuthenticationId,
    headers: &HeaderMap,
    number: NumberFieldState,
) -> Result<Response, Refusal> {
    let (errand, asked) = room.store.find_authentication_with_request(id, request_context(visitor)).await?;
    let (open, open_here, scan) = Default::default();
    let view = AuthenticationPage {
        authentication: errand,
        screen: screen(headers),
        open_link: open,
        reader_link: open_here,
        scan_link: scan,
        number,
    };
    let mut response = page_response(room, visitor, &view, asked.as_ref());
    *response.status_mut() = http::StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// The app leads the browser back. Both the code and this browser's own cookie are needed. Without a code, as after a card
/// that could not be read, the person finds the page that she left for the app.
pub(super) async fn return_from_app(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Refusal> {
    let Some(code) = query.get("code") else {
        let left =
            room.store.find_newest_authentication(request_context(&visitor)).await?.ok_or(Refusal::ReturnUnknown)?;
        return Ok(redirect(&format!("/authenticate/{left}")));
    };
    let code: Token = code.parse().map_err(|_| Refusal::ReturnUnknown)?;
    let landing = room.store.return_with_code(code.digest(), request_context(&visitor)).await?;
    Ok(redirect_after_return(&landing))
}

fn redirect_after_return(landing: &ReturnOutcome) -> Response {
    redirect(&match landing {
        ReturnOutcome::Registered(procedure) => format!("/procedures/{procedure}/registered"),
        ReturnOutcome::Review(purpose) => review_path(purpose).to_owned(),
        ReturnOutcome::WrongNumber(errand) | ReturnOutcome::Ended(errand) => format!("/authenticate/{errand}"),
    })
}

/// Opens the app anew, with a new ticket; the old one is worth nothing from here on.
pub(super) async fn restart_authentication(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    Path(id): Path<AuthenticationId>,
    headers: HeaderMap,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let asking = request_context(&visitor);
    let errand = room.store.find_authentication(id, asking).await?;
    let new = new_authentication(&visitor, &headers);
    let next = format!("/authenticate/{}", new.id);
    match errand.procedure {
        None => room.store.begin_review_authentication(new, errand.purpose, asking).await?,
        Some(id) => {
            let view = room.store.find_procedure(id, asking).await?;
            let procedure::ProcedureStage::Confirmed(choices) = view.stage else {
                return Ok(redirect(&format!("/procedures/{id}")));
            };
            let outcome = room.store.confirm(id, format_choices(choices), new, asking).await;
            return super::or_redirect_to_step(outcome.map(|()| redirect(&next)), id);
        }
    }
    Ok(redirect(&next))
}

/// What the number's field has to say.
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
    /// The address of the program on the computer that shows the page.
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

/// The program on this computer, which has its own window; and beside it the app that plays one, as this is a simulation.
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

/// Some tablets call themselves computers, and without scripts nobody can tell.
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
            // On a phone it is seldom wanted, and costs more to draw than the rest of the page.
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
        for run in row.chunk_by(|one, next| one.value() == next.value()) {
            let long = run.len();
            if run[0].value() {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{x} {y}h{long}v1h-{long}z");
            }
            x += long;
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
    let (happened, meaning) = explain_code(match end {
        AuthenticationEnd::GaveUp(errand::AbortReason::Cancelled) => "gave_up.cancelled",
        AuthenticationEnd::GaveUp(errand::AbortReason::Locked) => "gave_up.locked",
        AuthenticationEnd::GaveUp(errand::AbortReason::NoCertificate) => "gave_up.no_certificate",
        AuthenticationEnd::GaveUp(errand::AbortReason::Expired) => "jpki.validity.expired",
        AuthenticationEnd::Refused(code) => code,
        AuthenticationEnd::WrongNumber => "wrong_number",
        AuthenticationEnd::TooLate => "too_late",
        AuthenticationEnd::Superseded => "reception.errand.superseded",
    });
    let again = language.t("もう一度カードを読み取る", "Scan the card again");
    let action = format!("/authenticate/{}/again", view.authentication.id);
    html! {
        (components::notice(components::Tone::Warning, happened.in_language(language), html! { p { (meaning.in_language(language)) } }))
        @match (&view.authentication.procedure, can_retry(end)) {
            (Some(procedure), CanRetry::No) => {
                (components::form(frame, &format!("/procedures/{procedure}/abandon"), html! {
                    (components::bottom_bar(components::primary_button(
                        language.t("予約したサービスに戻る", "Back to the service where you booked"),
                        Some(language.t("資格確認書などの画像を送って受診できます。何も登録されません。", "There you can send a picture of your insurance document. Nothing is registered.")),
                    )))
                }))
                (components::post_button(frame, &action, components::ButtonStyle::Secondary, again))
            }
            (None, CanRetry::No) => {
                (components::bottom_bar(components::primary_link("/", language.t("トップに戻る", "Back to the first page"), Some(language.t(
                    "登録した内容はそのままです。", "What you registered stays as it is."
                )))))
                (components::post_button(frame, &action, components::ButtonStyle::Secondary, language.t("別のカードを読み取る", "Scan another card")))
            }
            (_, CanRetry::Yes) => {
                (components::form(frame, &action, html! {
                    (components::bottom_bar(components::primary_button(again, Some(language.t("新しい読み取りが始まります。", "This starts a new scan.")))))
                }))
                (exit_link(frame, view))
            }
        }
        @if let AuthenticationEnd::Refused(code) = end {
            (components::error_code(language, code))
        }
    }
}

/// Whether reading the same card again can help.
enum CanRetry {
    Yes,
    No,
}

fn can_retry(end: &AuthenticationEnd) -> CanRetry {
    match end {
        AuthenticationEnd::Refused(code)
            if ["jpki.ocsp.", "jpki.crl.", "reception."].iter().any(|kind| code.starts_with(kind)) =>
        {
            CanRetry::Yes
        }
        AuthenticationEnd::GaveUp(errand::AbortReason::Cancelled)
        | AuthenticationEnd::WrongNumber
        | AuthenticationEnd::TooLate
        | AuthenticationEnd::Superseded => CanRetry::Yes,
        AuthenticationEnd::GaveUp(
            errand::AbortReason::Locked | errand::AbortReason::NoCertificate | errand::AbortReason::Expired,
        )
        | AuthenticationEnd::Refused(_) => CanRetry::No,
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

    fn check(text: &str, expected: Screen, words: &str) {
        assert_eq!(screen(&user_agent_headers(text)), expected, "{text}");
        assert_eq!(browser_label(&user_agent_headers(text)), words, "{text}");
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
    fn a_ticket_is_the_same_on_reload_and_another_for_another_errand_or_browser() {
        let randomness = Randomness::repeatable("tickets");
        let (one, other) = (Token::new(&randomness), Token::new(&randomness));
        let now = base::Timestamp::from_seconds(0);
        let (first, second) = (Id::new(now, &randomness), Id::new(now, &randomness));
        assert_eq!(link_ticket(&one, first).digest(), link_ticket(&one, first).digest());
        assert_ne!(link_ticket(&one, first).digest(), link_ticket(&one, second).digest());
        assert_ne!(link_ticket(&one, first).digest(), link_ticket(&other, first).digest());
        // Who reads the QR code from the screen does not know the link's.
        assert_ne!(link_ticket(&one, first).digest(), scan_ticket(&one, first).digest());
    }

    #[test]
    fn a_link_leads_back_to_safari_itself_and_to_no_window_within_an_app() {
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        let check = |rest: &str, expected| {
            assert_eq!(return_link(&user_agent_headers(&format!("{iphone} {rest}"))), expected, "{rest}");
        };
        check("Version/19.0 Mobile/15E148 Safari/604.1", ReturnLink::Trusted);
        for other in [
            "CriOS/156.0 Mobile/15E148 Safari/604.1",
            "FxiOS/150.0 Mobile/15E148 Safari/605.1.15",
            "Version/19.0 EdgiOS/150.0 Mobile/15E148 Safari/604.1",
            "Mobile/15E148 Safari Line/15.1.0",
            "Version/19.0 Mobile/15E148 Safari/604.1 GSA/300",
            "Mobile/15E148 [FBAN/FBIOS;FBAV/500]",
            "Mobile/15E148",
        ] {
            check(other, ReturnLink::Untrusted);
        }
        let mac = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15";
        assert_eq!(return_link(&user_agent_headers(mac)), ReturnLink::Untrusted);
    }

    #[test]
    fn a_code_is_a_square_of_dark_modules() {
        let svg = qr_svg("https://portal.example/scan?ticket=x");
        // A finder pattern's upper edge, seven modules wide, behind the quiet zone.
        assert!(svg.starts_with("<svg") && svg.contains("d=\"M4 4h7v1h-7z"), "{svg}");
    }
}
