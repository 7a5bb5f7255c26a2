use maud::{Markup, Render, html};

use super::icon;
use crate::Language;

/// What goes into a field, which decides the keyboard that a phone shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// One line.
    Text,
    /// Several lines.
    Lines,
    /// A mail address.
    Email,
    /// A telephone number.
    Telephone,
    /// Digits that are no amount: codes, postal codes.
    Digits,
    /// A code that was sent a moment ago.
    OneTimeCode,
    /// The password one has. Never written back into the page.
    Password,
    /// The password one chooses. Never written back into the page.
    NewPassword,
    /// Words to look for.
    Search,
    /// A day, with the browser's own calendar.
    Date,
    /// A time of the day.
    Time,
}

impl Input {
    fn kind(self) -> &'static str {
        match self {
            Self::Text | Self::Lines | Self::Digits | Self::OneTimeCode => "text",
            Self::Email => "email",
            Self::Telephone => "tel",
            Self::Password | Self::NewPassword => "password",
            Self::Search => "search",
            Self::Date => "date",
            Self::Time => "time",
        }
    }

    fn keyboard(self) -> Option<&'static str> {
        matches!(self, Self::Digits | Self::OneTimeCode).then_some("numeric")
    }

    fn autocomplete(self) -> Option<&'static str> {
        match self {
            Self::Email => Some("email"),
            Self::Telephone => Some("tel"),
            Self::OneTimeCode => Some("one-time-code"),
            Self::Password => Some("current-password"),
            Self::NewPassword => Some("new-password"),
            Self::Text | Self::Lines | Self::Digits | Self::Search | Self::Date | Self::Time => None,
        }
    }

    fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::NewPassword)
    }
}

/// How wide a field is: as wide as what is expected in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// About six digits.
    Short,
    /// About a date or a telephone number.
    Middle,
    /// About a name.
    Long,
    /// All there is.
    Full,
}

impl Width {
    fn class(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Middle => "middle",
            Self::Long => "long",
            Self::Full => "full",
        }
    }
}

/// Whether a field must be filled, and whether it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    /// Search fields and the like, where the mark would be noise.
    Unmarked,
}

impl Need {
    pub(super) fn is_required(self) -> bool {
        self == Self::Required
    }

    pub(super) fn mark(self, language: Language) -> Markup {
        html! {
            @match self {
                Self::Required => { " " span.need.must { (language.t("※必須", "Required")) } }
                Self::Optional => { " " span.need { (language.t("※任意", "Optional")) } }
                Self::Unmarked => {}
            }
        }
    }
}

/// The id of the field with this name: what an error summary links to.
pub(super) fn field_id(name: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' };
    format!("field-{}", name.chars().map(plain).collect::<String>())
}

/// What stands around a field besides its label: the support text above it and the error beneath it, tied to it by their ids.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FieldMessages<'a> {
    pub(super) support: Option<&'a str>,
    pub(super) error: Option<&'a str>,
}

impl FieldMessages<'_> {
    /// The value of `aria-describedby` for the field `id`.
    pub(super) fn described_by(self, id: &str) -> Option<String> {
        match (self.support, self.error) {
            (None, None) => None,
            (Some(_), None) => Some(format!("{id}-support")),
            (None, Some(_)) => Some(format!("{id}-error")),
            (Some(_), Some(_)) => Some(format!("{id}-support {id}-error")),
        }
    }

    pub(super) fn invalid(self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    pub(super) fn support(self, id: &str) -> Markup {
        html! { @if let Some(support) = self.support { p.support id={ (id) "-support" } { (support) } } }
    }

    pub(super) fn error(self, language: Language, id: &str) -> Markup {
        html! {
            @if let Some(error) = self.error {
                p.field-error id={ (id) "-error" } {
                    (icon::error()) span.unseen { (language.t("エラー：", "Error: ")) } (error)
                }
            }
        }
    }
}

/// A field with its label: label, support text, field, error.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    language: Language,
    input: Input,
    name: &'a str,
    label: &'a str,
    id: String,
    need: Need,
    messages: FieldMessages<'a>,
    value: Option<&'a str>,
    autocomplete: Option<&'static str>,
    width: Width,
    max_length: Option<usize>,
    suffix: Option<&'a str>,
    autofocus: bool,
}

impl<'a> Field<'a> {
    /// A field that must be filled.
    pub fn new(language: Language, input: Input, name: &'a str, label: &'a str) -> Self {
        let width = match input {
            Input::OneTimeCode | Input::Digits => Width::Short,
            Input::Telephone | Input::Date | Input::Time => Width::Middle,
            Input::Text | Input::Email | Input::Password | Input::NewPassword => Width::Long,
            Input::Lines | Input::Search => Width::Full,
        };
        Self {
            language,
            input,
            name,
            label,
            id: field_id(name),
            need: Need::Required,
            messages: FieldMessages::default(),
            value: None,
            autocomplete: input.autocomplete(),
            width,
            max_length: None,
            suffix: None,
            // The only field of its page.
            autofocus: input == Input::OneTimeCode,
        }
    }

