//! The visits of a desk's own institution. Reading them is audited.

use base::{Date, Span, Timestamp};
use database::{Error, Transaction};

use super::{
    desk_audit::{AuditSubject, record_desk_audit},
    news::{self, DeskNews},
    recorded_actions,
    staff::StaffMember,
};
use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId},
    },
    audit::rules::action::{AuditAction, DeskView, PictureAction},
    clinic::rules::{desk_action::RecordedDeskAction, seen_version::SeenVersion},
    directory::{rules::institution::ProofMethodKind, store::institutions},
    people::{
        self,
        rules::{
            account::Relationship,
            patient::{Patient, PatientId},
        },
    },
    pictures::{
        self,
        rules::picture::{InsurancePicture, PictureId, PictureState},
        store::audit_trail::{VisitAuditEntry, list_audit_entries},
    },
    practitioners::{self, rules::practitioner::Practitioner},
    proof::{
        rules::ledgers::{InsuranceProof, LedgerVersion, PatientSide},
        store::ledgers,
    },
    refusal::Refusal,
    store::Store,
};

/// A visit in the list of a day.
#[derive(Debug, Clone)]
pub(crate) struct DayVisit {
    pub(crate) appointment: Appointment,
    pub(crate) patient: Patient,
    pub(crate) proof: Option<InsuranceProof>,
    pub(crate) ledger_version: Option<LedgerVersion>,
}

impl DayVisit {
    /// The version by which the script of the page notices a change.
    pub(crate) fn seen_version(&self) -> SeenVersion {
        SeenVersion::new(&self.appointment, self.ledger_version)
    }
}

/// A day at an institution.
#[derive(Debug, Clone)]
pub(crate) struct DeskDay {
    pub(crate) proof_method: ProofMethodKind,
    pub(crate) visits: Vec<DayVisit>,
    /// The doctors of the institution, those who have left included.
    pub(crate) practitioners: Vec<Practitioner>,
    /// The news for the signed-in staff member.
    pub(crate) news: DeskNews,
}

/// A visit, with everything that its desk may know.
#[derive(Debug, Clone)]
pub(crate) struct DeskVisit {
    pub(crate) proof_method: ProofMethodKind,
    pub(crate) appointment: Appointment,
    /// The doctor who takes the visit.
    pub(crate) practitioner: Practitioner,
    pub(crate) patient: Patient,
    /// Whoever booked with an account; None if the clinic did.
    pub(crate) booked_by: Option<VisitBooker>,
    pub(crate) patient_contact: ContactByLetter,
    pub(crate) proof: Option<(InsuranceProof, LedgerVersion)>,
    /// Without drafts, which only the patient sees.
    pub(crate) pictures: Vec<InsurancePicture>,
    /// Those that somebody of this desk has viewed in full size.
    pub(crate) viewed_pictures: Vec<PictureId>,
    /// Pictures of other visits that wait for review.
    pub(crate) waiting_pictures: WaitingPictures,
    /// The newest action of the desk that is in force.
    pub(crate) last_action: Option<RecordedDeskAction>,
    /// Newest first.
    pub(crate) audit_trail: Vec<VisitAuditEntry>,
}

impl DeskVisit {
    /// The version for the forms of the visit's pages.
    pub(crate) fn seen_version(&self) -> SeenVersion {
        SeenVersion::new(&self.appointment, self.proof.as_ref().map(|(_, version)| *version))
    }
}

/// Whether letters reach a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContactByLetter {
    /// An account acts for the patient.
    Account,
    /// No account does: the clinic tells the patient by telephone.
    Missing,
}

/// The holder of the account that booked a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VisitBooker {
    /// None if the account has no profile any more.
    pub(crate) name: Option<String>,
    /// Who the patient is to the booker.
    pub(crate) relationship: Relationship,
}

/// Visits of the same institution with pictures that wait for review.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct WaitingPictures {
    /// A picture of the earliest visit.
    pub(crate) next_picture: Option<(AppointmentId, PictureId)>,
    /// The number of visits.
    pub(crate) visits: u32,
}

/// Why the list of a day is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DayListAccess {
    /// A staff member opened it.
    Opened,
    /// An open page refreshed itself.
    Refreshed,
}

/// For how long one audit row covers a list that refreshes itself.
const REFRESH_AUDIT_INTERVAL: Span = Span::from_mins(10);

