//! A whole world in a test: the demo in this process, browsers that keep cookies and send the forms that pages show, and
//! a service of the test's own that speaks the hand-over.
//!
//! Nothing here reaches around a wire: what a test does, a stranger could do.

mod apart;
mod app;
mod browser;
mod card;
mod clinic;
mod computer;
mod issued;
mod measure;
mod patient;
mod pcscd;
mod search;
mod service;
mod wire;
mod witness;
mod world;

pub use apart::ServiceApart;
pub use app::App;
pub use browser::{Browser, Page};
pub use card::{Card, PIN};
pub use clinic::{Desk, Terminal};
pub use computer::Computer;
pub use issued::{Issued, issued};
pub use measure::{Measured, measure};
pub use patient::{Patient, document};
pub use pcscd::{Inserted, Pcscd, Way, said, until};
pub use search::Search;
pub use service::Service;
pub use wire::{Carried, Heading, Wire};
pub use witness::{Happened, Witness};
pub use world::{Letter, Wires, World, block_on};

/// A program that is built with the tests of this crate, in one of the folders above theirs.
pub fn program(name: &str) -> std::path::PathBuf {
    let own = std::env::current_exe().expect("a test is a program");
    let folder = own.ancestors().find(|folder| folder.join(name).is_file());
    folder.unwrap_or_else(|| panic!("{name} is not built: see `cargo xtask test`")).join(name)
}
