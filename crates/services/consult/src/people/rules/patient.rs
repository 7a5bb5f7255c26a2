//! A patient: a person whom clinics see, with or without an account.

use base::{Date, Id, Timestamp};
use text::{PhoneNumber, Text, WrongBirthDate, WrongName, WrongPhoneNumber};

use crate::people::texts;

/// The id of a patient.
pub type PatientId = Id<Patient>;

/// 患者 (FHIR: Patient): the person whom a visit is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    pub id: PatientId,
    /// None if it was erased, and of accounts from before profiles had to be entered.
    pub profile: Option<Profile>,
    /// When everything that identifies the patient was erased.
    pub erased_at: Option<Timestamp>,
}

/// The identity of a patient, as the institution sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// As on the insurance document.
    pub name: String,
    /// In kana. Not everybody has a name in kana.
    pub kana: Option<String>,
    /// 生年月日
    pub birth_date: Date,
    /// The digits of the telephone number, without separators. Profiles from before the field existed have none.
    pub phone: Option<String>,
}

/// Formats a stored telephone number with hyphens. One that was stored before numbers were parsed is returned unchanged.
pub fn format_phone(stored: &str) -> String {
    stored.parse::<PhoneNumber>().map_or_else(|_| stored.to_owned(), |number| number.to_string())
}

/// The input of the profile's form.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct ProfileInput {
    pub name: String,
    pub kana: String,
    /// Ticked by a patient without a name in kana.
    pub no_kana: Option<String>,
    /// Date of birth in one field.
    pub birth: String,
    /// Year of birth, if the date is in three fields.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
    pub phone: String,
}

impl ProfileInput {
    /// The date of birth, if it can be read.
    pub fn parse_birth_date(&self, today: Date) -> Option<Date> {
        parse_birth_date(self, today).ok()
    }

    /// The input with the date of birth in one field, as the page shows it.
    #[must_use]
    pub fn with_birth_date_in_one_field(mut self) -> Self {
        if self.birth.trim().is_empty() {
            let parts = [&self.birth_year, &self.birth_month, &self.birth_day].map(|part| part.trim());
            parts.join("/").trim_matches('/').clone_into(&mut self.birth);
        }
        self
    }
}

/// An invalid field of the profile's form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileProblem {
    /// The name of the field.
    pub field: &'static str,
    /// How to correct it.
    pub message: Text,
}

impl Profile {
    /// Parses the form, or returns all problems, in the order of the fields.
    pub fn from_input(input: &ProfileInput, today: Date) -> Result<Self, Vec<ProfileProblem>> {
        let mut problems = Vec::new();
        let mut wrong = |field, message| problems.push(ProfileProblem { field, message });
        let name = text::parse_name(&input.name).map_err(|error| wrong("name", name_problem_text(error)));
        let kana = if input.no_kana.is_some() { Some(None) } else { text::parse_reading(&input.kana).map(Some) };
        if kana.is_none() {
            wrong("kana", texts::ENTER_YOUR_NAME_IN_KANA);
        }
        let birth_date = parse_birth_date(input, today).map_err(|error| wrong("birth", birth_date_problem_text(error)));
        // Every visit is by video, and a connection can break.
        let phone = match parse_phone(&input.phone) {
            Ok(Some(phone)) => Some(phone),
            Ok(None) => {
                wrong("phone", texts::TELEPHONE_NUMBER_IS_MISSING);
                None
            }
            Err(error) => {
                wrong("phone", phone_problem_text(error));
                None
            }
        };
        match (name, kana, birth_date, phone) {
            (Ok(name), Some(kana), Ok(birth_date), phone @ Some(_)) => Ok(Self { name, kana, birth_date, phone }),
            _ => Err(problems),
        }
    }

    /// The form, filled with this profile.
    pub fn to_input(&self) -> ProfileInput {
        ProfileInput {
            name: self.name.clone(),
            kana: self.kana.clone().unwrap_or_default(),
            no_kana: self.kana.is_none().then(|| "1".to_owned()),
            birth: format_western_date(self.birth_date),
            phone: self.phone.as_deref().map(format_phone).unwrap_or_default(),
            ..ProfileInput::default()
        }
    }
}

/// `1945年11月3日`: the form of a date in a field, in both languages.
fn format_western_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

fn parse_birth_date(input: &ProfileInput, today: Date) -> Result<Date, WrongBirthDate> {
    if input.birth.trim().is_empty() {
        let ProfileInput { birth_year, birth_month, birth_day, .. } = input;
        text::parse_date_parts(birth_year, birth_month, birth_day, today)
    } else {
        text::parse_birth_date(&input.birth, today)
    }
}

fn parse_phone(text: &str) -> Result<Option<String>, WrongPhoneNumber> {
    if text.chars().all(|c| c.is_whitespace() || text::is_invisible(c)) {
        return Ok(None);
    }
    text.parse::<PhoneNumber>().map(|number| Some(number.as_str().to_owned()))
}

fn name_problem_text(error: WrongName) -> Text {
    match error {
        WrongName::NoLetter => texts::NAME_IS_MISSING,
        WrongName::TooLong => texts::NAME_IS_TOO_LONG,
        WrongName::Invisible => texts::NAME_HAS_INVISIBLE_CHARACTERS,
        WrongName::Markup => texts::NAME_HAS_FORBIDDEN_SIGNS,
    }
}

