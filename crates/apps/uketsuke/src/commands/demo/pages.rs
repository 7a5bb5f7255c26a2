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
use crate::commands::demo::texts;

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
        ("/", texts::START.in_language(language)),
        ("/people", texts::PEOPLE_AND_CARDS.in_language(language)),
        ("/institutions", texts::INSTITUTIONS.in_language(language)),
        ("/outbox", texts::MAIL.in_language(language)),
        ("/clock", texts::CLOCK_AND_FAULTS.in_language(language)),
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
            texts::ONLINE_CARE.in_language(language),
            texts::AS_PATIENT_FIND_INSTITUTION_AND_BOOK.in_language(language),
        ),
        (
            &addresses.consult,
            "/desk",
            texts::THE_INSTITUTIONS_DESK.in_language(language),
            texts::TODAYS_VISITS_AND_PROOFS.in_language(language),
        ),
        (
            &addresses.reception,
            "/",
            texts::RECEPTION_WEB_SIMULATED.in_language(language),
            texts::REGISTER_SEE_AND_WITHDRAW_CONSENTS.in_language(language),
        ),
        (
            &addresses.portal,
            "/",
            texts::PORTAL_APP_SIMULATED.in_language(language),
            texts::CHOOSE_CARD_AND_KIND_OF_PHONE.in_language(language),
        ),
        (
            &addresses.terminal,
            "/",
            texts::TERMINAL_SIMULATED.in_language(language),
            texts::ONLY_INSTITUTION_SEES_ELIGIBILITY.in_language(language),
        ),
    ];
    let cards: Vec<Markup> = sites
        .into_iter()
        .map(|(origin, path, title, text)| {
            components::link_card(&origin.url(path), title, html! { p { (text) } p .fine { (origin) } })
        })
        .collect();
    Document::new(frame, texts::THE_UKETSUKE_DEMO.in_language(language))
        .description(texts::DEMO_OF_ONLINE_CARE.in_language(language))
        .lead(texts::FROM_BOOKING_TO_ELIGIBILITY.in_language(language))
        .main(html! {
            (components::section(texts::SITES.in_language(language), components::card_list(&cards)))
            (components::section(texts::HOW_TO_TRY_IT.in_language(language), components::numbered_list(&[
                html! { (texts::SEE_WHO_YOU_WANT_TO_BE.in_language(language)) },
                html! { (texts::FIND_INSTITUTION_AND_BOOK.in_language(language)) },
                html! { (texts::GO_ON_AND_READ_CARD.in_language(language)) },
                html! { (texts::AT_TERMINAL_SEE_RECEPTIONS.in_language(language)) },
            ])))
            (components::notice(components::Tone::Info, texts::EVERYTHING_HERE_IS_SIMULATED.in_language(language), html! {
                p { (texts::PEOPLE_AND_CARDS_ARE_MADE_UP.in_language(language)) }
            }))
        })
}

async fn show_people(State(home): State<Arc<DemoState>>, visitor: Visitor) -> Markup {
    render_people_page(&frame(&visitor), &world::personas(home.first_day))
}

