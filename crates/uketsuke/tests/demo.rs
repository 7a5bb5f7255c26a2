//! `uketsuke demo` as a process of its own: how it is told to end, and what it says when it cannot begin.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// A test that hangs is stopped by this, and no outcome depends on it.
const LONGEST: Duration = Duration::from_mins(2);

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
    command.args(["demo", "--json", "--port", "0", "--data"]).arg(data).env_remove("UKETSUKE_DATABASE");
    command
}

struct Running {
    child: Child,
    /// Host and port of the service's pages.
    consult: String,
}

fn start(data: &Path) -> Running {
    let mut child = command(data).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program is built");
    let mut line = String::new();
    let told = child.stdout.take().expect("it is piped");
    BufReader::new(told).read_line(&mut line).expect("the demo prints a line");
    let addresses: serde_json::Value = serde_json::from_str(&line).expect("the line is JSON");
    let consult = addresses["consult"].as_str().and_then(|origin| origin.strip_prefix("http://"));
    Running { child, consult: consult.expect("the service has an address").to_owned() }
}

impl Running {
    /// A request of which the half is there, and somebody waits for the rest.
    fn half_a_request(&self) -> TcpStream {
        let port = self.consult.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).expect("a port");
        let mut open = TcpStream::connect(("127.0.0.1", port)).expect("the demo answers");
        let head = format!(
            "POST /door/session HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\nexpect: 100-continue\r\n\
             content-length: 99\r\n\r\n",
            self.consult
        );
        open.write_all(head.as_bytes()).expect("the demo reads");
        let mut answer = [0; 12];
        open.read_exact(&mut answer).expect("the demo asks for the rest");
        assert_eq!(&answer, b"HTTP/1.1 100");
        open
    }

    fn signal(&self, signal: &str) {
        let told = Command::new("kill").arg(signal).arg(self.child.id().to_string()).status().expect("kill is there");
        assert!(told.success());
    }

    /// How it ended, if it does.
    fn ended(mut self) -> Option<i32> {
        let (tell, told) = mpsc::channel();
        let id = self.child.id();
        thread::spawn(move || {
            // Nobody listens any more where it took too long.
            let _ = tell.send(self.child.wait().expect("a child can be waited for"));
        });
        let Ok(status) = told.recv_timeout(LONGEST) else {
            let _ = Command::new("kill").arg("-KILL").arg(id.to_string()).status();
            panic!("it never ended");
        };
        status.code()
    }
}

#[test]
fn a_demo_ends_though_a_request_never_comes_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = start(folder.path());
    let open = demo.half_a_request();
    demo.signal("-TERM");
    assert_eq!(demo.ended(), Some(0));
    drop(open);
}

#[test]
fn told_twice_it_ends_where_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for (first, second) in [("-TERM", "-TERM"), ("-INT", "-TERM"), ("-TERM", "-INT")] {
        let demo = start(folder.path());
        let open = demo.half_a_request();
        demo.signal(first);
        demo.signal(second);
        assert_eq!(demo.ended(), Some(0));
        drop(open);
    }
}

/// What it says when it does not begin.
fn said(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().expect("the program is built");
    assert_eq!(status.code(), Some(1));
    String::from_utf8(stderr).expect("it says text")
}

#[test]
fn what_names_no_database_is_told_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let by_option = said(command(folder.path()).args(["--database", "mysql://here"]));
    assert!(by_option.contains("--database names no database: a database is 'sqlite:PATH'"), "{by_option}");
    let by_variable = said(command(folder.path()).env("UKETSUKE_DATABASE", "mysql://here"));
    assert!(by_variable.contains("UKETSUKE_DATABASE names no database"), "{by_variable}");
    assert!(!by_variable.contains("--database"), "{by_variable}");
    // The option goes before the variable.
    let both =
        said(command(folder.path()).args(["--database", "mysql://there"]).env("UKETSUKE_DATABASE", "mysql://here"));
    assert!(both.contains("--database names no database"), "{both}");
    // Others read it too.
    let mut cards = Command::new(env!("CARGO_BIN_EXE_uketsuke"));
    let cards = cards.args(["card", "list", "--data"]).arg(folder.path()).env("UKETSUKE_DATABASE", "mysql://here");
    let said_by_cards = said(cards);
    assert!(said_by_cards.contains("UKETSUKE_DATABASE names no database"), "{said_by_cards}");
}

#[test]
fn a_services_file_is_told_with_file_key_and_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("service.json");
    std::fs::write(&file, r#"{"client_id": "my-service", "name": "A service", "homes": "https://a.example"}"#)
        .expect("a file");
    let said = said(command(&folder.path().join("data")).arg("--service").arg(&file));
    for word in ["--service", "service.json'", "homes: take it out"] {
        assert!(said.contains(word), "{word}: {said}");
    }
}
