//! `uketsuke terminal` as a process of its own, beside a receipt computer that counts: killed over and over (SIGKILL, at
//! events of the file system), it loses no ask and answers none twice.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use base::{Clock, InstitutionCode, Prefecture, Randomness, ScoreTable, Span};
use eligibility::{Eligibility, Fingerprint, Institution, OnlineFunction, ServerIdentity};
use jpki::{
    Algorithm, SigningKey,
    machine::{MachineAuthority, Term},
    pem,
};
use notify::{RecursiveMode, Watcher};

/// How often the process is killed.
const KILLS: u32 = 150;

/// How long nothing happens before the receipt computer asks the next.
const QUIET: Duration = Duration::from_millis(150);

/// A test that hangs is stopped by this, and no outcome depends on it.
const LONGEST: Duration = Duration::from_mins(1);

struct Station {
    folder: PathBuf,
    code: InstitutionCode,
}

fn code() -> InstitutionCode {
    InstitutionCode::of(Prefecture::from_code(13).expect("the test made it so"), ScoreTable::Medical, 424_242)
}

fn key() -> SigningKey {
    SigningKey::generate(Algorithm::EcdsaP256Sha256).expect("the test made it so")
}

/// The system, in a thread of its own for as long as the test program runs, and a terminal's folder that leads to it.
fn station(folder: &Path) -> Station {
    let (clock, randomness) = (Clock::system(), Randomness::system());
    let term =
        Term { not_before: clock.now().minus(Span::from_hours(24)), not_after: clock.now().plus(Span::from_hours(24)) };
    let authority = MachineAuthority::found(key(), &randomness, term).expect("the test made it so");
    let (server_key, client_key) = (key(), key());
    let loopback = [Ipv4Addr::LOCALHOST.into()];
    let server = authority
        .issue_server(server_key.public_key(), &["localhost"], &loopback, &randomness, term)
        .expect("the test made it so");
    let client =
        authority.issue_client(code(), client_key.public_key(), &randomness, term).expect("the test made it so");
    let root = authority.certificate().to_vec();
    let (told, port) = mpsc::channel();
    let data = folder.join("eligibility.db");
    let (fingerprint, institutions) = (Fingerprint::of(&client.certificate), root.clone());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the test made it so");
        runtime.block_on(async move {
            let settings = eligibility::Settings {
                clock,
                audit_key: base::Key::new(&randomness),
                randomness,
                reception: "http://reception.localhost:8400".parse().expect("the test made it so"),
            };
            let eligibility =
                Eligibility::open(&database::Location::Sqlite(data), settings).expect("the test made it so");
            let name = "見本クリニック".to_owned();
            let institution = Institution { code: code(), name, online: OnlineFunction::On };
            eligibility.add_institution(institution).await.expect("the test made it so");
            eligibility.admit_certificate(code(), fingerprint).await.expect("the test made it so");
            let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("the test made it so");
            told.send(listener.local_addr().expect("the test made it so").port()).expect("the test made it so");
            let identity = ServerIdentity { certificate: server.certificate, key: server_key };
            let stop = std::future::pending();
            eligibility
                .serve_institutions(listener, &identity, &institutions, stop)
                .expect("the test made it so")
                .await;
        });
    });
    let station = folder.join("station");
    fs::create_dir(&station).expect("the test made it so");
    let settings = format!(
        "institution = \"{}\"\nname = \"見本クリニック\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"\n
[interface]\naddress = \"https://127.0.0.1:{}\"\nauthority = \"authority.pem\"\ncertificate = \"terminal.pem\"
key = \"terminal.key\"\n\n[exchange]\nfolder = \"exchange\"\n",
        code(),
        port.recv().expect("the test made it so")
    );
    fs::write(station.join("terminal.toml"), settings).expect("the test made it so");
    fs::write(station.join("authority.pem"), pem::encode(pem::CERTIFICATE, &root)).expect("the test made it so");
    fs::write(station.join("terminal.pem"), pem::encode(pem::CERTIFICATE, &client.certificate))
        .expect("the test made it so");
    let key = client_key.to_pkcs8().expect("the test made it so");
    fs::write(station.join("terminal.key"), pem::encode(pem::PRIVATE_KEY, &key)).expect("the test made it so");
    Station { folder: station, code: code() }
}

