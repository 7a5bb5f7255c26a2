use std::collections::{BTreeSet, HashMap, HashSet};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode, header},
};
use maud::{Markup, html};
use text::{Language, Text};
use tower::ServiceExt;

use super::{
    Asset, Document, Script, asset_path, assets, components,
    components::{
        BadgeTone, ButtonStyle, CheckState, Choice, ChoiceGroup, ChoicePair, Column, DateField, DayContent, DayEntry,
        Field, FileSlot, Input, PinEntry, Poll, Problem, Progress, Select, Side, Table, TimeEntry, TimelineEntry, Tone,
        VisitStage,
    },
    gallery::{self, frame},
};
use crate::{Footer, FooterLink, Frame, MenuEntry, QrCode, SignedInUser, Theme};

const THEMES: [Theme; 6] = [Theme::Service, Theme::Desk, Theme::Reception, Theme::Portal, Theme::Terminal, Theme::Demo];
const LANGUAGES: [Language; 2] = [Language::Japanese, Language::English];

fn every_page() -> impl Iterator<Item = (Theme, &'static str, String)> {
    THEMES.into_iter().flat_map(|theme| {
        LANGUAGES.into_iter().flat_map(move |language| {
            gallery::pages(theme, language).into_iter().map(move |page| (theme, page.name, page.html.into_string()))
        })
    })
}

/// The values of an attribute, in the order of the page.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// The start tags of an element.
fn tags<'a>(html: &'a str, element: &str) -> Vec<&'a str> {
    html.split(&format!("<{element} ")).skip(1).filter_map(|rest| rest.split('>').next()).collect()
}

const EVIL: &str = "<script>alert(\"evil\")</script>&";

fn check_escaped(part: &str, html: &Markup) {
    let html = &html.0;
    assert!(!html.contains("<script"), "{part}: {html}");
    assert!(!html.contains("\"evil\""), "{part}: {html}");
    assert!(html.contains("&lt;script&gt;"), "{part} does not show its input: {html}");
}

