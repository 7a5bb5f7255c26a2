//! What the program does: one file for each command.

pub mod audit;
pub mod backup;
pub mod ca;
pub mod card;
#[cfg(feature = "demo")]
pub mod demo;
#[cfg(feature = "demo")]
pub mod gallery;
#[cfg(feature = "demo")]
pub mod nation;
pub mod portal;
pub mod serve;
pub mod terminal;
