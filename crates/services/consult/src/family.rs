//! The patients for whom an account acts besides its holder: adding them, inviting another account to act for one, and the end of
//! a parent's access when a child comes of age.

pub(crate) mod guardianship;
mod letter;
pub(crate) mod pages;
mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;
#[cfg(test)]
mod tests;
mod texts;
