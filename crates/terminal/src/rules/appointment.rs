//! Which appointment a reception belongs to.
//!
//! By the reception number where the hand-over brought one; else by kana and birth date, which a person confirms. Two
//! candidates are never chosen between.

use base::{Date, ReceptionNumber, Timestamp};
use serde::{Deserialize, Serialize};

/// An appointment of the desk's, as it was brought to the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Appointment {
    /// By what the service knows it; nothing where it came from a file.
    pub(crate) known_as: Option<KnownAs>,
    /// 予約時刻, as the desk reads it.
    pub(crate) time: String,
    pub(crate) name: String,
    pub(crate) kana: Option<String>,
    pub(crate) born: Option<Date>,
    /// 受付番号, if the hand-over brought it.
    pub(crate) reception: Option<ReceptionNumber>,
}

/// By what the service knows an appointment, and which state of it was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KnownAs {
    pub(crate) id: String,
    pub(crate) seen: i64,
}

/// The appointments of a day, and when they were brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brought {
    pub(crate) day: Date,
    pub(crate) at: Timestamp,
    pub(crate) appointments: Vec<Appointment>,
}

/// What stands beside a reception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Beside {
    /// No appointments of that day were brought.
    NotBrought,
    /// No appointment is like it.
    Nothing,
    /// The hand-over's number says so.
    ByNumber(Appointment),
    /// Kana and birth date are the same: a person says whether it is the same person.
    Alike(Appointment),
    /// More than one is like it; nothing here chooses.
    Several(Vec<Appointment>),
}

impl Beside {
    /// What stands beside a reception for `visit`, of what was brought.
    pub(crate) fn of(
        brought: Option<&Brought>,
        visit: Option<Date>,
        number: Option<ReceptionNumber>,
        person: Option<(&str, Date)>,
    ) -> Self {
        match brought.filter(|brought| visit.is_none_or(|visit| visit == brought.day)) {
            None => Self::NotBrought,
            Some(brought) => brought.beside(number, person),
        }
    }
}

impl Brought {
    /// What stands beside the reception with this number, of a person with this reading and birthday.
    fn beside(&self, number: Option<ReceptionNumber>, person: Option<(&str, Date)>) -> Beside {
        let by_number: Vec<_> =
            self.appointments.iter().filter(|one| number.is_some() && one.reception == number).collect();
        match by_number[..] {
            [] => {}
            [only] => return Beside::ByNumber(only.clone()),
            _ => return Beside::Several(by_number.into_iter().cloned().collect()),
        }
        let Some((kana, born)) = person else { return Beside::Nothing };
        let kana = comparable(kana);
        let alike = |one: &&Appointment| {
            // Another reception's number is another reception.
            one.reception.is_none()
                && one.born == Some(born)
                && one.kana.as_deref().is_some_and(|other| !kana.is_empty() && comparable(other) == kana)
        };
        let alike: Vec<_> = self.appointments.iter().filter(alike).collect();
        match alike[..] {
            [] => Beside::Nothing,
            [only] => Beside::Alike(only.clone()),
            _ => Beside::Several(alike.into_iter().cloned().collect()),
        }
    }
}

/// A reading without its width, its script and its spaces: ミホン　ハナコ, ﾐﾎﾝ ﾊﾅｺ and みほん はなこ are one.
fn comparable(kana: &str) -> String {
    let katakana = |character: char| match character {
        // Hiragana and katakana stand 0x60 apart (Unicode, blocks 3040 and 30A0).
        '\u{3041}'..='\u{3096}' => char::from_u32(u32::from(character) + 0x60).unwrap_or(character),
        other => other,
    };
    let katakana: String = oqs::full_width(kana).chars().map(katakana).collect();
    let full = oqs::full_width(&oqs::half_width(&katakana));
    full.chars().filter(|character| !character.is_whitespace()).collect()
}

/// Why a file or text brings no appointments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongLine {
    /// Counted from one.
    pub(crate) line: u64,
    pub(crate) what: WrongColumn,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrongColumn {
    /// It has too few columns, or is no CSV.
    Shape,
    /// 生年月日 is no day.
    Born,
    /// 受付番号 is none.
    Reception,
}

