//! A desk books for a caller or a walk-in: a patient of the clinic, with an account or without.

use base::{Timestamp, Token};
use database::Transaction;

use super::{
    desk_audit::{AuditSubject, record_desk_audit},
    staff::StaffMember,
    visits::{ContactByLetter, find_contact},
};
use crate::{
    appointments::{self, rules::AppointmentId},
    audit::rules::action::{AuditAction, ClinicPatientChange, DeskView, VisitChange},
    booking::{
        self,
        rules::{NearbyVisits, PatientEvent, PlannedVisit},
        store::{
            booking::{book, find_booked_appointment, find_nearby},
            slot_choice::{FreeSlot, choose_slot_for_desk_booking, load_desk_offer},
        },
    },
    clinic::rules::{desk_action::LETTER_DELAY, patient_query::PatientQuery},
    directory::{rules::institution::Menu, store::institutions::InstitutionOffer},
    family::store::{FamilyInviteOutcome, FamilyInvitee, insert_invitation},
    mail::rules::address::MailAddress,
    people::{
        self,
        rules::{
            account::Relationship,
            patient::{Patient, PatientId, Profile},
        },
    },
    practitioners::{self, rules::practitioner::Practitioner},
    proof::store::ledgers,
    refusal::Refusal,
    schedule::rules::slot::BookingRequest,
    store::Store,
};

/// How many patients a search shows.
pub(crate) const MAX_PATIENTS: usize = 30;

/// A patient whom the clinic knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClinicPatient {
    pub(crate) patient: Patient,
    /// The start of the patient's latest visit at the clinic, past or to come.
    pub(crate) latest_visit: Option<Timestamp>,
    pub(crate) contact: ContactByLetter,
}

/// A booking before the desk confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeskBookingCheck {
    pub(crate) patient: ClinicPatient,
    pub(crate) menu: Menu,
    pub(crate) practitioner: Practitioner,
    /// Another visit of the patient at this clinic on that day.
    pub(crate) nearby: NearbyVisits,
}

impl Store {
    /// The patients of the clinic who match: who were seen or booked there, or entered by its desk. Audited.
    pub(crate) async fn search_clinic_patients(
        &self,
        staff: &StaffMember,
        query: PatientQuery,
        now: Timestamp,
    ) -> Result<Vec<ClinicPatient>, Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                // What was searched for may be a name, and stays out of the audit.
                let action = AuditAction::DeskView(DeskView::Search);
                record_desk_audit(transaction, &store, now, &staff, action, AuditSubject::default())?;
                find_patients(transaction, &staff, &query)
            })
            .await
    }

    /// Enters a patient without an account.
    pub(crate) async fn add_clinic_patient(
        &self,
        staff: &StaffMember,
        profile: Profile,
        now: Timestamp,
    ) -> Result<PatientId, Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        let id = PatientId::new(now, &self.randomness);
        self.database
            .write(move |transaction| {
                people::store::insert_patient(transaction, id, &profile, now)?;
                transaction.execute(
                    "INSERT INTO clinic_patient (institution, patient, made_at, made_by) VALUES ($1, $2, $3, $4)",
                    &[&staff.institution, &id, &now, &staff.audit_actor()],
                )?;
                let action = AuditAction::ClinicPatient(ClinicPatientChange::Entered);
                record_desk_audit(transaction, &store, now, &staff, action, AuditSubject::patient(id))?;
                Ok(id)
            })
            .await
    }

    /// A patient of the clinic. Audited.
    pub(crate) async fn find_clinic_patient(
        &self,
        staff: &StaffMember,
        id: PatientId,
        now: Timestamp,
    ) -> Result<ClinicPatient, Refusal> {
        let (store, staff) = (self.clone(), staff.clone());
        self.database
            .write(move |transaction| {
                let found = require_clinic_patient(transaction, &staff, id)?;
                let action = AuditAction::DeskView(DeskView::Patient);
                record_desk_audit(transaction, &store, now, &staff, action, AuditSubject::patient(id))?;
                Ok(found)
            })
            .await
    }

    /// What the desk can book: all menus that are offered, those for the desk alone included.
    pub(crate) async fn find_desk_offer(
        &self,
        staff: &StaffMember,
        now: Timestamp,
    ) -> Result<InstitutionOffer, Refusal> {
        let institution = staff.institution;
        self.database.read(move |transaction| load_desk_offer(transaction, institution, now)).await
    }

    /// Whether the desk can book a slot for a patient.
    pub(crate) async fn check_desk_booking(
        &self,
        staff: &StaffMember,
        patient: PatientId,
        request: BookingRequest,
        now: Timestamp,
    ) -> Result<DeskBookingCheck, Refusal> {
        let staff = staff.clone();
        self.database
            .read(move |transaction| {
                let patient = require_clinic_patient(transaction, &staff, patient)?;
                let DeskSlot { slot, menu, nearby } =
                    choose_slot(transaction, &staff, patient.patient.id, request, now)?;
                let practitioner = practitioners::store::find_practitioner(transaction, slot.practitioner)?
                    .ok_or(Refusal::CorruptRecord("the doctor of a schedule"))?;
                Ok(DeskBookingCheck { patient, menu, practitioner, nearby })
            })
            .await
    }

    /// Books for a patient, whatever the limits for patients are. With an address, its owner is invited to act for the patient
    /// by a letter with a link that contains `token`.
    pub(crate) async fn book_for_patient(
        &self,
        staff: &StaffMember,
        patient: PatientId,
        request: BookingRequest,
        (invited, token): (Option<MailAddress>, &Token),
        now: Timestamp,
    ) -> Result<AppointmentId, Refusal> {
        let (store, staff, token) = (self.clone(), staff.clone(), token.clone());
        let id = AppointmentId::new(now, &self.randomness);
        self.database
            .write(move |transaction| {
                require_clinic_patient(transaction, &staff, patient)?;
                if let Some(booked) = find_booked_appointment(transaction, patient, request)? {
                    return Ok(booked);
                }
                let DeskSlot { slot, menu, .. } = choose_slot(transaction, &staff, patient, request, now)?;
                let (by, with) = ((None, patient), (&menu, slot.practitioner));
                appointments::store::insert_appointment(transaction, id, by, request, with, now)?;
                book(transaction, &slot, id, None, now)?;
                if menu.charge.needs_proof() {
                    ledgers::insert_proof(transaction, id)?;
                }
                let entity = id.to_string();
                let subject = AuditSubject { patient: Some(patient), entity: Some(&entity) };
                record_desk_audit(transaction, &store, now, &staff, AuditAction::Visit(VisitChange::Booked), subject)?;
                let letter = (now, now.plus(LETTER_DELAY));
                booking::store::letter::notify_patient(transaction, &store, id, PatientEvent::BookedByClinic, letter)?;
                if let Some(mail) = invited.clone() {
                    let recipient = FamilyInvitee { mail, relationship: Relationship::Oneself };
                    let actor = staff.audit_actor();
                    let about = (actor.as_str(), patient);
                    let outcome = insert_invitation(transaction, &store, about, &recipient, &token, now)?;
                    if outcome == FamilyInviteOutcome::Sent {
                        let action = AuditAction::ClinicPatient(ClinicPatientChange::Invited);
                        record_desk_audit(transaction, &store, now, &staff, action, AuditSubject::patient(patient))?;
                    }
                }
                Ok(id)
            })
            .await
    }
}

