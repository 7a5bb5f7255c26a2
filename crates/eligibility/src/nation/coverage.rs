//! By whom somebody is insured: of his own work, with the family, by the town, for his age, or by public assistance.

use base::{Date, check_digit};

use super::{
    Nation,
    country::{Insurer, Town},
    day,
    draw::{Draw, Of},
    household::{Member, Place, Role},
};
use crate::{Coverage, ElderlyCertificate};

/// How somebody is insured today.
#[derive(Clone, Copy)]
pub(super) enum Insured {
    /// By his own work.
    Worker,
    /// 被扶養者 of the worker at this place.
    FamilyOf(Place),
    /// 国民健康保険
    National,
    /// 後期高齢者医療, from 75 on
    LateElderly,
    /// 医療扶助
    Assistance,
}

/// One stretch of insurance, without what it says of the person.
struct Term<'n> {
    insurer: &'n Insurer,
    classification: oqs::InsuredCardClassification,
    symbol: Option<String>,
    from: Date,
    lost: Option<Date>,
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

impl Term<'_> {
    /// What it says of nobody yet.
    fn coverage(&self, number: &str) -> Coverage {
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
            from: self.from,
            lost: self.lost,
            reason: self.lost.map(|_| oqs::ReasonOfLoss::OtherInsurance),
            issued: Some(day::after(self.from, 7)),
            valid_from: Some(self.from),
            valid_to: None,
            share: None,
            preschool: None,
            elderly: None,
        }
    }
}

impl Nation {
    pub(super) fn insured(&self, place: Place, member: &Member) -> Insured {
        if self.is_assisted(place) {
            return Insured::Assistance;
        }
        if member.age >= 75 {
            return Insured::LateElderly;
        }
        if self.works(place, member) {
            return Insured::Worker;
        }
        let mut draw = Draw::new(self.seed, Of::Work, place.person());
        let _ = draw.below(10_000);
        let kept = match member.role {
            Role::Head => draw.happens(3500),
            Role::Partner => true,
            Role::Child => member.age <= 22 || draw.happens(4500),
            Role::Parent => draw.happens(4000),
        };
        let works = |other: Place| {
            let earner = other.member(self.seed, self.day);
            (other.within != place.within && earner.age < 75 && self.works(other, &earner)).then_some(other)
        };
        let earner = works(place.at(0)).or_else(|| place.partner(self.seed).and_then(works));
        match earner {
            Some(earner) if kept => Insured::FamilyOf(earner),
            _ => Insured::National,
        }
    }

    /// 生活保護, a whole household at once: most of those who have it live alone and are old.
    fn is_assisted(&self, place: Place) -> bool {
        let alone = place.at(0).person() + 1 == place.end();
        let old = alone && place.at(0).member(self.seed, self.day).age >= 65;
        let share = if old {
            650
        } else if alone {
            330
        } else {
            75
        };
        Draw::new(self.seed, Of::Assistance, place.household).happens(share)
    }

    fn works(&self, place: Place, member: &Member) -> bool {
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
        Draw::new(self.seed, Of::Work, place.person()).happens(share)
    }

