//! What a desk sees and does: its own institution's visits, and nothing of any other.

use base::{Date, Span, Timestamp};
use database::{Error, Transaction};

use super::{
    Store, account, appointment, audit, desk_act,
    desk_act::{LedgerChange, NewAct},
    desk_news::{self, News},
    directory, mail, picture,
    proof::{self, Version},
    staff::Staff,
};
use crate::{
    mail::{Message, PatientEvent},
    refusal::Refusal,
    rules::{
        appointment::{Appointment, AppointmentId, Status},
        desk_act::{DeskAct, LETTER_DELAY, Meanwhile, NotNow, NotTakenBack, RecordedAct, check_timing},
        institution::Way,
        patient::Person,
        picture::{Picture, PictureId, Side, State},
        proof::{How, PatientSide, Proof, RequestReason, Wanted},
    },
};

/// One line of a day.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) appointment: Appointment,
    pub(crate) patient: Person,
    pub(crate) proof: Option<Proof>,
    pub(crate) seen: SeenVersion,
}

/// A day at an institution.
#[derive(Debug, Clone)]
pub(crate) struct Day {
    pub(crate) way: Way,
    pub(crate) lines: Vec<Line>,
    /// What is new for the account that looks.
    pub(crate) news: News,
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
    /// Those of them that somebody of this desk has looked at in full size.
    pub(crate) looked_at: Vec<PictureId>,
    /// Pictures of other visits that nobody has judged yet: the next one, and how many visits have some.
    pub(crate) waiting_pictures: WaitingPictures,
    /// The newest act of the desk that is in force.
    pub(crate) last_act: Option<RecordedAct>,
    /// What was done, newest first.
    pub(crate) deeds: Vec<Deed>,
}

impl VisitFile {
    /// What a form of the visit's pages carries, so that nothing is done over another state.
    pub(crate) fn seen(&self) -> SeenVersion {
        SeenVersion::new(&self.appointment, self.proof.as_ref().map(|(_, version)| *version))
    }
}

/// Visits of the same institution with pictures that nobody has judged yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct WaitingPictures {
    /// The picture of the earliest of them.
    pub(crate) next: Option<(AppointmentId, PictureId)>,
    /// How many there are.
    pub(crate) visits: u32,
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

/// What a page showed of a visit: the version of the appointment, and that of its ledgers if it has some. Nothing is done
/// over another state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeenVersion {
    /// `None` for a program that follows the ledgers alone.
    appointment: Option<i64>,
    ledgers: Option<Version>,
}

impl SeenVersion {
    /// As the page of a visit shows it.
    pub(crate) fn new(appointment: &Appointment, ledgers: Option<Version>) -> Self {
        Self { appointment: Some(appointment.version), ledgers }
    }

    /// As the desk's own terminal knows it.
    pub(crate) fn of_ledgers(version: Version) -> Self {
        Self { appointment: None, ledgers: Some(version) }
    }

    fn check(self, appointment: &Appointment, ledgers: Option<Version>) -> Result<(), Refusal> {
        let unchanged = self.ledgers == ledgers && self.appointment.is_none_or(|seen| seen == appointment.version);
        if unchanged { Ok(()) } else { Err(Refusal::Changed) }
    }
}

/// As a form carries it: `3-7`, or `3` where there are no ledgers.
impl std::fmt::Display for SeenVersion {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}", self.appointment.unwrap_or_default())?;
        match self.ledgers {
            Some(version) => write!(formatter, "-{}", version.number()),
            None => Ok(()),
        }
    }
}

/// A text that is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the version of a visit")]
pub(crate) struct NotAVersion;

impl std::str::FromStr for SeenVersion {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse::<i64>().ok()).flatten().ok_or(NotAVersion)
        };
        let (appointment, ledgers) = match text.split_once('-') {
            Some((appointment, ledgers)) => (number(appointment)?, Some(Version::from_number(number(ledgers)?))),
            None => (number(text)?, None),
        };
        Ok(Self { appointment: Some(appointment), ledgers })
    }
}

/// Why the list of a day is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Somebody opened it.
    Opened,
    /// It renews itself on somebody's screen.
    Renewed,
}

