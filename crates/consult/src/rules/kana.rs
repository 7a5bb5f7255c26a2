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

#[cfg(test)]
mod tests {
    use super::*;

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
