//! What a site needs beside its pages: CSRF-safe forms, sessions, error pages, headers, uploads, the HTTP server.
//!
//! A service passes its router with a [`Site`] to [`site_router`]; from then on every handler can extract a [`Visitor`], and:
//!
//! * a body is read only by [`Form`] or [`PendingUpload`], and neither returns it before its CSRF token was checked;
//! * every refusal of a handler becomes one error page that says what happened, that nothing was lost, and how to go on, and
//!   is logged once;
//! * every response carries the security headers, and no page can run a foreign script or style.
//!
//! The crate depends on no service. Start reading at [`Site`], then [`Visitor`] and [`Refuse`].

mod browser_cookie;
mod form;
mod frame_maker;
mod guard;
mod local_path;
mod refusal;
mod routes;
pub mod server;
pub mod session;
mod texts;
mod upload;
mod visitor;

pub use form::{ButtonForm, Form, is_secret_field};
pub use guard::site_router;
pub use local_path::{LocalPath, UnreadableLocalPath};
pub use refusal::{CATALOGUE, ErrorPage, Fault, Link, Refuse, refusal_page, refusal_response, refusal_samples};
pub use routes::{Access, Route, Routes};
pub use upload::{PendingUpload, Upload, UploadFault, UploadMemory, UploadedFile};
pub use visitor::{
    FormTargets, Origin, Peer, Site, UnreadableOrigin, Visitor, change_browser, change_browser_until_closed,
    remember_device,
};
