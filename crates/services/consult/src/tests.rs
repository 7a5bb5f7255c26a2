//! Tests over several features, and what the tests of all features share.

mod journeys;
mod migration;
pub(crate) mod pages;
mod schema;
pub(crate) mod stores;
pub(crate) mod world;
