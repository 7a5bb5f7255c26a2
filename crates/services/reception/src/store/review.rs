//! 同意照会・更新: the receptions that a person whose card was read may see and change, for ten minutes, in that browser.

use base::{Date, ReceptionNumber, Timestamp};
use database::Transaction;
use eligibility::{ConsentChoices, PersonId};

use super::{RequestContext, Store, StoredHolder, authentication::REVIEW_LIFE};
use crate::Refusal;

/// A registered reception, as shown to its person.
#[derive(Clone)]
pub(crate) struct ReceptionSummary {
    pub(crate) number: ReceptionNumber,
    pub(crate) institution: String,
    /// None for home visits.
    pub(crate) visit_date: Option<Date>,
    pub(crate) choices: ConsentChoices,
    pub(crate) registered: Timestamp,
}

impl Store {
    /// The person's registered receptions, the next visit first.
    pub(crate) async fn list_receptions(&self, context: RequestContext) -> Result<Vec<ReceptionSummary>, Refusal> {
        self.database
            .read(move |transaction| {
                let person = find_reviewing_person(transaction, context)?;
                let receptions = eligibility::list_receptions(transaction, person, context.now)?;
                receptions.into_iter().map(|reception| load_summary(transaction, &reception)).collect()
            })
            .await
    }

    /// Changes the choices of a registered reception.
    pub(crate) async fn change_choices(
        &self,
        number: ReceptionNumber,
        choices: ConsentChoices,
        context: RequestContext,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let person = find_reviewing_person(transaction, context)?;
                eligibility::change_choices(transaction, person, number, choices, context.now)?;
                Ok(())
            })
            .await
    }

    /// すべての同意を取消す.
    pub(crate) async fn withdraw_all(&self, context: RequestContext) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let person = find_reviewing_person(transaction, context)?;
                eligibility::withdraw_all_receptions(transaction, person, context.now)?;
                Ok(())
            })
            .await
    }

    /// Ends the review.
    pub(crate) async fn end_review(&self, context: RequestContext) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM review WHERE browser = $1", &[&context.browser])?;
                Ok(())
            })
            .await
    }
}

pub(super) fn insert_review(
    transaction: &mut Transaction<'_>,
    holder: &StoredHolder,
    context: RequestContext,
) -> Result<(), Refusal> {
    transaction.execute("DELETE FROM review WHERE browser = $1", &[&context.browser])?;
    transaction.execute(
        "INSERT INTO review (browser, issuer, serial, ends) VALUES ($1, $2, $3, $4)",
        &[&context.browser, &holder.issuer(), &holder.serial(), &context.now.plus(REVIEW_LIFE)],
    )?;
    Ok(())
}

fn load_summary(
    transaction: &mut Transaction<'_>,
    reception: &eligibility::ReceptionRecord,
) -> Result<ReceptionSummary, Refusal> {
    let institution = eligibility::find_institution(transaction, reception.institution)?;
    Ok(ReceptionSummary {
        number: reception.number,
        institution: institution.map_or_else(|| reception.institution.to_string(), |institution| institution.name),
        visit_date: reception.term.visit_date(),
        choices: reception.choices,
        registered: reception.registered_at,
    })
}

fn find_reviewing_person(transaction: &mut Transaction<'_>, context: RequestContext) -> Result<PersonId, Refusal> {
    let holder = transaction.fetch_optional(
        "SELECT issuer, serial FROM review WHERE browser = $1 AND ends > $2",
        &[&context.browser, &context.now],
        |row| Ok((row.get::<Vec<u8>>(0)?, row.get::<Vec<u8>>(1)?)),
    )?;
    let (issuer, serial) = holder.ok_or(Refusal::ReviewExpired)?;
    super::find_person(transaction, &issuer, &serial)?.ok_or(Refusal::ReviewExpired)
}
