//! 訪問診療等: a consent that holds until it is withdrawn. The desk checks again (再照会), or withdraws the consent
//! (閲覧同意取り消し).

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use text::Language;
use ui::{
    Frame,
    components::{self, ButtonStyle, Tone},
};
use web::{ButtonForm, Form, Visitor};

use super::content::{ReceptionPage, list_path};
use crate::{
    Refusal, Role, TerminalState,
    eligibility::rules::{Care, Finding, InsuranceDocument},
    pages::{HandlerError, SystemResponse, redirect, render_failure},
    receptions::{pages::list::content::ListPurpose, rules::ListedReception, sealed::open_reception_link, texts},
    sign_in::session::{require_role, session_frame},
};

/// The page before a withdrawal of consent.
pub(crate) struct WithdrawalPage {
    pub(crate) reception: ListedReception,
    pub(crate) sealed: String,
    /// Why the attempt before failed.
    pub(crate) refusal: Option<Refusal>,
}

/// The document to withdraw a consent by; `None` for オンライン診療等, or if the list had no document.
fn withdrawal_document(listed: &ListedReception) -> Option<&InsuranceDocument> {
    listed.documents.first().filter(|_| listed.care() == Care::HomeVisit)
}

pub(crate) async fn show_withdrawal_form(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    withdrawal_document(&listed).ok_or(Refusal::NotFound)?;
    let view = WithdrawalPage { reception: listed, sealed, refusal: None };
    Ok(render_withdrawal_page(&session_frame(&visitor, &session), &view).into_response())
}

pub(crate) async fn withdraw_consent(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Path(sealed): Path<String>,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, HandlerError> {
    let session = require_role(&terminal, &visitor, Role::Staff).await?;
    let listed = open_reception_link(&visitor, &session, &sealed)?;
    let document = withdrawal_document(&listed).ok_or(Refusal::NotFound)?;
    match SystemResponse::from_result(session.station.client.withdraw_consent(document, visitor.now()).await) {
        // The sheet then shows the state at the system.
        SystemResponse::Received(()) => Ok(redirect(&format!("/receptions/{sealed}"))),
        SystemResponse::Failed(refusal) => {
            let status = web::Refuse::status(&refusal);
            let view = WithdrawalPage { reception: listed, sealed, refusal: Some(refusal) };
            Ok((status, render_withdrawal_page(&session_frame(&visitor, &session), &view)).into_response())
        }
    }
}

/// The actions on a consent that holds.
pub(crate) fn render_consent_panel(language: Language, view: &ReceptionPage, finding: Finding) -> Markup {
    // If the result is hidden, there is no consent left to withdraw.
    let holds = !matches!(finding, Finding::Hidden(_));
    html! {
        @if holds && withdrawal_document(&view.reception).is_some() {
            (components::panel(texts::CONSENT_FOR_HOME_VISITS.in_language(language), html! {
                p { (texts::CONSENT_HOLDS_UNTIL_IT_IS_WITHDRAWN.in_language(language)) }
                (components::buttons(html! {
                    (components::secondary_link(&format!("/receptions/{}", view.sealed), texts::ASK_AGAIN_BEFORE_HOME_VISIT.in_language(language), None))
                    (components::quiet_link(&format!("/receptions/{}/withdraw", view.sealed), texts::TO_WITHDRAWAL_OF_CONSENT.in_language(language)))
                }))
            }))
        }
    }
}

pub(crate) fn render_withdrawal_page(frame: &Frame, view: &WithdrawalPage) -> Markup {
    let language = frame.language;
    let title = texts::WITHDRAWAL_OF_CONSENT.in_language(language);
    let (list, sheet) = (list_path(&view.reception), format!("/receptions/{}", view.sealed));
    let number = view.reception.number.map(base::ReceptionNumber::to_grouped_string);
    let reception = match number {
        Some(number) => texts::reception(language, number),
        None => texts::RECEPTION_WITHOUT_NUMBER.in_language(language).to_owned(),
    };
    let purpose = ListPurpose::Eligibility;
    let breadcrumbs = [(list.as_str(), purpose.title(language)), (sheet.as_str(), reception.as_str())];
    let above = components::breadcrumbs(language, &breadcrumbs, title);
    let consequences: Vec<Markup> = [
        texts::INSTITUTION_NO_LONGER_SEES_INFORMATION.in_language(language),
        texts::WITHDRAWAL_CANNOT_BE_UNDONE.in_language(language),
        texts::OTHER_CONSENTS_STAY.in_language(language),
    ]
    .into_iter()
    .map(|line| html! { (line) })
    .collect();
    ui::Document::new(frame, title).above_heading(above).main(html! {
        @if let Some(refusal) = &view.refusal { (render_failure(frame, refusal)) }
        (components::notice(Tone::Warning, texts::WHAT_WITHDRAWAL_MEANS.in_language(language), html! {
            p { (reception) }
            ul { @for line in &consequences { li { (line) } } }
        }))
        (components::post_button(frame, &format!("{sheet}/withdraw"), ButtonStyle::Danger, texts::WITHDRAW_CONSENT_BUTTON.in_language(language)))
        (components::back_link(&sheet, texts::BACK_WITHOUT_WITHDRAWING.in_language(language)))
    })
}
