//! Appointments with everything that their pages show.

use std::collections::{HashMap, hash_map::Entry};

use base::{InstitutionCode, Timestamp};
use database::{Error, Transaction};

use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId, Openness},
    },
    directory::{rules::institution::Institution, store::institutions},
    people::{
        self,
        rules::{account::AccountId, patient::Patient},
    },
    pictures::{self, rules::picture::InsurancePicture},
    practitioners::{self, rules::practitioner::Practitioner},
    proof::{rules::ledgers::InsuranceProof, store::ledgers},
    refusal::Refusal,
    store::Store,
};

/// An appointment with everything that its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppointmentDetails {
    pub(crate) appointment: Appointment,
    /// Whom the visit is for.
    pub(crate) patient: Patient,
    pub(crate) institution: Institution,
    /// The doctor who takes the visit.
    pub(crate) practitioner: Practitioner,
    pub(crate) proof: Option<InsuranceProof>,
    /// Drafts included.
    pub(crate) pictures: Vec<InsurancePicture>,
}

fn load_institution(transaction: &mut Transaction<'_>, code: InstitutionCode) -> Result<Institution, Refusal> {
    institutions::find_institution(transaction, code)?
        .ok_or(Refusal::CorruptRecord("the institution of an appointment"))
}

fn load_details(
    transaction: &mut Transaction<'_>,
    appointment: Appointment,
    institution: Institution,
) -> Result<AppointmentDetails, Refusal> {
    let proof = ledgers::load_proof(transaction, appointment.id)?.map(|(proof, _)| proof);
    let pictures = pictures::store::list_for_appointment(transaction, appointment.id)?;
    let practitioner = practitioners::store::find_practitioner(transaction, appointment.practitioner)?
        .ok_or(Refusal::CorruptRecord("the doctor of an appointment"))?;
    let patient = people::store::find_patient(transaction, appointment.patient)?
        .ok_or(Refusal::CorruptRecord("the patient of an appointment"))?;
    Ok(AppointmentDetails { appointment, patient, institution, practitioner, proof, pictures })
}

/// The details of several appointments. Each institution is loaded once.
fn load_list_details(
    transaction: &mut Transaction<'_>,
    appointments: impl IntoIterator<Item = Appointment>,
) -> Result<Vec<AppointmentDetails>, Refusal> {
    let mut institutions = HashMap::new();
    let mut details = Vec::new();
    for appointment in appointments {
        let institution = match institutions.entry(appointment.institution) {
            Entry::Occupied(loaded) => loaded.into_mut(),
            Entry::Vacant(missing) => missing.insert(load_institution(transaction, appointment.institution)?),
        };
        details.push(load_details(transaction, appointment, institution.clone())?);
    }
    Ok(details)
}

/// The open appointments of an account, the next visit first, and the closed ones, the latest first.
fn list_open_and_closed(
    transaction: &mut Transaction<'_>,
    account: AccountId,
    now: Timestamp,
) -> Result<(Vec<Appointment>, Vec<Appointment>), Error> {
    let all = appointments::store::list_of_account(transaction, account)?;
    let (mut open, closed): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|appointment| appointment.openness(now) != Openness::Closed);
    open.reverse();
    Ok((open, closed))
}

impl Store {
    /// The patient's appointment with everything that its page shows.
    pub(crate) async fn find_appointment_details(
        &self,
        account: AccountId,
        id: AppointmentId,
    ) -> Result<AppointmentDetails, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment =
                    appointments::store::find_for_account(transaction, account, id)?.ok_or(Refusal::NotFound)?;
                let institution = load_institution(transaction, appointment.institution)?;
                load_details(transaction, appointment, institution)
            })
            .await
    }

    /// All appointments of an account, the next visit first, then those that are closed.
    pub(crate) async fn list_appointment_details(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<AppointmentDetails>, Refusal> {
        self.database
            .read(move |transaction| {
                let (open, closed) = list_open_and_closed(transaction, account, now)?;
                load_list_details(transaction, open.into_iter().chain(closed))
            })
            .await
    }

    /// The appointments of a patient that are not closed, the next visit first.
    pub(crate) async fn list_open_appointment_details(
        &self,
        account: AccountId,
        now: Timestamp,
    ) -> Result<Vec<AppointmentDetails>, Refusal> {
        self.database
            .read(move |transaction| {
                let (open, _) = list_open_and_closed(transaction, account, now)?;
                load_list_details(transaction, open)
            })
            .await
    }
}
