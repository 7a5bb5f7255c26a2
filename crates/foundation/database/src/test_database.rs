//! Fresh databases for the store tests of the services, on every available engine.
//!
//! SQLite always; PostgreSQL too where `UKETSUKE_TEST_POSTGRES` names a server (the test command starts one). A test
//! iterates over the [`TestDatabase`]s and runs the same contract on each.

use std::path::PathBuf;

use crate::{Database, Location, Migration};

/// A fresh database, deleted when dropped.
pub struct TestDatabase {
    /// The engine's name, for messages.
    pub engine: &'static str,
    pub database: Database,
    /// Where it is, for opening it again.
    pub location: Location,
    _folder: tempfile::TempDir,
}

/// A fresh database of `service` on each available engine.
pub fn open_on_each_engine(service: &'static str, migrations: &'static [Migration]) -> Vec<TestDatabase> {
    open_shared_on_each_engine(service, &[(service, migrations)])
}

/// A fresh database that several services share, on each available engine.
pub fn open_shared_on_each_engine(
    name: &'static str,
    lists: &[(&'static str, &'static [Migration])],
) -> Vec<TestDatabase> {
    locations()
        .into_iter()
        .map(|(engine, location, folder)| TestDatabase {
            engine,
            database: Database::open_shared(&location, name, lists).expect("a fresh database opens"),
            location,
            _folder: folder,
        })
        .collect()
}

/// A fresh location for a database on each available engine.
pub fn locations() -> Vec<(&'static str, Location, tempfile::TempDir)> {
    let folder = || tempfile::tempdir().expect("a temporary folder");
    let sqlite = folder();
    let path: PathBuf = sqlite.path().join("trial.db");
    #[cfg_attr(not(feature = "postgres"), expect(unused_mut, reason = "only PostgreSQL is pushed to it"))]
    let mut locations = vec![("sqlite", Location::Sqlite(path), sqlite)];
    #[cfg(feature = "postgres")]
    if let Ok(server) = std::env::var("UKETSUKE_TEST_POSTGRES") {
        let name = format!("trial_{}", hex::encode(base::Randomness::system().bytes::<12>()));
        let create = || {
            let mut client = postgres::Client::connect(&format!("{server}/postgres"), postgres::NoTls)
                .expect("UKETSUKE_TEST_POSTGRES names a server that answers");
            client.batch_execute(&format!("CREATE DATABASE {name}")).expect("a database can be created");
        };
        std::thread::scope(|scope| scope.spawn(create).join()).expect("the test server is set up");
        locations.push(("postgres", Location::Postgres(format!("{server}/{name}")), folder()));
    }
    locations
}
