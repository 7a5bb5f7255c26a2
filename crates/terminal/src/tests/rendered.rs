use std::collections::BTreeSet;

use shell::Language;

use crate::samples;

#[test]
fn every_page_in_every_state_is_a_whole_document() {
    for language in [Language::Japanese, Language::English] {
        let pages = samples(language);
        let names: BTreeSet<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.len(), pages.len());
        for (name, page) in &pages {
            let html = &page.0;
            assert!(html.starts_with("<!DOCTYPE html>"), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\"", language.tag())), "{name}");
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert!(html.matches("class=\"button primary\"").count() <= 1, "{name}");
            assert!(html.contains("模擬環境") || html.contains("Simulation"), "{name}");
            assert!(!html.contains(" style=") && !html.contains("<style"), "{name}");
        }
    }
}

#[test]
fn no_id_stands_twice_on_a_page() {
    for (name, page) in samples(Language::Japanese) {
        let ids: Vec<&str> = page.0.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let once: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(once.len(), ids.len(), "{name}: {ids:?}");
    }
}

#[test]
fn english_pages_speak_english() {
    // What stays in Japanese is what the system itself says, and names.
    let without = |text: &str, begins: &str, ends: char| {
        let mut parts = text.split(begins);
        let mut spoken = parts.next().unwrap_or_default().to_owned();
        spoken.extend(parts.filter_map(|part| part.split_once(ends)).map(|(_, after)| after));
        spoken
    };
    for (name, page) in samples(Language::English) {
        let spoken = without(&without(&page.0, "lang=\"ja\">", '<'), "「", '」');
        for phrase in ["ください", "ました", "ません", "します"] {
            assert!(!spoken.contains(phrase), "{name}: {phrase}");
        }
    }
}
