//! What requests about one appointment share.

use std::sync::Arc;

use axum::{
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    response::{IntoResponse, Response},
};
use http::request::Parts;
use serde::de::DeserializeOwned;
use ui::Frame;
use web::{Form, Visitor};

use super::rules::AppointmentId;
use crate::{
    context::Context,
    pages::{
        frame::page_frame,
        signed_in::{require_account_for_action, require_account_for_page},
    },
    people::rules::account::Account,
    refusal::Refusal,
};

/// The id in a path. What is no id names nothing.
pub(crate) fn parse_appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound)
}

/// The request of a signed-in patient for a page about the appointment `{id}` of its path. Whether the appointment is the
/// patient's is for the store to say.
pub(crate) struct AppointmentPage {
    pub(crate) visitor: Visitor,
    pub(crate) account: Account,
    pub(crate) id: AppointmentId,
}

impl AppointmentPage {
    /// The frame of the page.
    pub(crate) fn frame(&self) -> Frame {
        page_frame(&self.visitor, Some(&self.account))
    }
}

impl FromRequestParts<Arc<Context>> for AppointmentPage {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, context: &Arc<Context>) -> Result<Self, Response> {
        let visitor = Visitor::from_request_parts(parts, context).await?;
        let account = require_account_for_page(context, &visitor).await?;
        let id = read_path_id(parts, context).await?;
        Ok(Self { visitor, account, id })
    }
}

/// A form that a signed-in patient sent about the appointment `{id}` of its path. The form's token is checked before anything
/// else.
pub(crate) struct AppointmentForm<T> {
    pub(crate) visitor: Visitor,
    pub(crate) account: Account,
    pub(crate) id: AppointmentId,
    pub(crate) form: T,
}

impl<T: DeserializeOwned + Send> FromRequest<Arc<Context>> for AppointmentForm<T> {
    type Rejection = Response;

    async fn from_request(request: Request, context: &Arc<Context>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, context).await?;
        let id = read_path_id(&mut parts, context).await;
        let Form(form) = Form::from_request(Request::from_parts(parts, body), context).await?;
        let account = require_account_for_action(context, &visitor).await?;
        Ok(Self { visitor, account, id: id?, form })
    }
}

async fn read_path_id(parts: &mut Parts, context: &Arc<Context>) -> Result<AppointmentId, Response> {
    let params = RawPathParams::from_request_parts(parts, context).await.map_err(IntoResponse::into_response)?;
    let id = params.iter().find(|(name, _)| *name == "id").map_or("", |(_, value)| value);
    Ok(parse_appointment_id(id)?)
}
