use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

use super::is_invisible;

/// The longest name that is stored, in characters.
const MAX_NAME_LENGTH: usize = 100;

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongName {
    #[error("a name without a letter")]
    NoLetter,
    /// It has more than a hundred characters.
    #[error("a name that is too long")]
    TooLong,
    /// It has invisible characters, or ones that are not for text.
    #[error("a name with characters that cannot be seen")]
    Invisible,
    /// It has characters that are no part of a name, such as `<`.
    #[error("a name with characters of a program")]
    Markup,
}

/// Replaces ideographic spaces (U+3000), which stand between the parts of a name, by plain ones.
pub fn replace_wide_spaces(name: &str) -> String {
    name.replace('\u{3000}', " ")
}

/// Parses a name as typed and as it is on the document: no character is replaced by another. Combining marks are composed
/// with their letters (が from か and ゛ as some systems send it); its parts are separated by one space, a full-width one
/// for Japanese names. U+FA19 stays U+FA19 and ① stays ①.
pub fn parse_name(text: &str) -> Result<String, WrongName> {
    let parts: Vec<String> = text.split_whitespace().map(compose_marks).collect();
    let is_wide = parts.iter().any(|part| part.chars().any(is_wide));
    let name = parts.join(if is_wide { "\u{3000}" } else { " " });
    let characters: Vec<char> = name.chars().collect();
    if characters.iter().any(|c| matches!(c, '<' | '>')) {
        return Err(WrongName::Markup);
    }
    if (0..characters.len()).any(|index| !is_visible(&characters, index)) {
        return Err(WrongName::Invisible);
    }
    if !characters.iter().any(|c| c.general_category_group() == GeneralCategoryGroup::Letter) {
        return Err(WrongName::NoLetter);
    }
    if characters.len() > MAX_NAME_LENGTH { Err(WrongName::TooLong) } else { Ok(name) }
}

/// Whether names with this character have a full-width space between their parts: kana, kanji, full-width forms.
fn is_wide(c: char) -> bool {
    is_ideograph(c) || matches!(c, '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff01}'..='\u{ff9f}')
}

/// Whether a character is an ideograph, including compatibility ideographs.
fn is_ideograph(c: char) -> bool {
    matches!(c, '々' | '〆' | '〇' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether the character at an index is visible, or shapes the character before it.
fn is_visible(characters: &[char], index: usize) -> bool {
    let previous = index.checked_sub(1).and_then(|index| characters.get(index)).copied();
    let c = characters[index];
    match c {
        // A variation selector shapes the ideograph before it.
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => previous.is_some_and(is_ideograph),
        // Joiners shape letters of joining scripts (Arabic, the scripts of India and its neighbours).
        '\u{200c}' | '\u{200d}' => {
            let next = characters.get(index + 1).copied();
            previous.is_some_and(uses_joiners) && next.is_some_and(uses_joiners)
        }
        ' ' | '\u{3000}' => true,
        c if is_invisible(c) => false,
        // A combining mark needs a base letter.
        c if canonical_combining_class(c) != 0 => {
            previous.is_some_and(|previous| previous != ' ' && previous != '\u{3000}')
        }
        c => !matches!(
            c.general_category(),
            GeneralCategory::Control
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
                | GeneralCategory::Unassigned
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
        ),
    }
}

/// Whether a character is a letter or mark of a script whose letters are shaped by joiners.
fn uses_joiners(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{109f}' | '\u{1780}'..='\u{18af}')
        && matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark)
}

/// Composes combining marks with their letters, without replacing characters that normalization would replace.
fn compose_marks(text: &str) -> String {
    let is_kept = |c: char| !c.nfc().eq([c]);
    let mut composed = String::new();
    let mut run = String::new();
    for c in text.chars() {
        if is_kept(c) {
            composed.extend(run.nfc());
            run.clear();
            composed.push(c);
        } else {
            run.push(c);
        }
    }
    composed.extend(run.nfc());
    composed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expected: Result<&str, WrongName>) {
        assert_eq!(parse_name(text).as_deref().map_err(|wrong| *wrong), expected, "{text:?}");
    }

    #[test]
    fn a_name_keeps_its_characters() {
        check("山田 花子", Ok("山田　花子"));
        check(" 髙橋　　一郎 ", Ok("髙橋　一郎"));
        check("\u{fa19}谷 太郎", Ok("\u{fa19}谷　太郎"));
        check("神谷 太郎", Ok("神谷　太郎"));
        check("①山田", Ok("①山田"));
        check("葛\u{e0100}城", Ok("葛\u{e0100}城"));
        check("\u{20bb7}野", Ok("\u{20bb7}野"));
        check("か\u{3099}くと", Ok("がくと"));
        check("ＮＧＵＹＥＮ　Ｖａｎ", Ok("ＮＧＵＹＥＮ　Ｖａｎ"));
        check("NGUYEN　Van  A", Ok("NGUYEN Van A"));
        check("Nguyễn Văn A", Ok("Nguyễn Văn A"));
        check("Nguye\u{302}\u{303}n", Ok("Nguyễn"));
        check("José  Núñez", Ok("José Núñez"));
        check("O’Brien-Smith Jr.", Ok("O’Brien-Smith Jr."));
        check("김 철수", Ok("김 철수"));
        check("عبد\u{200c}الله", Ok("عبد\u{200c}الله"));
        check("ක්\u{200d}රිස්", Ok("ක්\u{200d}රිස්"));
    }

    #[test]
    fn what_nobody_sees_is_no_name() {
        use WrongName as W;
        check("", Err(W::NoLetter));
        check("　", Err(W::NoLetter));
        check("・", Err(W::NoLetter));
        check("123", Err(W::NoLetter));
        check("<b>", Err(W::Markup));
        check("a\u{202e}b", Err(W::Invisible));
        check("山\u{2066}田\u{2069}", Err(W::Invisible));
        check("山\u{ad}田", Err(W::Invisible));
        check("山\u{200b}田", Err(W::Invisible));
        check("山\u{200d}田", Err(W::Invisible));
        check("山田\u{feff}", Err(W::Invisible));
        check("\u{2060}", Err(W::Invisible));
        check("\u{fe0f}", Err(W::Invisible));
        check("a\u{fe0f}", Err(W::Invisible));
        check("\u{301}\u{302}", Err(W::Invisible));
        check("\u{3164}", Err(W::Invisible));
        check("\u{e000}田", Err(W::Invisible));
        check("山\0田", Err(W::Invisible));
        check(&"山".repeat(101), Err(W::TooLong));
    }

    proptest! {
        #[test]
        fn what_is_kept_is_read_again_as_itself(written in "\\PC{0,40}") {
            if let Ok(name) = parse_name(&written) {
                prop_assert_eq!(parse_name(&name), Ok(name.clone()));
            }
        }

        #[test]
        fn kanji_are_kept_one_by_one(written in "[\u{4e00}-\u{9fa5}\u{f900}-\u{fa6d}\u{20000}-\u{2a6d6}]{1,40}") {
            prop_assert_eq!(parse_name(&written), Ok(written.clone()));
        }
    }
}
