use maud::{Markup, html};

use super::icon;
use crate::Language;

/// How much a button asks for attention. A page has one primary button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ButtonStyle {
    /// The one next step.
    Primary,
    /// Another way.
    Secondary,
    /// What takes something away.
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

/// The one next step as a submit button; `next` says beneath it what happens then.
pub fn primary_button(label: &str, next: Option<&str>) -> Markup {
    submit(ButtonStyle::Primary, None, label, next)
}

/// The one next step as a button that submits the form with this id, where it cannot stand within the form: in the bar at the
/// bottom of a page whose form begins further down.
pub fn primary_button_of_form(form: &str, label: &str, next: Option<&str>) -> Markup {
    with_next(html! { button.button.primary type="submit" form=(form) { (label) } }, next)
}

/// The one next step as a link.
pub fn primary_link(href: &str, label: &str, next: Option<&str>) -> Markup {
    link(ButtonStyle::Primary, href, label, next)
}

/// The one next step as a link that leaves this page open, which it says: an app, or a page to come back from.
pub fn primary_link_in_new_tab(language: Language, href: &str, label: &str, next: Option<&str>) -> Markup {
    let link = html! {
        a class=(ButtonStyle::Primary.class()) href=(href) target="_blank" rel="noopener noreferrer" {
            (label)
            span.unseen { (language.t("（新しいタブで開きます）", " (opens in a new tab)")) }
        }
    };
    with_next(link, next)
}

/// Another way as a submit button.
pub fn secondary_button(label: &str, next: Option<&str>) -> Markup {
    submit(ButtonStyle::Secondary, None, label, next)
}

/// Another way as a link.
pub fn secondary_link(href: &str, label: &str, next: Option<&str>) -> Markup {
    link(ButtonStyle::Secondary, href, label, next)
}

/// A submit button that takes something away.
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

/// A submit button that carries `name=value`, for forms that can be sent in more than one way.
pub fn choice_button(look: ButtonStyle, name: &str, value: &str, label: &str, next: Option<&str>) -> Markup {
    submit(look, Some((name, value)), label, next)
}

/// A link to another site, in a new tab, which it says.
pub fn external_link(language: Language, href: &str, label: &str) -> Markup {
    html! {
        a.external href=(href) target="_blank" rel="noopener noreferrer" {
            (label) (icon::external())
            span.unseen { (language.t("（新しいタブで開きます）", " (opens in a new tab)")) }
        }
    }
}

/// The way back.
pub fn back_link(href: &str, label: &str) -> Markup {
    html! { p.back { a href=(href) { (icon::back()) (label) } } }
}

/// Several buttons: one below the other on a phone, in a row where there is room.
pub fn buttons(body: Markup) -> Markup {
    html! { div.buttons { (body) } }
}

pub(super) fn submit(look: ButtonStyle, carried: Option<(&str, &str)>, label: &str, next: Option<&str>) -> Markup {
    with_next(
        html! {
            button class=(look.class()) type="submit" name=[carried.map(|pair| pair.0)] value=[carried.map(|pair| pair.1)]
                data-confirm[look == ButtonStyle::Primary] { (label) }
        },
        next,
    )
}

fn link(look: ButtonStyle, href: &str, label: &str, next: Option<&str>) -> Markup {
    with_next(html! { a class=(look.class()) href=(href) { (label) } }, next)
}

fn with_next(button: Markup, next: Option<&str>) -> Markup {
    html! { div.act { (button) @if let Some(next) = next { p.next { (next) } } } }
}
