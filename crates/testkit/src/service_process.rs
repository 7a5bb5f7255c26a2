use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Seek, SeekFrom, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::{Mutex, PoisonError},
};

use base::{InstitutionCode, Timestamp};
use base64::{Engine, engine::general_purpose::STANDARD};
use shell::Origin;
use tempfile::TempDir;

use crate::wait_until;

/// The settings that operators are shown.
const SETTINGS: &str = include_str!("../../../docs/guide/operate/service.toml");
const INSTITUTIONS: &str = include_str!("../../../docs/guide/operate/institutions.toml");

const NOTICES: [(&str, &str); 6] = [
    ("privacy.md", include_str!("../../../docs/guide/operate/notices/privacy.md")),
    ("privacy.en.md", include_str!("../../../docs/guide/operate/notices/privacy.en.md")),
    ("terms.md", include_str!("../../../docs/guide/operate/notices/terms.md")),
    ("terms.en.md", include_str!("../../../docs/guide/operate/notices/terms.en.md")),
    ("legal.md", include_str!("../../../docs/guide/operate/notices/legal.md")),
    ("legal.en.md", include_str!("../../../docs/guide/operate/notices/legal.en.md")),
];

/// The address and the reception that stand in them.
const ADDRESS: &str = "http://clinics.localhost:8420";
const LISTEN: &str = "127.0.0.1:8420";
const RECEPTION: &str = "http://reception.localhost:8400";

/// `uketsuke serve`: オンライン診療 in a process and a folder of its own, set up as the guide says.
pub struct ServiceProcess {
    folder: TempDir,
    address: Origin,
    process: Mutex<Option<Child>>,
}

impl ServiceProcess {
    /// Set up with the guide's examples, on a free port, and not yet running.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Whoever takes the port meanwhile makes the start fail, and says so.
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let address = format!("http://clinics.localhost:{}", free.port());
        let settings = SETTINGS.replace(ADDRESS, &address).replace(LISTEN, &free.to_string());
        fs::write(folder.path().join("service.toml"), settings).expect("a file");
        fs::write(folder.path().join("institutions.toml"), INSTITUTIONS).expect("a file");
        fs::create_dir(folder.path().join("notices")).expect("a folder");
        for (name, text) in NOTICES {
            fs::write(folder.path().join("notices").join(name), text).expect("a file");
        }
        Self { folder, address: address.parse().expect("an origin"), process: Mutex::default() }
    }

    /// Where patients find it.
    pub fn address(&self) -> &Origin {
        &self.address
    }

    /// A file of its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of its folder anew.
    pub fn edit_file(&self, name: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(name)).expect("it is there");
        fs::write(self.path(name), change(text)).expect("a file");
    }

    /// A file that registers it at a reception, as `--registration` prints it.
    pub fn registration_file(&self) -> PathBuf {
        let printed = self.command(&["serve", "--registration"]).output().expect("the program runs");
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        fs::write(self.path("registration.json"), printed.stdout).expect("a file");
        self.path("registration.json")
    }

    /// Has it hand over to this reception.
    pub fn set_reception(&self, reception: &Origin) {
        for name in ["service.toml", "institutions.toml"] {
            self.edit_file(name, |text| text.replace(RECEPTION, reception.as_str()));
        }
    }

    /// The program in its folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(crate::program_path("testkit-uketsuke"));
        program.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        program
    }

    /// Gives the desk of an institution an account.
    pub fn add_desk(&self, mail: &str, institution: InstitutionCode, password: &str) -> Output {
        let institution = institution.to_string();
        let mut adding = self.command(&["desk", "add", mail, "--institution", &institution, "--name", "受付 見本"]);
        let mut adding = adding
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let typed = adding.stdin.take().expect("it is piped").write_all(format!("{password}\n").as_bytes());
        typed.expect("it is read");
        adding.wait_with_output().expect("it ends")
    }

    /// Starts it, on a clock that begins at `now`, and waits until it answers.
    pub fn start(&self, now: Timestamp) {
        let mut starting = self.command(&["serve", "--json", "--clock", &now.to_string()]);
        let mut child = starting.stdout(Stdio::piped()).spawn().expect("the program runs");
        let mut line = String::new();
        let told = child.stdout.take().expect("it is piped");
        BufReader::new(told).read_line(&mut line).expect("it prints a line");
        assert!(line.contains(self.address.as_str()), "{line}");
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    }

    /// Stops it as an operator does, and tells how it ended.
    pub fn stop(&self) -> Option<i32> {
        let mut child = self.process.lock().unwrap_or_else(PoisonError::into_inner).take().expect("it runs");
        let told = Command::new("kill").arg(child.id().to_string()).status().expect("kill is there");
        assert!(told.success());
        child.wait().expect("it ends").code()
    }

    /// Everything that is in its memory now, piece by piece.
    pub fn read_memory(&self) -> Vec<Vec<u8>> {
        let running = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let process = Path::new("/proc").join(running.as_ref().expect("it runs").id().to_string());
        let mut memory = File::open(process.join("mem")).expect("the memory of a child");
        let pieces = fs::read_to_string(process.join("maps")).expect("where it lies");
        let mut read = |piece: &str| {
            let mut words = piece.split_whitespace();
            let (from, to) = words.next()?.split_once('-')?;
            let (from, to) = (u64::from_str_radix(from, 16).ok()?, u64::from_str_radix(to, 16).ok()?);
            // What nothing was ever written to came from a file.
            words.next().filter(|rights| rights.starts_with("rw"))?;
            let mut bytes = vec![0; usize::try_from(to - from).ok()?];
            memory.seek(SeekFrom::Start(from)).ok()?;
            memory.read_exact(&mut bytes).ok()?;
            Some(bytes)
        };
        pieces.lines().filter_map(&mut read).collect()
    }

    /// The last letter to an address, once it has left.
    pub fn wait_for_letter(&self, to: &str) -> String {
        let folder = self.path("letters");
        let mut found = None;
        wait_until(&format!("a letter to {to}"), || {
            found = find_last_letter(&folder, to);
            found.is_some()
        });
        found.unwrap_or_default()
    }
}

impl Default for ServiceProcess {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for ServiceProcess {
    fn drop(&mut self) {
        if let Some(child) = self.process.get_mut().unwrap_or_else(PoisonError::into_inner) {
            // A failed test leaves it running.
            let _ = child.kill();
        }
    }
}

/// What the newest letter says.
fn find_last_letter(folder: &Path, to: &str) -> Option<String> {
    let files = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let letters = files.filter_map(|file| {
        let written = file.metadata().ok()?.modified().ok()?;
        let letter = fs::read_to_string(file.path()).ok()?;
        let (head, body) = letter.split_once("\r\n\r\n")?;
        // Japanese goes as Base64 (RFC 2045 §6.8). A file may be there before it is whole.
        let is_hers = head.contains(&format!("To: {to}\r\n")) && head.contains("Content-Transfer-Encoding: base64");
        let body = STANDARD.decode(body.replace("\r\n", "")).ok().filter(|_| is_hers)?;
        Some((written, String::from_utf8(body).ok()?))
    });
    letters.filter(|(_, body)| !body.is_empty()).max_by_key(|(written, _)| *written).map(|(_, body)| body)
}