fn birth_date_problem_text(error: WrongBirthDate) -> Text {
    match error {
        WrongBirthDate::Empty => texts::DATE_OF_BIRTH_IS_MISSING,
        WrongBirthDate::Unreadable => texts::DATE_COULD_NOT_BE_READ,
        WrongBirthDate::NoEra => texts::YEAR_NEEDS_FOUR_DIGITS_OR_ERA,
        WrongBirthDate::EraYear => texts::ERA_HAS_NO_SUCH_YEAR,
        WrongBirthDate::NoSuchDay => texts::CALENDAR_HAS_NO_SUCH_DAY,
        WrongBirthDate::Future => texts::DAY_IS_IN_THE_FUTURE,
        WrongBirthDate::TooLongAgo => texts::DAY_IS_TOO_LONG_AGO,
    }
}

fn phone_problem_text(error: WrongPhoneNumber) -> Text {
    match error {
        WrongPhoneNumber::Unreadable => texts::ENTER_ONE_TELEPHONE_NUMBER,
        WrongPhoneNumber::Length => texts::NUMBER_HAS_WRONG_LENGTH,
        WrongPhoneNumber::NoAreaCode => texts::NUMBER_NEEDS_ITS_AREA_CODE,
    }
}

#[cfg(test)]
mod tests {
    use text::Language;

    use super::*;

    fn today() -> Date {
        base::parse_date("2026-11-24").expect("a date")
    }

    fn sample_input() -> ProfileInput {
        ProfileInput {
            name: "山田 花子".into(),
            kana: "やまだ ﾊﾅｺ".into(),
            birth: "昭和６０年４月３日".into(),
            phone: "090-1234-5678".into(),
            ..ProfileInput::default()
        }
    }

    fn check(change: impl Fn(&mut ProfileInput), expected: &[&str]) {
        let mut form = sample_input();
        change(&mut form);
        let fields = match Profile::from_input(&form, today()) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(|problem| problem.field).collect(),
        };
        assert_eq!(fields, expected, "{form:?}");
    }

    #[test]
    fn a_form_is_read_in_any_width() {
        let profile = Profile::from_input(&sample_input(), today()).expect("a profile");
        assert_eq!(profile.name, "山田　花子");
        assert_eq!(profile.kana.as_deref(), Some("ヤマダ　ハナコ"));
        assert_eq!(profile.birth_date, base::parse_date("1985-04-03").unwrap());
        assert_eq!(profile.phone.as_deref(), Some("09012345678"));
        assert_eq!(Profile::from_input(&profile.to_input(), today()).as_ref(), Ok(&profile));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        check(|_| {}, &[]);
        check(|form| *form = ProfileInput::default(), &["name", "kana", "birth", "phone"]);
        check(|form| form.phone.clear(), &["phone"]);
        check(|form| form.kana = "山田".into(), &["kana"]);
        check(|form| form.birth = "1985-04-31".into(), &["birth"]);
        check(|form| form.birth = "2027-01-01".into(), &["birth"]);
        check(|form| form.birth = "1899-01-01".into(), &["birth"]);
        check(|form| form.phone = "090-1234-5678".into(), &[]);
        check(|form| form.phone = "+84 90 123 45 67".into(), &[]);
        check(|form| form.phone = "\u{200b} ".into(), &["phone"]);
        check(|form| form.phone = "call me".into(), &["phone"]);
    }

    #[test]
    fn a_birthday_in_three_fields_is_taken_too() {
        let in_three = |year: &str| {
            let parts = (year.to_owned(), "4".to_owned(), "3".to_owned());
            let (birth_year, birth_month, birth_day) = parts;
            let form = ProfileInput { birth: String::new(), birth_year, birth_month, birth_day, ..sample_input() };
            Profile::from_input(&form, today()).map(|profile| profile.birth_date)
        };
        for year in ["1985", "１９８５", "昭和60", "S60", "昭和60年"] {
            assert_eq!(in_three(year), Ok(base::parse_date("1985-04-03").unwrap()), "{year}");
        }
        assert!(in_three("60").is_err());
    }

    #[test]
    fn each_kind_of_wrong_date_has_words_of_its_own() {
        let message = |birth: &str| {
            let form = ProfileInput { birth: birth.to_owned(), ..sample_input() };
            let problems = Profile::from_input(&form, today()).expect_err("a problem");
            problems[0].message.in_language(Language::Japanese).to_owned()
        };
        let all = ["", "きのう", "20.11.3", "昭和65.1.1", "1985-02-30", "2027-01-01", "1885-01-01"].map(message);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), all.len(), "{all:?}");
    }

    #[test]
    fn a_telephone_number_is_kept_as_digits_and_shown_with_hyphens() {
        let form = ProfileInput { phone: "+81 (0)90–1234–5678".to_owned(), ..sample_input() };
        let profile = Profile::from_input(&form, today()).expect("a profile");
        assert_eq!(profile.phone.as_deref(), Some("09012345678"));
        assert_eq!(profile.to_input().phone, "090-1234-5678");
        assert_eq!(format_phone("12"), "12");
    }

    #[test]
    fn nobody_needs_kana() {
        check(
            |form| {
                form.kana.clear();
                form.no_kana = Some("1".into());
                form.name = "NGUYEN Van A".into();
            },
            &[],
        );
    }
}
