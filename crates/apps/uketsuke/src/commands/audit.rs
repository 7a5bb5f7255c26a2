//! `uketsuke audit verify`: whether the audits of the national side (what institutions read) and of the service (what was
//! read and done) are unchanged.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use audit::{AuditFault, AuditReport, ChainAnchor};
use base::{Clock, Randomness};

use crate::{
    arguments::{AuditSide, AuditVerifyArguments},
    compose::{Composer, NoDatabase, SEALING_KEY},
    key_store::{KeyStore, KeyStoreError, write_private_file},
    output::print_text_line,
};

/// Why the audits could not be verified, or that faults were found.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The folder cannot be used.
    #[error("the data folder cannot be used")]
    KeyStore(#[from] KeyStoreError),
    #[error(transparent)]
    Location(#[from] NoDatabase),
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
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The audits were changed.
    #[error("{0} of the audit's chains are not as they were written")]
    FaultsFound(usize),
    /// The runtime could not be started.
    #[error("the system refused")]
    System(#[from] io::Error),
}

/// Verifies the audits, and prints one line for each chain at fault and a summary.
pub fn verify_audit(arguments: &AuditVerifyArguments) -> Result<(), AuditError> {
    let verification = run_verification(arguments)?;
    verification.national.iter().try_for_each(print_national_report)?;
    verification.service.iter().try_for_each(print_service_report)?;
    match (verification.count_faults(), &arguments.anchors) {
        (0, Some(path)) => write_anchors(path, &verification.into_anchors())
            .map_err(|source| AuditError::Anchors { path: path.clone(), source }),
        (0, None) => Ok(()),
        (faults, _) => Err(AuditError::FaultsFound(faults)),
    }
}

/// The results, and the stored anchors of a side that was not verified.
struct AuditVerification {
    national: Option<AuditReport>,
    service: Option<consult::AuditReport>,
    unverified_anchors: Vec<ChainAnchor>,
}

impl AuditVerification {
    fn count_faults(&self) -> usize {
        self.chain_reports().map(|report| report.faults.len()).sum()
    }

    fn chain_reports(&self) -> impl Iterator<Item = &AuditReport> {
        self.national.iter().chain(self.service.iter().map(|service| &service.verified))
    }

    fn into_anchors(self) -> Vec<ChainAnchor> {
        let service = self.service.into_iter().map(|service| service.verified);
        self.national
            .into_iter()
            .chain(service)
            .flat_map(|report| report.anchors)
            .chain(self.unverified_anchors)
            .collect()
    }
}

/// Splits the anchors of the national side's chains, whose names are digits, from those of the service's.
fn split_anchors(anchors: Vec<ChainAnchor>) -> (Vec<ChainAnchor>, Vec<ChainAnchor>) {
    anchors.into_iter().partition(|anchor| !anchor.chain.starts_with(SEALING_KEY))
}

fn run_verification(arguments: &AuditVerifyArguments) -> Result<AuditVerification, AuditError> {
    let randomness = Randomness::system();
    let key_store = KeyStore::open_used(&arguments.data, &randomness)?;
    let composer = Composer::new(key_store, arguments.database.as_deref(), Clock::system(), randomness)?;
    let anchors = match &arguments.anchors {
        Some(path) => read_anchors(path).map_err(|source| AuditError::Anchors { path: path.clone(), source })?,
        None => Vec::new(),
    };
    let (national_anchors, service_anchors) = split_anchors(anchors);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut verification = AuditVerification { national: None, service: None, unverified_anchors: Vec::new() };
        if arguments.side == AuditSide::National {
            verification.unverified_anchors.extend(service_anchors);
        } else {
            let (service, key) = composer.open_service_database()?;
            verification.service = Some(consult::verify_audit(&service, key, service_anchors).await?);
        }
        if arguments.side == AuditSide::Service {
            verification.unverified_anchors.extend(national_anchors);
        } else {
            let (national, key) = (composer.open_national_database()?, composer.audit_key());
            verification.national = Some(eligibility::verify_audit(&national, key, national_anchors).await?);
        }
        Ok(verification)
    })
}

fn print_national_report(report: &AuditReport) -> io::Result<()> {
    for AuditFault { chain, position, kind } in &report.faults {
        let chain = if chain.is_empty() { "roll" } else { chain };
        print_text_line(&format!("{chain} row {position}: {kind}"))?;
    }
    let (rows, institutions, faults) = (report.rows, report.chains, report.faults.len());
    print_text_line(&format!("{rows} rows of {institutions} institutions checked, {faults} at fault"))
}

