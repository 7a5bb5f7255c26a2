//! A stock `pcscd` for one test, with one virtual reader, and cards that are inserted and removed.
//!
//! The daemon runs in a mount namespace (the path of its socket is compiled in) and in a network namespace (so is vpcd's
//! port), so that tests run in parallel, and none reaches a real reader: the folder of drivers is empty in the namespace.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use card::CardData;
use tempfile::TempDir;

use crate::program_path;

/// The driver between the daemon and the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderKind {
    /// The driver of crate `ifd`.
    Own,
    /// The driver vpcd of vsmartcard.
    Vpcd,
}

impl ReaderKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Own, Self::Vpcd];
}

/// The daemon. It is stopped when this value is dropped, and when the test's process ends in any way.
pub struct Pcscd {
    kind: ReaderKind,
    /// The shell that owns the namespaces and runs the daemon in them.
    namespace_process: Child,
    control: Mutex<ControlPipes>,
    data: PathBuf,
    folder: TempDir,
}

/// The pipes of the shell: a line of input restarts the daemon, the end of input stops it; it prints a line for each start.
struct ControlPipes {
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// A card in the reader, as a separate process.
pub struct InsertedCard<'a> {
    pcscd: &'a Pcscd,
    process: Option<Child>,
}

/// The time limit of every wait, for a busy machine. No test depends on it.
const WAIT_TIMEOUT: Duration = Duration::from_mins(2);

/// vpcd's driver, as Debian installs it.
const VPCD_DRIVER: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

const SCRIPT: &str = r#"
set -e
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
mount --bind "$1/run" /run/pcscd
mount -t tmpfs tmpfs /usr/lib/pcsc/drivers
ip link set lo up
launch() { pcscd --foreground --info --config "$1/readers" < /dev/null >> "$1/pcscd.log" 2>&1 & echo launched; }
launch "$1"
while read again; do kill $!; wait $! || true; launch "$1"; done
kill $!
wait $! || true
"#;

impl Pcscd {
    /// Starts a daemon with one empty reader.
    pub fn start(kind: ReaderKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        Self::start_in(kind, folder, data)
    }

    /// Starts a daemon with one empty reader for the cards of the demo with this data folder.
    pub fn start_with_data(kind: ReaderKind, data: PathBuf) -> Self {
        Self::start_in(kind, tempfile::tempdir().expect("a folder"), data)
    }

    fn start_in(kind: ReaderKind, folder: TempDir, data: PathBuf) -> Self {
        let path = |name: &str| folder.path().join(name);
        for name in ["run", "readers"] {
            fs::create_dir(path(name)).expect("a folder");
        }
        match kind {
            ReaderKind::Own => {
                let mut install = Command::new(program_path("testkit-uketsuke"));
                run_for_output(
                    install.args(["card", "reader", "install"]).arg(path("readers")).arg("--data").arg(&data),
                );
            }
            ReaderKind::Vpcd => {
                let driver = path("vpcd.so");
                fs::copy(VPCD_DRIVER, &driver).expect("vsmartcard-vpcd is installed");
                let text = format!(
                    "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH {}\nCHANNELID 0x8C7B\n",
                    driver.display()
                );
                fs::write(path("readers/vpcd"), text).expect("a file");
            }
        }
        let mut unshare = Command::new("unshare");
        if !is_root() {
            unshare.arg("--map-root-user");
        }
        unshare.args(["--mount", "--net", "sh", "-c", SCRIPT, "sh"]).arg(folder.path());
        let mut namespace_process =
            unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("unshare is installed");
        let pipes = ControlPipes {
            input: namespace_process.stdin.take(),
            output: BufReader::new(namespace_process.stdout.take().expect("it is piped")),
        };
        let pcscd = Self { kind, namespace_process, control: Mutex::new(pipes), data, folder };
        pcscd.wait_until_ready();
        pcscd
    }

    /// Restarts the daemon with the same readers and the same socket.
    pub fn restart(&self) {
        let mut pipes = self.control.lock().expect("no panic while locked");
        pipes.input.as_mut().expect("the input is open").write_all(b"again\n").expect("the shell runs");
        drop(pipes);
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        let mut line = String::new();
        let read = self.control.lock().expect("no panic while locked").output.read_line(&mut line);
        assert_eq!(
            (read.expect("the shell runs"), line.as_str()),
            (9, "launched\n"),
            "the namespaces cannot be created"
        );
        let socket = self.socket();
        wait_until("pcscd answers", || UnixStream::connect(&socket).is_ok());
    }

