//! Arbitrary bytes as a key and a signature over a challenge must not panic.
#![no_main]

use jpki::{Challenge, PublicKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|parts: (Vec<u8>, Vec<u8>, [u8; 32])| {
    let (key, signature, nonce) = parts;
    let challenge =
        Challenge { origin: "https://reception.example".to_owned(), nonce, ticket: base::digest(&[&nonce]) };
    if let Ok(key) = PublicKey::from_spki(&key) {
        let _ = key.verifies(&challenge.to_be_signed(), &signature);
    }
});
