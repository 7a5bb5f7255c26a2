//! Search keys: names in one form for the directory.

use base::text::to_hiragana;
use unicode_normalization::UnicodeNormalization;
use wana_kana::{ConvertJapanese, IsJapaneseChar};

/// What a search compares: lower case, hiragana, no spaces, marks or width. Only letters and digits are left, so the
/// key means nothing special to `LIKE`.
pub fn search_key(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(to_hiragana).filter(|c| c.is_alphanumeric() || *c == 'ー').collect()
}

/// The Latin spelling of kana, as people type names that they have only heard.
pub fn latin_key(kana: &str) -> String {
    let hiragana: String = kana.nfkc().map(to_hiragana).filter(IsJapaneseChar::is_kana).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

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
