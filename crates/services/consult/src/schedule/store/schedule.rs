//! The schedules of doctors: weekly hours, sessions, closures.

use std::collections::HashMap;

use base::{Date, InstitutionCode, Timestamp};
use database::{Error, Row, ToColumn, Transaction};
use jiff::civil::Weekday;
use text::Text;

use crate::{
    practitioners::rules::practitioner::{Employment, PractitionerId},
    refusal::Refusal,
    schedule::rules::{
        opening::{OpeningHours, OpeningSchedule},
        practitioner_schedule::{Closure, ClosureId, HoursSource, Period, PractitionerSchedule, Session},
    },
};

/// How many institutions one statement reads. Statements are constants, so their number of parameters is one too.
pub(crate) const INSTITUTIONS_PER_STATEMENT: usize = 20;

/// The condition that a column is one of the codes of an [`InstitutionChunk`], whose parameters are the first twenty.
macro_rules! in_chunk {
    ($select:literal, $rest:literal) => {
        concat!(
            $select,
            " IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ",
            $rest
        )
    };
}
pub(crate) use in_chunk;

/// At most [`INSTITUTIONS_PER_STATEMENT`] codes, as parameters of a statement.
pub(crate) struct InstitutionChunk([InstitutionCode; INSTITUTIONS_PER_STATEMENT]);

impl InstitutionChunk {
    /// Divides codes into chunks. The last is filled with its first code, which finds nothing twice.
    pub(crate) fn divide(codes: &[InstitutionCode]) -> impl Iterator<Item = Self> {
        codes.chunks(INSTITUTIONS_PER_STATEMENT).filter_map(|chunk| {
            let first = *chunk.first()?;
            Some(Self(std::array::from_fn(|index| chunk.get(index).copied().unwrap_or(first))))
        })
    }

    /// The parameters: the codes, and `more` after them.
    pub(crate) fn values<'a>(&'a self, more: &[&'a dyn ToColumn]) -> Vec<&'a dyn ToColumn> {
        self.0.iter().map(|code| code as &dyn ToColumn).chain(more.iter().copied()).collect()
    }
}

/// The schedules of the doctors who receive patients at some institutions, in the order of the doctors.
pub(crate) type Schedules = HashMap<InstitutionCode, Vec<PractitionerSchedule>>;

/// Loads the schedules of institutions from `now` on: what is over is left out.
pub(crate) fn load_schedules(
    transaction: &mut Transaction<'_>,
    codes: &[InstitutionCode],
    now: Timestamp,
) -> Result<Schedules, Refusal> {
    let mut schedules = Schedules::new();
    for chunk in InstitutionChunk::divide(codes) {
        load_chunk(transaction, &chunk, now, &mut schedules)?;
    }
    Ok(schedules)
}

/// Loads the schedules of one institution from `now` on.
pub(crate) fn load_schedules_of_institution(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    now: Timestamp,
) -> Result<Vec<PractitionerSchedule>, Refusal> {
    Ok(load_schedules(transaction, &[code], now)?.remove(&code).unwrap_or_default())
}

fn load_chunk(
    transaction: &mut Transaction<'_>,
    chunk: &InstitutionChunk,
    now: Timestamp,
    schedules: &mut Schedules,
) -> Result<(), Refusal> {
    let mut openings = load_openings(transaction, chunk)?;
    let mut own_hours: HashMap<PractitionerId, Vec<OpeningHours>> = HashMap::new();
    let rows: Vec<(PractitionerId, HoursRow)> = transaction.fetch_all(
        in_chunk!(
            "SELECT w.practitioner, w.weekday, w.from_minute, w.to_minute
             FROM working_hours w JOIN practitioner p ON p.id = w.practitioner WHERE p.institution",
            "ORDER BY w.practitioner, w.weekday, w.from_minute"
        ),
        &chunk.values(&[]),
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))),
    )?;
    for (practitioner, hours) in rows {
        own_hours.entry(practitioner).or_default().push(parse_hours(hours)?);
    }
    let mut sessions: HashMap<PractitionerId, Vec<Session>> = HashMap::new();
    let rows: Vec<(PractitionerId, Session)> = transaction.fetch_all(
        in_chunk!(
            "SELECT s.practitioner, s.visit_date, s.from_minute, s.to_minute
             FROM practitioner_session s JOIN practitioner p ON p.id = s.practitioner WHERE p.institution",
            "AND s.visit_date >= $21 ORDER BY s.practitioner, s.visit_date, s.from_minute"
        ),
        &chunk.values(&[&now.japan_date()]),
        |row| Ok((row.get(0)?, Session { date: row.get(1)?, from_minute: row.get(2)?, to_minute: row.get(3)? })),
    )?;
    for (practitioner, session) in rows {
        sessions.entry(practitioner).or_default().push(session);
    }
    let closures = list_closures_of_chunk(transaction, chunk, now)?;
    let doctors: Vec<(InstitutionCode, PractitionerId, bool)> = transaction.fetch_all(
        in_chunk!(
            "SELECT institution, id, own_hours FROM practitioner WHERE institution",
            "AND employment = $21 ORDER BY institution, number"
        ),
        &chunk.values(&[&Employment::Active]),
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    for (institution, practitioner, has_own_hours) in doctors {
        let of_institution = openings.entry(institution).or_insert_with(|| closed_schedule(true));
        let (opening, hours_source) = if has_own_hours {
            let hours = own_hours.remove(&practitioner).unwrap_or_default();
            let closed_on_holidays = of_institution.closed_on_holidays;
            (OpeningSchedule { hours, closed_on_holidays }, HoursSource::Practitioner)
        } else {
            (of_institution.clone(), HoursSource::Institution)
        };
        let concerns = |closure: &&Closure| {
            closure.institution == institution
                && closure.practitioner.is_none_or(|closed_doctor| closed_doctor == practitioner)
        };
        schedules.entry(institution).or_default().push(PractitionerSchedule {
            practitioner,
            opening,
            hours_source,
            sessions: sessions.remove(&practitioner).unwrap_or_default(),
            closures: closures.iter().filter(concerns).cloned().collect(),
        });
    }
    Ok(())
}

