//! Names: combinations of common family names and given names. Nobody is meant by them.

mod lists;

use super::draw::Draw;
use lists::{ABROAD, FAMILY, ForeignNames, MEN, WOMEN};

/// In ten thousand households, as many as have a character in their name that files cannot write. No source tells; that
/// most institutions have met ● (保団連, 2025) needs no more than some patients in a thousand.
const UNWRITABLE: u32 = 150;

/// In ten thousand households, as many as come from abroad: about 3 % of those who live in Japan.
const FROM_ABROAD: u32 = 300;

/// 氏名 and カナ, and those of another name (通称) where there is one.
pub(super) struct PersonName {
    pub(super) full_name: String,
    pub(super) kana: String,
    pub(super) alias: Option<(String, String)>,
}

/// The family's part of a name.
#[derive(Clone, Copy)]
pub(super) enum Family {
    /// As written with ● where files have nothing else, and as read.
    Japanese(&'static str, &'static str),
    Foreign(&'static ForeignNames),
}

impl Family {
    /// The family name of a household.
    pub(super) fn draw(draw: &mut Draw) -> Self {
        if draw.next_chance(FROM_ABROAD) {
            return Self::Foreign(draw.pick(ABROAD));
        }
        let rare = draw.next_chance(UNWRITABLE);
        let with_rare: fn(&&lists::FamilyName) -> bool = |name| name.2.is_some();
        if rare {
            let rare: Vec<_> = FAMILY.iter().filter(with_rare).collect();
            let name = draw.pick(&rare);
            return Self::Japanese(name.2.unwrap_or(name.0), name.1);
        }
        let name = draw.pick_common(FAMILY);
        Self::Japanese(name.0, name.1)
    }

    /// The whole name of one of the family, born in this year.
    pub(super) fn full_name(self, draw: &mut Draw, sex: oqs::Sex, born: i16) -> PersonName {
        let lists = if sex == oqs::Sex::Female { &WOMEN } else { &MEN };
        match self {
            Self::Japanese(written, read) => {
                let (given, given_read) = draw.pick_common(lists::for_birth_year(lists, born));
                PersonName {
                    full_name: format!("{written}　{given}"),
                    kana: format!("{read} {given_read}"),
                    alias: None,
                }
            }
            Self::Foreign(name) => {
                let given = if sex == oqs::Sex::Female { name.women } else { name.men };
                let (given, given_read) = draw.pick(given);
                // 通称 is what some are called by every day.
                let other = draw.next_chance(3000).then(|| {
                    let (family, family_read, _) = draw.pick_common(FAMILY);
                    let (given, given_read) = draw.pick_common(lists::for_birth_year(lists, born));
                    (format!("{family}　{given}"), format!("{family_read} {given_read}"))
                });
                let (written, read) =
                    (format!("{}　{given}", name.family.0), format!("{} {given_read}", name.family.1));
                PersonName { full_name: written, kana: read, alias: other }
            }
        }
    }
}
