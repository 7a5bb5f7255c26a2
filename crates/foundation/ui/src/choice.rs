use maud::{Markup, Render, html};
use text::Language;

use super::{
    field::{FieldMessages, Need, field_id},
    icon, japanese_text,
};
use crate::texts;

/// An option of a choice.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    value: &'a str,
    label: &'a str,
    support: Option<&'a str>,
}

impl<'a> Choice<'a> {
    /// An option without a support text.
    pub fn new(value: &'a str, label: &'a str) -> Self {
        Self { value, label, support: None }
    }

    /// One line beneath its label. A [`Select`] does not show it.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.support = Some(support);
        self
    }
}

/// A drop-down list.
#[derive(Debug, Clone)]
pub struct Select<'a> {
    language: Language,
    name: &'a str,
    label: &'a str,
    options: &'a [Choice<'a>],
    need: Need,
    messages: FieldMessages<'a>,
    selected: Option<&'a str>,
    empty_label: Option<&'a str>,
}

impl<'a> Select<'a> {
    /// A list in which an option must be chosen.
    pub fn new(language: Language, name: &'a str, label: &'a str, options: &'a [Choice<'a>]) -> Self {
        let around = FieldMessages::default();
        Self {
            language,
            name,
            label,
            options,
            need: Need::Required,
            messages: around,
            selected: None,
            empty_label: None,
        }
    }

    /// One line between label and list.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.messages.support = Some(support);
        self
    }

    /// The value that is chosen initially.
    #[must_use]
    pub fn selected(mut self, value: &'a str) -> Self {
        self.selected = Some(value);
        self
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }

    /// No option need be chosen.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// No option need be chosen, without a mark that says so.
    #[must_use]
    pub fn without_mark(mut self) -> Self {
        self.need = Need::Unmarked;
        self
    }

    /// A first option with the empty value: すべての地域.
    #[must_use]
    pub fn empty_option(mut self, label: &'a str) -> Self {
        self.empty_label = Some(label);
        self
    }
}

impl Render for Select<'_> {
    fn render(&self) -> Markup {
        let id = field_id(self.name);
        let invalid = self.messages.invalid();
        html! {
            div.field.wrong[invalid.is_some()] {
                label for=(id) { (self.label) (self.need.mark(self.language)) }
                (self.messages.support(&id))
                select id=(id) name=(self.name) required[self.need.is_required()]
                    aria-describedby=[self.messages.described_by(&id)] aria-invalid=[invalid] {
                    @if let Some(nothing) = self.empty_label { option value="" { (nothing) } }
                    @for option in self.options {
                        option value=(option.value) selected[self.selected == Some(option.value)]
                            lang=[japanese_text::detect_language(self.language, option.label)] { (option.label) }
                    }
                }
                (self.messages.error(self.language, &id))
            }
        }
    }
}

/// Whether a checkbox is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    Checked,
    Unchecked,
}

/// A single checkbox.
pub fn checkbox(name: &str, value: &str, label: &str, ticked: CheckState) -> Markup {
    html! {
        div.field {
            label.choice {
                input type="checkbox" id=(field_id(name)) name=(name) value=(value) checked[ticked == CheckState::Checked];
                span { (label) }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChoiceKind {
    Radio,
    Checkbox,
}

/// A visible group of options of which one or more are chosen.
#[derive(Debug, Clone)]
pub struct ChoiceGroup<'a> {
    language: Language,
    kind: ChoiceKind,
    name: &'a str,
    legend: &'a str,
    options: &'a [Choice<'a>],
    need: Need,
    messages: FieldMessages<'a>,
    selected: Vec<&'a str>,
}

impl<'a> ChoiceGroup<'a> {
    /// A group of which one option must be chosen.
    pub fn radio(language: Language, name: &'a str, legend: &'a str, options: &'a [Choice<'a>]) -> Self {
        Self::new(language, ChoiceKind::Radio, name, legend, options)
    }

    /// A group of which at least one option must be chosen.
    pub fn checkbox(language: Language, name: &'a str, legend: &'a str, options: &'a [Choice<'a>]) -> Self {
        Self::new(language, ChoiceKind::Checkbox, name, legend, options)
    }

    fn new(language: Language, kind: ChoiceKind, name: &'a str, legend: &'a str, options: &'a [Choice<'a>]) -> Self {
        let around = FieldMessages::default();
        Self { language, kind, name, legend, options, need: Need::Required, messages: around, selected: Vec::new() }
    }

    /// One line above the options.
    #[must_use]
    pub fn support(mut self, support: &'a str) -> Self {
        self.messages.support = Some(support);
        self
    }

    /// A value that is chosen initially; may be called repeatedly.
    #[must_use]
    pub fn selected(mut self, value: &'a str) -> Self {
        self.selected.push(value);
        self
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }

    /// No option need be chosen.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.need = Need::Optional;
        self
    }

    /// No option need be chosen, without a mark that says so.
    #[must_use]
    pub fn without_mark(mut self) -> Self {
        self.need = Need::Unmarked;
        self
    }
}

