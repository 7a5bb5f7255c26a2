//! Matching of receptions with appointments.
//!
//! By the reception number if the hand-over gave one; else by kana and birth date, which the desk confirms. If only the
//! number or only the birthday is the same, it may be a former name or another person: the desk decides. Among several
//! candidates none is chosen.

use base::{Date, Era, ReceptionNumber, Timestamp};
use serde::{Deserialize, Serialize};
use text::{fold_reading, grouped_digits, half_width_digits, is_invisible, parse_written_date};

/// An appointment of the desk, as imported into the terminal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Appointment {
    /// The service's id of it; `None` if it came from a file.
    #[serde(rename = "known_as")]
    pub(crate) service_link: Option<ServiceAppointment>,
    /// 予約時刻, as text for the page.
    pub(crate) time: String,
    pub(crate) name: String,
    pub(crate) kana: Option<String>,
    #[serde(rename = "born")]
    pub(crate) birth_date: Option<Date>,
    /// 受付番号, if the hand-over gave it.
    #[serde(rename = "reception")]
    pub(crate) reception_number: Option<ReceptionNumber>,
}

/// The service's id of an appointment, and the version that was fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ServiceAppointment {
    pub(crate) id: String,
    #[serde(rename = "seen")]
    pub(crate) version: i64,
}

/// The appointments of a day, with the time of the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportedAppointments {
    pub(crate) day: Date,
    #[serde(rename = "at")]
    pub(crate) imported_at: Timestamp,
    pub(crate) appointments: Vec<Appointment>,
}

/// The appointment that matches a reception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AppointmentMatch {
    /// No appointments of that day were imported.
    NotImported,
    NoMatch,
    /// The reception number is the same, and name and birthday do not differ.
    ByNumber(Appointment),
    /// The reception number is the same, but name or birthday differ: the desk decides whether it is the same person.
    NumberWithOtherPerson(Appointment, PersonMismatch),
    /// Kana and birth date are the same: the desk decides whether it is the same person.
    SameNameAndBirthday(Appointment),
    /// Only the birthday is the same, as with a former name: the desk decides whether it is the same person.
    SameBirthday(Appointment),
    /// Several appointments match; none is chosen.
    Ambiguous(Vec<Appointment>),
}

/// The items in which an appointment and the insured person differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonMismatch {
    Kana,
    Birthday,
    Both,
}

/// The items of the insured person that are compared with an appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InsuredPerson<'a> {
    /// All readings that the insurers have: 氏名カナ, 氏名カナ（その他）.
    pub(crate) readings: Vec<&'a str>,
    pub(crate) birth_date: Date,
}

impl InsuredPerson<'_> {
    /// Whether an appointment's reading is one of the person's. `None` if either side has none.
    fn matches_kana(&self, kana: Option<&str>) -> Option<bool> {
        let kana = kana.map(fold_reading).filter(|kana| !kana.is_empty())?;
        let mut readings =
            self.readings.iter().map(|reading| fold_reading(reading)).filter(|reading| !reading.is_empty()).peekable();
        readings.peek()?;
        Some(readings.any(|reading| reading == kana))
    }

    /// How an appointment differs. Items that either side lacks do not count.
    fn find_mismatch(&self, appointment: &Appointment) -> Option<PersonMismatch> {
        let kana_differs = self.matches_kana(appointment.kana.as_deref()) == Some(false);
        let birthday_differs = appointment.birth_date.is_some_and(|birth_date| birth_date != self.birth_date);
        match (kana_differs, birthday_differs) {
            (true, true) => Some(PersonMismatch::Both),
            (true, false) => Some(PersonMismatch::Kana),
            (false, true) => Some(PersonMismatch::Birthday),
            (false, false) => None,
        }
    }
}

impl AppointmentMatch {
    /// Finds the appointment of a reception for the day `visit` among the imported ones.
    pub(crate) fn find(
        imported: Option<&ImportedAppointments>,
        visit: Option<Date>,
        number: Option<ReceptionNumber>,
        person: Option<&InsuredPerson<'_>>,
    ) -> Self {
        match imported.filter(|imported| visit.is_none_or(|visit| visit == imported.day)) {
            None => Self::NotImported,
            Some(imported) => imported.match_reception(number, person),
        }
    }
}

