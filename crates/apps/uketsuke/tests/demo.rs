//! `uketsuke demo` as a separate process: how it stops at signals, and its errors when it cannot start.

use std::{
    fs::{self, OpenOptions},
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Ends a test that hangs; no result depends on it.
const TEST_TIMEOUT: Duration = Duration::from_mins(2);

fn demo_command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
    command.args(["demo", "--json", "--port", "0", "--data"]).arg(data).env_remove("UKETSUKE_DATABASE");
    command
}

struct DemoProcess {
    child: Child,
    /// Host and port of the service's pages.
    consult: String,
    /// The address for health checks and metrics, if there is one.
    health: Option<String>,
}

fn start_demo(data: &Path) -> DemoProcess {
    start_command(&mut demo_command(data))
}

fn start_command(command: &mut Command) -> DemoProcess {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program is built");
    let mut line = String::new();
    let output = child.stdout.take().expect("it is piped");
    BufReader::new(output).read_line(&mut line).expect("the demo prints a line");
    let addresses: serde_json::Value = serde_json::from_str(&line).expect("the line is JSON");
    let consult = addresses["consult"].as_str().and_then(|origin| origin.strip_prefix("http://"));
    let health = addresses["health"].as_str().map(str::to_owned);
    DemoProcess { child, consult: consult.expect("the service has an address").to_owned(), health }
}

/// The response of the listener at `address` to a request for this path.
fn get_page(address: &str, host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("somebody listens");
    let request = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("it is read");
    let mut response = String::new();
    stream.read_to_string(&mut response).expect("it answers");
    response
}

impl DemoProcess {
    fn port(&self) -> u16 {
        self.consult.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }

    /// Sends a request without its body, for which the server waits.
    fn open_half_request(&self) -> TcpStream {
        let port = self.port();
        let mut stream = TcpStream::connect(("127.0.0.1", port)).expect("the demo answers");
        let head = format!(
            "POST /door/session HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
             content-length: 99\r\n\r\n",
            self.consult
        );
        stream.write_all(head.as_bytes()).expect("the demo reads");
        let mut response = [0; 12];
        stream.read_exact(&mut response).expect("the demo asks for the rest");
        assert_eq!(&response, b"HTTP/1.1 100");
        stream
    }

    fn send_signal(&self, signal: &str) {
        let status =
            Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().expect("kill is installed");
        assert!(status.success());
    }

    /// Waits for the end of the process; its exit code.
    fn wait_for_exit(mut self) -> Option<i32> {
        let (sender, receiver) = mpsc::channel();
        let process_id = self.child.id();
        thread::spawn(move || {
            // The receiver is gone if the time limit has passed.
            let _ = sender.send(self.child.wait().expect("a child can be waited for"));
        });
        let Ok(status) = receiver.recv_timeout(TEST_TIMEOUT) else {
            let _ = Command::new("kill").arg("-KILL").arg(process_id.to_string()).status();
            panic!("the process did not end");
        };
        status.code()
    }
}

#[test]
fn a_demo_ends_though_a_request_never_comes_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = start_demo(folder.path());
    let stream = demo.open_half_request();
    demo.send_signal("-TERM");
    assert_eq!(demo.wait_for_exit(), Some(0));
    drop(stream);
}

#[test]
fn told_twice_it_ends_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-TERM"), ("-TERM", "-INT")] {
        let demo = start_demo(folder.path());
        let stream = demo.open_half_request();
        demo.send_signal(first);
        demo.send_signal(second);
        assert_eq!(demo.wait_for_exit(), Some(0));
        drop(stream);
    }
}

/// The standard error of a program that fails to start.
fn failure_output(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().expect("the program is built");
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).expect("it says text")
}

#[test]
fn what_names_no_database_is_told_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let option_error = failure_output(demo_command(folder.path()).args(["--database", "mysql://here"]));
    assert!(option_error.contains("--database names no database: a database is 'sqlite:PATH'"), "{option_error}");
    let variable_error = failure_output(demo_command(folder.path()).env("UKETSUKE_DATABASE", "mysql://here"));
    assert!(variable_error.contains("UKETSUKE_DATABASE names no database"), "{variable_error}");
    assert!(!variable_error.contains("--database"), "{variable_error}");
    // The option has precedence over the variable.
    let both_error = failure_output(
        demo_command(folder.path()).args(["--database", "mysql://there"]).env("UKETSUKE_DATABASE", "mysql://here"),
    );
    assert!(both_error.contains("--database names no database"), "{both_error}");
    // Other commands read the variable too.
    let mut cards = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
    let cards = cards.args(["card", "list", "--data"]).arg(folder.path()).env("UKETSUKE_DATABASE", "mysql://here");
    let cards_error = failure_output(cards);
    assert!(cards_error.contains("UKETSUKE_DATABASE names no database"), "{cards_error}");
}