#[test]
fn every_part_escapes_what_it_is_given() {
    let language = Language::Japanese;
    let frame = Frame {
        name: Some(Text::from_static(EVIL, EVIL)),
        csrf: EVIL.to_owned(),
        path_and_query: EVIL.to_owned(),
        signed_in: Some(SignedInUser { name: EVIL.to_owned(), sign_out: "/sign-out" }),
        menu: vec![MenuEntry { href: EVIL.to_owned(), label: EVIL.to_owned(), current: true }],
        footer: Footer {
            statement: Some(Text::from_static(EVIL, EVIL)),
            links: vec![FooterLink { href: EVIL.to_owned(), label: Text::from_static(EVIL, EVIL) }],
            help: None,
        },
        ..frame(Theme::Service, language)
    };
    let poll = Poll { url: EVIL.to_owned(), every_milliseconds: 1_000 };
    let choices = [Choice::new(EVIL, EVIL).support(EVIL)];
    let columns = [Column::text(EVIL), Column::number(EVIL)];
    let stop = TimelineEntry { label: EVIL, progress: Progress::Current, detail: Some(EVIL) };
    let text = html! { (EVIL) };
    for (part, markup) in [
        ("document", Document::new(&frame, EVIL).lead(EVIL).description(EVIL).main(text.clone())),
        ("primary button", components::primary_button(EVIL, Some(EVIL))),
        ("primary link", components::primary_link(EVIL, EVIL, Some(EVIL))),
        ("secondary link", components::secondary_link(EVIL, EVIL, None)),
        ("quiet link", components::quiet_link(EVIL, EVIL)),
        ("choice button", components::choice_button(ButtonStyle::Danger, EVIL, EVIL, EVIL, None)),
        ("external link", components::external_link(language, EVIL, EVIL)),
        ("back link", components::back_link(EVIL, EVIL)),
        ("form", components::form(&frame, EVIL, text.clone())),
        ("upload form", components::upload_form(&frame, EVIL, text.clone())),
        ("search form", components::search_form(EVIL, text.clone())),
        ("post button", components::post_button(&frame, EVIL, ButtonStyle::Quiet, EVIL)),
        ("hidden", components::hidden_field(EVIL, EVIL)),
        ("error summary", components::error_summary(language, &[Problem { field: EVIL, message: EVIL }])),
        (
            "field",
            html! { (Field::new(language, Input::Text, EVIL, EVIL).support(EVIL).value(EVIL).error(Some(EVIL)).suffix(EVIL).id(EVIL)) },
        ),
        ("lines", html! { (Field::new(language, Input::Lines, EVIL, EVIL).value(EVIL)) }),
        (
            "date",
            html! { (DateField::new(language, EVIL, EVIL).support(EVIL).value(EVIL, EVIL, EVIL).error(Some(EVIL))) },
        ),
        (
            "select",
            html! { (Select::new(language, EVIL, EVIL, &choices).support(EVIL).error(Some(EVIL)).empty_option(EVIL)) },
        ),
        ("radio", html! { (ChoiceGroup::radio(language, EVIL, EVIL, &choices).support(EVIL).error(Some(EVIL))) }),
        ("checkboxes", html! { (ChoiceGroup::checkbox(language, EVIL, EVIL, &choices)) }),
        ("checkbox", components::checkbox(EVIL, EVIL, EVIL, CheckState::Checked)),
        ("pair", html! { (ChoicePair::new(language, EVIL, EVIL).help(EVIL).error(Some(EVIL))) }),
        (
            "slot",
            html! { (FileSlot::new(language, Side::Back, EVIL).document_name(EVIL).support(EVIL).error(Some(EVIL))) },
        ),
        ("pin", html! { (PinEntry::new(language, EVIL, EVIL).error(Some(EVIL))) }),
        ("notice", components::notice(Tone::Error, EVIL, text.clone())),
        ("badge", components::badge(BadgeTone::Bad, EVIL)),
        ("steps", components::steps(language, &[EVIL], 0)),
        ("timeline", components::timeline(language, &[stop])),
        ("visit timeline", components::visit_timeline(language, VisitStage::Visit, Some(EVIL))),
        ("waiting", components::waiting_panel(&frame, &poll, EVIL, text.clone())),
        ("error code", components::error_code(language, EVIL)),
        ("empty state", components::empty_state(EVIL, text.clone())),
        ("key number", components::key_number(language, EVIL, EVIL, EVIL)),
        ("copyable", components::copyable_text(language, EVIL, EVIL, EVIL)),
        ("qr", html! { (components::qr(&QrCode::encode("https://example.jp/").unwrap(), EVIL)) }),
        ("qr in sight", components::lazy_qr(EVIL, EVIL)),
        ("section", components::section(EVIL, text.clone())),
        ("panel", components::panel(EVIL, text.clone())),
        ("link card", components::link_card(EVIL, EVIL, text.clone())),
        ("description list", components::description_list(&[(EVIL, text.clone())])),
        ("table", html! { (Table::new(EVIL, &columns).row(vec![text.clone(), text.clone()])) }),
        ("pagination", components::pagination(language, 2, 3, |_| EVIL.to_owned())),
        ("breadcrumbs", components::breadcrumbs(language, &[(EVIL, EVIL)], EVIL)),
        ("tabs", components::tabs(EVIL, &frame.menu)),
        ("times", components::time_buttons(EVIL, &[TimeEntry { value: EVIL.to_owned(), label: EVIL.to_owned() }])),
        (
            "days",
            components::day_list(
                &[DayContent::Nothing, DayContent::Collapsed(text.clone()), DayContent::Expanded(text.clone())].map(
                    |content| DayEntry {
                        id: EVIL.to_owned(),
                        name: EVIL.to_owned(),
                        summary: EVIL.to_owned(),
                        content,
                    },
                ),
            ),
        ),
        ("disclosure", components::disclosure(EVIL, text.clone())),
        ("print button", components::print_button(EVIL)),
    ] {
        check_escaped(part, &markup);
    }
    // Its digits are written one by one.
    let digits = components::big_digits(EVIL, EVIL).0;
    assert!(!digits.contains("<script") && digits.contains("&lt;"));
}

