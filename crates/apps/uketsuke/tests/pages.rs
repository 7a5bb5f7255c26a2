//! Every page in every state, as a screen reader presents it: its outline in order, one snapshot file per page. A change of
//! texts, fields, buttons or links changes a snapshot and is accepted on purpose (`INSTA_UPDATE=always`), or is a mistake.

use std::{collections::BTreeSet, env, fmt::Write, fs, path::Path};

use text::Language;
use uketsuke::commands::gallery;

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

/// Deletes the snapshot of a page that no longer exists if snapshots are updated; otherwise it is an error.
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

/// The outline of the page's main part: one line for each text or field, with its kind.
fn outline(page: &str) -> String {
    let main = page
        .split_once("<main")
        .and_then(|(_, remaining)| remaining.split_once("</main>"))
        .expect("a page has a main")
        .0;
    let mut lines = String::new();
    let (mut kind, mut text) = (String::new(), String::new());
    let mut spans = Vec::new();
    let mut remaining = main.split_once('>').map_or("", |(_, remaining)| remaining);
    while let Some((text_before, after)) = remaining.split_once('<') {
        text.push_str(text_before);
        let (tag, after) = after.split_once('>').unwrap_or((after, ""));
        remaining = after;
        // A span that only marks a language belongs to its line.
        let is_inline = match tag {
            "/span" => spans.pop().unwrap_or(false),
            _ if tag == "span" || tag.starts_with("span ") => {
                spans.push(matches!(tag, "span" | r#"span lang="ja""#));
                spans.ends_with(&[true])
            }
            _ => false,
        };
        if is_inline {
            continue;
        }
        let line = std::mem::take(&mut text).split_whitespace().collect::<Vec<_>>().join(" ");
        if !line.is_empty() {
            let _ = writeln!(lines, "{kind:<8} {line}");
        }
        let name: String = tag.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        match name.as_str() {
            "svg" => remaining = remaining.split_once("</svg>").map_or("", |(_, remaining)| remaining),
            "input" | "select" | "textarea" => {
                let field = ["type", "name", "value"].map(|attribute_name| attribute(tag, attribute_name)).join(" ");
                // The token differs on every page.
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
    let parts = tag.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    parts.map_or_else(String::new, |(value, _)| value.to_owned())
}
