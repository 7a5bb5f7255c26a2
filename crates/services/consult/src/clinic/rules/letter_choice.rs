//! Whether an account of a desk gets letters.

base::text_enum! {
    /// Whether an account of a desk gets letters.
    pub enum LetterChoice {
        On = "on",
        Off = "off",
    }
}
