//! What a desk types to find a visit: a name, a reading, a telephone number or a booking number.

use text::{fold_reading, half_width_digits, is_dash, is_invisible, to_katakana};

use crate::{
    appointments::rules::{AppointmentId, booking_number},
    people::rules::patient::Profile,
};

/// How many characters are searched for at most.
const MAX_CHARACTERS: usize = 50;

/// A search for visits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VisitQuery {
    /// A part of the name, without spaces.
    Name(String),
    /// A part of the reading, folded.
    Reading(String),
    /// Digits of the telephone number.
    Telephone(String),
    /// 予約番号: three digits.
    BookingNumber(String),
}

impl VisitQuery {
    /// The search that the text stands for; None if it is empty.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text: String =
            text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).take(MAX_CHARACTERS).collect();
        let digits: String = half_width_digits(&text).chars().filter(|c| !is_dash(*c)).collect();
        if text.is_empty() {
            return None;
        }
        if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
            return Some(if digits.len() == 3 { Self::BookingNumber(digits) } else { Self::Telephone(digits) });
        }
        let is_kana = |c: char| matches!(to_katakana(c), 'ァ'..='ヿ') || matches!(c, 'ｦ'..='ﾟ');
        Some(if text.chars().all(is_kana) { Self::Reading(fold_reading(&text)) } else { Self::Name(fold_name(&text)) })
    }

    /// Whether it finds a visit of a patient with this profile.
    pub(crate) fn matches(&self, id: AppointmentId, profile: &Profile) -> bool {
        match self {
            Self::BookingNumber(number) => booking_number(id) == *number,
            _ => self.matches_profile(profile),
        }
    }

    /// Whether it finds the patient with this profile. A patient has no booking number.
    pub(crate) fn matches_profile(&self, profile: &Profile) -> bool {
        match self {
            Self::Name(part) => fold_name(&profile.name).contains(part),
            Self::Reading(part) => {
                let reading = profile.kana.as_deref().map(fold_reading).unwrap_or_default();
                reading.contains(part) || fold_reading(&profile.name).contains(part)
            }
            Self::Telephone(digits) => profile.phone.as_deref().is_some_and(|phone| phone.contains(digits)),
            Self::BookingNumber(_) => false,
        }
    }
}

/// A name without spaces, in small letters.
fn fold_name(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use base::Timestamp;

    use super::*;

    fn profile() -> Profile {
        Profile {
            name: "山田　花子".to_owned(),
            kana: Some("ヤマダ　ハナコ".to_owned()),
            birth_date: base::parse_date("1985-04-03").expect("a date"),
            phone: Some("09012345678".to_owned()),
        }
    }

    #[test]
    fn a_visit_is_found_by_whatever_the_caller_says() {
        let id = AppointmentId::new(Timestamp::from_seconds(0), &base::Randomness::repeatable("visit"));
        let check = |text: &str, expected: bool| {
            let query = VisitQuery::parse(text).expect(text);
            assert_eq!(query.matches(id, &profile()), expected, "{query:?}");
        };
        check("山田", true);
        check("山田 花子", true);
        check("田花", true);
        check("やまだ", true);
        check("ﾔﾏﾀﾞﾊﾅ", true);
        check("090-1234", true);
        check("０９０１２３４５６７８", true);
        check("5678", true);
        check(&booking_number(id), true);
        check("佐藤", false);
        check("さとう", false);
        check("080-1234", false);
        let other = format!("{:03}", (booking_number(id).parse::<u16>().expect("digits") + 1) % 1000);
        check(&other, false);
    }

    #[test]
    fn nothing_is_no_search() {
        for text in ["", " ", "\u{3000}\u{200b}"] {
            assert_eq!(VisitQuery::parse(text), None, "{text:?}");
        }
    }
}
