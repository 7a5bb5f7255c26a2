//! The picture worker as a program of its own, for who wants it apart from the service and for tests of the process.
//! The service itself runs the same worker as `uketsuke picture-worker`.

use std::process::ExitCode;

fn main() -> ExitCode {
    consult::run_image_worker()
}
