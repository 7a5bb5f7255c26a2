//! What is known of somebody's health: plausible courses, by age.

mod lists;

use super::{
    Nation,
    country::{PER_TOWN, Town},
    day,
    draw::{Draw, StreamKind},
    household::{HouseholdPosition, Member},
};
use crate::{CheckUp, Finding, Medicine, MedicineSupply, Procedure, Record, RecordContent, Stay};
use lists::{ACUTE, CHRONIC, Course, DIALYSIS, Drug, MEASURES, OPERATIONS};

/// How far back records reach: visits of the last nine months, check-ups of three years, operations of five. Real ones
/// reach further; more of the same would measure nothing else.
const VISIT_DAYS: u32 = 270;

impl Nation {
    /// The records of somebody, in the order of their days.
    pub(super) fn records(&self, place: HouseholdPosition, member: &Member, at: Town) -> Vec<Record> {
        let mut draw = Draw::new(self.seed, StreamKind::Health, place.person());
        let mut records = Vec::new();
        self.add_visits(&mut draw, place, member, at, &mut records);
        self.add_operation(&mut draw, member, at, &mut records);
        self.add_check_ups(place, member, &mut records);
        records.retain(|record| record.day >= member.birth);
        records.sort_by_key(|record| record.day);
        records
    }

    fn add_visits(
        &self,
        draw: &mut Draw,
        place: HouseholdPosition,
        member: &Member,
        at: Town,
        records: &mut Vec<Record>,
    ) {
        let doctor = draw.next_below(3) as usize % PER_TOWN;
        let chemist = draw.next_below(3) as usize % PER_TOWN;
        let whither = CareSites { town: at, doctor, chemist };
        let chronic: Vec<_> = if self.specific_disease(place, member) == Some(oqs::SpecificDisease::Dialysis) {
            vec![&DIALYSIS]
        } else {
            CHRONIC.iter().filter(|course| draw.next_chance(course.share_at_age(member.age))).take(3).collect()
        };
        if let Some(every) = chronic.iter().map(|course| course.interval_days).min() {
            let mut ago = draw.next_between(3, every);
            while ago < VISIT_DAYS {
                self.add_visit(whither, &chronic, ago, every, records);
                ago += every;
            }
        }
        for course in
            ACUTE.iter().filter(|course| draw.next_chance(course.share_at_age(member.age))).take(2).collect::<Vec<_>>()
        {
            let ago = draw.next_between(5, VISIT_DAYS);
            self.add_visit(CareSites { doctor: doctor + 1, ..whither }, &[course], ago, course.interval_days, records);
        }
    }

    /// One day at the doctor and the chemist.
    fn add_visit(&self, whither: CareSites, courses: &[&Course], ago: u32, days: u32, records: &mut Vec<Record>) {
        let (at, clinic) = (day::subtract_days(self.day, ago), self.country.clinic(whither.town, whither.doctor));
        let mut record = |content| records.push(Record { day: at, content });
        for name in courses.iter().flat_map(|course| course.treatments) {
            let place = clinic.clone();
            record(RecordContent::Treatment(Procedure {
                name: (*name).to_owned(),
                times: 1,
                provider: place,
                stay: Stay::Outpatient,
            }));
        }
        let chemist = self.country.pharmacy(whither.town, whither.chemist);
        for course in courses {
            for drug in course.drugs {
                let (given, place) = match drug {
                    Drug { is_administered: true, .. } => (MedicineSupply::Administered, clinic.clone()),
                    _ => (MedicineSupply::Dispensed { prescriber: Some(clinic.clone()) }, chemist.clone()),
                };
                let days = if drug.is_administered { 1 } else { days };
                record(RecordContent::Medicine(medicine(drug, days, given, place)));
            }
        }
    }

    fn add_operation(&self, draw: &mut Draw, member: &Member, at: Town, records: &mut Vec<Record>) {
        let share = match member.age {
            0..20 => 60,
            20..40 => 150,
            40..65 => 350,
            _ => 800,
        };
        if !draw.next_chance(share) {
            return;
        }
        let (name, stay, from) = *draw.pick(OPERATIONS);
        let ago = draw.next_between(20, 5 * 365);
        if member.age >= from + ago / 365 {
            let place = self.country.hospital(at).clone();
            let content =
                RecordContent::Operation(Procedure { name: name.to_owned(), times: 1, provider: place, stay });
            records.push(Record { day: day::subtract_days(self.day, ago), content });
        }
    }

    /// 特定健診, from 40 to 74, which somewhat more than half of them attend; some of the older go too.
    fn add_check_ups(&self, place: HouseholdPosition, member: &Member, records: &mut Vec<Record>) {
        let mut draw = Draw::new(self.seed, StreamKind::CheckUp, place.person());
        let share = match member.age {
            0..40 => 0,
            40..75 => 5700,
            _ => 2800,
        };
        if !draw.next_chance(share) {
            return;
        }
        let mut on = day::subtract_days(self.day, draw.next_between(10, 360));
        for _ in 0..draw.next_between(1, 2) {
            records.push(Record { day: on, content: RecordContent::CheckUp(check_up(&mut draw, member)) });
            on = day::subtract_days(on, draw.next_between(340, 390));
        }
    }
}

/// Where somebody goes.
#[derive(Clone, Copy)]
struct CareSites {
    town: Town,
    doctor: usize,
    chemist: usize,
}

impl Course {
    /// In ten thousand of this age, as many have it.
    fn share_at_age(&self, age: u32) -> u32 {
        self.share[match age {
            0..7 => 0,
            7..20 => 1,
            20..40 => 2,
            40..65 => 3,
            _ => 4,
        }]
    }
}

fn medicine(drug: &Drug, days: u32, given: MedicineSupply, place: crate::Provider) -> Medicine {
    Medicine {
        name: drug.name.to_owned(),
        ingredient: Some(drug.ingredient.to_owned()),
        dose: Some(drug.dose.to_owned()),
        unit: Some(drug.unit.to_owned()),
        usage: Some(drug.usage.to_owned()),
        days,
        supply: given,
        provider: place,
    }
}

fn check_up(draw: &mut Draw, member: &Member) -> CheckUp {
    let taller = if member.sex == oqs::Sex::Female { 0 } else { 130 };
    let findings = MEASURES.iter().enumerate().map(|(place, (code, name, unit, first, last, tenths))| {
        let value = draw.next_between(*first, *last) + if place == 0 { taller } else { 0 };
        let value = if *tenths { format!("{}.{}", value / 10, value % 10) } else { value.to_string() };
        Finding { code: (*code).to_owned(), name: (*name).to_owned(), value, unit: Some((*unit).to_owned()) }
    });
    CheckUp { findings: findings.collect() }
}
