//! 同意照会・更新: what a person whose card was read may see and change, for ten minutes, in that browser.

use base::{Date, ReceptionNumber, Timestamp};
use database::Transaction;
use eligibility::{Choices, PersonId};

use super::{Asking, Store, errand::REVIEW_LIFE};
use crate::{
    Refusal,
    rules::errand::{Holder, Validity},
};

/// A reception that stands, as its person sees it.
#[derive(Clone)]
pub(crate) struct Standing {
    pub(crate) number: ReceptionNumber,
    pub(crate) institution: String,
    /// None for home visits.
    pub(crate) visit_date: Option<Date>,
    pub(crate) choices: Choices,
    pub(crate) registered: Timestamp,
}

impl Store {
    /// What stands for the person, the next visit first.
    pub(crate) async fn receptions(&self, asking: Asking) -> Result<Vec<Standing>, Refusal> {
        self.database
            .read(move |transaction| {
                let person = person(transaction, asking)?;
                let receptions = eligibility::receptions_of(transaction, person, asking.now)?;
                receptions.into_iter().map(|reception| shown(transaction, &reception)).collect()
            })
            .await
    }

    /// Other choices for a registered reception.
    pub(crate) async fn change(
        &self,
        number: ReceptionNumber,
        choices: Choices,
        asking: Asking,
    ) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let person = person(transaction, asking)?;
                eligibility::change(transaction, person, number, choices, asking.now)?;
                Ok(())
            })
            .await
    }

    /// すべての同意を取消す.
    pub(crate) async fn withdraw_all(&self, asking: Asking) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                let person = person(transaction, asking)?;
                eligibility::withdraw_all(transaction, person, asking.now)?;
                Ok(())
            })
            .await
    }

    /// The person is done looking.
    pub(crate) async fn end_review(&self, asking: Asking) -> Result<(), Refusal> {
        self.database
            .write(move |transaction| {
                transaction.execute("DELETE FROM review WHERE browser = $1", &[&asking.browser])?;
                Ok(())
            })
            .await
    }
}

pub(super) fn begin(transaction: &mut Transaction<'_>, holder: &Holder, asking: Asking) -> Result<(), Refusal> {
    transaction.execute("DELETE FROM review WHERE browser = $1", &[&asking.browser])?;
    transaction.execute(
        "INSERT INTO review (browser, issuer, serial, ends) VALUES ($1, $2, $3, $4)",
        &[&asking.browser, &holder.issuer, &holder.serial, &asking.now.plus(REVIEW_LIFE)],
    )?;
    Ok(())
}

fn shown(transaction: &mut Transaction<'_>, reception: &eligibility::Reception) -> Result<Standing, Refusal> {
    let institution = eligibility::institution(transaction, reception.institution)?;
    Ok(Standing {
        number: reception.number,
        institution: institution.map_or_else(|| reception.institution.to_string(), |institution| institution.name),
        visit_date: reception.term.visit_date(),
        choices: reception.choices,
        registered: reception.registered,
    })
}

fn person(transaction: &mut Transaction<'_>, asking: Asking) -> Result<PersonId, Refusal> {
    let holder = transaction.optional(
        "SELECT issuer, serial FROM review WHERE browser = $1 AND ends > $2",
        &[&asking.browser, &asking.now],
        |row| Ok(Holder { issuer: row.at(0)?, serial: row.at(1)?, certificate: Validity::Valid, ends: None }),
    )?;
    let holder = holder.ok_or(Refusal::ReviewOver)?;
    super::person_of(transaction, &holder)?.ok_or(Refusal::ReviewOver)
}
