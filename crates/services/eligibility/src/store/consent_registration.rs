//! The registration of a patient's consent with one institution.

use base::{InstitutionCode, Randomness, ReceptionNumber, Timestamp};
use database::{Error, Transaction};

use super::{institution::find_online_function, person};
use crate::{
    PersonId, Refusal,
    rules::{
        consent_registration::check_registrable,
        item::ConsentChoices,
        reception::{ReceptionTerm, RegistrationRoute, RegistrationValidity},
    },
};

/// A registration to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReception {
    /// An unused number ([`draw_reception_number`]).
    pub number: ReceptionNumber,
    pub institution: InstitutionCode,
    /// The kind of care and the duration.
    pub term: ReceptionTerm,
    /// The holder of the card's certificate.
    pub person: PersonId,
    /// The patient's choices.
    pub choices: ConsentChoices,
    /// How far the card's certificate is accepted.
    pub validity: RegistrationValidity,
    /// How the patient came to the reception.
    pub route: RegistrationRoute,
}

/// A registration in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RegistrationReceipt {
    /// The number, the same on every side.
    pub number: ReceptionNumber,
    /// The first instant at which it is no longer valid: the end of the visit day in Japan. None for home visits.
    pub valid_until: Option<Timestamp>,
}

/// A new unused number. Registering it in the same transaction is never refused for the number.
pub fn draw_reception_number(tx: &mut Transaction<'_>, randomness: &Randomness) -> Result<ReceptionNumber, Error> {
    loop {
        let number = ReceptionNumber::new(randomness);
        let existing = tx.fetch_optional("SELECT 1 FROM reception WHERE number = $1", &[&number], |_| Ok(()))?;
        if existing.is_none() {
            return Ok(number);
        }
    }
}

/// Registers a reception. It becomes the newest of its person, institution and kind of care (and day), and supersedes
/// those before it.
pub fn register_reception(
    tx: &mut Transaction<'_>,
    new: &NewReception,
    now: Timestamp,
) -> Result<RegistrationReceipt, Refusal> {
    let card = person::find_insurance_card(tx, new.person)?.ok_or(Refusal::UnknownHolder)?;
    let (kind, visit_date, valid_until) = (new.term.kind(), new.term.visit_date(), new.term.end());
    check_registrable(card, find_online_function(tx, new.institution, kind)?, new.term, now)?;
    let added = tx.execute(
        "INSERT INTO reception (number, institution, person, kind, visit_date, consent_date, registered, chosen, choices,
            validity, via, valid_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
        &[
            &new.number,
            &new.institution,
            &new.person,
            &kind,
            &visit_date,
            &now.japan_date(),
            &now,
            &new.choices,
            &new.validity,
            &new.route,
            &valid_until,
        ],
    )?;
    if added == 0 {
        return Err(Refusal::AlreadyExists("reception number"));
    }
    // All earlier ones, not only the newest: each refers directly to its successor.
    tx.execute(
        "UPDATE reception SET superseded_by = $1
         WHERE person = $2 AND institution = $3 AND kind = $4 AND number <> $1
            AND (visit_date = $5 OR visit_date IS NULL)",
        &[&new.number, &new.person, &new.institution, &kind, &visit_date],
    )?;
    Ok(RegistrationReceipt { number: new.number, valid_until })
}