impl Render for ChoiceGroup<'_> {
    fn render(&self) -> Markup {
        let first = field_id(self.name);
        let invalid = self.messages.invalid();
        let (kind, required) = match self.kind {
            ChoiceKind::Radio => ("radio", self.need.is_required()),
            // `required` on a checkbox would demand that each of them is checked.
            ChoiceKind::Checkbox => ("checkbox", false),
        };
        html! {
            fieldset.field.wrong[invalid.is_some()] aria-describedby=[self.messages.described_by(&first)] {
                legend { (self.legend) (self.need.mark(self.language)) }
                (self.messages.support(&first))
                @for (index, option) in self.options.iter().enumerate() {
                    // The first has the id that an error summary links to.
                    @let id = if index == 0 { first.clone() } else { format!("{first}-{index}") };
                    label.choice {
                        input type=(kind) id=(id) name=(self.name) value=(option.value) required[required]
                            checked[self.selected.contains(&option.value)] aria-invalid=[invalid.filter(|_| self.kind == ChoiceKind::Checkbox)];
                        span {
                            (option.label)
                            @if let Some(support) = option.support { small { (support) } }
                        }
                    }
                }
                (self.messages.error(self.language, &first))
            }
        }
    }
}

/// 同意する or 同意しない.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// 同意する
    Agree,
    /// 同意しない
    Decline,
}

impl Agreement {
    /// The value in a form.
    pub fn value(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Decline => "decline",
        }
    }

    /// Parses the value in a form.
    pub fn from_value(value: &str) -> Option<Self> {
        [Self::Agree, Self::Decline].into_iter().find(|agreement| agreement.value() == value)
    }

    /// The label of the button.
    pub fn label(self, language: Language) -> &'static str {
        match self {
            Self::Agree => texts::AGREE.in_language(language),
            Self::Decline => texts::DO_NOT_AGREE.in_language(language),
        }
    }
}

/// 同意する / 同意しない for one item, with its `?` help. Nothing is preselected unless the patient chose it before.
#[derive(Debug, Clone)]
pub struct ChoicePair<'a> {
    language: Language,
    name: &'a str,
    legend: &'a str,
    help: Option<&'a str>,
    messages: FieldMessages<'a>,
    selected: Option<Agreement>,
}

impl<'a> ChoicePair<'a> {
    /// A pair with the values `agree` and `decline` of this name.
    pub fn new(language: Language, name: &'a str, legend: &'a str) -> Self {
        Self { language, name, legend, help: None, messages: FieldMessages::default(), selected: None }
    }

    /// The help text that `?` opens.
    #[must_use]
    pub fn help(mut self, help: &'a str) -> Self {
        self.help = Some(help);
        self
    }

    /// The patient's earlier choice.
    #[must_use]
    pub fn selected(mut self, agreement: Agreement) -> Self {
        self.selected = Some(agreement);
        self
    }

    /// What is wrong, and what to do.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.messages.error = error;
        self
    }
}

impl Render for ChoicePair<'_> {
    fn render(&self) -> Markup {
        let language = self.language;
        let first = field_id(self.name);
        html! {
            fieldset.field.pair.wrong[self.messages.error.is_some()] aria-describedby=[self.messages.described_by(&first)] {
                legend { (self.legend) }
                @if let Some(help) = self.help {
                    details.help {
                        summary {
                            span aria-hidden="true" { "?" }
                            span.unseen { (texts::HELP.in_language(language)) (self.legend) }
                        }
                        p { (help) }
                    }
                }
                div.pair-options {
                    @for agreement in [Agreement::Agree, Agreement::Decline] {
                        @let id = if agreement == Agreement::Agree { first.clone() } else { format!("{first}-decline") };
                        label {
                            input type="radio" id=(id) name=(self.name) value=(agreement.value()) required
                                checked[self.selected == Some(agreement)];
                            span { (agreement.label(language)) }
                        }
                    }
                }
                (self.messages.error(language, &first))
            }
        }
    }
}

/// 「すべての項目に同意する」: sends `all=agree`, and so goes on to the next page.
pub fn agree_to_all_button(language: Language) -> Markup {
    html! {
        // Enter activates the first submit button of a form. Pressing Enter in a field must not agree to everything, and a
        // disabled first button makes Enter do nothing (HTML, implicit submission).
        button type="submit" disabled hidden {}
        div.act {
            button.button type="submit" name="all" value="agree" {
                (icon::check()) (texts::AGREE_TO_ALL_ITEMS.in_language(language))
            }
        }
    }
}
