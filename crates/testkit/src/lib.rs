//! A whole world in a test: the demo in this process, browsers that keep cookies and send the forms that pages show, and
//! a service of the test's own that speaks the hand-over.
//!
//! Nothing here reaches around a wire: what a test does, a stranger could do.

mod app;
mod browser;
mod card;
mod clinic;
mod patient;
mod search;
mod service;
mod wire;
mod world;

pub use app::App;
pub use browser::{Browser, Page};
pub use card::{Card, PIN};
pub use clinic::{Desk, Terminal};
pub use patient::{Patient, document};
pub use search::Search;
pub use service::Service;
pub use wire::{Carried, Heading, Wire};
pub use world::{Letter, Wires, World};
