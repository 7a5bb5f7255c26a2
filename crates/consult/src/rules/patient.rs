use base::{Date, Id};
use shell::{Language, Text};

use super::kana::{fold_kana, fold_name};

/// One patient's id.
pub type PatientId = Id<Person>;

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Her id.
    pub id: PatientId,
    /// Her address.
    pub mail: MailAddress,
    /// The language that she is written in.
    pub language: Language,
    /// Who she is, once she has told.
    pub profile: Option<Profile>,
}

/// Who a patient is, as the institution knows her.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Her name, as on the insurance document.
    pub name: String,
    /// Her name in kana. Not everybody has one.
    pub kana: Option<String>,
    /// 生年月日
    pub birth_date: Date,
    /// The telephone number. Profiles from before it was asked for have none.
    pub phone: Option<String>,
}

/// An e-mail address, as far as one can tell before a letter has arrived. Compared in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(String);

/// A text that is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an e-mail address")]
pub struct NotAnAddress;

impl MailAddress {
    /// The address as it is written on letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The mailbox that letters to it end in, as far as one can tell: a word behind a + in the local part names no other
    /// mailbox (RFC 5233).
    pub fn mailbox(&self) -> String {
        let (local, host) = self.0.rsplit_once('@').unwrap_or((&self.0, ""));
        let plain = local.split_once('+').map_or(local, |(plain, _)| plain);
        format!("{}@{host}", if plain.is_empty() { local } else { plain })
    }
}

impl std::fmt::Display for MailAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::str::FromStr for MailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        use unicode_normalization::UnicodeNormalization;
        let address: String = text.trim().nfkc().collect::<String>().to_ascii_lowercase();
        let (local, host) = address.rsplit_once('@').ok_or(NotAnAddress)?;
        // Old carrier addresses have two dots in a row or one before the @, so the local part is not judged further.
        let local_fits = (1..=64).contains(&local.len())
            && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte));
        let label_fits = |label: &str| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let host_fits = host.len() <= 253 && host.contains('.') && host.split('.').all(label_fits);
        if local_fits && host_fits { Ok(Self(address)) } else { Err(NotAnAddress) }
    }
}

/// What was written into the profile's form.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct WrittenProfile {
    /// Name.
    pub name: String,
    /// Kana.
    pub kana: String,
    /// Ticked by whoever has no name in kana.
    pub no_kana: Option<String>,
    /// Year of birth.
    pub birth_year: String,
    /// Month of birth.
    pub birth_month: String,
    /// Day of birth.
    pub birth_day: String,
    /// Telephone number.
    pub phone: String,
}

/// A field of the profile's form and what is to be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name.
    pub field: &'static str,
    /// What to do.
    pub message: Text,
}

impl Profile {
    /// Reads the form; or all that is to be corrected, in the order of the fields.
    pub fn read(written: &WrittenProfile, today: Date) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut wrong =
            |field, japanese, english| problems.push(Problem { field, message: Text::fixed(japanese, english) });
        let name = fold_name(&written.name);
        if name.is_none() {
            wrong(
                "name",
                "お名前を、保険の書類に書かれているとおりに入力してください。",
                "Enter your name as it stands on your insurance document.",
            );
        }
        let kana = if written.no_kana.is_some() { Some(None) } else { fold_kana(&written.kana).map(Some) };
        if kana.is_none() {
            wrong(
                "kana",
                "お名前のよみを、ひらがなかカタカナで入力してください。カナの名前がない方は、下の欄にチェックを入れてください。",
                "Enter your name in hiragana or katakana. If you have no name in kana, tick the box below.",
            );
        }
        let birth_date = birth_date(written, today);
        if birth_date.is_none() {
            wrong(
                "birth",
                "生年月日を、西暦の年・月・日の数字で入力してください。例：1985年4月3日",
                "Enter year, month and day of your birth in numbers, such as 1985, 4, 3.",
            );
        }
        // Every visit is by video, and a connection can break.
        let phone = phone(&written.phone).ok().flatten();
        if phone.is_none() {
            wrong(
                "phone",
                "電話番号を、数字で入力してください。例：09012345678",
                "Enter your telephone number in digits, such as 09012345678.",
            );
        }
        match (name, kana, birth_date, phone) {
            (Some(name), Some(kana), Some(birth_date), Some(phone)) => {
                Ok(Self { name, kana, birth_date, phone: Some(phone) })
            }
            _ => Err(problems),
        }
    }

    /// The form as this profile fills it.
    pub fn written(&self) -> WrittenProfile {
        WrittenProfile {
            name: self.name.clone(),
            kana: self.kana.clone().unwrap_or_default(),
            no_kana: self.kana.is_none().then(|| "1".to_owned()),
            birth_year: self.birth_date.year().to_string(),
            birth_month: self.birth_date.month().to_string(),
            birth_day: self.birth_date.day().to_string(),
            phone: self.phone.clone().unwrap_or_default(),
        }
    }
}

