//! `uketsuke terminal` as a process of its own, beside a receipt computer that only knows the folders.

#[path = "terminal/crash.rs"]
mod crash;
#[path = "terminal/messages.rs"]
mod messages;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use base::{Clock, InstitutionCode, Prefecture, Randomness, ReceptionNumber, ScoreTable, Span};
use database::{Database, Location};
use eligibility::{
    ConsentChoice, ConsentChoices, Eligibility, Fingerprint, Institution, InsuranceCard, Nation, NewPerson,
    NewReception, OnlineFunction, ReceptionTerm as Until, RegistrationRoute, RegistrationValidity, ServerIdentity,
};
use jpki::{
    Algorithm, SigningKey,
    machine::{MachineAuthority, ValidityPeriod},
    pem,
};
use shell::server::ConnectionSettings;

/// When all this is: a Tuesday morning in Japan, at every start anew.
const NOW: &str = "2026-11-24T09:00:00+09:00";

/// A test that hangs is stopped by this, and no outcome depends on it.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

struct TestStation {
    folder: PathBuf,
    code: InstitutionCode,
    /// Those who have registered for a visit of the day.
    registered: Vec<NewPerson>,
}

fn institution_code() -> InstitutionCode {
    InstitutionCode::from_parts(Prefecture::from_code(13).expect("the test made it so"), ScoreTable::Medical, 424_242)
}

fn generate_key() -> SigningKey {
    SigningKey::generate(Algorithm::EcdsaP256Sha256).expect("the test made it so")
}

/// Somebody of a nation whose insurance holds, for each that is wanted.
fn insured_people(many: usize, clock: &Clock) -> Vec<NewPerson> {
    let today = clock.now().japan_date();
    let nation = Nation::new(1, today);
    let insured = |person: &NewPerson| {
        person.person.card == InsuranceCard::Registered
            && person.coverages.iter().any(|coverage| coverage.holds_on(today))
    };
    (0..).map(|number| nation.person(number)).filter(insured).take(many).collect()
}

/// The system, in a thread of its own for as long as the test program runs, and a terminal's folder that leads to it. So
/// many have registered for a visit of the day, with all consents.
fn start_station(folder: &Path, many: usize) -> TestStation {
    let (clock, randomness) = (Clock::starting_at(NOW.parse().expect("the test made it so")), Randomness::system());
    let registered = insured_people(many, &clock);
    let term = ValidityPeriod {
        not_before: clock.now().minus(Span::from_hours(24)),
        not_after: clock.now().plus(Span::from_hours(24)),
    };
    let authority = MachineAuthority::create(generate_key(), &randomness, term).expect("the test made it so");
    let (server_key, client_key) = (generate_key(), generate_key());
    let loopback = [Ipv4Addr::LOCALHOST.into()];
    let server = authority
        .issue_server(server_key.public_key(), &["localhost"], &loopback, &randomness, term)
        .expect("the test made it so");
    let client = authority
        .issue_client(institution_code(), client_key.public_key(), &randomness, term)
        .expect("the test made it so");
    let root = authority.certificate().to_vec();
    let (told, port) = mpsc::channel();
    let data = folder.join("eligibility.db");
    let (fingerprint, institutions) = (Fingerprint::from_certificate(&client.certificate), root.clone());
    let (new, today) = (registered.clone(), clock.now().japan_date());
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the test made it so");
        runtime.block_on(async move {
            let settings = eligibility::Settings {
                clock,
                audit_key: base::Key::new(&randomness),
                randomness,
                reception: "http://reception.localhost:8400".parse().expect("the test made it so"),
            };
            let database = Database::open(&Location::Sqlite(data), "eligibility", eligibility::MIGRATIONS);
            let database = database.expect("the test made it so");
            let now = settings.clock.now();
            let eligibility = Eligibility::from_database(database.clone(), settings);
            let name = "見本クリニック".to_owned();
            let institution = Institution { code: institution_code(), name, online: OnlineFunction::On };
            eligibility.add_institution(institution).await.expect("the test made it so");
            eligibility.admit_certificate(institution_code(), fingerprint).await.expect("the test made it so");
            let persons = eligibility.add_people(new).await.expect("the test made it so");
            let register = move |tx: &mut database::Transaction<'_>| {
                for person in &persons {
                    let reception = NewReception {
                        number: ReceptionNumber::new(&Randomness::system()),
                        institution: institution_code(),
                        term: Until::Visit(today),
                        person: *person,
                        choices: ConsentChoices::all(ConsentChoice::Agree),
                        validity: RegistrationValidity::Full,
                        route: RegistrationRoute::HandOver,
                    };
                    eligibility::register_reception(tx, &reception, now)?;
                }
                Ok::<_, eligibility::Refusal>(())
            };
            database.write(register).await.expect("the test made it so");
            let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("the test made it so");
            told.send(listener.local_addr().expect("the test made it so").port()).expect("the test made it so");
            let identity = ServerIdentity { certificate: server.certificate, key: server_key };
            let stop = std::future::pending();
            eligibility
                .serve_institutions(listener, &identity, &institutions, ConnectionSettings::default(), stop)
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
        institution_code(),
        port.recv().expect("the test made it so")
    );
    fs::write(station.join("terminal.toml"), settings).expect("the test made it so");
    fs::write(station.join("authority.pem"), pem::encode(pem::CERTIFICATE, &root)).expect("the test made it so");
    fs::write(station.join("terminal.pem"), pem::encode(pem::CERTIFICATE, &client.certificate))
        .expect("the test made it so");
    let key = client_key.to_pkcs8().expect("the test made it so");
    fs::write(station.join("terminal.key"), pem::encode(pem::PRIVATE_KEY, &key)).expect("the test made it so");
    TestStation { folder: station, code: institution_code(), registered }
}

