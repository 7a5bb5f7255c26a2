//! The demo's own pages: where everything is, who is who, the mail that nobody delivers, and the clock.

use std::sync::Arc;

use authority::OcspFault;
use axum::{
    Json, Router,
    extract::{Query, State, rejection::QueryRejection},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Timestamp};
use http::StatusCode;
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use shell::{Access, Document, Face, Form, Frame, Language, MenuEntry, Routes, Site, Visitor, parts};

use super::{Addresses, control, world};
use crate::Rooms;

/// What the demo's pages show.
pub(super) struct Home {
    pub(super) rooms: Rooms,
    pub(super) addresses: Addresses,
    /// The day on which this world began, to which its people are relative.
    pub(super) first_day: Date,
    pub(super) site: Site,
}

pub(super) fn router(home: &Arc<Home>) -> Router {
    let pages = routes().into_router().with_state(home.clone());
    // Programs move the clock and read the mail by JSON. A page of another site cannot send that here without being
    // asked first (CORS), and nobody answers that question.
    let control = Router::new()
        .route("/control/clock", get(read_clock).post(move_clock))
        .route("/control/outbox", get(read_outbox))
        .route("/control/ocsp", post(control_ocsp))
        .with_state(home.clone())
        .merge(control::router(home));
    let site = home.site.clone().framed_by(|visitor| async move { frame(&visitor) });
    shell::site(pages, &site).merge(control)
}

/// The pages and forms, for whoever reads them.
pub(super) fn routes() -> Routes<Arc<Home>> {
    Routes::new()
        .page("/", Access::Anyone, get(first))
        .page("/people", Access::Anyone, get(people))
        .page("/institutions", Access::Anyone, get(institutions))
        .page("/outbox", Access::Anyone, get(outbox))
        .page("/clock", Access::Anyone, get(clock))
        .action("/clock", Access::Anyone, post(set_clock))
        .action("/faults", Access::Anyone, post(set_fault))
}

fn frame(visitor: &Visitor) -> Frame {
    let mut frame = visitor.frame();
    frame.menu = menu(frame.language, visitor.here());
    frame
}

fn menu(language: Language, here: &str) -> Vec<MenuEntry> {
    [
        ("/", language.t("はじめに", "Start")),
        ("/people", language.t("人とカード", "People and cards")),
        ("/institutions", language.t("医療機関", "Institutions")),
        ("/outbox", language.t("メール", "Mail")),
        ("/clock", language.t("時計と障害", "Clock and faults")),
    ]
    .into_iter()
    .map(|(href, label)| MenuEntry { href: href.to_owned(), label: label.to_owned(), current: here == href })
    .collect()
}

async fn first(State(home): State<Arc<Home>>, visitor: Visitor) -> Markup {
    first_page(&frame(&visitor), &home.addresses)
}

