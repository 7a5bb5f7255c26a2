//! Households: the n-th person's position in a household, computed without those before it.
//!
//! Persons are in blocks of twenty-four, and each block is split into households in one of a few ways. So the household of
//! any person follows from the person's number alone.

use base::Date;

use crate::{
    day,
    draw::{Draw, StreamKind},
};

/// The number of persons in a block.
const BLOCK: u64 = 24;

/// How a block is split. Shares by size roughly as in Japan: one person 38 %, two 28 %, three 17 %, four 12 %, more 5 %
/// (rounded from the yearly survey of households).
const SPLITS: [&[u32]; 4] = [
    &[1, 2, 1, 4, 2, 3, 1, 2, 1, 3, 1, 2, 1],
    &[2, 1, 3, 1, 5, 1, 2, 4, 1, 2, 1, 1],
    &[1, 4, 2, 1, 2, 3, 1, 2, 4, 1, 3],
    &[3, 1, 2, 2, 1, 4, 1, 3, 1, 2, 4],
];

/// The most households in a block.
const MOST_IN_BLOCK: u64 = 16;

/// A person's role in the household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// 世帯主
    Head,
    Partner,
    Child,
    /// A parent of the head.
    Parent,
}

/// A household, and one of its members.
#[derive(Debug, Clone, Copy)]
pub(super) struct HouseholdPosition {
    pub(super) household: u64,
    /// The number of its first person, the head.
    pub(super) first: u64,
    /// The number of its members.
    size: u32,
    /// The index of the member; the head's is 0.
    pub(super) index: u32,
}

/// A member of a household.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) role: Role,
    pub(super) sex: oqs::Sex,
    pub(super) birth: Date,
    /// On the nation's day.
    pub(super) age: u32,
}

/// The composition of a household.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Alone,
    Couple,
    CoupleWithChildren,
    CoupleWithParent,
    LoneParent,
    ChildWithParent,
}

impl HouseholdPosition {
    pub(super) fn for_person(seed: u32, person: u64) -> Self {
        let (block, offset) = (person / BLOCK, u32::try_from(person % BLOCK).unwrap_or(0));
        let split = Draw::new(seed, StreamKind::Block, block).pick(&SPLITS);
        let mut start = 0;
        for (number, size) in (0_u64..).zip(*split) {
            if offset < start + size {
                let first = block * BLOCK + u64::from(start);
                return Self { household: block * MOST_IN_BLOCK + number, first, size: *size, index: offset - start };
            }
            start += size;
        }
        // Every split has the size of a block.
        unreachable!("a split covers its block")
    }

    pub(super) fn person(self) -> u64 {
        self.first + u64::from(self.index)
    }

    /// The number after the last person of the household.
    pub(super) fn end(self) -> u64 {
        self.first + u64::from(self.size)
    }

    /// Another member of the same household.
    pub(super) fn with_index(self, index: u32) -> Self {
        Self { index, ..self }
    }

    pub(super) fn member(self, seed: u32, today: Date) -> Member {
        let mut draw = Draw::new(seed, StreamKind::Household, self.household);
        let shape = shape(&mut draw, self.size);
        let head = head_age(&mut draw, shape, self.size);
        let first_child = first_child_age(&mut draw, shape, head);
        let head_is_woman = draw.next_chance(match shape {
            Shape::LoneParent => 8500,
            Shape::Alone => 5200,
            _ => 1500,
        });
        let role = role(shape, self.size, self.index);
        let mut draw = Draw::new(seed, StreamKind::Member, self.person());
        let age = match role {
            Role::Head => head,
            Role::Partner => (head + draw.next_below(8)).saturating_sub(4).max(18),
            // Siblings follow after two or three years; one with a negative age is an infant.
            Role::Child => first_child.saturating_sub((self.index - shape.partners() - 1) * draw.next_between(2, 3)),
            Role::Parent => (head + draw.next_between(24, 36)).min(102),
        };
        let woman = match role {
            Role::Head => head_is_woman,
            Role::Partner => !head_is_woman,
            Role::Child => draw.next_chance(4870),
            Role::Parent => draw.next_chance(7000),
        };
        let birth = birth(&mut draw, age, today);
        let sex = if woman { oqs::Sex::Female } else { oqs::Sex::Male };
        Member { role, sex, birth, age }
    }

