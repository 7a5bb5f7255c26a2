//! Receptions: what patients registered, changed and withdrew.

use base::{InstitutionCode, ReceptionNumber, Timestamp};
use database::{Error, Row, Transaction};

use super::coded::{DateRange, column_error};
use crate::{
    PersonId, Refusal,
    rules::{
        consent_registration::check_changeable,
        item::{ConsentChoices, ConsentItems},
        reception::{CareKind, ReceptionRecord, ReceptionState, ReceptionTerm, Withdrawer},
    },
};

/// The state of the reception with this number at `now`; a superseded one has the state of the newest.
pub fn find_reception_state(
    tx: &mut Transaction<'_>,
    number: ReceptionNumber,
    now: Timestamp,
) -> Result<Option<ReceptionState>, Error> {
    let Some(reception) = find_reception(tx, number)? else { return Ok(None) };
    let newest = match reception.superseded_by {
        Some(newest) => find_reception(tx, newest)?.ok_or_else(|| column_error(0))?,
        None => reception,
    };
    Ok(Some(newest.state_at(now)))
}

/// The registered receptions of a person at `now`, the next visit first and home visits last.
pub fn list_receptions(
    tx: &mut Transaction<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<ReceptionRecord>, Error> {
    tx.fetch_all(
        "SELECT number, institution, person, kind, visit_date, registered, chosen, choices, validity, via, given_back,
            taken_back, withdrawn, withdrawn_by, superseded_by
         FROM reception WHERE person = $1 AND superseded_by IS NULL AND withdrawn IS NULL
            AND (valid_until > $2 OR valid_until IS NULL)
         ORDER BY COALESCE(visit_date, '9999-12-31'), number",
        &[&person, &now],
        read_reception,
    )
}

/// Changes the choices of a registered reception.
pub fn change_choices(
    tx: &mut Transaction<'_>,
    person: PersonId,
    number: ReceptionNumber,
    choices: ConsentChoices,
    now: Timestamp,
) -> Result<ReceptionRecord, Refusal> {
    let is_own = |reception: &ReceptionRecord| reception.person == person && reception.is_newest();
    let reception = find_reception(tx, number)?.filter(is_own).ok_or(Refusal::UnknownReception)?;
    check_changeable(reception.state_at(now))?;
    if reception.choices == choices && reception.withdrawn_by_institution.is_empty() {
        return Ok(reception);
    }
    tx.execute(
        "INSERT INTO former_choices (reception, chosen, until, choices) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        &[&number, &reception.chosen_at, &now, &reception.choices],
    )?;
    let withdrawn_by_patient =
        reception.withdrawn_by_patient.union(reception.choices.agreed_items()).difference(choices.agreed_items());
    tx.execute(
        "UPDATE reception SET choices = $2, chosen = $3, given_back = 0, taken_back = $4 WHERE number = $1",
        &[&number, &choices, &now, &withdrawn_by_patient],
    )?;
    Ok(ReceptionRecord {
        choices,
        chosen_at: now,
        withdrawn_by_institution: ConsentItems::default(),
        withdrawn_by_patient,
        ..reception
    })
}

/// すべての同意を取消す: withdraws every registered reception of a person at `now`. Returns their numbers.
///
/// Superseded ones are withdrawn with the newest, so that none of them becomes valid again.
pub fn withdraw_all_receptions(
    tx: &mut Transaction<'_>,
    person: PersonId,
    now: Timestamp,
) -> Result<Vec<ReceptionNumber>, Error> {
    let registered = list_receptions(tx, person, now)?;
    tx.execute(
        "UPDATE reception SET withdrawn = $2, withdrawn_by = $3
         WHERE person = $1 AND withdrawn IS NULL AND (valid_until > $2 OR valid_until IS NULL)",
        &[&person, &now, &Withdrawer::Patient],
    )?;
    Ok(registered.into_iter().map(|reception| reception.number).collect())
}

/// Withdraws one reception, and those that it superseded: the browser that registered it cancels the registration.
pub fn withdraw_reception(tx: &mut Transaction<'_>, number: ReceptionNumber, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE reception SET withdrawn = $2, withdrawn_by = $3
         WHERE (number = $1 OR superseded_by = $1) AND withdrawn IS NULL",
        &[&number, &now, &Withdrawer::Patient],
    )?;
    Ok(())
}

