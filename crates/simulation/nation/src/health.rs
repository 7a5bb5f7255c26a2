//! Health records: plausible courses, by age.

mod lists;

use eligibility::{CheckUp, Finding, Medicine, MedicineSupply, Procedure, Record, RecordContent, Stay};

use crate::{
    Nation,
    country::{PER_TOWN, Town},
    day,
    draw::{Draw, StreamKind},
    household::{HouseholdPosition, Member},
};
use lists::{ACUTE, CHRONIC, Course, DIALYSIS, Drug, MEASURES, OPERATIONS};

/// How far back records reach: visits nine months, check-ups three years, operations five. Real ones reach further, which
/// would not change a measurement.
const VISIT_DAYS: u32 = 270;

impl Nation {
    /// The records of a person, in the order of their days.
    pub(super) fn records(&self, position: HouseholdPosition, member: &Member, town: Town) -> Vec<Record> {
        let mut draw = Draw::new(self.seed, StreamKind::Health, position.person());
        let mut records = Vec::new();
        self.add_visits(&mut draw, position, member, town, &mut records);
        self.add_operation(&mut draw, member, town, &mut records);
        self.add_check_ups(position, member, &mut records);
        records.retain(|record| record.day >= member.birth);
        records.sort_by_key(|record| record.day);
        records
    }

    fn add_visits(
        &self,
        draw: &mut Draw,
        position: HouseholdPosition,
        member: &Member,
        town: Town,
        records: &mut Vec<Record>,
    ) {
        let doctor = draw.next_below(3) as usize % PER_TOWN;
        let chemist = draw.next_below(3) as usize % PER_TOWN;
        let sites = CareSites { town, doctor, chemist };
        let chronic: Vec<_> = if self.specific_disease(position, member) == Some(oqs::SpecificDisease::Dialysis) {
            vec![&DIALYSIS]
        } else {
            CHRONIC.iter().filter(|course| draw.next_chance(course.share_at_age(member.age))).take(3).collect()
        };
        if let Some(interval) = chronic.iter().map(|course| course.interval_days).min() {
            let mut days_ago = draw.next_between(3, interval);
            while days_ago < VISIT_DAYS {
                self.add_visit(sites, &chronic, days_ago, interval, records);
                days_ago += interval;
            }
        }
        for course in
            ACUTE.iter().filter(|course| draw.next_chance(course.share_at_age(member.age))).take(2).collect::<Vec<_>>()
        {
            let days_ago = draw.next_between(5, VISIT_DAYS);
            self.add_visit(
                CareSites { doctor: doctor + 1, ..sites },
                &[course],
                days_ago,
                course.interval_days,
                records,
            );
        }
    }

    /// One day's visit to a clinic and a pharmacy.
    fn add_visit(&self, sites: CareSites, courses: &[&Course], days_ago: u32, days: u32, records: &mut Vec<Record>) {
        let (visit_day, clinic) =
            (day::subtract_days(self.day, days_ago), self.country.clinic(sites.town, sites.doctor));
        let mut record = |content| records.push(Record { day: visit_day, content });
        for name in courses.iter().flat_map(|course| course.treatments) {
            let provider = clinic.clone();
            record(RecordContent::Treatment(Procedure {
                name: (*name).to_owned(),
                times: 1,
                provider,
                stay: Stay::Outpatient,
            }));
        }
        let chemist = self.country.pharmacy(sites.town, sites.chemist);
        for course in courses {
            for drug in course.drugs {
                let (supply, provider) = match drug {
                    Drug { is_administered: true, .. } => (MedicineSupply::Administered, clinic.clone()),
                    _ => (MedicineSupply::Dispensed { prescriber: Some(clinic.clone()) }, chemist.clone()),
                };
                let days = if drug.is_administered { 1 } else { days };
                record(RecordContent::Medicine(medicine(drug, days, supply, provider)));
            }
        }
    }

    fn add_operation(&self, draw: &mut Draw, member: &Member, town: Town, records: &mut Vec<Record>) {
        let share = match member.age {
            0..20 => 60,
            20..40 => 150,
            40..65 => 350,
            _ => 800,
        };
        if !draw.next_chance(share) {
            return;
        }
        let (name, stay, min_age) = *draw.pick(OPERATIONS);
        let days_ago = draw.next_between(20, 5 * 365);
        if member.age >= min_age + days_ago / 365 {
            let provider = self.country.hospital(town).clone();
            let content = RecordContent::Operation(Procedure { name: name.to_owned(), times: 1, provider, stay });
            records.push(Record { day: day::subtract_days(self.day, days_ago), content });
        }
    }

    /// 特定健診, from 40 to 74, with an attendance of somewhat more than half; some older persons attend too.
    fn add_check_ups(&self, position: HouseholdPosition, member: &Member, records: &mut Vec<Record>) {
        let mut draw = Draw::new(self.seed, StreamKind::CheckUp, position.person());
        let share = match member.age {
            0..40 => 0,
            40..75 => 5700,
            _ => 2800,
        };
        if !draw.next_chance(share) {
            return;
        }
        let mut examined_on = day::subtract_days(self.day, draw.next_between(10, 360));
        for _ in 0..draw.next_between(1, 2) {
            records.push(Record { day: examined_on, content: RecordContent::CheckUp(check_up(&mut draw, member)) });
            examined_on = day::subtract_days(examined_on, draw.next_between(340, 390));
        }
    }
}

/// The clinic and pharmacy of a person.
#[derive(Clone, Copy)]
struct CareSites {
    town: Town,
    doctor: usize,
    chemist: usize,
}

impl Course {
    /// How many of ten thousand persons of this age have it.
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

fn medicine(drug: &Drug, days: u32, supply: MedicineSupply, provider: eligibility::Provider) -> Medicine {
    Medicine {
        name: drug.name.to_owned(),
        ingredient: Some(drug.ingredient.to_owned()),
        dose: Some(drug.dose.to_owned()),
        unit: Some(drug.unit.to_owned()),
        usage: Some(drug.usage.to_owned()),
        days,
        supply,
        provider,
    }
}

fn check_up(draw: &mut Draw, member: &Member) -> CheckUp {
    let taller = if member.sex == oqs::Sex::Female { 0 } else { 130 };
    let findings = MEASURES.iter().enumerate().map(|(index, (code, name, unit, first, last, tenths))| {
        let value = draw.next_between(*first, *last) + if index == 0 { taller } else { 0 };
        let value = if *tenths { format!("{}.{}", value / 10, value % 10) } else { value.to_string() };
        Finding { code: (*code).to_owned(), name: (*name).to_owned(), value, unit: Some((*unit).to_owned()) }
    });
    CheckUp { findings: findings.collect() }
}
