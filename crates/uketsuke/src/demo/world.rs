//! The demo's world: made-up institutions, made-up people and their cards, and how they get into the rooms.
//!
//! Nobody here exists: names are drawn up, streets and blocks are made up, telephone numbers cannot be assigned. Numbers
//! (institutions, insurers) have the form and check digit of real ones.
//!
//! Start reading at [`mod@institutions`] and [`mod@personas`], then [`seed`].

mod calendar;
mod cards;
mod coverages;
mod hours;
mod institutions;
mod personas;
mod records;
mod seed;

use shell::Origin;

pub(super) use institutions::{DemoInstitution, institutions};
pub(super) use personas::{Persona, SignaturePassword, personas};
pub use seed::SeedError;
pub(super) use seed::seed_world;

/// The password of every desk account, as the demo's page tells.
pub(super) const DESK_PASSWORD: &str = "demo-desk-2026";

/// The password of every account of every terminal, as the demo's page tells.
pub(super) const TERMINAL_PASSWORD: &str = "demo-terminal-2026";

/// Where the world's institutions lead to.
#[derive(Debug, Clone)]
pub(super) struct WorldAddresses {
    /// マイナ在宅受付Web
    pub(super) reception: Origin,
}

#[cfg(test)]
mod tests;
