//! The server as a separate process, and its processor time and memory.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use web::Origin;

use crate::Failure;

/// The command of the `uketsuke` program that this executable runs when it is started with it.
pub(crate) const SERVER_COMMAND: &str = "demo";

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// From its start to the line that it prints when it is ready.
    pub(crate) start_time: Duration,
    pub(crate) reception: Origin,
    pub(crate) interface: Origin,
}

/// The part of that line that the measurement needs.
#[derive(Deserialize)]
struct ServerAddresses {
    reception: Origin,
    interface: Origin,
}

impl Server {
    /// Starts the server on the data in `folder`, with the service that a file registers, or on a PostgreSQL server.
    pub(crate) fn start(folder: &Path, service: Option<&Path>, database: Option<&str>) -> Result<Self, Failure> {
        let start = Instant::now();
        let mut command = Command::new(std::env::current_exe()?);
        command.args([SERVER_COMMAND, "--json", "--port", "0", "--data"]).arg(folder);
        if let Some(service) = service {
            command.arg("--service").arg(service);
        }
        if let Some(database) = database {
            command.arg("--database").arg(database);
        }
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let start_time = start.elapsed();
        let addresses: ServerAddresses =
            serde_json::from_str(&line).map_err(|error| format!("the server did not start: {error}"))?;
        Ok(Self { child, start_time, reception: addresses.reception, interface: addresses.interface })
    }

    pub(crate) fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Sends SIGTERM and waits for the end of the process.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        kill_process(Pid::from_child(&self.child), Signal::TERM)?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // After `stop` the process has ended already and both calls fail; after an error it may still run.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Resident now, in bytes.
    pub(crate) resident: u64,
    /// The maximum of `resident` so far, in bytes.
    pub(crate) peak: u64,
}

/// The processor time of a process, of all its threads, in user and system mode, those that ended included.
pub(crate) fn processor_time(process: u32) -> Result<Duration, Failure> {
    let ticks = parse_processor_ticks(&fs::read_to_string(format!("/proc/{process}/stat"))?)
        .ok_or("/proc/PID/stat cannot be read")?;
    Ok(Duration::from_secs(ticks) / u32::try_from(rustix::param::clock_ticks_per_second())?)
}

/// The processor time of a process beyond `before`.
pub(crate) fn processor_time_since(process: u32, before: Duration) -> Result<Duration, Failure> {
    Ok(processor_time(process)?.saturating_sub(before))
}

/// proc_pid_stat(5): the second field is a name in parentheses, which may hold anything; utime and stime are 14 and 15.
fn parse_processor_ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

/// proc_pid_status(5)
pub(crate) fn process_memory(process: u32) -> Result<Memory, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let field = |name| parse_kibibytes(&status, name).map(|size| size * 1024).ok_or("/proc/PID/status cannot be read");
    Ok(Memory { resident: field("VmRSS:")?, peak: field("VmHWM:")? })
}

fn parse_kibibytes(status: &str, name: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processor_time_is_read_behind_any_name() {
        let stat = "4711 (a (b) c) S 1 2 3 0 -1 4194560 9 9 9 9 120 34 0 0 20 0 12 0";
        assert_eq!(parse_processor_ticks(stat), Some(154));
        assert_eq!(parse_processor_ticks("4711 (short) S 1"), None);
    }

    #[test]
    fn memory_is_read_by_its_name() {
        let status = "Name:\tbench\nVmHWM:\t  64000 kB\nVmRSS:\t  32000 kB\n";
        assert_eq!(parse_kibibytes(status, "VmRSS:"), Some(32_000));
        assert_eq!(parse_kibibytes(status, "VmSwap:"), None);
    }
}
