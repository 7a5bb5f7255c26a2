//! The events of a clinic's visits, and the gathered letters about them.

use base::{InstitutionCode, Span, Timestamp};
use database::{Error, Transaction};

use super::{
    letter::{GatheredEvent, render_gathered_letter},
    rules::{DeskEvent, is_letter_due, is_urgent},
};
use crate::{appointments::rules::AppointmentId, mail, store::Store};

database::text_column!(DeskEvent);

/// How long events are kept after the letter about them.
const EVENT_RETENTION: Span = Span::from_hours(30 * 24);
/// How many clinics are processed in one round.
const MAX_CLINICS_PER_ROUND: i64 = 200;

/// The id of an event.
type DeskEventId = base::Id<DeskEvent>;

/// Records an event, and enqueues the gathered letter if it is due.
pub(crate) fn record_event(
    transaction: &mut Transaction<'_>,
    store: &Store,
    appointment: AppointmentId,
    event: DeskEvent,
    now: Timestamp,
) -> Result<(), Error> {
    let institution: Option<InstitutionCode> =
        transaction
            .fetch_optional("SELECT institution FROM appointment WHERE id = $1", &[&appointment], |row| row.get(0))?;
    let Some(institution) = institution else { return Ok(()) };
    let id = DeskEventId::new(now, &store.randomness);
    transaction.execute(
        "INSERT INTO desk_event (id, institution, appointment, event, at) VALUES ($1, $2, $3, $4, $5)",
        &[&id, &institution, &appointment, &event, &now],
    )?;
    enqueue_gathered_letter_if_due(transaction, store, institution, now)
}

/// Enqueues one letter about all gathered events of a clinic, if it is due.
fn enqueue_gathered_letter_if_due(
    transaction: &mut Transaction<'_>,
    store: &Store,
    institution: InstitutionCode,
    now: Timestamp,
) -> Result<(), Error> {
    let last: Option<Timestamp> = transaction.fetch_one(
        "SELECT MAX(told_at) FROM desk_event WHERE institution = $1",
        &[&institution],
        |row| row.get(0),
    )?;
    let events = transaction.fetch_all(
        "SELECT e.appointment, e.event, a.visit_start FROM desk_event e JOIN appointment a ON a.id = e.appointment
         WHERE e.institution = $1 AND e.told_at IS NULL ORDER BY e.at, e.id",
        &[&institution],
        |row| Ok((row.get::<AppointmentId>(0)?, row.get::<DeskEvent>(1)?, row.get::<Timestamp>(2)?)),
    )?;
    let urgent = events.iter().any(|(_, event, start)| is_urgent(*event, *start, now));
    if events.is_empty() || !is_letter_due(last, urgent, now) {
        return Ok(());
    }
    transaction.execute(
        "UPDATE desk_event SET told_at = $2 WHERE institution = $1 AND told_at IS NULL",
        &[&institution, &now],
    )?;
    let gathered: Vec<_> = events
        .into_iter()
        .map(|(appointment, event, start)| GatheredEvent {
            event,
            start,
            page: store.origin.url(&format!("/desk/visits/{appointment}")),
        })
        .collect();
    let (visits, settings) = (store.origin.url("/desk/visits"), store.origin.url("/desk/settings"));
    for address in list_mail_addresses(transaction, &institution.to_string())? {
        let letter = render_gathered_letter(&address, &gathered, &visits, &settings);
        mail::store::insert_letter(transaction, store, now, now, &letter, None)?;
    }
    Ok(())
}

impl Store {
    /// Enqueues the gathered letters that are due. Any number of nodes may do so at once.
    pub(crate) async fn enqueue_gathered_letters(&self, now: Timestamp) -> Result<(), Error> {
        let store = self.clone();
        self.database
            .write(move |transaction| {
                let waiting = transaction.fetch_all(
                    "SELECT DISTINCT institution FROM desk_event WHERE told_at IS NULL LIMIT $1",
                    &[&MAX_CLINICS_PER_ROUND],
                    |row| row.get::<InstitutionCode>(0),
                )?;
                for institution in waiting {
                    enqueue_gathered_letter_if_due(transaction, &store, institution, now)?;
                }
                transaction
                    .execute("DELETE FROM desk_event WHERE told_at < $1", &[&now.minus(EVENT_RETENTION)])
                    .map(|_| ())
            })
            .await
    }
}

/// The addresses of an institution's desk that get letters.
pub(crate) fn list_mail_addresses(transaction: &mut Transaction<'_>, institution: &str) -> Result<Vec<String>, Error> {
    transaction.fetch_all(
        "SELECT s.mail FROM staff s LEFT JOIN staff_preference p ON p.staff = s.id
         WHERE s.institution = $1 AND s.active = 1 AND (p.letters IS NULL OR p.letters = 'on') ORDER BY s.mail",
        &[&institution],
        |row| row.get(0),
    )
}
