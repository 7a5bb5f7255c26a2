//! Marks Japanese text on a page of another language with `lang`, so that it is read aloud and drawn correctly (WCAG 2.2
//! §3.1.2). Done once for the whole page, so that no text is missed.

use std::{cell::Cell, rc::Rc};

use lol_html::{
    RewriteStrSettings, doc_text, element, end_tag,
    html_content::{ContentType, TextType},
    rewrite_str,
};
use maud::{Markup, PreEscaped};

use text::Language;

/// Elements that already state their language, or that contain only text.
const SKIPPED_SELECTOR: &str = "[lang], option, svg";

/// The content of a page in this language, with every run of Japanese marked.
pub(super) fn mark_japanese(language: Language, content: Markup) -> Markup {
    if language == Language::Japanese || !content.0.contains(is_letter) {
        return content;
    }
    match rewrite_html(&content.0) {
        Ok(marked) => PreEscaped(marked),
        Err(error) => {
            tracing::warn!(%error, "Japanese on a page could not be marked");
            content
        }
    }
}

/// The `lang` of a text that is Japanese as a whole, on a page of another language: for elements that contain only text.
pub(super) fn detect_language(language: Language, text: &str) -> Option<&'static str> {
    let whole = text.contains(is_letter) && !text.contains(|character: char| character.is_ascii_alphabetic());
    (language != Language::Japanese && whole).then_some(Language::Japanese.tag())
}

fn rewrite_html(content: &str) -> Result<String, lol_html::errors::RewritingError> {
    let depth = Rc::new(Cell::new(0_usize));
    let within = depth.clone();
    let left_alone = element!(SKIPPED_SELECTOR, move |element| {
        let around = depth.clone();
        around.set(around.get() + 1);
        element.on_end_tag(end_tag!(move |_| {
            around.set(around.get() - 1);
            Ok(())
        }))
    });
    let texts = doc_text!(move |text| {
        if within.get() == 0 && text.text_type() == TextType::Data && text.as_str().contains(is_letter) {
            let marked = mark_runs(text.as_str());
            text.replace(&marked, ContentType::Html);
        }
        Ok(())
    });
    let settings = RewriteStrSettings::new().append_element_content_handler(left_alone);
    rewrite_str(content, settings.append_document_content_handler(texts))
}

/// Marks the runs of a text, in one element: where parts of a line are laid out in columns, it stays one.
fn mark_runs(text: &str) -> String {
    let runs = split_runs(text);
    let marked: String = runs
        .iter()
        .map(|(japanese, run)| if *japanese { format!("<span lang=\"ja\">{run}</span>") } else { (*run).to_owned() })
        .collect();
    if let [(true, _)] = runs[..] { marked } else { format!("<span>{marked}</span>") }
}

/// Splits a text into runs that are Japanese or not. Spaces and digits within a Japanese run belong to it.
fn split_runs(text: &str) -> Vec<(bool, &str)> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_japanese) {
        let (prefix, suffix) = rest.split_at(start);
        if !prefix.is_empty() {
            runs.push((false, prefix));
        }
        let mut end = 0;
        for (index, character) in suffix.char_indices() {
            if is_japanese(character) {
                end = index + character.len_utf8();
            } else if !(character.is_ascii_digit() || matches!(character, ' ' | '\u{3000}')) {
                break;
            }
        }
        // Punctuation alone belongs to no language.
        let (run, following) = suffix.split_at(end);
        runs.push((run.contains(is_letter), run));
        rest = following;
    }
    if !rest.is_empty() {
        runs.push((false, rest));
    }
    runs
}

/// Kana and kanji.
fn is_letter(character: char) -> bool {
    is_japanese(character) && character.is_alphabetic()
}

/// Kana, kanji, and their punctuation.
fn is_japanese(character: char) -> bool {
    matches!(character,
        '\u{3001}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn only_what_is_japanese_is_marked_as_such() {
        let check = |content: Markup, expected: &str| {
            let plain = content.0.clone();
            assert_eq!(mark_japanese(Language::English, content.clone()).0, expected);
            assert_eq!(mark_japanese(Language::Japanese, content).0, plain);
        };
        check(html! { b { "見本　花子" } }, r#"<b><span lang="ja">見本　花子</span></b>"#);
        check(html! { "NGUYEN Van A" }, "NGUYEN Van A");
        check(html! { "10:00〜10:15（Insured）" }, "10:00〜10:15（Insured）");
        check(
            html! { p { "Press 「終了する」 at the end" } },
            r#"<p><span>Press <span lang="ja">「終了する」</span> at the end</span></p>"#,
        );
        check(html! { "見本 1丁目 2 (Tokyo)" }, r#"<span><span lang="ja">見本 1丁目</span> 2 (Tokyo)</span>"#);
        check(html! { "<髙橋>" }, r#"<span>&lt;<span lang="ja">髙橋</span>&gt;</span>"#);
        check(html! {}, "");
    }

    #[test]
    fn a_text_says_its_language_where_it_is_japanese_as_a_whole() {
        for (text, expected) in [
            ("協会けんぽ", Some("ja")),
            ("見本医院（1311234569）", Some("ja")),
            ("Tokyo (東京都)", None),
            ("30 (1)", None),
        ] {
            assert_eq!(detect_language(Language::English, text), expected, "{text}");
            assert_eq!(detect_language(Language::Japanese, text), None, "{text}");
        }
    }

    #[test]
    fn what_says_its_language_or_takes_only_text_is_left_as_it_is() {
        for left in [
            html! { a lang="ja" { "日本語" b { "へ" } } },
            html! { select { option { "協会けんぽ" } } },
            html! { textarea { "メモ" } },
            html! { svg { text { "受付" } } },
            html! { input value="受付" aria-label="受付"; },
        ] {
            assert_eq!(mark_japanese(Language::English, left.clone()).0, left.0);
        }
        let content = html! { a lang="ja" { "日本語" } "受付" };
        let expected = r#"<a lang="ja">日本語</a><span lang="ja">受付</span>"#;
        assert_eq!(mark_japanese(Language::English, content).0, expected);
    }
}
