//! Opening the app by a link or its scanner; if it is not installed, the store page opens instead.
//!
//! Opening the page claims nothing, as programs that show a preview of a link open it too. Only the form does.

use std::{collections::HashMap, sync::Arc};

use app_auth::{AuthenticationTicket, Claim, OpenMethod};
use axum::{
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use base::Token;
use http::{HeaderMap, StatusCode};
use maud::{Markup, html};
use serde::Deserialize;
use text::Language;
use ui::{Document, Frame, components};
use web::{Form, Origin, Visitor};

use super::{find_phone, frame, redirect, request_context};
use crate::{
    Inner, KnownReception, Refusal,
    rules::phone::{App, Phone},
    steps,
};

/// The content of a link or of the form.
pub(super) struct TicketLink {
    pub(super) ticket: Token,
    pub(super) opened: OpenMethod,
}

impl TicketLink {
    /// The address in the app of this link.
    fn link(&self) -> String {
        let ticket = AuthenticationTicket(self.ticket.clone());
        match self.opened {
            OpenMethod::Link => ticket.open_link(""),
            OpenMethod::Scan => ticket.scan_link(""),
        }
    }
}

/// The choice of the ticket's reception, if the app knows several: the link must not name it.
pub(super) struct ReceptionChoice<'r> {
    pub(super) receptions: &'r [KnownReception],
    pub(super) problem: Option<NoReceptionChosen>,
}

/// None of several receptions was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoReceptionChosen;

pub(super) async fn show_by_link(
    portal: State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Query<HashMap<String, String>>,
) -> Result<Markup, Refusal> {
    show_open(portal, visitor, headers, query, OpenMethod::Link).await
}

pub(super) async fn show_by_scan(
    portal: State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    query: Query<HashMap<String, String>>,
) -> Result<Markup, Refusal> {
    show_open(portal, visitor, headers, query, OpenMethod::Scan).await
}

async fn show_open(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
    opened: OpenMethod,
) -> Result<Markup, Refusal> {
    let link = TicketLink { ticket: parse_ticket(query.get("ticket"))?, opened };
    let frame = frame(&visitor);
    Ok(match find_phone(&portal, &visitor, &headers).await?.app {
        App::Installed => page(&frame, &link, &ReceptionChoice { receptions: portal.receptions.all(), problem: None }),
        App::Missing => store_page(&frame, &StorePage::Missing(Some(link))),
    })
}

fn parse_ticket(text: Option<&String>) -> Result<Token, Refusal> {
    text.and_then(|text| text.parse().ok()).ok_or(Refusal::NoTicket)
}

/// A form with a ticket. From here on the ticket is in no address.
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

/// Claims the ticket at the reception.
pub(super) async fn submit_open(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TicketForm>,
) -> Result<Response, Refusal> {
    let link = form.ticket_link()?;
    let Some(reception) = chosen_reception(portal.receptions.all(), form.reception.as_deref()) else {
        let receptions = ReceptionChoice { receptions: portal.receptions.all(), problem: Some(NoReceptionChosen) };
        // Reload must open the link, as the form's address has no ticket.
        let frame = Frame { path_and_query: link.link(), ..frame(&visitor) };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&frame, &link, &receptions)).into_response());
    };
    let TicketLink { ticket, opened } = link;
    let device = find_phone(&portal, &visitor, &headers).await?.device;
    let claim = Claim { ticket, device, open_method: opened };
    let id = steps::run_to_completion(steps::claim_ticket(portal, claim, reception, request_context(&visitor))).await?;
    Ok(redirect(&format!("/visits/{id}")))
}

/// The only reception, or the one that the person chose; always one of the app's own list.
fn chosen_reception(receptions: &[KnownReception], chosen: Option<&str>) -> Option<Origin> {
    let reception = match receptions {
        [only] => Some(only),
        several => several.iter().find(|reception| Some(reception.origin.as_str()) == chosen),
    };
    reception.map(|reception| reception.origin.clone())
}

