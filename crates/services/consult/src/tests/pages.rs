//! Tests over the pages of all features.

use text::Language;

use crate::pages::{routes, samples::samples};

#[test]
fn every_sample_has_its_own_name_and_one_primary_button_at_most() {
    for language in [Language::Japanese, Language::English] {
        let samples = samples(language);
        let mut names: Vec<_> = samples.iter().map(|(name, _)| name.clone()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), samples.len());
        for (name, markup) in &samples {
            let primary = markup.0.matches("button primary").count();
            assert!(primary <= 1, "{name} has {primary} primary buttons");
            assert!(!markup.0.contains("style="), "{name}");
        }
    }
}

#[test]
fn every_route_is_listed_once() {
    let routes = routes();
    let mut listed: Vec<_> = routes.routes().iter().map(|route| (route.method.clone(), route.path)).collect();
    let count = listed.len();
    listed.sort_by_key(|(method, path)| (path.to_owned(), method.to_string()));
    listed.dedup();
    assert_eq!(listed.len(), count);
}

/// The main part of a sample, without the drawing of its steps.
pub(crate) fn sample_main_part(name: &str, language: Language) -> String {
    let samples = samples(language);
    let (_, markup) =
        samples.iter().find(|(sample_name, _)| sample_name == name).unwrap_or_else(|| panic!("no sample {name}"));
    let main = markup.0.split_once("<main").expect("a main part").1.split("</main>").next().unwrap_or_default();
    let (before, steps) = main.split_once("<ol class=\"timeline\"").unwrap_or((main, ""));
    before.to_owned() + steps.split_once("</ol>").map_or("", |(_, after)| after)
}
