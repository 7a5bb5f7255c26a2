//! Search keys of the directory: names in normalised form.

use text::to_hiragana;
use unicode_normalization::UnicodeNormalization;
use wana_kana::{ConvertJapanese, IsJapaneseChar};

/// The key that a search compares: NFKC, lower case, hiragana, letters and digits only. So it contains no wildcard of `LIKE`.
pub fn search_key(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).map(to_hiragana).filter(|c| c.is_alphanumeric() || *c == 'ー').collect()
}

/// The Latin spelling of kana, for names that somebody has only heard.
pub fn latin_key(kana: &str) -> String {
    let hiragana: String = kana.nfkc().map(to_hiragana).filter(IsJapaneseChar::is_kana).collect();
    search_key(&hiragana.to_romaji())
}

/// The reading of a text in kana or Latin letters, with long vowels and `m` before `b` folded: スギナミ equals Suginami,
/// コウベ equals Kobe. `None` for a text in any other script.
pub fn reading_key(text: &str) -> Option<String> {
    let key = search_key(text);
    if key.is_ascii() {
        return Some(fold_latin(&key));
    }
    key.chars().all(|c| c.is_kana() || c == 'ー').then(|| fold_latin(&latin_key(&key)))
}

/// The reading of the name of a prefecture or city: its Latin name, which has the smallest part first, in Japanese order
/// and with the endings of the Japanese name (杉並区, Suginami: suginamiku).
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

/// Folds the Hepburn variants of long vowels and ん into one spelling.
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
        let check = |query: &str, japanese: &str, latin: &str, expected: bool| {
            let reading = reading_key(query).unwrap_or_default();
            let matches = !reading.is_empty() && area_reading(japanese, latin).contains(&reading);
            assert_eq!(matches, expected, "{query} {japanese}");
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
