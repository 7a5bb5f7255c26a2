//! `uketsuke audit verify`: whether everything that institutions read, and all that was looked at and done at the service,
//! still stands in the audits as it was written.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use base::{ChainAnchor, Clock, Randomness};
use database::Database;
use eligibility::{AuditReport, Eligibility, Settings};

use crate::{
    cli,
    demo::{AUDIT_KEY, NATIONAL_MIGRATIONS},
    key_store::{KeyStore, KeyStoreError, database_option_name},
    service::SEALING_KEY,
};

/// What is checked.
#[derive(Debug, Clone, clap::Args)]
pub struct AuditVerifyArguments {
    /// The folder that the program was started with
    #[arg(long, value_name = "DIR", default_value = "uketsuke-data", env = "UKETSUKE_DATA")]
    pub data: PathBuf,
    /// The PostgreSQL server that the program was started with
    #[arg(long, value_name = "URL", env = "UKETSUKE_DATABASE")]
    pub database: Option<String>,
    /// Where the ends of the chains are kept, best on another machine: checked if the file is there, and written anew when
    /// nothing is at fault. It shows when everything was put back to how it once was
    #[arg(long, value_name = "FILE")]
    pub anchors: Option<PathBuf>,
    /// Whose audit: of all, or of one side, where the other is elsewhere
    #[arg(long = "of", value_name = "SIDE", value_enum, default_value = "all")]
    pub side: AuditSide,
}

/// Whose audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AuditSide {
    /// Of both sides
    All,
    /// Of the national side
    National,
    /// Of the service, such as one that `uketsuke serve` runs
    Service,
}

