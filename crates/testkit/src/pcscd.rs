//! A stock `pcscd` of a test's own, with one virtual reader, and cards that come and go in it.
//!
//! The daemon lives in a mount namespace (its socket's path is compiled in) and in a network namespace (vpcd's port is), so
//! any number of tests run side by side, and none ever reaches a real reader: the folder of drivers is empty in there.

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

/// How a card gets behind the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReaderKind {
    /// By our own driver.
    Own,
    /// By vsmartcard's vpcd.
    Vpcd,
}

/// The two ways.
impl ReaderKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Own, Self::Vpcd];
}

/// The daemon. It ends with this value, and with the test's process however that ends.
pub struct Pcscd {
    kind: ReaderKind,
    /// The shell that holds the namespaces and the daemon in them.
    namespace_process: Child,
    control: Mutex<ControlPipes>,
    data: PathBuf,
    folder: TempDir,
}

/// How the keeper is spoken to: a line starts the daemon anew, the end ends it; it says a line for each start.
struct ControlPipes {
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

/// A card that lies in the reader, in a process of its own.
pub struct InsertedCard<'a> {
    pcscd: &'a Pcscd,
    process: Option<Child>,
}

/// How long anything may take on a machine that does much else. No test is about this time.
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
    pub fn start(way: ReaderKind) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        Self::start_in(way, folder, data)
    }

    /// Starts a daemon with one empty reader for the cards of a demo whose data folder this is.
    pub fn start_with_data(way: ReaderKind, data: PathBuf) -> Self {
        Self::start_in(way, tempfile::tempdir().expect("a folder"), data)
    }

    fn start_in(way: ReaderKind, folder: TempDir, data: PathBuf) -> Self {
        let path = |name: &str| folder.path().join(name);
        for name in ["run", "readers"] {
            fs::create_dir(path(name)).expect("a folder");
        }
        match way {
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
        let mut keeper = unshare.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("unshare is installed");
        let words = ControlPipes {
            input: keeper.stdin.take(),
            output: BufReader::new(keeper.stdout.take().expect("it is piped")),
        };
        let pcscd = Self { kind: way, namespace_process: keeper, control: Mutex::new(words), data, folder };
        pcscd.wait_until_ready();
        pcscd
    }

    /// Ends the daemon and starts another with the same readers and the same socket.
    pub fn restart(&self) {
        let mut words = self.control.lock().expect("no panic while locked");
        words.input.as_mut().expect("it is not ended").write_all(b"again\n").expect("the keeper lives");
        drop(words);
        self.wait_until_ready();
    }

    fn wait_until_ready(&self) {
        let mut line = String::new();
        let said = self.control.lock().expect("no panic while locked").output.read_line(&mut line);
        assert_eq!(
            (said.expect("the keeper lives"), line.as_str()),
            (9, "launched\n"),
            "it cannot make its namespaces"
        );
        let socket = self.socket();
        wait_until("pcscd answers", || UnixStream::connect(&socket).is_ok());
    }

    /// Where its clients find it.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("run/pcscd.comm")
    }

    /// The variable that leads any client of libpcsclite to this daemon.
    pub fn environment(&self) -> (&'static str, PathBuf) {
        ("PCSCLITE_CSOCK_NAME", self.socket())
    }

    /// A program that reads cards in this daemon's readers.
    pub fn client_command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut client = Command::new(program);
        let (name, value) = self.environment();
        client.env(name, value).current_dir(self.folder.path());
        client
    }

    /// Our own client, which is built with the tests.
    pub fn card_client_command(&self, arguments: &[&str]) -> Command {
        let mut client = self.client_command(program_path("testkit-card-client"));
        client.args(arguments);
        client
    }

    /// A folder for a test's files, which is where clients run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder, as `--data` names it.
    pub fn data(&self) -> PathBuf {
        self.data.clone()
    }

    /// Lays a card in and waits until the daemon has noticed.
    pub fn insert(&self, card: &CardData) -> InsertedCard<'_> {
        let file = self.folder.path().join("card.json");
        fs::write(&file, serde_json::to_vec(card).expect("a card is data")).expect("a file");
        self.insert_with_arguments([file.as_os_str()])
    }

    /// Lays a card in as `uketsuke card insert` with these arguments does, and waits until the daemon has noticed.
    pub fn insert_with_arguments<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> InsertedCard<'_> {
        let inserted = self.start_insertion(arguments);
        run_for_output(&mut self.card_client_command(&["wait", "present"]));
        inserted
    }

    /// The same without waiting.
    pub fn start_insertion<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> InsertedCard<'_> {
        let mut insert = self.uketsuke_command(&["card", "insert"]);
        insert.args(arguments).arg("--data").arg(self.data());
        if self.kind == ReaderKind::Vpcd {
            insert.args(["--reader", "vpcd"]);
        }
        insert.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        InsertedCard { pcscd: self, process: Some(insert.spawn().expect("the program runs")) }
    }

    /// Waits until the daemon has noticed that no card is there.
    pub fn wait_until_empty(&self) {
        run_for_output(&mut self.card_client_command(&["wait", "absent"]));
    }

    /// The program, where it reaches this daemon's network.
    pub fn uketsuke_command(&self, arguments: &[&str]) -> Command {
        let own = program_path("testkit-uketsuke");
        let mut command = match self.kind {
            ReaderKind::Own => Command::new(own),
            ReaderKind::Vpcd => {
                let mut nsenter = Command::new("nsenter");
                nsenter.args(["--target", &self.namespace_process.id().to_string(), "--net"]);
                if !is_root() {
                    nsenter.args(["--user", "--preserve-credentials"]);
                }
                nsenter.arg("--").arg(own);
                nsenter
            }
        };
        command.args(arguments).current_dir(self.folder.path());
        command
    }

    /// What the daemon said.
    pub fn read_log(&self) -> String {
        fs::read_to_string(self.folder.path().join("pcscd.log")).unwrap_or_default()
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        if let Ok(words) = self.control.get_mut() {
            words.input = None;
        }
        // It ends by itself where its words have ended.
        let _ = self.namespace_process.wait();
    }
}

impl InsertedCard<'_> {
    /// Has `uketsuke card remove` take the card out, and waits until the daemon has noticed.
    pub fn remove(mut self) {
        let mut remove = self.pcscd.uketsuke_command(&["card", "remove", "--data"]);
        remove.arg(self.pcscd.data());
        if self.pcscd.kind == ReaderKind::Vpcd {
            remove.args(["--reader", "vpcd"]);
        }
        run_for_output(&mut remove);
        let process = self.process.take().expect("a card is removed once");
        let ended = process.wait_with_output().expect("a process ends");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        self.pcscd.wait_until_empty();
    }

    /// Waits until the card is out by itself; what its process said.
    pub fn wait_until_removed(mut self) -> Output {
        self.process.take().expect("a card is waited for once").wait_with_output().expect("a process ends")
    }

    /// The process that the card is.
    pub fn process(&mut self) -> &mut Child {
        self.process.as_mut().expect("a card that lies there has a process")
    }
}

impl Drop for InsertedCard<'_> {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have gone by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

/// Runs a program to its end, which must be a good one; what it said on its standard output.
pub fn run_for_output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Waits until something is so that no event tells.
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < WAIT_TIMEOUT, "in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
