//! The pages about relatives.

mod invitation;
mod invite;
mod list;
mod relative;

#[cfg(any(test, feature = "samples"))]
pub(crate) use self::{
    invitation::{FamilyInvitationPage, render_invitation_page},
    invite::{FamilyInvitePage, FamilyInviteProblem, render_invite_page},
    list::{FamilyPage, ListedRelative, SentNotice, render_family_page},
    relative::{RelativePage, render_relative_page},
};

use std::sync::Arc;

use text::Text;
use web::Routes;

use super::texts;
use crate::{context::Context, people::rules::account::Relationship};

pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new().merge(list::routes()).merge(relative::routes()).merge(invite::routes()).merge(invitation::routes())
}

/// Who a patient is to the holder of the account.
pub(crate) fn relationship_label(relationship: Relationship) -> Text {
    match relationship {
        Relationship::Oneself => texts::YOURSELF,
        Relationship::Child => texts::CHILD,
        Relationship::Parent => texts::PARENT,
        Relationship::Other => texts::OTHER,
    }
}