fn closed_schedule(closed_on_holidays: bool) -> OpeningSchedule {
    OpeningSchedule { hours: Vec::new(), closed_on_holidays }
}

/// The hours of institutions.
fn load_openings(
    transaction: &mut Transaction<'_>,
    chunk: &InstitutionChunk,
) -> Result<HashMap<InstitutionCode, OpeningSchedule>, Refusal> {
    let institutions: Vec<(InstitutionCode, bool)> = transaction.fetch_all(
        in_chunk!("SELECT code, closed_on_holidays FROM institution WHERE code", ""),
        &chunk.values(&[]),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut openings: HashMap<_, _> =
        institutions.into_iter().map(|(code, closed)| (code, closed_schedule(closed))).collect();
    let rows: Vec<(InstitutionCode, HoursRow)> = transaction.fetch_all(
        in_chunk!(
            "SELECT institution, weekday, from_minute, to_minute FROM opening_hours WHERE institution",
            "ORDER BY institution, weekday, from_minute"
        ),
        &chunk.values(&[]),
        |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?, row.get(3)?))),
    )?;
    for (code, hours) in rows {
        let hours = parse_hours(hours)?;
        openings.entry(code).and_modify(|opening| opening.hours.push(hours));
    }
    Ok(openings)
}

/// Weekday (1 is Monday) and minutes, as they are stored.
type HoursRow = (i64, u32, u32);

fn parse_hours((weekday, from_minute, to_minute): HoursRow) -> Result<OpeningHours, Refusal> {
    let weekday = i8::try_from(weekday).ok().and_then(|day| Weekday::from_monday_one_offset(day).ok());
    let weekday = weekday.ok_or(Refusal::CorruptRecord("the hours of an institution"))?;
    Ok(OpeningHours { weekday, from_minute, to_minute })
}

/// The hours of an institution, which its doctors without hours of their own have too.
pub(crate) fn load_opening(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
) -> Result<OpeningSchedule, Refusal> {
    let chunk = InstitutionChunk([code; INSTITUTIONS_PER_STATEMENT]);
    load_openings(transaction, &chunk)?.remove(&code).ok_or(Refusal::NotFound)
}

/// Replaces the hours of an institution.
pub(crate) fn save_opening_hours(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    hours: &[OpeningHours],
) -> Result<(), Error> {
    transaction.execute("DELETE FROM opening_hours WHERE institution = $1", &[&code])?;
    for OpeningHours { weekday, from_minute, to_minute } in hours {
        let weekday = i64::from(weekday.to_monday_one_offset());
        transaction.execute(
            "INSERT INTO opening_hours (institution, weekday, from_minute, to_minute) VALUES ($1, $2, $3, $4)",
            &[&code, &weekday, from_minute, to_minute],
        )?;
    }
    Ok(())
}

/// Replaces the hours of a doctor: their own, or None for those of the institution.
pub(crate) fn save_working_hours(
    transaction: &mut Transaction<'_>,
    practitioner: PractitionerId,
    hours: Option<&[OpeningHours]>,
) -> Result<(), Error> {
    let has_own_hours = hours.is_some();
    transaction.execute("UPDATE practitioner SET own_hours = $2 WHERE id = $1", &[&practitioner, &has_own_hours])?;
    transaction.execute("DELETE FROM working_hours WHERE practitioner = $1", &[&practitioner])?;
    for OpeningHours { weekday, from_minute, to_minute } in hours.unwrap_or_default() {
        let weekday = i64::from(weekday.to_monday_one_offset());
        transaction.execute(
            "INSERT INTO working_hours (practitioner, weekday, from_minute, to_minute) VALUES ($1, $2, $3, $4)",
            &[&practitioner, &weekday, from_minute, to_minute],
        )?;
    }
    Ok(())
}