/// Why nothing could be checked, or what was found.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The folder cannot be used.
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    /// What was said of the database names none.
    #[error("{0} names no database")]
    Location(&'static str, #[source] database::UnreadableLocation),
    /// A database cannot be opened.
    #[error("the database of the national side, or of the service, cannot be opened")]
    Migration(#[from] database::MigrationError),
    /// The national side's audit cannot be read.
    #[error("the audit of the national side cannot be read")]
    National(#[from] eligibility::Refusal),
    /// The service's audit cannot be read.
    #[error("the audit of the service cannot be read")]
    Service(#[from] consult::Refusal),
    /// The file of `--anchors` cannot be used.
    #[error("'{path}' cannot be used")]
    Anchors {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something does not fit.
    #[error("{0} of the audit's chains are not as they were written")]
    FaultsFound(usize),
    /// The runtime could not be started.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Checks, and prints one line for each chain at fault and one for the whole.
pub fn verify_audit(wanted: &AuditVerifyArguments) -> Result<(), AuditError> {
    let checked = run_verification(wanted)?;
    checked.national.iter().try_for_each(print_national_report)?;
    checked.service.iter().try_for_each(print_service_report)?;
    match (checked.count_faults(), &wanted.anchors) {
        (0, Some(path)) => write_anchors(path, &checked.into_anchors())
            .map_err(|source| AuditError::Anchors { path: path.clone(), source }),
        (0, None) => Ok(()),
        (faults, _) => Err(AuditError::FaultsFound(faults)),
    }
}

/// What was found, and what was kept before of a side that was not asked for.
struct AuditVerification {
    national: Option<AuditReport>,
    service: Option<consult::AuditReport>,
    unverified_anchors: Vec<ChainAnchor>,
}

impl AuditVerification {
    fn count_faults(&self) -> usize {
        let of_service = self.service.as_ref().is_some_and(|report| report.fault.is_some());
        self.national.as_ref().map_or(0, |report| report.faults.len()) + usize::from(of_service)
    }

    fn into_anchors(self) -> Vec<ChainAnchor> {
        let of_service = self.service.and_then(|report| report.anchor);
        self.national
            .into_iter()
            .flat_map(|report| report.anchors)
            .chain(of_service)
            .chain(self.unverified_anchors)
            .collect()
    }
}

/// Parts what is kept of the service's chain from what is kept of the institutions' chains, whose names are digits.
fn split_anchors(anchors: Vec<ChainAnchor>) -> (Vec<ChainAnchor>, Option<ChainAnchor>) {
    let (service, national): (Vec<_>, Vec<_>) =
        anchors.into_iter().partition(|anchor| anchor.chain.starts_with(SEALING_KEY));
    (national, service.into_iter().next())
}

fn run_verification(wanted: &AuditVerifyArguments) -> Result<AuditVerification, AuditError> {
    let randomness = Randomness::system();
    let folder = KeyStore::open_used(&wanted.data, &randomness)?;
    let url = wanted.database.as_ref();
    let place = |room| {
        folder.database_location(room, url).map_err(|wrong| AuditError::Location(database_option_name(url), wrong))
    };
    let known = match &wanted.anchors {
        Some(path) => read_anchors(path).map_err(|source| AuditError::Anchors { path: path.clone(), source })?,
        None => Vec::new(),
    };
    let (known, known_of_service) = split_anchors(known);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut checked = AuditVerification { national: None, service: None, unverified_anchors: Vec::new() };
        if wanted.side == AuditSide::National {
            checked.unverified_anchors.extend(known_of_service);
        } else {
            let key = folder.key(SEALING_KEY);
            let service = Database::open_sealed(&place("consult")?, "consult", consult::MIGRATIONS, &key)?;
            checked.service = Some(consult::verify_audit(&service, key, known_of_service).await?);
        }
        if wanted.side == AuditSide::Service {
            checked.unverified_anchors.extend(known);
        } else {
            let settings = Settings {
                clock: Clock::system(),
                randomness,
                audit_key: folder.key(AUDIT_KEY),
                // Nothing is answered here, so nobody is told this address.
                reception: "http://reception.localhost".parse().expect("a name of this machine makes an origin"),
            };
            let national = Database::open_shared_sealed(
                &place("national")?,
                "national",
                &NATIONAL_MIGRATIONS,
                &folder.key(AUDIT_KEY),
            )?;
            checked.national = Some(Eligibility::from_database(national, settings).verify_audit(known).await?);
        }
        Ok(checked)
    })
}

fn print_national_report(report: &AuditReport) -> io::Result<()> {
    for fault in &report.faults {
        let chain = if fault.institution.is_empty() { "roll" } else { &fault.institution };
        cli::print_text_line(&format!("{chain} row {}: {}", fault.position, fault.kind))?;
    }
    let (rows, institutions, faults) = (report.rows, report.institutions, report.faults.len());
    cli::print_text_line(&format!("{rows} rows of {institutions} institutions checked, {faults} at fault"))
}

fn print_service_report(report: &consult::AuditReport) -> io::Result<()> {
    if let Some(fault) = &report.fault {
        cli::print_text_line(&format!("service row {}: {}", fault.number, fault.kind))?;
    }
    let (rows, older, faults) = (report.rows, report.rows_before_chain, usize::from(report.fault.is_some()));
    cli::print_text_line(&format!(
        "{rows} rows of the service checked, {faults} at fault, {older} older than its chain"
    ))
}

fn read_anchors(path: &Path) -> io::Result<Vec<ChainAnchor>> {
    match fs::read(path) {
        Ok(content) => Ok(serde_json::from_slice(&content)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whole or not at all.
fn write_anchors(path: &Path, anchors: &[ChainAnchor]) -> io::Result<()> {
    let draft = path.with_extension("new");
    fs::write(&draft, serde_json::to_vec_pretty(anchors)?)?;
    fs::File::open(&draft)?.sync_all()?;
    fs::rename(&draft, path)
}

#[cfg(test)]
mod tests {
    use base::{ChainFaultKind, InstitutionCode};
    use database::Location;
    use eligibility::{Fingerprint, Institution, OnlineFunction};

    use super::*;

    /// A folder in which an institution asked about somebody whom nobody knows, so many times.
    fn write_audit_rows(folder: &Path, times: usize) {
        let randomness = Randomness::system();
        let keep = KeyStore::open(folder, &randomness).unwrap();
        let settings = Settings {
            clock: Clock::system(),
            randomness,
            audit_key: keep.key(AUDIT_KEY),
            reception: "http://reception.localhost".parse().unwrap(),
        };
        let code: InstitutionCode = "0110113719".parse().unwrap();
        let certificate = Fingerprint::from_certificate(b"certificate");
        let request =
            "<XmlMsg><MessageHeader><MedicalInstitutionCode>0110113719</MedicalInstitutionCode></MessageHeader>
            <MessageBody><QualificationConfirmSearchInfo><InsurerNumber>33120015</InsurerNumber>
            <InsuredIdentificationNumber>1</InsuredIdentificationNumber><Birthdate>19800615</Birthdate>
            </QualificationConfirmSearchInfo></MessageBody></XmlMsg>";
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let national = Database::open_shared(&location(folder), "national", &NATIONAL_MIGRATIONS).unwrap();
            let eligibility = Eligibility::from_database(national, settings);
            let institution = Institution { code, name: "見本医院".to_owned(), online: OnlineFunction::On };
            eligibility.add_institution(institution).await.unwrap();
            eligibility.admit_certificate(code, certificate).await.unwrap();
            for _ in 0..times {
                let name = "OQSsiquc01req_1.xml".parse().unwrap();
                eligibility.respond_to_file(certificate, name, request.into()).await.unwrap();
            }
        });
    }

    fn location(folder: &Path) -> Location {
        Location::Sqlite(folder.join("national.db"))
    }

    fn execute_sql(folder: &Path, sql: &'static str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let national = Database::open_shared(&location(folder), "national", &NATIONAL_MIGRATIONS).unwrap();
            let write = move |tx: &mut database::Transaction<'_>| tx.execute(sql, &[]);
            national.write::<_, database::Error, _>(write).await.unwrap();
        });
    }

    fn execute_service_sql(folder: &Path, sql: &'static str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let place = Location::Sqlite(folder.join("consult.db"));
            let service = Database::open(&place, "consult", consult::MIGRATIONS).unwrap();
            let write = move |tx: &mut database::Transaction<'_>| tx.execute(sql, &[]);
            service.write::<_, database::Error, _>(write).await.unwrap();
        });
    }

    #[test]
    fn a_folder_is_in_order_until_somebody_changes_a_row() {
        let folder = std::env::temp_dir().join(format!("uketsuke-audit-{}", std::process::id()));
        let (data, anchors) = (folder.join("data"), Some(folder.join("anchors.json")));
        let wanted =
            AuditVerifyArguments { data: data.clone(), database: None, anchors: anchors.clone(), side: AuditSide::All };
        assert!(matches!(verify_audit(&wanted), Err(AuditError::KeyStore(KeyStoreError::NotInitialised(_)))));
        assert!(!data.exists(), "looking makes no folder");
        write_audit_rows(&data, 3);
        let AuditVerification { national: Some(report), service: Some(service), .. } =
            run_verification(&wanted).unwrap()
        else {
            panic!("both sides are checked");
        };
        assert_eq!((report.rows, report.institutions, report.faults.len()), (3, 1, 0));
        assert_eq!((service.rows, service.rows_before_chain, service.fault), (0, 0, None));
        verify_audit(&wanted).unwrap();
        let (of_institutions, of_service) = split_anchors(read_anchors(anchors.as_ref().unwrap()).unwrap());
        assert_eq!((of_institutions, of_service), (report.anchors, service.anchor));
        verify_audit(&wanted).unwrap();
        // Each side can be checked alone, and what is kept of the other stays.
        for of in [AuditSide::National, AuditSide::Service] {
            let alone = AuditVerifyArguments { side: of, ..wanted.clone() };
            let found = run_verification(&alone).unwrap();
            assert_eq!(
                (found.national.is_some(), found.service.is_some()),
                (of == AuditSide::National, of == AuditSide::Service)
            );
            let before = read_anchors(anchors.as_ref().unwrap()).unwrap();
            verify_audit(&alone).unwrap();
            assert_eq!(split_anchors(read_anchors(anchors.as_ref().unwrap()).unwrap()), split_anchors(before));
        }
        execute_sql(&data, "UPDATE audit SET access = 'readable' WHERE institution = '0110113719' AND place = 2");
        assert!(matches!(verify_audit(&wanted), Err(AuditError::FaultsFound(1))));
        assert_eq!(run_verification(&wanted).unwrap().national.unwrap().faults[0].position, 2);
        // A row that the service never wrote.
        let added =
            "INSERT INTO audit_entry (number, at, actor, act, digest) VALUES (1, 0, 'staff:1', 'desk.visit', X'00')";
        execute_service_sql(&data, added);
        assert!(matches!(verify_audit(&wanted), Err(AuditError::FaultsFound(2))));
        let fault = run_verification(&wanted).unwrap().service.unwrap().fault.unwrap();
        assert_eq!((fault.number, fault.kind), (1, ChainFaultKind::Added));
        fs::remove_dir_all(folder).unwrap();
    }
}
