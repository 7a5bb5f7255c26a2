//! Renders the part of Markdown (CommonMark) that notices use, as HTML that is safe on a page.

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

/// Headings, paragraphs, lists, quotations, emphasis and links. HTML in the text is escaped, a picture is replaced by its
/// description. Headings begin at level 2, below the page's own, and skip no level.
pub(crate) fn render_markdown(source: &str) -> String {
    let events: Vec<_> = Parser::new_ext(source, Options::empty()).collect();
    let mut levels = HeadingLevels::default();
    let mut open_links = Vec::new();
    let events = events.into_iter().filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(start_heading(levels.next_level(level)))),
        Event::End(TagEnd::Heading(_)) => Some(Event::End(TagEnd::Heading(levels.current))),
        Event::Start(Tag::Link { link_type, dest_url, title: _, id }) => {
            let keep = link_type == LinkType::Email || is_safe_link(&dest_url);
            open_links.push(keep);
            keep.then_some(Event::Start(Tag::Link { link_type, dest_url, title: CowStr::Borrowed(""), id }))
        }
        Event::End(TagEnd::Link) => open_links.pop().unwrap_or(false).then_some(Event::End(TagEnd::Link)),
        Event::Start(Tag::Image { .. } | Tag::HtmlBlock | Tag::MetadataBlock(_))
        | Event::End(TagEnd::Image | TagEnd::HtmlBlock | TagEnd::MetadataBlock(_)) => None,
        event => Some(event),
    });
    let mut rendered = String::new();
    html::push_html(&mut rendered, events);
    rendered
}

fn start_heading(level: HeadingLevel) -> Tag<'static> {
    Tag::Heading { level, id: None, classes: Vec::new(), attrs: Vec::new() }
}

/// Maps the levels of the source to levels without a gap in the page's outline.
struct HeadingLevels {
    /// Source levels of the headings above the current text, outermost first.
    open: Vec<HeadingLevel>,
    current: HeadingLevel,
}

impl Default for HeadingLevels {
    fn default() -> Self {
        Self { open: Vec::new(), current: HeadingLevel::H2 }
    }
}

impl HeadingLevels {
    fn next_level(&mut self, level: HeadingLevel) -> HeadingLevel {
        while self.open.last().is_some_and(|open| *open >= level) {
            self.open.pop();
        }
        self.open.push(level);
        self.current = match self.open.len() {
            1 => HeadingLevel::H2,
            2 => HeadingLevel::H3,
            3 => HeadingLevel::H4,
            4 => HeadingLevel::H5,
            _ => HeadingLevel::H6,
        };
        self.current
    }
}

fn is_safe_link(address: &str) -> bool {
    let on_this_site = address.starts_with('/') && !address[1..].starts_with(['/', '\\']);
    on_this_site || ["https://", "http://", "mailto:", "tel:", "#"].iter().any(|scheme| address.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, expected: &str) {
        assert_eq!(render_markdown(source).trim_end(), expected, "{source}");
    }

    #[test]
    fn a_notice_is_rendered_below_the_heading_of_its_page() {
        check("# 一\n\n## 二\n\n#### 三\n\n# 四", "<h2>一</h2>\n<h3>二</h3>\n<h4>三</h4>\n<h2>四</h2>");
        check("### 一\n\n本文", "<h2>一</h2>\n<p>本文</p>");
        check("- 氏名\n- 生年月日", "<ul>\n<li>氏名</li>\n<li>生年月日</li>\n</ul>");
        check("1. 一\n2. 二", "<ol>\n<li>一</li>\n<li>二</li>\n</ol>");
        check("**大切**", "<p><strong>大切</strong></p>");
        check("[問い合わせ](/contact)", "<p><a href=\"/contact\">問い合わせ</a></p>");
        check("<privacy@example.jp>", "<p><a href=\"mailto:privacy@example.jp\">privacy@example.jp</a></p>");
    }

    #[test]
    fn nothing_in_a_notice_can_run() {
        check("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;");
        check("a <img src=x onerror=alert(1)> b", "<p>a &lt;img src=x onerror=alert(1)&gt; b</p>");
        check("[x](javascript:alert(1))", "<p>x</p>");
        check("[x](data:text/html,y)", "<p>x</p>");
        check("[x](//evil.example)", "<p>x</p>");
        check("![絵](https://example.jp/a.png)", "<p>絵</p>");
    }
}
