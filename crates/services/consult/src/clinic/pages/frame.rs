//! The frame of the desk's pages, and who is signed in.

use axum::response::{IntoResponse, Redirect, Response};
use ui::{Frame, MenuEntry, SignedInUser, Theme};
use web::Visitor;

use crate::{
    clinic::{store::staff::StaffMember, texts},
    context::Context,
    refusal::Refusal,
};

/// The frame of the desk's pages, with the menu of the signed-in staff member.
pub(crate) fn desk_frame(frame: Frame, staff: Option<&StaffMember>) -> Frame {
    let language = frame.language;
    let menu = staff.map_or_else(Vec::new, |_| {
        let entry = |href: &str, label: &str| MenuEntry {
            href: href.to_owned(),
            label: label.to_owned(),
            current: frame.path_and_query == href,
        };
        vec![
            entry("/desk/visits", texts::TODAYS_VISITS.in_language(language)),
            entry("/desk/settings", texts::SETTINGS.in_language(language)),
        ]
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