/// For how long one row of the audit stands for a list that renews itself.
const RENEWAL_AUDITED_EVERY: Span = Span::from_mins(10);

impl Store {
    /// The visits of a day at the institution where `staff` works.
    pub(crate) async fn desk_day(
        &self,
        staff: Staff,
        date: Date,
        reading: Reading,
        now: Timestamp,
    ) -> Result<Day, Refusal> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let lines = day(transaction, &store, &staff, date, reading, now)?.into_iter().map(|(line, _)| line);
                Ok(Day {
                    lines: lines.collect(),
                    way: directory::way(transaction, staff.institution)?,
                    news: desk_news::news(transaction, &staff, now)?,
                })
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
        self.database.write(move |transaction| day(transaction, &store, &staff, date, Reading::Opened, now)).await
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
                    looked_at: looked_at(transaction, id)?,
                    waiting_pictures: waiting_pictures(transaction, &staff, id, now)?,
                    last_act: desk_act::newest_act(transaction, id)?.map(|found| found.act),
                    deeds: deeds(transaction, id)?,
                    appointment,
                    patient,
                    pictures,
                })
            })
            .await
    }

    /// Does `act`, if the visit is still as the desk saw it; otherwise nothing.
    pub(crate) async fn desk_act(
        &self,
        staff: Staff,
        id: AppointmentId,
        seen: SeenVersion,
        act: DeskAct,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| do_act(transaction, &store, &staff, id, seen, &act, now)).await
    }

    /// Takes the newest act of the desk back. Its letter is withdrawn; where it has left, the patient is told.
    pub(crate) async fn take_back_desk_act(
        &self,
        staff: Staff,
        id: AppointmentId,
        number: u32,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| take_back(transaction, &store, &staff, id, number, now)).await
    }
}

fn do_act(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &Staff,
    id: AppointmentId,
    seen: SeenVersion,
    act: &DeskAct,
    now: Timestamp,
) -> Result<(), Refusal> {
    let appointment = of_desk(transaction, staff, id)?;
    let ledgers = proof::load(transaction, id)?;
    let kind = act.kind();
    let timing = check_timing(kind, appointment.status, appointment.visit_start, now);
    if timing == Err(NotNow::Closed) {
        return Err(Refusal::Closed(id));
    }
    seen.check(&appointment, ledgers.as_ref().map(|(_, version)| *version))?;
    if timing == Err(NotNow::TooEarly) {
        return Err(Refusal::TooEarly(id));
    }
    let actor = actor(staff);
    let mut new = NewAct { appointment: id, kind, actor: &actor, ledger: None, pictures: Vec::new(), letter: None };
    if *act == DeskAct::Complete {
        appointment::complete(transaction, &appointment, now)?;
    } else {
        // A self-pay visit has no ledgers, and no form of the desk is about them.
        let (before, version) = ledgers.ok_or(Refusal::NotFound)?;
        let desk = before.desk.clone();
        let judged = judge(transaction, before, act, staff, id, now)?;
        proof::save(transaction, id, &judged.proof, version)?;
        let message = Message::ToPatient { appointment: id, event: judged.event };
        let letters = mail::enqueue_for(transaction, store, now, now.plus(LETTER_DELAY), &message)?;
        new.ledger = Some(LedgerChange { version, desk });
        new.pictures = judged.pictures;
        new.letter = letters.first().copied();
    }
    desk_act::insert_act(transaction, &new, now)?;
    Ok(record(transaction, store, now, staff, kind.word(), &appointment)?)
}

