//! `uketsuke`: see `uketsuke --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    uketsuke::run()
}
