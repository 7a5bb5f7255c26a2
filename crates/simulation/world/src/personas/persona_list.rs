//! The list of personas.

mod ages;
mod cards;
mod insurance;
mod offices;
mod ordinary;
mod simulated_faults;

use base::Date;

use super::persona::Persona;

pub(super) fn all_personas(today: Date) -> Vec<Persona> {
    let mut people = Vec::from(ordinary::ordinary_personas(today));
    people.extend(cards::personas_with_unusual_cards(today));
    people.extend(insurance::personas_with_unusual_insurance(today));
    people.extend(simulated_faults::personas_with_simulated_faults(today));
    people.extend(ages::oldest_and_youngest(today));
    people
}
