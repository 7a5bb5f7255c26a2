//! Arbitrary bytes as an OCSP response must not panic.
#![no_main]

use jpki::ocsp::ParsedResponse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(ParsedResponse::Signed(response)) = ParsedResponse::parse(bytes) {
        let _ = (response.claims().clone(), response.certificates().count());
    }
});
