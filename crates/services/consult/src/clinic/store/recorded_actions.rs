//! Desk actions, with what is needed to undo them.

use base::Timestamp;
use database::{Error, Row, Transaction};

use crate::{
    appointments::rules::AppointmentId,
    audit::rules::action::DeskActionKind,
    clinic::rules::desk_action::RecordedDeskAction,
    mail::store::LetterId,
    pictures::{
        self,
        rules::{
            judgement::PictureJudgement,
            picture::{PictureId, PictureState},
        },
    },
    proof::{
        rules::ledgers::{DeskSide, LedgerVersion},
        store::ledgers::DeskColumns,
    },
    refusal::Refusal,
};

/// An action to insert.
pub(crate) struct NewDeskAction<'a> {
    pub(crate) appointment: AppointmentId,
    pub(crate) kind: DeskActionKind,
    /// As in the audit: `staff:ID`.
    pub(crate) actor: &'a str,
    /// The change of the ledgers, if there was one.
    pub(crate) ledger: Option<LedgerChange>,
    /// The pictures that it judged.
    pub(crate) pictures: Vec<PictureJudgement>,
    /// The letter to the patient about the action.
    pub(crate) letter: Option<LetterId>,
}

/// The ledgers before an action: their version and the desk's side. The action's version is the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LedgerChange {
    pub(crate) version: LedgerVersion,
    pub(crate) desk: DeskSide,
}

pub(crate) fn insert_action(
    transaction: &mut Transaction<'_>,
    action: &NewDeskAction<'_>,
    now: Timestamp,
) -> Result<(), Error> {
    let number: u32 = transaction.fetch_one(
        "SELECT COUNT(*) + 1 FROM desk_act WHERE appointment = $1",
        &[&action.appointment],
        |row| row.get(0),
    )?;
    let before = action.ledger.as_ref().map(|ledger| ledger.version.number());
    let desk = action.ledger.as_ref().map(|ledger| DeskColumns::from_desk_side(&ledger.desk));
    let (side, changed_at) =
        (desk.as_ref().map(|desk| desk.side.as_str()), desk.as_ref().and_then(|desk| desk.changed_at));
    let actor = desk.as_ref().and_then(|desk| desk.actor.as_deref());
    let code = desk.as_ref().and_then(|desk| desk.code.as_deref());
    let reason = desk.as_ref().and_then(|desk| desk.reason.as_deref());
    transaction.execute(
        "INSERT INTO desk_act (appointment, number, kind, done_at, done_by, ledger_before, ledger_after, desk_side, desk_at,
            desk_by, desk_word, desk_reason, letter)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        &[
            &action.appointment,
            &number,
            &action.kind,
            &now,
            &action.actor,
            &before,
            &before.map(|before| before + 1),
            &side,
            &changed_at,
            &actor,
            &code,
            &reason,
            &action.letter,
        ],
    )?;
    for judgement in &action.pictures {
        transaction.execute(
            "INSERT INTO desk_act_picture (appointment, number, picture, state) VALUES ($1, $2, $3, $4)",
            &[&action.appointment, &number, &judgement.picture, &judgement.state_before],
        )?;
    }
    Ok(())
}

/// An action in force, with what is needed to undo it.
pub(crate) struct ActionInForce {
    pub(crate) action: RecordedDeskAction,
    ledger: Option<(LedgerVersion, LedgerVersion)>,
    desk_before: Option<DeskColumns>,
    pub(crate) letter: Option<LetterId>,
}

impl ActionInForce {
    /// The versions of the ledgers before and after the action, and the desk's side before it; `None` if the action did not
    /// change the ledgers.
    pub(crate) fn ledger_change(&self) -> Result<Option<(LedgerVersion, LedgerVersion, DeskSide)>, Refusal> {
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

/// The newest action of a visit that is in force.
pub(crate) fn find_newest_action(
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

/// Marks an action as undone; `false` if it was undone before.
pub(crate) fn mark_undone(
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

/// After an undoing: the previous action gets the new version of the ledgers, if nothing changed between the two.
pub(crate) fn update_previous_action_version(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    before: LedgerVersion,
    next: LedgerVersion,
) -> Result<(), Error> {
    transaction
        .execute(
            "UPDATE desk_act SET ledger_after = $3
             WHERE appointment = $1 AND ledger_after = $2 AND taken_back_at IS NULL",
            &[&appointment, &before.number(), &next.number()],
        )
        .map(|_| ())
}

/// Restores the states of the pictures that an action changed, except of erased ones.
pub(crate) fn restore_pictures(
    transaction: &mut Transaction<'_>,
    appointment: AppointmentId,
    number: u32,
) -> Result<(), Error> {
    let before = transaction.fetch_all(
        "SELECT picture, state FROM desk_act_picture WHERE appointment = $1 AND number = $2",
        &[&appointment, &number],
        |row| Ok((row.get::<PictureId>(0)?, row.get::<PictureState>(1)?)),
    )?;
    for (picture, state) in before {
        pictures::store::judgement::restore_state(transaction, picture, state)?;
    }
    Ok(())
}
