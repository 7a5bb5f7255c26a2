//! Who is signed in with which browser.
//!
//! A service that signs people in adds [`MIGRATION`] to its own and calls these functions within its transactions. The
//! browser's secret is stored as a digest; signing in gives the browser a new one (see [`crate::change_browser`]).

mod store;

pub use store::{
    MIGRATION, SessionEntry, USE_MIGRATION, begin, end, end_all, end_other_sessions, find_subject, list_sessions,
    note_use, was_used_on,
};
