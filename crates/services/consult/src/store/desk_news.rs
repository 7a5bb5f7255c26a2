//! Events of a clinic's visits for its desk: gathered into letters, and listed as news.

use base::{InstitutionCode, Span, Timestamp};
use database::{Error, Transaction};

use super::{Store, mail, staff, staff::StaffMember};
use crate::{
    mail::{GatheredEvent, render_gathered_letter},
    rules::{
        appointment::AppointmentId,
        desk_letter::{DeskEvent, is_letter_due, is_urgent},
    },
};

/// How long events are kept after the letter about them.
const EVENT_RETENTION: Span = Span::from_hours(30 * 24);
/// How many clinics are processed in one round.
const MAX_CLINICS_PER_ROUND: i64 = 200;
/// How many events the list of news shows.
const MAX_SHOWN_EVENTS: i64 = 50;

/// The id of an event.
type DeskEventId = base::Id<DeskEvent>;

/// The news for one account of a desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeskNews {
    /// When the account last marked news as seen, or the start of the day.
    pub(crate) since: Timestamp,
    /// Newest first.
    pub(crate) events: Vec<NewsItem>,
}

/// An event in the list of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NewsItem {
    pub(crate) appointment: AppointmentId,
    pub(crate) visit_start: Timestamp,
    pub(crate) event: DeskEvent,
    pub(crate) occurred_at: Timestamp,
}

database::text_column!(DeskEvent, LetterChoice);

crate::rules::string_enum::string_enum! {
    /// Whether an account of a desk gets letters.
    pub enum LetterChoice {
        On = "on",
        Off = "off",
    }
}

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
    for address in staff::list_mail_addresses(transaction, &institution.to_string())? {
        let letter = render_gathered_letter(&address, &gathered, &visits, &settings);
        mail::insert_letter(transaction, store, now, now, &letter, None)?;
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

    /// Marks the news up to `seen_at` as seen by an account.
    pub(crate) async fn mark_news_seen(&self, staff: StaffMember, seen_at: Timestamp) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "INSERT INTO staff_preference (staff, letters, news_seen_at) VALUES ($1, 'on', $2)
                         ON CONFLICT (staff) DO UPDATE SET news_seen_at = $2",
                        &[&staff.id, &seen_at],
                    )
                    .map(|_| ())
            })
            .await
    }

    /// Whether an account gets letters.
    pub(crate) async fn find_letter_choice(&self, staff: StaffMember) -> Result<LetterChoice, Error> {
        self.database
            .read(move |transaction| {
                let choice = transaction.fetch_optional(
                    "SELECT letters FROM staff_preference WHERE staff = $1",
                    &[&staff.id],
                    |row| row.get(0),
                )?;
                Ok(choice.unwrap_or(LetterChoice::On))
            })
            .await
    }

    /// Sets whether an account gets letters.
    pub(crate) async fn set_letter_choice(&self, staff: StaffMember, choice: LetterChoice) -> Result<(), Error> {
        self.database
            .write(move |transaction| {
                transaction
                    .execute(
                        "INSERT INTO staff_preference (staff, letters) VALUES ($1, $2)
                         ON CONFLICT (staff) DO UPDATE SET letters = $2",
                        &[&staff.id, &choice],
                    )
                    .map(|_| ())
            })
            .await
    }
}

/// The news for an account: the events since it last marked news as seen, or since the start of the day.
pub(super) fn load_news(
    transaction: &mut Transaction<'_>,
    staff: &StaffMember,
    now: Timestamp,
) -> Result<DeskNews, Error> {
    let seen_at: Option<Option<Timestamp>> = transaction.fetch_optional(
        "SELECT news_seen_at FROM staff_preference WHERE staff = $1",
        &[&staff.id],
        |row| row.get(0),
    )?;
    let since = seen_at.flatten().unwrap_or_else(|| base::start_of_day(now.japan_date()));
    let events = transaction.fetch_all(
        "SELECT e.appointment, a.visit_start, e.event, e.at FROM desk_event e JOIN appointment a ON a.id = e.appointment
         WHERE e.institution = $1 AND e.at > $2 ORDER BY e.at DESC, e.id DESC LIMIT $3",
        &[&staff.institution, &since, &MAX_SHOWN_EVENTS],
        |row| Ok(NewsItem { appointment: row.get(0)?, visit_start: row.get(1)?, event: row.get(2)?, occurred_at: row.get(3)? }),
    )?;
    Ok(DeskNews { since, events })
}