    /// The position of the partner, if there is one.
    pub(super) fn partner(self, seed: u32) -> Option<Self> {
        let shape = shape(&mut Draw::new(seed, StreamKind::Household, self.household), self.size);
        (shape.partners() == 1).then(|| self.with_index(1))
    }
}

impl Shape {
    fn partners(self) -> u32 {
        u32::from(matches!(self, Self::Couple | Self::CoupleWithChildren | Self::CoupleWithParent))
    }
}

fn shape(draw: &mut Draw, size: u32) -> Shape {
    match size {
        1 => Shape::Alone,
        2 => draw.pick_weighted(&[(72, Shape::Couple), (13, Shape::LoneParent), (15, Shape::ChildWithParent)]),
        3 => draw.pick_weighted(&[
            (70, Shape::CoupleWithChildren),
            (15, Shape::CoupleWithParent),
            (15, Shape::LoneParent),
        ]),
        4 => draw.pick_weighted(&[(78, Shape::CoupleWithChildren), (22, Shape::CoupleWithParent)]),
        _ => draw.pick_weighted(&[(40, Shape::CoupleWithChildren), (60, Shape::CoupleWithParent)]),
    }
}

fn head_age(draw: &mut Draw, shape: Shape, size: u32) -> u32 {
    let (first, last) = match (shape, size) {
        (Shape::Alone, _) => {
            draw.pick_weighted(&[(30, (19, 39)), (27, (40, 64)), (13, (65, 74)), (22, (75, 89)), (8, (85, 99))])
        }
        (Shape::Couple, _) => draw.pick_weighted(&[(22, (24, 44)), (23, (45, 64)), (30, (65, 74)), (25, (75, 90))]),
        (Shape::CoupleWithChildren, 3) => draw.pick_weighted(&[(60, (25, 48)), (30, (49, 62)), (10, (63, 72))]),
        (Shape::CoupleWithChildren, _) => draw.pick_weighted(&[(80, (29, 49)), (20, (50, 58))]),
        (Shape::LoneParent, _) => draw.pick_weighted(&[(70, (24, 48)), (30, (49, 60))]),
        (Shape::CoupleWithParent, _) => (40, 62),
        (Shape::ChildWithParent, _) => (42, 66),
    };
    draw.next_between(first, last)
}

/// The eldest child's age: the parents were from 24 to 36 at its birth, and it leaves home by 34.
fn first_child_age(draw: &mut Draw, shape: Shape, head: u32) -> u32 {
    let younger = draw.next_between(24, 36);
    let age = head.saturating_sub(younger);
    if shape == Shape::Alone { 0 } else { age.min(34) }
}

fn role(shape: Shape, size: u32, index: u32) -> Role {
    let with_parent = matches!(shape, Shape::CoupleWithParent | Shape::ChildWithParent);
    match index {
        0 => Role::Head,
        1 if shape.partners() == 1 => Role::Partner,
        last if with_parent && last + 1 == size => Role::Parent,
        _ => Role::Child,
    }
}

/// A birth date for this age today. No day after the 28th, so that it exists in every month.
fn birth(draw: &mut Draw, age: u32, today: Date) -> Date {
    let month = i8::try_from(draw.next_between(1, 12)).unwrap_or(1);
    let day = i8::try_from(draw.next_between(1, 28)).unwrap_or(1);
    let age = i16::try_from(age).unwrap_or(0);
    let had_birthday = (month, day) <= (today.month(), today.day());
    let year = today.year() - age - i16::from(!had_birthday);
    let date = Date::constant(year, month, day);
    debug_assert_eq!(day::age(date, today), u32::try_from(age).unwrap_or(0));
    date
}
