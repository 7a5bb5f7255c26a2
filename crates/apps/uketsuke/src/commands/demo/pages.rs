//! The demo's own pages: the start page, people, institutions, the mail outbox, and the clock.

use std::sync::Arc;

use authority::OcspFault;
use axum::{
    Json, Router,
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::Timestamp;
use http::StatusCode;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use text::Language;
use ui::{Document, Frame, MenuEntry, Theme, components};
use web::{Access, Form, Routes, Visitor};

use super::{addresses::DemoAddresses, control, state::DemoState};

pub(super) fn router(home: &Arc<DemoState>) -> Router {
    let pages = routes().into_router().with_state(home.clone());
    // Programs set the clock and read the mail by JSON. For a page of another site that requires a CORS preflight, which is
    // not granted.
    let control = Router::new()
        .route("/control/clock", get(read_clock).post(move_clock))
        .route("/control/outbox", get(read_outbox))
        .route("/control/ocsp", post(set_ocsp_fault))
        .with_state(home.clone())
        .merge(control::router(home));
    let site = home.site.clone().with_frame_maker(|visitor| async move { frame(&visitor) });
    web::site_router(pages, &site).merge(control)
}

/// The routes of the pages and forms.
pub(super) fn routes() -> Routes<Arc<DemoState>> {
    Routes::new()
        .page("/", Access::Anyone, get(show_start))
        .page("/people", Access::Anyone, get(show_people))
        .page("/institutions", Access::Anyone, get(show_institutions))
        .page("/outbox", Access::Anyone, get(show_outbox))
        .page("/clock", Access::Anyone, get(show_clock))
        .action("/clock", Access::Anyone, post(submit_clock))
        .action("/faults", Access::Anyone, post(submit_ocsp_fault))
}

fn frame(visitor: &Visitor) -> Frame {
    let mut frame = visitor.frame();
    frame.menu = menu(frame.language, visitor.path_and_query());
    frame
}

fn menu(language: Language, current_path: &str) -> Vec<MenuEntry> {
    [
        ("/", language.t("はじめに", "Start")),
        ("/people", language.t("人とカード", "People and cards")),
        ("/institutions", language.t("医療機関", "Institutions")),
        ("/outbox", language.t("メール", "Mail")),
        ("/clock", language.t("時計と障害", "Clock and faults")),
    ]
    .into_iter()
    .map(|(href, label)| MenuEntry { href: href.to_owned(), label: label.to_owned(), current: current_path == href })
    .collect()
}

async fn show_start(State(home): State<Arc<DemoState>>, visitor: Visitor) -> Markup {
    render_start_page(&frame(&visitor), &home.addresses)
}

fn render_start_page(frame: &Frame, addresses: &DemoAddresses) -> Markup {
    let language = frame.language;
    let sites = [
        (
            &addresses.consult,
            "/",
            language.t("オンライン診療", "Online care"),
            language.t("患者として、医療機関を探して予約します。", "As a patient: find an institution and book."),
        ),
        (
            &addresses.consult,
            "/desk",
            language.t("医療機関の受付デスク", "The institution's desk"),
            language.t("今日の予約と、保険の確認の状況を見ます。", "Today's visits, and who has proved insurance."),
        ),
        (
            &addresses.reception,
            "/",
            language.t("マイナ在宅受付Web（模擬）", "マイナ在宅受付Web (simulated)"),
            language.t("同意を登録し、見て、取り消します。", "Register consents, see them, withdraw them."),
        ),
        (
            &addresses.portal,
            "/",
            language.t("マイナポータルアプリ（模擬）", "マイナポータルアプリ (simulated)"),
            language.t("使うカードと端末の種類を選びます。", "Choose the card and the kind of phone."),
        ),
        (
            &addresses.terminal,
            "/",
            language.t("資格確認端末（模擬）", "資格確認端末 (simulated)"),
            language.t(
                "医療機関だけが、資格と同意された情報を見ます。",
                "Only the institution sees eligibility and what was consented to.",
            ),
        ),
    ];
    let cards: Vec<Markup> = sites
        .into_iter()
        .map(|(origin, path, title, text)| {
            components::link_card(&origin.url(path), title, html! { p { (text) } p .fine { (origin) } })
        })
        .collect();
    Document::new(frame, language.t("uketsuke デモ", "The uketsuke demo"))
        .description(language.t(
            "オンライン診療の予約からオンライン資格確認までを、架空の人と医療機関で試せるデモです。",
            "A demo of online care and insurance confirmation in Japan, with made-up people and institutions.",
        ))
        .lead(language.t(
            "予約から、マイナ在宅受付Webでの同意、カードの読み取り、医療機関での確認までを、このパソコンだけで試せます。",
            "From booking over consent and card to the clinic that sees the eligibility, on this machine alone.",
        ))
        .main(html! {
            (components::section(language.t("サイト", "Sites"), components::card_list(&cards)))
            (components::section(language.t("試し方", "How to try it"), components::numbered_list(&[
                html! { (language.t("「人とカード」で、だれになるかと暗証番号を確かめます。", "See in 'People and cards' who you want to be, and the PIN.")) },
                html! { (language.t("オンライン診療で医療機関を選び、予約します。ログインの確認コードは「メール」に届きます。", "Find an institution in online care and book. The sign-in code arrives in 'Mail'.")) },
                html! { (language.t("「同意可否を選択する」から進み、アプリでその人のカードを選んで読み取ります。", "Go on with 「同意可否を選択する」, choose that person's card in the app and read it.")) },
                html! { (language.t("資格確認端末で、医療機関としてその日の受付を見ます。", "At the terminal, see the receptions of the day as the institution.")) },
            ])))
            (components::notice(components::Tone::Info, language.t("すべて模擬です", "Everything here is simulated"), html! {
                p { (language.t(
                    "人も、カードも、医療機関も架空です。本物のマイナンバーカードや暗証番号は使わないでください。",
                    "People, cards and institutions are made up. Do not use a real card or a real PIN."
                )) }
            }))
        })
}

async fn show_people(State(home): State<Arc<DemoState>>, visitor: Visitor) -> Markup {
    render_people_page(&frame(&visitor), &world::personas(home.first_day))
}

fn render_people_page(frame: &Frame, personas: &[world::Persona]) -> Markup {
    let language = frame.language;
    let columns = [
        components::Column::single_line(language.t("名前", "Name")),
        components::Column::single_line(language.t("生年月日", "Born")),
        components::Column::number(language.t("暗証番号（4桁）", "PIN")),
        components::Column::single_line(language.t("署名用パスワード", "Signature password")),
        components::Column::text(language.t("特徴", "What is special")),
    ];
    let rows = personas
        .iter()
        .map(|persona| {
            vec![
                html! { (persona.name) br; span .fine { (persona.kana) } },
                html! { (persona.birth_date) },
                html! { code { (persona.pin) } },
                html! { code { (persona.signature_password) } },
                html! { (persona.note.in_language(language)) },
            ]
        })
        .collect();
    let document = Document::new(frame, language.t("人とカード", "People and cards")).description(language.t(
        "デモの架空の人と、そのカードの暗証番号、それぞれの特徴の一覧です。",
        "The demo's made-up people: the PIN of each card, and what is special about each of them.",
    ));
    document.wide().main(html! {
        p { (language.t(
            "それぞれのカードは、マイナポータルアプリ（模擬）の画面で選べます。",
            "Each card can be chosen on the pages of the simulated app."
        )) }
        (components::Table::new(language.t("架空の人とそのカード", "Made-up people and their cards"), &columns).rows(rows))
    })
}

async fn show_institutions(State(home): State<Arc<DemoState>>, visitor: Visitor) -> Markup {
    render_institutions_page(&frame(&visitor), &home.addresses, &world::institutions(&home.addresses.for_world()))
}

fn render_institutions_page(
    frame: &Frame,
    addresses: &DemoAddresses,
    institutions: &[world::DemoInstitution],
) -> Markup {
    let language = frame.language;
    let columns = [
        components::Column::text(language.t("医療機関", "Institution")),
        components::Column::single_line(language.t("医療機関コード", "Code")),
        components::Column::text(language.t("受付デスクのアカウント", "Desk account")),
        components::Column::text(language.t("固定URL", "Fixed URL")),
    ];
    let rows = institutions
        .iter()
        .map(|institution| {
            vec![
                html! { (institution.name()) },
                html! { code { (institution.code()) } },
                html! { @for staff in &institution.staff { code { (staff.mail) } br; } },
                html! {
                    @if let Some(fixed_url_code) = &institution.fixed_url_code {
                        @let address = addresses.reception.url(&format!("/i/{fixed_url_code}"));
                        a href=(address) { (language.t("同意登録の入口", "Fixed URL")) }
                    } @else { "—" }
                },
            ]
        })
        .collect();
    let document = Document::new(frame, language.t("医療機関", "Institutions")).description(language.t(
        "デモの架空の医療機関と、受付デスクのアカウント、固定URLの一覧です。",
        "The demo's made-up institutions, with the accounts of their desks and their fixed URLs.",
    ));
    document.wide().main(html! {
        (components::description_list(&[
            (language.t("受付デスクのパスワード", "Password of every desk"), html! { code { (world::DESK_PASSWORD) } }),
            (language.t("資格確認端末のパスワード（3つのアカウントとも）", "Password of every terminal's three accounts"), html! { code { (world::TERMINAL_PASSWORD) } }),
        ]))
        (components::Table::new(language.t("架空の医療機関", "Made-up institutions"), &columns).rows(rows))
    })
}

/// A letter of the outbox page.
#[derive(Clone, Serialize)]
struct OutboxLetter {
    to: String,
    subject: String,
    body: String,
    #[serde(rename = "queued")]
    queued_at: Timestamp,
}

async fn list_letters(home: &DemoState) -> Result<Vec<OutboxLetter>, Response> {
    let outbox = home.services.consult.list_outbox().await.map_err(IntoResponse::into_response)?;
    Ok(outbox
        .into_iter()
        .map(|entry| OutboxLetter {
            to: entry.letter.to,
            subject: entry.letter.subject,
            body: entry.letter.body,
            queued_at: entry.queued_at,
        })
        .collect())
}

/// How many letters the page shows.
const MAX_LETTERS_SHOWN: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct OutboxQuery {
    /// Filters by a part of the recipient's address.
    to: String,
}

async fn show_outbox(
    State(home): State<Arc<DemoState>>,
    visitor: Visitor,
    query: Result<Query<OutboxQuery>, QueryRejection>,
) -> Result<Markup, Response> {
    let OutboxQuery { to: recipient } = query.map(|Query(query)| query).unwrap_or_default();
    let filter = recipient.trim().to_lowercase();
    let mut letters = list_letters(&home).await?;
    letters.retain(|letter| letter.to.to_lowercase().contains(&filter));
    Ok(render_outbox_page(&frame(&visitor), &letters, &recipient))
}

fn render_outbox_page(frame: &Frame, letters: &[OutboxLetter], recipient: &str) -> Markup {
    let language = frame.language;
    let document = Document::new(frame, language.t("メール", "Mail")).description(language.t(
        "デモのサイトが送ったメールの一覧です。実際には送られません。",
        "The mail of the demo's sites, which is delivered nowhere.",
    ));
    document.main(html! {
        p { (language.t(
            "デモではメールは送られず、ここに並びます。新しいものが上です。",
            "The demo sends no mail; it is shown here, the newest first."
        )) }
        (components::search_form("/outbox", html! {
            (components::Field::new(language, components::Input::Search, "to", language.t("宛先でしぼり込む", "Filter by address"))
                .value(recipient).without_mark())
            (components::secondary_button(language.t("しぼり込む", "Filter"), None))
        }))
        @if letters.is_empty() {
            (components::empty_state(language.t("まだメールはありません", "No mail yet"), html! {
                p { (language.t("ログインや予約をすると届きます。", "It arrives when somebody signs in or books.")) }
            }))
        }
        @for letter in letters.iter().take(MAX_LETTERS_SHOWN) { (render_letter(language, letter)) }
        @if letters.len() > MAX_LETTERS_SHOWN {
            p { (match language {
                Language::Japanese => format!("新しい{MAX_LETTERS_SHOWN}通を表示しています（全{}通）。", letters.len()),
                Language::English => format!("The newest {MAX_LETTERS_SHOWN} of {} are shown.", letters.len()),
            }) }
        }
    })
}

/// A disclosure for a letter; a sign-in code is shown before it, to be copied.
fn render_letter(language: Language, letter: &OutboxLetter) -> Markup {
    let code =
        letter.body.lines().next().filter(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
    let time = letter.queued_at.in_japan().strftime("%-m/%-d %-H:%M:%S");
    html! {
        @if let Some(code) = code { (components::key_number(language, &letter.to, code, code)) }
        (components::disclosure(&format!("{time} {} {}", letter.to, letter.subject), html! {
            @for paragraph in letter.body.split("\n\n") {
                p {
                    @for line in paragraph.lines() {
                        @if line.starts_with("http://") || line.starts_with("https://") { a href=(line) { (line) } } @else { (line) }
                        br;
                    }
                }
            }
        }))
    }
}

async fn show_clock(visitor: Visitor) -> Markup {
    render_clock_page(&frame(&visitor), visitor.now(), None)
}

fn render_clock_page(frame: &Frame, now: Timestamp, problem: Option<&str>) -> Markup {
    let language = frame.language;
    let document = Document::new(frame, language.t("時計と障害", "Clock and faults")).description(
        language.t("デモの時計を進め、障害を起こして試すためのページです。", "Set the demo's clock and cause faults."),
    );
    document.main(html! {
        (components::description_list(&[(language.t("デモの時計（日本時間）", "The demo's clock (Japan time)"), html! { (now) })]))
        (components::form(frame, "/clock", html! {
            (components::Field::new(language, components::Input::Text, "time", language.t("時刻を合わせる", "Set the time"))
                .support(language.t("例：2026-11-24T23:59:30+09:00", "Example: 2026-11-24T23:59:30+09:00"))
                .value(&now.to_string())
                .error(problem))
            (components::primary_button(language.t("時計を合わせる", "Set the clock"), Some(language.t(
                "すべてのサイトの時計が変わり、そこから進みます。",
                "Every room's clock changes and runs on from there."
            ))))
        }))
        (components::section(language.t("障害を起こす", "Cause a fault"), html! {
            p { (language.t(
                "カードの有効性の確認先を止めたり、動かしたりします。OCSPだけが止まったときは、失効リストで確認します。",
                "Stops or starts what says whether a card was revoked. While OCSP alone is down, the revocation list tells."
            )) }
            (components::form(frame, "/faults", html! {
                (components::buttons(html! {
                    (components::choice_button(components::ButtonStyle::Secondary, "ocsp", "down", language.t("OCSPを止める", "Stop OCSP"), None))
                    (components::choice_button(components::ButtonStyle::Secondary, "ocsp", "silent", language.t("OCSPと失効リストを止める", "Stop OCSP and lists"), None))
                    (components::choice_button(components::ButtonStyle::Secondary, "ocsp", "none", language.t("OCSPを動かす", "Start OCSP"), None))
                }))
            }))
        }))
    })
}

#[derive(Deserialize)]
struct ClockForm {
    time: String,
}

async fn submit_clock(State(home): State<Arc<DemoState>>, visitor: Visitor, Form(form): Form<ClockForm>) -> Response {
    if let Ok(time) = form.time.trim().parse() {
        home.site.clock().set(time);
        return Redirect::to("/clock").into_response();
    }
    let frame = frame(&visitor);
    let problem = frame.language.t(
        "日時を 2026-11-24T09:00:00+09:00 の形で入力してください。",
        "Enter a time such as 2026-11-24T09:00:00+09:00.",
    );
    (StatusCode::UNPROCESSABLE_ENTITY, render_clock_page(&frame, visitor.now(), Some(problem))).into_response()
}

#[derive(Deserialize)]
struct OcspFaultForm {
    ocsp: String,
}

fn parse_ocsp_fault(text: &str) -> Option<OcspFault> {
    match text {
        "down" => Some(OcspFault::Down),
        "silent" => Some(OcspFault::Silent),
        "none" => Some(OcspFault::None),
        _ => None,
    }
}

async fn submit_ocsp_fault(State(home): State<Arc<DemoState>>, Form(form): Form<OcspFaultForm>) -> Response {
    match parse_ocsp_fault(&form.ocsp) {
        Some(fault) => {
            home.services.authority.set_ocsp_fault(fault);
            Redirect::to("/clock").into_response()
        }
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[derive(Serialize, Deserialize)]
struct ClockTime {
    time: Timestamp,
}

async fn read_clock(State(home): State<Arc<DemoState>>) -> Json<ClockTime> {
    Json(ClockTime { time: home.site.clock().now() })
}

async fn move_clock(State(home): State<Arc<DemoState>>, Json(request): Json<ClockTime>) -> Json<ClockTime> {
    home.site.clock().set(request.time);
    Json(ClockTime { time: home.site.clock().now() })
}

async fn read_outbox(State(home): State<Arc<DemoState>>) -> Result<Json<Vec<OutboxLetter>>, Response> {
    list_letters(&home).await.map(Json)
}

async fn set_ocsp_fault(State(home): State<Arc<DemoState>>, Json(request): Json<OcspFaultForm>) -> StatusCode {
    match parse_ocsp_fault(&request.ocsp) {
        Some(fault) => {
            home.services.authority.set_ocsp_fault(fault);
            StatusCode::NO_CONTENT
        }
        None => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Every page of the demo in every state.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        theme: Theme::Demo,
        name: None,
        language,
        csrf: "sample".to_owned(),
        path_and_query: "/".to_owned(),
        signed_in: None,
        menu: menu(language, "/"),
        footer: ui::Footer::default(),
    };
    let now = Timestamp::from_seconds(1_795_478_400);
    let addresses = DemoAddresses::for_ports(8400, 8401);
    let letters = [
        OutboxLetter {
            to: "aoi@example.jp".to_owned(),
            subject: "【uketsuke オンライン診療】確認コード 123456".to_owned(),
            body: "123456\n\nログインのための確認コードです。\n".to_owned(),
            queued_at: now,
        },
        OutboxLetter {
            to: "aoi@example.jp".to_owned(),
            subject: "【uketsuke オンライン診療】予約を受け付けました".to_owned(),
            body: "予約を受け付けました。\n\nhttp://consult.localhost:8400/appointments/01\n".to_owned(),
            queued_at: now,
        },
    ];
    let page = |name: &str, page: Markup| (name.to_owned(), page);
    let mut pages = vec![
        page("first", render_start_page(&frame, &addresses)),
        page("people", render_people_page(&frame, &world::personas(now.japan_date()))),
        page(
            "institutions",
            render_institutions_page(&frame, &addresses, &world::institutions(&addresses.for_world())),
        ),
        page("outbox", render_outbox_page(&frame, &letters, "")),
        page("outbox-empty", render_outbox_page(&frame, &[], "nobody@example.jp")),
        page("clock", render_clock_page(&frame, now, None)),
        page(
            "clock-wrong",
            render_clock_page(&frame, now, Some(language.t("日時を入力してください。", "Enter a time."))),
        ),
    ];
    pages.extend(web::refusal_samples(&frame, &[]));
    pages
}