impl ImportedAppointments {
    /// Finds the appointment of the reception with this number, of this person.
    fn match_reception(&self, number: Option<ReceptionNumber>, person: Option<&InsuredPerson<'_>>) -> AppointmentMatch {
        let by_number: Vec<_> = self
            .appointments
            .iter()
            .filter(|appointment| number.is_some() && appointment.reception_number == number)
            .collect();
        match by_number[..] {
            [] => {}
            [only] => {
                return match person.and_then(|person| person.find_mismatch(only)) {
                    None => AppointmentMatch::ByNumber(only.clone()),
                    Some(mismatch) => AppointmentMatch::NumberWithOtherPerson(only.clone(), mismatch),
                };
            }
            _ => return AppointmentMatch::Ambiguous(by_number.into_iter().cloned().collect()),
        }
        let Some(person) = person else { return AppointmentMatch::NoMatch };
        // An appointment with a number belongs to the reception of that number only.
        let same_birthday = self.appointments.iter().filter(|appointment| {
            appointment.reception_number.is_none() && appointment.birth_date == Some(person.birth_date)
        });
        let (alike, other_names): (Vec<_>, Vec<_>) =
            same_birthday.partition(|appointment| person.matches_kana(appointment.kana.as_deref()) == Some(true));
        match (&alike[..], &other_names[..]) {
            ([], []) => AppointmentMatch::NoMatch,
            ([only], _) => AppointmentMatch::SameNameAndBirthday((*only).clone()),
            ([], [only]) => AppointmentMatch::SameBirthday((*only).clone()),
            ([], other_names) => AppointmentMatch::Ambiguous(other_names.iter().copied().cloned().collect()),
            (alike, _) => AppointmentMatch::Ambiguous(alike.iter().copied().cloned().collect()),
        }
    }
}

/// Why the appointments of a file or text cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WrongLine {
    /// Starts at 1.
    pub(crate) line: u64,
    pub(crate) problem: ColumnProblem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnProblem {
    /// The line has too few columns, or is no CSV.
    Shape,
    /// 生年月日 is no day.
    BirthDate,
    /// 受付番号 is none.
    Reception,
}

/// The limit of appointments of a day.
const MAX_APPOINTMENTS: usize = 500;

/// The index of each column.
#[derive(Debug, Clone, Copy)]
struct Columns {
    time: usize,
    name: usize,
    kana: Option<usize>,
    birth_date: Option<usize>,
    reception: Option<usize>,
}

impl Columns {
    /// The order without a header line.
    const DEFAULT: Self = Self { time: 0, name: 1, kana: Some(2), birth_date: Some(3), reception: Some(4) };

    /// The columns of a header line, `None` if the line is no header: 予約時刻, 患者氏名, フリガナ, 生年月日 and the like, in
    /// any order and among others.
    fn from_header(cells: &[String]) -> Option<Self> {
        let find = |keywords: &[&str]| {
            cells.iter().position(|cell| {
                let cell = cell.to_lowercase();
                keywords.iter().any(|keyword| cell.contains(keyword))
            })
        };
        let kana = find(&["カナ", "かな", "ｶﾅ", "よみ", "ヨミ", "ふりがな", "フリガナ", "kana"]);
        let is_name = |cell: &&String| {
            ["氏名", "名前", "患者名", "name"].iter().any(|keyword| cell.to_lowercase().contains(keyword))
        };
        let name = cells
            .iter()
            .enumerate()
            .find(|(index, cell)| Some(*index) != kana && is_name(cell))
            .map(|(index, _)| index);
        let columns = Self {
            time: find(&["時刻", "時間", "予約時", "time"])?,
            name: name?,
            kana,
            birth_date: find(&["生年月日", "誕生日", "birth", "born"]),
            reception: find(&["受付番号", "reception"]),
        };
        Some(columns)
    }
}

