//! Who is asking.

use axum::response::{IntoResponse, Redirect, Response};
use shell::Visitor;

use super::with_query;
use crate::{
    Refusal,
    room::Room,
    rules::{
        appointment::AppointmentId,
        patient::{Person, Profile},
    },
};

/// Whoever is signed in, if anybody.
pub(crate) async fn visiting(room: &Room, visitor: &Visitor) -> Result<Option<Person>, Response> {
    Ok(room.store.who(visitor.browser().digest(), visitor.now()).await?)
}

/// Whoever is signed in; nobody is asked to sign in first and comes back here.
pub(crate) async fn signed_in(room: &Room, visitor: &Visitor) -> Result<Person, Response> {
    match visiting(room, visitor).await? {
        Some(person) => Ok(person),
        None => Err(Redirect::to(&with_query("/sign-in", &[("onward", visitor.here())])).into_response()),
    }
}

/// Whoever sends a form; nobody is asked to sign in first, and goes on from her appointments.
pub(crate) async fn acting(room: &Room, visitor: &Visitor) -> Result<Person, Response> {
    match visiting(room, visitor).await? {
        Some(person) => Ok(person),
        None => Err(Redirect::to("/sign-in?onward=/appointments").into_response()),
    }
}

/// Whoever is signed in and has told who she is; whoever has not is asked first and comes back here.
pub(crate) async fn known(room: &Room, visitor: &Visitor) -> Result<(Person, Profile), Response> {
    let person = signed_in(room, visitor).await?;
    match person.profile.clone() {
        Some(profile) => Ok((person, profile)),
        None => Err(Redirect::to(&with_query("/profile", &[("onward", visitor.here())])).into_response()),
    }
}

/// The id in a path. What is no id names nothing.
pub(crate) fn appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}
