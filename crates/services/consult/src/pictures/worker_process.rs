//! The worker process: reads one picture, writes one response, under limits of the operating system.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use rustix::process::{Resource, Rlimit, setrlimit};

use super::{normalise::normalise_image, wire};

/// The limit of the address space, in bytes: a decoded picture of 60 million pixels is in memory three times while it is
/// rotated.
const MAX_MEMORY_BYTES: u64 = 1536 * 1024 * 1024;
/// The limit of processor time, in seconds.
const MAX_CPU_SECONDS: u64 = 20;
/// The limit of open files: the three standard streams.
const MAX_OPEN_FILES: u64 = 3;

/// Reads one picture from standard input, writes the response to standard output, and ends.
///
/// The program calls this in a process of its own (`uketsuke picture-worker`). It sets limits on memory, time and
/// files before it reads a byte, and ends with code 2 if it cannot.
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
    let result = normalise_image(&picture);
    let mut stdout = io::stdout().lock();
    wire::write_response(&mut stdout, &result)?;
    stdout.flush()
}

/// If memory runs out, the kernel ends this process first (proc(5), `oom_score_adj`): a picture can be sent again.
fn raise_oom_score() {
    // If this fails, the limit on memory still applies.
    let _ignored = std::fs::write("/proc/self/oom_score_adj", "1000");
}

fn set_resource_limits() -> rustix::io::Result<()> {
    let limit = |number| Rlimit { current: Some(number), maximum: Some(number) };
    // On other systems the limit counts differently.
    if cfg!(target_os = "linux") {
        setrlimit(Resource::As, limit(MAX_MEMORY_BYTES))?;
    }
    setrlimit(Resource::Cpu, limit(MAX_CPU_SECONDS))?;
    setrlimit(Resource::Nofile, limit(MAX_OPEN_FILES))?;
    setrlimit(Resource::Fsize, limit(0))?;
    setrlimit(Resource::Core, limit(0))
}
