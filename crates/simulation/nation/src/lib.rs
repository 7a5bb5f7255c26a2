//! A made-up nation of insured persons, generated from a seed: of any size, and without a list.
//!
//! [`Nation::person`] computes the n-th person from seed, day and n alone, so any of ten million can be computed without
//! those before it, and the first ten thousand of a large nation are the small one. The same seed and day give the same
//! nation on every machine.
//!
//! No such person exists. Names are combinations of common ones, towns and insurers are made up, numbers have the form and
//! check digits of real ones. Shares by age and kind are roughly those of Japan: the project's sources say that 81 % have a
//! card and 89.8 % of these have registered it as insurance card (January 2026); all other shares are plausible roundings
//! of yearbooks, marked as such.

mod certificate;
mod country;
mod coverage;
mod day;
mod draw;
mod health;
mod household;
mod name;
#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use base::Date;
use eligibility::{InsuranceCard, NewPerson, Person, PersonSource};

use country::Country;
use draw::{Draw, StreamKind};
use household::{HouseholdPosition, Member};
use name::{Family, PersonName};

/// How many of ten thousand persons have registered their card as insurance card: 81 % of 89.8 %.
const CARD_SHARE: u32 = 7270;

/// A nation, whose persons are computed on demand.
#[derive(Clone, Copy)]
pub struct Nation {
    seed: u32,
    day: Date,
    country: &'static Country,
}

/// A text that names no nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a nation is named as in 'nation 1 2026-11-24', by its seed and its day")]
pub struct UnknownNation;

impl fmt::Debug for Nation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Nation").field("seed", &self.seed).field("day", &self.day).finish_non_exhaustive()
    }
}

impl fmt::Display for Nation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "nation {} {}", self.seed, self.day)
    }
}

impl FromStr for Nation {
    type Err = UnknownNation;

    fn from_str(text: &str) -> Result<Self, UnknownNation> {
        let (seed, day) = text.strip_prefix("nation ").and_then(|text| text.split_once(' ')).ok_or(UnknownNation)?;
        let seed = seed.parse().map_err(|_| UnknownNation)?;
        Ok(Self::new(seed, base::parse_date(day).map_err(|_| UnknownNation)?))
    }
}

impl PersonSource for Nation {
    /// The text is stored with the persons that are loaded, so its form never changes.
    fn source_name(&self) -> String {
        self.to_string()
    }

    fn person(&self, number: u64) -> NewPerson {
        self.person(number)
    }
}

impl Nation {
    /// The nation of a seed, as of a day.
    pub fn new(seed: u32, day: Date) -> Self {
        Self { seed, day, country: Country::instance() }
    }

    /// The seed that all random draws depend on.
    pub fn seed(&self) -> u32 {
        self.seed
    }

    /// The day as of which ages, coverages and records are computed.
    pub fn day(&self) -> Date {
        self.day
    }

    /// The person with this number, from 0 on, with coverages and records.
    pub fn person(&self, number: u64) -> NewPerson {
        let position = HouseholdPosition::for_person(self.seed, number);
        let member = position.member(self.seed, self.day);
        let home = self.country.draw_home(&mut Draw::new(self.seed, StreamKind::Home, position.household));
        let coverages = self.coverages(position, &member, home.town);
        let limits = self.limits(position, &member, &coverages);
        let specific_diseases = self.diseases(position, &member, &coverages);
        let records = self.records(position, &member, home.town);
        let name = self.name(position, &member);
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
            card: if registered { InsuranceCard::Registered } else { InsuranceCard::NotRegistered },
        };
        NewPerson { person, coverages, limits, specific_diseases, records }
    }

    fn name(&self, position: HouseholdPosition, member: &Member) -> PersonName {
        let family = Family::draw(&mut Draw::new(self.seed, StreamKind::Name, (1 << 40) | position.household));
        let mut draw = Draw::new(self.seed, StreamKind::Name, position.person());
        family.full_name(&mut draw, member.sex, member.birth.year())
    }
}
