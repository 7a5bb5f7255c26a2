//! The lines that the desk imports.

use base::{Date, Era};
use text::{grouped_digits, half_width_digits, is_invisible, parse_written_date, text_of_cell};

use super::appointment::Appointment;

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
        Some(record) => Some(record.ok()?.iter().map(|cell| text_of_cell(cell.trim()).to_owned()).collect()),
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
    use base::ReceptionNumber;

    use super::*;

    fn date(text: &str) -> Date {
        base::parse_date(text).unwrap()
    }

    fn number(seed: &str) -> ReceptionNumber {
        ReceptionNumber::new(&base::Randomness::repeatable(seed))
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

    #[test]
    fn a_name_that_was_marked_as_no_formula_is_read_as_it_is() {
        let check = |cell: &str, expected: &str| {
            let read = parse_appointments(&format!("10:00,{cell},ア,1984-05-02,"));
            assert_eq!(read.map(|read| read[0].name.clone()).as_deref(), Ok(expected), "{cell}");
        };
        check("'=花子", "=花子");
        check("'花子", "'花子");
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd_to_be_answered(text in "[\\PC\t\n\r\",，]{0,200}") {
            let _ = parse_appointments(&text);
        }
    }
}
