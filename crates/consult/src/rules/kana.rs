//! Folding of names: kana in one form for the form, search keys in one form for the directory.

use unicode_normalization::UnicodeNormalization;
use wana_kana::{ConvertJapanese, IsJapaneseChar};

/// 全角カナ of a name written in any kana: half width, hiragana and doubled spaces are folded silently.
///
/// `None` where something in it is no kana.
pub fn fold_kana(written: &str) -> Option<String> {
    let folded: String = written.nfkc().map(katakana).map(|c| if is_dash(c) { 'ー' } else { c }).collect();
    let name = folded.split_whitespace().collect::<Vec<_>>().join("\u{3000}");
    let kana = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | 'ヽ' | 'ヾ' | '\u{3000}');
    (!name.is_empty() && name.chars().count() <= 100 && name.chars().all(kana)).then_some(name)
}

/// A name as it is kept: compatibility forms folded, one full-width space between its parts where it is written in
/// kanji, one plain space where it is written in Latin letters.
pub fn fold_name(written: &str) -> Option<String> {
    let folded: String = written.nfkc().collect();
    let parts: Vec<_> = folded.split_whitespace().collect();
    let latin = folded.chars().filter(|c| !c.is_whitespace()).all(|c| u32::from(c) < 0x250);
    let name = parts.join(if latin { " " } else { "\u{3000}" });
    let readable =
        |c: char| !c.is_control() && !matches!(c, '<' | '>' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
    (!name.is_empty() && name.chars().count() <= 100 && name.chars().all(readable)).then_some(name)
}

/// What a search compares: lower case, hiragana, no spaces, marks or width. Only letters and digits are left, so the
/// key means nothing special to `LIKE`.
pub fn search_key(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(hiragana).filter(|c| c.is_alphanumeric() || *c == 'ー').collect()
}

/// The Latin spelling of kana, as people type names that they have only heard.
pub fn latin_key(kana: &str) -> String {
    let hiragana: String = kana.nfkc().map(hiragana).filter(IsJapaneseChar::is_kana).collect();
    search_key(&hiragana.to_romaji())
}

/// How a word that is written in kana or Latin letters is read, with long vowels and `m` before `b` folded: スギナミ and
/// Suginami, コウベ and Kobe. `None` where it is written in anything else.
pub fn reading_key(word: &str) -> Option<String> {
    let plain = search_key(word);
    if plain.is_ascii() {
        return Some(fold_latin(&plain));
    }
    plain.chars().all(|c| c.is_kana() || c == 'ー').then(|| fold_latin(&latin_key(&plain)))
}

/// How the name of a prefecture or city is read: its Latin name, which names the smallest part first, in Japanese order
/// and with the endings that the Japanese name has (杉並区, Suginami: suginamiku).
pub fn area_reading(japanese: &str, latin: &str) -> String {
    let mut endings = japanese.chars().filter_map(|c| match c {
        '都' => Some("to"),
        '府' => Some("fu"),
        '県' => Some("ken"),
        '市' => Some("shi"),
        '区' => Some("ku"),
        '郡' => Some("gun"),
        _ => None,
    });
    let parts = latin.split(',').rev().map(|part| fold_latin(&search_key(part)));
    parts.map(|part| part + endings.next().unwrap_or_default()).collect()
}

/// One spelling of the Hepburn ways to write long vowels and ん.
fn fold_latin(latin: &str) -> String {
    let mut folded = String::with_capacity(latin.len());
    let mut letters = latin.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        match (folded.chars().last(), letter) {
            (Some('o'), 'o' | 'u') | (Some('u'), 'u') => {}
            // Ohta, Saitoh: an h behind o that begins no syllable.
            (Some('o'), 'h') if next.is_none_or(|next| !"aiueoy".contains(next)) => {}
            (_, 'm') if matches!(next, Some('b' | 'm' | 'p')) => folded.push('n'),
            _ => folded.push(letter),
        }
    }
    folded
}

fn katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        other => other,
    }
}

fn hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    }
}

/// What people type for the long vowel mark.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | '─')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kana_is_folded_silently() {
        let check =
            |written: &str, expected: Option<&str>| assert_eq!(fold_kana(written).as_deref(), expected, "{written}");
        check("ヤマダ　ハナコ", Some("ヤマダ　ハナコ"));
        check("ﾔﾏﾀﾞ ﾊﾅｺ", Some("ヤマダ　ハナコ"));
        check("やまだ  はなこ ", Some("ヤマダ　ハナコ"));
        check("サト-", Some("サトー"));
        check("ヴァン・デン", Some("ヴァン・デン"));
        check("山田", None);
        check("Yamada", None);
        check(" ", None);
        check(&"ア".repeat(101), None);
    }

    #[test]
    fn a_name_keeps_its_letters_and_loses_its_spaces() {
        let check =
            |written: &str, expected: Option<&str>| assert_eq!(fold_name(written).as_deref(), expected, "{written}");
        check("山田 花子", Some("山田　花子"));
        check(" 髙橋　　一郎 ", Some("髙橋　一郎"));
        check("ＮＧＵＹＥＮ　Van  A", Some("NGUYEN Van A"));
        check("José  Núñez", Some("José Núñez"));
        check("", None);
        check("<b>", None);
        check("a\u{202e}b", None);
    }

    #[test]
    fn an_area_is_found_by_how_it_is_read() {
        let check = |typed: &str, japanese: &str, latin: &str, expected: bool| {
            let reading = reading_key(typed).unwrap_or_default();
            let found = !reading.is_empty() && area_reading(japanese, latin).contains(&reading);
            assert_eq!(found, expected, "{typed} {japanese}");
        };
        check("スギナミ", "杉並区", "Suginami", true);
        check("ｽｷﾞﾅﾐｸ", "杉並区", "Suginami", true);
        check("すぎなみ", "杉並区", "Suginami", true);
        check("Suginami", "杉並区", "Suginami", true);
        check("トウキョウ", "東京都", "Tokyo", true);
        check("とうきょうと", "東京都", "Tokyo", true);
        check("コウベ", "神戸市東灘区", "Higashinada, Kobe", true);
        check("コウベシヒガシナダク", "神戸市東灘区", "Higashinada, Kobe", true);
        check("オオサカ", "大阪府", "Osaka", true);
        check("Ohsaka", "大阪府", "Osaka", true);
        check("チュウオウ", "札幌市中央区", "Chuo, Sapporo", true);
        check("シンバシ", "新橋", "Shimbashi", true);
        check("ヨコハマ", "横浜市青葉区", "Aoba, Yokohama", true);
        check("ミナト", "杉並区", "Suginami", false);
        check("杉並", "杉並区", "Suginami", false);
    }

    #[test]
    fn a_key_finds_what_is_written_in_another_way() {
        assert_eq!(search_key("さくら クリニック"), search_key("サクラクリニック"));
        assert_eq!(search_key("ｻｸﾗ"), search_key("さくら"));
        assert_eq!(search_key("Ｓａｋｕｒａ"), "sakura");
        assert_eq!(search_key("100%_"), "100");
        assert_eq!(latin_key("サクラ"), "sakura");
        assert_eq!(search_key("パブリック"), search_key("ﾊﾟﾌﾞﾘｯｸ"));
    }
}
