//! How a person is insured: by employment, as a dependant, by the municipality, by age, or by public assistance.

use base::{Date, check_digit};
use eligibility::{Coverage, ElderlyCertificate};

use crate::{
    Nation,
    country::{Insurer, Town},
    day,
    draw::{Draw, StreamKind},
    household::{HouseholdPosition, Member, Role},
};

/// How a person is insured today.
#[derive(Clone, Copy)]
pub(super) enum InsuranceKind {
    /// By employment.
    Worker,
    /// 被扶養者 of the worker at this position.
    Dependant(HouseholdPosition),
    /// 国民健康保険
    National,
    /// 後期高齢者医療, from 75 on
    LateElderly,
    /// 医療扶助
    Assistance,
}

/// One period of insurance, without the details of the person.
struct InsurancePeriod<'n> {
    insurer: &'n Insurer,
    classification: oqs::InsuredCardClassification,
    symbol: Option<String>,
    qualified_on: Date,
    disqualified_on: Option<Date>,
}

/// Of ten thousand persons who have changed insurers: how many are between two insurers today, are known to both, or have
/// one whose first day is near. Plausible: reports of insurers lag some days.
const LOST_LATELY: u32 = 40;
const KNOWN_BY_BOTH: u32 = 50;
const NEXT_IS_COMING: u32 = 30;

/// Kinds of work. The weights give roughly the shares of insured persons in the yearbooks of recent years:
/// 協会けんぽ 32 %, 組合 23 %, 共済 8 %, 国保 20 %, 後期高齢者 16 %, 医療扶助 1.6 %, 自衛官 0.2 %.
#[derive(Clone, Copy, PartialEq)]
enum Work {
    Association,
    Society,
    MutualAid,
    SelfDefence,
    Seaman,
    SpecialRetired,
}

impl InsurancePeriod<'_> {
    /// The coverage, without the details of the person.
    fn to_coverage(&self, number: &str) -> Coverage {
        Coverage {
            insurer: self.insurer.number,
            insurer_name: self.insurer.name.clone(),
            classification: self.classification,
            symbol: self.symbol.as_deref().and_then(oqs::CardSymbol::new),
            // The number has at least one digit.
            number: oqs::CardNumber::new(number).expect("a number of a nation has digits"),
            branch: None,
            relation: None,
            insured_name: None,
            qualified_on: self.qualified_on,
            disqualified_on: self.disqualified_on,
            reason_of_loss: self.disqualified_on.map(|_| oqs::ReasonOfLoss::OtherInsurance),
            issued: Some(day::add_days(self.qualified_on, 7)),
            valid_from: Some(self.qualified_on),
            valid_to: None,
            share: None,
            preschool: None,
            elderly: None,
        }
    }
}

impl Nation {
    pub(super) fn insurance_kind(&self, position: HouseholdPosition, member: &Member) -> InsuranceKind {
        if self.is_assisted(position) {
            return InsuranceKind::Assistance;
        }
        if member.age >= 75 {
            return InsuranceKind::LateElderly;
        }
        if self.is_employed(position, member) {
            return InsuranceKind::Worker;
        }
        let mut draw = Draw::new(self.seed, StreamKind::Work, position.person());
        let _ = draw.next_below(10_000);
        let stays_dependant = match member.role {
            Role::Head => draw.next_chance(3500),
            Role::Partner => true,
            Role::Child => member.age <= 22 || draw.next_chance(4500),
            Role::Parent => draw.next_chance(4000),
        };
        let employed = |candidate: HouseholdPosition| {
            let earner = candidate.member(self.seed, self.day);
            (candidate.index != position.index && earner.age < 75 && self.is_employed(candidate, &earner))
                .then_some(candidate)
        };
        let earner = employed(position.with_index(0)).or_else(|| position.partner(self.seed).and_then(employed));
        match earner {
            Some(earner) if stays_dependant => InsuranceKind::Dependant(earner),
            _ => InsuranceKind::National,
        }
    }

    /// 生活保護, for a whole household: most recipients live alone and are old.
    fn is_assisted(&self, position: HouseholdPosition) -> bool {
        let alone = position.with_index(0).person() + 1 == position.end();
        let old = alone && position.with_index(0).member(self.seed, self.day).age >= 65;
        let share = if old {
            650
        } else if alone {
            330
        } else {
            75
        };
        Draw::new(self.seed, StreamKind::Assistance, position.household).next_chance(share)
    }

