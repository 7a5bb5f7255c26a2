/// The full-width forms of U+FF61 to U+FF9F, in the order of the half-width ones.
const FULL_WIDTH: [char; 63] = [
    '。', '「', '」', '、', '・', 'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア', 'イ', 'ウ',
    'エ', 'オ', 'カ', 'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ',
    'ヌ', 'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ', 'ル',
    'レ', 'ロ', 'ワ', 'ン', '゛', '゜',
];
const FIRST_HALF_WIDTH: u32 = 0xFF61;
const VOICED: char = 'ﾞ';
const HALF_VOICED: char = 'ﾟ';

/// Folds to half width: katakana (and hiragana, as katakana), ASCII characters and the space.
///
/// The characters of `NameKana`, and the form for comparing two readings. A voiced kana becomes two characters. ヮ, ヵ, ヶ, ヰ
/// and ヱ have no half-width form and become ﾜ, ｶ, ｹ, ｲ and ｴ, as insurers write them. All others are unchanged.
pub fn half_width(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        let character = match character {
            '　' => ' ',
            'ぁ'..='ゖ' => shift_code_point(character, 0x60),
            '！'..='～' => shift_code_point(character, -0xFEE0),
            '\u{3099}' => VOICED,
            '\u{309A}' => HALF_VOICED,
            _ => character,
        };
        let (plain, mark) = decompose_voiced(character);
        folded.push(to_half_width_char(plain));
        folded.extend(mark);
    }
    folded
}

/// Folds to full width: half-width katakana (composed with their voiced marks), ASCII characters and the space.
pub fn full_width(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() * 2);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let full = match character {
            ' ' => '　',
            '!'..='~' => shift_code_point(character, 0xFEE0),
            '｡'..='ﾟ' => {
                FULL_WIDTH.get((u32::from(character) - FIRST_HALF_WIDTH) as usize).copied().unwrap_or(character)
            }
            _ => character,
        };
        let joined = rest.peek().and_then(|mark| compose_voiced(full, *mark));
        if joined.is_some() {
            rest.next();
        }
        folded.push(joined.unwrap_or(full));
    }
    folded
}

fn shift_code_point(character: char, offset: i32) -> char {
    u32::from(character).checked_add_signed(offset).and_then(char::from_u32).unwrap_or(character)
}

fn to_half_width_char(character: char) -> char {
    let character = match character {
        'ヮ' => 'ワ',
        'ヵ' => 'カ',
        'ヶ' => 'ケ',
        'ヰ' => 'イ',
        'ヱ' => 'エ',
        _ => character,
    };
    let index = FULL_WIDTH.iter().position(|full| *full == character);
    index.and_then(|index| char::from_u32(FIRST_HALF_WIDTH + u32::try_from(index).ok()?)).unwrap_or(character)
}

/// A kana composed with its voiced mark. In Unicode a voiced kana follows its plain one, except ヴ, ヷ and ヺ.
fn compose_voiced(plain: char, mark: char) -> Option<char> {
    match (plain, mark) {
        ('カ'..='チ', VOICED) if u32::from(plain) % 2 == 1 => Some(shift_code_point(plain, 1)),
        ('ツ' | 'テ' | 'ト' | 'ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', VOICED) => Some(shift_code_point(plain, 1)),
        ('ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', HALF_VOICED) => Some(shift_code_point(plain, 2)),
        ('ウ', VOICED) => Some('ヴ'),
        ('ワ', VOICED) => Some('ヷ'),
        ('ヲ', VOICED) => Some('ヺ'),
        _ => None,
    }
}

fn decompose_voiced(character: char) -> (char, Option<char>) {
    let candidates = match character {
        'ヴ' => return ('ウ', Some(VOICED)),
        'ヷ' => return ('ワ', Some(VOICED)),
        'ヺ' => return ('ヲ', Some(VOICED)),
        _ => [(1, VOICED), (2, HALF_VOICED)],
    };
    candidates
        .into_iter()
        .map(|(step, mark)| (shift_code_point(character, -step), mark))
        .find(|(plain, mark)| compose_voiced(*plain, *mark) == Some(character))
        .map_or((character, None), |(plain, mark)| (plain, Some(mark)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(full: &str, half: &str) {
        assert_eq!(half_width(full), half, "{full}");
        assert_eq!(full_width(half), full, "{half}");
    }

    #[test]
    fn both_widths_say_the_same() {
        check("スズキ　エミコ", "ｽｽﾞｷ ｴﾐｺ");
        check("シンリョウ　タロウ", "ｼﾝﾘｮｳ ﾀﾛｳ");
        check("ガギグゲゴザジズゼゾダヂヅデド", "ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞ");
        check("バビブベボパピプペポヴヷヺ", "ﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟｳﾞﾜﾞｦﾞ");
        check("ナンノ、ーッァォャョン゛", "ﾅﾝﾉ､ｰｯｧｫｬｮﾝﾞ");
        check("ＡＢ－１２", "AB-12");
        check("", "");
    }

    #[test]
    fn every_half_width_character_comes_back() {
        for half in '｡'..='ﾟ' {
            assert_eq!(half_width(&full_width(&half.to_string())), half.to_string());
        }
    }

    #[test]
    fn hiragana_and_kana_without_a_half_form_become_their_nearest() {
        assert_eq!(half_width("すずき　えみこ"), "ｽｽﾞｷ ｴﾐｺ");
        assert_eq!(half_width("ヰヱヮヵヶ"), "ｲｴﾜｶｹ");
        assert_eq!(half_width("か\u{3099}"), "ｶﾞ");
    }

    #[test]
    fn what_has_one_width_stays() {
        assert_eq!(half_width("診療●髙"), "診療●髙");
        assert_eq!(full_width("診療●髙"), "診療●髙");
        assert_eq!(full_width("ﾞｱﾟ"), "゛ア゜");
    }
}
