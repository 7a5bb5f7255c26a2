//! The demo's people, and the special property of each one's card or records.

mod persona;
mod persona_list;

use base::Date;

pub use persona::{CardState, MunicipalOffice, Persona, Revocation, SignaturePassword};

/// All personas. Dates that must be before or after another day are relative to `first_day` of the world: some birthdays,
/// the terms of insurance, the days of records.
pub fn personas(first_day: Date) -> Vec<Persona> {
    persona_list::all_personas(first_day)
}
