use super::*;

#[test]
fn one_goes_on_only_within_this_site() {
    let check = |path: &str, expected: &str| assert_eq!(onward(Some(path)), expected, "{path}");
    check("/book?menu=1&start=2", "/book?menu=1&start=2");
    check("//evil.example", "/appointments");
    check("/\\evil.example", "/appointments");
    check("https://evil.example", "/appointments");
    check("", "/appointments");
    check("/a\r\nb", "/appointments");
    assert_eq!(onward(None), "/appointments");
}

#[test]
fn yen_are_grouped() {
    let check = |amount, expected: &str| assert_eq!(yen(Language::Japanese, amount), expected);
    check(0, "0円");
    check(550, "550円");
    check(3300, "3,300円");
    check(1_234_567, "1,234,567円");
}

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
    let mut listed: Vec<_> = routes.listed().iter().map(|route| (route.method.clone(), route.path)).collect();
    let all = listed.len();
    listed.sort_by_key(|(method, path)| (path.to_owned(), method.to_string()));
    listed.dedup();
    assert_eq!(listed.len(), all);
}
