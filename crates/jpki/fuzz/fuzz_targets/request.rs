//! Any bytes as a question, by POST and by address: what is read reads the same after it was written.
#![no_main]

use jpki::ocsp::Request;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = Request::parse(bytes) {
        let again = Request::parse(&request.encode().expect("what was read is written")).expect("and read");
        assert_eq!(again, request);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Request::parse_path(text);
    }
});
