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
    pages::texts,
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
    let title = texts::OPENING_PORTAL_APP.in_language(language);
    let message = receptions.problem.map(|NoReceptionChosen| texts::PLEASE_CHOOSE_ONE.in_language(language));
    let document = Document::new(frame, title);
    let document = if message.is_some() { document.with_problems() } else { document };
    let problem = message.map(|message| components::Problem { field: "reception", message });
    // With several receptions the person chooses.
    let name = match receptions.receptions {
        [only] => only.name.in_language(language),
        _ => texts::THE_RECEPTION_THAT_YOU_CHOOSE.in_language(language),
    };
    document.main(html! {
        (components::error_summary(language, problem.as_slice()))
        p { (match link.opened {
            OpenMethod::Link => texts::OPENED_BY_BROWSER_ON_THIS_DEVICE.in_language(language),
            OpenMethod::Scan => texts::YOU_SCANNED_CODE_ON_ANOTHER_DEVICE.in_language(language),
        }) }
        (components::form(frame, "/open", html! {
            (hidden_ticket_fields(link))
            @if receptions.receptions.len() > 1 { (reception_choice(language, receptions.receptions, message)) }
            (components::bottom_bar(components::primary_button(texts::CONTINUE.in_language(language), Some(&texts::next_see_what_is_asked(language, name)))))
        }))
        (components::quiet_link("/", texts::CANCEL_AND_GO_TO_FIRST_PAGE.in_language(language)))
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
    let question = texts::FROM_WHICH_RECEPTION_DID_YOU_COME.in_language(language);
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
    Document::new(frame, texts::APP_STORE.in_language(language))
        .description(texts::INSTALL_SIMULATED_PORTAL_APP.in_language(language))
        .lead(texts::A_SIMULATED_STORE.in_language(language))
        .main(html! {
            (components::panel("マイナポータルアプリ", html! {
                p { (texts::APP_THAT_SCANS_YOUR_CARD.in_language(language)) }
                @match state {
                    StorePage::Missing(link) => {
                        p { (texts::APP_IS_NOT_INSTALLED_YET.in_language(language)) }
                        (components::form(frame, "/store", html! {
                            @if let Some(link) = link { (hidden_ticket_fields(link)) }
                            (components::primary_button(texts::INSTALL.in_language(language), Some(match link {
                                Some(_) => texts::AFTER_INSTALLING_PROCEDURE_CONTINUES.in_language(language),
                                None => texts::AFTER_INSTALLING_FIRST_PAGE_OPENS.in_language(language),
                            })))
                        }))
                    }
                    StorePage::Installed => {
                        p { (texts::APP_IS_INSTALLED.in_language(language)) }
                        (components::primary_link("/", texts::OPEN_THE_APP.in_language(language), None))
                    }
                }
            }))
        })
}
