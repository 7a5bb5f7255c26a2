//! A nation of insured persons, made up from a seed: as many as somebody wants, without end and without a list.
//!
//! [`Nation::person`] computes the n-th person from nothing but seed, day and n, so any of ten million can be looked up
//! without those before him, and the first ten thousand of a large nation are the small one. The same seed and day give
//! the same nation on every machine.
//!
//! Nobody of it exists. Names are combinations of common ones, towns and insurers are made up, numbers have the form and
//! check digits of real ones. Shares by age and kind are those of Japan, roughly: what the sources of this project give is
//! that 81 % have a card and 89.8 % of these have registered it as insurance card (January 2026); all other shares are
//! plausible roundings of yearbooks and say so where they stand.

mod certificate;
mod country;
mod coverage;
mod day;
mod draw;
mod health;
mod household;
mod load;
mod name;
#[cfg(test)]
mod tests;

use std::fmt;

use base::Date;

use crate::{InsuranceCard, NewPerson, Person, PersonId, store};
use country::Country;
use draw::{Draw, StreamKind};
use household::{HouseholdPosition, Member};
use name::{Family, PersonName};

pub use load::{LoadControl, LoadError, LoadPace, LoadedNation};

/// In ten thousand persons, as many as have registered their card as insurance card: 81 % of 89.8 %.
const CARD_SHARE: u32 = 7270;

/// A nation, of which any person can be computed.
#[derive(Clone, Copy)]
pub struct Nation {
    seed: u32,
    day: Date,
    country: &'static Country,
}

impl fmt::Debug for Nation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Nation").field("seed", &self.seed).field("day", &self.day).finish_non_exhaustive()
    }
}

impl Nation {
    /// The nation of a seed as it stands on a day.
    pub fn new(seed: u32, day: Date) -> Self {
        Self { seed, day, country: Country::instance() }
    }

    /// The seed.
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// The day on which it stands: ages, coverages and records are as of it.
    pub fn day(&self) -> Date {
        self.day
    }

    /// As whom the room knows a person of a nation once he is loaded.
    pub fn id(number: u64) -> PersonId {
        PersonId(store::person::FIRST_OF_NATION.saturating_add_unsigned(number))
    }

    /// The person with this number, from 0 on, with all that is known of him.
    pub fn person(&self, number: u64) -> NewPerson {
        let place = HouseholdPosition::for_person(self.seed, number);
        let member = place.member(self.seed, self.day);
        let home = self.country.draw_home(&mut Draw::new(self.seed, StreamKind::Home, place.household));
        let coverages = self.coverages(place, &member, home.town);
        let limits = self.limits(place, &member, &coverages);
        let specific_diseases = self.diseases(place, &member, &coverages);
        let records = self.records(place, &member, home.town);
        let name = self.name(place, &member);
        let registered = Draw::new(self.seed, StreamKind::Card, number).next_chance(CARD_SHARE);
        let (other_name, other_kana) = name.alias.unzip();
        let person = Person {
            // Names of the lists are not blank.
            name: oqs::FullName::new(&name.full_name).expect("a name of the lists"),
            kana: oqs::KanaName::new(&name.kana).expect("a reading of the lists"),
            other_name: other_name.and_then(|name| oqs::FullName::new(&name)),
            other_kana: other_kana.and_then(|kana| oqs::KanaName::new(&kana)),
            sex: member.sex,
            birth: member.birth,
            postcode: home.postcode,
            address: home.address,
            card: InsuranceCard::from_bool(registered),
        };
        NewPerson { person, coverages, limits, specific_diseases, records }
    }

    fn name(&self, place: HouseholdPosition, member: &Member) -> PersonName {
        let family = Family::draw(&mut Draw::new(self.seed, StreamKind::Name, (1 << 40) | place.household));
        let mut draw = Draw::new(self.seed, StreamKind::Name, place.person());
        family.full_name(&mut draw, member.sex, member.birth.year())
    }
}