impl TestStation {
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
        command.arg("terminal").arg("--config").arg(self.folder.join("terminal.toml"));
        command
    }

    fn start(&self) -> Child {
        self.command()
            .args(["--clock", NOW, "--json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the test made it so")
    }

    fn exchange_folder(&self, folder: &str) -> PathBuf {
        self.folder.join("exchange").join(folder)
    }
}

fn kill(mut child: Child) {
    child.kill().expect("the test made it so");
    child.wait().expect("the test made it so");
}

/// What the program says of settings with `from` in the place of `to`.
fn failure_output(station: &TestStation, from: &str, to: &str) -> String {
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
    let station = start_station(folder.path(), 0);
    let check = |from: &str, to: &str, words: &[&str]| {
        let said = failure_output(&station, from, to);
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
fn a_terminal_is_ready_while_its_exchange_folders_can_be_written() {
    let folder = tempfile::tempdir().expect("the test made it so");
    let station = start_station(folder.path(), 0);
    let mut running = station.start();
    let ready = told_ready(&mut running);
    let (_, port) = ready["terminal"].as_str().and_then(|origin| origin.rsplit_once(':')).expect("an origin");
    // What was found a moment ago is told again for a second.
    let wait_for = |expected: &str| {
        let begun = std::time::Instant::now();
        loop {
            let answer = readiness(port);
            if answer.contains(expected) {
                return;
            }
            assert!(begun.elapsed() < TEST_TIMEOUT, "{expected}: {answer}");
        }
    };
    wait_for("ready\n");
    fs::remove_dir(station.exchange_folder("res")).expect("it is empty");
    wait_for("the exchange folders cannot be written");
    fs::create_dir(station.exchange_folder("res")).expect("the test may write");
    wait_for("ready\n");
    kill(running);
}

/// What the terminal on this port answers to whoever asks whether it is ready.
fn readiness(port: &str) -> String {
    let mut connection = TcpStream::connect(format!("127.0.0.1:{port}")).expect("it listens");
    connection.write_all(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("it answers");
    answer
}

/// The line that a terminal prints when it is ready.
fn told_ready(running: &mut Child) -> serde_json::Value {
    let mut line = String::new();
    let output = running.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut line).expect("the terminal writes");
    serde_json::from_str(&line).expect("JSON")
}

#[test]
fn two_processes_never_work_on_the_same_folders() {
    let folder = tempfile::tempdir().expect("the test made it so");
    let station = start_station(folder.path(), 0);
    let mut first = station.start();
    let ready = told_ready(&mut first);
    assert_eq!(ready["institution"], station.code.to_string());
    assert!(ready["terminal"].as_str().expect("the test made it so").starts_with("http://station.localhost:"));
    assert_eq!(ready["accounts_without_password"].as_array().expect("the test made it so").len(), 3);
    let second = station.command().output().expect("the test made it so");
    let said = String::from_utf8(second.stderr).expect("the test made it so");
    assert!(
        !second.status.success() && said.contains("is used by another process (uketsuke terminal, process "),
        "{said}"
    );
    kill(first);
}
