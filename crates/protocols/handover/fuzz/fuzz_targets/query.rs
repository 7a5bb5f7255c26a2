//! Runs a check of `fuzz/src/lib.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| handover_fuzz::query(bytes));
