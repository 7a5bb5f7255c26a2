//! The signed-in account of a request.

use axum::response::{IntoResponse, Redirect, Response};
use web::Visitor;

use super::addresses::path_with_query;
use crate::{
    context::Context,
    people::rules::{account::Account, patient::Profile},
};

/// The signed-in account; `None` for an anonymous visitor.
pub(crate) async fn find_signed_in_account(context: &Context, visitor: &Visitor) -> Result<Option<Account>, Response> {
    Ok(context.store.find_signed_in_account(visitor.browser().digest(), visitor.now()).await?)
}

/// The signed-in account; an anonymous visitor is redirected to sign in and returned to this page.
pub(crate) async fn require_account_for_page(context: &Context, visitor: &Visitor) -> Result<Account, Response> {
    match find_signed_in_account(context, visitor).await? {
        Some(account) => Ok(account),
        None => {
            Err(Redirect::to(&path_with_query("/sign-in", &[("onward", visitor.path_and_query())])).into_response())
        }
    }
}

/// The signed-in account who sends a form; an anonymous visitor is redirected to sign in, and then to the list of
/// appointments, because the form cannot be repeated.
pub(crate) async fn require_account_for_action(context: &Context, visitor: &Visitor) -> Result<Account, Response> {
    match find_signed_in_account(context, visitor).await? {
        Some(account) => Ok(account),
        None => Err(Redirect::to("/sign-in?onward=/appointments").into_response()),
    }
}

/// The signed-in account whose holder has a profile; one without is redirected to enter it and returned to this page.
pub(crate) async fn require_account_with_profile(
    context: &Context,
    visitor: &Visitor,
) -> Result<(Account, Profile), Response> {
    let account = require_account_for_page(context, visitor).await?;
    match account.own_profile().cloned() {
        Some(profile) => Ok((account, profile)),
        None => {
            Err(Redirect::to(&path_with_query("/profile", &[("onward", visitor.path_and_query())])).into_response())
        }
    }
}
