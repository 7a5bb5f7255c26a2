//! Turns pictures for the service of a test's world, as `uketsuke picture-worker` does for the program's.

use std::process::ExitCode;

fn main() -> ExitCode {
    consult::picture_worker()
}