/// As many as one day has.
const MOST: usize = 500;

/// Reads appointments as a desk types or exports them, one a line: 時刻,氏名,カナ,生年月日 and 受付番号, which may be
/// missing. A first line that names the columns is passed over.
pub(crate) fn read(text: &str) -> Result<Vec<Appointment>, WrongLine> {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut appointments = Vec::new();
    for record in lines.records() {
        let wrong = |line, what| WrongLine { line, what };
        let record =
            record.map_err(|error| wrong(error.position().map_or(0, csv::Position::line), WrongColumn::Shape))?;
        let line = record.position().map_or(0, csv::Position::line);
        let column = |place: usize| record.get(place).filter(|text| !text.is_empty());
        if appointments.is_empty() && column(0) == Some("時刻") {
            continue;
        }
        let (Some(time), Some(name)) = (column(0), column(1)) else {
            return Err(wrong(line, WrongColumn::Shape));
        };
        if record.len() < 4 || appointments.len() >= MOST {
            return Err(wrong(line, WrongColumn::Shape));
        }
        let born = column(3).map(day).transpose().map_err(|()| wrong(line, WrongColumn::Born))?;
        let digits = |text: &str| text.chars().filter(|character| !matches!(character, ' ' | '-')).collect::<String>();
        let reception = column(4).map(|text| digits(text).parse()).transpose();
        appointments.push(Appointment {
            known_as: None,
            time: time.to_owned(),
            name: name.to_owned(),
            kana: column(2).map(ToOwned::to_owned),
            born,
            reception: reception.map_err(|_| wrong(line, WrongColumn::Reception))?,
        });
    }
    Ok(appointments)
}

