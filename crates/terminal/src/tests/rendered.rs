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

#[tokio::test]
async fn zz_dump() {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let out = std::path::PathBuf::from("/tmp/terminal-dump");
    std::fs::create_dir_all(out.join("assets")).unwrap();
    let assets = shell::look::assets();
    for language in [Language::Japanese, Language::English] {
        for (name, page) in samples(language) {
            let mut rest = page.0.as_str();
            while let Some((_, after)) = rest.split_once("\"/assets/") {
                let file = after.split('"').next().unwrap();
                let request = http::Request::get(format!("/assets/{file}")).body(axum::body::Body::empty()).unwrap();
                let bytes =
                    assets.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap().to_bytes();
                std::fs::write(out.join("assets").join(file), bytes).unwrap();
                rest = after;
            }
            let file = format!("{}-{}.html", language.tag(), name.replace('/', "_"));
            std::fs::write(out.join(file), page.0.replace("\"/assets/", "\"assets/")).unwrap();
        }
    }
}
