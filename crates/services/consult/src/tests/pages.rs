//! Tests over the pages of all features.

use text::Language;

use crate::pages::{routes, samples};

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
fn sample_main_part(name: &str, language: Language) -> String {
    let samples = samples(language);
    let (_, markup) =
        samples.iter().find(|(sample_name, _)| sample_name == name).unwrap_or_else(|| panic!("no sample {name}"));
    let main = markup.0.split_once("<main").expect("a main part").1.split("</main>").next().unwrap_or_default();
    let (before, steps) = main.split_once("<ol class=\"timeline\"").unwrap_or((main, ""));
    before.to_owned() + steps.split_once("</ol>").map_or("", |(_, after)| after)
}

#[test]
fn nothing_is_called_complete_while_proof_is_due() {
    for name in ["booking/done-hand-over", "booking/done-fixed-url", "booking/done-picture-only", "appointment/left"] {
        for language in [Language::Japanese, Language::English] {
            let main = sample_main_part(name, language);
            assert!(!main.contains("完了") && !main.contains("class=\"drawing"), "{name}: {main}");
        }
    }
    // Where nothing is due, the booking is called complete.
    assert!(sample_main_part("booking/done-self-pay", Language::Japanese).contains("予約が完了しました"));
    assert!(sample_main_part("returned/registered", Language::Japanese).contains("class=\"drawing"));
}

#[test]
fn a_visit_that_does_not_take_place_has_no_steps_and_no_fees() {
    for name in ["appointment/cancelled", "appointment/over", "appointment/over-unproven"] {
        let samples = samples(Language::Japanese);
        let page = &samples.iter().find(|(sample_name, _)| sample_name == name).expect("a sample").1.0;
        assert!(!page.contains("class=\"timeline\""), "{name}");
    }
    let cancelled = sample_main_part("appointment/cancelled", Language::Japanese);
    assert!(cancelled.contains("キャンセル済み") && !cancelled.contains("550円") && !cancelled.contains("まだです"));
}

#[test]
fn what_is_said_of_the_hour_is_true_before_it_at_it_and_after_it() {
    let check = |name: &str, text: &str| {
        let main = sample_main_part(name, Language::Japanese);
        assert!(main.contains(text) && main.contains("tel:0300000000"), "{name}: {main}");
        main
    };
    check("appointment/confirmed-terminal", "準備ができています");
    assert!(!check("appointment/at-the-hour", "診察の時間です").contains("準備ができています"));
    for name in ["after-the-hour", "after-the-hour-sent", "self-pay-after-the-hour"] {
        let main = check(&format!("appointment/{name}"), "診察の時間が過ぎました");
        assert!(!main.contains("準備ができています") && !main.contains("からです"), "{name}");
    }
    let completed = sample_main_part("appointment/completed", Language::Japanese);
    assert!(!completed.contains("診察の時間") && !completed.contains("準備ができています"));
}

#[test]
fn who_looked_is_told_of_others_alone() {
    let main = sample_main_part("picture/sent", Language::Japanese);
    assert!(main.contains("医療機関の受付（受付 見本）：画像を見ました") && main.contains("あなた：画像を送りました"));
    assert!(!main.contains("あなた：画像を見ました") && !main.contains("画像を受け取りました"));
}

#[test]
fn the_desks_note_stands_where_its_owner_looks_first() {
    let main = sample_main_part("appointment/asked-picture-with-note", Language::Japanese);
    assert!(main.contains("「右下の文字が読めませんでした。」") && main.contains("送り直しのお願い"));
    assert!(!main.contains("送信済み"));
}

#[test]
fn the_languages_of_a_clinic_stand_on_its_page_and_in_the_directory() {
    for name in ["home/all", "institution/hand-over"] {
        for (language, spoken_languages) in
            [(Language::Japanese, "日本語、英語、中国語"), (Language::English, "Japanese, English, Chinese")]
        {
            assert!(sample_main_part(name, language).contains(spoken_languages), "{name}");
        }
    }
    assert!(
        !sample_main_part("institution/fixed-url", Language::Japanese).contains("対応言語"),
        "it states no languages"
    );
}
