//! The app is opened by a link or its scanner; where it is missing, its store page is.
//!
//! Opening the page claims nothing: programs that show a preview of a link open it too. The person's own press does.

use std::{collections::HashMap, sync::Arc};

use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::Token;
use errand::{AuthenticationTicket, Claim, OpenMethod};
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;
use shell::{Document, Form, Frame, Language, Origin, Visitor, components};

use super::{find_phone, frame, redirect, request_context};
use crate::{
    Inner, KnownReception, Refusal,
    rules::phone::{App, Phone},
    steps,
};

/// What a link or a form carries.
pub(super) struct TicketLink {
    pub(super) ticket: Token,
    pub(super) opened: OpenMethod,
}

impl TicketLink {
    /// The address within the app that it was opened by.
    fn link(&self) -> String {
        let ticket = AuthenticationTicket(self.ticket.clone());
        match self.opened {
            OpenMethod::Link => ticket.open_link(""),
            OpenMethod::Scan => ticket.scan_link(""),
        }
    }
}

/// Which reception a ticket is from, where the app knows several: the link does not say, and nobody else may.
pub(super) struct ReceptionChoice<'r> {
    pub(super) receptions: &'r [KnownReception],
    pub(super) problem: Option<NoReceptionChosen>,
}

/// None of several receptions was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoReceptionChosen;

pub(super) async fn show_by_link(
    room: State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Query<HashMap<String, String>>,
) -> Result<Markup, Refusal> {
    show_open(room, visitor, headers, query, OpenMethod::Link).await
}

pub(super) async fn show_by_scan(
    room: State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Query<HashMap<String, String>>,
) -> Result<Markup, Refusal> {
    show_open(room, visitor, headers, query, OpenMethod::Scan).await
}

async fn show_open(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
    opened: OpenMethod,
) -> Result<Markup, Refusal> {
    let carried = TicketLink { ticket: parse_ticket(query.get("ticket"))?, opened };
    let frame = frame(&visitor);
    Ok(match find_phone(&room, &visitor, &headers).await?.app {
        App::Installed => page(&frame, &carried, &ReceptionChoice { receptions: room.receptions.all(), problem: None }),
        App::Missing => store_page(&frame, &StorePage::Missing(Some(carried))),
    })
}

fn parse_ticket(text: Option<&String>) -> Result<Token, Refusal> {
    text.and_then(|text| text.parse().ok()).ok_or(Refusal::NoTicket)
}

/// The fields of a form that carries a ticket on. The ticket stays out of addresses from here on.
#[derive(Deserialize)]
pub(super) struct TicketForm {
    ticket: Option<String>,
    opened: Option<OpenMethod>,
    reception: Option<String>,
}

impl TicketForm {
    fn ticket_link(&self) -> Result<TicketLink, Refusal> {
        Ok(TicketLink { ticket: parse_ticket(self.ticket.as_ref())?, opened: self.opened.unwrap_or(OpenMethod::Link) })
    }
}

/// The person goes on: the ticket is taken to the reception.
pub(super) async fn submit_open(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TicketForm>,
) -> Result<Response, Refusal> {
    let carried = form.ticket_link()?;
    let Some(reception) = chosen_reception(room.receptions.all(), form.reception.as_deref()) else {
        let receptions = ReceptionChoice { receptions: room.receptions.all(), problem: Some(NoReceptionChosen) };
        // The address that takes the form knows no ticket; the link does.
        let frame = Frame { path_and_query: carried.link(), ..frame(&visitor) };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &carried, &receptions)).into_response());
    };
    let TicketLink { ticket, opened } = carried;
    let device = find_phone(&room, &visitor, &headers).await?.device;
    let claim = Claim { ticket, device, open_method: opened };
    let id = steps::run_to_completion(steps::claim_ticket(room, claim, reception, request_context(&visitor))).await?;
    Ok(redirect(&format!("/visits/{id}")))
}

/// The reception that is asked: the only one, or the one that the person chose. Only ever one of the app's own list.
fn chosen_reception(known: &[KnownReception], chosen: Option<&str>) -> Option<Origin> {
    let meant = match known {
        [only] => Some(only),
        several => several.iter().find(|reception| Some(reception.origin.as_str()) == chosen),
    };
    meant.map(|reception| reception.origin.clone())
}

