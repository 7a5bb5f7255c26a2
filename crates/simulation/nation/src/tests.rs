//! Properties of a nation: numbers, coverages, shares, reproducibility.

use std::collections::{BTreeMap, HashSet};

use base::InsurerKind;
use eligibility::Coverage;
use proptest::prelude::*;

use super::*;

fn nation(seed: u32) -> Nation {
    Nation::new(seed, Date::constant(2026, 11, 24))
}

/// Checks what holds for every person.
fn check_person(nation: &Nation, number: u64) {
    let new = nation.person(number);
    let today = nation.day();
    let label = format!("seed {} person {number}: {new:#?}", nation.seed());
    assert!(new.person.birth <= today && day::age(new.person.birth, today) <= 103, "{label}");
    assert!(new.person.kana.as_str().chars().all(|kana| kana == ' ' || ('｡'..='ﾟ').contains(&kana)), "{label}");
    assert!(new.person.name.as_str().contains('　') && !new.person.name.as_str().contains(' '), "{label}");
    assert!(!new.coverages.is_empty() && new.coverages.len() <= 3, "{label}");
    for coverage in &new.coverages {
        check_coverage(coverage, &new, &label);
    }
    for pair in new.coverages.windows(2) {
        let (previous, next) = (&pair[0], &pair[1]);
        assert!(previous.qualified_on <= next.qualified_on, "{label}");
        let gap = previous.disqualified_on.map_or(0, |lost| day::days_between(lost, next.qualified_on));
        let overlap = previous
            .disqualified_on
            .map_or(day::days_between(next.qualified_on, today), |lost| day::days_between(next.qualified_on, lost));
        // Only if the insurer changed, and then for some weeks.
        assert!(gap <= 60 && overlap <= 20, "gap {gap}, overlap {overlap}: {label}");
    }
    for limit in &new.limits {
        assert!(limit.valid_from <= limit.valid_to && limit.valid_from <= today && today <= limit.valid_to, "{label}");
        let elderly = limit.class.code().starts_with('B');
        assert_eq!(elderly, day::age(new.person.birth, today) >= 70, "{label}");
    }
    for disease in &new.specific_diseases {
        assert!(disease.valid_from <= today && today <= disease.valid_to, "{label}");
    }
    assert!(new.records.iter().all(|record| new.person.birth <= record.day && record.day <= today), "{label}");
    assert!(new.records.is_sorted_by_key(|record| record.day), "{label}");
}

fn check_coverage(coverage: &Coverage, new: &NewPerson, label: &str) {
    let text = coverage.insurer.to_string();
    assert_eq!(text.parse(), Ok(coverage.insurer), "{label}");
    assert!(
        coverage.qualified_on >= new.person.birth
            && coverage.disqualified_on.is_none_or(|lost| coverage.qualified_on < lost),
        "{label}"
    );
    assert_eq!(coverage.disqualified_on.is_some(), coverage.reason_of_loss.is_some(), "{label}");
    let late = coverage.insurer.kind() == InsurerKind::LateElderly;
    let assisted = coverage.insurer.kind() == InsurerKind::PublicAssistance;
    assert_eq!(coverage.branch.is_none(), late || assisted, "{label}");
    assert_eq!(coverage.share.is_some(), late, "{label}");
    assert_eq!(coverage.classification == oqs::InsuredCardClassification::MedicalAssistance, assisted, "{label}");
    let national = coverage.insurer.kind() == InsurerKind::National;
    assert_eq!(coverage.relation.is_none(), late || assisted || national, "{label}");
    if coverage.relation == Some(oqs::PersonalFamily::Family) {
        assert!(coverage.insured_name.is_some(), "{label}");
    }
    if let Some(elderly) = &coverage.elderly {
        assert!(elderly.valid_from <= elderly.valid_to, "{label}");
    }
}

proptest! {
    #[test]
    fn every_person_of_every_nation_is_as_insurers_know_people(seed in any::<u32>(), number in 0_u64..10_000_000) {
        check_person(&nation(seed), number);
    }

    #[test]
    fn any_day_has_its_nation(days in 0_u32..4000, number in 0_u64..100_000) {
        check_person(&Nation::new(3, day::add_days(Date::constant(2020, 1, 1), days)), number);
    }
}

