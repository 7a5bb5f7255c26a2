//! The demo's world: fictitious institutions, fictitious people and their cards, and how they are added to the services.
//!
//! Nobody here exists: names, streets and blocks are invented, telephone numbers cannot be assigned. Numbers (institutions,
//! insurers) have the form and check digit of real ones.
//!
//! Start reading at [`mod@institutions`] and [`mod@personas`], then [`seed_world`].

mod calendar;
mod cards;
mod coverages;
mod hours;
mod institutions;
mod personas;
mod records;
mod seed;

use web::Origin;

pub(super) use institutions::{DemoInstitution, institutions};
pub(super) use personas::{Persona, SignaturePassword, personas};
pub use seed::SeedError;
pub(super) use seed::seed_world;

/// The password of every desk account, which the demo's page shows.
pub(super) const DESK_PASSWORD: &str = "demo-desk-2026";

/// The password of every account of every terminal, which the demo's page shows.
pub(super) const TERMINAL_PASSWORD: &str = "demo-terminal-2026";

/// The addresses that the world's institutions refer to.
#[derive(Debug, Clone)]
pub(super) struct WorldAddresses {
    /// マイナ在宅受付Web
    pub(super) reception: Origin,
}

#[cfg(test)]
mod tests;