impl Station {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
        command.arg("terminal").arg("--config").arg(self.folder.join("terminal.toml"));
        command
    }

    fn start(&self) -> Child {
        self.command().arg("--json").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the test made it so")
    }

    fn exchange(&self, folder: &str) -> PathBuf {
        self.folder.join("exchange").join(folder)
    }

    /// The receipt computer puts an ask into `req`, as three kinds do: whole by a rename, written in place, at fault.
    fn ask(&self, number: u32) {
        let name = format!("OQSmuonq01req_{number}.xml");
        let encoding = if number.is_multiple_of(2) { "UTF-8" } else { "Shift_JIS" };
        let ask = format!(
            "<?xml version=\"1.0\" encoding=\"{encoding}\" standalone=\"no\"?>\r\n<XmlMsg><MessageHeader>\
             <MedicalInstitutionCode>{}</MedicalInstitutionCode>\
             <ArbitraryFileIdentifier>ask-{number}</ArbitraryFileIdentifier></MessageHeader><MessageBody>\
             <QualificationConfirmSearchInfo><ExaminationDateFrom>20261124</ExaminationDateFrom>\
             <ExaminationDateTo>2026112{}</ExaminationDateTo><MedicalTreatmentFlag>3</MedicalTreatmentFlag>\
             </QualificationConfirmSearchInfo></MessageBody></XmlMsg>\r\n",
            self.code,
            // A search that ends before it begins is at fault.
            if number.is_multiple_of(5) { 3 } else { 5 }
        );
        if number.is_multiple_of(3) {
            fs::write(self.exchange("req").join(name), ask).expect("the test made it so");
        } else {
            let draft = self.exchange("req").join(format!("{name}.tmp"));
            fs::write(&draft, ask).expect("the test made it so");
            fs::rename(draft, self.exchange("req").join(name)).expect("the test made it so");
        }
    }

    /// It takes what is in `res`, and counts. Each answer is whole, in the character code of its ask, and to it.
    fn receive(&self, answers: &mut BTreeMap<u32, u32>) {
        for entry in fs::read_dir(self.exchange("res")).expect("the test made it so") {
            let path = entry.expect("the test made it so").path();
            let name = path.file_name().expect("the test made it so").to_str().expect("the test made it so");
            let number: u32 = name
                .strip_prefix("OQSmuonq01res_")
                .expect("the test made it so")
                .strip_suffix(".xml")
                .expect("the test made it so")
                .parse()
                .expect("the test made it so");
            let name: oqs::FileName = name.parse().expect("the test made it so");
            let reading = oqs::parse(name.interface(), &fs::read(&path).expect("the test made it so"))
                .expect("the test made it so");
            let oqs::Message::BulkAccepted(answer) = reading.message else { panic!("another message") };
            assert_eq!(answer.header.identifier.expect("the test made it so").as_str(), format!("ask-{number}"));
            assert_eq!(matches!(answer.outcome, oqs::Outcome::Abnormal(_)), number.is_multiple_of(5));
            let utf8 = reading.character_code == oqs::CharacterCode::Utf8;
            assert_eq!(utf8, number.is_multiple_of(2));
            fs::remove_file(path).expect("the test made it so");
            *answers.entry(number).or_default() += 1;
        }
    }
}

fn kill(mut child: Child) {
    child.kill().expect("the test made it so");
    child.wait().expect("the test made it so");
}

#[test]
fn killed_at_any_instant_each_ask_is_answered_once() {
    let folder = tempfile::tempdir().expect("the test made it so");
    let station = station(folder.path());
    let randomness = Randomness::repeatable("killed at any instant");
    for folder in ["req", "res", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty"] {
        fs::create_dir_all(station.exchange(folder)).expect("the test made it so");
    }
    let (told, events) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // The test may be over.
            let _ = told.send(());
        }
    })
    .expect("the test made it so");
    for folder in [".uketsuke", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty", "res"] {
        watcher.watch(&station.exchange(folder), RecursiveMode::NonRecursive).expect("the test made it so");
    }
    let (mut answers, mut asked) = (BTreeMap::new(), 0);
    for _ in 0..KILLS {
        for _ in 0..=randomness.below(2) {
            asked += 1;
            station.ask(asked);
        }
        events.try_iter().for_each(drop);
        let child = station.start();
        // An ask makes some ten events.
        let mut left = 1 + randomness.below(18);
        while left > 0 {
            if events.recv_timeout(QUIET).is_ok() {
                left -= 1;
            } else {
                // All is answered, or the process begins: the receipt computer asks on, so that something happens.
                asked += 1;
                station.ask(asked);
            }
        }
        kill(child);
        if randomness.below(4) > 0 {
            station.receive(&mut answers);
        }
    }
    let child = station.start();
    while answers.len() < asked as usize {
        let before = answers.len();
        station.receive(&mut answers);
        if answers.len() == before {
            assert!(events.recv_timeout(LONGEST).is_ok(), "{} of {asked} were answered", answers.len());
        }
    }
    kill(child);
    assert!(answers.values().all(|count| *count == 1), "{answers:?}");
    for folder in ["req", "res", ".uketsuke/asked", ".uketsuke/ready", ".uketsuke/faulty"] {
        assert_eq!(fs::read_dir(station.exchange(folder)).expect("the test made it so").count(), 0, "{folder}");
    }
    let aside = fs::read_dir(station.exchange("err")).expect("the test made it so").count();
    assert_eq!(aside, (1..=asked).filter(|number| number.is_multiple_of(5)).count());
}

