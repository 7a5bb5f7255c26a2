use maud::{Markup, html};

use crate::Language;

/// A text with Japanese in it, such as a person's name, on a page of any language: what is Japanese says so, so that it is
/// read aloud as it is spoken (WCAG 2.2 §3.1.2).
pub fn with_japanese(language: Language, text: &str) -> Markup {
    match language {
        Language::Japanese => html! { (text) },
        Language::English => html! {
            @for (japanese, run) in runs(text) {
                @if japanese { span lang="ja" { (run) } } @else { (run) }
            }
        },
    }
}

/// The text in runs that are Japanese or are not. Spaces and digits within a Japanese run belong to it.
fn runs(text: &str) -> Vec<(bool, &str)> {
    let mut runs = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_japanese) {
        let (before, from) = rest.split_at(start);
        if !before.is_empty() {
            runs.push((false, before));
        }
        let mut end = 0;
        for (place, character) in from.char_indices() {
            if is_japanese(character) {
                end = place + character.len_utf8();
            } else if !(character.is_ascii_digit() || matches!(character, ' ' | '\u{3000}')) {
                break;
            }
        }
        runs.push((true, &from[..end]));
        rest = &from[end..];
    }
    if !rest.is_empty() {
        runs.push((false, rest));
    }
    runs
}

/// Kana, kanji, and the signs that stand among them.
fn is_japanese(character: char) -> bool {
    matches!(character,
        '\u{3001}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff01}'..='\u{ff9f}' | '\u{20000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_japanese_is_marked_as_such() {
        let check = |text: &str, expected: &str| {
            assert_eq!(with_japanese(Language::English, text).into_string(), expected);
            assert!(!with_japanese(Language::Japanese, text).into_string().contains("lang"), "{text}");
        };
        check("見本　花子", r#"<span lang="ja">見本　花子</span>"#);
        check("NGUYEN Van A", "NGUYEN Van A");
        check("Press 「終了する」 at the end", r#"Press <span lang="ja">「終了する」</span> at the end"#);
        check("見本 1丁目 2 (Tokyo)", r#"<span lang="ja">見本 1丁目</span> 2 (Tokyo)"#);
        check("<髙橋>", r#"&lt;<span lang="ja">髙橋</span>&gt;"#);
        check("", "");
    }
}
