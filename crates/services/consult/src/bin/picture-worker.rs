//! The image worker as a program of its own, for installations that want it apart from the service and for tests.
//! The service itself runs the same worker as `uketsuke picture-worker`.

use std::process::ExitCode;

fn main() -> ExitCode {
    consult::run_image_worker()
}
