//! The program: command line, settings, and the composition of services into one process or several.
//!
//! It makes no decision of a service. It is the only crate that knows all services. Its files build on one another in this order:
//! [`arguments`] (the command line), `compose` (which service is opened how), [`commands`], and the program that runs one of
//! them.
//!
//! Without the feature `demo` it has no command that makes anything up: no persona, no sample and no generator is in it.
//!
//! Start reading at [`commands`].

pub mod arguments;
pub mod commands;
pub mod compose;
mod data_folder;
mod health;
mod input;
mod key_store;
mod listeners;
mod logging;
pub mod metrics;
mod output;
mod process;
mod program;
pub mod reference;
mod runtime;
pub mod settings;
mod signals;

pub use program::run;

/// Requests end on other threads than they began on, for which the system's allocator needs locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