/// Adds hours to one day of a doctor. Adding them twice is adding them once.
pub(crate) fn insert_session(
    transaction: &mut Transaction<'_>,
    practitioner: PractitionerId,
    session: Session,
) -> Result<(), Error> {
    transaction
        .execute(
            "INSERT INTO practitioner_session (practitioner, visit_date, from_minute, to_minute) VALUES ($1, $2, $3, $4)
             ON CONFLICT (practitioner, visit_date, from_minute) DO UPDATE SET to_minute = $4",
            &[&practitioner, &session.date, &session.from_minute, &session.to_minute],
        )
        .map(|_| ())
}

/// Removes hours from one day of a doctor.
pub(crate) fn delete_session(
    transaction: &mut Transaction<'_>,
    practitioner: PractitionerId,
    (date, from_minute): (Date, u32),
) -> Result<(), Error> {
    transaction
        .execute(
            "DELETE FROM practitioner_session WHERE practitioner = $1 AND visit_date = $2 AND from_minute = $3",
            &[&practitioner, &date, &from_minute],
        )
        .map(|_| ())
}

/// The closures of an institution and its doctors that are not over, by their beginning.
pub(crate) fn list_closures(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    now: Timestamp,
) -> Result<Vec<Closure>, Refusal> {
    list_closures_of_chunk(transaction, &InstitutionChunk([code; INSTITUTIONS_PER_STATEMENT]), now)
}

/// A closure of an institution that was not lifted.
pub(crate) fn find_closure(
    transaction: &mut Transaction<'_>,
    code: InstitutionCode,
    id: ClosureId,
) -> Result<Option<Closure>, Refusal> {
    let found = transaction.fetch_optional(
        "SELECT id, institution, practitioner, begins, ends, reason, reason_english FROM closure
         WHERE id = $1 AND institution = $2 AND lifted_at IS NULL",
        &[&id, &code],
        read_closure,
    )?;
    found.map(|closure| closure.ok_or(Refusal::CorruptRecord("the period of a closure"))).transpose()
}

/// Ends a closure before its end. Returns whether it was in force.
pub(crate) fn lift_closure(
    transaction: &mut Transaction<'_>,
    id: ClosureId,
    lifted_by: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let lifted = transaction.execute(
        "UPDATE closure SET lifted_at = $2, lifted_by = $3 WHERE id = $1 AND lifted_at IS NULL",
        &[&id, &now, &lifted_by],
    )?;
    Ok(lifted == 1)
}

fn list_closures_of_chunk(
    transaction: &mut Transaction<'_>,
    chunk: &InstitutionChunk,
    now: Timestamp,
) -> Result<Vec<Closure>, Refusal> {
    let rows = transaction.fetch_all(
        in_chunk!(
            "SELECT id, institution, practitioner, begins, ends, reason, reason_english FROM closure WHERE institution",
            "AND ends > $21 AND lifted_at IS NULL ORDER BY begins, id"
        ),
        &chunk.values(&[&now]),
        read_closure,
    )?;
    rows.into_iter().map(|closure| closure.ok_or(Refusal::CorruptRecord("the period of a closure"))).collect()
}

fn read_closure(row: &Row<'_>) -> Result<Option<Closure>, Error> {
    let reason: Option<String> = row.get(5)?;
    let english: Option<String> = row.get(6)?;
    let reason = reason.map(|japanese| Text::from_strings(japanese.clone(), english.unwrap_or(japanese)));
    let Some(period) = Period::new(row.get(3)?, row.get(4)?) else { return Ok(None) };
    Ok(Some(Closure { id: row.get(0)?, institution: row.get(1)?, practitioner: row.get(2)?, period, reason }))
}

/// Records a closure.
pub(crate) fn insert_closure(
    transaction: &mut Transaction<'_>,
    closure: &Closure,
    made_by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let reason = closure.reason.as_ref().map(|reason| reason.in_language(text::Language::Japanese));
    let english = closure.reason.as_ref().map(|reason| reason.in_language(text::Language::English));
    transaction
        .execute(
            "INSERT INTO closure (id, institution, practitioner, begins, ends, reason, reason_english, made_at, made_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                &closure.id,
                &closure.institution,
                &closure.practitioner,
                &closure.period.start(),
                &closure.period.end(),
                &reason,
                &english,
                &now,
                &made_by,
            ],
        )
        .map(|_| ())
}
