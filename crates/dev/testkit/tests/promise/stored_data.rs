//! Everything that one side stores, as bytes.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use base::InstitutionCode;
use rusqlite::{Connection, OpenFlags, types::ValueRef};
use testkit::{Direction, Terminal, World};

/// The log of all services, at the most detailed level.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the lock is not poisoned").extend_from_slice(bytes);
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
        let filter = "debug,base=trace,consult=trace,database=trace,app_auth=trace,handover=trace,accounts=trace,text=trace,ui=trace,web=trace,\
                      reception=trace,eligibility=trace,portal=trace,terminal=trace,authority=trace,uketsuke=trace";
        let writer = move || writer.clone();
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(writer).init();
        log
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().expect("the lock is not poisoned").clone()
    }
}

/// Prefixes of the files of the national side, the app and the clinic's terminal; every other file is the service's.
const OTHER_SERVICES_FILES: [&str; 4] = ["national.", "portal.", "terminal.", "authority."];

/// All data of the service: files, table columns, mail, log and traffic, by name.
pub async fn read_service_data(world: &World, log: &Log) -> Vec<(String, Vec<u8>)> {
    let mut data = Vec::new();
    for path in list_service_files(&world.data_folder()) {
        data.push((path.display().to_string(), fs::read(&path).expect("a file")));
    }
    data.push(("columns of consult.db".to_owned(), read_columns(&world.data_folder().join("consult.db"), &[])));
    let outbox = world.http().get(world.addresses().home.url("/control/outbox")).send().await.expect("the outbox");
    data.push(("mail".to_owned(), outbox.bytes().await.expect("letters").to_vec()));
    data.push(("log".to_owned(), log.bytes()));
    data.extend(read_recorded_traffic(world).map(|(name, bytes)| (name.to_owned(), bytes)));
    data
}

/// The whole traffic of the service: browsers call the service, and the service calls the reception and nothing else.
pub fn read_recorded_traffic(world: &World) -> [(&'static str, Vec<u8>); 4] {
    let proxies = world.proxies();
    [
        ("wire: browsers to the service", proxies.browsers.recorded_bytes(0, Direction::ToServer)),
        ("wire: pages of the service", proxies.browsers.recorded_bytes(0, Direction::FromServer)),
        ("wire: the service to the reception", proxies.reception.recorded_bytes(0, Direction::ToServer)),
        ("wire: the reception to the service", proxies.reception.recorded_bytes(0, Direction::FromServer)),
    ]
}

pub fn list_service_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            files.extend(list_service_files(&path));
        } else if !OTHER_SERVICES_FILES.iter().any(|prefix| name.starts_with(prefix)) {
            files.push(path);
        }
    }
    files
}

/// Every value of a database, column by column: in the database file a long value may be split. The tables `excluded` are
/// left out.
pub fn read_columns(path: &Path, excluded: &[&str]) -> Vec<u8> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let mut tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").expect("a query");
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).expect("tables").map(|name| name.expect("a name")).collect();
    let mut values = Vec::new();
    for table in tables.iter().filter(|table| !excluded.contains(&table.as_str())) {
        let mut rows = database.prepare(&format!("SELECT * FROM \"{table}\"")).expect("a query");
        let count = rows.column_count();
        let mut rows = rows.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            for column in 0..count {
                match row.get_ref(column).expect("a column") {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => values.extend_from_slice(bytes),
                    ValueRef::Integer(number) => values.extend_from_slice(number.to_string().as_bytes()),
                    ValueRef::Real(_) | ValueRef::Null => {}
                }
                values.push(b'\n');
            }
        }
    }
    values
}

/// The database of the national side.
pub fn read_national_database(world: &World) -> Vec<u8> {
    read_columns(&world.data_folder().join("national.db"), &[])
}

/// Every page of the clinic's terminal for the patients who registered for a day.
pub async fn read_terminal_pages(world: &World, institution: InstitutionCode, day: &str) -> Vec<u8> {
    let mut pages = Vec::new();
    for (role, list) in [("staff", "/receptions"), ("medical-viewer", "/patients")] {
        let terminal = Terminal::sign_in(world, institution, role).await;
        let page = terminal.open(&format!("{list}?by=visit&day={day}")).await;
        pages.extend_from_slice(&page.bytes);
        for address in page.find_links(&format!("{list}/")) {
            let path = address.strip_prefix(world.addresses().terminal.as_str()).expect("a page of the terminal");
            pages.extend(terminal.open(path).await.bytes);
            if role == "medical-viewer" {
                for record_kind in ["medicines", "diagnoses", "operations", "check-ups"] {
                    pages.extend(terminal.open(&format!("{path}/{record_kind}?from=2024-12&to=2026-11")).await.bytes);
                }
            }
        }
    }
    pages
}