#[test]
fn no_page_has_an_inline_style_script_or_handler() {
    for (_, name, html) in every_page() {
        assert!(!html.contains(" style="), "{name}");
        assert!(!html.contains("<style"), "{name}");
        assert!(!html.contains("javascript:"), "{name}");
        for tag in tags(&html, "script") {
            assert!(tag.starts_with("type=\"module\" src=\"/assets/"), "{name}: {tag}");
        }
        assert_eq!(html.matches("<script").count(), html.matches("></script>").count(), "{name}");
        for handler in [" onclick=", " onload=", " onsubmit=", " onchange=", " onerror="] {
            assert!(!html.contains(handler), "{name}: {handler}");
        }
    }
}

#[test]
fn ids_are_unique_and_every_reference_has_its_target() {
    for (theme, name, html) in every_page() {
        let mut ids = HashSet::new();
        for id in values(&html, "id") {
            assert!(ids.insert(id), "{theme:?} {name}: {id} stands twice");
        }
        let references =
            ["for", "aria-describedby", "aria-labelledby"].into_iter().flat_map(|name| values(&html, name));
        for id in references.flat_map(str::split_whitespace) {
            assert!(ids.contains(id), "{theme:?} {name}: nothing has the id {id}");
        }
        for href in values(&html, "href").into_iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(ids.contains(href), "{theme:?} {name}: #{href} leads nowhere");
        }
    }
}

#[test]
fn every_form_that_posts_begins_with_its_token() {
    let token = "<input type=\"hidden\" name=\"csrf\" value=\"sample-token\">";
    for (theme, name, html) in every_page() {
        for form in html.split("<form").skip(1) {
            let (tag, body) = form.split_once('>').unwrap();
            let posts = tag.contains("method=\"post\"");
            assert_eq!(body.starts_with(token), posts, "{theme:?} {name}: {tag}");
            assert!(posts || tag.contains("method=\"get\""), "{theme:?} {name}: {tag}");
        }
    }
}

#[test]
fn a_page_has_one_main_one_heading_and_says_its_language() {
    for (theme, name, html) in every_page() {
        for tag in ["<main ", "<h1>", "<title>", "<header ", "<footer "] {
            assert_eq!(html.matches(tag).count(), 1, "{theme:?} {name}: {tag}");
        }
        assert!(html.contains("<html lang=\"ja\">") || html.contains("<html lang=\"en\">"), "{theme:?} {name}");
        assert!(html.contains("<a class=\"skip\" href=\"#main\">"), "{theme:?} {name}");
    }
}

#[test]
fn the_simulated_side_says_so_and_nobody_else_does() {
    for theme in THEMES {
        let html = Document::new(&frame(theme, Language::Japanese), "見本").main(html! {}).0;
        assert_eq!(html.contains("<aside class=\"band\""), theme.is_simulation(), "{theme:?}");
        assert_eq!(
            html.contains("これは模擬環境です。実在の制度・機関とは関係ありません。"),
            theme.is_simulation(),
            "{theme:?}"
        );
    }
}

#[test]
fn the_language_switch_comes_back_to_this_page() {
    let html = Document::new(&frame(Theme::Service, Language::Japanese), "見本").main(html! {}).0;
    assert!(html.contains("/language?to=en&amp;back=%2Fgallery%3Fpage%3D1%26of%3D2"), "{html}");
}

