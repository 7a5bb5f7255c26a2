//! The rows of a clinic's own chain. Reading them is audited in the same chain.

use std::collections::{HashMap, hash_map::Entry};

use ::audit::ChainPart;
use base::{InstitutionCode, Key, Timestamp, constant_time_eq, end_of_day, start_of_day};
use database::{Error, Row, Transaction};
use jiff::ToSpan;

use super::rules::{ActorFilter, AuditFilter, RowCursor, VerificationResult, VisitFilter};
use crate::{
    appointments::{
        self,
        rules::{AppointmentId, booking_number},
    },
    audit::{
        rules::{
            AuditActor,
            action::{AuditAccess, AuditAction},
        },
        store::{institution_chain, verify_institution_part},
    },
    clinic::store::{
        desk_audit::{AuditSubject, record_desk_audit},
        staff::{Manager, StaffId, StaffMember},
    },
    people::{self, rules::patient::PatientId},
    refusal::Refusal,
    store::Store,
};

database::text_column!(VerificationResult);

/// How many rows one page shows.
pub(crate) const PAGE_ROWS: i64 = 50;

/// How many rows one file has at most.
pub(crate) const EXPORTED_ROWS: i64 = 10_000;

/// How many rows one request verifies.
const VERIFIED_ROWS: i64 = 5_000;

/// How many visits with one booking number are looked for. The statement has as many parameters.
const VISITS_PER_NUMBER: usize = 10;

/// How far before the days of a filter, and after them, the visits are of which its rows tell.
const DAYS_BEFORE: i64 = 90;
const DAYS_AFTER: i64 = 180;

/// A row of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClinicAuditRow {
    pub(crate) cursor: RowCursor,
    pub(crate) action: AuditAction,
    pub(crate) actor: AuditActor,
    /// The patient whose data is concerned, as long as there is a name.
    pub(crate) patient_name: Option<String>,
    /// The visit that is concerned, with its start.
    pub(crate) visit: Option<(AppointmentId, Timestamp)>,
    /// The staff member whose account is concerned.
    pub(crate) member_name: Option<String>,
    /// The record that is concerned, as the audit has it.
    pub(crate) entity: Option<String>,
}

/// The newest verification of the whole chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PastVerification {
    pub(crate) verified_at: Timestamp,
    pub(crate) verified_by: String,
    pub(crate) result: VerificationResult,
}

/// Rows of the audit, with what the page shows beside them.
#[derive(Debug, Clone)]
pub(crate) struct ClinicAudit {
    /// Newest first.
    pub(crate) rows: Vec<ClinicAuditRow>,
    /// The last row, if there are older ones.
    pub(crate) next: Option<RowCursor>,
    pub(crate) last_verification: Option<PastVerification>,
}

/// How far a chain was verified, in a text that only this service makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VerificationProgress {
    pub(crate) position: i64,
    text: String,
}

impl VerificationProgress {
    fn new(key: &Key, institution: InstitutionCode, position: i64) -> Self {
        let code = institution.to_string();
        let mac = key.mac(&[b"verified up to", code.as_bytes(), &position.to_be_bytes()]);
        Self { position, text: format!("{position}-{}", hex::encode(mac.as_bytes())) }
    }

    /// The text for a form.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The position in a text from a form; 0 if this service did not make it for this institution.
    fn read_position(text: &str, key: &Key, institution: InstitutionCode) -> i64 {
        let position = text.split_once('-').and_then(|(position, _)| position.parse().ok()).unwrap_or(0);
        let made = Self::new(key, institution, position);
        if constant_time_eq(made.text.as_bytes(), text.as_bytes()) { position } else { 0 }
    }

    #[cfg(any(test, feature = "samples"))]
    pub(crate) fn sample(position: i64) -> Self {
        Self { position, text: position.to_string() }
    }
}

/// What one request found of a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum VerificationStep {
    /// There are more rows.
    MoreRows(VerificationProgress),
    Finished(VerificationResult),
}

impl Store {
    /// A page of the audit of the manager's clinic: the rows before `before`, or the newest ones.
    pub(crate) async fn read_clinic_audit(
        &self,
        manager: &Manager,
        filter: AuditFilter,
        before: Option<RowCursor>,
        now: Timestamp,
    ) -> Result<ClinicAudit, Refusal> {
        let (store, staff) = (self.clone(), manager.staff().clone());
        self.database
            .write(move |transaction| {
                record_access(transaction, &store, &staff, (AuditAccess::View, &days_entity(&filter)), now)?;
                let mut rows = list_rows(transaction, staff.institution, &filter, before, PAGE_ROWS + 1)?;
                let has_more = rows.len() > usize::try_from(PAGE_ROWS).unwrap_or(usize::MAX);
                if has_more {
                    rows.pop();
                }
                Ok(ClinicAudit {
                    next: rows.last().filter(|_| has_more).map(|row| row.cursor),
                    rows,
                    last_verification: find_last_verification(transaction, staff.institution)?,
                })
            })
            .await
    }

