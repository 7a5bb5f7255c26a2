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
use tempfile::TempDir;
use web::Origin;

use crate::wait_until;

/// The example settings of the guide for operators.
const SETTINGS: &str = include_str!("../../../../docs/guide/operate/service.toml");
const INSTITUTIONS: &str = include_str!("../../../../docs/guide/operate/institutions.toml");

const NOTICES: [(&str, &str); 6] = [
    ("privacy.md", include_str!("../../../../docs/guide/operate/notices/privacy.md")),
    ("privacy.en.md", include_str!("../../../../docs/guide/operate/notices/privacy.en.md")),
    ("terms.md", include_str!("../../../../docs/guide/operate/notices/terms.md")),
    ("terms.en.md", include_str!("../../../../docs/guide/operate/notices/terms.en.md")),
    ("legal.md", include_str!("../../../../docs/guide/operate/notices/legal.md")),
    ("legal.en.md", include_str!("../../../../docs/guide/operate/notices/legal.en.md")),
];

/// The addresses in those settings.
const ADDRESS: &str = "http://clinics.localhost:8420";
const LISTEN: &str = "127.0.0.1:8420";
const RECEPTION: &str = "http://reception.localhost:8400";

/// `uketsuke serve`: the online-consultation service as a separate process in its own folder, set up as the guide says.
pub struct ServiceProcess {
    folder: TempDir,
    address: Origin,
    process: Mutex<Option<Child>>,
}

impl ServiceProcess {
    /// Sets up the service with the guide's examples, on a free port, without starting it.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // If another process takes the port meanwhile, the start fails with an error.
        let free_address =
            TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
        let address = format!("http://clinics.localhost:{}", free_address.port());
        let settings = SETTINGS.replace(ADDRESS, &address).replace(LISTEN, &free_address.to_string());
        fs::write(folder.path().join("service.toml"), settings).expect("a file");
        fs::write(folder.path().join("institutions.toml"), INSTITUTIONS).expect("a file");
        fs::create_dir(folder.path().join("notices")).expect("a folder");
        for (name, text) in NOTICES {
            fs::write(folder.path().join("notices").join(name), text).expect("a file");
        }
        Self { folder, address: address.parse().expect("an origin"), process: Mutex::default() }
    }

    /// The address of the service for patients.
    pub fn address(&self) -> &Origin {
        &self.address
    }

    /// The path of a file in the service's folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Rewrites a file in the service's folder.
    pub fn edit_file(&self, name: &str, change: impl FnOnce(String) -> String) {
        let text = fs::read_to_string(self.path(name)).expect("it is there");
        fs::write(self.path(name), change(text)).expect("a file");
    }

    /// Writes the file that registers the service at a reception, as `--registration` prints it.
    pub fn registration_file(&self) -> PathBuf {
        let output = self.command(&["serve", "--registration"]).output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        fs::write(self.path("registration.json"), output.stdout).expect("a file");
        self.path("registration.json")
    }

    /// Configures the reception for hand-over.
    pub fn set_reception(&self, reception: &Origin) {
        for name in ["service.toml", "institutions.toml"] {
            self.edit_file(name, |text| text.replace(RECEPTION, reception.as_str()));
        }
    }

    /// A command for `uketsuke` in the service's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(crate::program_path("testkit-uketsuke"));
        program.args(arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        program
    }

    /// Adds an account for the desk of an institution.
    pub fn add_desk(&self, mail: &str, institution: InstitutionCode, password: &str) -> Output {
        let institution = institution.to_string();
        let mut command = self.command(&["desk", "add", mail, "--institution", &institution, "--name", "受付 見本"]);
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let written = process.stdin.take().expect("it is piped").write_all(format!("{password}\n").as_bytes());
        written.expect("it is read");
        process.wait_with_output().expect("it ends")
    }

    /// Starts the service on a clock that begins at `now`, and waits until it is ready.
    pub fn start(&self, now: Timestamp) {
        let mut command = self.command(&["serve", "--json", "--clock", &now.to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("the program runs");
        let mut line = String::new();
        let output = child.stdout.take().expect("it is piped");
        BufReader::new(output).read_line(&mut line).expect("it prints a line");
        assert!(line.contains(self.address.as_str()), "{line}");
        *self.process.lock().unwrap_or_else(PoisonError::into_inner) = Some(child);
    }

    /// Stops the service by SIGTERM; its exit code.
    pub fn stop(&self) -> Option<i32> {
        let mut child = self.process.lock().unwrap_or_else(PoisonError::into_inner).take().expect("it runs");
        let killed = Command::new("kill").arg(child.id().to_string()).status().expect("kill is installed");
        assert!(killed.success());
        child.wait().expect("it ends").code()
    }

    /// The writable memory of the service now, one item per mapping.
    pub fn read_memory(&self) -> Vec<Vec<u8>> {
        let running = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let process = Path::new("/proc").join(running.as_ref().expect("it runs").id().to_string());
        let mut memory = File::open(process.join("mem")).expect("the memory of a child");
        let mappings = fs::read_to_string(process.join("maps")).expect("the mappings of a child");
        let mut read = |mapping: &str| {
            let mut fields = mapping.split_whitespace();
            let (start, end) = fields.next()?.split_once('-')?;
            let (start, end) = (u64::from_str_radix(start, 16).ok()?, u64::from_str_radix(end, 16).ok()?);
            // Mappings that are not writable are unchanged contents of files.
            fields.next().filter(|permissions| permissions.starts_with("rw"))?;
            let mut bytes = vec![0; usize::try_from(end - start).ok()?];
            memory.seek(SeekFrom::Start(start)).ok()?;
            memory.read_exact(&mut bytes).ok()?;
            Some(bytes)
        };
        mappings.lines().filter_map(&mut read).collect()
    }

    /// Waits for a letter to an address; the text of the last one.
    pub fn wait_for_letter(&self, recipient: &str) -> String {
        let folder = self.path("letters");
        let mut letter = None;
        wait_until(&format!("a letter to {recipient}"), || {
            letter = find_last_letter(&folder, recipient);
            letter.is_some()
        });
        letter.unwrap_or_default()
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
            // It still runs after a failed test.
            let _ = child.kill();
        }
    }
}

/// The text of the newest letter to an address.
fn find_last_letter(folder: &Path, recipient: &str) -> Option<String> {
    let files = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let letters = files.filter_map(|file| {
        let modified = file.metadata().ok()?.modified().ok()?;
        let letter = fs::read_to_string(file.path()).ok()?;
        let (head, body) = letter.split_once("\r\n\r\n")?;
        // Japanese is sent as Base64 (RFC 2045 §6.8). A file may exist before it is complete.
        let is_match =
            head.contains(&format!("To: {recipient}\r\n")) && head.contains("Content-Transfer-Encoding: base64");
        let body = STANDARD.decode(body.replace("\r\n", "")).ok().filter(|_| is_match)?;
        Some((modified, String::from_utf8(body).ok()?))
    });
    letters.filter(|(_, body)| !body.is_empty()).max_by_key(|(modified, _)| *modified).map(|(_, body)| body)
}