#[test]
fn a_page_brings_the_scripts_of_its_parts_and_no_others() {
    let frame = frame(Theme::Service, Language::Japanese);
    let brings = |html: &str, script| html.contains(asset_path(Asset::Script(script)));
    let plain = Document::new(&frame, "見本").main(html! { p { "何もない" } }).0;
    assert!(!plain.contains("<script"));
    let html =
        Document::new(&frame, "見本").main(components::key_number(Language::Japanese, "受診日", "11月24日", "1124")).0;
    assert!(brings(&html, Script::Copy) && !brings(&html, Script::SubmitOnce));
    let html = Document::new(&frame, "見本").main(components::form(&frame, "/", html! {})).0;
    assert!(brings(&html, Script::SubmitOnce) && !brings(&html, Script::Copy));
}

#[test]
fn what_a_page_shows_its_face_has_styles_for() {
    // These look like the default: a field of full width, an upcoming step.
    let plain = ["full", "ahead"];
    let mut unstyled = BTreeSet::new();
    for (theme, _, html) in every_page() {
        let sheet = Asset::Style(theme).content();
        for class in values(&html, "class").into_iter().flat_map(str::split_whitespace) {
            let styled = sheet.split(&format!(".{class}")).skip(1).any(|after| {
                !after.starts_with(|next: char| next.is_ascii_alphanumeric() || next == '-' || next == '_')
            });
            if !styled && !plain.contains(&class) {
                unstyled.insert(format!("{theme:?} .{class}"));
            }
        }
    }
    assert!(unstyled.is_empty(), "{unstyled:?}");
}

#[test]
fn a_password_and_a_pin_never_come_back_in_a_page() {
    for input in [Input::Password, Input::NewPassword] {
        let html = html! { (Field::new(Language::Japanese, input, "password", "パスワード").value("hunter2")) }.0;
        assert!(!html.contains("hunter2"), "{html}");
    }
    assert!(!html! { (PinEntry::new(Language::Japanese, "pin", "暗証番号")) }.0.contains("value="));
}

#[test]
fn nothing_is_agreed_to_beforehand_and_enter_agrees_to_nothing() {
    let html = html! { (ChoicePair::new(Language::Japanese, "medicine", "薬剤情報の提供")) }.0;
    assert!(!html.contains("checked"));
    // A disabled default button: pressing Enter in a field submits nothing (HTML, implicit submission).
    assert!(
        components::agree_to_all_button(Language::Japanese).0.starts_with("<button type=\"submit\" disabled hidden>")
    );
}

#[test]
fn styles_and_scripts_stay_small_and_load_nothing_else() {
    for asset in Asset::all() {
        let content = asset.content();
        let most = match asset {
            // About six kilobytes over the wire.
            Asset::Style(_) => 26_000,
            Asset::Script(_) => 4_096,
            Asset::Favicon(_) => 1_024,
        };
        assert!(content.len() <= most, "{asset:?} has {} bytes", content.len());
        let foreign = content.replace("http://www.w3.org/2000/svg", "");
        assert!(!foreign.contains("http") && !foreign.contains("@import") && !foreign.contains("eval("), "{asset:?}");
    }
}

