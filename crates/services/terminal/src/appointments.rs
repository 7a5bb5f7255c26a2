//! 予約の読み込み: the desk imports the appointments of a day, from the service that the patients book with or as typed lines.
//! Receptions are matched with them.

pub(crate) mod client;
pub(crate) mod pages;
pub(crate) mod rules;
#[cfg(any(test, feature = "samples"))]
pub(crate) mod samples;
mod store;

pub(crate) use pages::{ServiceAccess, find_imported_appointments, service_access};

#[cfg(test)]
mod tests;
pub(crate) mod texts;
