//! A menu as managers type it.

use text::Text;

use crate::{
    clinic_settings::texts,
    directory::rules::institution::{
        CancellationTerms, Charge, Menu, MenuAudience, MenuRules, VisitMedium, VisitMediumKind,
    },
    schedule::rules::slot::{BookingWindow, HORIZON_DAYS},
};

/// The longest visit, and the longest time after it, in minutes.
const MAX_MINUTES: u32 = 4 * 60;

/// The longest notice and the earliest limit for cancelling: four weeks.
const MAX_LIMIT_MINUTES: u32 = 28 * 24 * 60;

/// The highest fee, in yen.
const MAX_FEE: u32 = 1_000_000;

/// How many characters a name or a sentence has at most.
const MAX_CHARACTERS: usize = 300;

/// The fields of the form. Numbers are digits; an empty one is 0, or no limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MenuInput {
    pub(crate) charge: String,
    pub(crate) name: String,
    pub(crate) name_english: String,
    pub(crate) minutes: String,
    pub(crate) buffer_minutes: String,
    pub(crate) fee: String,
    pub(crate) fee_english: String,
    pub(crate) system_fee: String,
    pub(crate) audience: String,
    pub(crate) notice_minutes: String,
    pub(crate) horizon_days: String,
    pub(crate) daily_capacity: String,
    pub(crate) cancel_limit_minutes: String,
    pub(crate) cancel_fee: String,
    pub(crate) held_by: String,
    pub(crate) held_by_words: String,
    pub(crate) held_by_words_english: String,
}

/// A field that cannot be taken, and what to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MenuProblem {
    pub(crate) field: &'static str,
    pub(crate) message: Text,
}

impl MenuInput {
    /// The form, filled with a menu.
    pub(crate) fn from_menu(menu: &Menu, rules: &MenuRules) -> Self {
        let words = |language| {
            menu.medium.description().map_or_else(String::new, |words| words.in_language(language).to_owned())
        };
        Self {
            charge: menu.charge.to_string(),
            name: menu.name.clone(),
            name_english: menu.name_english.clone(),
            minutes: menu.minutes.to_string(),
            buffer_minutes: menu.buffer_minutes.to_string(),
            fee: menu.fee.clone(),
            fee_english: menu.fee_english.clone(),
            system_fee: menu.system_fee.to_string(),
            audience: rules.audience.to_string(),
            notice_minutes: rules.window.notice_minutes.to_string(),
            horizon_days: rules.window.horizon_days.to_string(),
            daily_capacity: rules.daily_capacity.map_or_else(String::new, |visits| visits.to_string()),
            cancel_limit_minutes: menu.cancellation.limit_minutes.to_string(),
            cancel_fee: menu.cancellation.fee.to_string(),
            held_by: menu.medium.kind().to_string(),
            held_by_words: words(text::Language::Japanese),
            held_by_words_english: words(text::Language::English),
        }
    }

