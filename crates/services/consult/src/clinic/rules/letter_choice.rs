//! Whether an account of a desk gets letters.

use crate::string_enum;

string_enum::string_enum! {
    /// Whether an account of a desk gets letters.
    pub enum LetterChoice {
        On = "on",
        Off = "off",
    }
}
