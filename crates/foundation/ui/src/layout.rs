use maud::{Markup, html};
use text::Language;

use super::icon;
use crate::texts;

/// A heading with its content.
pub fn section(heading: &str, body: Markup) -> Markup {
    html! { section.section { h2 { (heading) } (body) } }
}

/// A card with a heading.
pub fn panel(heading: &str, body: Markup) -> Markup {
    html! { section.panel { h2 { (heading) } (body) } }
}

/// A card without a heading.
pub fn plain_panel(body: Markup) -> Markup {
    html! { div.panel { (body) } }
}

/// A card that is a link as a whole; screen readers announce its title as the link.
pub fn link_card(href: &str, title: &str, body: Markup) -> Markup {
    html! { article.panel.link-card { h3 { a href=(href) { (title) } } (body) } }
}

/// Cards one below the other; two in a row where the width suffices.
pub fn card_list(cards: &[Markup]) -> Markup {
    html! { ul.card-list { @for card in cards { li { (card) } } } }
}

/// The main content, with further content beside it where the width suffices.
pub fn columns(main: Markup, aside: Markup) -> Markup {
    html! { div.columns { div { (main) } div { (aside) } } }
}

/// Collapsible details.
pub fn disclosure(summary: &str, body: Markup) -> Markup {
    html! { details.disclosure { summary { (summary) } div { (body) } } }
}

/// Numbered instructions.
pub fn numbered_list(items: &[Markup]) -> Markup {
    html! { ol.numbered { @for item in items { li { div { (item) } } } } }
}

/// The only part of the page that is printed.
pub fn print_sheet(body: Markup) -> Markup {
    html! { div.sheet { (body) } }
}

/// A line of a paper form, to fill in by hand, with the known value.
pub fn blank_line(language: Language, value: &str) -> Markup {
    html! {
        span.blank {
            @if value.is_empty() { span.unseen { (texts::TO_BE_FILLED_IN.in_language(language)) } } @else { (value) }
        }
    }
}

/// Checkboxes of a paper form, to tick by hand.
pub fn paper_checkboxes(labels: &[&str]) -> Markup {
    html! { span.boxes { @for label in labels { span { span aria-hidden="true" { "□" } (label) } } } }
}

/// Prints the page. Shown only with scripts; the browser's own menu prints as well.
pub fn print_button(label: &str) -> Markup {
    html! { div.act { button.button type="button" data-print hidden { (icon::printer()) (label) } } }
}

/// A bar that stays visible at the bottom of the screen: the primary button of the page and one line of text.
///
/// It is sticky at the lower edge of the screen while its own position is further down. It has to be a direct child of the
/// page's main element, or of a form there. Low screens and large letters leave it at its position in the page, and it never
/// covers the focused element.
pub fn bottom_bar(body: Markup) -> Markup {
    html! { div.bottom { (body) } }
}
