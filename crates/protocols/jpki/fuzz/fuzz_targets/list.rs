//! Arbitrary bytes as a revocation list must not panic.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = jpki::crl::UnverifiedList::parse(bytes).is_ok();
});