fn render_people_page(frame: &Frame, personas: &[world::Persona]) -> Markup {
    let language = frame.language;
    let columns = [
        components::Column::single_line(texts::NAME.in_language(language)),
        components::Column::single_line(texts::BORN.in_language(language)),
        components::Column::number(texts::PIN.in_language(language)),
        components::Column::single_line(texts::SIGNATURE_PASSWORD.in_language(language)),
        components::Column::text(texts::WHAT_IS_SPECIAL.in_language(language)),
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
    let document = Document::new(frame, texts::PEOPLE_AND_CARDS.in_language(language))
        .description(texts::WHAT_PEOPLE_PAGE_SHOWS.in_language(language));
    document.wide().main(html! {
        p { (texts::EACH_CARD_CAN_BE_CHOSEN.in_language(language)) }
        (components::Table::new(texts::MADE_UP_PEOPLE.in_language(language), &columns).rows(rows))
    })
}

async fn show_institutions(State(home): State<Arc<DemoState>>, visitor: Visitor) -> Markup {
    render_institutions_page(&frame(&visitor), &home.addresses, &world::institutions(&home.addresses.reception))
}

fn render_institutions_page(
    frame: &Frame,
    addresses: &DemoAddresses,
    institutions: &[world::DemoInstitution],
) -> Markup {
    let language = frame.language;
    let columns = [
        components::Column::text(texts::INSTITUTION.in_language(language)),
        components::Column::single_line(texts::CODE.in_language(language)),
        components::Column::text(texts::DESK_ACCOUNT.in_language(language)),
        components::Column::text(texts::FIXED_URL.in_language(language)),
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
                        a href=(address) { (texts::FIXED_URL_LINK.in_language(language)) }
                    } @else { "—" }
                },
            ]
        })
        .collect();
    let document = Document::new(frame, texts::INSTITUTIONS.in_language(language))
        .description(texts::WHAT_INSTITUTIONS_PAGE_SHOWS.in_language(language));
    document.wide().main(html! {
        (components::description_list(&[
            (texts::PASSWORD_OF_EVERY_DESK.in_language(language), html! { code { (world::DESK_PASSWORD) } }),
            (texts::PASSWORD_OF_EVERY_TERMINAL.in_language(language), html! { code { (world::TERMINAL_PASSWORD) } }),
        ]))
        (components::Table::new(texts::MADE_UP_INSTITUTIONS.in_language(language), &columns).rows(rows))
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
    let document = Document::new(frame, texts::MAIL.in_language(language))
        .description(texts::WHAT_MAIL_PAGE_SHOWS.in_language(language));
    document.main(html! {
        p { (texts::DEMO_SENDS_NO_MAIL.in_language(language)) }
        (components::search_form("/outbox", html! {
            (components::Field::new(language, components::Input::Search, "to", texts::FILTER_BY_ADDRESS.in_language(language))
                .value(recipient).without_mark())
            (components::secondary_button(texts::FILTER.in_language(language), None))
        }))
        @if letters.is_empty() {
            (components::empty_state(texts::NO_MAIL_YET.in_language(language), html! {
                p { (texts::WHEN_MAIL_ARRIVES.in_language(language)) }
            }))
        }
        @for letter in letters.iter().take(MAX_LETTERS_SHOWN) { (render_letter(language, letter)) }
        @if letters.len() > MAX_LETTERS_SHOWN {
            p { (texts::newest_letters_are_shown(language, MAX_LETTERS_SHOWN, letters.len())) }
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
    let document = Document::new(frame, texts::CLOCK_AND_FAULTS.in_language(language))
        .description(texts::WHAT_CLOCK_PAGE_DOES.in_language(language));
    document.main(html! {
        (components::description_list(&[(texts::THE_DEMOS_CLOCK_JAPAN_TIME.in_language(language), html! { (now) })]))
        (components::form(frame, "/clock", html! {
            (components::Field::new(language, components::Input::Text, "time", texts::SET_THE_TIME.in_language(language))
                .support(texts::EXAMPLE_OF_TIME.in_language(language))
                .value(&now.to_string())
                .error(problem))
            (components::primary_button(texts::SET_THE_CLOCK.in_language(language), Some(texts::EVERY_ROOMS_CLOCK_CHANGES.in_language(language))))
        }))
        (components::section(texts::CAUSE_A_FAULT.in_language(language), html! {
            p { (texts::STOPS_OR_STARTS_REVOCATION_STATUS.in_language(language)) }
            (components::form(frame, "/faults", html! {
                (components::buttons(html! {
                    (components::choice_button(components::ButtonStyle::Secondary, "ocsp", "down", texts::STOP_OCSP.in_language(language), None))
                    (components::choice_button(components::ButtonStyle::Secondary, "ocsp", "silent", texts::STOP_OCSP_AND_LISTS.in_language(language), None))
                    (components::choice_button(components::ButtonStyle::Secondary, "ocsp", "none", texts::START_OCSP.in_language(language), None))
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
    let problem = texts::ENTER_TIME_WITH_OFFSET.in_language(frame.language);
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
        page("institutions", render_institutions_page(&frame, &addresses, &world::institutions(&addresses.reception))),
        page("outbox", render_outbox_page(&frame, &letters, "")),
        page("outbox-empty", render_outbox_page(&frame, &[], "nobody@example.jp")),
        page("clock", render_clock_page(&frame, now, None)),
        page("clock-wrong", render_clock_page(&frame, now, Some(texts::ENTER_A_TIME.in_language(language)))),
    ];
    pages.extend(web::refusal_samples(&frame, &[]));
    pages
}
