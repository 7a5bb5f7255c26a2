//! A stock `pcscd` of a test's own, with one virtual reader, and cards that come and go in it.
//!
//! The daemon lives in a mount namespace (its socket's path is compiled in) and in a network namespace (vpcd's port is), so
//! any number of tests run side by side, and none ever reaches a real reader: the folder of drivers is empty in there.

use std::{
    ffi::OsStr,
    fs,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use card::CardData;
use tempfile::TempDir;

use crate::program;

/// How a card gets behind the daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By our own driver.
    Own,
    /// By vsmartcard's vpcd.
    Vpcd,
}

/// The two ways.
impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Own, Self::Vpcd];
}

/// The daemon. It ends with this value.
pub struct Pcscd {
    way: Way,
    daemon: Child,
    folder: TempDir,
}

/// A card that lies in the reader, in a process of its own.
pub struct Inserted<'a> {
    pcscd: &'a Pcscd,
    process: Option<Child>,
}

/// How long anything may take on a machine that does much else. No test is about this time.
const PATIENCE: Duration = Duration::from_secs(120);

/// vpcd's driver, as Debian installs it.
const VPCD: &str = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";

const SCRIPT: &str = r#"
set -e
mount -t tmpfs tmpfs /run
mkdir /run/pcscd
mount --bind "$1/run" /run/pcscd
mount -t tmpfs tmpfs /usr/lib/pcsc/drivers
ip link set lo up
exec pcscd --foreground --info --config "$1/readers"
"#;

impl Pcscd {
    /// Starts a daemon with one empty reader.
    pub fn start(way: Way) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name: &str| folder.path().join(name);
        for name in ["run", "readers", "data", "cards"] {
            fs::create_dir(path(name)).expect("a folder");
        }
        match way {
            Way::Own => {
                let mut install = Command::new(program("testkit-uketsuke"));
                install.args(["card", "reader", "install"]).arg(path("readers")).arg("--data").arg(path("data"));
                said(&mut install);
            }
            Way::Vpcd => {
                fs::copy(VPCD, path("vpcd.so")).expect("vsmartcard-vpcd is installed");
                let driver = path("vpcd.so");
                let text = format!(
                    "FRIENDLYNAME \"Virtual PCD\"\nDEVICENAME /dev/null:0x8C7B\nLIBPATH {}\nCHANNELID 0x8C7B\n",
                    driver.display()
                );
                fs::write(path("readers/vpcd"), text).expect("a file");
            }
        }
        let daemon = launch(folder.path());
        let mut pcscd = Self { way, daemon, folder };
        pcscd.wait_until_it_answers();
        pcscd
    }

    /// Ends the daemon and starts another with the same readers and the same socket.
    pub fn restart(&mut self) {
        self.end();
        self.daemon = launch(self.folder.path());
        self.wait_until_it_answers();
    }

    fn wait_until_it_answers(&mut self) {
        let socket = self.socket();
        until("pcscd answers", || {
            assert_eq!(self.daemon.try_wait().expect("a process"), None, "pcscd: {}", self.log());
            UnixStream::connect(&socket).is_ok()
        });
    }

    fn end(&mut self) {
        // It may have gone by itself.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
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
    pub fn client(&self, program: impl AsRef<OsStr>) -> Command {
        let mut client = Command::new(program);
        let (name, value) = self.environment();
        client.env(name, value).current_dir(self.folder.path());
        client
    }

    /// Our own client, which is built with the tests.
    pub fn own_client(&self, arguments: &[&str]) -> Command {
        let mut client = self.client(program("testkit-card-client"));
        client.args(arguments);
        client
    }

    /// A folder for a test's files, which is where clients run.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The data folder, as `--data` names it.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Lays a card in and waits until the daemon has noticed.
    pub fn insert(&self, card: &CardData) -> Inserted<'_> {
        let file = self.folder.path().join("cards/card.json");
        fs::write(&file, serde_json::to_vec(card).expect("a card is data")).expect("a file");
        self.insert_with([file.as_os_str()])
    }

    /// Lays a card in as `uketsuke card insert` with these arguments does, and waits until the daemon has noticed.
    pub fn insert_with<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Inserted<'_> {
        let inserted = self.inserting(arguments);
        said(&mut self.own_client(&["wait", "present"]));
        inserted
    }

    /// The same without waiting.
    pub fn inserting<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Inserted<'_> {
        let mut insert = self.uketsuke(&["card", "insert"]);
        insert.args(arguments).arg("--data").arg(self.data());
        if self.way == Way::Vpcd {
            insert.args(["--reader", "vpcd"]);
        }
        insert.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Inserted { pcscd: self, process: Some(insert.spawn().expect("the program runs")) }
    }

    /// Waits until the daemon has noticed that no card is there.
    pub fn wait_until_empty(&self) {
        said(&mut self.own_client(&["wait", "absent"]));
    }

    /// The program, where it reaches this daemon's network.
    pub fn uketsuke(&self, arguments: &[&str]) -> Command {
        let own = program("testkit-uketsuke");
        let mut command = match self.way {
            Way::Own => Command::new(own),
            Way::Vpcd => {
                let mut nsenter = Command::new("nsenter");
                nsenter.args(["--target", &self.daemon.id().to_string(), "--net"]);
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
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("pcscd.log")).unwrap_or_default()
    }
}

impl Drop for Pcscd {
    fn drop(&mut self) {
        self.end();
    }
}

impl Inserted<'_> {
    /// Has `uketsuke card remove` take the card out, and waits until the daemon has noticed.
    pub fn remove(mut self) {
        let mut remove = self.pcscd.uketsuke(&["card", "remove", "--data"]);
        remove.arg(self.pcscd.data());
        if self.pcscd.way == Way::Vpcd {
            remove.args(["--reader", "vpcd"]);
        }
        said(&mut remove);
        let process = self.process.take().expect("a card is removed once");
        let ended = process.wait_with_output().expect("a process ends");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
        self.pcscd.wait_until_empty();
    }

    /// Waits until the card is out by itself; what its process said.
    pub fn wait(mut self) -> Output {
        self.process.take().expect("a card is waited for once").wait_with_output().expect("a process ends")
    }

    /// The process that the card is.
    pub fn process(&mut self) -> &mut Child {
        self.process.as_mut().expect("a card that lies there has a process")
    }
}

impl Drop for Inserted<'_> {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may have gone by itself.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn launch(folder: &Path) -> Child {
    let mut unshare = Command::new("unshare");
    if !is_root() {
        unshare.arg("--map-root-user");
    }
    unshare.args(["--mount", "--net", "sh", "-c", SCRIPT, "sh"]).arg(folder);
    let log = fs::File::create(folder.join("pcscd.log")).expect("a file");
    unshare.stdin(Stdio::null()).stderr(log.try_clone().expect("a file")).stdout(log);
    unshare.spawn().expect("unshare is installed")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

/// Runs a program to its end, which must be a good one; what it said on its standard output.
pub(crate) fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out.into_owned()
}

/// Waits until something is so that no event tells.
fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < PATIENCE, "in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