#[test]
fn a_services_file_is_told_with_file_key_and_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("service.json");
    std::fs::write(&file, r#"{"client_id": "my-service", "name": "A service", "homes": "https://a.example"}"#)
        .expect("a file");
    let message = failure_output(demo_command(&folder.path().join("data")).arg("--service").arg(&file));
    for expected in ["--service", "service.json'", "homes: take it out"] {
        assert!(message.contains(expected), "{expected}: {message}");
    }
}

#[test]
fn a_standard_output_that_cannot_be_written_is_told_in_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let full = OpenOptions::new().write(true).open("/dev/full").expect("it is there");
    let (reading, closed) = std::io::pipe().expect("a pipe");
    drop(reading);
    for output in [Stdio::from(full), Stdio::from(closed)] {
        let Output { status, stderr, .. } = demo_command(folder.path())
            .stdout(output)
            .stderr(Stdio::piped())
            .spawn()
            .and_then(std::process::Child::wait_with_output)
            .expect("the program is built");
        let message = String::from_utf8(stderr).expect("it says text");
        assert_eq!(status.code(), Some(1), "{message}");
        assert!(
            message.contains("the standard output cannot be written") && !message.contains("panicked"),
            "{message}"
        );
    }
}

#[test]
fn a_data_folder_is_one_demos_and_its_accounts_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    fs::create_dir(&data).expect("a folder");
    fs::set_permissions(&data, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let demo = start_demo(&data);
    let error = failure_output(&mut demo_command(&data));
    let process = format!("uketsuke demo, process {}", demo.child.id());
    assert!(error.contains(&process) && error.contains("name another folder"), "{error}");
    let mut pending = vec![data];
    while let Some(path) = pending.pop() {
        let metadata = fs::metadata(&path).expect("it is there");
        assert_eq!(metadata.mode() & 0o077, 0, "{}", path.display());
        if metadata.is_dir() {
            pending.extend(fs::read_dir(&path).expect("a folder").map(|entry| entry.expect("an entry").path()));
        }
    }
    demo.send_signal("-TERM");
    assert_eq!(demo.wait_for_exit(), Some(0));
}

#[test]
fn a_database_that_was_lost_is_not_begun_anew_unasked() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = start_demo(folder.path());
    demo.send_signal("-TERM");
    assert_eq!(demo.wait_for_exit(), Some(0));
    for file in ["consult.db-wal", "consult.db-shm"] {
        let _ = fs::remove_file(folder.path().join(file));
    }
    fs::write(folder.path().join("consult.db"), "").expect("it is ours");
    let error = failure_output(&mut demo_command(folder.path()));
    assert!(error.contains("consult.db' is missing or empty") && error.contains("--new-database"), "{error}");
    let demo = start_command(demo_command(folder.path()).arg("--new-database"));
    demo.send_signal("-TERM");
    assert_eq!(demo.wait_for_exit(), Some(0));
}

#[test]
fn an_address_where_the_rooms_would_not_find_each_other_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = failure_output(demo_command(folder.path()).args(["--listen", "::1"]));
    assert!(error.contains("--listen ::1") && error.contains("--listen 0.0.0.0"), "{error}");
}

#[test]
fn as_many_files_may_be_open_as_the_system_lets() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -Sn 128; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_uketsuke")]);
    limited.args(["demo", "--json", "--port", "0", "--data"]).arg(folder.path()).env_remove("UKETSUKE_DATABASE");
    let demo = start_command(&mut limited);
    let limits = fs::read_to_string(format!("/proc/{}/limits", demo.child.id())).expect("its limits");
    let files = limits.lines().find(|line| line.starts_with("Max open files")).expect("a limit of files");
    let mut numbers = files.split_whitespace().skip(3);
    assert_eq!(numbers.next(), numbers.next(), "{files}");
    demo.send_signal("-TERM");
    assert_eq!(demo.wait_for_exit(), Some(0));
}

#[test]
fn signs_of_life_and_metrics_have_a_port_of_their_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = start_command(demo_command(folder.path()).args(["--listen-health", "127.0.0.1:0"]));
    let public = format!("127.0.0.1:{}", demo.port());
    let health = demo.health.clone().expect("it listens");
    assert!(get_page(&public, &demo.consult, "/sign-in").starts_with("HTTP/1.1 200"));
    for address in [&public, &health] {
        for path in ["/healthz", "/readyz"] {
            let response = get_page(address, "10.0.0.7:8420", path);
            assert!(response.starts_with("HTTP/1.1 200"), "{address} {path}: {response}");
        }
    }
    let metrics = get_page(&health, "10.0.0.7", "/metrics");
    let request_count =
        "uketsuke_requests_total{site=\"consult.localhost\",route=\"/sign-in\",method=\"GET\",status=\"200\"} 1";
    assert!(metrics.contains(request_count), "{metrics}");
    assert!(metrics.contains("uketsuke_ready 1"), "{metrics}");
    for host in [demo.consult.as_str(), "10.0.0.7"] {
        let response = get_page(&public, host, "/metrics");
        assert!(response.starts_with("HTTP/1.1 4") && !response.contains("uketsuke_"), "{response}");
    }
    demo.send_signal("-TERM");
    assert_eq!(demo.wait_for_exit(), Some(0));
}
