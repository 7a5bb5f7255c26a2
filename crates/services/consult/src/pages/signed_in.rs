//! The signed-in patient of a request.

use axum::response::{IntoResponse, Redirect, Response};
use web::Visitor;

use super::addresses::path_with_query;
use crate::{
    context::Context,
    people::rules::patient::{Patient, Profile},
};

/// The signed-in patient; `None` for an anonymous visitor.
pub(crate) async fn find_signed_in_patient(context: &Context, visitor: &Visitor) -> Result<Option<Patient>, Response> {
    Ok(context.store.find_signed_in_patient(visitor.browser().digest(), visitor.now()).await?)
}

/// The signed-in patient; an anonymous visitor is redirected to sign in and returned to this page.
pub(crate) async fn require_patient_for_page(context: &Context, visitor: &Visitor) -> Result<Patient, Response> {
    match find_signed_in_patient(context, visitor).await? {
        Some(person) => Ok(person),
        None => {
            Err(Redirect::to(&path_with_query("/sign-in", &[("onward", visitor.path_and_query())])).into_response())
        }
    }
}

/// The signed-in patient who sends a form; an anonymous visitor is redirected to sign in, and then to the list of
/// appointments, because the form cannot be repeated.
pub(crate) async fn require_patient_for_action(context: &Context, visitor: &Visitor) -> Result<Patient, Response> {
    match find_signed_in_patient(context, visitor).await? {
        Some(person) => Ok(person),
        None => Err(Redirect::to("/sign-in?onward=/appointments").into_response()),
    }
}

/// The signed-in patient with a profile; a patient without one is redirected to enter it and returned to this page.
pub(crate) async fn require_patient_with_profile(
    context: &Context,
    visitor: &Visitor,
) -> Result<(Patient, Profile), Response> {
    let person = require_patient_for_page(context, visitor).await?;
    match person.profile.clone() {
        Some(profile) => Ok((person, profile)),
        None => {
            Err(Redirect::to(&path_with_query("/profile", &[("onward", visitor.path_and_query())])).into_response())
        }
    }
}