#[test]
fn shares_are_as_in_the_country() {
    let (nation, people) = (nation(1), 20_000_u32);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    let mut count = |name: &'static str, applies: bool| *kinds.entry(name).or_default() += u32::from(applies);
    for number in 0..u64::from(people) {
        let new = nation.person(number);
        let age = day::age(new.person.birth, nation.day());
        let Some(last) = new.coverages.last() else { panic!("person {number} has no insurer") };
        count(
            match last.insurer.kind() {
                InsurerKind::HealthInsuranceAssociation => "kind: association",
                InsurerKind::HealthInsuranceSociety => "kind: society",
                InsurerKind::MutualAid => "kind: mutual aid",
                InsurerKind::SelfDefence => "kind: self-defence",
                InsurerKind::National => "kind: national",
                InsurerKind::LateElderly => "kind: late elderly",
                InsurerKind::PublicAssistance => "kind: assistance",
                _ => "kind: other",
            },
            true,
        );
        count("preschool", last.preschool.is_some());
        count("age 75 and over", age >= 75);
        count("age 65 and over", age >= 65);
        count("age below 15", age < 15);
        count("elderly certificate", last.elderly.is_some());
        count("card", new.person.card == eligibility::InsuranceCard::Registered);
        count("limit", !new.limits.is_empty());
        count("disease", !new.specific_diseases.is_empty());
        count("●", new.person.name.as_str().contains('●'));
        count("family", last.relation == Some(oqs::PersonalFamily::Family));
        count("changed", new.coverages.len() > 1);
        count("with records", !new.records.is_empty());
        let current = new.coverages.iter().filter(|coverage| coverage.holds_on(nation.day())).count();
        count("insured by none today", current == 0);
        count("insured by two today", current > 1);
    }
    // In ten thousand persons, at least and at most.
    let bounds = [
        ("kind: association", 2700, 3700),
        ("kind: society", 1900, 2700),
        ("kind: mutual aid", 600, 1100),
        ("kind: self-defence", 5, 60),
        ("kind: national", 1600, 2500),
        ("kind: late elderly", 1300, 2000),
        ("kind: assistance", 100, 240),
        ("kind: other", 5, 100),
        ("preschool", 300, 700),
        ("age 75 and over", 1300, 2000),
        ("age 65 and over", 2500, 3400),
        ("age below 15", 850, 1500),
        ("elderly certificate", 450, 1100),
        ("card", 7100, 7440),
        ("limit", 900, 2000),
        ("disease", 15, 60),
        ("●", 80, 230),
        ("family", 1500, 3000),
        ("changed", 1200, 3500),
        ("with records", 5500, 8500),
        ("insured by none today", 3, 80),
        ("insured by two today", 3, 80),
    ];
    assert_eq!(kinds.len(), bounds.len());
    for (name, least, most) in bounds {
        let share = kinds[name] * 10_000 / people;
        assert!((least..=most).contains(&share), "{name}: {share} of 10 000, all: {kinds:?}");
    }
}

#[test]
fn no_two_households_have_the_same_document() {
    let nation = nation(5);
    let mut documents = HashSet::new();
    for number in 0..20_000 {
        for coverage in nation.person(number).coverages.iter().filter(|coverage| coverage.disqualified_on.is_none()) {
            let branch = coverage.branch.map(oqs::BranchNumber::number);
            let symbol = coverage.symbol.as_ref().map(|symbol| symbol.as_str().to_owned());
            let document = (coverage.insurer, symbol, coverage.number.as_str().to_owned(), branch);
            assert!(documents.insert(document), "person {number}");
        }
    }
}

#[test]
fn a_seed_is_one_nation_on_every_machine() {
    let digest = |nation: &Nation, numbers: std::ops::Range<u64>| {
        let people: Vec<_> = numbers.map(|number| format!("{:?}", nation.person(number))).collect();
        format!("{:?}", base::digest(&people.iter().map(String::as_bytes).collect::<Vec<_>>()))
    };
    let digests = [digest(&nation(1), 0..2000), digest(&nation(1), 9_999_000..9_999_100)];
    let expected = ["hLBOIDtm2YVaimCxXVpbTNeX2kJ7sQAAWx4rONL0K8o", "uTbSKnIXJAq8QpJxLT1Svteh3w4hpF-hCwsBeMCEH50"];
    assert_eq!(digests, expected);
    assert_ne!(digest(&nation(1), 0..10), digest(&nation(2), 0..10));
}

#[test]
fn a_nation_is_found_again_by_the_name_that_is_stored() {
    assert_eq!(nation(7).source_name(), "nation 7 2026-11-24");
    let found: Nation = "nation 7 2026-11-24".parse().unwrap();
    assert_eq!((found.seed(), found.day()), (7, Date::constant(2026, 11, 24)));
    for other in ["", "nation", "nation 7", "nation seven 2026-11-24", "nation 7 2026-11-31", "people 7 2026-11-24"] {
        assert!(other.parse::<Nation>().is_err(), "{other}");
    }
}
