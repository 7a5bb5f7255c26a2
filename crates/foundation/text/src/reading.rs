use unicode_normalization::{
    UnicodeNormalization,
    char::{canonical_combining_class, compose},
};

use crate::{is_dash, is_invisible};

/// The longest reading that is stored, in characters.
const MAX_READING_LENGTH: usize = 100;

/// Parses a name's reading in any kana into 全角カナ: half width, hiragana, separate voiced marks and repeated spaces are
/// normalised. `None` where it contains anything but kana.
pub fn parse_reading(text: &str) -> Option<String> {
    let folded: String =
        compose_voiced_marks(text).chars().filter(|c| !is_invisible(*c)).map(to_katakana).map(normalise_mark).collect();
    let name = folded.split_whitespace().collect::<Vec<_>>().join("\u{3000}");
    let kana = |c: char| matches!(c, 'ァ'..='ヺ' | 'ー' | '・' | '＝' | 'ヽ' | 'ヾ' | '\u{3000}');
    let letters = name.chars().any(|c| matches!(c, 'ァ'..='ヺ'));
    (letters && name.chars().count() <= MAX_READING_LENGTH && name.chars().all(kana)).then_some(name)
}

/// The form for comparing two readings: kana without width, script, spaces, marks between words, size (ショ and シヨ) and
/// spellings that sound alike (ヅ and ズ, ヂ and ジ, ヲ and オ). Every dash is the long vowel mark.
pub fn fold_reading(text: &str) -> String {
    let mut folded = String::new();
    for c in compose_voiced_marks(text).chars().map(to_katakana).map(normalise_mark) {
        match c {
            '・' | '＝' => {}
            c if c.is_whitespace() || is_invisible(c) => {}
            // An iteration mark repeats the kana before it.
            'ヽ' | 'ヾ' => {
                let previous = folded.chars().next_back();
                let voiced = previous.and_then(|previous| compose(previous, '\u{3099}')).filter(|_| c == 'ヾ');
                folded.extend(voiced.or(previous).map(fold_kana));
            }
            other => folded.push(fold_kana(other)),
        }
    }
    folded
}

/// The katakana of a hiragana; any other character unchanged.
pub fn to_katakana(c: char) -> char {
    match c {
        // Hiragana and katakana are 0x60 apart (Unicode blocks 3040 and 30A0).
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        other => other,
    }
}

/// The hiragana of a katakana; any other character unchanged.
pub fn to_hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        other => other,
    }
}

/// Full-width kana composed with their voiced marks, also where the mark was typed as a separate character (タ゛).
fn compose_voiced_marks(text: &str) -> String {
    let combining = text.chars().map(|c| match c {
        // NFKC would insert a blank before these (U+309B, U+309C).
        '゛' => '\u{3099}',
        '゜' => '\u{309a}',
        other => other,
    });
    // A mark that could not be composed is dropped.
    combining.nfkc().flat_map(char::to_lowercase).filter(|c| canonical_combining_class(*c) == 0).collect()
}

/// The marks between and within words, each in one form.
fn normalise_mark(c: char) -> char {
    match c {
        '·' | '•' | '‧' | '∙' | '⋅' | '･' => '・',
        '=' | '゠' | '＝' | '═' => '＝',
        c if is_dash(c) => 'ー',
        other => other,
    }
}

/// A kana without the differences between spellings.
fn fold_kana(c: char) -> char {
    match c {
        'ァ' => 'ア',
        'ィ' | 'ヰ' => 'イ',
        'ゥ' => 'ウ',
        'ェ' | 'ヱ' => 'エ',
        'ォ' | 'ヲ' => 'オ',
        'ッ' => 'ツ',
        'ャ' => 'ヤ',
        'ュ' => 'ユ',
        'ョ' => 'ヨ',
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        'ヅ' => 'ズ',
        'ヂ' => 'ジ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reading_is_taken_in_any_kana() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(parse_reading(text).as_deref(), expected, "{text}");
        };
        check("ヤマダ　ハナコ", Some("ヤマダ　ハナコ"));
        check("ﾔﾏﾀﾞ ﾊﾅｺ", Some("ヤマダ　ハナコ"));
        check("やまだ  はなこ ", Some("ヤマダ　ハナコ"));
        check("ヤマタ゛　ハナコ", Some("ヤマダ　ハナコ"));
        check("やまた\u{3099} はなこ", Some("ヤマダ　ハナコ"));
        check("ヤマダ\u{200b}　ハナコ", Some("ヤマダ　ハナコ"));
        check("サト-", Some("サトー"));
        check("サト–", Some("サトー"));
        check("サト～", Some("サトー"));
        check("ヴァン・デン", Some("ヴァン・デン"));
        check("ヴァン･デン", Some("ヴァン・デン"));
        check("ヴァン·デン", Some("ヴァン・デン"));
        check("ジョン＝スミス", Some("ジョン＝スミス"));
        check("ジョン=スミス", Some("ジョン＝スミス"));
        check("ジョン゠スミス", Some("ジョン＝スミス"));
        check("山田", None);
        check("Yamada", None);
        check("ー", None);
        check(" ", None);
        check(&"ア".repeat(101), None);
    }

    #[test]
    fn one_reading_in_two_spellings_is_one_reading() {
        let check = |first: &str, second: &str, same: bool| {
            assert_eq!(fold_reading(first) == fold_reading(second), same, "{first} {second}");
        };
        check("ﾐﾎﾝ ﾊﾅｺ", "ミホン　ハナコ", true);
        check("みほん はなこ", "ミホンハナコ", true);
        check("ｶﾞﾊﾟｳﾞ", "がぱヴ", true);
        check("ジャン", "ｼﾞｬﾝ", true);
        check("ショウイチ", "ｼﾖｳｲﾁ", true);
        check("ハットリ", "ハツトリ", true);
        check("キクヅカ", "キクズカ", true);
        check("ハヂメ", "はじめ", true);
        check("カヲル", "カオル", true);
        check("ヤマダ", "ヤマタ゛", true);
        check("ヤマダ", "やまた\u{3099}", true);
        check("マリー", "マリ-", true);
        check("マリー", "ﾏﾘｰ", true);
        check("ヴァン・デン", "ヴァン デン", true);
        check("ジョン＝スミス", "ジョン・スミス", true);
        check("スヾキ", "スズキ", true);
        check("ハナコ", "バナコ", false);
        check("ミホン　ハナコ", "ミホン　ハナ", false);
        check("オノ", "オーノ", false);
        check("ハナコ", "パナコ", false);
    }

    proptest! {
        #[test]
        fn a_reading_is_compared_as_what_it_is_kept_as(written in "[ぁ-ゖァ-ヺｦ-ﾟー・＝ \u{3000}゛-]{1,30}") {
            if let Some(reading) = parse_reading(&written) {
                prop_assert_eq!(fold_reading(&reading), fold_reading(&written));
                prop_assert_eq!(parse_reading(&reading), Some(reading.clone()));
            }
        }

        #[test]
        fn folding_twice_is_folding_once(text in "[ -~ぁ-ヿｦ-ﾟＡ-Ｚ一-龠゛゜]{0,30}") {
            let folded = fold_reading(&text);
            prop_assert_eq!(fold_reading(&folded), folded);
        }
    }
}