fn first_page(frame: &Frame, addresses: &Addresses) -> Markup {
    let language = frame.language;
    let rooms = [
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
    let cards: Vec<Markup> = rooms
        .into_iter()
        .map(|(origin, path, title, text)| {
            parts::link_card(&origin.at(path), title, html! { p { (text) } p .fine { (origin) } })
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
            (parts::section(language.t("サイト", "Sites"), parts::card_list(&cards)))
            (parts::section(language.t("試し方", "How to try it"), parts::numbered(&[
                html! { (language.t("「人とカード」で、だれになるかと暗証番号を確かめます。", "See in 'People and cards' who you want to be, and the PIN.")) },
                html! { (language.t("オンライン診療で医療機関を選び、予約します。ログインの確認コードは「メール」に届きます。", "Find an institution in online care and book. The sign-in code arrives in 'Mail'.")) },
                html! { (language.t("「同意可否を選択する」から進み、アプリでその人のカードを選んで読み取ります。", "Go on with 「同意可否を選択する」, choose that person's card in the app and read it.")) },
                html! { (language.t("資格確認端末で、医療機関としてその日の受付を見ます。", "At the terminal, see the receptions of the day as the institution.")) },
            ])))
            (parts::notice(parts::Tone::Info, language.t("すべて模擬です", "Everything here is simulated"), html! {
                p { (language.t(
                    "人も、カードも、医療機関も架空です。本物のマイナンバーカードや暗証番号は使わないでください。",
                    "People, cards and institutions are made up. Do not use a real card or a real PIN."
                )) }
            }))
        })
}

async fn people(State(home): State<Arc<Home>>, visitor: Visitor) -> Markup {
    people_page(&frame(&visitor), &world::personas(home.first_day))
}

fn people_page(frame: &Frame, personas: &[world::Persona]) -> Markup {
    let language = frame.language;
    let columns = [
        parts::Column::unbroken(language.t("名前", "Name")),
        parts::Column::unbroken(language.t("生年月日", "Born")),
        parts::Column::number(language.t("暗証番号（4桁）", "PIN")),
        parts::Column::unbroken(language.t("署名用パスワード", "Signature password")),
        parts::Column::text(language.t("特徴", "What is special")),
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
        (parts::Table::new(language.t("架空の人とそのカード", "Made-up people and their cards"), &columns).rows(rows))
    })
}

async fn institutions(State(home): State<Arc<Home>>, visitor: Visitor) -> Markup {
    let places = world::Addresses { reception: home.addresses.reception.clone() };
    institutions_page(&frame(&visitor), &home.addresses, &world::institutions(&places))
}

