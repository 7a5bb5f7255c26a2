//! The app is opened by a link or its scanner; where it is missing, its store page is.
//!
//! Opening the page claims nothing: programs that show a preview of a link open it too. The person's own press does.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::Token;
use errand::{Claim, Opened, Ticket};
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{Document, Form, Frame, Language, Origin, Visitor, parts};

use super::{asking, frame, phone, see};
use crate::{
    Inner, KnownReception, Refusal,
    rules::phone::{App, Phone},
    steps,
};

/// What a link or a form carries.
pub(super) struct Carried {
    pub(super) ticket: Token,
    pub(super) opened: Opened,
}

impl Carried {
    /// The address within the app that it was opened by.
    fn link(&self) -> String {
        let ticket = Ticket(self.ticket.clone());
        match self.opened {
            Opened::Link => ticket.open_link(""),
            Opened::Scan => ticket.scan_link(""),
        }
    }
}

/// Which reception a ticket is from, where the app knows several: the link does not say, and nobody else may.
pub(super) struct Receptions<'r> {
    pub(super) known: &'r [KnownReception],
    pub(super) problem: Option<NotChosen>,
}

/// None of several receptions was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotChosen;

pub(super) async fn by_link(
    room: State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Query<HashMap<String, String>>,
) -> Result<Markup, Refusal> {
    opened(room, visitor, headers, query, Opened::Link).await
}

pub(super) async fn by_scan(
    room: State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Query<HashMap<String, String>>,
) -> Result<Markup, Refusal> {
    opened(room, visitor, headers, query, Opened::Scan).await
}

async fn opened(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
    opened: Opened,
) -> Result<Markup, Refusal> {
    let carried = Carried { ticket: ticket(query.get("ticket"))?, opened };
    let frame = frame(&visitor);
    Ok(match phone(&room, &visitor, &headers).await?.app {
        App::Installed => page(&frame, &carried, &Receptions { known: room.receptions.all(), problem: None }),
        App::Missing => store_page(&frame, &Shelf::Missing(Some(carried))),
    })
}

fn ticket(text: Option<&String>) -> Result<Token, Refusal> {
    text.and_then(|text| text.parse().ok()).ok_or(Refusal::NoTicket)
}

/// The fields of a form that carries a ticket on. The ticket stays out of addresses from here on.
#[derive(Deserialize)]
pub(super) struct TicketForm {
    ticket: Option<String>,
    opened: Option<Opened>,
    reception: Option<String>,
}

impl TicketForm {
    fn carried(&self) -> Result<Carried, Refusal> {
        Ok(Carried { ticket: ticket(self.ticket.as_ref())?, opened: self.opened.unwrap_or(Opened::Link) })
    }
}

/// The person goes on: the ticket is taken to the reception.
pub(super) async fn take(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TicketForm>,
) -> Result<Response, Refusal> {
    let carried = form.carried()?;
    let Some(reception) = meant(room.receptions.all(), form.reception.as_deref()) else {
        let receptions = Receptions { known: room.receptions.all(), problem: Some(NotChosen) };
        // The address that takes the form knows no ticket; the link does.
        let frame = Frame { here: carried.link(), ..frame(&visitor) };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &carried, &receptions)).into_response());
    };
    let Carried { ticket, opened } = carried;
    let device = phone(&room, &visitor, &headers).await?.device;
    let claim = Claim { ticket, device, opened };
    let id = steps::to_the_end(steps::open(room, claim, reception, asking(&visitor))).await?;
    Ok(see(&format!("/visits/{id}")))
}

/// The reception that is asked: the only one, or the one that the person chose. Only ever one of the app's own list.
fn meant(known: &[KnownReception], chosen: Option<&str>) -> Option<Origin> {
    let meant = match known {
        [only] => Some(only),
        several => several.iter().find(|reception| Some(reception.origin.as_str()) == chosen),
    };
    meant.map(|reception| reception.origin.clone())
}