fn take_back(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &Staff,
    id: AppointmentId,
    number: u32,
    now: Timestamp,
) -> Result<(), Refusal> {
    let appointment = of_desk(transaction, staff, id)?;
    let newest = desk_act::newest_act(transaction, id)?.filter(|newest| newest.act.number == number);
    let newest = newest.ok_or(Refusal::Changed)?;
    let act = newest.act.clone().take_back(now).map_err(|why| match why {
        NotTakenBack::Already => Refusal::Changed,
        NotTakenBack::TooLate => Refusal::TooLate(id),
    })?;
    if !desk_act::mark_taken_back(transaction, id, number, &actor(staff), now)? {
        return Err(Refusal::Changed);
    }
    match newest.ledger()? {
        None => appointment::reopen(transaction, &appointment, act.done_at)?,
        Some((before, after, desk)) => {
            if appointment.status != Status::Booked {
                return Err(Refusal::Closed(id));
            }
            let (proof, version) = proof::load(transaction, id)?.ok_or(Refusal::NotFound)?;
            // The visit was moved, or the patient sent what was asked for: there is nothing left of the act.
            if proof.desk.changed_at() != Some(act.done_at) {
                return Err(Refusal::Changed);
            }
            let meanwhile = if version == after { Meanwhile::Unchanged } else { Meanwhile::Changed };
            proof::save(transaction, id, &proof.restore_desk(desk, meanwhile), version)?;
            desk_act::restore_pictures(transaction, id, number)?;
            if meanwhile == Meanwhile::Unchanged {
                desk_act::follow_version(transaction, id, before, version.next())?;
            }
        }
    }
    // Who was not told of the act need not be told that it was taken back.
    if let Some(letter) = newest.letter
        && !mail::withdraw_letter(transaction, letter)?
    {
        let message = Message::ToPatient { appointment: id, event: PatientEvent::TakenBack };
        mail::enqueue(transaction, store, now, &message)?;
    }
    let word = format!("{}{TAKEN_BACK}", act.kind.word());
    Ok(record(transaction, store, now, staff, &word, &appointment)?)
}

/// What follows the word of an act in the audit where it was taken back.
pub(crate) const TAKEN_BACK: &str = ".taken_back";

fn actor(staff: &Staff) -> String {
    format!("staff:{}", staff.id)
}

fn day(
    transaction: &mut Transaction<'_>,
    store: &Store,
    staff: &Staff,
    date: Date,
    reading: Reading,
    now: Timestamp,
) -> Result<Vec<(Line, Option<Version>)>, Refusal> {
    let mut lines = Vec::new();
    for appointment in appointment::day_of_institution(transaction, staff.institution, date)? {
        let Some(patient) = account::person(transaction, appointment.patient)? else { continue };
        let (proof, version) = proof::load(transaction, appointment.id)?.unzip();
        let seen = SeenVersion::new(&appointment, version);
        lines.push((Line { appointment, patient, proof, seen }, version));
    }
    // A list of names is a reading of persons' data too (安全管理ガイドライン 6.0 システム運用編 §17).
    let (actor, act) = (actor(staff), "desk.day");
    let about = format!("{} {date}", staff.institution);
    if reading == Reading::Renewed {
        let audited: Option<Timestamp> = transaction.one(
            "SELECT MAX(at) FROM audit_entry WHERE about = $1 AND actor = $2 AND act = $3",
            &[&about, &actor, &act],
            |row| row.at(0),
        )?;
        if audited.is_some_and(|audited| now.since(audited) < RENEWAL_AUDITED_EVERY) {
            return Ok(lines);
        }
    }
    let entry = audit::Entry { actor: &actor, act, patient: None, about: Some(&about) };
    audit::record(transaction, &store.seal.audit_key(), now, &entry)?;
    Ok(lines)
}

