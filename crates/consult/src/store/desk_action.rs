//! What a desk did with a visit, as far as it is needed to take it back.

use base::Timestamp;
use database::{Error, Migration, Row, Transaction};

use super::{
    mail::LetterId,
    proof::{DeskColumns, LedgerVersion},
};
use crate::{
    refusal::Refusal,
    rules::{
        appointment::AppointmentId,
        desk_action::{DeskActionKind, DeskActionState, RecordedDeskAction},
        picture::{PictureId, PictureState},
        proof::DeskSide,
    },
};

/// The acts, with what the desk's ledger and the pictures were before each.
pub(crate) const MIGRATION: Migration = Migration {
    name: "desk acts",
    sql: "CREATE TABLE desk_act (
    appointment TEXT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    ledger_before BIGINT,
    ledger_after BIGINT,
    desk_side TEXT,
    desk_at BIGINT,
    desk_by TEXT,
    desk_word TEXT,
    desk_reason TEXT,
    letter TEXT,
    taken_back_at BIGINT,
    taken_back_by TEXT,
    PRIMARY KEY (appointment, number)
);
CREATE TABLE desk_act_picture (
    appointment TEXT NOT NULL,
    number BIGINT NOT NULL,
    picture TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (appointment, number, picture)
);
ALTER TABLE appointment ADD COLUMN completed_at BIGINT;",
};

database::text_column!(DeskActionKind);

/// What is recorded of an act.
pub(super) struct NewDeskAction<'a> {
    pub(super) appointment: AppointmentId,
    pub(super) kind: DeskActionKind,
    /// Who did it, as the audit names accounts.
    pub(super) actor: &'a str,
    /// What the act changed in the ledgers, if it changed them.
    pub(super) ledger: Option<LedgerChange>,
    /// Each picture that the act judged, with its state before.
    pub(super) pictures: Vec<(PictureId, PictureState)>,
    /// The letter that tells the patient of it.
    pub(super) letter: Option<LetterId>,
}

/// What an act changed in the ledgers: the version and the desk's side before it. Its own version follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LedgerChange {
    pub(super) version: LedgerVersion,
    pub(super) desk: DeskSide,
}

/// Records an act.
pub(super) fn insert_action(
    transaction: &mut Transaction<'_>,
    act: &NewDeskAction<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let number: u32 = transaction.fetch_one(
        "SELECT COUNT(*) + 1 FROM desk_act WHERE appointment = $1",
        &[&act.appointment],
        |row| row.get(0),
    )?;
    let before = act.ledger.as_ref().map(|ledger| ledger.version.number());
    let desk = act.ledger.as_ref().map(|ledger| DeskColumns::from_desk_side(&ledger.desk));
    let (side, at) = (desk.as_ref().map(|desk| desk.side.as_str()), desk.as_ref().and_then(|desk| desk.changed_at));
    let by = desk.as_ref().and_then(|desk| desk.actor.as_deref());
    let word = desk.as_ref().and_then(|desk| desk.code.as_deref());
    let reason = desk.as_ref().and_then(|desk| desk.reason.as_deref());
    transaction.execute(
        "INSERT INTO desk_act (appointment, number, kind, done_at, done_by, ledger_before, ledger_after, desk_side, desk_at,
            desk_by, desk_word, desk_reason, letter)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &act.appointment,
            &number,
            &act.kind,
            &now,
            &act.actor,
            &before,
            &before.map(|before| before + 1),
            &side,
            &at,
            &by,
            &word,
            &reason,
            &act.letter,
        ],
    )?;
    for (picture, state) in &act.pictures {
        transaction.execute(
            "INSERT INTO desk_act_picture (appointment, number, picture, state) VALUES ($1, $2, $3, $4)",
            &[&act.appointment, &number, picture, &state.as_str()],
        )?;
    }
    Ok(())
}