/// What the desk books: a free slot of a menu.
struct DeskSlot {
    slot: FreeSlot,
    menu: Menu,
    /// The patient's visits of this clinic on that day. Visits at other clinics are not told.
    nearby: NearbyVisits,
}

/// The slot that a request means, with its menu and what is near it.
fn choose_slot(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    patient: PatientId,
    request: BookingRequest,
    now: Timestamp,
) -> Result<DeskSlot, Refusal> {
    if request.institution != staff.institution {
        return Err(Refusal::NotFound);
    }
    let offer = load_desk_offer(transaction, staff.institution, now)?;
    let menu = offer.menu(request.menu).ok_or(Refusal::NotFound)?;
    let slot = choose_slot_for_desk_booking(transaction, (&offer, menu), request.into(), now)?;
    let nearby = find_nearby(transaction, patient, PlannedVisit::from_slot(&slot), None)?;
    Ok(DeskSlot { slot, menu: menu.menu.clone(), nearby: NearbyVisits { overlap: None, ..nearby } })
}

/// The patient, if the clinic knows them and they were not erased. Which patients other clinics have is not told.
fn require_clinic_patient(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    id: PatientId,
) -> Result<ClinicPatient, Refusal> {
    let (latest_visit, known): (Option<Timestamp>, u32) = transaction.fetch_one(
        "SELECT MAX(CASE WHEN status <> 'cancelled' THEN visit_start END),
            COUNT(*) + (SELECT COUNT(*) FROM clinic_patient WHERE patient = $1 AND institution = $2)
         FROM appointment WHERE patient = $1 AND institution = $2",
        &[&id, &staff.institution],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let patient = people::store::find_patient(transaction, id)?.filter(|patient| patient.profile.is_some());
    let patient = patient.filter(|_| known > 0).ok_or(Refusal::NotFound)?;
    let contact = find_contact(transaction, id)?;
    Ok(ClinicPatient { patient, latest_visit, contact })
}

fn find_patients(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    query: &PatientQuery,
) -> Result<Vec<ClinicPatient>, Refusal> {
    let known = transaction.fetch_all(
        "SELECT p.patient, p.name, p.kana, p.birth_date, p.phone FROM profile p
         WHERE p.patient IN (SELECT patient FROM clinic_patient WHERE institution = $1)
            OR p.patient IN (SELECT patient FROM appointment WHERE institution = $1)",
        &[&staff.institution],
        |row| Ok((row.get::<PatientId>(0)?, people::store::read_profile(row, 1)?)),
    )?;
    let mut matching: Vec<_> = known.into_iter().filter(|(_, profile)| query.matches(profile)).collect();
    matching.sort_by(|(_, one), (_, other)| (&one.kana, &one.name).cmp(&(&other.kana, &other.name)));
    matching.into_iter().take(MAX_PATIENTS).map(|(id, _)| require_clinic_patient(transaction, staff, id)).collect()
}