/// The pictures of a visit that somebody of its desk has looked at in full size.
fn looked_at(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Vec<PictureId>, Error> {
    transaction.all(
        "SELECT DISTINCT p.id FROM picture p JOIN audit_entry e ON e.about = p.id
         WHERE p.appointment = $1 AND p.erased_at IS NULL AND e.act = 'picture.look' AND e.actor LIKE 'staff:%'",
        &[&id],
        |row| row.at(0),
    )
}

/// The pictures of other visits that wait to be judged, as long as their day is not over.
fn waiting_pictures(
    transaction: &mut Transaction<'_>,
    staff: &Staff,
    but: AppointmentId,
    now: Timestamp,
) -> Result<WaitingPictures, Error> {
    let today = base::start_of_day(now.japan_date());
    let waiting = transaction.all(
        "SELECT a.id, p.id FROM appointment a JOIN picture p ON p.appointment = a.id
         JOIN proof r ON r.appointment = a.id
         WHERE a.institution = $1 AND a.id <> $2 AND a.status = 'booked' AND a.visit_start >= $3
            AND p.state = 'sent' AND p.erased_at IS NULL AND r.desk_side = 'unseen' AND r.patient_side = 'picture_sent'
         ORDER BY a.visit_start, a.id, p.side DESC, p.id",
        &[&staff.institution, &but, &today],
        |row| Ok((row.at::<AppointmentId>(0)?, row.at::<PictureId>(1)?)),
    )?;
    let mut visits: Vec<_> = waiting.iter().map(|(visit, _)| *visit).collect();
    visits.dedup();
    Ok(WaitingPictures { next: waiting.first().copied(), visits: u32::try_from(visits.len()).unwrap_or(u32::MAX) })
}

/// What comes of an act: the ledgers after it, what the patient is told, and each picture it judges with its state before.
struct Judged {
    proof: Proof,
    event: PatientEvent,
    pictures: Vec<(PictureId, State)>,
}

impl Judged {
    fn new(proof: Proof, event: PatientEvent) -> Self {
        Self { proof, event, pictures: Vec::new() }
    }
}

fn judge(
    transaction: &mut Transaction<'_>,
    before: Proof,
    act: &DeskAct,
    staff: &Staff,
    id: AppointmentId,
    now: Timestamp,
) -> Result<Judged, Refusal> {
    let confirm = |before: Proof, how| before.confirm(how, staff.name.clone(), now);
    match act {
        DeskAct::Ask(what, reason) => Ok(Judged::new(before.request(*what, *reason, now), PatientEvent::Requested)),
        DeskAct::AskAgain { picture: asked, reason, note } => {
            let pictures = sent_pictures(transaction, id)?;
            // Replaced or erased in the meantime: what the desk judged is not what is there.
            let picture = pictures.iter().find(|picture| picture.id == *asked).ok_or(Refusal::Changed)?;
            let mut judged = Judged::new(before.request(Wanted::Picture, *reason, now), PatientEvent::Requested);
            // The other side is missing, but this one is good.
            if *reason != RequestReason::SideMissing {
                transaction.execute(
                    "UPDATE picture SET state = 'refused', reason = $2, note = $3 WHERE id = $1",
                    &[asked, &reason.word(), note],
                )?;
                judged.pictures.push((picture.id, picture.state));
            }
            Ok(judged)
        }
        DeskAct::ConfirmByPictures { seen, check: _ } => {
            let pictures = sent_pictures(transaction, id)?;
            let all_seen = pictures.iter().all(|picture| seen.contains(&picture.id));
            if pictures.is_empty() || !all_seen || seen.len() != pictures.len() {
                return Err(Refusal::Changed);
            }
            let mut judged = Judged::new(confirm(before, How::Picture), PatientEvent::Confirmed);
            for picture in pictures.iter().filter(|picture| picture.state == State::Sent) {
                transaction.execute("UPDATE picture SET state = 'accepted' WHERE id = $1", &[&picture.id])?;
                judged.pictures.push((picture.id, picture.state));
            }
            Ok(judged)
        }
        DeskAct::ConfirmAtTerminal => Ok(Judged::new(confirm(before, How::Terminal), PatientEvent::Confirmed)),
        DeskAct::ConfirmOnScreen => Ok(Judged::new(confirm(before, How::ShownOnScreen), PatientEvent::Confirmed)),
        DeskAct::Refuse(reason) => {
            Ok(Judged::new(before.refuse(*reason, staff.name.clone(), now), PatientEvent::Refused))
        }
        DeskAct::Complete => Err(Refusal::Changed),
    }
}

/// The pictures of a visit by which insurance may be confirmed.
fn sent_pictures(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Vec<Picture>, Error> {
    let mut pictures = picture::of_appointment(transaction, id)?;
    pictures.retain(|picture| matches!(picture.state, State::Sent | State::Accepted));
    Ok(pictures)
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
    let (actor, about) = (actor(staff), appointment.id.to_string());
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

#[cfg(test)]
mod tests;