impl Store {
    /// The visits of a day at the institution where `staff` works. The access is audited.
    pub(crate) async fn load_desk_day(
        &self,
        staff: StaffMember,
        date: Date,
        access: DayListAccess,
        now: Timestamp,
    ) -> Result<DeskDay, Refusal> {
        if access == DayListAccess::Refreshed {
            let reader = staff.clone();
            let day = self
                .database
                .read(move |transaction| {
                    if !was_day_audited_recently(transaction, &reader, date, now)? {
                        return Ok(None);
                    }
                    load_day(transaction, &reader, date, now).map(Some)
                })
                .await?;
            // Usually an audit row covers the refresh, and then no write transaction is needed.
            if let Some(day) = day {
                return Ok(day);
            }
        }
        let store = self.clone();
        self.database
            .write(move |transaction| {
                if access == DayListAccess::Opened || !was_day_audited_recently(transaction, &staff, date, now)? {
                    audit_day_view(transaction, &store, &staff, (date, DeskView::Day), now)?;
                }
                load_day(transaction, &staff, date, now)
            })
            .await
    }

    /// The visits of a day for the desk's own terminal. The access is audited.
    pub(crate) async fn load_api_day(
        &self,
        staff: StaffMember,
        date: Date,
        now: Timestamp,
    ) -> Result<Vec<DayVisit>, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                audit_day_view(transaction, &store, &staff, (date, DeskView::Day), now)?;
                list_visits(transaction, &staff, date)
            })
            .await
    }

    /// Whether a reception has reported registered consent for this visit, so that its status can be queried.
    pub(crate) async fn is_visit_registered(&self, staff: StaffMember, id: AppointmentId) -> Result<bool, Refusal> {
        self.database
            .read(move |transaction| {
                find_desk_appointment(transaction, &staff, id)?;
                let proof = ledgers::load_proof(transaction, id)?;
                Ok(proof.is_some_and(|(proof, _)| matches!(proof.patient, PatientSide::Registered { .. })))
            })
            .await
    }

    /// One visit at the institution where `staff` works. The access is audited.
    pub(crate) async fn load_desk_visit(
        &self,
        staff: StaffMember,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<DeskVisit, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = find_desk_appointment(transaction, &staff, id)?;
                let patient =
                    people::store::find_patient(transaction, appointment.patient)?.ok_or(Refusal::NotFound)?;
                let action = AuditAction::DeskView(DeskView::Visit);
                record_audit(transaction, &store, now, &staff, action, &appointment)?;
                let mut pictures = pictures::store::list_for_appointment(transaction, id)?;
                pictures.retain(|picture| picture.state != PictureState::Draft);
                Ok(DeskVisit {
                    proof_method: institutions::find_proof_method_kind(transaction, staff.institution)?,
                    proof: ledgers::load_proof(transaction, id)?,
                    viewed_pictures: list_viewed_pictures(transaction, id)?,
                    waiting_pictures: find_waiting_pictures(transaction, &staff, id, now)?,
                    last_action: recorded_actions::find_newest_action(transaction, id)?.map(|stored| stored.action),
                    audit_trail: list_audit_entries(transaction, id, None)?,
                    practitioner: practitioners::store::find_practitioner(transaction, appointment.practitioner)?
                        .ok_or(Refusal::CorruptRecord("the doctor of an appointment"))?,
                    booked_by: find_booker(transaction, &appointment)?,
                    patient_contact: find_contact(transaction, appointment.patient)?,
                    appointment,
                    patient,
                    pictures,
                })
            })
            .await
    }
}

fn load_day(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    date: Date,
    now: Timestamp,
) -> Result<DeskDay, Refusal> {
    Ok(DeskDay {
        visits: list_visits(transaction, staff, date)?,
        practitioners: practitioners::store::list_practitioners(transaction, staff.institution)?,
        proof_method: institutions::find_proof_method_kind(transaction, staff.institution)?,
        news: news::load_news(transaction, staff, now)?,
    })
}

/// The visits of a day, by start.
pub(super) fn list_visits(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    date: Date,
) -> Result<Vec<DayVisit>, Refusal> {
    let mut visits = Vec::new();
    for appointment in appointments::store::list_day_of_institution(transaction, staff.institution, date)? {
        let Some(patient) = people::store::find_patient(transaction, appointment.patient)? else { continue };
        let (proof, ledger_version) = ledgers::load_proof(transaction, appointment.id)?.unzip();
        visits.push(DayVisit { appointment, patient, proof, ledger_version });
    }
    Ok(visits)
}

/// The record that the audit row of a day list is about.
fn day_list_entity(staff: &StaffMember, date: Date) -> String {
    format!("{} {date}", staff.institution)
}

