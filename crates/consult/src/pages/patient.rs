//! Who is asking.

use axum::response::{IntoResponse, Redirect, Response};
use shell::Visitor;

use super::path_with_query;
use crate::{
    context::Context,
    rules::patient::{Patient, Profile},
};

/// Whoever is signed in, if anybody.
pub(crate) async fn find_signed_in_patient(room: &Context, visitor: &Visitor) -> Result<Option<Patient>, Response> {
    Ok(room.store.find_signed_in_patient(visitor.browser().digest(), visitor.now()).await?)
}

/// Whoever is signed in; nobody is asked to sign in first and comes back here.
pub(crate) async fn require_patient_for_page(room: &Context, visitor: &Visitor) -> Result<Patient, Response> {
    match find_signed_in_patient(room, visitor).await? {
        Some(person) => Ok(person),
        None => {
            Err(Redirect::to(&path_with_query("/sign-in", &[("onward", visitor.path_and_query())])).into_response())
        }
    }
}

/// Whoever sends a form; nobody is asked to sign in first, and goes on from her appointments.
pub(crate) async fn require_patient_for_action(room: &Context, visitor: &Visitor) -> Result<Patient, Response> {
    match find_signed_in_patient(room, visitor).await? {
        Some(person) => Ok(person),
        None => Err(Redirect::to("/sign-in?onward=/appointments").into_response()),
    }
}

/// Whoever is signed in and has told who she is; whoever has not is asked first and comes back here.
pub(crate) async fn require_patient_with_profile(
    room: &Context,
    visitor: &Visitor,
) -> Result<(Patient, Profile), Response> {
    let person = require_patient_for_page(room, visitor).await?;
    match person.profile.clone() {
        Some(profile) => Ok((person, profile)),
        None => {
            Err(Redirect::to(&path_with_query("/profile", &[("onward", visitor.path_and_query())])).into_response())
        }
    }
}
