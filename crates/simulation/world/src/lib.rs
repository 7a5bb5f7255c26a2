//! The demo's world: fictitious institutions, fictitious people and their cards, and how they are added to the services.
//!
//! Nobody here exists: names, streets and blocks are invented, telephone numbers cannot be assigned. Numbers (institutions,
//! insurers) have the form and check digit of real ones. No service knows this crate; a program without the demo is built
//! without it.
//!
//! Start reading at [`fn@institutions`] and [`fn@personas`], then [`seed_world`].

mod calendar;
mod cards;
mod coverages;
mod error;
mod hours;
mod institutions;
mod notices;
mod personas;
mod records;
mod seed;
#[cfg(test)]
mod tests;

pub use error::SeedError;
pub use institutions::{
    DESK_PASSWORD, DemoInstitution, DemoStaff, TERMINAL_PASSWORD, institutions, online_institutions,
};
pub use notices::notices;
pub use personas::{CardState, MunicipalOffice, Persona, Revocation, SignaturePassword, personas};
pub use seed::{WorldServices, seed_world};
