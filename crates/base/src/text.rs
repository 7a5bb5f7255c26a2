//! Text as people type and paste it, read into values.
//!
//! Widths, invisible marks, dashes, labels and eras differ from person to person and from program to program; what they
//! mean does not. Each reader here takes all of these forms and has its table of cases. Nothing here decides what a
//! service does with the value.

mod birth_date;
mod characters;
mod name;
mod one_time_code;
mod phone;
mod reading;

pub use birth_date::{
    WrongBirthDate, age_on, era_year_latin, era_year_text, parse_birth_date, parse_date_parts, parse_written_date,
};
pub use characters::{grouped_digits, half_width_digit, half_width_digits, is_dash, is_invisible};
pub use name::{WrongName, parse_name};
pub use one_time_code::{find_digit_code, parse_one_time_code};
pub use phone::{PhoneNumber, WrongPhoneNumber};
pub use reading::{fold_reading, parse_reading, to_hiragana, to_katakana};