pub(super) fn page(frame: &Frame, carried: &Carried, receptions: &Receptions<'_>) -> Markup {
    let language = frame.language;
    let title = language.t("マイナポータルアプリを開いています", "Opening マイナポータルアプリ");
    let choose = receptions.problem.map(|NotChosen| language.t("1つ選んでください。", "Please choose one."));
    let document = Document::new(frame, title);
    let document = if choose.is_some() { document.with_problems() } else { document };
    let problem = choose.map(|message| parts::Problem { field: "reception", message });
    // A list has a first; where there are several, the person says which.
    let name = match receptions.known {
        [only] => only.name.in_language(language),
        _ => language.t("選んだ受付", "the reception that you choose"),
    };
    document.main(html! {
        (parts::error_summary(language, problem.as_slice()))
        p { (match carried.opened {
            Opened::Link => language.t("この端末のブラウザから開かれました。", "Opened by the browser on this device."),
            Opened::Scan => language.t("別の端末の二次元コードを読み取りました。", "You scanned the code on another device."),
        }) }
        (parts::form(frame, "/open", html! {
            (carried_on(carried))
            @if receptions.known.len() > 1 { (which(language, receptions.known, choose)) }
            (parts::bottom_bar(parts::primary_button(language.t("続ける", "Continue"), Some(&match language {
                Language::Japanese => format!("{name}からの依頼の内容を、次の画面に表示します。暗証番号はまだ必要ありません。"),
                Language::English => format!("Next, see what {name} asks for. No PIN is needed yet."),
            }))))
        }))
        (parts::quiet_link("/", language.t("やめて、アプリの最初の画面へ", "Cancel and go to the app's first page")))
    })
}

fn which(language: Language, known: &[KnownReception], error: Option<&str>) -> Markup {
    let options: Vec<_> = known
        .iter()
        .map(|reception| {
            parts::Choice::new(reception.origin.as_str(), reception.name.in_language(language))
                .support(reception.origin.as_str())
        })
        .collect();
    let question = language.t("どの受付の画面から開きましたか", "From which reception's page did you come?");
    html! { (parts::ChoiceGroup::radio(language, "reception", question, &options).unmarked().error(error)) }
}

fn carried_on(carried: &Carried) -> Markup {
    html! {
        (parts::hidden("ticket", &carried.ticket.reveal()))
        (parts::hidden("opened", match carried.opened { Opened::Link => "link", Opened::Scan => "scan" }))
    }
}

/// What the store's page is shown for.
pub(super) enum Shelf {
    /// The app is missing; where a ticket waits for it, it is carried on.
    Missing(Option<Carried>),
    /// The app is there.
    Installed,
}

pub(super) async fn store(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Markup, Refusal> {
    let shelf = match phone(&room, &visitor, &headers).await?.app {
        App::Installed => Shelf::Installed,
        App::Missing => Shelf::Missing(None),
    };
    Ok(store_page(&frame(&visitor), &shelf))
}

/// Puts the app on the phone, and opens it with the ticket that waited.
pub(super) async fn install(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TicketForm>,
) -> Result<Response, Refusal> {
    let phone = Phone { app: App::Installed, ..phone(&room, &visitor, &headers).await? };
    room.store.keep_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    // The same way in as before, so that it opens as if the app had been there.
    let next = form.carried().map_or_else(|_| "/".to_owned(), |carried| carried.link());
    Ok(see(&next))
}

pub(super) fn store_page(frame: &Frame, shelf: &Shelf) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("アプリストア", "App store"))
        .description(language.t(
            "模擬のスマートフォンに、模擬のマイナポータルアプリを入れる画面です。",
            "Install the simulated マイナポータルアプリ on the simulated phone.",
        ))
        .lead(language.t("模擬のアプリストアです", "A simulated store"))
        .main(html! {
            (parts::panel("マイナポータルアプリ", html! {
                p { (language.t(
                    "マイナンバーカードを読み取り、本人であることを確認するアプリです（模擬）。",
                    "The app that scans your マイナンバーカード and confirms that it is you (simulated)."
                )) }
                @match shelf {
                    Shelf::Missing(carried) => {
                        p { (language.t("このスマートフォンには、まだインストールされていません。", "It is not installed on this phone yet.")) }
                        (parts::form(frame, "/store", html! {
                            @if let Some(carried) = carried { (carried_on(carried)) }
                            (parts::primary_button(language.t("インストール", "Install"), Some(match carried {
                                Some(_) => language.t("インストールが終わると、手続きの続きが開きます。", "Then your procedure continues."),
                                None => language.t("インストールが終わると、アプリの最初の画面が開きます。", "Then the app's first page opens."),
                            })))
                        }))
                    }
                    Shelf::Installed => {
                        p { (language.t("インストール済みです。", "It is installed.")) }
                        (parts::primary_link("/", language.t("アプリを開く", "Open the app"), None))
                    }
                }
            }))
        })
}
