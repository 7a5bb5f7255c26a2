//! Runs a check of `fuzz/src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| consult_fuzz::mail_address(bytes));
