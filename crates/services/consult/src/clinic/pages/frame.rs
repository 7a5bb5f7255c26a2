//! The frame of the desk's pages, and who is signed in.

use axum::response::{IntoResponse, Redirect, Response};
use ui::{Frame, MenuEntry, SignedInUser, Theme};
use web::{Access, Visitor};

use crate::{
    clinic::{
        rules::staff_role::StaffRole,
        store::staff::{Manager, StaffMember},
        texts,
    },
    context::Context,
    refusal::Refusal,
};

/// The frame of the desk's pages, with the menu of the signed-in staff member.
pub(crate) fn desk_frame(frame: Frame, staff: Option<&StaffMember>) -> Frame {
    let language = frame.language;
    let menu = staff.map_or_else(Vec::new, |staff| {
        let entry = |href: &str, label: &str| MenuEntry {
            href: href.to_owned(),
            label: label.to_owned(),
            current: frame.path_and_query == href,
        };
        let mut menu = vec![entry("/desk/visits", texts::TODAYS_VISITS.in_language(language))];
        if staff.role == StaffRole::Manager {
            menu.push(entry("/desk/clinic", texts::CLINIC_SETTINGS.in_language(language)));
            menu.push(entry("/desk/staff", texts::STAFF.in_language(language)));
        }
        menu.push(entry("/desk/settings", texts::SETTINGS.in_language(language)));
        menu
    });
    let signed_in = staff.map(|staff| SignedInUser {
        name: format!("{} {}", staff.institution_name, staff.name),
        sign_out: "/desk/sign-out",
    });
    Frame { theme: Theme::Desk, menu, signed_in, ..frame }
}

/// The signed-in staff member; anybody else is redirected to sign in.
pub(crate) async fn require_staff(context: &Context, visitor: &Visitor) -> Result<StaffMember, Response> {
    let staff = context.store.find_signed_in_staff(visitor.browser().digest(), visitor.now()).await;
    match staff.map_err(|error| Refusal::from(error).into_response())? {
        Some(staff) => Ok(staff),
        None => Err(Redirect::to("/desk/sign-in").into_response()),
    }
}

/// Who may use the routes of managers. Every other staff member is answered as if there were no such page.
pub(crate) const MANAGERS: Access = Access::Role(StaffRole::Manager.as_str());

/// The signed-in manager. Another staff member gets 404; anybody else is redirected to sign in.
pub(crate) async fn require_manager(context: &Context, visitor: &Visitor) -> Result<Manager, Response> {
    let staff = require_staff(context, visitor).await?;
    Manager::from_staff(staff).ok_or_else(|| Refusal::NotFound.into_response())
}
