//! `uketsuke`: see `uketsuke --help`.

use std::process::ExitCode;

/// Requests end on other threads than they began on, for which the system's allocator takes locks.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    uketsuke::cli::run()
}
