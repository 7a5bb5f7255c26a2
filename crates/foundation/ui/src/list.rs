use maud::{Markup, html};
use text::Language;

use super::icon;
use crate::{MenuEntry, texts};

/// Terms with their descriptions.
pub fn description_list(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in rows { div { dt { (name) } dd { (value) } } } } }
}

/// The links to the pages of a long list, with addresses from `href`. Empty for one page.
pub fn pagination(language: Language, current: u32, last: u32, href: impl Fn(u32) -> String) -> Markup {
    html! {
        @if last > 1 {
            nav.pagination aria-label=(texts::PAGES.in_language(language)) {
                ul {
                    @if current > 1 {
                        li { a rel="prev" href=(href(current - 1)) { (texts::PREVIOUS.in_language(language)) } }
                    }
                    @for page in visible_pages(current, last) {
                        @match page {
                            Some(page) if page == current => li {
                                a aria-current="page" href=(href(page)) { (page_label(language, page)) }
                            }
                            Some(page) => li { a href=(href(page)) { (page_label(language, page)) } }
                            None => li.gap aria-hidden="true" { "…" }
                        }
                    }
                    @if current < last {
                        li { a rel="next" href=(href(current + 1)) { (texts::NEXT.in_language(language)) } }
                    }
                }
            }
        }
    }
}

fn page_label(language: Language, page: u32) -> Markup {
    html! {
        @match language {
            Language::Japanese => { (page) span.unseen { "ページ" } }
            Language::English => { span.unseen { "Page " } (page) }
        }
    }
}

/// First, last, and those around the current one; `None` is a gap.
fn visible_pages(current: u32, last: u32) -> Vec<Option<u32>> {
    let mut pages = Vec::new();
    let mut previous = 0;
    for page in 1..=last {
        if page == 1 || page == last || page.abs_diff(current) <= 1 {
            if page > previous + 1 {
                pages.push(None);
            }
            pages.push(Some(page));
            previous = page;
        }
    }
    pages
}

/// The position of the page in the site: the addresses and names of the pages above it, and its own name.
pub fn breadcrumbs(language: Language, ancestors: &[(&str, &str)], current: &str) -> Markup {
    html! {
        nav.breadcrumbs aria-label=(texts::WHERE_YOU_ARE.in_language(language)) {
            ol {
                @for (href, label) in ancestors { li { a href=(href) { (label) } } }
                li aria-current="page" { (current) }
            }
        }
    }
}

/// Views of one thing, each with its own address.
pub fn tabs(name: &str, entries: &[MenuEntry]) -> Markup {
    html! { nav.tabs aria-label=(name) { (links(entries)) } }
}

/// A time to choose: the value that its button sends as `start`, and its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeEntry {
    pub value: String,
    pub label: String,
}

/// Times to choose, as buttons of the surrounding form. `name` describes the group.
pub fn time_buttons(name: &str, entries: &[TimeEntry]) -> Markup {
    html! {
        div.times role="group" aria-label=(name) {
            p { (name) }
            ul { @for time in entries { li { button type="submit" name="start" value=(time.value) { (time.label) } } } }
        }
    }
}

/// The content of a day in a list.
#[derive(Debug, Clone)]
pub enum DayContent {
    Nothing,
    /// Collapsed until the day is opened.
    Collapsed(Markup),
    /// Shown at once.
    Expanded(Markup),
}

/// A day in a list of days.
#[derive(Debug, Clone)]
pub struct DayEntry {
    /// The id of its row.
    pub id: String,
    /// Its date.
    pub name: String,
    /// What is available, in a few words.
    pub summary: String,
    pub content: DayContent,
}

/// Days with their content, one below the other. One is open at a time.
pub fn day_list(entries: &[DayEntry]) -> Markup {
    let head = |day: &DayEntry| html! { b { (day.name) } " " span { (day.summary) } };
    html! {
        ul.days {
            @for day in entries {
                li id=(day.id) {
                    @match &day.content {
                        DayContent::Nothing => div.day { span { (day.name) } " " span { (day.summary) } },
                        DayContent::Collapsed(content) => details name="day" { summary { (head(day)) } div { (content) } },
                        DayContent::Expanded(content) => details name="day" open { summary { (head(day)) } div { (content) } },
                    }
                }
            }
        }
    }
}

pub(super) fn links(entries: &[MenuEntry]) -> Markup {
    html! {
        ul {
            @for entry in entries {
                li { a href=(entry.href) aria-current=[entry.current.then_some("page")] { (entry.label) } }
            }
        }
    }
}

/// The name of the signed-in user, with the account's menu.
pub(super) fn account(name: Markup, body: Markup) -> Markup {
    html! { details.account { summary { (icon::person()) span { (name) } } div { (body) } } }
}

#[cfg(test)]
mod tests {
    use super::visible_pages;

    fn check(current: u32, last: u32, expected: &str) {
        let pages: Vec<String> = visible_pages(current, last)
            .into_iter()
            .map(|page| page.map_or("…".to_owned(), |page| page.to_string()))
            .collect();
        assert_eq!(pages.join(" "), expected);
    }

    #[test]
    fn long_lists_show_the_pages_around_the_current_one() {
        check(1, 1, "1");
        check(1, 3, "1 2 3");
        check(1, 9, "1 2 … 9");
        check(5, 9, "1 … 4 5 6 … 9");
        check(9, 9, "1 … 8 9");
    }
}
