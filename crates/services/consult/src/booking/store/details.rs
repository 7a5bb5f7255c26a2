//! Appointments with everything that their pages show.

use base::Timestamp;
use database::Transaction;

use crate::{
    appointments::{
        self,
        rules::{Appointment, AppointmentId, Openness},
    },
    directory::{rules::institution::Institution, store::institutions},
    people::rules::patient::PatientId,
    pictures::{self, rules::picture::InsurancePicture},
    proof::{rules::ledgers::InsuranceProof, store::ledgers},
    refusal::Refusal,
    store::Store,
};

/// An appointment with everything that its page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppointmentDetails {
    pub(crate) appointment: Appointment,
    pub(crate) institution: Institution,
    pub(crate) proof: Option<InsuranceProof>,
    /// Drafts included.
    pub(crate) pictures: Vec<InsurancePicture>,
}

fn load_details(transaction: &mut Transaction<'_>, appointment: Appointment) -> Result<AppointmentDetails, Refusal> {
    let institution = institutions::find_institution(transaction, appointment.institution)?
        .ok_or(Refusal::CorruptRecord("the institution of an appointment"))?;
    let proof = ledgers::load_proof(transaction, appointment.id)?.map(|(proof, _)| proof);
    let pictures = pictures::store::list_for_appointment(transaction, appointment.id)?;
    Ok(AppointmentDetails { appointment, institution, proof, pictures })
}

impl Store {
    /// The patient's appointment with everything that its page shows.
    pub(crate) async fn find_appointment_details(
        &self,
        patient: PatientId,
        id: AppointmentId,
    ) -> Result<AppointmentDetails, Refusal> {
        self.database
            .read(move |transaction| {
                let appointment =
                    appointments::store::find_for_patient(transaction, patient, id)?.ok_or(Refusal::NotFound)?;
                load_details(transaction, appointment)
            })
            .await
    }

    /// All appointments of a patient, the next visit first, then those that are closed.
    pub(crate) async fn list_appointment_details(
        &self,
        patient: PatientId,
        now: Timestamp,
    ) -> Result<Vec<AppointmentDetails>, Refusal> {
        self.database
            .read(move |transaction| {
                let all = appointments::store::list_of_patient(transaction, patient)?;
                let (mut open, closed): (Vec<_>, Vec<_>) =
                    all.into_iter().partition(|appointment| appointment.openness(now) != Openness::Closed);
                open.reverse();
                open.into_iter().chain(closed).map(|appointment| load_details(transaction, appointment)).collect()
            })
            .await
    }
}