    /// One line between label and field: how to fill it.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.messages.support = Some(support);
        self
    }

    /// What stands in it already. Kept after an error; a password never is.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = Some(value);
        self
    }

    /// What is wrong with it, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }

    /// It may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// It may stay empty and does not say so: search fields and the like.
    #[must_use]
    pub fn without_mark(mut self) -> Self {
        self.need = Need::Unmarked;
        self
    }

    /// What the browser may fill in (HTML, autofill field names).
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = Some(autocomplete);
        self
    }

    /// Another width than its kind has.
    #[must_use]
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// Another id, where two forms on one page have a field of the same name.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// The most characters it takes.
    #[must_use]
    pub fn max_length(mut self, longest: usize) -> Self {
        self.max_length = Some(longest);
        self
    }

    /// It has the focus when the page opens: for the only field of a page.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// A word behind the field: 円, 分.
    #[must_use]
    pub fn suffix(mut self, suffix: &'a str) -> Self {
        self.suffix = Some(suffix);
        self
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let id = self.id.as_str();
        let described_by = self.messages.described_by(id);
        let invalid = self.messages.invalid();
        let value = self.value.filter(|_| !self.input.is_secret());
        html! {
            div.field.wrong[invalid.is_some()] {
                label for=(id) { (self.label) (self.need.mark(self.language)) }
                (self.messages.support(id))
                @if self.input == Input::Lines {
                    textarea class=(self.width.class()) id=(id) name=(self.name) rows="5" maxlength=[self.max_length]
                        autocomplete=[self.autocomplete] required[self.need.is_required()]
                        aria-describedby=[described_by] aria-invalid=[invalid] { (value.unwrap_or_default()) }
                } @else {
                    div.entry {
                        input class=(self.width.class()) type=(self.input.kind()) id=(id) name=(self.name) value=[value]
                            inputmode=[self.input.keyboard()] maxlength=[self.max_length] autocomplete=[self.autocomplete]
                            required[self.need.is_required()] aria-describedby=[described_by] aria-invalid=[invalid]
                            autofocus[self.autofocus];
                        @if let Some(suffix) = self.suffix { span.suffix { (suffix) } }
                    }
                }
                (self.messages.error(self.language, id))
            }
        }
    }
}

/// Room for a date with its words and weekday behind a year that stands there already.
const MAX_WHOLE_DATE_LENGTH: &str = "30";

/// A day in three fields, as people know it by heart.
#[derive(Debug, Clone)]
pub struct DateField<'a> {
    language: Language,
    name: &'a str,
    legend: &'a str,
    need: Need,
    messages: FieldMessages<'a>,
    value: [&'a str; 3],
    birthday: bool,
    accepts_whole_date: bool,
}

impl<'a> DateField<'a> {
    /// Fields `{name}_year`, `{name}_month` and `{name}_day`, all of which must be filled.
    pub fn new(language: Language, name: &'a str, legend: &'a str) -> Self {
        let around = FieldMessages::default();
        Self {
            language,
            name,
            legend,
            need: Need::Required,
            messages: around,
            value: [""; 3],
            birthday: false,
            accepts_whole_date: false,
        }
    }

    /// One line above the fields.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.messages.support = Some(support);
        self
    }

    /// What stands in them already, as it was typed.
    #[must_use]
    pub fn value(mut self, year: &'a str, month: &'a str, day: &'a str) -> Self {
        self.value = [year, month, day];
        self
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }

    /// They may stay empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// A whole date can be written into the year, and an era before it: whoever reads the form looks for them there.
    #[must_use]
    pub fn accept_whole_date(mut self) -> Self {
        self.accepts_whole_date = true;
        self
    }

    /// It is the birthday of whoever fills it, which the browser may know.
    #[must_use]
    pub fn birthday(mut self) -> Self {
        self.birthday = true;
        self
    }
}

impl Render for DateField<'_> {
    fn render(&self) -> Markup {
        let language = self.language;
        let first = field_id(self.name);
        let described_by = self.messages.described_by(&first);
        let invalid = self.messages.invalid();
        let parts = [
            ("year", language.t("年", "Year"), "bday-year", "4"),
            ("month", language.t("月", "Month"), "bday-month", "2"),
            ("day", language.t("日", "Day"), "bday-day", "2"),
        ];
        html! {
            fieldset.field.wrong[invalid.is_some()] aria-describedby=[described_by] {
                legend { (self.legend) (self.need.mark(language)) }
                (self.messages.support(&first))
                div.date {
                    @for (place, (part, label, bday, longest)) in parts.into_iter().enumerate() {
                        // The first carries the id that an error summary links to.
                        @let id = if place == 0 { first.clone() } else { format!("{first}-{part}") };
                        @let whole = self.accepts_whole_date && place == 0;
                        @let longest = if whole { MAX_WHOLE_DATE_LENGTH } else { longest };
                        div.date-part {
                            input class={ "date-" (part) } type="text" inputmode=[(!whole).then_some("numeric")] id=(id)
                                name={ (self.name) "_" (part) } value=(self.value[place]) maxlength=(longest)
                                autocomplete=[self.birthday.then_some(bday)] required[self.need.is_required()]
                                aria-invalid=[invalid];
                            label for=(id) { (label) }
                        }
                    }
                }
                (self.messages.error(language, &first))
            }
        }
    }
}
