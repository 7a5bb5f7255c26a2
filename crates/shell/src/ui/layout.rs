use maud::{Markup, html};

use super::icon;
use crate::Language;

/// A heading and what belongs to it.
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

/// A card that is a link as a whole; screen readers hear its title as the link.
pub fn link_card(href: &str, title: &str, body: Markup) -> Markup {
    html! { article.panel.link-card { h3 { a href=(href) { (title) } } (body) } }
}

/// Cards below each other; two in a row where there is room.
pub fn card_list(cards: &[Markup]) -> Markup {
    html! { ul.card-list { @for card in cards { li { (card) } } } }
}

/// The main matter and what stands beside it where there is room.
pub fn columns(main: Markup, aside: Markup) -> Markup {
    html! { div.columns { div { (main) } div { (aside) } } }
}

/// More for whoever wants it.
pub fn disclosure(summary: &str, body: Markup) -> Markup {
    html! { details.disclosure { summary { (summary) } div { (body) } } }
}

/// How to do something, step by step.
pub fn numbered_list(items: &[Markup]) -> Markup {
    html! { ol.numbered { @for item in items { li { div { (item) } } } } }
}

/// The only part of the page that is printed.
pub fn print_sheet(body: Markup) -> Markup {
    html! { div.sheet { (body) } }
}

/// A line of a form on paper, to write on by hand; what is known stands on it already.
pub fn blank_line(language: Language, known: &str) -> Markup {
    html! {
        span.blank {
            @if known.is_empty() { span.unseen { (language.t("（記入欄）", "(to be filled in)")) } } @else { (known) }
        }
    }
}

/// Boxes of a form on paper, to tick by hand.
pub fn paper_checkboxes(labels: &[&str]) -> Markup {
    html! { span.boxes { @for label in labels { span { span aria-hidden="true" { "□" } (label) } } } }
}

/// Prints the page. Shown where scripts run; the browser's own menu prints as well.
pub fn print_button(label: &str) -> Markup {
    html! { div.act { button.button type="button" data-print hidden { (icon::printer()) (label) } } }
}

/// What stays in sight at the bottom of the screen: the primary button of the page and one line of words.
///
/// It lies at the lower edge of the screen for as long as its own place is further down. It is given directly in the page's
/// main part, or directly in a form there; for a form within something else, the bar stands in the main part with
/// [`primary_button_of_form`](super::button::primary_button_of_form). Low screens and large letters leave it at its place in
/// the page, and what has the focus is never beneath it.
pub fn bottom_bar(body: Markup) -> Markup {
    html! { div.bottom { (body) } }
}