/// Whether an audit row of `staff` for this day is younger than [`REFRESH_AUDIT_INTERVAL`].
fn was_day_audited_recently(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    date: Date,
    now: Timestamp,
) -> Result<bool, Error> {
    let audited: Option<Timestamp> = transaction.fetch_one(
        "SELECT MAX(at) FROM audit_entry WHERE about = $1 AND actor = $2 AND act = $3",
        &[&day_list_entity(staff, date), &staff.audit_actor(), &AuditAction::DeskView(DeskView::Day)],
        |row| row.get(0),
    )?;
    Ok(audited.is_some_and(|audited| now.duration_since(audited) < REFRESH_AUDIT_INTERVAL))
}

/// Listing names is access to personal data too (安全管理ガイドライン 6.0 システム運用編 §17).
pub(super) fn audit_day_view(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &StaffMember,
    (date, view): (Date, DeskView),
    now: Timestamp,
) -> Result<(), Error> {
    let entity = day_list_entity(staff, date);
    let subject = AuditSubject { patient: None, entity: Some(&entity) };
    record_desk_audit(transaction, store, now, staff, AuditAction::DeskView(view), subject)
}

/// The pictures of a visit that somebody of its desk has viewed in full size.
fn list_viewed_pictures(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Vec<PictureId>, Error> {
    transaction.fetch_all(
        "SELECT DISTINCT p.id FROM picture p JOIN audit_entry e ON e.about = p.id
         WHERE p.appointment = $1 AND p.erased_at IS NULL AND e.act = $2 AND e.actor LIKE 'staff:%'",
        &[&id, &AuditAction::Picture(PictureAction::View)],
        |row| row.get(0),
    )
}

/// Pictures of other visits that wait for review, from today on.
fn find_waiting_pictures(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    except: AppointmentId,
    now: Timestamp,
) -> Result<WaitingPictures, Error> {
    let today = base::start_of_day(now.japan_date());
    let waiting = transaction.fetch_all(
        "SELECT a.id, p.id FROM appointment a JOIN picture p ON p.appointment = a.id
         JOIN proof r ON r.appointment = a.id
         WHERE a.institution = $1 AND a.id <> $2 AND a.status = 'booked' AND a.visit_start >= $3
            AND p.state = 'sent' AND p.erased_at IS NULL AND r.desk_side = 'unseen' AND r.patient_side = 'picture_sent'
         ORDER BY a.visit_start, a.id, p.side DESC, p.id",
        &[&staff.institution, &except, &today],
        |row| Ok((row.get::<AppointmentId>(0)?, row.get::<PictureId>(1)?)),
    )?;
    let mut visits: Vec<_> = waiting.iter().map(|(visit, _)| *visit).collect();
    visits.dedup();
    Ok(WaitingPictures {
        next_picture: waiting.first().copied(),
        visits: u32::try_from(visits.len()).unwrap_or(u32::MAX),
    })
}

/// The appointment, if it is with the institution where `staff` works.
pub(crate) fn find_desk_appointment(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    id: AppointmentId,
) -> Result<Appointment, Refusal> {
    appointments::store::find_for_institution(transaction, staff.institution, id)?.ok_or(Refusal::NotFound)
}

/// Whether an account acts for a patient.
pub(crate) fn find_contact(transaction: &mut Transaction<'_>, patient: PatientId) -> Result<ContactByLetter, Error> {
    let accounts: u32 = transaction.fetch_one(
        "SELECT COUNT(*) FROM account_patient WHERE patient = $1 AND ended_at IS NULL",
        &[&patient],
        |row| row.get(0),
    )?;
    Ok(if accounts > 0 { ContactByLetter::Account } else { ContactByLetter::Missing })
}

/// The holder of the account that booked an appointment, and who the patient was to them.
fn find_booker(transaction: &mut Transaction<'_>, appointment: &Appointment) -> Result<Option<VisitBooker>, Error> {
    let Some(account) = appointment.account else { return Ok(None) };
    transaction.fetch_optional(
        "SELECT l.relationship, p.name FROM account_patient l
         LEFT JOIN account_patient o ON o.account = l.account AND o.relationship = 'self' AND o.ended_at IS NULL
         LEFT JOIN profile p ON p.patient = o.patient
         WHERE l.account = $1 AND l.patient = $2",
        &[&account, &appointment.patient],
        |row| Ok(VisitBooker { relationship: row.get(0)?, name: row.get(1)? }),
    )
}

/// Records an access to a visit or a change of it.
pub(crate) fn record_audit(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    staff: &StaffMember,
    action: AuditAction,
    appointment: &Appointment,
) -> Result<(), Error> {
    let entity = appointment.id.to_string();
    let subject = AuditSubject { patient: Some(appointment.patient), entity: Some(&entity) };
    record_desk_audit(transaction, store, now, staff, action, subject)
}
