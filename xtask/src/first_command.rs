//! What the README tells a newcomer to type, done: the command is read from README.md, so that the page stays true.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{self, Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{
    StepError, compile, describe,
    test::{self, Job},
    workspace_root,
};

/// How long the program may take to make its data on an empty folder, and to end.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A command of the README: `cargo run -- demo`.
#[derive(Debug, PartialEq, Eq)]
struct FirstCommand {
    /// What cargo builds with, such as `--release`.
    build: Vec<String>,
    /// What the program is started with: `demo`.
    program: Vec<String>,
}

impl FirstCommand {
    fn read() -> Result<Self, StepError> {
        let path = workspace_root().join("README.md");
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(&text)
            .ok_or_else(|| "README.md does not begin with `$ cargo run … -- …` in a console block".to_owned())
    }

    /// The first line of the first console block.
    fn parse(readme: &str) -> Option<Self> {
        let (_, block) = readme.split_once("```console\n")?;
        let line = block.lines().next()?.strip_prefix("$ cargo run")?;
        let (build, program) = line.split_once(" -- ")?;
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        Some(Self { build: words(build), program: words(program) })
    }
}

/// Builds and starts what the README says, as it says it.
pub(crate) fn build_and_run() -> Result<(), StepError> {
    let command = FirstCommand::read()?;
    let built = compile::build_program(&command.build)?;
    run(&command, &built)
}

/// Starts a program that was built otherwise as the README says.
pub(crate) fn run_program(program: &Path) -> Result<(), StepError> {
    let program = path::absolute(program).map_err(|error| format!("{}: {error}", program.display()))?;
    run(&FirstCommand::read()?, &program)
}

/// A job that does so, in a process of its own.
pub(crate) fn job(program: &Path) -> Job {
    // The build has replaced the file of the running program, but put this program's beside the other.
    let mut command = Command::new(program.with_file_name(format!("xtask{}", env::consts::EXE_SUFFIX)));
    command.arg("first-command").arg(program);
    Job { name: "first-command".to_owned(), commands: vec![command], counts: false }
}

/// Starts the program in an empty folder, on a free port, waits until its home answers, and stops it as a terminal or systemd does.
fn run(command: &FirstCommand, program: &Path) -> Result<(), StepError> {
    let folder = env::temp_dir().join(format!("uketsuke-first-command-{}", std::process::id()));
    fs::create_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let outcome = run_in(&folder, command, program);
    let removed = fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()));
    outcome.and(removed)
}

fn run_in(folder: &Path, command: &FirstCommand, program: &Path) -> Result<(), StepError> {
    let mut start = Command::new(program);
    // The README's port may be in use here.
    start.args(&command.program).args(["--port", "0", "--json"]).current_dir(folder).stdout(Stdio::piped());
    let line = describe(&start);
    eprintln!("xtask: {line}");
    let mut running = Running(start.spawn().map_err(|error| format!("{line}: {error}"))?);
    let ready = running.read_line().ok_or_else(|| format!("{line}: not ready within {} s", TIMEOUT.as_secs()))?;
    let addresses: Value = serde_json::from_str(&ready).map_err(|error| format!("{line}: {ready}: {error}"))?;
    let home = addresses["home"].as_str().ok_or_else(|| format!("{line}: no address of a home in {ready}"))?;
    let answer = fetch(home).map_err(|error| format!("{home}: {error}"))?;
    if !answer.starts_with("HTTP/1.1 200 ") {
        return Err(format!("{home} answers: {}", answer.lines().next().unwrap_or_default()));
    }
    let code = running.terminate()?;
    if code != Some(0) {
        return Err(format!("{line}: after SIGTERM it ended with {code:?}, not with 0"));
    }
    let data: PathBuf = folder.join("uketsuke-data");
    if data.is_dir() {
        Ok(())
    } else {
        Err(format!("{line}: it left no folder uketsuke-data, of which the README tells"))
    }
}

/// The answer to a GET, whole.
fn fetch(url: &str) -> std::io::Result<String> {
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    write!(stream, "GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// A process that is killed where nobody waited for its end.
struct Running(Child);

impl Running {
    /// The first line that it prints, if it does in time.
    fn read_line(&mut self) -> Option<String> {
        let output = self.0.stdout.take()?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let mut reader = BufReader::new(output);
            // The receiver is gone if the time has passed.
            let _sent = reader.read_line(&mut line).map(|_| sender.send(line));
            // What it prints later is read, so that it never waits for a reader.
            let _read = std::io::copy(&mut reader, &mut std::io::sink());
        });
        receiver.recv_timeout(TIMEOUT).ok().filter(|line| !line.is_empty())
    }

    /// The exit code after SIGTERM; an error where it does not end in time.
    fn terminate(&mut self) -> Result<Option<i32>, StepError> {
        match test::terminate(&mut self.0, TIMEOUT) {
            Ok(Some(status)) => Ok(status.code()),
            Ok(None) => Err(format!("it did not end within {} s of SIGTERM", TIMEOUT.as_secs())),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) && (self.0.kill().is_err() || self.0.wait().is_err()) {
            eprintln!("xtask: process {} was left behind", self.0.id());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_command;

    #[test]
    fn the_command_is_read_from_the_first_block() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let readme =
            "# x\n\n```console\n$ cargo run --release -- demo --json\n```\n\n```console\n$ cargo xtask ci\n```\n";
        let expected = FirstCommand { build: words(&["--release"]), program: words(&["demo", "--json"]) };
        assert_eq!(FirstCommand::parse(readme), Some(expected));
        for other in
            ["", "```console\n$ make\n```", "```console\n$ cargo run\n```", "```toml\n$ cargo run -- demo\n```"]
        {
            assert_eq!(FirstCommand::parse(other), None, "{other}");
        }
        assert!(FirstCommand::read().is_ok_and(|command| command.program == ["demo"]));
    }

    #[test]
    fn a_program_that_does_not_answer_fails() {
        let command = FirstCommand { build: Vec::new(), program: Vec::new() };
        let failure = |script: &str| {
            let folder = env::temp_dir().join(format!("uketsuke-first-{}-{}", std::process::id(), script.len()));
            fs::create_dir(&folder).unwrap();
            let program = folder.join("program");
            fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
            run_command(Command::new("chmod").arg("+x").arg(&program)).unwrap();
            let failure = run_in(&folder, &command, &program).unwrap_err();
            fs::remove_dir_all(&folder).unwrap();
            failure
        };
        for (script, expected) in [
            ("exit 1", "not ready"),
            ("echo ready", "ready"),
            ("echo '{}'", "no address of a home"),
            // Port 1 of this machine: nobody listens.
            (r#"echo '{"home":"http://127.0.0.1:1"}'; exec sleep 60"#, "http://127.0.0.1:1: "),
        ] {
            let failure = failure(script);
            assert!(failure.contains(expected), "{script}: {failure}");
        }
    }
}
