//! Every page in every state, as a person who cannot see it would meet it: its outline in order, one snapshot file per page.
//! A change of words, fields, buttons or ways shows here and is accepted on purpose (`INSTA_UPDATE=always`), or is a mistake.

use std::{collections::BTreeSet, env, fmt::Write, fs, path::Path};

use shell::Language;
use uketsuke::gallery;

fn check_pages(language: Language) {
    let mut names = BTreeSet::new();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("snapshots/pages/{}", language.tag()));
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| {
        for (name, page) in gallery::samples(language) {
            let name = name.replace('/', "--");
            insta::assert_snapshot!(name.clone(), outline(&page.into_string()));
            names.insert(name);
        }
    });
    remove_or_refuse_stale(language, &names);
}

/// A snapshot whose page is gone is removed where snapshots are updated, and is a failure elsewhere.
fn remove_or_refuse_stale(language: Language, names: &BTreeSet<String>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/pages").join(language.tag());
    let updating = env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    for entry in fs::read_dir(&folder).expect("the folder of snapshots is there") {
        let path = entry.expect("a snapshot is listed").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a snapshot has a name");
        match name.strip_suffix(".snap") {
            Some(page) if names.contains(page) => {}
            Some(_) if updating => fs::remove_file(&path).expect("a stale snapshot is removed"),
            _ => panic!("{} is no snapshot of a page; INSTA_UPDATE=always removes it", path.display()),
        }
    }
}

#[test]
fn every_page_in_every_state_reads_as_it_did_in_japanese() {
    check_pages(Language::Japanese);
}

#[test]
fn every_page_in_every_state_reads_as_it_did_in_english() {
    check_pages(Language::English);
}

/// The page's main part, one line for each piece of text or field, with what kind of thing it is.
fn outline(page: &str) -> String {
    let main = page.split_once("<main").and_then(|(_, rest)| rest.split_once("</main>")).expect("a page has a main").0;
    let mut lines = String::new();
    let (mut kind, mut text) = (String::new(), String::new());
    let mut spans = Vec::new();
    let mut rest = main.split_once('>').map_or("", |(_, rest)| rest);
    while let Some((more, after)) = rest.split_once('<') {
        text.push_str(more);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        rest = after;
        // What only says a language is a part of its line.
        let silent = match tag {
            "/span" => spans.pop().unwrap_or(false),
            _ if tag == "span" || tag.starts_with("span ") => {
                spans.push(matches!(tag, "span" | r#"span lang="ja""#));
                spans.ends_with(&[true])
            }
            _ => false,
        };
        if silent {
            continue;
        }
        let words = std::mem::take(&mut text).split_whitespace().collect::<Vec<_>>().join(" ");
        if !words.is_empty() {
            let _ = writeln!(lines, "{kind:<8} {words}");
        }
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        match name.as_str() {
            "svg" => rest = rest.split_once("</svg>").map_or("", |(_, rest)| rest),
            "input" | "select" | "textarea" => {
                let field = ["type", "name", "value"].map(|word| attribute(tag, word)).join(" ");
                // A token is another one on every page.
                if !field.contains("csrf") {
                    let _ = writeln!(lines, "{name:<8} {}", field.trim());
                }
            }
            "form" => {
                let _ = writeln!(lines, "form     {}", attribute(tag, "action"));
            }
            "a" => {
                let _ = writeln!(lines, "to       {}", attribute(tag, "href"));
                "a".clone_into(&mut kind);
            }
            "h1" | "h2" | "h3" | "h4" | "button" | "label" | "legend" | "summary" | "dt" | "dd" | "th" | "td"
            | "li" | "p" | "caption" | "option" => kind.clone_from(&name),
            _ if name.starts_with('/') => kind.clear(),
            _ => {}
        }
    }
    lines
}

fn attribute(tag: &str, name: &str) -> String {
    let found = tag.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    found.map_or_else(String::new, |(value, _)| value.to_owned())
}
