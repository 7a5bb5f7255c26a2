//! Fields that several forms of the settings have.

use std::collections::HashMap;

use maud::{Markup, html};
use text::Language;
use ui::components::{self, CheckState, Field, Input};

use crate::{
    clinic_settings::{
        rules::hours_input::{HoursLines, HoursProblem, WEEKDAYS},
        texts,
    },
    directory::rules::hours::weekday_name,
};

/// The fields of a form that are named after things, such as a box for each doctor.
pub(super) type NamedFields = HashMap<String, String>;

/// The name of the line of a day, by its place in the week.
fn line_name(index: usize) -> String {
    format!("hours_{index}")
}

/// The lines of a form.
pub(super) fn read_hours_lines(fields: &NamedFields) -> HoursLines {
    std::array::from_fn(|index| fields.get(&line_name(index)).cloned().unwrap_or_default())
}

/// The name of the line that a problem is about.
pub(super) fn problem_field(problem: Option<(usize, HoursProblem)>) -> Option<(String, HoursProblem)> {
    problem.map(|(index, problem)| (line_name(index), problem))
}

/// A line for each day of the week.
pub(super) fn render_hours_fields(
    language: Language,
    lines: &HoursLines,
    problem: Option<(usize, HoursProblem)>,
) -> Markup {
    let message = problem.map(|(index, problem)| (index, problem.text()));
    html! {
        p { (texts::ONE_LINE_FOR_EACH_DAY.in_language(language)) }
        @for (index, weekday) in WEEKDAYS.into_iter().enumerate() {
            @let name = line_name(index);
            @let error = message.as_ref().filter(|(line, _)| *line == index).map(|(_, text)| text.in_language(language));
            (Field::new(language, Input::Text, &name, weekday_name(language, weekday))
                .without_mark()
                .value(&lines[index])
                .error(error))
        }
    }
}

/// A box to tick for each thing: the name of its field, its label, and whether it is ticked.
pub(super) fn render_checkboxes(legend: &str, support: Option<&str>, boxes: &[(String, String, CheckState)]) -> Markup {
    html! {
        fieldset.field {
            legend { (legend) }
            @if let Some(support) = support { p { (support) } }
            @for (name, label, state) in boxes { (components::checkbox(name, "1", label, *state)) }
        }
    }
}

/// The state of the box of that name in a form.
pub(super) fn check_state(fields: &NamedFields, name: &str) -> CheckState {
    if fields.contains_key(name) { CheckState::Checked } else { CheckState::Unchecked }
}
