//! Everything that stands on one side, in bytes.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use base::InstitutionCode;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use testkit::{Direction, Terminal, World};

/// What all rooms log, in all detail.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    pub fn install() -> Self {
        let log = Self::default();
        let writer = log.clone();
        let filter = "debug,base=trace,consult=trace,database=trace,errand=trace,handover=trace,shell=trace,\
                      reception=trace,eligibility=trace,portal=trace,terminal=trace,authority=trace,uketsuke=trace";
        let writer = move || writer.clone();
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).init();
        log
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("nobody panicked").clone()
    }
}

/// The rooms of the national side and the clinic's own; every other file is the service's.
const OTHER_SERVICES_FILES: [&str; 4] = ["national.", "portal.", "terminal.", "authority."];

/// Everything of the service, by where it was found.
pub async fn read_service_data(world: &World, log: &Log) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for path in list_service_files(&world.data_folder()) {
        all.push((path.display().to_string(), fs::read(&path).expect("a file")));
    }
    all.push(("columns of consult.db".to_owned(), read_columns(&world.data_folder().join("consult.db"), &[])));
    let outbox = world.http().get(world.addresses().home.url("/control/outbox")).send().await.expect("the outbox");
    all.push(("mail".to_owned(), outbox.bytes().await.expect("letters").to_vec()));
    all.push(("log".to_owned(), log.bytes()));
    all.extend(read_recorded_traffic(world).map(|(name, bytes)| (name.to_owned(), bytes)));
    all
}

/// Every byte that passed between the service and anybody else. Browsers call the service; the service calls the
/// reception, and nobody else.
pub fn read_recorded_traffic(world: &World) -> [(&'static str, Vec<u8>); 4] {
    let wires = world.proxies();
    [
        ("wire: browsers to the service", wires.browsers.recorded_bytes(0, Direction::ToServer)),
        ("wire: pages of the service", wires.browsers.recorded_bytes(0, Direction::FromServer)),
        ("wire: the service to the reception", wires.reception.recorded_bytes(0, Direction::ToServer)),
        ("wire: the reception to the service", wires.reception.recorded_bytes(0, Direction::FromServer)),
    ]
}

pub fn list_service_files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            all.extend(list_service_files(&path));
        } else if !OTHER_SERVICES_FILES.iter().any(|room| name.starts_with(room)) {
            all.push(path);
        }
    }
    all
}

/// Every value of a database as its column holds it: in the file a long one may lie in pieces. `without` are tables that
/// are left out.
pub fn read_columns(path: &Path, without: &[&str]) -> Vec<u8> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").expect("a query");
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).expect("tables").map(|name| name.expect("a name")).collect();
    let mut all = Vec::new();
    for table in tables.iter().filter(|table| !without.contains(&table.as_str())) {
        let mut rows = database.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a query");
        let count = rows.column_count();
        let mut rows = rows.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for column in 0..count {
                match row.get_ref(column).expect("a column") {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => all.extend_from_slice(bytes),
                    ValueRef::Integer(number) => all.extend_from_slice(number.to_string().as_bytes()),
                    ValueRef::Real(_) | ValueRef::Null => {}
                }
                all.push(b'\n');
            }
        }
    }
    all
}

/// The database of the national side.
pub fn read_national_database(world: &World) -> Vec<u8> {
    read_columns(&world.data_folder().join("national.db"), &[])
}

/// Every page that the clinic's terminal shows of those who registered for a day.
pub async fn read_terminal_pages(world: &World, institution: InstitutionCode, day: &str) -> Vec<u8> {
    let mut all = Vec::new();
    for (role, list) in [("staff", "/receptions"), ("medical-viewer", "/patients")] {
        let terminal = Terminal::sign_in(world, institution, role).await;
        let page = terminal.open(&format!("{list}?by=visit&day={day}")).await;
        all.extend_from_slice(&page.bytes);
        for address in page.find_links(&format!("{list}/")) {
            let path = address.strip_prefix(world.addresses().terminal.as_str()).expect("a page of the terminal");
            all.extend(terminal.open(path).await.bytes);
            if role == "medical-viewer" {
                for kind in ["medicines", "diagnoses", "operations", "check-ups"] {
                    all.extend(terminal.open(&format!("{path}/{kind}?from=2024-12&to=2026-11")).await.bytes);
                }
            }
        }
    }
    all
}
