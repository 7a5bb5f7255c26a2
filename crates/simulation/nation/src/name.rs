//! Names: combinations of common family names and given names. They refer to no real person.

mod lists;

use crate::draw::Draw;
use lists::{ABROAD, FAMILY, ForeignNames, MEN, WOMEN};

/// How many of ten thousand households have a character in their name that files cannot write. There is no source; that
/// most institutions have met ● (保団連, 2025) needs no more than some patients in a thousand.
const UNWRITABLE: u32 = 150;

/// How many of ten thousand households come from abroad: about 3 % of the inhabitants of Japan.
const FROM_ABROAD: u32 = 300;

/// 氏名 and カナ, and those of another name (通称).
pub(super) struct PersonName {
    pub(super) full_name: String,
    pub(super) kana: String,
    pub(super) alias: Option<(String, String)>,
}

/// The family's part of a name.
#[derive(Clone, Copy)]
pub(super) enum Family {
    /// As written, with ● for a character that files cannot write, and the reading.
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

    /// The full name of a member of the family with this year of birth.
    pub(super) fn full_name(self, draw: &mut Draw, sex: oqs::Sex, birth_year: i16) -> PersonName {
        let lists = if sex == oqs::Sex::Female { &WOMEN } else { &MEN };
        match self {
            Self::Japanese(family, reading) => {
                let (given_name, given_reading) = draw.pick_common(lists::for_birth_year(lists, birth_year));
                PersonName {
                    full_name: format!("{family}　{given_name}"),
                    kana: format!("{reading} {given_reading}"),
                    alias: None,
                }
            }
            Self::Foreign(name) => {
                let given_names = if sex == oqs::Sex::Female { name.women } else { name.men };
                let (given_name, given_reading) = draw.pick(given_names);
                // 通称: a name for everyday use.
                let alias = draw.next_chance(3000).then(|| {
                    let (family, family_reading, _) = draw.pick_common(FAMILY);
                    let (given_name, given_reading) = draw.pick_common(lists::for_birth_year(lists, birth_year));
                    (format!("{family}　{given_name}"), format!("{family_reading} {given_reading}"))
                });
                PersonName {
                    full_name: format!("{}　{given_name}", name.family.0),
                    kana: format!("{} {given_reading}", name.family.1),
                    alias,
                }
            }
        }
    }
}