/// An act in force, with what is needed to take it back.
pub(super) struct ActionInForce {
    pub(super) action: RecordedDeskAction,
    ledger: Option<(LedgerVersion, LedgerVersion)>,
    desk_before: Option<DeskColumns>,
    pub(super) letter: Option<LetterId>,
}

impl ActionInForce {
    /// The versions of the ledgers before and after the act, and the desk's side before it; `None` where the act did not
    /// change the ledgers.
    pub(super) fn ledger_change(&self) -> Result<Option<(LedgerVersion, LedgerVersion, DeskSide)>, Refusal> {
        let (Some((before, after)), Some(desk)) = (self.ledger, &self.desk_before) else { return Ok(None) };
        let desk = desk.to_desk_side().ok_or(Refusal::CorruptRecord("the ledger before a desk's act"))?;
        Ok(Some((before, after, desk)))
    }
}

fn read_action_row(row: &Row<'_>) -> Result<ActionInForce, Error> {
    let version = |column| -> Result<_, Error> { Ok(row.get::<Option<i64>>(column)?.map(LedgerVersion::from_number)) };
    let side: Option<String> = row.get(6)?;
    let done_by: Option<String> = row.get(3)?;
    Ok(ActionInForce {
        action: RecordedDeskAction {
            number: row.get(0)?,
            kind: row.get(1)?,
            done_at: row.get(2)?,
            done_by: done_by.unwrap_or_default(),
            state: DeskActionState::InForce,
        },
        ledger: version(4)?.zip(version(5)?),
        desk_before: match side {
            Some(side) => Some(DeskColumns {
                side,
                changed_at: row.get(7)?,
                actor: row.get(8)?,
                code: row.get(9)?,
                reason: row.get(10)?,
            }),
            None => None,
        },
        letter: row.get(11)?,
    })
}

/// The newest act of a visit that is in force.
pub(super) fn find_newest_action(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
) -> Result<Option<ActionInForce>, Error> {
    transaction.fetch_optional(
        "SELECT d.number, d.kind, d.done_at, s.name, d.ledger_before, d.ledger_after, d.desk_side, d.desk_at, d.desk_by,
            d.desk_word, d.desk_reason, d.letter
         FROM desk_act d LEFT JOIN staff s ON d.done_by = 'staff:' || s.id
         WHERE d.appointment = $1 AND d.taken_back_at IS NULL ORDER BY d.number DESC LIMIT 1",
        &[&appointment],
        read_action_row,
    )
}

/// Marks an act as taken back; `false` where somebody else did so first.
pub(super) fn mark_undone(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    number: u32,
    actor: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let marked = transaction.execute(
        "UPDATE desk_act SET taken_back_at = $3, taken_back_by = $4
         WHERE appointment = $1 AND number = $2 AND taken_back_at IS NULL",
        &[&appointment, &number, &now, &actor],
    )?;
    Ok(marked == 1)
}

/// The act before the one that was taken back follows the ledgers to their new version, if nothing came between the two.
pub(super) fn update_previous_action_version(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    before: LedgerVersion,
    now_at: LedgerVersion,
) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE desk_act SET ledger_after = $3
             WHERE appointment = $1 AND ledger_after = $2 AND taken_back_at IS NULL",
            &[&appointment, &before.number(), &now_at.number()],
        )
        .map(|_| ())
}

/// Puts the pictures that an act judged back to what they were, as far as they are still there.
pub(super) fn restore_pictures(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    number: u32,
) -> Result<(), Error> {
    let before = transaction.fetch_all(
        "SELECT picture, state FROM desk_act_picture WHERE appointment = $1 AND number = $2",
        &[&appointment, &number],
        |row| Ok((row.get::<PictureId>(0)?, row.get::<String>(1)?)),
    )?;
    for (picture, state) in before {
        transaction.execute(
            "UPDATE picture SET state = $2, reason = NULL, note = NULL WHERE id = $1 AND erased_at IS NULL",
            &[&picture, &state],
        )?;
    }
    Ok(())
}