    /// The coverages of somebody, the oldest first.
    pub(super) fn coverages(&self, place: Place, member: &Member, at: Town) -> Vec<Coverage> {
        let preschool = (self.day < day::school(member.birth)).then_some(oqs::Preschool::Preschool);
        let elderly = self.elderly(place, member);
        match self.insured(place, member) {
            Insured::Worker => {
                let number = self.number(place.person()).to_string();
                let terms = self.career(place, member, at);
                let own = |term: Term<'_>| Coverage {
                    relation: Some(oqs::PersonalFamily::Insured),
                    branch: oqs::BranchNumber::new(0),
                    elderly: elderly.clone(),
                    ..term.coverage(&number)
                };
                terms.into_iter().map(own).collect()
            }
            Insured::FamilyOf(earner) => {
                let number = self.number(earner.person()).to_string();
                let name = self.name(earner, &earner.member(self.seed, self.day));
                let terms = self.career(earner, &earner.member(self.seed, self.day), at);
                let with = |term: Term<'_>| Coverage {
                    relation: Some(oqs::PersonalFamily::Family),
                    branch: oqs::BranchNumber::new(u8::try_from(place.within + 1).unwrap_or(99)),
                    insured_name: oqs::FullName::new(&name.written),
                    preschool,
                    elderly: elderly.clone(),
                    ..self.of_family(term).coverage(&number)
                };
                since_birth(terms, member.birth).map(with).collect()
            }
            Insured::National => self.national(place, member, at, (preschool, elderly)),
            Insured::LateElderly => self.late_elderly(place, member, at),
            Insured::Assistance => vec![self.assistance(place, member, at)],
        }
    }

    /// The seven digits of a person's number. No two of ten million have the same, and neighbours' are far apart.
    fn number(&self, person: u64) -> u64 {
        (person % 10_000_000 * 7_654_321 + u64::from(self.seed)) % 10_000_000
    }

    /// All the employments of a worker.
    fn career(&self, place: Place, member: &Member, at: Town) -> Vec<Term<'_>> {
        let mut draw = Draw::new(self.seed, Of::Term, place.person());
        let school = i16::try_from(draw.between(18, 22)).unwrap_or(18);
        let (hired, latest) = (Date::constant(member.birth.year() + school, 4, 1), day::before(self.day, 60));
        let since = hired.max(day::before(self.day, 25 * 365)).min(latest);
        let span = day::between(since, self.day);
        let changes = draw.weigh(&[(58, 0), (28, 1), (14, 2)]).min(span / 600);
        let mut terms = Vec::with_capacity(3);
        for change in 0..=changes {
            let step = span / (changes + 1);
            let from = if change == 0 { since } else { day::after(since, step * change + draw.below(step / 2)) };
            terms.push(self.employment(&mut draw, member.age, at, from));
        }
        for next in 1..terms.len() {
            let from = terms[next].from;
            terms[next - 1].lost = Some(lost_at(&mut draw, from));
        }
        self.unsettle(&mut draw, &mut terms);
        terms
    }

    fn employment(&self, draw: &mut Draw, age: u32, at: Town, from: Date) -> Term<'_> {
        let at_sea = u32::from(age < 60 && draw.happens(2500));
        let work = draw.weigh(&[
            (50, Work::Association),
            (36, Work::Society),
            (if age < 65 { 13 } else { 2 }, Work::MutualAid),
            (u32::from(age < 56), Work::SelfDefence),
            (at_sea, Work::Seaman),
            (if age >= 60 { 3 } else { 0 }, Work::SpecialRetired),
        ]);
        let office = draw.below(100_000_000);
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
        Term { insurer, classification, symbol: Some(symbol), from, lost: None }
    }

    /// The families of 自衛官 are insured by another than they themselves.
    fn of_family<'n>(&'n self, term: Term<'n>) -> Term<'n> {
        if term.classification != oqs::InsuredCardClassification::SelfDefence {
            return term;
        }
        let classification = oqs::InsuredCardClassification::General;
        Term { insurer: self.country.self_defence_families(), classification, ..term }
    }

    /// Leaves some between two insurers today.
    fn unsettle(&self, draw: &mut Draw, terms: &mut [Term<'_>]) {
        let (lately, both, coming) =
            (draw.happens(LOST_LATELY), draw.happens(KNOWN_BY_BOTH), draw.happens(NEXT_IS_COMING));
        let days = draw.between(1, 14);
        match terms {
            [.., before, last] if both => {
                last.from = day::before(self.day, days);
                before.lost = None;
            }
            [.., before, last] if coming => {
                last.from = day::after(self.day, days);
                before.lost = Some(day::before(self.day, draw.between(1, 14)));
            }
            [.., last] if lately => last.lost = Some(day::before(self.day, days)),
            _ => {}
        }
    }

    fn national(
        &self,
        place: Place,
        member: &Member,
        at: Town,
        (preschool, elderly): (Option<oqs::Preschool>, Option<ElderlyCertificate>),
    ) -> Vec<Coverage> {
        let since = self.moved_here(place);
        let mut draw = Draw::new(self.seed, Of::Term, place.person());
        let mut from = since.max(member.birth);
        let mut coverages = Vec::with_capacity(2);
        // Many had an employment before.
        let grown = day::birthday(member.birth, 18);
        if member.age >= 24 && draw.happens(4000) {
            let changed = day::after(from, draw.below(day::between(from, self.day).max(1)));
            let began = day::before(changed, draw.between(400, 4000)).max(grown);
            if day::between(began, changed) > 90 {
                let mut term = self.employment(&mut draw, member.age, at, began);
                term.lost = Some(lost_at(&mut draw, changed));
                let number = self.number(place.person()).to_string();
                coverages.push(Coverage {
                    relation: Some(oqs::PersonalFamily::Insured),
                    branch: oqs::BranchNumber::new(0),
                    ..term.coverage(&number)
                });
                from = changed;
            }
        }
        let term = Term {
            insurer: self.country.national(at),
            classification: oqs::InsuredCardClassification::General,
            symbol: Some(format!("国{:02}", place.household % 100)),
            from,
            lost: None,
        };
        let head = place.at(0);
        let insured_name = (place.within != 0).then(|| self.name(head, &head.member(self.seed, self.day)).written);
        let (_, until) = day::insurance_year(self.day);
        coverages.push(Coverage {
            branch: oqs::BranchNumber::new(u8::try_from(place.within + 1).unwrap_or(99)),
            insured_name: insured_name.and_then(|name| oqs::FullName::new(&name)),
            valid_to: Some(until),
            preschool,
            elderly,
            ..term.coverage(&self.number(head.person()).to_string())
        });
        coverages
    }

    /// Since when the household lives where it does.
    fn moved_here(&self, place: Place) -> Date {
        let mut draw = Draw::new(self.seed, Of::Term, (1 << 40) | place.household);
        day::before(self.day, draw.between(40, 20 * 365))
    }

    fn late_elderly(&self, place: Place, member: &Member, at: Town) -> Vec<Coverage> {
        let from = day::birthday(member.birth, 75);
        let mut coverages = Vec::with_capacity(2);
        // What was before is still known for some years.
        if member.age <= 77 {
            let began = day::before(from, Draw::new(self.seed, Of::Term, place.person()).between(400, 5000));
            let term = Term {
                insurer: self.country.national(at),
                classification: oqs::InsuredCardClassification::General,
                symbol: Some(format!("国{:02}", place.household % 100)),
                from: began,
                lost: Some(from),
            };
            coverages.push(Coverage {
                branch: oqs::BranchNumber::new(u8::try_from(place.within + 1).unwrap_or(99)),
                ..term.coverage(&self.number(place.at(0).person()).to_string())
            });
        }
        let number = checked(self.number(place.person()), 7);
        let term = Term {
            insurer: self.country.late_elderly(at),
            classification: oqs::InsuredCardClassification::General,
            symbol: None,
            from,
            lost: None,
        };
        let (first, last) = day::insurance_year(self.day);
        coverages.push(Coverage {
            share: self.share(place, member),
            issued: Some(day::before(first, 15).max(from)),
            valid_from: Some(first.max(from)),
            valid_to: Some(last),
            ..term.coverage(&number)
        });
        coverages
    }

    fn assistance(&self, place: Place, member: &Member, at: Town) -> Coverage {
        let mut draw = Draw::new(self.seed, Of::Assistance, place.household);
        let _ = draw.below(10_000);
        let since = day::before(self.day, draw.between(30, 12 * 365)).max(member.birth);
        let term = Term {
            insurer: self.country.assistance(&mut draw, at, place.person()),
            classification: oqs::InsuredCardClassification::MedicalAssistance,
            symbol: None,
            from: since,
            lost: None,
        };
        // 受給者番号: six digits and the check digit.
        term.coverage(&checked(place.person() % 1_000_000, 6))
    }

    /// 高齢受給者証, from the month after the seventieth birthday to the seventy-fifth.
    fn elderly(&self, place: Place, member: &Member) -> Option<ElderlyCertificate> {
        let begins = day::next_month(day::birthday(member.birth, 70));
        let ends = day::before(day::birthday(member.birth, 75), 1);
        if member.age >= 75 || self.day < begins {
            return None;
        }
        let (first, last) = day::insurance_year(self.day);
        let valid_from = first.max(begins);
        let share = self.share(place, member)?;
        Some(ElderlyCertificate {
            issued: Some(day::before(valid_from, 12)),
            valid_from,
            valid_to: last.min(ends),
            share,
        })
    }
}

/// When the one before ended, seen from the first day of the next: mostly on that day, sometimes before it, and
/// sometimes after it, where the old insurer was told late.
fn lost_at(draw: &mut Draw, next: Date) -> Date {
    match draw.below(100) {
        0..=69 => next,
        70..=87 => day::before(next, draw.between(1, 60)),
        _ => day::after(next, draw.between(1, 20)),
    }
}

/// The terms of which somebody born on this day has had something.
fn since_birth(terms: Vec<Term<'_>>, birth: Date) -> impl Iterator<Item = Term<'_>> {
    terms
        .into_iter()
        .filter(move |term| term.lost.is_none_or(|lost| lost > birth))
        .map(move |term| Term { from: term.from.max(birth), ..term })
}

/// So many digits, and their check digit behind them.
fn checked(number: u64, width: usize) -> String {
    let mut text = format!("{number:0width$}");
    let digits: Vec<u8> = text.bytes().map(|byte| byte - b'0').collect();
    text.push(char::from(b'0' + check_digit(&digits)));
    text
}
