use std::borrow::Cow;

use maud::{DOCTYPE, Markup, html};
use text::Language;

use super::{
    assets::{Asset, Favicon, Script, asset_path},
    form::csrf,
    icon, japanese_text,
    list::{account, links},
};
use crate::{Footer, Frame, Theme, texts};

/// How often a waiting page reloads itself without scripts.
const REFRESH_SECONDS: u8 = 5;

/// A page whose heading is its title.
pub fn document(frame: &Frame, title: &str, main: Markup) -> Markup {
    Document::new(frame, title).main(main)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    IsTitle,
    InMain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PageWidth {
    Reading,
    Wide,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FormOutcome {
    NoProblems,
    Problems,
}

/// A whole page: the content in the frame of its theme.
#[derive(Debug, Clone)]
pub struct Document<'a> {
    frame: &'a Frame,
    title: &'a str,
    heading: Heading,
    width: PageWidth,
    outcome: FormOutcome,
    above_heading: Option<Markup>,
    lead: Option<&'a str>,
    description: Option<&'a str>,
}

impl<'a> Document<'a> {
    /// A page with this title, which is its visible heading too.
    pub fn new(frame: &'a Frame, title: &'a str) -> Self {
        let breadth = match frame.theme {
            Theme::Desk | Theme::Terminal => PageWidth::Wide,
            Theme::Service | Theme::Reception | Theme::Portal | Theme::Demo => PageWidth::Reading,
        };
        let (heading, outcome) = (Heading::IsTitle, FormOutcome::NoProblems);
        Self { frame, title, heading, width: breadth, outcome, above_heading: None, lead: None, description: None }
    }

    /// Content above the heading: steps, breadcrumbs.
    #[must_use]
    pub fn above_heading(mut self, above: Markup) -> Self {
        self.above_heading = Some(above);
        self
    }

    /// One sentence beneath the heading.
    #[must_use]
    pub fn lead(mut self, lead: &'a str) -> Self {
        self.lead = Some(lead);
        self
    }

    /// The description for search engines and link previews.
    #[must_use]
    pub fn description(mut self, description: &'a str) -> Self {
        self.description = Some(description);
        self
    }

    /// The content has a heading of its own.
    #[must_use]
    pub fn without_heading(mut self) -> Self {
        self.heading = Heading::InMain;
        self
    }

    /// As wide as the screen allows, for tables and lists of cards.
    #[must_use]
    pub fn wide(mut self) -> Self {
        self.width = PageWidth::Wide;
        self
    }

    /// The page shows a form with mistakes: its title begins with that, for screen readers.
    #[must_use]
    pub fn with_problems(mut self) -> Self {
        self.outcome = FormOutcome::Problems;
        self
    }

    /// The page with this content.
    pub fn main(self, main: Markup) -> Markup {
        let Frame { theme, language, .. } = *self.frame;
        let name = tab_name(self.frame);
        let breadth = (self.width == PageWidth::Reading).then_some("reading");
        let scripts: Vec<Script> = Script::required_by(&main.0).collect();
        let waits = scripts.contains(&Script::Poll);
        let body = html! {
            a.skip href="#main" { (texts::SKIP_TO_THE_CONTENT.in_language(language)) }
            @if theme.is_simulation() { (simulation_band(language)) }
            (header(self.frame))
            main id="main" class=[breadth] tabindex="-1" {
                @if let Some(above) = self.above_heading { (above) }
                @if self.heading == Heading::IsTitle { h1 { (self.title) } }
                @if let Some(lead) = self.lead { p.lead { (lead) } }
                (main)
            }
            (footer(self.frame, &name))
        };
        html! {
            (DOCTYPE)
            html lang=(language.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover";
                    title {
                        @if self.outcome == FormOutcome::Problems { (texts::ERROR.in_language(language)) }
                        (self.title) " | " (name)
                    }
                    @if let Some(description) = self.description { meta name="description" content=(description); }
                    link rel="stylesheet" href=(asset_path(Asset::Style(theme)));
                    link rel="icon" type="image/svg+xml" href=(asset_path(Asset::Favicon(Favicon::for_theme(theme))));
                    @if waits { noscript { meta http-equiv="refresh" content=(REFRESH_SECONDS); } }
                    @for script in scripts { script type="module" src=(asset_path(Asset::Script(script))) {} }
                }
                body { (japanese_text::mark_japanese(language, body)) }
            }
        }
    }
}

