//! What all pages share: the frame and look, languages, forms that cannot be forged, sessions, error pages, headers.
//!
//! A room gives its router to [`site_router`] with a [`Site`]; from then on every handler can ask for a [`Visitor`], and:
//!
//! * a body is read only by [`Form`] or [`PendingUpload`], and neither hands it out before its CSRF token has been checked;
//! * whatever a handler refuses is answered by one error page that says what happened, that nothing was lost, and how
//!   to go on, and is logged once;
//! * every answer carries the security headers, and no page can run a script or style that is not ours.
//!
//! The crate knows no room. Start reading at [`Site`], then [`Visitor`] and [`Refuse`].

pub mod attempts;
mod browser_cookie;
mod form;
mod frame;
mod guard;
mod language;
mod local_path;
pub mod password;
mod refusal;
mod routes;
pub mod server;
pub mod session;
pub mod ui;
mod upload;
mod visitor;

pub use base::CatalogueEntry;
pub use form::{ButtonForm, Form, is_secret_field};
pub use frame::{Footer, FooterLink, Frame, MenuEntry, SignedInUser, Theme, header_name};
pub use guard::site_router;
pub use language::{Language, Text};
pub use local_path::{LocalPath, UnreadableLocalPath};
pub use refusal::{CATALOGUE, ErrorPage, Fault, Link, Refuse, refusal_page, refusal_response, refusal_samples};
pub use routes::{Access, Route, Routes};
pub use ui::{Document, components, drawing, icon};
pub use upload::{PendingUpload, Upload, UploadFault, UploadMemory, UploadedFile};
pub use visitor::{
    FormTargets, Origin, Peer, Site, UnreadableOrigin, Visitor, change_browser, change_browser_until_closed,
    remember_device,
};