    /// The newest rows of the audit of the manager's clinic, for a file.
    pub(crate) async fn export_clinic_audit(
        &self,
        manager: &Manager,
        filter: AuditFilter,
        now: Timestamp,
    ) -> Result<Vec<ClinicAuditRow>, Refusal> {
        let (store, staff) = (self.clone(), manager.staff().clone());
        self.database
            .write(move |transaction| {
                record_access(transaction, &store, &staff, (AuditAccess::Export, &days_entity(&filter)), now)?;
                list_rows(transaction, staff.institution, &filter, None, EXPORTED_ROWS)
            })
            .await
    }

    /// Verifies the next rows of the chain of the manager's clinic, from where an earlier request stopped.
    pub(crate) async fn verify_clinic_audit(
        &self,
        manager: &Manager,
        progress: String,
    ) -> Result<VerificationStep, Refusal> {
        let (key, institution) = (self.seal.audit_key(), manager.staff().institution);
        let after = VerificationProgress::read_position(&progress, &key, institution);
        self.database
            .read(move |transaction| {
                Ok(match verify_institution_part(transaction, &key, institution, (after, VERIFIED_ROWS))? {
                    ChainPart::MoreRows { position } => {
                        VerificationStep::MoreRows(VerificationProgress::new(&key, institution, position))
                    }
                    ChainPart::Whole { rows } => VerificationStep::Finished(VerificationResult::Whole { rows }),
                    ChainPart::Faulty(fault) => {
                        VerificationStep::Finished(VerificationResult::Faulty { position: fault.position })
                    }
                })
            })
            .await
    }

    /// Records what verifying the whole chain of the manager's clinic found.
    pub(crate) async fn record_clinic_audit_verification(
        &self,
        manager: &Manager,
        result: VerificationResult,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, staff) = (self.clone(), manager.staff().clone());
        self.database
            .write(move |transaction| {
                Ok(record_access(transaction, &store, &staff, (AuditAccess::Verify, &result.to_string()), now)?)
            })
            .await
    }

    /// The names of all who had or have an account at the manager's clinic.
    pub(crate) async fn list_staff_names(&self, manager: &Manager) -> Result<Vec<(StaffId, String)>, Refusal> {
        let accounts = self.list_staff(manager).await?;
        Ok(accounts.into_iter().map(|account| (account.id, account.name)).collect())
    }
}

/// The days of which rows were read, as the audit has them.
fn days_entity(filter: &AuditFilter) -> String {
    format!("{} {}", filter.first_day, filter.last_day)
}

fn record_access(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &StaffMember,
    (access, entity): (AuditAccess, &str),
    now: Timestamp,
) -> Result<(), Error> {
    let subject = AuditSubject { patient: None, entity: Some(entity) };
    record_desk_audit(transaction, store, now, staff, AuditAction::Audit(access), subject)
}

/// Rows of a chain before a position within days. The parameters are chain, time and number of the position, first instant,
/// pattern of actors, action or nothing, number of rows.
macro_rules! select_rows {
    ($condition:literal) => {
        concat!(
            "SELECT e.number, e.at, e.act, e.actor, s.name, e.patient, a.id, a.visit_start, m.name, e.about
             FROM audit_entry e
             LEFT JOIN staff s ON s.id = SUBSTR(e.actor, 7)
             LEFT JOIN staff m ON m.id = e.about
             LEFT JOIN picture p ON p.id = e.about
             LEFT JOIN appointment a ON a.id = COALESCE(p.appointment, e.about)
             WHERE e.chain = $1 AND (e.at, e.number) < ($2, $3) AND e.at >= $4
                AND CASE WHEN e.actor LIKE 'patient:%' THEN 'account:' ELSE e.actor END LIKE $5
                AND ($6 = '' OR e.act = $6) ",
            $condition,
            " ORDER BY e.at DESC, e.number DESC LIMIT $7"
        )
    };
}