pub(super) fn page(frame: &Frame, link: &TicketLink, receptions: &ReceptionChoice<'_>) -> Markup {
    let language = frame.language;
    let title = language.t("マイナポータルアプリを開いています", "Opening マイナポータルアプリ");
    let message = receptions.problem.map(|NoReceptionChosen| language.t("1つ選んでください。", "Please choose one."));
    let document = Document::new(frame, title);
    let document = if message.is_some() { document.with_problems() } else { document };
    let problem = message.map(|message| components::Problem { field: "reception", message });
    // With several receptions the person chooses.
    let name = match receptions.receptions {
        [only] => only.name.in_language(language),
        _ => language.t("選んだ受付", "the reception that you choose"),
    };
    document.main(html! {
        (components::error_summary(language, problem.as_slice()))
        p { (match link.opened {
            OpenMethod::Link => language.t("この端末のブラウザから開かれました。", "Opened by the browser on this device."),
            OpenMethod::Scan => language.t("別の端末の二次元コードを読み取りました。", "You scanned the code on another device."),
        }) }
        (components::form(frame, "/open", html! {
            (hidden_ticket_fields(link))
            @if receptions.receptions.len() > 1 { (reception_choice(language, receptions.receptions, message)) }
            (components::bottom_bar(components::primary_button(language.t("続ける", "Continue"), Some(&match language {
                Language::Japanese => format!("{name}からの依頼の内容を、次の画面に表示します。暗証番号はまだ必要ありません。"),
                Language::English => format!("Next, see what {name} asks for. No PIN is needed yet."),
            }))))
        }))
        (components::quiet_link("/", language.t("やめて、アプリの最初の画面へ", "Cancel and go to the app's first page")))
    })
}

fn reception_choice(language: Language, receptions: &[KnownReception], error: Option<&str>) -> Markup {
    let options: Vec<_> = receptions
        .iter()
        .map(|reception| {
            components::Choice::new(reception.origin.as_str(), reception.name.in_language(language))
                .support(reception.origin.as_str())
        })
        .collect();
    let question = language.t("どの受付の画面から開きましたか", "From which reception's page did you come?");
    html! { (components::ChoiceGroup::radio(language, "reception", question, &options).without_mark().error(error)) }
}

fn hidden_ticket_fields(link: &TicketLink) -> Markup {
    html! {
        (components::hidden_field("ticket", &link.ticket.reveal()))
        (components::hidden_field("opened", link.opened.as_str()))
    }
}

/// The state of the store page.
pub(super) enum StorePage {
    /// The app is not installed; with the ticket that waits for it, if any.
    Missing(Option<TicketLink>),
    Installed,
}

pub(super) async fn show_store(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Markup, Refusal> {
    let state = match find_phone(&portal, &visitor, &headers).await?.app {
        App::Installed => StorePage::Installed,
        App::Missing => StorePage::Missing(None),
    };
    Ok(store_page(&frame(&visitor), &state))
}

/// Installs the app on the phone, and opens it with the waiting ticket, if any.
pub(super) async fn install(
    State(portal): State<Arc<Inner>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(form): Form<TicketForm>,
) -> Result<Response, Refusal> {
    let phone = Phone { app: App::Installed, ..find_phone(&portal, &visitor, &headers).await? };
    portal.store.store_phone(visitor.browser().digest(), phone, visitor.now()).await?;
    // The same link as before, as if the app had been installed.
    let next = form.ticket_link().map_or_else(|_| "/".to_owned(), |link| link.link());
    Ok(redirect(&next))
}

pub(super) fn store_page(frame: &Frame, state: &StorePage) -> Markup {
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
                @match state {
                    StorePage::Missing(link) => {
                        p { (language.t("このスマートフォンには、まだインストールされていません。", "It is not installed on this phone yet.")) }
                        (components::form(frame, "/store", html! {
                            @if let Some(link) = link { (hidden_ticket_fields(link)) }
                            (components::primary_button(language.t("インストール", "Install"), Some(match link {
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
