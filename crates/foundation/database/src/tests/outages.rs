//! Effects of a server's failures and limits, and of a pooler, on a pool. Run where `UKETSUKE_TEST_POSTGRES` names a server.

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

/// A database of a single test on the test server.
struct ServerDatabase {
    server: String,
    name: String,
}

impl ServerDatabase {
    /// `None` where no server is available.
    fn new() -> Option<Self> {
        let server = env::var("UKETSUKE_TEST_POSTGRES").ok()?;
        let name = format!("outage_{}", hex::encode(base::Randomness::system().bytes::<12>()));
        let database = Self { server, name };
        database.run_as_owner("postgres", &format!("CREATE DATABASE {}", database.name));
        Some(database)
    }

    /// Runs statements as the server's owner.
    fn run_as_owner(&self, database: &str, sql: &str) {
        let url = format!("{}/{database}", self.server);
        let run = || Client::connect(&url, NoTls).and_then(|mut client| client.batch_execute(sql));
        let result = thread::scope(|scope| scope.spawn(run).join()).expect("the statement's thread ends");
        result.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn location(&self, query: &str) -> Location {
        Location::Postgres(format!("{}/{}?{query}", self.server, self.name))
    }

    fn open(&self, query: &str) -> Result<Database, MigrationError> {
        Database::open(&self.location(query), "trial", MIGRATIONS)
    }

    /// Opens the database as a new role with these rights.
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
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.expect("the task ends"));
    }
    results
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_fewer_connections_than_the_pool_refuses_nobody() {
    let Some(server) = ServerDatabase::new() else { return };
    server.open("").unwrap();
    // One connection for detecting a pooler; both for the pool of eight.
    let database = server.open_as_role("CONNECTION LIMIT 2", "").unwrap();
    for result in increase_concurrently(&database, 200).await {
        result.unwrap();
    }
    assert_eq!(count(&database, "a").await, Some(200));
}

#[tokio::test]
async fn a_role_that_may_make_nothing_is_enough_for_what_is_made() {
    let Some(server) = ServerDatabase::new() else { return };
    server.open("").unwrap();
    let database = server.open_as_role("", "").unwrap();
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
    database.check_writable().await.unwrap();
}

#[tokio::test]
async fn sessions_that_the_server_ended_are_replaced() {
    let Some(server) = ServerDatabase::new() else { return };
    let database = server.open("pool_size=3").unwrap();
    for round in 1..=5 {
        server.end_sessions();
        assert_eq!(increase(&database, "a").await.unwrap(), round);
    }
}

#[tokio::test]
async fn a_server_that_only_reads_is_not_ready_and_is_given_up_for_one_that_writes() {
    let Some(server) = ServerDatabase::new() else { return };
    let database = server.open("").unwrap();
    database.check_writable().await.unwrap();
    server.run_as_owner("postgres", &format!("ALTER DATABASE {} SET default_transaction_read_only = on", server.name));
    server.end_sessions();
    let error = database.check_writable().await.expect_err("nothing can be written");
    assert!(error.is_outage(), "{error}");
    assert!(increase(&database, "a").await.unwrap_err().is_outage());
    assert_eq!(count(&database, "a").await, None, "it still reads");
    // As after a promotion: the sessions remain, and only new ones may write.
    server.run_as_owner("postgres", &format!("ALTER DATABASE {} RESET default_transaction_read_only", server.name));
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_an_outage_until_it_can() {
    let Some(server) = ServerDatabase::new() else { return };
    let proxy = Proxy::start(server.address());
    let location = Location::Postgres(format!("postgres://postgres@{}/{}", proxy.address, server.name));
    let database = Database::open(&location, "trial", MIGRATIONS).unwrap();
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
    proxy.set_cut(true);
    server.end_sessions();
    assert!(increase(&database, "a").await.unwrap_err().is_outage());
    proxy.set_cut(false);
    // The outage is remembered for a moment; then the server is tried again.
    while increase(&database, "a").await.is_err() {}
    assert!(count(&database, "a").await >= Some(2));
}

#[tokio::test]
async fn a_silent_server_is_not_ready() {
    let Some(server) = ServerDatabase::new() else { return };
    let proxy = Proxy::start(server.address());
    let location = Location::Postgres(format!("postgres://postgres@{}/{}", proxy.address, server.name));
    let database = Database::open(&location, "trial", MIGRATIONS).unwrap();
    proxy.silent.store(true, Ordering::Release);
    // Only the clock can make progress, so it runs ahead.
    tokio::time::pause();
    assert!(matches!(database.check_writable().await, Err(Error::TimedOut(_))));
    assert!(matches!(increase(&database, "a").await, Err(Error::TimedOut(_))));
}

/// A proxy before the server whose connections can be cut or silenced.
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
        let (is_cut, is_silent) = (cut.clone(), silent.clone());
        thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                if is_cut.load(Ordering::Acquire) {
                    continue;
                }
                let server_side = TcpStream::connect(&server).unwrap();
                for (source, target) in [(client.try_clone(), server_side.try_clone()), (Ok(server_side), Ok(client))] {
                    let (source, target, is_silent) = (source.unwrap(), target.unwrap(), is_silent.clone());
                    thread::spawn(move || forward_bytes(source, target, &is_silent));
                }
            }
        });
        Self { address, cut, silent }
    }

    fn set_cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Release);
    }
}

fn forward_bytes(mut source: TcpStream, mut target: TcpStream, is_silent: &AtomicBool) {
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = source.read(&mut bytes) {
        if !is_silent.load(Ordering::Acquire) && target.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    // Either end may have been closed already.
    let _ = target.shutdown(std::net::Shutdown::Both);
}

/// A stock pgbouncer before the test server.
struct Pooler {
    child: Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Pooler {
    fn start(server: &ServerDatabase, mode: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (host, port) =
            server.address().rsplit_once(':').map(|(host, port)| (host.to_owned(), port.to_owned())).unwrap();
        let listen_port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = folder.path().join("pgbouncer.ini");
        let text = format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {listen_port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = {mode}\ndefault_pool_size = 20\n"
        );
        fs::write(&settings, text.replace("* = host", &format!("{} = user=postgres host", server.name))).unwrap();
        make_world_readable(folder.path());
        make_world_readable(&settings);
        // pgbouncer refuses to run as root. `setpriv` executes it in its own process, so that killing the child ends it.
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let mut command = if root { Command::new("setpriv") } else { Command::new("/usr/sbin/pgbouncer") };
        if root {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "/usr/sbin/pgbouncer"]);
        }
        let child = command.arg("--quiet").arg(&settings).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let address = format!("127.0.0.1:{listen_port}");
        while TcpStream::connect(&address).is_err() {}
        Self { child: child.unwrap(), address, _folder: folder }
    }

    fn open(&self, server: &ServerDatabase) -> Result<Database, MigrationError> {
        let location = Location::Postgres(format!("postgres://postgres@{}/{}", self.address, server.name));
        Database::open(&location, "trial", MIGRATIONS)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // The child may have ended already.
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
    let Some(server) = ServerDatabase::new() else { return };
    let transaction_pooler = Pooler::start(&server, "transaction");
    assert!(matches!(transaction_pooler.open(&server), Err(MigrationError::Pooled)));
    let session_pooler = Pooler::start(&server, "session");
    let database = session_pooler.open(&server).unwrap();
    assert_eq!(increase(&database, "a").await.unwrap(), 1);
}
