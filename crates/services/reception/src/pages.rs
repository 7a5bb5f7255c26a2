//! The patients' pages.

mod authenticate;
mod choose;
mod completion;
mod confirm;
mod entry;
mod home;
mod review;
#[cfg(any(test, feature = "samples"))]
mod samples;
pub(crate) mod texts;

use std::sync::Arc;

use axum::{
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use base::{Date, Id};
use maud::{Markup, html};
use text::{Language, dates};
use ui::{Frame, components};
use web::{Access, FormTargets, Origin, Routes, Visitor};

#[cfg(any(test, feature = "samples"))]
pub use samples::samples;

use crate::{
    Inner, ProcedureKind, Refusal,
    rules::procedure::{ConsentRequest, EntryRoute, ProcedureStage},
    store::{ConsentProcedure, RequestContext},
};

/// The authorization endpoint (RFC 6749 §3.1).
pub(crate) const AUTHORIZE: &str = "/oauth/authorize";

pub(crate) fn routes() -> Routes<Arc<Inner>> {
    use Access::{Anyone, Session};
    Routes::new()
        .page("/", Anyone, get(home::show))
        .page(AUTHORIZE, Session, get(entry::authorize))
        .page("/i/{entrance}", Anyone, get(entry::show_fixed_url))
        .action("/i/{entrance}", Anyone, post(entry::submit_fixed_url))
        .page("/procedures/{id}", Session, get(show_current_step))
        .page("/procedures/{id}/choose", Session, get(choose::show))
        .action("/procedures/{id}/choose", Session, post(choose::submit))
        .page("/procedures/{id}/confirm", Session, get(confirm::show))
        .action("/procedures/{id}/confirm", Session, post(confirm::submit))
        .page("/procedures/{id}/registered", Session, get(completion::show_registered))
        .action("/procedures/{id}/finish", Session, post(completion::complete))
        .action("/procedures/{id}/disown", Session, post(completion::cancel_registration))
        .page("/procedures/{id}/finished", Session, get(completion::show_completed))
        .action("/procedures/{id}/abandon", Session, post(completion::abandon))
        .page("/procedures/{id}/over", Session, get(completion::show_lapsed))
        .page("/authenticate/{id}", Session, get(authenticate::show))
        .page("/authenticate/{id}/code.svg", Session, get(authenticate::show_qr_code))
        .page("/authenticate/{id}/progress", Session, get(authenticate::show_progress))
        .action("/authenticate/{id}/number", Session, post(authenticate::submit_number))
        .action("/authenticate/{id}/again", Session, post(authenticate::restart_authentication))
        .page(app_auth::RETURN_PATH, Session, get(authenticate::return_from_app))
        .page("/review", Anyone, get(review::show_start))
        .action("/review", Anyone, post(review::submit_start))
        .page("/review/list", Session, get(review::show_list))
        .action("/review/end", Session, post(review::end_review))
        .page("/review/withdraw", Session, get(review::show_withdraw))
        .action("/review/withdraw", Session, post(review::submit_withdraw))
        .page("/review/receptions/{number}", Session, get(review::show_edit))
        .action("/review/receptions/{number}", Session, post(review::submit_edit))
}

/// The requesting browser, and the time.
fn request_context(visitor: &Visitor) -> RequestContext {
    RequestContext { browser: visitor.browser().digest(), now: visitor.now() }
}

type ProcedureId = Id<ProcedureKind>;

/// The page of a procedure's current step. Every request out of turn is redirected to it.
fn step_path(procedure: &ConsentProcedure) -> String {
    let id = procedure.id;
    match (&procedure.stage, procedure.authentication) {
        (ProcedureStage::Requested, _) => format!("/procedures/{id}/choose"),
        (ProcedureStage::Confirmed(_), Some(authentication)) => format!("/authenticate/{authentication}"),
        (ProcedureStage::Chosen(_) | ProcedureStage::Confirmed(_), _) => format!("/procedures/{id}/confirm"),
        (ProcedureStage::Registered { .. }, _) => format!("/procedures/{id}/registered"),
        (ProcedureStage::Completed { .. }, _) => format!("/procedures/{id}/finished"),
        (ProcedureStage::Lapsed(_), _) => format!("/procedures/{id}/over"),
    }
}

async fn show_current_step(
    axum::extract::State(inner): axum::extract::State<Arc<Inner>>,
    visitor: Visitor,
    axum::extract::Path(id): axum::extract::Path<ProcedureId>,
) -> Result<Response, Refusal> {
    let procedure = inner.store.find_procedure(id, request_context(&visitor)).await?;
    Ok(redirect(&step_path(&procedure)))
}

/// Redirects to another page, with GET (RFC 9110 §15.4.4).
fn redirect(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// For a step taken out of turn: redirects to the page of the current step.
fn or_redirect_to_step(outcome: Result<Response, Refusal>, id: ProcedureId) -> Result<Response, Refusal> {
    match outcome {
        Err(Refusal::ProcedureStep(_)) => Ok(redirect(&format!("/procedures/{id}"))),
        outcome => outcome,
    }
}

/// A page whose form submissions may be redirected to the service that handed over.
fn procedure_response(inner: &Inner, request: &ConsentRequest, markup: Markup) -> Response {
    let mut response = markup.into_response();
    if let Some(origin) = service_origin(inner, request) {
        response.extensions_mut().insert(FormTargets(vec![origin]));
    }
    response
}

/// The origin that the service is returned to.
fn service_origin(inner: &Inner, request: &ConsentRequest) -> Option<Origin> {
    let EntryRoute::HandOver(hand_over) = &request.route else { return None };
    let origin = hand_over.redirect_uri.origin().parse().ok();
    origin.or_else(|| inner.service(&hand_over.client).map(|service| service.home.clone()))
}

/// The frame of a step of a procedure: no menu to leave it by. 「登録せずに手続きを中止する」 ends it.
fn step_frame(visitor: &Visitor) -> Frame {
    visitor.frame()
}

/// The frame of pages outside of a procedure, with the menu.
fn menu_frame(visitor: &Visitor) -> Frame {
    let mut frame = visitor.frame();
    let language = frame.language;
    frame.menu = vec![
        ui::MenuEntry {
            href: "/".to_owned(),
            label: texts::MENU_TOP.in_language(language).to_owned(),
            current: visitor.path_and_query() == "/",
        },
        ui::MenuEntry {
            href: "/review".to_owned(),
            label: texts::SEE_AND_CHANGE_CONSENTS.in_language(language).to_owned(),
            current: visitor.path_and_query() == "/review",
        },
        ui::MenuEntry {
            href: "/review/withdraw".to_owned(),
            label: texts::WITHDRAW_ALL_CONSENTS.in_language(language).to_owned(),
            current: visitor.path_and_query() == "/review/withdraw",
        },
    ];
    frame
}

/// Institution and visit date, read-only, above every step.
fn visit_summary(language: Language, institution: &str, visit_date: Option<Date>) -> Markup {
    html! {
        (components::description_list(&[
            (texts::INSTITUTION.in_language(language), html! { (institution) }),
            (visit_label(language, visit_date), visit_text(language, visit_date)),
        ]))
    }
}

/// The label of [`visit_text`].
fn visit_label(language: Language, visit_date: Option<Date>) -> &'static str {
    match visit_date {
        Some(_) => texts::VISIT_DAY.in_language(language),
        None => texts::KIND_OF_CARE.in_language(language),
    }
}

/// The date of a visit; for home visits, that there is none.
fn visit_text(language: Language, visit_date: Option<Date>) -> Markup {
    html! {
        @if let Some(date) = visit_date {
            (dates::format_date(language, date))
        } @else {
            (texts::HOME_VISITS_VALID_UNTIL_YOU_WITHDRAW.in_language(language))
        }
    }
}

/// Ends the procedure; below every step before the registration.
fn abandon_button(frame: &Frame, id: ProcedureId) -> Markup {
    let language = frame.language;
    html! {
        (components::post_button(
            frame,
            &format!("/procedures/{id}/abandon"),
            components::ButtonStyle::Quiet,
            texts::END_WITHOUT_REGISTERING.in_language(language),
        ))
    }
}
