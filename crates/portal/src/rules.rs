//! What the app decides, as plain functions and enums.

pub(crate) mod phone;
pub(crate) mod visit;
pub(crate) mod window;
