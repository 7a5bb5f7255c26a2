//! The addresses of the pages, and who may use them.

use std::sync::Arc;

use axum::{
    extract::State,
    response::Response,
    routing::{get, post},
};
use base::Token;
use web::{Access, ButtonForm, Form, Routes, Visitor, change_browser};

use crate::{
    Refusal, TerminalState, addresses, appointments, documents, follow_ups, medical,
    pages::redirect,
    receptions::pages::{confirmations, list, sheet},
    settings, sign_in, statement,
};

pub(crate) fn routes() -> Routes<Arc<TerminalState>> {
    use Access::{Anyone, SignedIn};
    Routes::new()
        .page("/", Anyone, get(sign_in::pages::redirect_home))
        .page("/sign-in", Anyone, get(sign_in::pages::show))
        .action("/sign-in", Anyone, post(sign_in::pages::submit_sign_in))
        .action("/sign-out", Anyone, post(sign_out))
        .page("/receptions", SignedIn, get(list::show_receptions))
        .page("/receptions/{sealed}", SignedIn, get(sheet::show))
        .action("/receptions/{sealed}/confirm", SignedIn, post(sheet::confirm::confirm_reception))
        .action("/receptions/{sealed}/hand-over", SignedIn, post(sheet::hand_over::hand_over_to_receipt_computer))
        .page("/receptions/{sealed}/withdraw", SignedIn, get(sheet::home_visit::show_withdrawal_form))
        .action("/receptions/{sealed}/withdraw", SignedIn, post(sheet::home_visit::withdraw_consent))
        .page("/receptions/{sealed}/statement", SignedIn, get(sheet::statement::show_for_reception))
        .page("/by-document", SignedIn, get(documents::pages::show))
        .action("/by-document", SignedIn, post(documents::pages::check_document))
        .page("/statement", SignedIn, get(statement::pages::show_blank))
        .page("/follow-ups", SignedIn, get(follow_ups::pages::show))
        .action("/follow-ups/{id}/done", SignedIn, post(follow_ups::pages::complete_follow_up))
        .action("/follow-ups/{id}/tell", SignedIn, post(follow_ups::pages::inform_service))
        .page("/appointments", SignedIn, get(appointments::pages::show))
        .action("/appointments", SignedIn, post(appointments::pages::import_typed))
        .action("/appointments/fetch", SignedIn, post(appointments::pages::import_from_service))
        .action("/appointments/forget", SignedIn, post(appointments::pages::delete_import))
        .page("/confirmed", SignedIn, get(confirmations::show))
        .page("/patients", SignedIn, get(list::show_patients))
        .page("/patients/{sealed}", SignedIn, get(medical::pages::show_overview))
        .page("/patients/{sealed}/{kind}", SignedIn, get(medical::pages::show))
        .page("/settings", SignedIn, get(settings::pages::show))
        .action("/settings", SignedIn, post(settings::pages::change_settings))
        .page("/addresses", SignedIn, get(addresses::pages::redirect_to_first))
        .page("/addresses/{care}", SignedIn, get(addresses::pages::show))
        .page("/addresses/{care}/{file}", SignedIn, get(addresses::pages::download_qr_code))
        .page("/addresses/{care}/change", SignedIn, get(addresses::pages::show_change_form))
        .action("/addresses/{care}/change", SignedIn, post(addresses::pages::change_address))
}

/// Ends the session, and deletes the appointments that were imported in it.
async fn sign_out(
    State(terminal): State<Arc<TerminalState>>,
    visitor: Visitor,
    Form(ButtonForm {}): Form<ButtonForm>,
) -> Result<Response, Refusal> {
    let browser = visitor.browser().digest();
    terminal.store.sign_out(browser).await?;
    terminal.store.replace_imported_appointments(browser, None, visitor.now()).await?;
    Ok(change_browser(redirect("/sign-in"), Token::new(visitor.site().randomness())))
}
