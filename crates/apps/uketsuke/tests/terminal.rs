//! `uketsuke terminal` as a separate process, with a receipt computer that uses the exchange folders alone.

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
    ConsentChoice, ConsentChoices, Eligibility, Fingerprint, Institution, InsuranceCard, NewPerson, NewReception,
    OnlineFunction, ReceptionTerm, RegistrationRoute, RegistrationValidity, ServerIdentity,
};
use jpki::{
    Algorithm, SigningKey,
    machine::{MachineAuthority, ValidityPeriod},
    pem,
};
use nation::Nation;
use web::server::ConnectionSettings;

/// The start of the clock at each start: a Tuesday morning in Japan.
const NOW: &str = "2026-11-24T09:00:00+09:00";

/// Ends a test that hangs; no result depends on it.
const TEST_TIMEOUT: Duration = Duration::from_mins(1);

struct TestStation {
    folder: PathBuf,
    code: InstitutionCode,
    /// The persons who have registered for a visit on this day.
    registered: Vec<NewPerson>,
}

fn institution_code() -> InstitutionCode {
    InstitutionCode::from_parts(
        Prefecture::from_code(13).expect("the test has set this up"),
        ScoreTable::Medical,
        424_242,
    )
}

fn generate_key() -> SigningKey {
    SigningKey::generate(Algorithm::EcdsaP256Sha256).expect("the test has set this up")
}

/// `count` persons of the simulated nation with valid coverage and a registered card.
fn insured_people(count: usize, clock: &Clock) -> Vec<NewPerson> {
    let today = clock.now().japan_date();
    let nation = Nation::new(1, today);
    let is_insured = |person: &NewPerson| {
        person.person.card == InsuranceCard::Registered
            && person.coverages.iter().any(|coverage| coverage.holds_on(today))
    };
    (0..).map(|number| nation.person(number)).filter(is_insured).take(count).collect()
}

/// Starts the eligibility system in a thread until the test program ends, and writes a terminal's folder for it. `count`
/// persons have registered for a visit on this day, with consent to all items.
fn start_station(folder: &Path, count: usize) -> TestStation {
    let (clock, randomness) = (Clock::stopped_at(NOW.parse().expect("the test has set this up")), Randomness::system());
    let registered = insured_people(count, &clock);
    let validity = ValidityPeriod {
        not_before: clock.now().minus(Span::from_hours(24)),
        not_after: clock.now().plus(Span::from_hours(24)),
    };
    let authority = MachineAuthority::create(generate_key(), &randomness, validity).expect("the test has set this up");
    let (server_key, client_key) = (generate_key(), generate_key());
    let loopback = [Ipv4Addr::LOCALHOST.into()];
    let server = authority
        .issue_server(server_key.public_key(), &["localhost"], &loopback, &randomness, validity)
        .expect("the test has set this up");
    let client = authority
        .issue_client(institution_code(), client_key.public_key(), &randomness, validity)
        .expect("the test has set this up");
    let root = authority.certificate().to_vec();
    let (port_sender, port) = mpsc::channel();
    let data = folder.join("eligibility.db");
    let (fingerprint, machine_root) = (Fingerprint::from_certificate(&client.certificate), root.clone());
    let (new_people, today) = (registered.clone(), clock.now().japan_date());
    std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the test has set this up");
        runtime.block_on(async move {
            let settings = eligibility::Settings {
                clock,
                audit_key: base::Key::new(&randomness),
                randomness,
                reception: "http://reception.localhost:8400".parse().expect("the test has set this up"),
            };
            let database = Database::open(&Location::Sqlite(data), "eligibility", eligibility::MIGRATIONS);
            let database = database.expect("the test has set this up");
            let now = settings.clock.now();
            let eligibility = Eligibility::from_database(database.clone(), settings).await;
            let eligibility = eligibility.expect("the test has set this up");
            let name = "見本クリニック".to_owned();
            let institution = Institution { code: institution_code(), name, online: OnlineFunction::On };
            eligibility.add_institution(institution).await.expect("the test has set this up");
            eligibility.admit_certificate(institution_code(), fingerprint).await.expect("the test has set this up");
            let person_ids = eligibility.add_people(new_people).await.expect("the test has set this up");
            let register = move |tx: &mut database::Transaction<'_>| {
                for person in &person_ids {
                    let reception = NewReception {
                        number: ReceptionNumber::new(&Randomness::system()),
                        institution: institution_code(),
                        term: ReceptionTerm::Visit(today),
                        person: *person,
                        choices: ConsentChoices::all(ConsentChoice::Agree),
                        validity: RegistrationValidity::Full,
                        route: RegistrationRoute::HandOver,
                    };
                    eligibility::register_reception(tx, &reception, now)?;
                }
                Ok::<_, eligibility::Refusal>(())
            };
            database.write(register).await.expect("the test has set this up");
            let listener =
                tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("the test has set this up");
            port_sender
                .send(listener.local_addr().expect("the test has set this up").port())
                .expect("the test has set this up");
            let identity = ServerIdentity { certificate: server.certificate, key: server_key };
            let stop = std::future::pending();
            eligibility
                .serve_institutions(listener, &identity, &machine_root, ConnectionSettings::default(), stop)
                .expect("the test has set this up")
                .await;
        });
    });
    let station_folder = folder.join("station");
    fs::create_dir(&station_folder).expect("the test has set this up");
    let settings = format!(
        "institution = \"{}\"\nname = \"見本クリニック\"\ndata = \"data\"\nlisten = \"127.0.0.1:0\"\n
[interface]\naddress = \"https://127.0.0.1:{}\"\nauthority = \"authority.pem\"\ncertificate = \"terminal.pem\"
key = \"terminal.key\"\n\n[exchange]\nfolder = \"exchange\"\n",
        institution_code(),
        port.recv().expect("the test has set this up")
    );
    fs::write(station_folder.join("terminal.toml"), settings).expect("the test has set this up");
    fs::write(station_folder.join("authority.pem"), pem::encode(pem::CERTIFICATE, &root))
        .expect("the test has set this up");
    fs::write(station_folder.join("terminal.pem"), pem::encode(pem::CERTIFICATE, &client.certificate))
        .expect("the test has set this up");
    let key = client_key.to_pkcs8().expect("the test has set this up");
    fs::write(station_folder.join("terminal.key"), pem::encode(pem::PRIVATE_KEY, &key))
        .expect("the test has set this up");
    TestStation { folder: station_folder, code: institution_code(), registered }
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
            .expect("the test has set this up")
    }

    fn exchange_folder(&self, folder: &str) -> PathBuf {
        self.folder.join("exchange").join(folder)
    }
}

