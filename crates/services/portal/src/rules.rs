//! What the app decides, as plain functions and enums.

pub(crate) mod loopback_guard;
pub(crate) mod phone;
pub(crate) mod session;
