//! What is sealed for the browser that saw a list: the link to a reception, and its confirmation in a form.

use serde::{Deserialize, Serialize};
use web::Visitor;

use super::{
    rules::{LinkedAppointment, ListedReception, SamePersonStatement},
    store::Confirmation,
};
use crate::{Refusal, seal::BrowserSeal, sign_in::session::TerminalSession};

/// The purpose of the seal on a link to a reception.
pub(crate) const LINK_SEAL_PURPOSE: &str = "link";

/// The reception of a sealed link.
pub(crate) fn open_reception_link(
    visitor: &Visitor,
    session: &TerminalSession<'_>,
    sealed: &str,
) -> Result<ListedReception, Refusal> {
    let seal = BrowserSeal::for_visitor(visitor, session.account.institution);
    seal.open(LINK_SEAL_PURPOSE, sealed).ok_or(Refusal::StaleLink)
}

/// The purpose of the seal on a [`SealedConfirmation`].
pub(crate) const CONFIRMATION_SEAL_PURPOSE: &str = "seen";

/// The confirmation in a form, sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct SealedConfirmation {
    pub(crate) confirmation: Confirmation,
    #[serde(rename = "meant")]
    pub(crate) linked_appointment: Option<LinkedAppointment>,
    #[serde(rename = "same")]
    pub(crate) same_person: SamePersonStatement,
}
