//! What a server, its limits and what stands before it may do to a pool. Run where `UKETSUKE_TEST_POSTGRES` names a server.

use std::{
    env, fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use postgres::{Client, NoTls};

use super::{MIGRATIONS, count, increase};
use crate::{Database, Error, Location, MigrationError};

/// A database of one test's own on the test server.
struct ServerDatabase {
    server: String,
    name: String,
}

impl ServerDatabase {
    /// None where no server is at hand.
    fn new() -> Option<Self> {
        let server = env::var("UKETSUKE_TEST_POSTGRES").ok()?;
        let name = format!("outage_{}", hex::encode(base::Randomness::system().bytes::<12>()));
        let place = Self { server, name };
        place.run_as_owner("postgres", &format!("CREATE DATABASE {}", place.name));
        Some(place)
    }

    /// Runs statements as the server's owner.
    fn run_as_owner(&self, database: &str, sql: &str) {
        let url = format!("{}/{database}", self.server);
        let run = || Client::connect(&url, NoTls).and_then(|mut client| client.batch_execute(sql));
        let ran = thread::scope(|scope| scope.spawn(run).join()).expect("the statement's thread ends");
        ran.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn location(&self, query: &str) -> Location {
        Location::Postgres(format!("{}/{}?{query}", self.server, self.name))
    }

    fn open(&self, query: &str) -> Result<Database, MigrationError> {
        Database::open(&self.location(query), "trial", MIGRATIONS)
    }

    /// A role of this test's own, and the URL by which it signs in.
    fn open_as_role(&self, rights: &str, query: &str) -> Result<Database, MigrationError> {
        let role = format!("role_{}", self.name);
        self.run_as_owner(&self.name, &format!("CREATE ROLE {role} LOGIN {rights}"));
        self.run_as_owner(
            &self.name,
            &format!("GRANT USAGE ON SCHEMA trial TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA trial TO {role};"),
        );
        let server = self.server.replace("postgres@", &format!("{role}@"));
        let location = Location::Postgres(format!("{server}/{}?{query}", self.name));
        Database::open(&location, "trial", MIGRATIONS)
    }

    fn end_sessions(&self) {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = ";
        self.run_as_owner("postgres", &format!("{end} '{}'", self.name));
    }

    /// The host and port of the server.
    fn address(&self) -> String {
        self.server.split_once('@').expect("the URL names a user").1.to_owned()
    }
}

async fn increase_concurrently(database: &Database, times: usize) -> Vec<Result<i64, Error>> {
    let tasks: Vec<_> = (0..times)
        .map(|_| {
            let database = database.clone();
            tokio::spawn(async move { increase(&database, "a").await })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("the task ends"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_fewer_connections_than_the_pool_refuses_nobody() {
    let Some(place) = ServerDatabase::new() else { return };
    place.open("").unwrap();
    // One for the look at what stands before the server; both for the pool of eight.
    let database = place.open_as_role("CONNECTION LIMIT 2", "").unwrap();
    for answer in increase_concurrently(&database, 200).await {
        answer.unwrap();
    }
    assert_eq!(count(&database, "a").await, Some(200));
}

#[tokio::test]
async fn a_role_that_may_make_nothing_is_enough_for_what_is_made() {
    let Some(place) = ServerDatabase::new() else { return };
    place.open("").unwrap();
    let database = place.open_as_role("", "").unwrap();
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
    database.check_writable().await.unwrap();
}

#[tokio::test]
async fn sessions_that_the_server_ended_are_replaced() {
    let Some(place) = ServerDatabase::new() else { return };
    let database = place.open("pool_size=3").unwrap();
    for round in 1..=5 {
        place.end_sessions();
        assert_eq!(increase(&database, "a").await.unwrap(), round);
    }
}

#[tokio::test]
async fn a_server_that_only_reads_is_not_ready_and_is_given_up_for_one_that_writes() {
    let Some(place) = ServerDatabase::new() else { return };
    let database = place.open("").unwrap();
    database.check_writable().await.unwrap();
    place.run_as_owner("postgres", &format!("ALTER DATABASE {} SET default_transaction_read_only = on", place.name));
    place.end_sessions();
    let error = database.check_writable().await.expect_err("nothing can be written");
    assert!(error.is_outage(), "{error}");
    assert!(increase(&database, "a").await.unwrap_err().is_outage());
    assert_eq!(count(&database, "a").await, None, "it still reads");
    // As after a promotion: the sessions stay, and only a new one may write.
    place.run_as_owner("postgres", &format!("ALTER DATABASE {} RESET default_transaction_read_only", place.name));
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_outage_until_it_can() {
    let Some(place) = ServerDatabase::new() else { return };
    let wire = Proxy::start(place.address());
    let location = Location::Postgres(format!("postgres://postgres@{}/{}", wire.address, place.name));
    let database = Database::open(&location, "trial", MIGRATIONS).unwrap();
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
    wire.set_cut(true);
    place.end_sessions();
    assert!(increase(&database, "a").await.unwrap_err().is_outage());
    wire.set_cut(false);
    // Within a moment the outage is believed; then the server is asked again.
    while increase(&database, "a").await.is_err() {}
    assert!(count(&database, "a").await >= Some(2));
}

#[tokio::test]
async fn a_silent_server_is_not_ready() {
    let Some(place) = ServerDatabase::new() else { return };
    let wire = Proxy::start(place.address());
    let location = Location::Postgres(format!("postgres://postgres@{}/{}", wire.address, place.name));
    let database = Database::open(&location, "trial", MIGRATIONS).unwrap();
    wire.silent.store(true, Ordering::Release);
    // Nobody but the clock has anything to do, so it runs ahead.
    tokio::time::pause();
    assert!(matches!(database.check_writable().await, Err(Error::TimedOut(_))));
    assert!(matches!(increase(&database, "a").await, Err(Error::TimedOut(_))));
}

/// A wire to the server that can be cut, or carry nothing.
struct Proxy {
    address: String,
    cut: Arc<AtomicBool>,
    silent: Arc<AtomicBool>,
}

impl Proxy {
    fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, silent) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let (closed, quiet) = (cut.clone(), silent.clone());
        thread::spawn(move || {
            for near in listener.incoming() {
                let Ok(near) = near else { return };
                if closed.load(Ordering::Acquire) {
                    continue;
                }
                let far = TcpStream::connect(&server).unwrap();
                for (from, to) in [(near.try_clone(), far.try_clone()), (Ok(far), Ok(near))] {
                    let (from, to, quiet) = (from.unwrap(), to.unwrap(), quiet.clone());
                    thread::spawn(move || forward_bytes(from, to, &quiet));
                }
            }
        });
        Self { address, cut, silent }
    }

    fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Release);
    }
}

fn forward_bytes(mut from: TcpStream, mut to: TcpStream, quiet: &AtomicBool) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        if !quiet.load(Ordering::Acquire) && to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    // Either end may have closed it already.
    let _ = to.shutdown(std::net::Shutdown::Both);
}

/// A stock pgbouncer before the test server.
struct Pooler {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Pooler {
    fn start(place: &ServerDatabase, mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (host, port) =
            place.address().rsplit_once(':').map(|(host, port)| (host.to_owned(), port.to_owned())).unwrap();
        let own = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {own}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = 20\n"
        );
        fs::write(&settings, text.replace("* = host", &format!("{} = user=postgres host", place.name))).unwrap();
        make_world_readable(folder.path());
        make_world_readable(&settings);
        // It refuses to run as root. `setpriv` becomes the program, so that ending the child ends it.
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if root { Command::new("setpriv") } else { Command::new("/usr/sbin/pgbouncer") };
        if root {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "/usr/sbin/pgbouncer"]);
        }
        let child = command.arg("--quiet").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let address = format!("127.0.0.1:{own}");
        while TcpStream::connect(&address).is_err() {}
        Self { child: child.unwrap(), address, _folder: folder }
    }

    fn open(&self, place: &ServerDatabase) -> Result<Database, MigrationError> {
        let location = Location::Postgres(format!("postgres://postgres@{}/{}", self.address, place.name));
        Database::open(&location, "trial", MIGRATIONS)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // A pooler that is gone already has ended as it should.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn make_world_readable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_pooler_that_lends_sessions_by_transaction_is_refused_at_the_start() {
    let Some(place) = ServerDatabase::new() else { return };
    let by_transaction = Pooler::start(&place, "transaction");
    assert!(matches!(by_transaction.open(&place), Err(MigrationError::Pooled)));
    let by_session = Pooler::start(&place, "session");
    let database = by_session.open(&place).unwrap();
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
}
