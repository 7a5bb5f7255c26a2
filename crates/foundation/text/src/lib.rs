//! Text: the languages of the services, and what people type and paste, parsed into values.
//!
//! [`Language`] and [`Text`] hold what a page, a letter or an error says, in each language.
//!
//! The parsers: widths, invisible characters, dashes, labels and eras differ between people and programs while the meaning is the same.
//! Each parser here accepts all of these forms and has its table of cases. What a service does with the value is decided
//! there.

mod birth_date;
mod characters;
pub mod dates;
mod language;
mod name;
mod one_time_code;
mod phone;
mod reading;
mod spreadsheet;

pub use birth_date::{
    WrongBirthDate, age_on, era_year_latin, era_year_text, parse_birth_date, parse_date_parts, parse_written_date,
};
pub use characters::{grouped_digits, half_width_digit, half_width_digits, is_dash, is_invisible};
pub use language::{Language, Text, TextArgument};
pub use name::{WrongName, parse_name, replace_wide_spaces};
pub use one_time_code::{find_digit_code, parse_one_time_code};
pub use phone::{PhoneNumber, WrongPhoneNumber};
pub use reading::{fold_reading, parse_reading, to_hiragana, to_katakana};
pub use spreadsheet::{cell_without_formula, text_of_cell};