/// The site's name in the browser's tab.
fn tab_name(frame: &Frame) -> Cow<'_, str> {
    let language = frame.language;
    if let Some(name) = &frame.name {
        let name = name.in_language(language);
        return if frame.theme == Theme::Desk {
            format!("{name} {}", desk_suffix(language)).into()
        } else {
            name.into()
        };
    }
    let name = match frame.theme {
        Theme::Service => texts::UKETSUKE_ONLINE_CARE.in_language(language),
        Theme::Desk => texts::UKETSUKE_FOR_CLINICS.in_language(language),
        Theme::Reception => texts::RECEPTION_WEB_SIMULATION.in_language(language),
        Theme::Portal => texts::PORTAL_APP_SIMULATION.in_language(language),
        Theme::Terminal => texts::SIMULATION_IN_TAB_NAME.in_language(language),
        Theme::Demo => texts::UKETSUKE_DEMO.in_language(language),
    };
    name.into()
}

fn desk_suffix(language: Language) -> &'static str {
    texts::FOR_CLINICS.in_language(language)
}

fn simulation_band(language: Language) -> Markup {
    html! {
        aside.band aria-label=(texts::SIMULATION.in_language(language)) {
            b { (texts::SIMULATION_IN_SIMULATION_BAND.in_language(language)) }
            span { (texts::THIS_IS_NOT_REAL_SERVICE.in_language(language)) }
        }
    }
}

fn header(frame: &Frame) -> Markup {
    let language = frame.language;
    html! {
        header.top {
            div.top-row {
                (brand(frame))
                div.top-side {
                    (language_switch(frame))
                    @if let Some(person) = &frame.signed_in {
                        (account(html! { (person.name) }, html! {
                            form method="post" action=(person.sign_out) {
                                (csrf(frame))
                                button.button.quiet type="submit" { (texts::SIGN_OUT.in_language(language)) }
                            }
                        }))
                    }
                }
            }
            @if !frame.menu.is_empty() {
                nav.menu aria-label=(texts::MENU.in_language(language)) { (links(&frame.menu)) }
            }
        }
    }
}

fn brand(frame: &Frame) -> Markup {
    let language = frame.language;
    let part = match frame.theme {
        Theme::Service => texts::ONLINE_CARE.in_language(language),
        Theme::Desk => desk_suffix(language),
        Theme::Demo => texts::DEMO.in_language(language),
        Theme::Reception | Theme::Portal | Theme::Terminal => "",
    };
    html! {
        @match (frame.theme, &frame.name) {
            // The length of an operator's name is not limited.
            (_, Some(name)) => a.brand.own href="/" {
                span { (name.in_language(language)) @if frame.theme == Theme::Desk { " " span.brand-part { (part) } } }
            },
            (Theme::Reception, None) => a.brand href="/" {
                span { "マイナ在宅受付Web" small { (texts::ONLINE_CARE_AND_HOME_VISITS.in_language(language)) } }
            },
            (Theme::Portal, None) => a.brand href="/" { span { "マイナポータルアプリ" } },
            (Theme::Terminal, None) => a.brand href="/" { span { "資格確認端末" } },
            (Theme::Service | Theme::Desk | Theme::Demo, None) => a.brand href="/" {
                (icon::bell()) span { "uketsuke " span.brand-part { (part) } }
            },
        }
    }
}

fn language_switch(frame: &Frame) -> Markup {
    let (target, label) = match frame.language {
        Language::Japanese => (Language::English, "English"),
        Language::English => (Language::Japanese, "日本語"),
    };
    // Two pairs of texts can always be encoded; otherwise the switch would lead to the first page.
    let query =
        serde_urlencoded::to_string([("to", target.tag()), ("back", &frame.path_and_query)]).unwrap_or_default();
    html! { a.language href={ "/language?" (query) } lang=(target.tag()) hreflang=(target.tag()) rel="nofollow" { (label) } }
}

fn footer(frame: &Frame, name: &str) -> Markup {
    let Frame { theme, language, .. } = *frame;
    let Footer { statement, links, .. } = &frame.footer;
    html! {
        footer.foot {
            @if theme.is_simulation() {
                p {
                    (texts::THIS_IS_SIMULATION.in_language(language))
                }
            } @else if theme == Theme::Demo {
                p { (texts::ALL_CLINICS_AND_PERSONS_HERE_ARE_INVENTED.in_language(language)) }
            }
            @if let Some(statement) = statement { p { (statement.in_language(language)) } }
            @if !links.is_empty() {
                ul.foot-links {
                    @for link in links { li { a href=(link.href) { (link.label.in_language(language)) } } }
                }
            }
            p.foot-name { (name) }
        }
    }
}
