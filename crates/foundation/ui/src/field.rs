use maud::{Markup, Render, html};
use text::Language;

use super::icon;
use crate::texts;

/// The kind of input, which decides the keyboard of a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    Text,
    Lines,
    /// A mail address.
    Email,
    /// A telephone number.
    Telephone,
    /// Digits that are no amount: codes, postal codes.
    Digits,
    /// A one-time code that was just sent.
    OneTimeCode,
    /// The current password. Never rendered in the page.
    Password,
    /// A new password. Never rendered in the page.
    NewPassword,
    /// A search term.
    Search,
    /// A date, with the browser's own calendar.
    Date,
    /// A time of day.
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

/// The width of a field, by the expected length of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// About six digits.
    Short,
    /// About a date or a telephone number.
    Middle,
    /// About a name.
    Long,
    /// The whole available width.
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

/// Whether a field is required, and whether it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    Optional,
    /// Not required, without a mark: search fields and the like.
    Unmarked,
}

impl Need {
    pub(super) fn is_required(self) -> bool {
        self == Self::Required
    }

    pub(super) fn mark(self, language: Language) -> Markup {
        html! {
            @match self {
                Self::Required => { " " span.need.must { (texts::REQUIRED.in_language(language)) } }
                Self::Optional => { " " span.need { (texts::OPTIONAL.in_language(language)) } }
                Self::Unmarked => {}
            }
        }
    }
}

/// The id of the field with this name, which an error summary links to.
pub(super) fn field_id(name: &str) -> String {
    let plain = |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' };
    format!("field-{}", name.chars().map(plain).collect::<String>())
}

/// The support text above a field and the error beneath it, linked to it by their ids.
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
                    (icon::error()) span.unseen { (texts::ERROR.in_language(language)) } (error)
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
    /// A required field.
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
            // It is the only field of its page.
            autofocus: input == Input::OneTimeCode,
        }
    }

    /// One line between label and field: how to fill it.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.messages.support = Some(support);
        self
    }

    /// The initial value. It is kept after an error, except for passwords.
    #[must_use]
    pub fn value(mut self, value: &'a str) -> Self {
        self.value = Some(value);
        self
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }

    /// It may be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// It may be left empty, without a mark that says so: search fields and the like.
    #[must_use]
    pub fn without_mark(mut self) -> Self {
        self.need = Need::Unmarked;
        self
    }

    /// The autofill field name (HTML).
    #[must_use]
    pub fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = Some(autocomplete);
        self
    }

    /// A width other than the default of its kind.
    #[must_use]
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }

    /// A different id, where two forms on one page have a field of the same name.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// The maximum number of characters.
    #[must_use]
    pub fn max_length(mut self, length: usize) -> Self {
        self.max_length = Some(length);
        self
    }

    /// Focuses the field when the page opens, for the only field of a page.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// A unit after the field: 円, 分.
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

/// The year field must have space for a whole written date with its weekday.
const MAX_WHOLE_DATE_LENGTH: &str = "30";

/// A date in three fields, as people remember it.
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
    /// Fields `{name}_year`, `{name}_month` and `{name}_day`, all of them required.
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

    /// The initial values, as typed.
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

    /// They may be left empty.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// A whole date, with an era or not, may be typed into the year field; the handler of the form has to parse it there.
    #[must_use]
    pub fn accept_whole_date(mut self) -> Self {
        self.accepts_whole_date = true;
        self
    }

    /// It is the user's date of birth, which the browser may fill in.
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
            ("year", texts::YEAR.in_language(language), "bday-year", "4"),
            ("month", texts::MONTH.in_language(language), "bday-month", "2"),
            ("day", texts::DAY.in_language(language), "bday-day", "2"),
        ];
        html! {
            fieldset.field.wrong[invalid.is_some()] aria-describedby=[described_by] {
                legend { (self.legend) (self.need.mark(language)) }
                (self.messages.support(&first))
                div.date {
                    @for (index, (part, label, bday, longest)) in parts.into_iter().enumerate() {
                        // The first has the id that an error summary links to.
                        @let id = if index == 0 { first.clone() } else { format!("{first}-{part}") };
                        @let accepts_whole_date = self.accepts_whole_date && index == 0;
                        @let longest = if accepts_whole_date { MAX_WHOLE_DATE_LENGTH } else { longest };
                        div.date-part {
                            input class={ "date-" (part) } type="text" inputmode=[(!accepts_whole_date).then_some("numeric")] id=(id)
                                name={ (self.name) "_" (part) } value=(self.value[index]) maxlength=(longest)
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
