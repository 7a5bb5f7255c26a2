//! The list itself.

mod ages;
mod cards;
mod insurance;
mod offices;
mod ordinary;
mod troubles;

use base::Date;
use eligibility::{Coverage, Record};
use jiff::civil::date;

use super::{Insured, Persona, Who};
use crate::demo::world::coverages;
use offices as office;

pub(super) fn listed(today: Date) -> Vec<Persona> {
    let mut people = Vec::from(ordinary::ordinary(today));
    people.extend(cards::cards_with_something(today));
    people.extend(insurance::insurance_with_something(today));
    people.extend(troubles::told_otherwise(today));
    people.extend(ages::old_and_young(today));
    people
}

/// Certificates of insurers run from August to July: this year's, and the next one's, which is out already.
fn insurance_years(today: Date) -> [(Date, Date); 2] {
    let first = if today.month() >= 8 { today.year() } else { today.year() - 1 };
    [first, first + 1].map(|year| (date(year, 8, 1), date(year + 1, 7, 31)))
}

/// Insured by one insurer, with these records.
fn insured(coverage: Coverage, records: Vec<Record>) -> Insured {
    Insured { coverages: vec![coverage], records, ..Insured::default() }
}

fn mother_of_a_child() -> Coverage {
    coverages::ASSOCIATION_TOKYO.insures("91030022", "187", date(2014, 4, 1))
}