/// Parses appointments as the desk types them or another program shows or exports them, one per line: 時刻, 氏名, カナ,
/// 生年月日 and 受付番号, which may be missing, separated by commas of either width or tabs. A header line may give the
/// columns in another order.
pub(crate) fn parse_appointments(text: &str) -> Result<Vec<Appointment>, WrongLine> {
    let mut columns = None;
    let mut appointments = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        let wrong_line = |problem| WrongLine { line, problem };
        let cells = split_cells(text).ok_or(wrong_line(ColumnProblem::Shape))?;
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if columns.is_none() && appointments.is_empty() {
            columns = Columns::from_header(&cells);
            if columns.is_some() {
                continue;
            }
        }
        let layout = columns.unwrap_or(Columns::DEFAULT);
        let column = |index: Option<usize>| index.and_then(|index| cells.get(index)).filter(|cell| !cell.is_empty());
        // Without a header line an appointment is recognised by its four columns.
        let is_short = columns.is_none() && cells.len() < 4;
        let (Some(time), Some(name), false) = (column(Some(layout.time)), column(Some(layout.name)), is_short) else {
            return Err(wrong_line(ColumnProblem::Shape));
        };
        if appointments.len() >= MAX_APPOINTMENTS {
            return Err(wrong_line(ColumnProblem::Shape));
        }
        let birth_date = column(layout.birth_date)
            .map(|text| parse_day(text).ok_or(wrong_line(ColumnProblem::BirthDate)))
            .transpose()?;
        let reception = column(layout.reception).map(|text| {
            grouped_digits(text).unwrap_or_default().parse().map_err(|_| wrong_line(ColumnProblem::Reception))
        });
        appointments.push(Appointment {
            service_link: None,
            time: half_width_digits(time).replace('：', ":"),
            name: name.clone(),
            kana: column(layout.kana).cloned(),
            birth_date,
            reception_number: reception.transpose()?,
        });
    }
    Ok(appointments)
}

/// The cells of a line: separated by tabs if it has one, as spreadsheets paste them, else by commas.
fn split_cells(line: &str) -> Option<Vec<String>> {
    let line: String = line.chars().filter(|c| !is_invisible(*c)).collect();
    let (line, delimiter) = if line.contains('\t') {
        (line, b'\t')
    } else if line.contains(',') {
        (line, b',')
    } else {
        (line.replace('，', ","), b',')
    };
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).trim(csv::Trim::All).delimiter(delimiter);
    match reader.from_reader(line.as_bytes()).records().next() {
        None => Some(Vec::new()),
        Some(record) => Some(record.ok()?.iter().map(|cell| cell.trim().to_owned()).collect()),
    }
}

