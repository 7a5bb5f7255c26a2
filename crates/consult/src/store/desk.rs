//! What a desk sees and does: its own institution's visits, and nothing of any other.

use base::{Date, Timestamp};
use database::{Error, Transaction};

use super::{
    Store, account, appointment, audit, directory, mail, picture,
    proof::{self, Version},
    staff::Staff,
};
use crate::{
    mail::{Message, PatientEvent},
    refusal::Refusal,
    rules::{
        appointment::{Appointment, AppointmentId, Status},
        institution::Way,
        patient::Person,
        picture::{Note, Picture, PictureId, Side, State},
        proof::{How, PatientSide, Proof, RefusedReason, RequestReason, Wanted},
    },
};

/// One line of a day.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) appointment: Appointment,
    pub(crate) patient: Person,
    pub(crate) proof: Option<Proof>,
}

/// A day at an institution.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    pub(crate) way: Way,
    pub(crate) lines: Vec<Line>,
}

/// One visit, with everything that its desk may know.
#[derive(Debug, Clone)]
pub(crate) struct VisitFile {
    pub(crate) way: Way,
    pub(crate) appointment: Appointment,
    pub(crate) patient: Person,
    pub(crate) proof: Option<(Proof, Version)>,
    /// What was sent; what is still a draft is the patient's alone.
    pub(crate) pictures: Vec<Picture>,
    /// What was done, newest first.
    pub(crate) deeds: Vec<Deed>,
}

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deed {
    pub(crate) at: Timestamp,
    pub(crate) act: String,
    /// Of which picture, if it was one.
    pub(crate) side: Option<Side>,
    pub(crate) by: DoneBy,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DoneBy {
    Patient,
    /// The shown name of who works at the desk.
    Desk(String),
    /// The service itself.
    Service,
}

/// What a desk does with the proof of insurance of a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DeskAct {
    /// Ask for consent, or for a picture.
    Ask(Wanted, RequestReason),
    /// Ask for one picture again.
    AskAgain { picture: PictureId, reason: RequestReason, note: Option<Note> },
    /// The insurance is seen.
    Confirm(How),
    /// The proof cannot be accepted.
    Refuse(RefusedReason),
    /// The visit was held.
    Complete,
}

impl DeskAct {
    fn word(&self) -> &'static str {
        match self {
            Self::Ask(Wanted::Consent, _) => "desk.ask_consent",
            Self::Ask(Wanted::Picture, _) => "desk.ask_picture",
            Self::AskAgain { .. } => "desk.ask_again",
            Self::Confirm(How::Terminal) => "desk.confirm_terminal",
            Self::Confirm(How::Picture) => "desk.confirm_picture",
            Self::Confirm(How::ShownOnScreen) => "desk.confirm_screen",
            Self::Refuse(_) => "desk.refuse",
            Self::Complete => "desk.complete",
        }
    }
}

impl Store {
    /// The visits of a day at the institution where `staff` works.
    pub(crate) async fn desk_day(&self, staff: Staff, date: Date, now: Timestamp) -> Result<Day, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let lines = day(transaction, &store, &staff, date, now)?.into_iter().map(|(line, _)| line).collect();
                Ok(Day { way: directory::way(transaction, staff.institution)?, lines })
            })
            .await
    }

    /// The same for the desk's own terminal, with the versions of the ledgers.
    pub(crate) async fn door_day(
        &self,
        staff: Staff,
        date: Date,
        now: Timestamp,
    ) -> Result<Vec<(Line, Option<Version>)>, Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| day(transaction, &store, &staff, date, now)).await
    }

    /// Whether a reception said of this visit that consent is registered, so that it can be asked whether that stands.
    pub(crate) async fn desk_visit_is_registered(&self, staff: Staff, id: AppointmentId) -> Result<bool, Refusal> {
        self.database
            .read(move |transaction| {
                of_desk(transaction, &staff, id)?;
                let proof = proof::load(transaction, id)?;
                Ok(proof.is_some_and(|(proof, _)| matches!(proof.patient, PatientSide::Registered { .. })))
            })
            .await
    }

    /// One visit at the institution where `staff` works. That it was looked at is written down.
    pub(crate) async fn desk_visit(
        &self,
        staff: Staff,
        id: AppointmentId,
        now: Timestamp,
    ) -> Result<VisitFile, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = of_desk(transaction, &staff, id)?;
                let patient = account::person(transaction, appointment.patient)?.ok_or(Refusal::NotFound)?;
                record(transaction, &store, now, &staff, "desk.visit", &appointment)?;
                let mut pictures = picture::of_appointment(transaction, id)?;
                pictures.retain(|picture| picture.state != State::Draft);
                Ok(VisitFile {
                    way: directory::way(transaction, staff.institution)?,
                    proof: proof::load(transaction, id)?,
                    deeds: deeds(transaction, id)?,
                    appointment,
                    patient,
                    pictures,
                })
            })
            .await
    }

    /// Does `act`, if the ledgers are still those that the desk saw; otherwise nothing.
    pub(crate) async fn desk_act(
        &self,
        staff: Staff,
        id: AppointmentId,
        seen: Version,
        act: DeskAct,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let appointment = of_desk(transaction, &staff, id)?;
                if appointment.status != Status::Booked {
                    return Err(Refusal::Closed(id));
                }
                if act == DeskAct::Complete {
                    appointment::complete(transaction, &appointment)?;
                    return Ok(record(transaction, &store, now, &staff, act.word(), &appointment)?);
                }
                // A self-pay visit has no ledgers, and no form of the desk is about them.
                let (before, version) = proof::load(transaction, id)?.ok_or(Refusal::NotFound)?;
                if version != seen {
                    return Err(Refusal::Changed);
                }
                let (after, event) = judge(transaction, before, &act, &staff, id, now)?;
                proof::save(transaction, id, &after, version)?;
                record(transaction, &store, now, &staff, act.word(), &appointment)?;
                mail::enqueue(transaction, &store, now, &Message::ToPatient { appointment: id, event })?;
                Ok(())
            })
            .await
    }
}

