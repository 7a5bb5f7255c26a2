use maud::{Markup, html};
use text::Language;

use super::icon;
use crate::texts;

/// The prominence of a button. A page has one primary button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// The next step.
    Primary,
    /// An alternative.
    Secondary,
    /// A destructive action.
    Danger,
    /// Looks like a link.
    Quiet,
}

impl ButtonStyle {
    fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Secondary => "button",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// The next step as a submit button; `next` explains beneath it what happens then.
pub fn primary_button(label: &str, next: Option<&str>) -> Markup {
    submit(ButtonStyle::Primary, None, label, next)
}

/// The next step as a link.
pub fn primary_link(href: &str, label: &str, next: Option<&str>) -> Markup {
    link(ButtonStyle::Primary, href, label, next)
}

/// The next step as a link that opens a new tab and says so: an app, or a page to return from.
pub fn primary_link_in_new_tab(language: Language, href: &str, label: &str, next: Option<&str>) -> Markup {
    let link = html! {
        a class=(ButtonStyle::Primary.class()) href=(href) target="_blank" rel="noopener noreferrer" {
            (label)
            span.unseen { (texts::OPENS_IN_A_NEW_TAB.in_language(language)) }
        }
    };
    with_next(link, next)
}

/// An alternative as a submit button.
pub fn secondary_button(label: &str, next: Option<&str>) -> Markup {
    submit(ButtonStyle::Secondary, None, label, next)
}

/// An alternative as a link.
pub fn secondary_link(href: &str, label: &str, next: Option<&str>) -> Markup {
    link(ButtonStyle::Secondary, href, label, next)
}

/// A submit button for a destructive action.
pub fn danger_button(label: &str, next: Option<&str>) -> Markup {
    submit(ButtonStyle::Danger, None, label, next)
}

/// A submit button that looks like a link.
pub fn quiet_button(label: &str) -> Markup {
    submit(ButtonStyle::Quiet, None, label, None)
}

/// A link with the size of a button.
pub fn quiet_link(href: &str, label: &str) -> Markup {
    link(ButtonStyle::Quiet, href, label, None)
}

/// A submit button with `name=value`, for forms with several submit buttons.
pub fn choice_button(style: ButtonStyle, name: &str, value: &str, label: &str, next: Option<&str>) -> Markup {
    submit(style, Some((name, value)), label, next)
}

/// A link to another site, which opens a new tab and says so.
pub fn external_link(language: Language, href: &str, label: &str) -> Markup {
    html! {
        a.external href=(href) target="_blank" rel="noopener noreferrer" {
            (label) (icon::external())
            span.unseen { (texts::OPENS_IN_A_NEW_TAB.in_language(language)) }
        }
    }
}

/// A link back.
pub fn back_link(href: &str, label: &str) -> Markup {
    html! { p.back { a href=(href) { (icon::back()) (label) } } }
}

/// Several buttons: one below the other on a phone, in a row where the width suffices.
pub fn buttons(body: Markup) -> Markup {
    html! { div.buttons { (body) } }
}

pub(super) fn submit(style: ButtonStyle, field: Option<(&str, &str)>, label: &str, next: Option<&str>) -> Markup {
    with_next(
        html! {
            button class=(style.class()) type="submit" name=[field.map(|pair| pair.0)] value=[field.map(|pair| pair.1)]
                data-confirm[style == ButtonStyle::Primary] { (label) }
        },
        next,
    )
}

fn link(style: ButtonStyle, href: &str, label: &str, next: Option<&str>) -> Markup {
    with_next(html! { a class=(style.class()) href=(href) { (label) } }, next)
}

fn with_next(button: Markup, next: Option<&str>) -> Markup {
    html! { div.act { (button) @if let Some(next) = next { p.next { (next) } } } }
}
