//! The rows of reminders, and the visits whose rungs are due.

use base::Timestamp;
use database::{Error, Transaction};

use super::{
    letter::render_reminder,
    rules::{LetterDecision, MissingStep, ReminderRung, RungDecision, RungFacts, decide_rung},
};
use crate::{
    appointments::{
        rules::{AppointmentId, AppointmentStatus},
        store::letter::{contact_account, load_letter_context},
    },
    desk_news::{self, rules::DeskEvent},
    directory::store::institutions,
    mail::{self, store::LetterId},
    people::rules::account::ReminderChoice,
    proof::store::ledgers,
    refusal::Refusal,
    store::Store,
};

database::text_column!(ReminderRung);
database::text_column!(LetterDecision);

/// How long after the visit the rows of its reminders are kept.
const RETENTION: base::Span = base::Span::from_hours(30 * 24);

/// The booked visits that begin after `$1` and not after `$2` and of which the rung `$3` is not decided.
macro_rules! due_rungs_sql {
    () => {
        "SELECT a.id, a.visit_start FROM appointment a
         WHERE a.status = 'booked' AND a.visit_start > $1 AND a.visit_start <= $2 AND NOT EXISTS (
            SELECT 1 FROM reminder r WHERE r.appointment = a.id AND r.rung = $3 AND r.visit_start = a.visit_start)
         ORDER BY a.visit_start, a.id LIMIT $4"
    };
}
#[cfg(test)]
pub(crate) use due_rungs_sql;

impl Store {
    /// The visits of which this rung is due at `now` and not decided, with their starts, the nearest first. The index of
    /// booked visits by their start finds them.
    pub(crate) async fn list_due_rungs(
        &self,
        rung: ReminderRung,
        now: Timestamp,
        max: u32,
    ) -> Result<Vec<(AppointmentId, Timestamp)>, Refusal> {
        let Some((after, until)) = rung.due_visits(now) else { return Ok(Vec::new()) };
        self.database
            .read(move |transaction| {
                Ok(transaction.fetch_all(due_rungs_sql!(), &[&after, &until, &rung, &max], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?)
            })
            .await
    }

    /// Decides about a rung of a visit that begins at `visit_start`, and does what was decided, once however many nodes try.
    /// `None` if another node was first, or the visit is not as it was found.
    pub(crate) async fn decide_rung(
        &self,
        appointment: AppointmentId,
        rung: ReminderRung,
        visit_start: Timestamp,
        now: Timestamp,
    ) -> Result<Option<LetterDecision>, Refusal> {
        let store = self.clone();
        self.database.write(move |transaction| decide(transaction, &store, (appointment, rung, visit_start), now)).await
    }

    /// Deletes the rows of visits that are long over.
    pub(crate) async fn delete_old_reminders(&self, now: Timestamp) -> Result<(), Refusal> {
        let long_ago = now.minus(RETENTION);
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM reminder WHERE visit_start < $1", &[&long_ago])?;
                Ok(())
            })
            .await
    }
}

fn decide(
    transaction: &mut Transaction<'_>,
    store: &Store,
    (appointment, rung, visit_start): (AppointmentId, ReminderRung, Timestamp),
    now: Timestamp,
) -> Result<Option<LetterDecision>, Refusal> {
    let Some(visit) = find_visit(transaction, appointment)? else { return Ok(None) };
    let proof = ledgers::load_proof(transaction, appointment)?.map(|(proof, _)| proof);
    let proof_method = institutions::find_institution(transaction, visit.institution)?
        .ok_or(Refusal::CorruptRecord("the institution of an appointment"))?
        .proof_method
        .kind();
    let missing = MissingStep::find(proof_method, proof.as_ref(), now);
    let facts = RungFacts {
        status: visit.status,
        visit_start: visit.start,
        choice: visit.choice,
        missing,
        last_letter_at: visit.last_letter_at,
    };
    let decision = match decide_rung(rung, facts, now) {
        _ if visit.start != visit_start => RungDecision::Obsolete,
        decision => decision,
    };
    let RungDecision::Decided { letter: decision, call } = decision else { return Ok(None) };
    let inserted = transaction.execute(
        "INSERT INTO reminder (appointment, rung, visit_start, decided_at, decision) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT DO NOTHING",
        &[&appointment, &rung, &visit_start, &now, &decision],
    )?;
    if inserted == 0 {
        return Ok(None);
    }
    if decision == LetterDecision::Sent {
        withdraw_reminders(transaction, appointment, now)?;
        if let Some(context) = load_letter_context(transaction, store, appointment)? {
            let letter = render_reminder(&context, rung, missing, &store.letterhead);
            // A reminder that the relay would take only after the visit began is of no use.
            let id = mail::store::enqueue_expiring_letter(transaction, store, now, &letter, visit_start)?;
            transaction.execute(
                "UPDATE reminder SET letter = $4 WHERE appointment = $1 AND rung = $2 AND visit_start = $3",
                &[&appointment, &rung, &visit_start, &id],
            )?;
        }
    }
    if call {
        desk_news::store::record_event(transaction, store, appointment, DeskEvent::StepMissing, now)?;
    }
    Ok(Some(decision))
}

/// Withdraws the reminders of an appointment that were not sent yet: a newer letter says what holds now.
pub(crate) fn withdraw_reminders(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    now: Timestamp,
) -> Result<(), Error> {
    let letters: Vec<LetterId> = transaction.fetch_all(
        "SELECT letter FROM reminder WHERE appointment = $1 AND letter IS NOT NULL",
        &[&appointment],
        |row| row.get(0),
    )?;
    for letter in letters {
        mail::store::expire_letter(transaction, letter, now)?;
    }
    Ok(())
}

struct DueVisit {
    institution: base::InstitutionCode,
    status: AppointmentStatus,
    start: Timestamp,
    choice: ReminderChoice,
    last_letter_at: Timestamp,
}

fn find_visit(transaction: &mut Transaction<'_>, id: AppointmentId) -> Result<Option<DueVisit>, Error> {
    let visit = transaction.fetch_optional(
        concat!(
            "SELECT a.institution, a.status, a.visit_start, COALESCE(c.reminders, 'off'),
                COALESCE(a.announced_at, a.made_at)
             FROM appointment a LEFT JOIN account c ON c.id = ",
            contact_account!("a"),
            " WHERE a.id = $1"
        ),
        &[&id],
        |row| {
            Ok(DueVisit {
                institution: row.get(0)?,
                status: row.get(1)?,
                start: row.get(2)?,
                choice: row.get(3)?,
                last_letter_at: row.get(4)?,
            })
        },
    )?;
    let Some(visit) = visit else { return Ok(None) };
    let last_reminder: Option<Timestamp> = transaction.fetch_one(
        "SELECT MAX(decided_at) FROM reminder WHERE appointment = $1 AND decision = $2",
        &[&id, &LetterDecision::Sent],
        |row| row.get(0),
    )?;
    let last_letter_at = last_reminder.map_or(visit.last_letter_at, |last| last.max(visit.last_letter_at));
    Ok(Some(DueVisit { last_letter_at, ..visit }))
}
