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
    demo::{AUDIT_KEY, NATIONAL, SEALING_KEY},
    keep::{Keep, KeepFailure, named_by},
};

/// What is checked.
#[derive(Debug, Clone, clap::Args)]
pub struct Verify {
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
}

/// Why nothing could be checked, or what was found.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The folder cannot be used.
    #[error("the data folder cannot be used")]
    Keep(#[from] KeepFailure),
    /// What was said of the database names none.
    #[error("{0} names no database")]
    Location(&'static str, #[source] database::UnreadableLocation),
    /// A database cannot be opened.
    #[error("the database of the national side, or of the service, cannot be opened")]
    Migration(#[from] database::MigrationError),
    /// The national side's audit cannot be read.
    #[error("the audit of the national side cannot be read")]
    Unreadable(#[from] eligibility::Refusal),
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
    AtFault(usize),
    /// The runtime could not be started.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Checks, and prints one line for each chain at fault and one for the whole.
pub fn verify(wanted: &Verify) -> Result<(), Failure> {
    let (national, service) = checked(wanted)?;
    told(&national);
    told_of_service(&service);
    let faults = national.faults.len() + usize::from(service.fault.is_some());
    if faults > 0 {
        return Err(Failure::AtFault(faults));
    }
    match &wanted.anchors {
        Some(path) => {
            let anchors: Vec<_> = national.anchors.into_iter().chain(service.anchor).collect();
            keep(path, &anchors).map_err(|source| Failure::Anchors { path: path.clone(), source })
        }
        None => Ok(()),
    }
}

/// Parts what is kept of the service's chain from what is kept of the institutions' chains, whose names are digits.
fn parted(anchors: Vec<ChainAnchor>) -> (Vec<ChainAnchor>, Option<ChainAnchor>) {
    let (service, national): (Vec<_>, Vec<_>) =
        anchors.into_iter().partition(|anchor| anchor.chain.starts_with(SEALING_KEY));
    (national, service.into_iter().next())
}

fn checked(wanted: &Verify) -> Result<(AuditReport, consult::AuditReport), Failure> {
    let randomness = Randomness::system();
    let folder = Keep::open_used(&wanted.data, &randomness)?;
    let url = wanted.database.as_ref();
    let place = |room| folder.database(room, url).map_err(|wrong| Failure::Location(named_by(url), wrong));
    let (location, service) = (place("national")?, place("consult")?);
    let sealing_key = folder.key(SEALING_KEY);
    let (known, known_of_service) = match &wanted.anchors {
        Some(path) => parted(kept(path).map_err(|source| Failure::Anchors { path: path.clone(), source })?),
        None => (Vec::new(), None),
    };
    let settings = Settings {
        clock: Clock::system(),
        randomness,
        audit_key: folder.key(AUDIT_KEY),
        // Nothing is answered here, so nobody is told this address.
        reception: "http://reception.localhost".parse().expect("a name of this machine makes an origin"),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let eligibility = Eligibility::on(Database::open_shared(&location, "national", &NATIONAL)?, settings);
        let service = Database::open(&service, "consult", consult::MIGRATIONS)?;
        let of_service = consult::verify_audit(&service, sealing_key, known_of_service).await?;
        Ok((eligibility.verify_audit(known).await?, of_service))
    })
}

#[expect(clippy::print_stdout, reason = "what was found is what the command is for")]
fn told(report: &AuditReport) {
    for fault in &report.faults {
        let chain = if fault.institution.is_empty() { "roll" } else { &fault.institution };
        println!("{chain} row {}: {}", fault.place, fault.what);
    }
    let (rows, institutions, faults) = (report.rows, report.institutions, report.faults.len());
    println!("{rows} rows of {institutions} institutions checked, {faults} at fault");
}

#[expect(clippy::print_stdout, reason = "what was found is what the command is for")]
fn told_of_service(report: &consult::AuditReport) {
    if let Some(fault) = &report.fault {
        println!("service row {}: {}", fault.number, fault.what);
    }
    let (rows, older, faults) = (report.rows, report.older, usize::from(report.fault.is_some()));
    println!("{rows} rows of the service checked, {faults} at fault, {older} older than its chain");
}

fn kept(path: &Path) -> io::Result<Vec<ChainAnchor>> {
    match fs::read(path) {
        Ok(content) => Ok(serde_json::from_slice(&content)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Whole or not at all.
fn keep(path: &Path, anchors: &[ChainAnchor]) -> io::Result<()> {
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
    fn asked(folder: &Path, times: usize) {
        let randomness = Randomness::system();
        let keep = Keep::open(folder, &randomness).unwrap();
        let settings = Settings {
            clock: Clock::system(),
            randomness,
            audit_key: keep.key(AUDIT_KEY),
            reception: "http://reception.localhost".parse().unwrap(),
        };
        let code: InstitutionCode = "0110113719".parse().unwrap();
        let certificate = Fingerprint::of(b"certificate");
        let request =
            "<XmlMsg><MessageHeader><MedicalInstitutionCode>0110113719</MedicalInstitutionCode></MessageHeader>
            <MessageBody><QualificationConfirmSearchInfo><InsurerNumber>33120015</InsurerNumber>
            <InsuredIdentificationNumber>1</InsuredIdentificationNumber><Birthdate>19800615</Birthdate>
            </QualificationConfirmSearchInfo></MessageBody></XmlMsg>";
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let national = Database::open_shared(&location(folder), "national", &NATIONAL).unwrap();
            let eligibility = Eligibility::on(national, settings);
            let institution = Institution { code, name: "見本医院".to_owned(), online: OnlineFunction::On };
            eligibility.add_institution(institution).await.unwrap();
            eligibility.admit_certificate(code, certificate).await.unwrap();
            for _ in 0..times {
                let name = "OQSsiquc01req_1.xml".parse().unwrap();
                eligibility.answer(certificate, name, request.into()).await.unwrap();
            }
        });
    }

    fn location(folder: &Path) -> Location {
        Location::Sqlite(folder.join("national.db"))
    }

    fn change(folder: &Path, sql: &'static str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let national = Database::open_shared(&location(folder), "national", &NATIONAL).unwrap();
            let write = move |tx: &mut database::Transaction<'_>| tx.execute(sql, &[]);
            national.write::<_, database::Error, _>(write).await.unwrap();
        });
    }

    fn change_service(folder: &Path, sql: &'static str) {
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
        let wanted = Verify { data: data.clone(), database: None, anchors: anchors.clone() };
        assert!(matches!(verify(&wanted), Err(Failure::Keep(KeepFailure::Unused(_)))));
        assert!(!data.exists(), "looking makes no folder");
        asked(&data, 3);
        let (report, service) = checked(&wanted).unwrap();
        assert_eq!((report.rows, report.institutions, report.faults.len()), (3, 1, 0));
        assert_eq!((service.rows, service.older, service.fault), (0, 0, None));
        verify(&wanted).unwrap();
        let (of_institutions, of_service) = parted(kept(&anchors.unwrap()).unwrap());
        assert_eq!((of_institutions, of_service), (report.anchors, service.anchor));
        verify(&wanted).unwrap();
        change(&data, "UPDATE audit SET access = 'readable' WHERE institution = '0110113719' AND place = 2");
        assert!(matches!(verify(&wanted), Err(Failure::AtFault(1))));
        assert_eq!(checked(&wanted).unwrap().0.faults[0].place, 2);
        // A row that the service never wrote.
        let added =
            "INSERT INTO audit_entry (number, at, actor, act, digest) VALUES (1, 0, 'staff:1', 'desk.visit', X'00')";
        change_service(&data, added);
        assert!(matches!(verify(&wanted), Err(Failure::AtFault(2))));
        let fault = checked(&wanted).unwrap().1.fault.unwrap();
        assert_eq!((fault.number, fault.what), (1, ChainFaultKind::Added));
        fs::remove_dir_all(folder).unwrap();
    }
}
