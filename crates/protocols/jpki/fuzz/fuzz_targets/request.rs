//! Arbitrary bytes as an OCSP request, by POST and by GET: a parsed request survives encoding and parsing.
#![no_main]

use jpki::ocsp::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = Request::parse(bytes) {
        let parsed = Request::parse(&request.encode().expect("a parsed request can be encoded")).expect("and parsed");
        assert_eq!(parsed, request);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Request::parse_path(text);
    }
});
