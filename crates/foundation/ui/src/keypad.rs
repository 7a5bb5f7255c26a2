use maud::{Markup, Render, html};
use text::Language;

use super::field::{FieldMessages, field_id};
use crate::texts;

/// The four digits of a card's PIN: a numeric password field that its script turns into a large keypad.
#[derive(Debug, Clone)]
pub struct PinEntry<'a> {
    language: Language,
    name: &'a str,
    label: &'a str,
    tries_left: Option<u8>,
    note: Option<&'a str>,
    error: Option<&'a str>,
}

impl<'a> PinEntry<'a> {
    /// An entry of four digits.
    pub fn new(language: Language, name: &'a str, label: &'a str) -> Self {
        Self { language, name, label, tries_left: None, note: None, error: None }
    }

    /// How many tries are left before the card is blocked.
    #[must_use]
    pub fn tries_left(mut self, tries: u8) -> Self {
        self.tries_left = Some(tries);
        self
    }

    /// A note above the keys in place of the remaining tries, which it has to state itself.
    #[must_use]
    pub fn note(mut self, note: Option<&'a str>) -> Self {
        self.note = note;
        self
    }

    /// What is wrong, how many tries are left, and what to do, in place of everything else above the keys.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }
}

impl Render for PinEntry<'_> {
    fn render(&self) -> Markup {
        let language = self.language;
        let id = field_id(self.name);
        let left = self.tries_left.map(|tries| match language {
            Language::Japanese => format!("あと{tries}回間違えるとロックされます"),
            Language::English if tries == 1 => "The card locks after 1 more wrong attempt".to_owned(),
            Language::English => format!("The card locks after {tries} more wrong attempts"),
        });
        let support = self.note.or(left.as_deref()).filter(|_| self.error.is_none());
        let around = FieldMessages { support, error: self.error };
        html! {
            div.field.pin.wrong[self.error.is_some()] data-keypad
                data-said=(texts::OF_4_DIGITS_ENTERED.in_language(language)) {
                label for=(id) { (self.label) }
                (around.support(&id))
                div.pin-entry {
                    input type="password" id=(id) name=(self.name) inputmode="numeric" pattern="[0-9]{4}" minlength="4"
                        maxlength="4" autocomplete="off" required autofocus[self.error.is_some()] aria-describedby=[around.described_by(&id)]
                        aria-invalid=[around.invalid()];
                    span.pin-dots hidden { i {} i {} i {} i {} }
                }
                (around.error(language, &id))
                div.keys role="group" aria-label=(texts::NUMBER_KEYS.in_language(language)) hidden {
                    @for digit in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] { (key(digit)) }
                    button.key.word type="button" data-key="clear" { (texts::CLEAR.in_language(language)) }
                    (key("0"))
                    button.key.word type="button" data-key="back" { (texts::DELETE.in_language(language)) }
                }
                p.unseen role="status" {}
            }
        }
    }
}

fn key(digit: &str) -> Markup {
    html! { button.key type="button" data-key=(digit) { (digit) } }
}
