//! The program `uketsuke`, built with the tests that run it: its picture worker, its cards.

use std::process::ExitCode;

fn main() -> ExitCode {
    uketsuke::run()
}
