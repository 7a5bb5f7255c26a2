//! The list of personas.

mod ages;
mod cards;
mod insurance;
mod offices;
mod ordinary;
mod simulated_faults;

use base::Date;
use eligibility::{Coverage, Record};
use jiff::civil::date;

use super::{InsuranceData, Persona, PersonaSketch};
use crate::demo::world::coverages;

pub(super) fn all_personas(today: Date) -> Vec<Persona> {
    let mut people = Vec::from(ordinary::ordinary_personas(today));
    people.extend(cards::personas_with_unusual_cards(today));
    people.extend(insurance::personas_with_unusual_insurance(today));
    people.extend(simulated_faults::personas_with_simulated_faults(today));
    people.extend(ages::oldest_and_youngest(today));
    people
}

/// The terms of insurers' certificates, from August to July: this year's, and the next year's, which is issued already.
fn insurance_years(today: Date) -> [(Date, Date); 2] {
    let first = if today.month() >= 8 { today.year() } else { today.year() - 1 };
    [first, first + 1].map(|year| (date(year, 8, 1), date(year + 1, 7, 31)))
}

/// One coverage with these records.
fn insurance_data(coverage: Coverage, records: Vec<Record>) -> InsuranceData {
    InsuranceData { coverages: vec![coverage], records, ..InsuranceData::default() }
}

fn mother_coverage() -> Coverage {
    coverages::ASSOCIATION_TOKYO.coverage("91030022", "187", date(2014, 4, 1))
}
