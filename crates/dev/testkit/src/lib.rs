//! The whole system in a test: the demo in this process, browsers that keep cookies and send the forms of pages, and a
//! test service that speaks the hand-over.
//!
//! Tests reach the services over HTTP alone, as any client could.

mod app;
mod browser;
mod card;
mod clinic;
mod insured_person;
mod issued_card;
mod measure;
mod patient;
mod pcscd;
mod portal_process;
mod recording_card;
mod recording_proxy;
mod search;
mod service;
mod service_process;
mod world;

pub use app::App;
pub use browser::Browser;
pub use card::{Card, PIN};
pub use clinic::{Desk, Terminal};
pub use insured_person::insured_person;
pub use issued_card::{IssuedCard, issued_card};
pub use measure::{CardMeasurement, measure_card};
pub use patient::{Patient, document_picture};
pub use pcscd::{InsertedCard, Pcscd, ReaderKind, run_for_output, wait_until};
pub use portal_process::PortalProcess;
pub use recording_card::{CardEvent, RecordingCard};
pub use recording_proxy::{Direction, RecordedBytes, RecordingProxy};
pub use search::MarkSearch;
pub use service::TestService;
pub use service_process::ServiceProcess;
pub use test_browser::Page;
pub use world::{Letter, RecordingProxies, World, block_on};

/// A program that is built with the tests of this crate, in one of the parent folders of the test program.
pub fn program_path(name: &str) -> std::path::PathBuf {
    let test_program = std::env::current_exe().expect("a test is a program");
    let folder = test_program.ancestors().find(|folder| folder.join(name).is_file());
    folder.unwrap_or_else(|| panic!("{name} is not built: see `cargo xtask test`")).join(name)
}
