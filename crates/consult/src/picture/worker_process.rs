//! What runs in the worker process: one picture in, one answer out, and no way to do anything else for long.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{normalise::normalise_image, wire};

/// The most memory: a decoded picture of 60 million pixels is held three times while it is turned.
const MAX_MEMORY_BYTES: u64 = 1536 * 1024 * 1024;
/// The most time on a processor, in seconds.
const MAX_CPU_SECONDS: u64 = 20;
/// The most open files: the three that it is given.
const MAX_OPEN_FILES: u64 = 3;

/// Reads one picture from standard input, writes what became of it to standard output, and ends.
///
/// The program calls this in a process of its own (`uketsuke picture-worker`). It gives itself limits on memory, time and
/// files before it reads a byte, and stops if it cannot.
pub fn run_image_worker() -> ExitCode {
    raise_oom_score();
    if set_resource_limits().is_err() {
        return ExitCode::from(2);
    }
    match process_request() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn process_request() -> io::Result<()> {
    let picture = wire::read_request(&mut io::stdin().lock())?;
    let answer = normalise_image(&picture);
    let mut out = io::stdout().lock();
    wire::write_response(&mut out, &answer)?;
    out.flush()
}

/// Where memory runs out, this process is the one that ends (proc(5), `oom_score_adj`): a picture can be sent again.
fn raise_oom_score() {
    // Where it cannot be said, the limit on memory still holds.
    let _unsaid = std::fs::write("/proc/self/oom_score_adj", "1000");
}

fn set_resource_limits() -> rustix::io::Result<()> {
    let most = |number| Rlimit { current: Some(number), maximum: Some(number) };
    // Address space is counted in this way on Linux alone.
    if cfg!(target_os = "linux") {
        setrlimit(Resource::As, most(MAX_MEMORY_BYTES))?;
    }
    setrlimit(Resource::Cpu, most(MAX_CPU_SECONDS))?;
    setrlimit(Resource::Nofile, most(MAX_OPEN_FILES))?;
    setrlimit(Resource::Fsize, most(0))?;
    setrlimit(Resource::Core, most(0))
}
