//! The pages of the clinic's settings, which only its managers see.

pub(crate) mod closures;
pub(crate) mod doctor;
mod fields;
pub(crate) mod hours;
pub(crate) mod menu;
pub(crate) mod overview;
mod visits;

use std::sync::Arc;

use maud::{Markup, html};
use text::Language;
use ui::{
    Frame,
    components::{self, Tone},
};
use web::{Routes, Visitor};

use crate::{
    clinic::{
        pages::frame::{desk_frame, require_manager},
        store::staff::Manager,
    },
    clinic_settings::texts,
    context::Context,
};

/// The address of the overview.
pub(crate) const SETTINGS_PATH: &str = "/desk/clinic";

/// The routes of the clinic's settings.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(overview::routes())
        .merge(hours::routes())
        .merge(doctor::routes())
        .merge(closures::routes())
        .merge(menu::routes())
}

/// The signed-in manager, with the frame of the pages.
async fn require_manager_and_frame(
    context: &Context,
    visitor: &Visitor,
) -> Result<(Manager, Frame), axum::response::Response> {
    let manager = require_manager(context, visitor).await?;
    let frame = Frame { path_and_query: SETTINGS_PATH.to_owned(), ..visitor.frame() };
    let frame =
        Frame { path_and_query: visitor.path_and_query().to_owned(), ..desk_frame(frame, Some(manager.staff())) };
    Ok((manager, frame))
}

/// The link above a page to the overview.
fn back_to_settings(language: Language) -> Markup {
    components::back_link(SETTINGS_PATH, texts::BACK_TO_THE_SETTINGS.in_language(language))
}

/// What is told after somebody else's change was not overwritten.
fn render_changed_notice(language: Language) -> Markup {
    components::notice(
        Tone::Warning,
        texts::CHANGED_MEANWHILE.in_language(language),
        html! { p { (texts::LOOK_AND_ENTER_AGAIN.in_language(language)) } },
    )
}
