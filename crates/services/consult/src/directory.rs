//! The directory: institutions with their menus and opening hours, which slots are free, and what a clinic publishes.

pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
pub(crate) mod store;

#[cfg(test)]
mod tests;
pub(crate) mod texts;