fn institutions_page(frame: &Frame, addresses: &Addresses, institutions: &[world::DemoInstitution]) -> Markup {
    let language = frame.language;
    let columns = [
        parts::Column::text(language.t("医療機関", "Institution")),
        parts::Column::unbroken(language.t("医療機関コード", "Code")),
        parts::Column::text(language.t("受付デスクのアカウント", "Desk account")),
        parts::Column::text(language.t("固定URL", "Fixed URL")),
    ];
    let rows = institutions
        .iter()
        .map(|known| {
            vec![
                html! { (known.name()) },
                html! { code { (known.code()) } },
                html! { @for staff in &known.staff { code { (staff.mail) } br; } },
                html! {
                    @if let Some(entrance) = &known.entrance {
                        @let address = addresses.reception.at(&format!("/i/{entrance}"));
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
        (parts::description_list(&[
            (language.t("受付デスクのパスワード", "Password of every desk"), html! { code { (world::DESK_PASSWORD) } }),
            (language.t("資格確認端末のパスワード（3つのアカウントとも）", "Password of every terminal's three accounts"), html! { code { (world::TERMINAL_PASSWORD) } }),
        ]))
        (parts::Table::new(language.t("架空の医療機関", "Made-up institutions"), &columns).rows(rows))
    })
}

/// A letter as the outbox page shows it.
#[derive(Clone, Serialize)]
struct Shown {
    to: String,
    subject: String,
    body: String,
    queued: Timestamp,
}

async fn letters(home: &Home) -> Result<Vec<Shown>, Response> {
    let outbox = home.rooms.consult.outbox().await.map_err(IntoResponse::into_response)?;
    Ok(outbox
        .into_iter()
        .map(|kept| Shown {
            to: kept.letter.to,
            subject: kept.letter.subject,
            body: kept.letter.body,
            queued: kept.queued_at,
        })
        .collect())
}

/// How many letters the page shows.
const LETTERS_SHOWN: usize = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Mailbox {
    /// Part of an address.
    to: String,
}

async fn outbox(
    State(home): State<Arc<Home>>,
    visitor: Visitor,
    asked: Result<Query<Mailbox>, QueryRejection>,
) -> Result<Markup, Response> {
    let Mailbox { to } = asked.map(|Query(asked)| asked).unwrap_or_default();
    let wanted = to.trim().to_lowercase();
    let mut letters = letters(&home).await?;
    letters.retain(|letter| letter.to.to_lowercase().contains(&wanted));
    Ok(outbox_page(&frame(&visitor), &letters, &to))
}

fn outbox_page(frame: &Frame, letters: &[Shown], to: &str) -> Markup {
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
        (parts::search_form("/outbox", html! {
            (parts::Field::new(language, parts::Input::Search, "to", language.t("宛先でしぼり込む", "Filter by address"))
                .value(to).unmarked())
            (parts::secondary_button(language.t("しぼり込む", "Filter"), None))
        }))
        @if letters.is_empty() {
            (parts::empty_state(language.t("まだメールはありません", "No mail yet"), html! {
                p { (language.t("ログインや予約をすると届きます。", "It arrives when somebody signs in or books.")) }
            }))
        }
        @for letter in letters.iter().take(LETTERS_SHOWN) { (shown_letter(language, letter)) }
        @if letters.len() > LETTERS_SHOWN {
            p { (match language {
                Language::Japanese => format!("新しい{LETTERS_SHOWN}通を表示しています（全{}通）。", letters.len()),
                Language::English => format!("The newest {LETTERS_SHOWN} of {} are shown.", letters.len()),
            }) }
        }
    })
}

/// One line for a letter, which opens; a sign-in code stands before it, to be copied.
fn shown_letter(language: Language, letter: &Shown) -> Markup {
    let code =
        letter.body.lines().next().filter(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()));
    let time = letter.queued.in_japan().strftime("%-m/%-d %-H:%M:%S");
    html! {
        @if let Some(code) = code { (parts::key_number(language, &letter.to, code, code)) }
        (parts::disclosure(&format!("{time} {} {}", letter.to, letter.subject), html! {
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

async fn clock(visitor: Visitor) -> Markup {
    clock_page(&frame(&visitor), visitor.now(), None)
}

fn clock_page(frame: &Frame, now: Timestamp, problem: Option<&str>) -> Markup {
    let language = frame.language;
    let document = Document::new(frame, language.t("時計と障害", "Clock and faults")).description(
        language.t("デモの時計を進め、障害を起こして試すためのページです。", "Set the demo's clock and cause faults."),
    );
    document.main(html! {
        (parts::description_list(&[(language.t("デモの時計（日本時間）", "The demo's clock (Japan time)"), html! { (now) })]))
        (parts::form(frame, "/clock", html! {
            (parts::Field::new(language, parts::Input::Text, "time", language.t("時刻を合わせる", "Set the time"))
                .support(language.t("例：2026-11-24T23:59:30+09:00", "Example: 2026-11-24T23:59:30+09:00"))
                .value(&now.to_string())
                .error(problem))
            (parts::primary_button(language.t("時計を合わせる", "Set the clock"), Some(language.t(
                "すべてのサイトの時計が変わり、そこから進みます。",
                "Every room's clock changes and runs on from there."
            ))))
        }))
        (parts::section(language.t("障害を起こす", "Cause a fault"), html! {
            p { (language.t(
                "カードの有効性の確認先を止めたり、動かしたりします。OCSPだけが止まったときは、失効リストで確認します。",
                "Stops or starts what says whether a card was revoked. While OCSP alone is down, the revocation list tells."
            )) }
            (parts::form(frame, "/faults", html! {
                (parts::buttons(html! {
                    (parts::choice_button(parts::ButtonLook::Secondary, "ocsp", "down", language.t("OCSPを止める", "Stop OCSP"), None))
                    (parts::choice_button(parts::ButtonLook::Secondary, "ocsp", "silent", language.t("OCSPと失効リストを止める", "Stop OCSP and lists"), None))
                    (parts::choice_button(parts::ButtonLook::Secondary, "ocsp", "none", language.t("OCSPを動かす", "Start OCSP"), None))
                }))
            }))
        }))
    })
}

#[derive(Deserialize)]
struct Set {
    time: String,
}

async fn set_clock(State(home): State<Arc<Home>>, visitor: Visitor, Form(set): Form<Set>) -> Response {
    if let Ok(time) = set.time.trim().parse() {
        home.site.clock().set(time);
        return Redirect::to("/clock").into_response();
    }
    let frame = frame(&visitor);
    let problem = frame.language.t(
        "日時を 2026-11-24T09:00:00+09:00 の形で入力してください。",
        "Enter a time such as 2026-11-24T09:00:00+09:00.",
    );
    (StatusCode::UNPROCESSABLE_ENTITY, clock_page(&frame, visitor.now(), Some(problem))).into_response()
}

#[derive(Deserialize)]
struct Fault {
    ocsp: String,
}

fn fault(word: &str) -> Option<OcspFault> {
    match word {
        "down" => Some(OcspFault::Down),
        "silent" => Some(OcspFault::Silent),
        "none" => Some(OcspFault::None),
        _ => None,
    }
}

async fn set_fault(State(home): State<Arc<Home>>, Form(wanted): Form<Fault>) -> Response {
    match fault(&wanted.ocsp) {
        Some(fault) => {
            home.rooms.authority.fault(fault);
            Redirect::to("/clock").into_response()
        }
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

#[derive(Serialize, Deserialize)]
struct Time {
    time: Timestamp,
}

async fn read_clock(State(home): State<Arc<Home>>) -> Json<Time> {
    Json(Time { time: home.site.clock().now() })
}

async fn move_clock(State(home): State<Arc<Home>>, Json(wanted): Json<Time>) -> Json<Time> {
    home.site.clock().set(wanted.time);
    Json(Time { time: home.site.clock().now() })
}

async fn read_outbox(State(home): State<Arc<Home>>) -> Result<Json<Vec<Shown>>, Response> {
    letters(&home).await.map(Json)
}

async fn control_ocsp(State(home): State<Arc<Home>>, Json(wanted): Json<Fault>) -> StatusCode {
    match fault(&wanted.ocsp) {
        Some(fault) => {
            home.rooms.authority.fault(fault);
            StatusCode::NO_CONTENT
        }
        None => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// Every page of the demo in every state.
pub fn samples(language: Language) -> Vec<(String, Markup)> {
    let frame = Frame {
        face: Face::Demo,
        name: None,
        language,
        csrf: "sample".to_owned(),
        here: "/".to_owned(),
        signed_in: None,
        menu: menu(language, "/"),
        footer: shell::Footer::default(),
    };
    let now = Timestamp::from_seconds(1_795_478_400);
    let addresses = Addresses::on(8400, 8401);
    let places = world::Addresses { reception: addresses.reception.clone() };
    let letters = [
        Shown {
            to: "aoi@example.jp".to_owned(),
            subject: "【uketsuke オンライン診療】確認コード 123456".to_owned(),
            body: "123456\n\nログインのための確認コードです。\n".to_owned(),
            queued: now,
        },
        Shown {
            to: "aoi@example.jp".to_owned(),
            subject: "【uketsuke オンライン診療】予約を受け付けました".to_owned(),
            body: "予約を受け付けました。\n\nhttp://consult.localhost:8400/appointments/01\n".to_owned(),
            queued: now,
        },
    ];
    let page = |name: &str, page: Markup| (name.to_owned(), page);
    let mut pages = vec![
        page("first", first_page(&frame, &addresses)),
        page("people", people_page(&frame, &world::personas(now.japan_date()))),
        page("institutions", institutions_page(&frame, &addresses, &world::institutions(&places))),
        page("outbox", outbox_page(&frame, &letters, "")),
        page("outbox-empty", outbox_page(&frame, &[], "nobody@example.jp")),
        page("clock", clock_page(&frame, now, None)),
        page("clock-wrong", clock_page(&frame, now, Some(language.t("日時を入力してください。", "Enter a time.")))),
    ];
    pages.extend(shell::refusal_samples(&frame, &[]));
    pages
}
