//! The pages: the routes and samples of all features, and what pages share.

pub(crate) mod addresses;
pub(crate) mod csv_file;
pub(crate) mod download;
pub(crate) mod fees;
pub(crate) mod frame;
mod help;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod signed_in;
pub(crate) mod telephone;
pub(crate) mod texts;

use std::sync::Arc;

use ui::Frame;
use web::{Routes, Visitor};

use crate::{
    booking, clinic, clinic_audit, clinic_settings, context::Context, directory, family, notices, people,
    personal_data, pictures, proof,
};

/// The routes of all pages.
pub(crate) fn routes() -> Routes<Arc<Context>> {
    Routes::new()
        .merge(help::routes())
        .merge(directory::pages::routes())
        .merge(notices::pages::routes())
        .merge(people::pages::routes())
        .merge(family::pages::routes())
        .merge(proof::pages::routes())
        .merge(pictures::pages::routes())
        .merge(booking::pages::routes())
        .merge(clinic::pages::routes())
        .merge(clinic_audit::pages::routes())
        .merge(clinic_settings::pages::routes())
        .merge(personal_data::pages::routes())
}

/// The frame of an error page. Shows the signed-in user, unless the store cannot be read.
pub(crate) async fn error_frame(context: Arc<Context>, visitor: Visitor) -> Frame {
    let (browser, now) = (visitor.browser().digest(), visitor.now());
    if visitor.path_and_query().starts_with("/desk") {
        let staff = context.store.find_signed_in_staff(browser, now).await.ok().flatten();
        return clinic::pages::frame::desk_frame(visitor.frame(), staff.as_ref());
    }
    let account = context.store.find_signed_in_account(browser, now).await.ok().flatten();
    frame::page_frame(&visitor, account.as_ref())
}
