//! The three accounts of a terminal: roles, passwords, signing in, and who is signed in.

mod pages;
mod rules;
pub(crate) mod samples;
pub(crate) mod session;
pub(crate) mod store;
pub(crate) mod wording;

pub(crate) use pages::{redirect_home, show, submit_sign_in};
pub use rules::Role;

#[cfg(test)]
mod tests;
