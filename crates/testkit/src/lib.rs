//! A whole world in a test: the demo in this process, browsers that keep cookies and send the forms that pages show, and
//! a service of the test's own that speaks the hand-over.
//!
//! Nothing here reaches around a wire: what a test does, a stranger could do.

mod app;
mod browser;
mod service;
mod world;

pub use app::{App, Card};
pub use browser::{Browser, Page};
pub use service::Service;
pub use world::World;