fn day(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &Staff,
    date: Date,
    now: Timestamp,
) -> Result<Vec<(Line, Option<Version>)>, Refusal> {
    let mut lines = Vec::new();
    for appointment in appointment::day_of_institution(transaction, staff.institution, date)? {
        let Some(patient) = account::person(transaction, appointment.patient)? else { continue };
        let (proof, version) = proof::load(transaction, appointment.id)?.unzip();
        lines.push((Line { appointment, patient, proof }, version));
    }
    // A list of names is a reading of persons' data too (安全管理ガイドライン 6.0 システム運用編 §17).
    let actor = format!("staff:{}", staff.id);
    let about = format!("{} {date}", staff.institution);
    let entry = audit::Entry { actor: &actor, act: "desk.day", patient: None, about: Some(&about) };
    audit::record(transaction, &store.seal.audit_key(), now, &entry)?;
    Ok(lines)
}

/// The ledgers after `act`, and what the patient is told.
fn judge(
    transaction: &mut Transaction<'_>,
    before: Proof,
    act: &DeskAct,
    staff: &Staff,
    id: AppointmentId,
    now: Timestamp,
) -> Result<(Proof, PatientEvent), Refusal> {
    let pictures = picture::of_appointment(transaction, id)?;
    let sent = || pictures.iter().filter(|picture| matches!(picture.state, State::Sent | State::Accepted));
    match act {
        DeskAct::Ask(what, reason) => Ok((before.request(*what, *reason, now), PatientEvent::Requested)),
        DeskAct::AskAgain { picture: asked, reason, note } => {
            // Replaced or erased in the meantime: what the desk judged is not what is there.
            sent().find(|picture| picture.id == *asked).ok_or(Refusal::Changed)?;
            // The other side is missing, but this one is good.
            if *reason != RequestReason::SideMissing {
                transaction.execute(
                    "UPDATE picture SET state = 'refused', reason = $2, note = $3 WHERE id = $1",
                    &[asked, &reason.word(), note],
                )?;
            }
            Ok((before.request(Wanted::Picture, *reason, now), PatientEvent::Requested))
        }
        DeskAct::Confirm(how) => {
            if *how == How::Picture {
                if sent().next().is_none() {
                    return Err(Refusal::Changed);
                }
                transaction.execute(
                    "UPDATE picture SET state = 'accepted' WHERE appointment = $1 AND state = 'sent' AND erased_at IS NULL",
                    &[&id],
                )?;
            }
            Ok((before.confirm(*how, staff.name.clone(), now), PatientEvent::Confirmed))
        }
        DeskAct::Refuse(reason) => Ok((before.refuse(*reason, staff.name.clone(), now), PatientEvent::Refused)),
        DeskAct::Complete => Err(Refusal::Changed),
    }
}

/// The appointment, if it is with the institution where `staff` works.
fn of_desk(transaction: &mut Transaction<'_>, staff: &Staff, id: AppointmentId) -> Result<Appointment, Refusal> {
    appointment::of_institution(transaction, staff.institution, id)?.ok_or(Refusal::NotFound)
}

fn record(
    transaction: &mut Transaction<'_>,
    store: &Store,
    now: Timestamp,
    staff: &Staff,
    act: &str,
    appointment: &Appointment,
) -> Result<(), Error> {
    let (actor, about) = (format!("staff:{}", staff.id), appointment.id.to_string());
    let patient = Some(appointment.patient);
    let entry = audit::Entry { actor: &actor, act, patient, about: Some(&about) };
    audit::record(transaction, &store.seal.audit_key(), now, &entry)
}

/// What was done with a visit and its pictures, newest first.
pub(crate) fn deeds(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Vec<Deed>, Error> {
    transaction.all(
        "SELECT e.number, e.at, e.act, e.actor, s.name, NULL AS side FROM audit_entry e
         LEFT JOIN staff s ON e.actor = 'staff:' || s.id WHERE e.about = $1
         UNION ALL
         SELECT e.number, e.at, e.act, e.actor, s.name, p.side FROM picture p JOIN audit_entry e ON e.about = p.id
         LEFT JOIN staff s ON e.actor = 'staff:' || s.id WHERE p.appointment = $1
         ORDER BY 1 DESC LIMIT 200",
        &[&id],
        |row| {
            let actor: String = row.at(3)?;
            let name: Option<String> = row.at(4)?;
            let side: Option<String> = row.at(5)?;
            Ok(Deed {
                at: row.at(1)?,
                act: row.at(2)?,
                side: side.and_then(|side| side.parse().ok()),
                by: match name {
                    Some(name) => DoneBy::Desk(name),
                    None if actor.starts_with("patient:") => DoneBy::Patient,
                    None => DoneBy::Service,
                },
            })
        },
    )
}