/// 閲覧同意取り消し: the institution withdraws some items of a reception of 訪問診療等, or all of it.
pub(crate) fn withdraw_by_institution(
    tx: &mut Transaction<'_>,
    reception: &ReceptionRecord,
    items: Option<ConsentItems>,
    now: Timestamp,
) -> Result<(), Error> {
    match items {
        Some(items) => tx.execute(
            "UPDATE reception SET given_back = $2 WHERE number = $1",
            &[&reception.number, &reception.withdrawn_by_institution.union(items)],
        ),
        // Superseded ones too, as when the patient withdraws.
        None => tx.execute(
            "UPDATE reception SET withdrawn = $2, withdrawn_by = $3
             WHERE (number = $1 OR superseded_by = $1) AND withdrawn IS NULL",
            &[&reception.number, &now, &Withdrawer::Institution],
        ),
    }
    .map(|_| ())
}

/// The reception with this number, in any state.
pub fn find_reception(tx: &mut Transaction<'_>, number: ReceptionNumber) -> Result<Option<ReceptionRecord>, Error> {
    tx.fetch_optional(
        "SELECT number, institution, person, kind, visit_date, registered, chosen, choices, validity, via, given_back,
            taken_back, withdrawn, withdrawn_by, superseded_by
         FROM reception WHERE number = $1",
        &[&number],
        read_reception,
    )
}

/// The newest receptions of a person with an institution: one for each visit day, and one for home visits.
pub(crate) fn list_with_institution(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    person: PersonId,
) -> Result<Vec<ReceptionRecord>, Error> {
    tx.fetch_all(
        "SELECT number, institution, person, kind, visit_date, registered, chosen, choices, validity, via, given_back,
            taken_back, withdrawn, withdrawn_by, superseded_by
         FROM reception WHERE person = $1 AND institution = $2 AND superseded_by IS NULL ORDER BY registered, number",
        &[&person, &institution],
        read_reception,
    )
}

/// The newest receptions of an institution by visit day, both days included.
pub(crate) fn list_by_visit_date(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    (first, last): DateRange,
    limit: u32,
) -> Result<Vec<ReceptionRecord>, Error> {
    tx.fetch_all(
        "SELECT number, institution, person, kind, visit_date, registered, chosen, choices, validity, via, given_back,
            taken_back, withdrawn, withdrawn_by, superseded_by
         FROM reception
         WHERE institution = $1 AND visit_date >= $2 AND visit_date <= $3 AND superseded_by IS NULL
         ORDER BY visit_date, registered, number LIMIT $4",
        &[&institution, &first, &last, &limit],
        read_reception,
    )
}

/// The newest receptions of an institution for a kind of care by day of consent, both days included.
pub(crate) fn list_by_consent_date(
    tx: &mut Transaction<'_>,
    institution: InstitutionCode,
    kind: CareKind,
    (first, last): DateRange,
    limit: u32,
) -> Result<Vec<ReceptionRecord>, Error> {
    tx.fetch_all(
        "SELECT number, institution, person, kind, visit_date, registered, chosen, choices, validity, via, given_back,
            taken_back, withdrawn, withdrawn_by, superseded_by
         FROM reception
         WHERE institution = $1 AND consent_date >= $2 AND consent_date <= $3 AND kind = $5 AND superseded_by IS NULL
         ORDER BY consent_date, registered, number LIMIT $4",
        &[&institution, &first, &last, &limit, &kind],
        read_reception,
    )
}

fn read_reception(row: &Row<'_>) -> Result<ReceptionRecord, Error> {
    let withdrawn: Option<Timestamp> = row.get(12)?;
    let withdrawer = row.get(13)?;
    Ok(ReceptionRecord {
        number: row.get(0)?,
        institution: row.get(1)?,
        person: row.get(2)?,
        term: match (row.get(3)?, row.get(4)?) {
            (CareKind::Online, Some(day)) => ReceptionTerm::Visit(day),
            (CareKind::HomeVisit, None) => ReceptionTerm::UntilWithdrawn,
            _ => return Err(column_error(4)),
        },
        registered_at: row.get(5)?,
        chosen_at: row.get(6)?,
        choices: row.get(7)?,
        validity: row.get(8)?,
        route: row.get(9)?,
        withdrawn_by_institution: row.get(10)?,
        withdrawn_by_patient: row.get(11)?,
        withdrawn: withdrawn.zip(withdrawer),
        superseded_by: row.get(14)?,
    })
}
