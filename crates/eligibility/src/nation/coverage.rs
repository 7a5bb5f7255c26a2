//! By whom somebody is insured: of his own work, with the family, by the town, for his age, or by public assistance.

use base::{Date, check_digit};

use super::{
    Nation,
    country::{Insurer, Town},
    day,
    draw::{Draw, StreamKind},
    household::{HouseholdPosition, Member, Role},
};
use crate::{Coverage, ElderlyCertificate};

/// How somebody is insured today.
#[derive(Clone, Copy)]
pub(super) enum InsuranceKind {
    /// By his own work.
    Worker,
    /// 被扶養者 of the worker at this place.
    Dependant(HouseholdPosition),
    /// 国民健康保険
    National,
    /// 後期高齢者医療, from 75 on
    LateElderly,
    /// 医療扶助
    Assistance,
}

/// One stretch of insurance, without what it says of the person.
struct InsurancePeriod<'n> {
    insurer: &'n Insurer,
    classification: oqs::InsuredCardClassification,
    symbol: Option<String>,
    qualified_on: Date,
    disqualified_on: Option<Date>,
}

/// In ten thousand persons who have changed: how many stand between two insurers today, are known by both, or have one
/// coming whose first day is near. Plausible: reports of insurers lag some days.
const LOST_LATELY: u32 = 40;
const KNOWN_BY_BOTH: u32 = 50;
const NEXT_IS_COMING: u32 = 30;

