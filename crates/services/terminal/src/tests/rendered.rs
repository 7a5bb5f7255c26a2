use std::collections::BTreeSet;

use text::Language;

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
        let distinct: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(distinct.len(), ids.len(), "{name}: {ids:?}");
    }
}

#[test]
fn english_pages_speak_english() {
    // Only messages of the system and names stay in Japanese.
    let remove_between = |text: &str, start: &str, end: char| {
        let mut parts = text.split(start);
        let mut remaining = parts.next().unwrap_or_default().to_owned();
        remaining.extend(parts.filter_map(|part| part.split_once(end)).map(|(_, rest)| rest));
        remaining
    };
    for (name, page) in samples(Language::English) {
        let remaining = remove_between(&remove_between(&page.0, "lang=\"ja\">", '<'), "「", '」');
        for phrase in ["ください", "ました", "ません", "します"] {
            assert!(!remaining.contains(phrase), "{name}: {phrase}");
        }
    }
}

#[test]
fn each_state_says_what_it_is_and_what_is_to_be_done() {
    let pages = samples(Language::Japanese);
    let check = |name: &str, phrases: &[&str]| {
        let (_, page) = pages.iter().find(|(sample, _)| sample == name).unwrap_or_else(|| panic!("no sample {name}"));
        for phrase in phrases {
            assert!(page.0.contains(phrase), "{name}: {phrase}");
        }
    };
    check("sign-in/first", &["環境設定と、患者が登録に使うURLを見る・変更する"]);
    check("receptions/listed", &["氏名が違う", "生年月日が違う", "生年月日だけ一致", "照会番号 24435", "再登録が必要"]);
    check("receptions/trouble-closed-until", &["11月24日（火） 10:00ごろに、もう一度照会してください"]);
    check("reception/appointment-other-name", &["新姓 花子", "見本　花子", "name=\"same\"", "本人確認"]);
    check("reception/several", &["端末では選ばず", "レセコンには渡しません"]);
    check("reception/several-persons", &["枝番"]);
    check("reception/withdrawn", &["患者にもう一度登録してもらう"]);
    check("reception/expired", &["患者にもう一度登録してもらう"]);
    check("reception/medical-assistance", &["医療扶助（患者の支払いは医療券の本人支払額）"]);
    check("reception/valid-unregistered", &["福祉事務所"]);
    check("reception/doubts", &["保険者番号を確認してください"]);
    check("reception/valid-with-everything", &["24435"]);
    check("medical/function-off", &["管理者に環境設定を頼んでください"]);
    check("confirmed/listed", &["もう一度登録してもらう", "管理者に環境設定を頼む", "もう一度照会する"]);
    check("follow-ups/open", &["11月24日（火） 10:00ごろ", "もう一度知らせる", "処理中", "本人確認が必要"]);
}
