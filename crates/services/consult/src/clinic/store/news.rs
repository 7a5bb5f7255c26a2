//! The news for an account of a desk, and whether it gets letters.

use base::Timestamp;
use database::{Error, Transaction};

use super::staff::StaffMember;
use crate::{
    appointments::rules::AppointmentId, clinic::rules::letter_choice::LetterChoice, desk_news::rules::DeskEvent,
    store::Store,
};

/// How many events the list of news shows.
const MAX_SHOWN_EVENTS: i64 = 50;

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

impl Store {
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
pub(crate) fn load_news(
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