fn kill(mut child: Child) {
    child.kill().expect("the test has set this up");
    child.wait().expect("the test has set this up");
}

/// The program's error for settings in which `old` is replaced by `new`.
fn failure_output(station: &TestStation, old: &str, new: &str) -> String {
    let settings = fs::read_to_string(station.folder.join("terminal.toml")).expect("the test has set this up");
    assert!(settings.contains(old), "{old}");
    let file = station.folder.join("wrong.toml");
    fs::write(&file, settings.replacen(old, new, 1)).expect("the test has set this up");
    let mut command = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
    let output = command.arg("terminal").arg("--config").arg(file).output().expect("the test has set this up");
    assert_eq!(output.status.code(), Some(1), "{old} → {new}");
    String::from_utf8(output.stderr).expect("the test has set this up")
}

#[test]
fn wrong_settings_are_told_with_file_key_and_remedy() {
    let folder = tempfile::tempdir().expect("the test has set this up");
    let station = start_station(folder.path(), 0);
    let check = |old: &str, new: &str, expected_texts: &[&str]| {
        let message = failure_output(&station, old, new);
        for expected in expected_texts.iter().chain(&["wrong.toml"]) {
            assert!(message.contains(expected), "{old} → {new}: {message}");
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
    let folder = tempfile::tempdir().expect("the test has set this up");
    let station = start_station(folder.path(), 0);
    let mut running = station.start();
    let ready = read_ready_line(&mut running);
    let (_, port) = ready["terminal"].as_str().and_then(|origin| origin.rsplit_once(':')).expect("an origin");
    // A result is cached for a second.
    let wait_for = |expected: &str| {
        let start = std::time::Instant::now();
        loop {
            let response = readiness(port);
            if response.contains(expected) {
                return;
            }
            assert!(start.elapsed() < TEST_TIMEOUT, "{expected}: {response}");
        }
    };
    wait_for("ready\n");
    fs::remove_dir(station.exchange_folder("res")).expect("it is empty");
    wait_for("the exchange folders cannot be written");
    fs::create_dir(station.exchange_folder("res")).expect("the test may write");
    wait_for("ready\n");
    kill(running);
}

/// The response of the terminal on this port to `/readyz`.
fn readiness(port: &str) -> String {
    let mut connection = TcpStream::connect(format!("127.0.0.1:{port}")).expect("it listens");
    connection.write_all(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n").expect("it reads");
    let mut response = String::new();
    connection.read_to_string(&mut response).expect("it answers");
    response
}

/// The line that a terminal prints when it is ready.
fn read_ready_line(running: &mut Child) -> serde_json::Value {
    let mut line = String::new();
    let output = running.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut line).expect("the terminal writes");
    serde_json::from_str(&line).expect("JSON")
}

#[test]
fn two_processes_never_work_on_the_same_folders() {
    let folder = tempfile::tempdir().expect("the test has set this up");
    let station = start_station(folder.path(), 0);
    let mut first = station.start();
    let ready = read_ready_line(&mut first);
    assert_eq!(ready["institution"], station.code.to_string());
    assert!(ready["terminal"].as_str().expect("the test has set this up").starts_with("http://station.localhost:"));
    assert_eq!(ready["accounts_without_password"].as_array().expect("the test has set this up").len(), 3);
    let second = station.command().output().expect("the test has set this up");
    let message = String::from_utf8(second.stderr).expect("the test has set this up");
    assert!(
        !second.status.success() && message.contains("is used by another process (uketsuke terminal, process "),
        "{message}"
    );
    kill(first);
}