    /// The socket of the daemon.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// The environment variable that connects a client of libpcsclite to this daemon.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        ("PCSCLITE_CSOCK_NAME", self.socket())
    }

    /// A command for a program that uses this daemon's readers.
    pub fn client_command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut client = Command::new(program);
        let (name, value) = self.environment();
        client.env(name, value).current_dir(self.folder.path());
        client
    }

    /// A command for `testkit-card-client`, which is built with the tests.
    pub fn card_client_command(&self, arguments: &[&str]) -> Command {
        let mut client = self.client_command(program_path("testkit-card-client"));
        client.args(arguments);
        client
    }

    /// A folder for a test's files; the current folder of clients.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder for `--data`.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// Inserts a card and waits until the daemon reports it.
    pub fn insert(&self, card: &CardData) -> InsertedCard<'_> {
        let file = self.folder.path().join("card.json");
        fs::write(&file, serde_json::to_vec(card).expect("a card is data")).expect("a file");
        self.insert_with_arguments([file.as_os_str()])
    }

    /// Inserts a card by `uketsuke card insert` with these arguments, and waits until the daemon reports it.
    pub fn insert_with_arguments<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> InsertedCard<'_> {
        let inserted = self.start_insertion(arguments);
        run_for_output(&mut self.card_client_command(&["wait", "present"]));
        inserted
    }

    /// Inserts a card without waiting.
    pub fn start_insertion<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> InsertedCard<'_> {
        let mut insert = self.uketsuke_command(&["card", "insert"]);
        insert.args(arguments).arg("--data").arg(self.data());
        if self.kind == ReaderKind::Vpcd {
            insert.args(["--reader", "vpcd"]);
        }
        insert.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        InsertedCard { pcscd: self, process: Some(insert.spawn().expect("the program runs")) }
    }

    /// Waits until the daemon reports an empty reader.
    pub fn wait_until_empty(&self) {
        run_for_output(&mut self.card_client_command(&["wait", "absent"]));
    }

    /// A command for `uketsuke` in the network namespace of this daemon.
    pub fn uketsuke_command(&self, arguments: &[&str]) -> Command {
        let program = program_path("testkit-uketsuke");
        let mut command = match self.kind {
            ReaderKind::Own => Command::new(program),
            ReaderKind::Vpcd => {
                let mut nsenter = Command::new("nsenter");
                nsenter.args(["--target", &self.namespace_process.id().to_string(), "--net"]);
                if !is_root() {
                    nsenter.args(["--user", "--preserve-credentials"]);
                }
                nsenter.arg("--").arg(program);
                nsenter
            }
        };
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// The log of the daemon.
    pub fn read_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("pcscd.log")).unwrap_or_default()
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        if let Ok(pipes) = self.control.get_mut() {
            pipes.input = None;
        }
        // The shell ends when its input is closed.
        let _ = self.namespace_process.wait();
    }
}

impl InsertedCard<'_> {
    /// Removes the card by `uketsuke card remove`, and waits until the daemon reports it.
    pub fn remove(mut self) {
        let mut remove = self.pcscd.uketsuke_command(&["card", "remove", "--data"]);
        remove.arg(self.pcscd.data());
        if self.pcscd.kind == ReaderKind::Vpcd {
            remove.args(["--reader", "vpcd"]);
        }
        run_for_output(&mut remove);
        let process = self.process.take().expect("a card is removed once");
        let output = process.wait_with_output().expect("a process ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.pcscd.wait_until_empty();
    }

    /// Waits until the card's process ends by itself; its output.
    pub fn wait_until_removed(mut self) -> Output {
        self.process.take().expect("a card is waited for once").wait_with_output().expect("a process ends")
    }

    /// The process of the card.
    pub fn process(&mut self) -> &mut Child {
        self.process.as_mut().expect("an inserted card has a process")
    }
}

impl Drop for InsertedCard<'_> {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // The process may have ended already.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Runs a program, which must succeed, and returns its standard output.
pub fn run_for_output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Polls until a condition holds. Panics with `description` after the time limit.
#[expect(clippy::disallowed_methods, reason = "waits for another process, which tells nothing")]
pub fn wait_until(description: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < WAIT_TIMEOUT, "timed out: {description}");
        thread::sleep(Duration::from_millis(5));
    }
}
