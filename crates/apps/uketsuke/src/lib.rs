//! The program: command line, settings, and the composition of services into one process or several.
//!
//! It makes no decision of a service. It is the only crate that knows all services.
//!
//! Start reading at [`demo`].

pub mod audit;
pub mod backup;
pub mod ca;
pub mod cards;
pub mod cli;
mod data_folder;
pub mod demo;
pub mod gallery;
mod health;
pub mod http;
mod key_store;
mod listeners;
pub mod metrics;
pub mod nation;
pub mod portal_app;
mod process;
pub mod reference;
pub mod service;
mod services;
pub mod settings;
mod signals;
pub mod terminal;

pub use services::Services;

/// Requests end on other threads than they began on, for which the system's allocator needs locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