/// Parses a day as people write it, or as receipt computers do: 3590502 is 昭和59年5月2日.
fn parse_day(text: &str) -> Option<Date> {
    let digits = half_width_digits(text);
    if digits.len() == 7 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let eras = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];
        let era = eras.into_iter().find(|era| digits.starts_with(&era.digit().to_string()))?;
        let (year, rest) = digits[1..].split_at(2);
        let (month, day) = rest.split_at(2);
        return parse_written_date(&format!("{}{year}年{month}月{day}日", era.name())).ok();
    }
    parse_written_date(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        base::parse_date(text).unwrap()
    }

    fn number(seed: &str) -> ReceptionNumber {
        ReceptionNumber::new(&base::Randomness::repeatable(seed))
    }

    fn imported_appointments(lines: &str) -> ImportedAppointments {
        let day = date("2026-11-24");
        ImportedAppointments {
            day,
            imported_at: base::start_of_day(day),
            appointments: parse_appointments(lines).unwrap(),
        }
    }

    fn person<'a>(readings: &[&'a str], birth_date: &str) -> InsuredPerson<'a> {
        InsuredPerson { readings: readings.to_vec(), birth_date: date(birth_date) }
    }

    #[test]
    fn a_number_that_the_hand_over_brought_leads_to_its_appointment() {
        let own = number("own");
        let imported = imported_appointments(&format!(
            "10:00,見本 花子,ミホン ハナコ,1984-05-02,\n10:30,別人,ベツジン,1990-01-01,{own}\n"
        ));
        let hanako = person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-02");
        let stranger = person(&["ﾍﾞﾂｼﾞﾝ"], "1990-01-01");
        assert_eq!(
            imported.match_reception(Some(own), Some(&stranger)),
            AppointmentMatch::ByNumber(imported.appointments[1].clone())
        );
        assert_eq!(
            imported.match_reception(Some(own), None),
            AppointmentMatch::ByNumber(imported.appointments[1].clone())
        );
        let matched = imported.match_reception(Some(number("another")), Some(&hanako));
        assert_eq!(matched, AppointmentMatch::SameNameAndBirthday(imported.appointments[0].clone()));
        // An appointment with a number of its own matches no other reception, however similar.
        assert_eq!(imported.match_reception(None, Some(&stranger)), AppointmentMatch::NoMatch);
        assert_eq!(imported.match_reception(None, None), AppointmentMatch::NoMatch);
    }

    #[test]
    fn a_number_beside_another_name_or_birthday_is_not_taken_for_the_same_person() {
        let own = number("own");
        let check = |kana: &str, birth_date: &str, readings: &[&str], expected: Option<PersonMismatch>| {
            let imported = imported_appointments(&format!("10:30,見本 花子,{kana},{birth_date},{own}"));
            let appointment = imported.appointments[0].clone();
            let expected = match expected {
                None => AppointmentMatch::ByNumber(appointment),
                Some(mismatch) => AppointmentMatch::NumberWithOtherPerson(appointment, mismatch),
            };
            let person = person(readings, "1984-05-02");
            assert_eq!(
                imported.match_reception(Some(own), Some(&person)),
                expected,
                "{kana} {birth_date} {readings:?}"
            );
        };
        check("ミホン ハナコ", "1984-05-02", &["ﾐﾎﾝ ﾊﾅｺ"], None);
        check("ミホン ハナコ", "1984-05-02", &["ｷｭｳｾｲ ﾊﾅｺ"], Some(PersonMismatch::Kana));
        check("ミホン ハナコ", "1984-05-20", &["ﾐﾎﾝ ﾊﾅｺ"], Some(PersonMismatch::Birthday));
        check("ベツジン", "1990-01-01", &["ﾐﾎﾝ ﾊﾅｺ"], Some(PersonMismatch::Both));
        // 氏名カナ（その他） counts too.
        check("ミホン ハナコ", "1984-05-02", &["ｷｭｳｾｲ ﾊﾅｺ", "ﾐﾎﾝ ﾊﾅｺ"], None);
        // Missing items do not count.
        check("", "", &["ﾐﾎﾝ ﾊﾅｺ"], None);
        check("", "1990-01-01", &["ﾐﾎﾝ ﾊﾅｺ"], Some(PersonMismatch::Birthday));
        check("ミホン ハナコ", "1984-05-02", &[], None);
    }

    #[test]
    fn a_former_name_without_a_number_is_offered_by_its_birthday() {
        let own = number("own");
        let lines = format!("10:00,見本 花子,ミホン ハナコ,1984-05-02,\n10:30,別人,ベツジン,1984-05-02,{own}\n");
        let married = person(&["ｷｭｳｾｲ ﾊﾅｺ"], "1984-05-02");
        let one_candidate = imported_appointments(&lines);
        assert_eq!(
            one_candidate.match_reception(None, Some(&married)),
            AppointmentMatch::SameBirthday(one_candidate.appointments[0].clone())
        );
        // The same name takes precedence over others with the same birthday.
        let two_candidates = imported_appointments(&format!("{lines}11:00,旧姓 花子,キュウセイ ハナコ,1984-05-02,"));
        assert_eq!(
            two_candidates.match_reception(None, Some(&married)),
            AppointmentMatch::SameNameAndBirthday(two_candidates.appointments[2].clone())
        );
        let stranger = person(&["ﾀﾅｶ"], "1984-05-02");
        let both = vec![two_candidates.appointments[0].clone(), two_candidates.appointments[2].clone()];
        assert_eq!(two_candidates.match_reception(None, Some(&stranger)), AppointmentMatch::Ambiguous(both));
    }

    #[test]
    fn another_day_is_not_brought() {
        let imported = imported_appointments("10:00,見本 花子,ミホン ハナコ,1984-05-02");
        let hanako = person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-02");
        let check = |visit: Option<&str>, expected: AppointmentMatch| {
            assert_eq!(
                AppointmentMatch::find(Some(&imported), visit.map(date), None, Some(&hanako)),
                expected,
                "{visit:?}"
            );
        };
        check(Some("2026-11-24"), AppointmentMatch::SameNameAndBirthday(imported.appointments[0].clone()));
        check(None, AppointmentMatch::SameNameAndBirthday(imported.appointments[0].clone()));
        check(Some("2026-11-25"), AppointmentMatch::NotImported);
        assert_eq!(AppointmentMatch::find(None, None, None, Some(&hanako)), AppointmentMatch::NotImported);
    }

    #[test]
    fn two_candidates_are_never_chosen_between() {
        let own = number("own");
        let twins = imported_appointments(&format!(
            "10:00,見本 花子,ミホン ハナコ,1984-05-02\n11:00,見本 華子,みほん はなこ,1984/5/2\n12:00,あ,ア,2000-01-01,{own}\n13:00,い,イ,2000-01-02,{own}"
        ));
        let matched = twins.match_reception(None, Some(&person(&["ﾐﾎﾝﾊﾅｺ"], "1984-05-02")));
        assert_eq!(matched, AppointmentMatch::Ambiguous(twins.appointments[..2].to_vec()));
        let matched = twins.match_reception(Some(own), None);
        assert_eq!(matched, AppointmentMatch::Ambiguous(twins.appointments[2..].to_vec()));
    }

    #[test]
    fn a_missing_reading_leaves_the_birthday_and_a_missing_birthday_leaves_nothing() {
        let imported = imported_appointments("10:00,見本 花子,,1984-05-02\n10:30,見本 花子,ミホン ハナコ,");
        let expected = AppointmentMatch::SameBirthday(imported.appointments[0].clone());
        assert_eq!(imported.match_reception(None, Some(&person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-02"))), expected);
        assert_eq!(imported.match_reception(None, Some(&person(&[""], "1984-05-02"))), expected);
        assert_eq!(
            imported.match_reception(None, Some(&person(&["ﾐﾎﾝ ﾊﾅｺ"], "1984-05-03"))),
            AppointmentMatch::NoMatch
        );
    }

    fn check(text: &str, expected: Result<usize, (u64, ColumnProblem)>) {
        let actual = parse_appointments(text).map(|all| all.len()).map_err(|wrong| (wrong.line, wrong.problem));
        assert_eq!(actual, expected, "{text}");
    }

    #[test]
    fn lines_are_read_and_what_is_wrong_is_named_by_its_line() {
        let own = number("own");
        check("", Ok(0));
        check("\u{feff}時刻,氏名,カナ,生年月日,受付番号\r\n10:00,見本 花子,ミホン ハナコ,19840502,\r\n", Ok(1));
        check("10:00,\"見本, 花子\",ミホン ハナコ,1984/05/02,", Ok(1));
        check(&format!("10:00,a,ア,1984-05-02,{}", own.to_grouped_string()), Ok(1));
        check("10:00,見本 花子", Err((1, ColumnProblem::Shape)));
        check("10:00,a,ア,1984-05-02\n,b,イ,1984-05-02", Err((2, ColumnProblem::Shape)));
        check("10:00,a,ア,1984-02-30", Err((1, ColumnProblem::BirthDate)));
        check("10:00,a,ア,昭和59年", Err((1, ColumnProblem::BirthDate)));
        check("10:00,a,ア,59.5.2", Err((1, ColumnProblem::BirthDate)));
        check("10:00,a,ア,1984-05-02,12", Err((1, ColumnProblem::Reception)));
        check(&"10:00,a,ア,1984-05-02\n".repeat(MAX_APPOINTMENTS + 1), Err((501, ColumnProblem::Shape)));
    }

    #[test]
    fn lines_are_read_as_spreadsheets_and_other_programs_paste_them() {
        let own = number("own");
        let expected = Appointment {
            service_link: None,
            time: "10:00".to_owned(),
            name: "見本 花子".to_owned(),
            kana: Some("ミホン ハナコ".to_owned()),
            birth_date: Some(date("1985-04-03")),
            reception_number: Some(own),
        };
        let grouped = own.to_grouped_string();
        let full: String = own.to_string().chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
        for lines in [
            format!("10:00,見本 花子,ミホン ハナコ,1985-04-03,{own}"),
            format!("10:00\t見本 花子\tミホン ハナコ\t昭和60年4月3日\t{grouped}"),
            format!("１０：００，見本 花子，ミホン ハナコ，昭和６０年４月３日，{full}"),
            format!("10:00, 見本 花子 , ミホン ハナコ , S60.4.3 , {grouped} "),
            format!("10:00\t見本 花子\tミホン ハナコ\t3600403\t{own}"),
            format!("10:00\t\"見本 花子\"\tミホン ハナコ\t1985/04/03 0:00\t{own}\r\n\r\n"),
            format!(
                "予約時刻\t患者氏名\tフリガナ\t生年月日\t受付番号\n10:00\t見本 花子\tミホン ハナコ\t19850403\t{own}"
            ),
            format!("予約時間，お名前，カナ，生年月日，受付番号\n10:00，見本 花子，ミホン ハナコ，1985.4.3，{own}"),
            format!("No,生年月日,氏名（カナ）,氏名,時間,受付番号\n1,S60/4/3,ミホン ハナコ,見本 花子,10:00,{own}"),
            format!("\u{feff}time,name,kana,date of birth,reception\n10:00,見本 花子,ミホン ハナコ,3 April 1985,{own}"),
            format!("10:00,見本 花子,ミホン\u{200b} ハナコ,\u{200e}1985-04-03,{own}\u{200b}"),
        ] {
            assert_eq!(parse_appointments(&lines), Ok(vec![expected.clone()]), "{lines}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_answered(text in "[\\PC\t\n\r\",，]{0,200}") {
            let _ = parse_appointments(&text);
        }
    }
}