#[tokio::test]
async fn an_asset_is_served_for_ever_at_the_address_of_its_content() {
    let router: Router = assets();
    for asset in Asset::all() {
        let response =
            router.clone().oneshot(Request::get(asset_path(asset)).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{asset:?}");
        assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let content_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        assert!(
            ["text/css; charset=utf-8", "text/javascript; charset=utf-8", "image/svg+xml"]
                .contains(&content_type.as_str())
        );
    }
    for unknown in ["/assets/service.css", "/assets/service-000000000000.css", "/assets/..%2FCargo.toml"] {
        let response = router.clone().oneshot(Request::get(unknown).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{unknown}");
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Light,
    Dark,
}

/// The beginning of a stylesheet's rules for dark screens; they end with its second closing brace.
const DARK: &str = "@media (prefers-color-scheme:dark)";

/// The colours of a theme: for each token the last value that applies, as in the browser.
fn tokens(theme: Theme, scheme: Scheme) -> HashMap<&'static str, [f64; 3]> {
    let mut tokens = HashMap::new();
    let mut add_tokens = |sheet: &'static str| {
        for declaration in sheet.split(['{', ';', '}']) {
            let Some((name, value)) = declaration.split_once(':') else { continue };
            if let (Some(name), Some(colour)) = (name.strip_prefix("--"), colour(value)) {
                tokens.insert(name, colour);
            }
        }
    };
    for (index, part) in Asset::Style(theme).content().split(DARK).enumerate() {
        let (dark, light) = if index == 0 { ("", part) } else { part.split_once("}}").unwrap() };
        if scheme == Scheme::Dark {
            add_tokens(dark);
        }
        add_tokens(light);
    }
    tokens
}

fn colour(value: &str) -> Option<[f64; 3]> {
    let digits = value.strip_prefix('#')?;
    let long =
        if digits.len() == 3 { digits.chars().flat_map(|digit| [digit, digit]).collect() } else { digits.to_owned() };
    let channel = |index: usize| u8::from_str_radix(long.get(index..index + 2)?, 16).ok().map(f64::from);
    Some([channel(0)?, channel(2)?, channel(4)?])
}

/// WCAG 2.2, relative luminance and contrast ratio.
fn contrast(first: [f64; 3], second: [f64; 3]) -> f64 {
    let luminance = |colour: [f64; 3]| {
        let [red, green, blue] = colour.map(|channel| {
            let share = channel / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (first, second) = (luminance(first), luminance(second));
    (first.max(second) + 0.05) / (first.min(second) + 0.05)
}

#[test]
fn what_is_read_stands_out_from_what_it_stands_on() {
    const RUNNING: f64 = 7.0;
    const SHAPE: f64 = 3.0;
    for (theme, scheme) in THEMES.into_iter().flat_map(|theme| [(theme, Scheme::Light), (theme, Scheme::Dark)]) {
        let tokens = tokens(theme, scheme);
        let colour_of =
            |name: &str| tokens.get(name).copied().unwrap_or_else(|| panic!("{theme:?}, {scheme:?} has no --{name}"));
        let check = |ink: &str, ground: &str, least: f64| {
            let ratio = contrast(colour_of(ink), colour_of(ground));
            assert!(ratio >= least, "{theme:?}, {scheme:?}: --{ink} on --{ground} is {ratio:.2}, less than {least}");
        };
        for ground in ["paper", "ground", "shade"] {
            for ink in ["ink", "ink-soft", "accent", "accent-hover", "error-ink"] {
                check(ink, ground, RUNNING);
            }
            for shape in ["line", "error", "success", "warning"] {
                check(shape, ground, SHAPE);
            }
        }
        for (ink, ground) in [
            ("ink", "accent-soft"),
            ("accent", "accent-soft"),
            ("ink", "success-soft"),
            ("success-ink", "success-soft"),
            ("ink", "warning-soft"),
            ("warning-ink", "warning-soft"),
            ("ink", "error-soft"),
        ] {
            check(ink, ground, RUNNING);
        }
        // Headings and marks in bold.
        check("error-ink", "error-soft", 4.5);
        for button in ["accent", "accent-hover", "accent-active"] {
            check("on-accent", button, RUNNING);
        }
        check("ring", "ground", SHAPE);
    }
}

#[test]
fn the_colours_are_those_of_the_design_system() {
    let reception = tokens(Theme::Reception, Scheme::Light);
    for (name, value) in [
        ("accent", "#0017c1"),
        ("accent-hover", "#00118f"),
        ("accent-active", "#000060"),
        ("success", "#197a4b"),
        ("error", "#ce0000"),
        ("focus", "#ffd43d"),
    ] {
        assert_eq!(reception.get(name).copied(), colour(value), "--{name}");
    }
}