    /// The menu with this number.
    ///
    /// # Errors
    /// All problems, in the order of the fields.
    pub(crate) fn parse(&self, number: u32) -> Result<(Menu, MenuRules), Vec<MenuProblem>> {
        let mut problems = Vec::new();
        let mut check = |field, read: Result<u32, Text>| {
            read.unwrap_or_else(|message| {
                problems.push(MenuProblem { field, message });
                0
            })
        };
        let minutes = check("minutes", parse_number(&self.minutes, 1, MAX_MINUTES));
        let buffer_minutes = check("buffer_minutes", parse_number(&self.buffer_minutes, 0, MAX_MINUTES));
        let system_fee = check("system_fee", parse_number(&self.system_fee, 0, MAX_FEE));
        let notice_minutes = check("notice_minutes", parse_number(&self.notice_minutes, 0, MAX_LIMIT_MINUTES));
        let horizon_days = check("horizon_days", parse_number(&self.horizon_days, 1, HORIZON_DAYS));
        let has_capacity = !self.daily_capacity.trim().is_empty();
        let daily_capacity = if has_capacity {
            Some(check("daily_capacity", parse_number(&self.daily_capacity, 1, 1_000)))
        } else {
            None
        };
        let limit_minutes =
            check("cancel_limit_minutes", parse_number(&self.cancel_limit_minutes, 0, MAX_LIMIT_MINUTES));
        let fee = check("cancel_fee", parse_number(&self.cancel_fee, 0, MAX_FEE));
        let kind: VisitMediumKind = self.held_by.parse().unwrap_or(VisitMediumKind::Browser);
        for (field, text, required) in [
            ("name", &self.name, true),
            ("name_english", &self.name_english, false),
            ("fee", &self.fee, true),
            ("fee_english", &self.fee_english, false),
            ("held_by_words", &self.held_by_words, kind != VisitMediumKind::Browser),
            ("held_by_words_english", &self.held_by_words_english, false),
        ] {
            if required && text.trim().is_empty() {
                problems.push(MenuProblem { field, message: texts::WRITE_IT_AS_PATIENTS_SHALL_READ_IT });
            } else if text.chars().count() > MAX_CHARACTERS || text.chars().any(char::is_control) {
                problems.push(MenuProblem { field, message: texts::TEXT_IS_TOO_LONG });
            }
        }
        let charge: Option<Charge> = self.charge.parse().ok();
        let (Some(charge), true) = (charge, problems.is_empty()) else {
            if charge.is_none() {
                problems.insert(0, MenuProblem { field: "charge", message: texts::CHOOSE_WHO_PAYS });
            }
            return Err(problems);
        };
        let (name, name_english) = both_languages(&self.name, &self.name_english);
        let (fee_text, fee_english) = both_languages(&self.fee, &self.fee_english);
        let (words, words_english) = both_languages(&self.held_by_words, &self.held_by_words_english);
        let menu = Menu {
            number,
            charge,
            name,
            name_english,
            minutes,
            buffer_minutes,
            fee: fee_text,
            fee_english,
            system_fee,
            cancellation: CancellationTerms { limit_minutes, fee },
            medium: VisitMedium::from_parts(kind, Text::from_strings(words, words_english)),
        };
        let rules = MenuRules {
            audience: self.audience.parse().unwrap_or(MenuAudience::Patients),
            window: BookingWindow { notice_minutes, horizon_days },
            daily_capacity,
        };
        Ok((menu, rules))
    }
}

/// A text in both languages. Where there is no English, English pages show the Japanese.
fn both_languages(japanese: &str, english: &str) -> (String, String) {
    let (japanese, english) = (japanese.trim(), english.trim());
    (japanese.to_owned(), if english.is_empty() { japanese.to_owned() } else { english.to_owned() })
}

/// Digits in any width, with or without separators; 0 if there are none.
fn parse_number(text: &str, least: u32, most: u32) -> Result<u32, Text> {
    let digits: String = text.trim().chars().map(text::half_width_digit).filter(|c| !matches!(c, ',' | '，')).collect();
    let number = if digits.is_empty() { Some(0) } else { digits.parse().ok() };
    number.filter(|number| (least..=most).contains(number)).ok_or_else(|| texts::write_a_number(least, most))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input() -> MenuInput {
        MenuInput {
            charge: "insured".to_owned(),
            name: "再診".to_owned(),
            minutes: "１５".to_owned(),
            fee: "保険の自己負担分".to_owned(),
            horizon_days: "30".to_owned(),
            cancel_fee: "1,100".to_owned(),
            ..MenuInput::default()
        }
    }

    #[test]
    fn a_menu_is_read_in_any_width_and_shown_as_it_is_read() {
        let (menu, rules) = input().parse(3).expect("a menu");
        assert_eq!((menu.number, menu.minutes, menu.cancellation.fee), (3, 15, 1_100));
        assert_eq!(menu.name_english, "再診");
        assert_eq!((rules.audience, rules.daily_capacity), (MenuAudience::Patients, None));
        assert_eq!(MenuInput::from_menu(&menu, &rules).parse(3), Ok((menu, rules)));
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let check = |change: &dyn Fn(&mut MenuInput), expected: &[&str]| {
            let mut input = input();
            change(&mut input);
            let fields: Vec<_> = match input.parse(1) {
                Ok(_) => Vec::new(),
                Err(problems) => problems.into_iter().map(|problem| problem.field).collect(),
            };
            assert_eq!(fields, expected, "{input:?}");
        };
        check(&|_| {}, &[]);
        check(&|input| *input = MenuInput::default(), &["charge", "minutes", "horizon_days", "name", "fee"]);
        check(&|input| input.minutes = "241".to_owned(), &["minutes"]);
        check(&|input| input.buffer_minutes = "-5".to_owned(), &["buffer_minutes"]);
        check(&|input| input.horizon_days = "61".to_owned(), &["horizon_days"]);
        check(&|input| input.daily_capacity = "0".to_owned(), &["daily_capacity"]);
        check(&|input| input.held_by = "telephone".to_owned(), &["held_by_words"]);
        check(&|input| input.name = "あ".repeat(301), &["name"]);
    }
}
