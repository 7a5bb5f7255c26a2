//! The doctors of a clinic.

use base::{Date, Timestamp};
use database::Transaction;

use super::{ConcernedVisit, load_concerned_visits, record_change};
use crate::{
    appointments,
    audit::rules::action::ClinicChange,
    clinic::store::staff::Manager,
    practitioners::{
        self,
        rules::practitioner::{Employment, Practitioner, PractitionerDetails, PractitionerId},
    },
    refusal::Refusal,
    schedule::{
        rules::{opening::OpeningHours, practitioner_schedule::Session},
        store::schedule::{delete_session, insert_session, save_working_hours},
    },
    store::Store,
};

/// How many doctors a clinic has at most, those who have left included.
pub(crate) const MAX_DOCTORS: u32 = 500;

/// A change of a doctor, as a form sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DoctorChange {
    /// What patients are told, and the doctor's own hours: None for those of the clinic.
    Save {
        details: PractitionerDetails,
        hours: Option<Vec<OpeningHours>>,
    },
    /// The doctor receives no patients any more. Booked visits stay.
    Leave,
    Return,
    AddSession(Session),
    /// The hours of that day which begin at this minute.
    RemoveSession(Date, u32),
}

impl Store {
    /// Adds a doctor to the manager's clinic, with their own hours: None for those of the clinic.
    pub(crate) async fn add_doctor(
        &self,
        manager: &Manager,
        (details, hours): (PractitionerDetails, Option<Vec<OpeningHours>>),
        now: Timestamp,
    ) -> Result<PractitionerId, Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                let number = practitioners::store::next_number(transaction, code)?;
                if number > MAX_DOCTORS {
                    return Err(Refusal::TooManyEntries { max: MAX_DOCTORS });
                }
                let id = practitioners::store::insert_practitioner(transaction, &store, (code, number), &details, now)?;
                save_working_hours(transaction, id, hours.as_deref())?;
                record_change(transaction, &store, &manager, (ClinicChange::DoctorAdded, &id.to_string()), now)?;
                Ok(id)
            })
            .await
    }

    /// Changes a doctor of the manager's clinic.
    ///
    /// # Errors
    /// [`Refusal::Changed`] if somebody changed the doctor since `version`.
    pub(crate) async fn change_doctor(
        &self,
        manager: &Manager,
        (id, version): (PractitionerId, i64),
        change: DoctorChange,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let doctor = find_doctor(transaction, &manager, id)?;
                let kind = apply_change(transaction, &doctor, version, &change)?;
                record_change(transaction, &store, &manager, (kind, &id.to_string()), now)
            })
            .await
    }

    /// The booked visits of a doctor to come.
    pub(crate) async fn list_visits_of_doctor(
        &self,
        manager: &Manager,
        id: PractitionerId,
        now: Timestamp,
    ) -> Result<Vec<ConcernedVisit>, Refusal> {
        let (store, manager) = (self.clone(), manager.clone());
        self.database
            .write(move |transaction| {
                let code = manager.staff().institution;
                let booked = appointments::store::list_booked_of_practitioner(transaction, code, id, now)?;
                load_concerned_visits(transaction, &store, &manager, booked, now)
            })
            .await
    }
}

/// The doctor, if of the manager's clinic.
fn find_doctor(
    transaction: &mut Transaction<'_>,
    manager: &Manager,
    id: PractitionerId,
) -> Result<Practitioner, Refusal> {
    let all = practitioners::store::list_practitioners(transaction, manager.staff().institution)?;
    all.into_iter().find(|doctor| doctor.id == id).ok_or(Refusal::NotFound)
}

fn apply_change(
    transaction: &mut Transaction<'_>,
    doctor: &Practitioner,
    version: i64,
    change: &DoctorChange,
) -> Result<ClinicChange, Refusal> {
    let seen = (doctor.id, version);
    let details = &doctor.details;
    // Every change takes the version that was seen and makes a new one.
    let (details, employment, kind) = match change {
        DoctorChange::Save { details, .. } => (details, doctor.employment, ClinicChange::DoctorChanged),
        DoctorChange::Leave => (details, Employment::Left, ClinicChange::DoctorLeft),
        DoctorChange::Return => (details, Employment::Active, ClinicChange::DoctorReturned),
        DoctorChange::AddSession(_) => (details, doctor.employment, ClinicChange::SessionAdded),
        DoctorChange::RemoveSession(..) => (details, doctor.employment, ClinicChange::SessionRemoved),
    };
    practitioners::store::update_practitioner(transaction, seen, details, employment)?;
    match change {
        DoctorChange::Save { hours, .. } => save_working_hours(transaction, doctor.id, hours.as_deref())?,
        DoctorChange::AddSession(session) => insert_session(transaction, doctor.id, *session)?,
        DoctorChange::RemoveSession(date, from_minute) => {
            delete_session(transaction, doctor.id, (*date, *from_minute))?;
        }
        DoctorChange::Leave | DoctorChange::Return => {}
    }
    Ok(kind)
}
