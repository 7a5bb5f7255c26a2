//! Recovery codes: each signs in once in place of the code of an authenticator app that was lost.

use base::{Digest, Key, Randomness};

/// How many codes an account gets at once.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits that are not taken for one another.
const LETTERS: &[u8] = b"23456789BCDFGHJKMNPQRSTVWXYZ";

/// The letters of a code, in groups of four: 57 bits.
const LENGTH: usize = 12;

/// A recovery code. It is shown once and stored as a keyed digest.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new code.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.text(LETTERS, LENGTH))
    }

    /// The code that was typed, with or without hyphens and blanks, in letters of any case and width.
    pub fn parse(text: &str) -> Option<Self> {
        let half_width = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        };
        let is_separator = |c: &char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−' | 'ー');
        let code: String =
            text.chars().map(half_width).filter(|c| !is_separator(c)).map(|c| c.to_ascii_uppercase()).collect();
        let is_code = code.len() == LENGTH && code.bytes().all(|letter| LETTERS.contains(&letter));
        is_code.then_some(Self(code))
    }

    /// The code in groups, as it is shown.
    pub fn format_grouped(&self) -> String {
        [&self.0[..4], &self.0[4..8], &self.0[8..]].join("-")
    }

    /// The digest to store. Without the key nobody can try codes against it.
    pub fn digest(&self, key: &Key) -> Digest {
        key.mac(&[b"recovery code", self.0.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_typed() {
        let code = RecoveryCode::new(&Randomness::repeatable("recovery"));
        let shown = code.format_grouped();
        assert_eq!(shown.len(), 14);
        let wide: String = shown.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).expect("a character")).collect();
        for typed in [shown.clone(), shown.replace('-', ""), shown.to_lowercase(), shown.replace('-', " "), wide] {
            assert!(RecoveryCode::parse(&typed).as_ref() == Some(&code), "{typed}");
        }
        for wrong in ["", "123456", &shown[1..], &format!("{shown}2"), "0000-0000-0000", "日本語日本語日本語日本語"]
        {
            assert!(RecoveryCode::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_digest_needs_the_key() {
        let randomness = Randomness::repeatable("recovery");
        let (code, key, other) = (RecoveryCode::new(&randomness), Key::new(&randomness), Key::new(&randomness));
        assert_eq!(code.digest(&key), code.digest(&key));
        assert_ne!(code.digest(&key), code.digest(&other));
    }
}