fn list_rows(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    filter: &AuditFilter,
    before: Option<RowCursor>,
    count: i64,
) -> Result<Vec<ClinicAuditRow>, Refusal> {
    let end = RowCursor { time: end_of_day(filter.last_day), number: 0 };
    let before = before.map_or(end, |before| before.min(end));
    let (chain, start) = (institution_chain(institution), start_of_day(filter.first_day));
    let actors = match filter.actor {
        ActorFilter::Anyone => "%".to_owned(),
        ActorFilter::Member(id) => format!("staff:{id}"),
        // Rows from before accounts were apart from patients say `patient:`, which the statement reads as `account:`.
        ActorFilter::Patients => "account:%".to_owned(),
        ActorFilter::Service => "service".to_owned(),
    };
    let action = filter.action.map(|action| action.to_string()).unwrap_or_default();
    let rows = match &filter.visit {
        None => transaction.fetch_all(
            select_rows!(""),
            &[&chain, &before.time, &before.number, &start, &actors, &action, &count],
            read_row,
        )?,
        Some(visit) => {
            let visits = find_visits(transaction, institution, filter, visit)?;
            let Some(first) = visits.first().copied() else { return Ok(Vec::new()) };
            // What is left over finds the first visit again.
            let [v1, v2, v3, v4, v5, v6, v7, v8, v9, v10]: [AppointmentId; VISITS_PER_NUMBER] =
                std::array::from_fn(|index| visits.get(index).copied().unwrap_or(first));
            transaction.fetch_all(
                select_rows!("AND a.id IN ($8, $9, $10, $11, $12, $13, $14, $15, $16, $17)"),
                &[
                    &chain,
                    &before.time,
                    &before.number,
                    &start,
                    &actors,
                    &action,
                    &count,
                    &v1,
                    &v2,
                    &v3,
                    &v4,
                    &v5,
                    &v6,
                    &v7,
                    &v8,
                    &v9,
                    &v10,
                ],
                read_row,
            )?
        }
    };
    name_patients(transaction, rows)
}

/// A row before its patient is named.
type UnnamedRow = (ClinicAuditRow, Option<PatientId>);

fn read_row(row: &Row<'_>) -> Result<UnnamedRow, Error> {
    let (actor, member): (String, Option<String>) = (row.get(3)?, row.get(4)?);
    let visit: Option<AppointmentId> = row.get(6)?;
    let visit_start: Option<Timestamp> = row.get(7)?;
    let patient: Option<PatientId> = row.get(5)?;
    let row = ClinicAuditRow {
        cursor: RowCursor { number: row.get(0)?, time: row.get(1)? },
        action: row.get(2)?,
        actor: AuditActor::from_stored(member, &actor, None),
        patient_name: None,
        visit: visit.zip(visit_start),
        member_name: row.get(8)?,
        entity: row.get(9)?,
    };
    Ok((row, patient))
}

fn name_patients(transaction: &mut Transaction<'_>, rows: Vec<UnnamedRow>) -> Result<Vec<ClinicAuditRow>, Refusal> {
    let mut known: HashMap<PatientId, Option<String>> = HashMap::new();
    for id in rows.iter().filter_map(|(_, patient)| *patient) {
        if let Entry::Vacant(unknown) = known.entry(id) {
            let patient = people::store::find_patient(transaction, id)?;
            unknown.insert(patient.and_then(|patient| patient.profile).map(|profile| profile.name));
        }
    }
    let name = |(row, patient): UnnamedRow| ClinicAuditRow {
        patient_name: patient.and_then(|id| known.get(&id).cloned().flatten()),
        ..row
    };
    Ok(rows.into_iter().map(name).collect())
}

/// The visits of an institution that a filter names, the latest first.
fn find_visits(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
    filter: &AuditFilter,
    visit: &VisitFilter,
) -> Result<Vec<AppointmentId>, Error> {
    let number = match visit {
        VisitFilter::Visit(id) => {
            let found = appointments::store::find_for_institution(transaction, institution, *id)?;
            return Ok(found.map(|appointment| appointment.id).into_iter().collect());
        }
        VisitFilter::BookingNumber(number) => number,
    };
    let first = filter.first_day.saturating_sub(DAYS_BEFORE.days());
    let last = filter.last_day.saturating_add(DAYS_AFTER.days());
    let mut visits: Vec<AppointmentId> = transaction.fetch_all(
        "SELECT id FROM appointment WHERE institution = $1 AND visit_date >= $2 AND visit_date <= $3
         ORDER BY visit_start DESC, id",
        &[&institution, &first, &last],
        |row| row.get(0),
    )?;
    visits.retain(|id| booking_number(*id) == *number);
    visits.truncate(VISITS_PER_NUMBER);
    Ok(visits)
}

fn find_last_verification(
    transaction: &mut Transaction<'_>,
    institution: InstitutionCode,
) -> Result<Option<PastVerification>, Error> {
    transaction.fetch_optional(
        "SELECT e.at, COALESCE(s.name, ''), e.about FROM audit_entry e LEFT JOIN staff s ON s.id = SUBSTR(e.actor, 7)
         WHERE e.chain = $1 AND e.act = 'audit.verify' ORDER BY e.number DESC LIMIT 1",
        &[&institution_chain(institution)],
        |row| Ok(PastVerification { verified_at: row.get(0)?, verified_by: row.get(1)?, result: row.get(2)? }),
    )
}
