//! The masked name of a card's holder: recognisable to the holder, and to nobody else.

/// Replaces the hidden characters.
const MASK: char = '＊';

/// The first character of each part of a name, and nothing of the rest, not even its length: 青＊ 花＊.
///
/// Insurers write a name with full-width spaces between its parts.
pub fn mask_name(name: &str) -> String {
    let parts = name.split([' ', '\u{3000}']).filter(|part| !part.is_empty());
    let masked: Vec<String> =
        parts.filter_map(|part| part.chars().next().map(|first| format!("{first}{MASK}"))).collect();
    masked.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_the_first_character_of_each_part() {
        for (name, masked) in [
            ("青木　花子", "青＊ 花＊"),
            ("青木 花子", "青＊ 花＊"),
            ("林", "林＊"),
            ("ＳＭＩＴＨ　ＪＯＨＮ　Ａ", "Ｓ＊ Ｊ＊ Ａ＊"),
            ("●木　一郎", "●＊ 一＊"),
            ("𠮷田　　太郎", "𠮷＊ 太＊"),
        ] {
            assert_eq!(mask_name(name), masked);
        }
    }
}