pub(super) fn page(frame: &Frame, carried: &TicketLink, receptions: &ReceptionChoice<'_>) -> Markup {
    let language = frame.language;
    let title = language.t("マイナポータルアプリを開いています", "Opening マイナポータルアプリ");
    let choose = receptions.problem.map(|NoReceptionChosen| language.t("1つ選んでください。", "Please choose one."));
    let document = Document::new(frame, title);
    let document = if choose.is_some() { document.with_problems() } else { document };
    let problem = choose.map(|message| components::Problem { field: "reception", message });
    // A list has a first; where there are several, the person says which.
    let name = match receptions.receptions {
        [only] => only.name.in_language(language),
        _ => language.t("選んだ受付", "the reception that you choose"),
    };
    document.main(html! {
        (components::error_summary(language, problem.as_slice()))
        p { (match carried.opened {
            OpenMethod::Link => language.t("この端末のブラウザから開かれました。", "Opened by the browser on this device."),
            OpenMethod::Scan => language.t("別の端末の二次元コードを読み取りました。", "You scanned the code on another device."),
        }) }
        (components::form(frame, "/open", html! {
            (hidden_ticket_fields(carried))
            @if receptions.receptions.len() > 1 { (reception_choice(language, receptions.receptions, choose)) }
            (components::bottom_bar(components::primary_button(language.t("続ける", "Continue"), Some(&match language {
                Language::Japanese => format!("{name}からの依頼の内容を、次の画面に表示します。暗証番号はまだ必要ありません。"),
                Language::English => format!("Next, see what {name} asks for. No PIN is needed yet."),
            }))))
        }))
        (components::quiet_link("/", language.t("やめて、アプリの最初の画面へ", "Cancel and go to the app's first page")))
    })
}

fn reception_choice(language: Language, known: &[KnownReception], error: Option<&str>) -> Markup {
    let options: Vec<_> = known
        .iter()
        .map(|reception| {
            components::Choice::new(reception.origin.as_str(), reception.name.in_language(language))
                .support(reception.origin.as_str())
        })
        .collect();
    let question = language.t("どの受付の画面から開きましたか", "From which reception's page did you come?");
    html! { (components::ChoiceGroup::radio(language, "reception", question, &options).without_mark().error(error)) }
}

fn hidden_ticket_fields(carried: &TicketLink) -> Markup {
    html! {
        (components::hidden_field("ticket", &carried.ticket.reveal()))
        (components::hidden_field("opened", match carried.opened { OpenMethod::Link => "link", OpenMethod::Scan => "scan" }))
    }
}

/// What the store's page is shown for.
pub(super) enum StorePage {
    /// The app is missing; where a ticket waits for it, it is carried on.
    Missing(Option<TicketLink>),
    /// The app is there.
    Installed,
}

pub(super) async fn show_store(
    State(room): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Markup, Refusal> {
    let shelf = match find_phone(&room, &visitor, &headers).await?.app {
        App::Installed => StorePage::Installed,
        App::Missing => StorePage::Missing(None),
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
    let phone = Phone { app: App::Installed, ..find_phone(&room, &visitor, &headers).await? };
    room.store.store_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    // The same way in as before, so that it opens as if the app had been there.
    let next = form.ticket_link().map_or_else(|_| "/".to_owned(), |carried| carried.link());
    Ok(redirect(&next))
}

pub(super) fn store_page(frame: &Frame, shelf: &StorePage) -> Markup {
    let language = frame.language;
    Document::new(frame, language.t("アプリストア", "App store"))
        .description(language.t(
            "模擬のスマートフォンに、模擬のマイナポータルアプリを入れる画面です。",
            "Install the simulated マイナポータルアプリ on the simulated phone.",
        ))
        .lead(language.t("模擬のアプリストアです", "A simulated store"))
        .main(html! {
            (components::panel("マイナポータルアプリ", html! {
                p { (language.t(
                    "マイナンバーカードを読み取り、本人であることを確認するアプリです（模擬）。",
                    "The app that scans your マイナンバーカード and confirms that it is you (simulated)."
                )) }
                @match shelf {
                    StorePage::Missing(carried) => {
                        p { (language.t("このスマートフォンには、まだインストールされていません。", "It is not installed on this phone yet.")) }
                        (components::form(frame, "/store", html! {
                            @if let Some(carried) = carried { (hidden_ticket_fields(carried)) }
                            (components::primary_button(language.t("インストール", "Install"), Some(match carried {
                                Some(_) => language.t("インストールが終わると、手続きの続きが開きます。", "Then your procedure continues."),
                                None => language.t("インストールが終わると、アプリの最初の画面が開きます。", "Then the app's first page opens."),
                            })))
                        }))
                    }
                    StorePage::Installed => {
                        p { (language.t("インストール済みです。", "It is installed.")) }
                        (components::primary_link("/", language.t("アプリを開く", "Open the app"), None))
                    }
                }
            }))
        })
}