fn print_service_report(report: &consult::AuditReport) -> io::Result<()> {
    for AuditFault { chain, position, kind } in &report.verified.faults {
        // The chain of an institution is named by its code.
        let institution = chain.strip_prefix(SEALING_KEY).map(str::trim_start).filter(|code| is_digits(code));
        match institution {
            Some(code) => print_text_line(&format!("service {code} row {position}: {kind}"))?,
            None => print_text_line(&format!("service row {position}: {kind}"))?,
        }
    }
    let (rows, older_rows, faults) = (report.verified.rows, report.rows_before_chain, report.verified.faults.len());
    print_text_line(&format!(
        "{rows} rows of the service checked, {faults} at fault, {older_rows} older than its chain"
    ))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_anchors(path: &Path) -> io::Result<Vec<ChainAnchor>> {
    match fs::read(path) {
        Ok(content) => Ok(serde_json::from_slice(&content)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

fn write_anchors(path: &Path, anchors: &[ChainAnchor]) -> io::Result<()> {
    write_private_file(path, &serde_json::to_vec_pretty(anchors)?)
}

#[cfg(test)]
mod tests {
    use audit::ChainFaultKind;
    use base::InstitutionCode;
    use database::{Database, Location};
    use eligibility::{Eligibility, Fingerprint, Institution, OnlineFunction, Settings};

    use super::*;
    use crate::compose::{AUDIT_KEY, NATIONAL_MIGRATIONS};

    /// Writes a folder in which an institution has looked up an unknown person `times` times.
    fn write_audit_rows(folder: &Path, times: usize) {
        let randomness = Randomness::system();
        let key_store = KeyStore::open(folder, &randomness).unwrap();
        let settings = Settings {
            clock: Clock::system(),
            randomness,
            audit_key: key_store.key(AUDIT_KEY),
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
            let eligibility = Eligibility::from_database(national, settings).await.unwrap();
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
            let location = Location::Sqlite(folder.join("consult.db"));
            let service = Database::open(&location, "consult", consult::MIGRATIONS).unwrap();
            let write = move |tx: &mut database::Transaction<'_>| tx.execute(sql, &[]);
            service.write::<_, database::Error, _>(write).await.unwrap();
        });
    }

    #[test]
    fn a_folder_is_in_order_until_somebody_changes_a_row() {
        let folder = std::env::temp_dir().join(format!("uketsuke-audit-{}", std::process::id()));
        let (data, anchors) = (folder.join("data"), Some(folder.join("anchors.json")));
        let arguments =
            AuditVerifyArguments { data: data.clone(), database: None, anchors: anchors.clone(), side: AuditSide::All };
        assert!(matches!(verify_audit(&arguments), Err(AuditError::KeyStore(KeyStoreError::NotInitialised(_)))));
        assert!(!data.exists(), "verification creates no folder");
        write_audit_rows(&data, 3);
        let AuditVerification { national: Some(report), service: Some(service), .. } =
            run_verification(&arguments).unwrap()
        else {
            panic!("both sides are checked");
        };
        assert_eq!((report.rows, report.chains, report.faults.len()), (3, 1, 0));
        let rows = (service.verified.rows, service.verified.faults.len(), service.rows_before_chain);
        assert_eq!(rows, (0, 0, 0));
        verify_audit(&arguments).unwrap();
        let (national_anchors, service_anchors) = split_anchors(read_anchors(anchors.as_ref().unwrap()).unwrap());
        assert_eq!((national_anchors, service_anchors), (report.anchors, service.verified.anchors));
        verify_audit(&arguments).unwrap();
        // Each side can be verified alone, and the anchors of the other are kept.
        for side in [AuditSide::National, AuditSide::Service] {
            let one_side = AuditVerifyArguments { side, ..arguments.clone() };
            let verification = run_verification(&one_side).unwrap();
            assert_eq!(
                (verification.national.is_some(), verification.service.is_some()),
                (side == AuditSide::National, side == AuditSide::Service)
            );
            let old_anchors = read_anchors(anchors.as_ref().unwrap()).unwrap();
            verify_audit(&one_side).unwrap();
            assert_eq!(split_anchors(read_anchors(anchors.as_ref().unwrap()).unwrap()), split_anchors(old_anchors));
        }
        execute_sql(&data, "UPDATE audit SET access = 'readable' WHERE institution = '0110113719' AND place = 2");
        assert!(matches!(verify_audit(&arguments), Err(AuditError::FaultsFound(1))));
        assert_eq!(run_verification(&arguments).unwrap().national.unwrap().faults[0].position, 2);
        // A row that the service never wrote.
        let added_row = "INSERT INTO audit_entry (chain, number, at, actor, act, digest)
             VALUES ('consult 0110113719', 1, 0, 'staff:1', 'desk.visit', X'00')";
        execute_service_sql(&data, added_row);
        assert!(matches!(verify_audit(&arguments), Err(AuditError::FaultsFound(2))));
        let faults = run_verification(&arguments).unwrap().service.unwrap().verified.faults;
        let expected = AuditFault { chain: "consult 0110113719".to_owned(), position: 1, kind: ChainFaultKind::Added };
        assert_eq!(faults, [expected]);
        fs::remove_dir_all(folder).unwrap();
    }
}