/// What the program says of settings with `from` in the place of `to`.
fn said(station: &Station, from: &str, to: &str) -> String {
    let whole = fs::read_to_string(station.folder.join("terminal.toml")).expect("the test made it so");
    assert!(whole.contains(from), "{from}");
    let file = station.folder.join("wrong.toml");
    fs::write(&file, whole.replacen(from, to, 1)).expect("the test made it so");
    let mut command = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
    let output = command.arg("terminal").arg("--config").arg(file).output().expect("the test made it so");
    assert_eq!(output.status.code(), Some(1), "{from} → {to}");
    String::from_utf8(output.stderr).expect("the test made it so")
}

#[test]
fn wrong_settings_are_told_with_file_key_and_remedy() {
    let folder = tempfile::tempdir().expect("the test made it so");
    let station = station(folder.path());
    let check = |from: &str, to: &str, words: &[&str]| {
        let said = said(&station, from, to);
        for word in words.iter().chain(&["wrong.toml"]) {
            assert!(said.contains(word), "{from} → {to}: {said}");
        }
    };
    check("institution", "institutoin", &["institutoin", "docs/guide/terminal.md"]);
    check("\"13", "\"14", &["institution:", "10 digits"]);
    check("https://127", "http://127", &["interface.address", "https://"]);
    check("\"terminal.key\"", "\"none.key\"", &["interface.key", "none.key"]);
    check("\"terminal.key\"", "\"terminal.pem\"", &["interface.key", "private key"]);
    check("\"terminal.pem\"", "\"authority.pem\"", &["interface.certificate", "belongs"]);
    check("\"authority.pem\"", "\"terminal.key\"", &["interface.authority", "certificate"]);
    check("127.0.0.1:0", "everywhere", &["listen", "127.0.0.1:8410"]);
    check("\"data\"", "\"terminal.key/data\"", &["data:", "may write"]);
    let service = "\"exchange\"\n[service]\nmail = \"desk@example.jp\"\npassword_file = \"terminal.toml\"\naddress = ";
    check("\"exchange\"", &format!("{service}\"http://consult.example.jp\""), &["service.address", "https://"]);
    check("\"exchange\"", &format!("{service}\"nowhere\""), &["service.address", "https://consult.example.jp"]);
    check("\"exchange\"", "\"terminal.key/exchange\"", &["exchange.folder", "may write"]);
}

#[test]
fn two_processes_never_work_on_the_same_folders() {
    let folder = tempfile::tempdir().expect("the test made it so");
    let station = station(folder.path());
    let mut first = station.start();
    let mut line = String::new();
    BufReader::new(first.stdout.take().expect("the test made it so"))
        .read_line(&mut line)
        .expect("the test made it so");
    let ready: serde_json::Value = serde_json::from_str(&line).expect("the test made it so");
    assert_eq!(ready["institution"], station.code.to_string());
    assert!(ready["terminal"].as_str().expect("the test made it so").starts_with("http://station.localhost:"));
    assert_eq!(ready["accounts_without_password"].as_array().expect("the test made it so").len(), 3);
    let second = station.command().output().expect("the test made it so");
    let said = String::from_utf8(second.stderr).expect("the test made it so");
    assert!(!second.status.success() && said.contains("exchange.folder: end the other process"), "{said}");
    kill(first);
}
