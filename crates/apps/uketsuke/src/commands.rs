//! What the program does: one file for each command.

pub mod audit;
pub mod backup;
pub mod ca;
pub mod card;
pub mod demo;
pub mod gallery;
pub mod nation;
pub mod portal;
pub mod serve;
pub mod terminal;
