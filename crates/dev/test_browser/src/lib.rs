//! A browser without scripts for tests: it keeps cookies and sends the forms of pages.
//!
//! [`Browser`] calls the router of one service in the process of the test. The browser of `testkit` uses the network and several
//! sites; it has the same [`Page`], [`CookieJar`] and forms.

mod browser;
mod cookies;
mod form;
mod page;

pub use browser::Browser;
pub use cookies::CookieJar;
pub use form::{FORM_MEDIA_TYPE, FilePart, encode_form, encode_parts};
pub use page::Page;