/// 1985-04-03, 1985/4/3 or 19850403.
fn day(text: &str) -> Result<Date, ()> {
    let parts: Vec<i16> = match text.split(['-', '/']).collect::<Vec<_>>()[..] {
        [whole] if whole.len() == 8 && whole.is_ascii() => {
            [&whole[..4], &whole[4..6], &whole[6..]].iter().filter_map(|part| part.parse().ok()).collect()
        }
        ref parts => parts.iter().filter_map(|part| part.parse().ok()).collect(),
    };
    let [year, month, day] = parts[..] else { return Err(()) };
    let (month, day) = (i8::try_from(month).map_err(drop)?, i8::try_from(day).map_err(drop)?);
    Date::new(year, month, day).map_err(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(seed: &str) -> ReceptionNumber {
        ReceptionNumber::new(&base::Randomness::repeatable(seed))
    }

    fn brought(lines: &str) -> Brought {
        let day = base::parse_date("2026-11-24").unwrap();
        Brought { day, at: base::start_of_day(day), appointments: read(lines).unwrap() }
    }

    #[test]
    fn a_reading_is_compared_without_width_script_and_spaces() {
        let check =
            |one: &str, other: &str, same| assert_eq!(comparable(one) == comparable(other), same, "{one} {other}");
        check("ﾐﾎﾝ ﾊﾅｺ", "ミホン　ハナコ", true);
        check("みほん はなこ", "ミホンハナコ", true);
        check("ｶﾞﾊﾟｳﾞ", "がぱヴ", true);
        check("ジャン", "ｼﾞｬﾝ", true);
        check("ハナコ", "バナコ", false);
        check("ミホン　ハナコ", "ミホン　ハナ", false);
    }

    #[test]
    fn a_number_that_the_hand_over_brought_decides_alone() {
        let own = number("own");
        let brought =
            brought(&format!("10:00,見本 花子,ミホン ハナコ,1984-05-02,\n10:30,別人,ベツジン,1990-01-01,{own}\n"));
        let born = base::parse_date("1984-05-02").unwrap();
        let beside = brought.beside(Some(own), Some(("ﾐﾎﾝ ﾊﾅｺ", born)));
        assert_eq!(beside, Beside::ByNumber(brought.appointments[1].clone()));
        let beside = brought.beside(Some(number("another")), Some(("ﾐﾎﾝ ﾊﾅｺ", born)));
        assert_eq!(beside, Beside::Alike(brought.appointments[0].clone()));
        // An appointment that has a number of its own is nobody else's, however alike.
        let born = base::parse_date("1990-01-01").unwrap();
        assert_eq!(brought.beside(None, Some(("ベツジン", born))), Beside::Nothing);
        assert_eq!(brought.beside(None, None), Beside::Nothing);
    }

    #[test]
    fn another_day_is_not_brought() {
        let brought = brought("10:00,見本 花子,ミホン ハナコ,1984-05-02");
        let person = Some(("ﾐﾎﾝ ﾊﾅｺ", base::parse_date("1984-05-02").unwrap()));
        let check = |visit: Option<&str>, expected: Beside| {
            let visit = visit.map(|day| base::parse_date(day).unwrap());
            assert_eq!(Beside::of(Some(&brought), visit, None, person), expected, "{visit:?}");
        };
        check(Some("2026-11-24"), Beside::Alike(brought.appointments[0].clone()));
        check(None, Beside::Alike(brought.appointments[0].clone()));
        check(Some("2026-11-25"), Beside::NotBrought);
        assert_eq!(Beside::of(None, None, None, person), Beside::NotBrought);
    }

    #[test]
    fn two_candidates_are_never_chosen_between() {
        let own = number("own");
        let twins = brought(&format!(
            "10:00,見本 花子,ミホン ハナコ,1984-05-02\n11:00,見本 華子,みほん はなこ,1984/5/2\n12:00,あ,ア,2000-01-01,{own}\n13:00,い,イ,2000-01-02,{own}"
        ));
        let born = base::parse_date("1984-05-02").unwrap();
        let beside = twins.beside(None, Some(("ﾐﾎﾝﾊﾅｺ", born)));
        assert_eq!(beside, Beside::Several(twins.appointments[..2].to_vec()));
        let beside = twins.beside(Some(own), None);
        assert_eq!(beside, Beside::Several(twins.appointments[2..].to_vec()));
    }

    #[test]
    fn a_reading_or_birthday_that_is_missing_is_like_nobodys() {
        let brought = brought("10:00,見本 花子,,1984-05-02\n10:30,見本 花子,ミホン ハナコ,");
        let born = base::parse_date("1984-05-02").unwrap();
        assert_eq!(brought.beside(None, Some(("ﾐﾎﾝ ﾊﾅｺ", born))), Beside::Nothing);
        assert_eq!(brought.beside(None, Some(("", born))), Beside::Nothing);
    }

    fn check(text: &str, expected: Result<usize, (u64, WrongColumn)>) {
        let read = read(text).map(|all| all.len()).map_err(|wrong| (wrong.line, wrong.what));
        assert_eq!(read, expected, "{text}");
    }

    #[test]
    fn lines_are_read_and_what_is_wrong_is_named_by_its_line() {
        let own = number("own");
        check("", Ok(0));
        check("\u{feff}時刻,氏名,カナ,生年月日,受付番号\r\n10:00,見本 花子,ミホン ハナコ,19840502,\r\n", Ok(1));
        check("10:00,\"見本, 花子\",ミホン ハナコ,1984/05/02,", Ok(1));
        check(&format!("10:00,a,ア,1984-05-02,{}", own.grouped()), Ok(1));
        check("10:00,見本 花子", Err((1, WrongColumn::Shape)));
        check("10:00,a,ア,1984-05-02\n,b,イ,1984-05-02", Err((2, WrongColumn::Shape)));
        check("10:00,a,ア,1984-02-30", Err((1, WrongColumn::Born)));
        check("10:00,a,ア,昭和59年", Err((1, WrongColumn::Born)));
        check("10:00,a,ア,1984-05-02,12", Err((1, WrongColumn::Reception)));
        check(&"10:00,a,ア,1984-05-02\n".repeat(MOST + 1), Err((501, WrongColumn::Shape)));
    }
}
