//! A patient with an account and a profile.

use base::{Date, Digest, Id, digest};
use text::{Language, PhoneNumber, Text, WrongBirthDate, WrongName, WrongPhoneNumber};

use crate::{mail::rules::address::MailAddress, string_enum::string_enum};

/// The id of a patient.
pub type PatientId = Id<Patient>;

/// A patient with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patient {
    pub id: PatientId,
    pub mail: MailAddress,
    /// The language of letters to the patient.
    pub language: Language,
    /// Whether letters name the clinic.
    pub clinic_in_mail: ClinicInMail,
    /// None until the patient has entered it.
    pub profile: Option<Profile>,
}

string_enum! {
    /// Whether letters to a patient name the clinic: only the patient knows who else reads the mailbox.
    pub enum ClinicInMail {
        Named = "named",
        /// Letters give only the time and the booking number.
        Neutral = "neutral",
    }
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

/// The key under which the slots that a patient holds are counted.
pub(crate) fn hold_limit_key(patient: PatientId) -> Digest {
    digest(&[b"patient ", patient.to_string().as_bytes()])
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
        let mut wrong = |field, japanese, english| {
            problems.push(ProfileProblem { field, message: Text::from_static(japanese, english) });
        };
        let name = text::parse_name(&input.name).map_err(|error| {
            let (japanese, english) = name_problem_text(error);
            wrong("name", japanese, english);
        });
        let kana = if input.no_kana.is_some() { Some(None) } else { text::parse_reading(&input.kana).map(Some) };
        if kana.is_none() {
            wrong(
                "kana",
                "お名前のよみを、ひらがなかカタカナで入力してください。カナの名前がない方は、下の欄にチェックを入れてください。",
                "Enter your name in hiragana or katakana. If you have no name in kana, tick the box below.",
            );
        }
        let birth_date = parse_birth_date(input, today).map_err(|error| {
            let (japanese, english) = birth_date_problem_text(error);
            wrong("birth", japanese, english);
        });
        // Every visit is by video, and a connection can break.
        let phone = match parse_phone(&input.phone) {
            Ok(Some(phone)) => Some(phone),
            Ok(None) => {
                wrong(
                    "phone",
                    "電話番号を入力してください。例：090-1234-5678",
                    "Enter your telephone number, such as 090-1234-5678.",
                );
                None
            }
            Err(error) => {
                let (japanese, english) = phone_problem_text(error);
                wrong("phone", japanese, english);
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

fn name_problem_text(error: WrongName) -> (&'static str, &'static str) {
    match error {
        WrongName::NoLetter => (
            "お名前を、保険の書類に書かれているとおりに入力してください。",
            "Enter your name as it stands on your insurance document.",
        ),
        WrongName::TooLong => ("お名前は100文字までで入力してください。", "Enter your name in at most 100 characters."),
        WrongName::Invisible => (
            "お名前に、画面に見えない文字が入っています。一度消して、もう一度入力してください。",
            "Your name has characters that cannot be seen. Clear the field and type it again.",
        ),
        WrongName::Markup => (
            "お名前に、「<」と「>」は使えません。保険の書類に書かれているとおりに入力してください。",
            "The signs < and > cannot be used in a name. Enter it as it stands on your insurance document.",
        ),
    }
}

fn birth_date_problem_text(error: WrongBirthDate) -> (&'static str, &'static str) {
    match error {
        WrongBirthDate::Empty => (
            "生年月日を入力してください。例：昭和20年11月3日、1945年11月3日",
            "Enter your date of birth, such as 3 November 1945 or 昭和20年11月3日.",
        ),
        WrongBirthDate::Unreadable => (
            "生年月日を読み取れませんでした。年・月・日を続けて入力してください。例：昭和20年11月3日、1945年11月3日",
            "We could not read this date. Write day, month and year, such as 3 November 1945 or 昭和20年11月3日.",
        ),
        WrongBirthDate::NoEra => (
            "年の前に、元号（昭和・平成など）を入れてください。西暦は4桁で入力してください。例：昭和20年11月3日、1945年11月3日",
            "Write the year with four digits, or with its era. For example 1945 or 昭和20.",
        ),
        WrongBirthDate::EraYear => (
            "この元号に、その年はありません。生年月日をもう一度確認してください。",
            "This era does not have that year. Check your date of birth.",
        ),
        WrongBirthDate::NoSuchDay => (
            "カレンダーにない日付です。月と日を確認してください。",
            "The calendar has no such day. Check month and day.",
        ),
        WrongBirthDate::Future => {
            ("まだ来ていない日付です。年を確認してください。", "This day is in the future. Check the year.")
        }
        WrongBirthDate::TooLongAgo => {
            ("120歳をこえる日付です。年と元号を確認してください。", "This is more than 120 years ago. Check the year.")
        }
    }
}

fn phone_problem_text(error: WrongPhoneNumber) -> (&'static str, &'static str) {
    match error {
        WrongPhoneNumber::Unreadable => (
            "電話番号を1つだけ入力してください。例：090-1234-5678",
            "Enter one telephone number, such as 090-1234-5678.",
        ),
        WrongPhoneNumber::Length => (
            "電話番号の桁数が合いません。抜けている数字がないか確認してください。例：090-1234-5678",
            "This telephone number has too few or too many digits. Check it, such as 090-1234-5678.",
        ),
        WrongPhoneNumber::NoAreaCode => (
            "電話番号を、0から始まる市外局番から入力してください。海外の番号は「+」と国番号から入力してください。",
            "Enter the telephone number from its area code, which begins with 0. Begin a foreign number with + and its country code.",
        ),
    }
}

#[cfg(test)]
mod tests {
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