fn digits(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

fn birth_date(written: &WrittenProfile, today: Date) -> Option<Date> {
    let year = digits(&written.birth_year).parse::<i16>().ok()?;
    let month = digits(&written.birth_month).parse::<i8>().ok()?;
    let day = digits(&written.birth_day).parse::<i8>().ok()?;
    // Nobody who is alive was born before 1900.
    let date = Date::new(year, month, day).ok()?;
    (year >= 1900 && date <= today).then_some(date)
}

fn phone(text: &str) -> Result<Option<String>, ()> {
    let number: String = digits(text).chars().filter(|c| !matches!(c, '-' | '(' | ')' | 'ー' | '−' | '‐')).collect();
    let (plus, rest) = number.strip_prefix('+').map_or(("", number.as_str()), |rest| ("+", rest));
    match rest.len() {
        0 if plus.is_empty() => Ok(None),
        9..=15 if rest.bytes().all(|byte| byte.is_ascii_digit()) => Ok(Some(format!("{plus}{rest}"))),
        _ => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Date {
        base::parse_date("2026-11-24").expect("a date")
    }

    fn written() -> WrittenProfile {
        WrittenProfile {
            name: "山田 花子".into(),
            kana: "やまだ ﾊﾅｺ".into(),
            birth_year: "１９８５".into(),
            birth_month: "4".into(),
            birth_day: "3".into(),
            phone: "090-1234-5678".into(),
            ..WrittenProfile::default()
        }
    }

    fn check(change: impl Fn(&mut WrittenProfile), expected: &[&str]) {
        let mut form = written();
        change(&mut form);
        let fields = match Profile::read(&form, today()) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(|problem| problem.field).collect(),
        };
        assert_eq!(fields, expected, "{form:?}");
    }

    #[test]
    fn a_form_is_read_in_any_width() {
        let profile = Profile::read(&written(), today()).expect("a profile");
        assert_eq!(profile.name, "山田　花子");
        assert_eq!(profile.kana.as_deref(), Some("ヤマダ　ハナコ"));
        assert_eq!(profile.birth_date, base::parse_date("1985-04-03").unwrap());
        assert_eq!(profile.phone.as_deref(), Some("09012345678"));
        assert_eq!(Profile::read(&profile.written(), today()).as_ref(), Ok(&profile));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        check(|_| {}, &[]);
        check(|form| *form = WrittenProfile::default(), &["name", "kana", "birth", "phone"]);
        check(|form| form.phone.clear(), &["phone"]);
        check(|form| form.kana = "山田".into(), &["kana"]);
        check(|form| form.birth_day = "31".into(), &["birth"]);
        check(|form| form.birth_year = "2027".into(), &["birth"]);
        check(|form| form.birth_year = "1899".into(), &["birth"]);
        check(|form| form.phone = "090-1234-5678".into(), &[]);
        check(|form| form.phone = "+84 90 123 45 67".into(), &[]);
        check(|form| form.phone = "call me".into(), &["phone"]);
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

    #[test]
    fn addresses_with_a_word_behind_a_plus_are_one_mailbox() {
        let check = |address: &str, expected: &str| {
            assert_eq!(address.parse::<MailAddress>().expect("an address").mailbox(), expected, "{address}");
        };
        check("Hanako+clinic@example.jp", "hanako@example.jp");
        check("hanako+a+b@example.jp", "hanako@example.jp");
        check("hanako@example.jp", "hanako@example.jp");
        check("+hanako@example.jp", "+hanako@example.jp");
    }

    #[test]
    fn an_address_is_read_as_people_type_it() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(text.parse::<MailAddress>().ok().as_ref().map(MailAddress::as_str), expected, "{text}");
        };
        check(" Hanako@Example.jp ", Some("hanako@example.jp"));
        check("ｈａｎａｋｏ＠example.jp", Some("hanako@example.jp"));
        check("a..b.@docomo.example.jp", Some("a..b.@docomo.example.jp"));
        check("hanako@localhost", None);
        check("hanako", None);
        check("@example.jp", None);
        check("a@b@example..jp", None);
        check("a\nb@example.jp", None);
        check("花子@example.jp", None);
    }
}
