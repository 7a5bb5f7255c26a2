//! Codes of authenticator apps: the time-based one-time passwords of RFC 6238, with HMAC-SHA-1, 30 seconds and six digits, which
//! every such app computes.
//!
//! They are computed with the HMAC that the workspace has: the crates for it bring a second implementation of HMAC and SHA-1.

use std::fmt::Write as _;

use aws_lc_rs::hmac;
use base::{Randomness, Timestamp};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// The seconds of a step (RFC 6238 §4.1).
const STEP_SECONDS: i64 = 30;

/// How many steps a clock may be early or late (RFC 6238 §5.2).
const TOLERATED_STEPS: i64 = 1;

/// The length of a secret in bytes, that of the hash (RFC 4226 §4).
const SECRET_LENGTH: usize = 20;

/// The letters of Base32 (RFC 4648 §6).
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The secret that an authenticator app shares with an account.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret([u8; SECRET_LENGTH]);

/// The number of a step since 1970. A code is of one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct TotpStep(pub i64);

impl TotpSecret {
    /// A new secret.
    pub fn new(randomness: &Randomness) -> Self {
        Self(randomness.bytes())
    }

    /// A secret from its stored bytes; None if they are too few or too many.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The bytes, only to be sealed.
    pub fn expose(&self) -> &[u8; SECRET_LENGTH] {
        &self.0
    }

    /// The secret as it is typed into an app: 32 letters and digits.
    pub fn to_base32(&self) -> String {
        let bit = |index: usize| (self.0[index / 8] >> (7 - index % 8)) & 1;
        let letter = |group: usize| (0..5).fold(0_u8, |letter, offset| (letter << 1) | bit(5 * group + offset));
        (0..SECRET_LENGTH * 8 / 5).map(|group| char::from(BASE32[usize::from(letter(group))])).collect()
    }

    /// The address in the QR code that apps read. `issuer` and `account` are shown in the app.
    pub fn to_uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent_encode(issuer), percent_encode(account));
        format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", self.to_base32())
    }

    /// The step whose code this is, if it is near `now` and later than the step whose code was used last.
    pub fn find_step(&self, code: &str, now: Timestamp, last_used: Option<TotpStep>) -> Option<TotpStep> {
        let current = now.milliseconds().div_euclid(1000 * STEP_SECONDS);
        (current - TOLERATED_STEPS..=current + TOLERATED_STEPS)
            .map(TotpStep)
            .filter(|step| last_used.is_none_or(|last| *step > last))
            .find(|step| base::constant_time_eq(self.compute_code(*step).as_bytes(), code.as_bytes()))
    }

    /// The code of a step (RFC 4226 §5.3).
    pub fn compute_code(&self, step: TotpStep) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let tag = hmac::sign(&key, &step.0.to_be_bytes());
        let bytes = tag.as_ref();
        let offset = usize::from(bytes[bytes.len() - 1] & 0x0f);
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[offset..offset + 4]);
        format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
    }
}

/// The text with everything encoded that is not unreserved (RFC 3986 §2.3).
fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn secret() -> TotpSecret {
        TotpSecret::from_bytes(b"12345678901234567890").expect("twenty bytes")
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The appendix has eight digits, of which these are the last six.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret().compute_code(TotpStep(seconds / STEP_SECONDS)), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_near_its_time_and_once() {
        let (secret, code) = (secret(), "081804");
        let (step, now) = (TotpStep(37_037_036), |seconds: i64| Timestamp::from_seconds(1_111_111_109 + seconds));
        assert_eq!(secret.find_step(code, now(0), None), Some(step));
        assert_eq!(secret.find_step(code, now(30), None), Some(step));
        assert_eq!(secret.find_step(code, now(-30), None), Some(step));
        assert_eq!(secret.find_step(code, now(61), None), None);
        assert_eq!(secret.find_step(code, now(-61), None), None);
        assert_eq!(secret.find_step(code, now(0), Some(TotpStep(step.0 - 1))), Some(step));
        assert_eq!(secret.find_step(code, now(0), Some(step)), None);
        for wrong in ["081805", "", "81804", "0818040", "０８１８０４"] {
            assert_eq!(secret.find_step(wrong, now(0), None), None, "{wrong}");
        }
    }

    #[test]
    fn a_secret_is_written_as_apps_read_it() {
        assert_eq!(secret().to_base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            secret().to_uri("見本 Care", "desk@example.jp"),
            "otpauth://totp/%E8%A6%8B%E6%9C%AC%20Care:desk%40example.jp?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=%E8%A6%8B%E6%9C%AC%20Care"
        );
        assert!(TotpSecret::from_bytes(b"short").is_none());
    }
}