    fn is_employed(&self, position: HouseholdPosition, member: &Member) -> bool {
        let share = match (member.role, member.age) {
            (_, 0..=18 | 75..) => 0,
            (Role::Head, 19..=59) => 8000,
            (Role::Head, 60..=64) => 6000,
            (Role::Head, 65..=69) => 3300,
            (Role::Head, _) => 1500,
            (Role::Partner, 19..=59) => 5000,
            (Role::Partner, 60..=64) => 3600,
            (Role::Partner, 65..=69) => 1700,
            (Role::Partner, _) => 600,
            (Role::Child, 19..=22) => 2200,
            (Role::Child, _) => 7700,
            (Role::Parent, _) => 500,
        };
        Draw::new(self.seed, StreamKind::Work, position.person()).next_chance(share)
    }

    /// The coverages of a person, the oldest first.
    pub(super) fn coverages(&self, position: HouseholdPosition, member: &Member, town: Town) -> Vec<Coverage> {
        let preschool = (self.day < day::school_start(member.birth)).then_some(oqs::Preschool::Preschool);
        let elderly = self.elderly_certificate(position, member);
        match self.insurance_kind(position, member) {
            InsuranceKind::Worker => {
                let number = self.insured_number(position.person()).to_string();
                let terms = self.employments(position, member, town);
                let to_worker_coverage = |term: InsurancePeriod<'_>| Coverage {
                    relation: Some(oqs::PersonalFamily::Insured),
                    branch: oqs::BranchNumber::new(0),
                    elderly: elderly.clone(),
                    ..term.to_coverage(&number)
                };
                terms.into_iter().map(to_worker_coverage).collect()
            }
            InsuranceKind::Dependant(earner) => {
                let number = self.insured_number(earner.person()).to_string();
                let name = self.name(earner, &earner.member(self.seed, self.day));
                let terms = self.employments(earner, &earner.member(self.seed, self.day), town);
                let to_family_coverage = |term: InsurancePeriod<'_>| Coverage {
                    relation: Some(oqs::PersonalFamily::Family),
                    branch: oqs::BranchNumber::new(u8::try_from(position.index + 1).unwrap_or(99)),
                    insured_name: oqs::FullName::new(&name.full_name),
                    preschool,
                    elderly: elderly.clone(),
                    ..self.family_period(term).to_coverage(&number)
                };
                clip_to_birth(terms, member.birth).map(to_family_coverage).collect()
            }
            InsuranceKind::National => self.national_coverages(position, member, town, (preschool, elderly)),
            InsuranceKind::LateElderly => self.late_elderly_coverages(position, member, town),
            InsuranceKind::Assistance => vec![self.assistance_coverage(position, member, town)],
        }
    }

    /// The seven digits of a person's number. No two of ten million are equal, and those of neighbours are far apart.
    fn insured_number(&self, person: u64) -> u64 {
        (person % 10_000_000 * 7_654_321 + u64::from(self.seed)) % 10_000_000
    }

    /// All employments of a worker.
    fn employments(&self, position: HouseholdPosition, member: &Member, town: Town) -> Vec<InsurancePeriod<'_>> {
        let mut draw = Draw::new(self.seed, StreamKind::Term, position.person());
        let school = i16::try_from(draw.next_between(18, 22)).unwrap_or(18);
        let (hired, latest) = (Date::constant(member.birth.year() + school, 4, 1), day::subtract_days(self.day, 60));
        let start = hired.max(day::subtract_days(self.day, 25 * 365)).min(latest);
        let span = day::days_between(start, self.day);
        let changes = draw.pick_weighted(&[(58, 0), (28, 1), (14, 2)]).min(span / 600);
        let mut terms = Vec::with_capacity(3);
        for change in 0..=changes {
            let step = span / (changes + 1);
            let qualified_on =
                if change == 0 { start } else { day::add_days(start, step * change + draw.next_below(step / 2)) };
            terms.push(self.employment(&mut draw, member.age, town, qualified_on));
        }
        for next in 1..terms.len() {
            let next_start = terms[next].qualified_on;
            terms[next - 1].disqualified_on = Some(draw_disqualification(&mut draw, next_start));
        }
        self.add_transition(&mut draw, &mut terms);
        terms
    }

    fn employment(&self, draw: &mut Draw, age: u32, town: Town, qualified_on: Date) -> InsurancePeriod<'_> {
        let at_sea = u32::from(age < 60 && draw.next_chance(2500));
        let work = draw.pick_weighted(&[
            (50, Work::Association),
            (36, Work::Society),
            (if age < 65 { 13 } else { 2 }, Work::MutualAid),
            (u32::from(age < 56), Work::SelfDefence),
            (at_sea, Work::Seaman),
            (if age >= 60 { 3 } else { 0 }, Work::SpecialRetired),
        ]);
        let office = draw.next_below(100_000_000);
        let (insurer, symbol) = match work {
            Work::Association => (self.country.association(town), format!("{office:08}")),
            Work::Society => (self.country.society(draw), format!("{}", office % 9000 + 1)),
            Work::MutualAid => (self.country.mutual_aid(draw, town), format!("公{:03}", office % 1000)),
            Work::SelfDefence => (self.country.self_defence(draw), format!("防衛{:02}", office % 100)),
            Work::Seaman => (&self.country.seamen, format!("船{:04}", office % 10_000)),
            Work::SpecialRetired => (self.country.special_retired(draw), format!("特退{:03}", office % 1000)),
        };
        let classification = match work {
            Work::SelfDefence => oqs::InsuredCardClassification::SelfDefence,
            Work::SpecialRetired => oqs::InsuredCardClassification::SpecialRetired,
            _ => oqs::InsuredCardClassification::General,
        };
        InsurancePeriod { insurer, classification, symbol: Some(symbol), qualified_on, disqualified_on: None }
    }

    /// Families of 自衛官 have another insurer than 自衛官 themselves.
    fn family_period<'n>(&'n self, term: InsurancePeriod<'n>) -> InsurancePeriod<'n> {
        if term.classification != oqs::InsuredCardClassification::SelfDefence {
            return term;
        }
        let classification = oqs::InsuredCardClassification::General;
        InsurancePeriod { insurer: self.country.self_defence_families(), classification, ..term }
    }

    /// Leaves some persons between two insurers today.
    fn add_transition(&self, draw: &mut Draw, terms: &mut [InsurancePeriod<'_>]) {
        let (lost_lately, known_by_both, next_is_coming) =
            (draw.next_chance(LOST_LATELY), draw.next_chance(KNOWN_BY_BOTH), draw.next_chance(NEXT_IS_COMING));
        let days = draw.next_between(1, 14);
        match terms {
            [.., previous, last] if known_by_both => {
                last.qualified_on = day::subtract_days(self.day, days);
                previous.disqualified_on = None;
            }
            [.., previous, last] if next_is_coming => {
                last.qualified_on = day::add_days(self.day, days);
                previous.disqualified_on = Some(day::subtract_days(self.day, draw.next_between(1, 14)));
            }
            [.., last] if lost_lately => last.disqualified_on = Some(day::subtract_days(self.day, days)),
            _ => {}
        }
    }

    fn national_coverages(
        &self,
        position: HouseholdPosition,
        member: &Member,
        town: Town,
        (preschool, elderly): (Option<oqs::Preschool>, Option<ElderlyCertificate>),
    ) -> Vec<Coverage> {
        let moved_in = self.moved_in_on(position);
        let mut draw = Draw::new(self.seed, StreamKind::Term, position.person());
        let mut qualified_on = moved_in.max(member.birth);
        let mut coverages = Vec::with_capacity(2);
        // Many were employed before.
        let adult_on = day::birthday(member.birth, 18);
        if member.age >= 24 && draw.next_chance(4000) {
            let changed =
                day::add_days(qualified_on, draw.next_below(day::days_between(qualified_on, self.day).max(1)));
            let hired_on = day::subtract_days(changed, draw.next_between(400, 4000)).max(adult_on);
            if day::days_between(hired_on, changed) > 90 {
                let mut term = self.employment(&mut draw, member.age, town, hired_on);
                term.disqualified_on = Some(draw_disqualification(&mut draw, changed));
                let number = self.insured_number(position.person()).to_string();
                coverages.push(Coverage {
                    relation: Some(oqs::PersonalFamily::Insured),
                    branch: oqs::BranchNumber::new(0),
                    ..term.to_coverage(&number)
                });
                qualified_on = changed;
            }
        }
        let term = InsurancePeriod {
            insurer: self.country.national(town),
            classification: oqs::InsuredCardClassification::General,
            symbol: Some(format!("国{:02}", position.household % 100)),
            qualified_on,
            disqualified_on: None,
        };
        let head = position.with_index(0);
        let insured_name = (position.index != 0).then(|| self.name(head, &head.member(self.seed, self.day)).full_name);
        let (_, year_end) = day::insurance_year(self.day);
        coverages.push(Coverage {
            branch: oqs::BranchNumber::new(u8::try_from(position.index + 1).unwrap_or(99)),
            insured_name: insured_name.and_then(|name| oqs::FullName::new(&name)),
            valid_to: Some(year_end),
            preschool,
            elderly,
            ..term.to_coverage(&self.insured_number(head.person()).to_string())
        });
        coverages
    }

    /// The day on which the household moved to its address.
    fn moved_in_on(&self, position: HouseholdPosition) -> Date {
        let mut draw = Draw::new(self.seed, StreamKind::Term, (1 << 40) | position.household);
        day::subtract_days(self.day, draw.next_between(40, 20 * 365))
    }

    fn late_elderly_coverages(&self, position: HouseholdPosition, member: &Member, town: Town) -> Vec<Coverage> {
        let qualified_on = day::birthday(member.birth, 75);
        let mut coverages = Vec::with_capacity(2);
        // The coverage before is still known for some years.
        if member.age <= 77 {
            let joined_on = day::subtract_days(
                qualified_on,
                Draw::new(self.seed, StreamKind::Term, position.person()).next_between(400, 5000),
            );
            let term = InsurancePeriod {
                insurer: self.country.national(town),
                classification: oqs::InsuredCardClassification::General,
                symbol: Some(format!("国{:02}", position.household % 100)),
                qualified_on: joined_on,
                disqualified_on: Some(qualified_on),
            };
            coverages.push(Coverage {
                branch: oqs::BranchNumber::new(u8::try_from(position.index + 1).unwrap_or(99)),
                ..term.to_coverage(&self.insured_number(position.with_index(0).person()).to_string())
            });
        }
        let number = with_check_digit(self.insured_number(position.person()), 7);
        let term = InsurancePeriod {
            insurer: self.country.late_elderly(town),
            classification: oqs::InsuredCardClassification::General,
            symbol: None,
            qualified_on,
            disqualified_on: None,
        };
        let (first, last) = day::insurance_year(self.day);
        coverages.push(Coverage {
            share: self.share(position, member),
            issued: Some(day::subtract_days(first, 15).max(qualified_on)),
            valid_from: Some(first.max(qualified_on)),
            valid_to: Some(last),
            ..term.to_coverage(&number)
        });
        coverages
    }

    fn assistance_coverage(&self, position: HouseholdPosition, member: &Member, town: Town) -> Coverage {
        let mut draw = Draw::new(self.seed, StreamKind::Assistance, position.household);
        let _ = draw.next_below(10_000);
        let qualified_on = day::subtract_days(self.day, draw.next_between(30, 12 * 365)).max(member.birth);
        let term = InsurancePeriod {
            insurer: self.country.assistance(&mut draw, town, position.person()),
            classification: oqs::InsuredCardClassification::MedicalAssistance,
            symbol: None,
            qualified_on,
            disqualified_on: None,
        };
        // 受給者番号: six digits and the check digit.
        term.to_coverage(&with_check_digit(position.person() % 1_000_000, 6))
    }

    /// 高齢受給者証, from the month after the seventieth birthday to the seventy-fifth.
    fn elderly_certificate(&self, position: HouseholdPosition, member: &Member) -> Option<ElderlyCertificate> {
        let begins = day::next_month(day::birthday(member.birth, 70));
        let ends = day::subtract_days(day::birthday(member.birth, 75), 1);
        if member.age >= 75 || self.day < begins {
            return None;
        }
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(begins);
        let share = self.share(position, member)?;
        Some(ElderlyCertificate {
            issued: Some(day::subtract_days(valid_from, 12)),
            valid_from,
            valid_to: last.min(ends),
            share,
        })
    }
}

/// The day on which the coverage before ended, given the first day of the next: mostly that day, sometimes earlier, and
/// sometimes later, if the former insurer was notified late.
fn draw_disqualification(draw: &mut Draw, next: Date) -> Date {
    match draw.next_below(100) {
        0..=69 => next,
        70..=87 => day::subtract_days(next, draw.next_between(1, 60)),
        _ => day::add_days(next, draw.next_between(1, 20)),
    }
}

/// The parts of the periods since this birth.
fn clip_to_birth(terms: Vec<InsurancePeriod<'_>>, birth: Date) -> impl Iterator<Item = InsurancePeriod<'_>> {
    terms
        .into_iter()
        .filter(move |term| term.disqualified_on.is_none_or(|lost| lost > birth))
        .map(move |term| InsurancePeriod { qualified_on: term.qualified_on.max(birth), ..term })
}

/// The number with `width` digits, followed by its check digit.
fn with_check_digit(number: u64, width: usize) -> String {
    let mut text = format!("{number:0width$}");
    let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
    text.push(char::from(b'0' + check_digit(&digits)));
    text
}
