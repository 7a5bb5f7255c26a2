//! What all pages share: the frame and look, languages, forms that cannot be forged, sessions, error pages, headers.
//!
//! A room gives its router to [`site`] with a [`Site`]; from then on every handler can ask for a [`Visitor`], and:
//!
//! * a body is read only by [`Form`] or [`UnreadUpload`], and neither hands it out before its CSRF token has been checked;
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
pub mod look;
pub mod password;
mod refusal;
mod routes;
pub mod server;
pub mod session;
mod upload;
mod visitor;

pub use base::Entry;
pub use form::{Form, is_secret_field};
pub use frame::{Face, Footer, FooterLink, Frame, MenuEntry, SignedIn, header_name};
pub use guard::site;
pub use language::{Language, Text};
pub use local_path::{LocalPath, UnreadableLocalPath};
pub use look::{Document, drawing, icon, parts};
pub use refusal::{CATALOGUE, Fault, Refuse, Sorry, WayOn, refusal_page, refusal_samples, refused};
pub use routes::{Access, Route, Routes};
pub use upload::{Filed, UnreadUpload, Upload, UploadFault, UploadMemory};
pub use visitor::{
    LeadsTo, Origin, Peer, Site, UnreadableOrigin, Visitor, change_browser, change_browser_until_closed,
    remember_device,
};