/// Kinds of work. The weights give the shares of insured persons that the yearbooks of recent years show, roughly:
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
    /// What it says of nobody yet.
    fn to_coverage(&self, number: &str) -> Coverage {
        Coverage {
            insurer: self.insurer.number,
            insurer_name: self.insurer.name.clone(),
            classification: self.classification,
            symbol: self.symbol.as_deref().and_then(oqs::CardSymbol::new),
            // Digits, and not none of them.
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
    pub(super) fn insurance_kind(&self, place: HouseholdPosition, member: &Member) -> InsuranceKind {
        if self.is_assisted(place) {
            return InsuranceKind::Assistance;
        }
        if member.age >= 75 {
            return InsuranceKind::LateElderly;
        }
        if self.is_employed(place, member) {
            return InsuranceKind::Worker;
        }
        let mut draw = Draw::new(self.seed, StreamKind::Work, place.person());
        let _ = draw.next_below(10_000);
        let kept = match member.role {
            Role::Head => draw.next_chance(3500),
            Role::Partner => true,
            Role::Child => member.age <= 22 || draw.next_chance(4500),
            Role::Parent => draw.next_chance(4000),
        };
        let works = |other: HouseholdPosition| {
            let earner = other.member(self.seed, self.day);
            (other.index != place.index && earner.age < 75 && self.is_employed(other, &earner)).then_some(other)
        };
        let earner = works(place.with_index(0)).or_else(|| place.partner(self.seed).and_then(works));
        match earner {
            Some(earner) if kept => InsuranceKind::Dependant(earner),
            _ => InsuranceKind::National,
        }
    }

    /// 生活保護, a whole household at once: most of those who have it live alone and are old.
    fn is_assisted(&self, place: HouseholdPosition) -> bool {
        let alone = place.with_index(0).person() + 1 == place.end();
        let old = alone && place.with_index(0).member(self.seed, self.day).age >= 65;
        let share = if old {
            650
        } else if alone {
            330
        } else {
            75
        };
        Draw::new(self.seed, StreamKind::Assistance, place.household).next_chance(share)
    }

    fn is_employed(&self, place: HouseholdPosition, member: &Member) -> bool {
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
        Draw::new(self.seed, StreamKind::Work, place.person()).next_chance(share)
    }

    /// The coverages of somebody, the oldest first.
    pub(super) fn coverages(&self, place: HouseholdPosition, member: &Member, at: Town) -> Vec<Coverage> {
        let preschool = (self.day < day::school_start(member.birth)).then_some(oqs::Preschool::Preschool);
        let elderly = self.elderly_certificate(place, member);
        match self.insurance_kind(place, member) {
            InsuranceKind::Worker => {
                let number = self.insured_number(place.person()).to_string();
                let terms = self.employments(place, member, at);
                let own = |term: InsurancePeriod<'_>| Coverage {
                    relation: Some(oqs::PersonalFamily::Insured),
                    branch: oqs::BranchNumber::new(0),
                    elderly: elderly.clone(),
                    ..term.to_coverage(&number)
                };
                terms.into_iter().map(own).collect()
            }
            InsuranceKind::Dependant(earner) => {
                let number = self.insured_number(earner.person()).to_string();
                let name = self.name(earner, &earner.member(self.seed, self.day));
                let terms = self.employments(earner, &earner.member(self.seed, self.day), at);
                let with = |term: InsurancePeriod<'_>| Coverage {
                    relation: Some(oqs::PersonalFamily::Family),
                    branch: oqs::BranchNumber::new(u8::try_from(place.index + 1).unwrap_or(99)),
                    insured_name: oqs::FullName::new(&name.full_name),
                    preschool,
                    elderly: elderly.clone(),
                    ..self.family_period(term).to_coverage(&number)
                };
                clip_to_birth(terms, member.birth).map(with).collect()
            }
            InsuranceKind::National => self.national_coverages(place, member, at, (preschool, elderly)),
            InsuranceKind::LateElderly => self.late_elderly_coverages(place, member, at),
            InsuranceKind::Assistance => vec![self.assistance_coverage(place, member, at)],
        }
    }

    /// The seven digits of a person's number. No two of ten million have the same, and neighbours' are far apart.
    fn insured_number(&self, person: u64) -> u64 {
        (person % 10_000_000 * 7_654_321 + u64::from(self.seed)) % 10_000_000
    }

    /// All the employments of a worker.
    fn employments(&self, place: HouseholdPosition, member: &Member, at: Town) -> Vec<InsurancePeriod<'_>> {
        let mut draw = Draw::new(self.seed, StreamKind::Term, place.person());
        let school = i16::try_from(draw.next_between(18, 22)).unwrap_or(18);
        let (hired, latest) = (Date::constant(member.birth.year() + school, 4, 1), day::subtract_days(self.day, 60));
        let since = hired.max(day::subtract_days(self.day, 25 * 365)).min(latest);
        let span = day::days_between(since, self.day);
        let changes = draw.pick_weighted(&[(58, 0), (28, 1), (14, 2)]).min(span / 600);
        let mut terms = Vec::with_capacity(3);
        for change in 0..=changes {
            let step = span / (changes + 1);
            let from =
                if change == 0 { since } else { day::add_days(since, step * change + draw.next_below(step / 2)) };
            terms.push(self.employment(&mut draw, member.age, at, from));
        }
        for next in 1..terms.len() {
            let from = terms[next].qualified_on;
            terms[next - 1].disqualified_on = Some(draw_disqualification(&mut draw, from));
        }
        self.add_transition(&mut draw, &mut terms);
        terms
    }

    fn employment(&self, draw: &mut Draw, age: u32, at: Town, from: Date) -> InsurancePeriod<'_> {
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
            Work::Association => (self.country.association(at), format!("{office:08}")),
            Work::Society => (self.country.society(draw), format!("{}", office % 9000 + 1)),
            Work::MutualAid => (self.country.mutual_aid(draw, at), format!("公{:03}", office % 1000)),
            Work::SelfDefence => (self.country.self_defence(draw), format!("防衛{:02}", office % 100)),
            Work::Seaman => (&self.country.seamen, format!("船{:04}", office % 10_000)),
            Work::SpecialRetired => (self.country.special_retired(draw), format!("特退{:03}", office % 1000)),
        };
        let classification = match work {
            Work::SelfDefence => oqs::InsuredCardClassification::SelfDefence,
            Work::SpecialRetired => oqs::InsuredCardClassification::SpecialRetired,
            _ => oqs::InsuredCardClassification::General,
        };
        InsurancePeriod { insurer, classification, symbol: Some(symbol), qualified_on: from, disqualified_on: None }
    }

    /// The families of 自衛官 are insured by another than they themselves.
    fn family_period<'n>(&'n self, term: InsurancePeriod<'n>) -> InsurancePeriod<'n> {
        if term.classification != oqs::InsuredCardClassification::SelfDefence {
            return term;
        }
        let classification = oqs::InsuredCardClassification::General;
        InsurancePeriod { insurer: self.country.self_defence_families(), classification, ..term }
    }

    /// Leaves some between two insurers today.
    fn add_transition(&self, draw: &mut Draw, terms: &mut [InsurancePeriod<'_>]) {
        let (lately, both, coming) =
            (draw.next_chance(LOST_LATELY), draw.next_chance(KNOWN_BY_BOTH), draw.next_chance(NEXT_IS_COMING));
        let days = draw.next_between(1, 14);
        match terms {
            [.., before, last] if both => {
                last.qualified_on = day::subtract_days(self.day, days);
                before.disqualified_on = None;
            }
            [.., before, last] if coming => {
                last.qualified_on = day::add_days(self.day, days);
                before.disqualified_on = Some(day::subtract_days(self.day, draw.next_between(1, 14)));
            }
            [.., last] if lately => last.disqualified_on = Some(day::subtract_days(self.day, days)),
            _ => {}
        }
    }

    fn national_coverages(
        &self,
        place: HouseholdPosition,
        member: &Member,
        at: Town,
        (preschool, elderly): (Option<oqs::Preschool>, Option<ElderlyCertificate>),
    ) -> Vec<Coverage> {
        let since = self.moved_in_on(place);
        let mut draw = Draw::new(self.seed, StreamKind::Term, place.person());
        let mut from = since.max(member.birth);
        let mut coverages = Vec::with_capacity(2);
        // Many had an employment before.
        let grown = day::birthday(member.birth, 18);
        if member.age >= 24 && draw.next_chance(4000) {
            let changed = day::add_days(from, draw.next_below(day::days_between(from, self.day).max(1)));
            let began = day::subtract_days(changed, draw.next_between(400, 4000)).max(grown);
            if day::days_between(began, changed) > 90 {
                let mut term = self.employment(&mut draw, member.age, at, began);
                term.disqualified_on = Some(draw_disqualification(&mut draw, changed));
                let number = self.insured_number(place.person()).to_string();
                coverages.push(Coverage {
                    relation: Some(oqs::PersonalFamily::Insured),
                    branch: oqs::BranchNumber::new(0),
                    ..term.to_coverage(&number)
                });
                from = changed;
            }
        }
        let term = InsurancePeriod {
            insurer: self.country.national(at),
            classification: oqs::InsuredCardClassification::General,
            symbol: Some(format!("国{:02}", place.household % 100)),
            qualified_on: from,
            disqualified_on: None,
        };
        let head = place.with_index(0);
        let insured_name = (place.index != 0).then(|| self.name(head, &head.member(self.seed, self.day)).full_name);
        let (_, until) = day::insurance_year(self.day);
        coverages.push(Coverage {
            branch: oqs::BranchNumber::new(u8::try_from(place.index + 1).unwrap_or(99)),
            insured_name: insured_name.and_then(|name| oqs::FullName::new(&name)),
            valid_to: Some(until),
            preschool,
            elderly,
            ..term.to_coverage(&self.insured_number(head.person()).to_string())
        });
        coverages
    }

    /// Since when the household lives where it does.
    fn moved_in_on(&self, place: HouseholdPosition) -> Date {
        let mut draw = Draw::new(self.seed, StreamKind::Term, (1 << 40) | place.household);
        day::subtract_days(self.day, draw.next_between(40, 20 * 365))
    }

    fn late_elderly_coverages(&self, place: HouseholdPosition, member: &Member, at: Town) -> Vec<Coverage> {
        let from = day::birthday(member.birth, 75);
        let mut coverages = Vec::with_capacity(2);
        // What was before is still known for some years.
        if member.age <= 77 {
            let began = day::subtract_days(
                from,
                Draw::new(self.seed, StreamKind::Term, place.person()).next_between(400, 5000),
            );
            let term = InsurancePeriod {
                insurer: self.country.national(at),
                classification: oqs::InsuredCardClassification::General,
                symbol: Some(format!("国{:02}", place.household % 100)),
                qualified_on: began,
                disqualified_on: Some(from),
            };
            coverages.push(Coverage {
                branch: oqs::BranchNumber::new(u8::try_from(place.index + 1).unwrap_or(99)),
                ..term.to_coverage(&self.insured_number(place.with_index(0).person()).to_string())
            });
        }
        let number = with_check_digit(self.insured_number(place.person()), 7);
        let term = InsurancePeriod {
            insurer: self.country.late_elderly(at),
            classification: oqs::InsuredCardClassification::General,
            symbol: None,
            qualified_on: from,
            disqualified_on: None,
        };
        let (first, last) = day::insurance_year(self.day);
        coverages.push(Coverage {
            share: self.share(place, member),
            issued: Some(day::subtract_days(first, 15).max(from)),
            valid_from: Some(first.max(from)),
            valid_to: Some(last),
            ..term.to_coverage(&number)
        });
        coverages
    }

    fn assistance_coverage(&self, place: HouseholdPosition, member: &Member, at: Town) -> Coverage {
        let mut draw = Draw::new(self.seed, StreamKind::Assistance, place.household);
        let _ = draw.next_below(10_000);
        let since = day::subtract_days(self.day, draw.next_between(30, 12 * 365)).max(member.birth);
        let term = InsurancePeriod {
            insurer: self.country.assistance(&mut draw, at, place.person()),
            classification: oqs::InsuredCardClassification::MedicalAssistance,
            symbol: None,
            qualified_on: since,
            disqualified_on: None,
        };
        // 受給者番号: six digits and the check digit.
        term.to_coverage(&with_check_digit(place.person() % 1_000_000, 6))
    }

    /// 高齢受給者証, from the month after the seventieth birthday to the seventy-fifth.
    fn elderly_certificate(&self, place: HouseholdPosition, member: &Member) -> Option<ElderlyCertificate> {
        let begins = day::next_month(day::birthday(member.birth, 70));
        let ends = day::subtract_days(day::birthday(member.birth, 75), 1);
        if member.age >= 75 || self.day < begins {
            return None;
        }
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(begins);
        let share = self.share(place, member)?;
        Some(ElderlyCertificate {
            issued: Some(day::subtract_days(valid_from, 12)),
            valid_from,
            valid_to: last.min(ends),
            share,
        })
    }
}

/// When the one before ended, seen from the first day of the next: mostly on that day, sometimes before it, and
/// sometimes after it, where the old insurer was told late.
fn draw_disqualification(draw: &mut Draw, next: Date) -> Date {
    match draw.next_below(100) {
        0..=69 => next,
        70..=87 => day::subtract_days(next, draw.next_between(1, 60)),
        _ => day::add_days(next, draw.next_between(1, 20)),
    }
}

/// The terms of which somebody born on this day has had something.
fn clip_to_birth(terms: Vec<InsurancePeriod<'_>>, birth: Date) -> impl Iterator<Item = InsurancePeriod<'_>> {
    terms
        .into_iter()
        .filter(move |term| term.disqualified_on.is_none_or(|lost| lost > birth))
        .map(move |term| InsurancePeriod { qualified_on: term.qualified_on.max(birth), ..term })
}

/// So many digits, and their check digit behind them.
fn with_check_digit(number: u64, width: usize) -> String {
    let mut text = format!("{number:0width$}");
    let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
    text.push(char::from(b'0' + check_digit(&digits)));
    text
}
